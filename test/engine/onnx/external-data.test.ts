import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { externalFiles, hashModel, readModel } from '../../../electron/engine/onnx/read-model.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import {
  TensorProto_DataLocation as DataLocation,
  TensorProtoSchema,
  type ModelProto,
  type TensorProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor, readTensor, tensorBytes } from '../../../electron/engine/onnx/tensor-proto.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { node, nodeWithGraph, temporaryFolder, tinyModel, valueInfo } from './tiny-model.ts';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GraphProtoSchema } from '../../../electron/engine/onnx/proto/onnx_pb.js';

const root = temporaryFolder();
let folders = 0;
function newFolder(): string {
  const folder = join(root, `case-${folders++}`);
  mkdirSync(folder);
  return folder;
}

function externalWeight(location: string, offset?: string, length?: string): TensorProto {
  return create(TensorProtoSchema, {
    name: 'w',
    dataType: 1,
    dims: [3n, 4n],
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries({ location, offset, length }).flatMap(([key, value]) =>
      value === undefined ? [] : [{ key, value }],
    ),
  });
}

function modelWith(weight: TensorProto): ModelProto {
  const model = tinyModel();
  model.graph!.initializer[0] = weight;
  return model;
}

const weights = Float32Array.from({ length: 12 }, (_, index) => index / 8);
const weightBytes = new Uint8Array(weights.buffer);

/** Expects `readModel` to refuse a model whose weight is at `location`. */
async function refusal(folder: string, location: string, offset?: string, length?: string): Promise<AppError> {
  const path = join(folder, 'model.onnx');
  writeFileSync(path, encodeModel(modelWith(externalWeight(location, offset, length))));
  try {
    await readModel(path);
  } catch (error) {
    assert.ok(error instanceof AppError, String(error));
    return error;
  }
  return assert.fail(`${location} was read`);
}

test('reads a slice in place: offset and length honoured', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'data', 'w.bin'), Buffer.concat([Buffer.alloc(100, 7), weightBytes, Buffer.alloc(5)]));
  const path = join(folder, 'model.onnx');
  writeFileSync(path, encodeModel(modelWith(externalWeight('./data/w.bin', '100', '48'))));
  const model = await readModel(path);
  assert.equal(model.sizeBytes, statSync(path).size + 153);
  assert.deepEqual(readTensor(model.proto.graph!.initializer[0]!, model.folder).data, weights);
  const files = externalFiles(model.proto, model.folder);
  assert.deepEqual(
    files.map((file) => [basename(file.path), file.sizeBytes]),
    [['w.bin', 153]],
  );
  const expected = createHash('sha256').update(readFileSync(path)).update(readFileSync(files[0]!.path)).digest('hex');
  assert.equal(await hashModel(path, files), expected);
});

test('writes external data aligned, and reads back the same model', async () => {
  const folder = newFolder();
  const model = tinyModel();
  const large = Float32Array.from({ length: 300_000 }, (_, index) => index);
  model.graph!.initializer.push(
    makeTensor('small', { dataType: 'int64', dims: [2], data: BigInt64Array.of(1n, 2n) }),
    makeTensor('medium', { dataType: 'float32', dims: [500], data: large.slice(0, 500) }),
    makeTensor('large', { dataType: 'float32', dims: [300, 1000], data: large }),
  );
  const path = join(folder, 'model.onnx');
  const before = encodeModel(model);
  await writeModel(model, path, { externalData: 'external' });
  assert.deepEqual(encodeModel(model), before, 'the given model is left alone');
  assert.deepEqual(readdirSync(folder).sort(), ['model.onnx', 'model.onnx.data']);
  const read = await readModel(path);
  const places = read.proto.graph!.initializer.map((tensor) => tensor.externalData.map((entry) => entry.value));
  assert.deepEqual(places, [[], [], ['model.onnx.data', '0', '2000'], ['model.onnx.data', '4096', '1200000']]);
  assert.deepEqual(readTensor(read.proto.graph!.initializer[3]!, folder).data, large);

  // Through another folder, external to external, then back inline: the bytes of the first encoding.
  const second = newFolder();
  await writeModel(read.proto, join(second, 'other.onnx'), { externalData: 'external', sourceFolder: folder });
  const moved = await readModel(join(second, 'other.onnx'));
  await writeModel(moved.proto, join(second, 'inline.onnx'), { externalData: 'auto' });
  assert.deepEqual(new Uint8Array(readFileSync(join(second, 'inline.onnx'))), before);
  // A model may be written over itself.
  await writeModel(moved.proto, moved.path, { externalData: 'external' });
  assert.deepEqual(readTensor((await readModel(moved.path)).proto.graph!.initializer[3]!, second).data, large);
});

test('weights in subgraphs and Constant nodes follow', async () => {
  const folder = newFolder();
  const values = Float32Array.from({ length: 400 }, (_, index) => index);
  const inner = create(GraphProtoSchema, {
    name: 'inner',
    node: [node('Identity', ['inner_w'], ['inner_y'])],
    output: [valueInfo('inner_y')],
    initializer: [makeTensor('inner_w', { dataType: 'float32', dims: [400], data: values })],
  });
  const model = tinyModel();
  model.graph!.node.push(nodeWithGraph('If', ['y'], ['z'], inner));
  const path = join(folder, 'model.onnx');
  await writeModel(model, path, { externalData: 'external' });
  const read = await readModel(path);
  const tensor = read.proto.graph!.node[3]!.attribute[0]!.g!.initializer[0]!;
  assert.equal(tensor.dataLocation, DataLocation.EXTERNAL);
  assert.deepEqual(readTensor(tensor, folder).data, values);
  await writeModel(read.proto, join(folder, 'inline.onnx'), { externalData: 'inline' });
  assert.deepEqual(new Uint8Array(readFileSync(join(folder, 'inline.onnx'))), encodeModel(model));
});

test('ONNX Runtime reads what was written', async () => {
  const folder = newFolder();
  const model = tinyModel();
  const size = 64;
  const data = Float32Array.from({ length: size * size }, (_, index) => (index % 65 === 0 ? 2 : 0));
  model.graph!.node = [node('MatMul', ['x', 'w'], ['y'])];
  model.graph!.input = [valueInfo('x', [1, size])];
  model.graph!.output = [valueInfo('y', [1, size])];
  model.graph!.initializer = [makeTensor('w', { dataType: 'float32', dims: [size, size], data })];
  const path = join(folder, 'model.onnx');
  await writeModel(model, path, { externalData: 'external' });
  const session = await openSession(path, { threads: 1 });
  const input = Float32Array.from({ length: size }, (_, index) => index);
  const { y } = await session.run({ x: { dataType: 'float32', dims: [1, size], data: input } });
  assert.deepEqual(
    [...y!.data],
    [...input].map((value) => 2 * value),
  );
  await session.release();
});

test('tensors beyond 2 and 4 GiB of a file are reached', async () => {
  const folder = newFolder();
  const offset = 2 ** 32 + 2 ** 31;
  // A sparse file: no gigabytes are written.
  const descriptor = openSync(join(folder, 'huge.bin'), 'w');
  ftruncateSync(descriptor, offset + 48);
  writeSync(descriptor, weightBytes, 0, 48, offset);
  closeSync(descriptor);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, encodeModel(modelWith(externalWeight('huge.bin', String(offset), '48'))));
  const model = await readModel(path);
  assert.ok(model.sizeBytes > offset);
  assert.deepEqual(readTensor(model.proto.graph!.initializer[0]!, folder).data, weights);
  await writeModel(model.proto, join(folder, 'small.onnx'), { externalData: 'external' });
  assert.equal(statSync(join(folder, 'small.onnx.data')).size, 48);
});

test('inline refuses more than 2 GiB before it reads or writes any of it', async () => {
  const folder = newFolder();
  const descriptor = openSync(join(folder, 'huge.bin'), 'w');
  ftruncateSync(descriptor, 2 ** 31);
  closeSync(descriptor);
  const weight = externalWeight('huge.bin');
  weight.dims = [2n ** 29n];
  const model = modelWith(weight);
  await assert.rejects(writeModel(model, join(folder, 'inline.onnx'), { externalData: 'inline' }), {
    code: 'model-unsupported',
    message: /2 GiB/,
  });
  assert.deepEqual(readdirSync(folder), ['huge.bin']);
});

test('a truncated or mismatched data file is found when the model is read', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'w.bin'), weightBytes.subarray(0, 40));
  assert.equal((await refusal(folder, 'w.bin')).code, 'model-malformed');
  writeFileSync(join(folder, 'w.bin'), weightBytes);
  assert.equal((await refusal(folder, 'w.bin', '1')).code, 'model-malformed');
  assert.equal((await refusal(folder, 'w.bin', '0', '44')).code, 'model-malformed');
  assert.equal((await refusal(folder, 'w.bin', '-1')).code, 'model-malformed');
  assert.equal((await refusal(folder, 'w.bin', '0x10')).code, 'model-malformed');
  assert.equal((await refusal(folder, 'w.bin', '9007199254740991')).code, 'model-malformed');
  assert.equal((await refusal(folder, 'w.bin', '99999999999999999999')).code, 'model-malformed');
  assert.equal((await refusal(folder, '')).code, 'model-malformed');
  const missing = await refusal(folder, 'weights.bin');
  assert.equal(missing.code, 'external-data-missing');
  assert.match(missing.message, /"w".*"weights\.bin"/);
});

test('sizes are checked before memory is taken', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'w.bin'), weightBytes);
  const weight = externalWeight('w.bin');
  weight.dims = [2n ** 40n];
  assert.throws(() => tensorBytes(weight, folder), { code: 'model-malformed' });
});

describe('paths are confined to the folder of the model', () => {
  const folder = newFolder();
  writeFileSync(join(root, 'secret.bin'), weightBytes);
  mkdirSync(join(folder, 'a'));
  symlinkSync(join(root, 'secret.bin'), join(folder, 'link.bin'));
  symlinkSync(root, join(folder, 'linked'));
  symlinkSync('loop.bin', join(folder, 'loop.bin'));
  mkdirSync(join(folder, '*', '_ORT_MEM_ADDR_'), { recursive: true });
  writeFileSync(join(folder, '*', '_ORT_MEM_ADDR_', '*'), weightBytes);
  const attacks = [
    '../secret.bin',
    'a/../../secret.bin',
    'a/..',
    '/etc/passwd',
    join(root, 'secret.bin'),
    'link.bin',
    'linked/secret.bin',
    'C:\\x',
    'C:/x',
    'c:x',
    '\\\\server\\share',
    'a\\..\\..\\secret.bin',
    'w.bin\0.txt',
    '*/_ORT_MEM_ADDR_/*',
    'a',
    '.',
    'x'.repeat(5000),
  ];
  for (const location of attacks) {
    test(JSON.stringify(location.slice(0, 40)), async () => {
      assert.equal((await refusal(folder, location)).code, 'model-unsafe-path');
    });
  }
  test('a link in a circle', async () => {
    assert.ok(['file-unreadable', 'model-unsafe-path'].includes((await refusal(folder, 'loop.bin')).code));
  });
  test('a file below a file is missing, not an error of the system', async () => {
    writeFileSync(join(folder, 'file'), 'x');
    assert.equal((await refusal(folder, 'file/w.bin')).code, 'external-data-missing');
  });
  test('links within the folder are fine', async () => {
    writeFileSync(join(folder, 'w.bin'), weightBytes);
    symlinkSync('w.bin', join(folder, 'inside.bin'));
    const path = join(folder, 'model.onnx');
    writeFileSync(path, encodeModel(modelWith(externalWeight('inside.bin'))));
    const model = await readModel(path);
    assert.deepEqual(readTensor(model.proto.graph!.initializer[0]!, folder).data, weights);
  });
  test('a model in a linked folder is fine', async () => {
    symlinkSync(folder, join(root, 'alias'));
    assert.equal((await readModel(join(root, 'alias', 'model.onnx'))).sizeBytes > 48, true);
  });
});
