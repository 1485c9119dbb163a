import { create, toBinary } from '@bufbuild/protobuf';
import { WireType } from '@bufbuild/protobuf/wire';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFailure } from '../../../electron/engine/files/file-errors.ts';
import { listConstants } from '../../../electron/engine/onnx/initializers.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { decodeModel, externalFiles, hashModel, readModel } from '../../../electron/engine/onnx/read-model.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import { ModelProtoSchema, TensorProtoSchema, type TensorProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor, readTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { fullModel, temporaryFolder, tinyModel } from './tiny-model.ts';

const folder = temporaryFolder();

test('everything a model may hold survives a round trip, byte for byte', async () => {
  const path = join(folder, 'full.onnx');
  const bytes = toBinary(ModelProtoSchema, fullModel());
  writeFileSync(path, bytes);
  const { proto, sizeBytes } = await readModel(path);
  assert.equal(sizeBytes, bytes.byteLength);
  assert.deepEqual(encodeModel(proto), bytes);
  assert.deepEqual(decodeModel(encodeModel(proto)), proto);
  assert.equal(proto.functions[0]!.name, 'Twice');
  assert.equal(proto.trainingInfo[0]!.updateBinding[0]!.value, 'w_new');
  assert.deepEqual(
    proto.graph!.$unknown!.map((field) => [field.no, field.wireType]),
    [
      [300, 0],
      [301, 2],
      [302, 1],
      [303, 5],
    ],
  );
  assert.deepEqual(proto.graph!.initializer[1]!.stringData[1], Uint8Array.of(0xff, 0xfe));
});

test('large weights are encoded as the runtime itself encodes them', () => {
  const model = fullModel();
  const data = Float32Array.from({ length: 5000 }, (_, index) => index);
  const large = makeTensor('large', { dataType: 'float32', dims: [5000], data });
  large.docString = 'before and after raw_data';
  large.metadataProps.push({ $typeName: 'onnx.StringStringEntryProto', key: 'k', value: 'v' });
  large.$unknown = [{ no: 99, wireType: WireType.Varint, data: Uint8Array.of(7) }];
  model.graph!.initializer.splice(1, 0, large);
  assert.deepEqual(encodeModel(model), toBinary(ModelProtoSchema, model));
});

test('initializers are views of the bytes read', () => {
  const model = tinyModel();
  const bytes = encodeModel(model);
  const proto = decodeModel(bytes);
  const weight = proto.graph!.initializer[0]!;
  assert.equal(weight.rawData.buffer, bytes.buffer);
  const tensor = readTensor(weight, '');
  if (weight.rawData.byteOffset % 4 === 0) assert.equal(tensor.data.buffer, bytes.buffer);
  assert.deepEqual([...tensor.data].slice(0, 3), [0, 0.125, 0.25]);
});

test('large typed fields are views too, and are written back where they were', () => {
  const model = fullModel();
  const floats = Array.from({ length: 2000 }, (_, index) => index / 4);
  const add = (name: string, dataType: number, fields: Partial<TensorProto>) =>
    model.graph!.initializer.push(Object.assign(create(TensorProtoSchema, { name, dataType, dims: [2000n] }), fields));
  add('floats', 1, { floatData: floats, docString: 'after the data' });
  add('doubles', 11, { doubleData: floats });
  const bytes = toBinary(ModelProtoSchema, model);
  const before = bytes.slice();
  const proto = decodeModel(bytes);
  assert.deepEqual(bytes, before, 'the bytes are left as they were');
  const [single, double] = proto.graph!.initializer.slice(-2) as [TensorProto, TensorProto];
  assert.equal(single.rawData.buffer, bytes.buffer);
  assert.deepEqual([...readTensor(single, '').data], floats);
  assert.deepEqual([...readTensor(double, '').data], floats);
  assert.deepEqual(encodeModel(proto), bytes);
  // Changed data has no claim to the field it came from.
  single.dataType = 2;
  single.rawData = new Uint8Array(2000).fill(7);
  const again = decodeModel(encodeModel(proto)).graph!.initializer.at(-2)!;
  assert.deepEqual(readTensor(again, '').data, new Uint8Array(2000).fill(7));
});

test('typed fields in pieces, or of another type, are not taken for views', () => {
  const piece = (fieldTag: number, values: number[]) =>
    Buffer.concat([Buffer.from([fieldTag, 0x80, 0x20]), Buffer.from(Float32Array.from(values).buffer)]);
  const half = Array.from({ length: 1024 }, (_, index) => index);
  const modelWith = (dataType: number, ...pieces: Buffer[]) => {
    const model = tinyModel();
    const tensor = toBinary(TensorProtoSchema, create(TensorProtoSchema, { name: 'p', dataType, dims: [2048n] }));
    model.graph!.initializer.push(create(TensorProtoSchema, { name: 'p' }));
    const whole = Buffer.from(toBinary(ModelProtoSchema, model));
    // Splices the hand-made tensor in, and corrects the lengths around it.
    const made = Buffer.concat([tensor, ...pieces]);
    const at = whole.indexOf(Buffer.from([0x2a, 3, 0x42, 1, 0x70]));
    const length = (value: number) => Buffer.from([(value & 0x7f) | 0x80, value >> 7]);
    const graphAt = whole.indexOf(0x3a, 2);
    const graphLength = whole[graphAt + 1]! - 0x80 + whole[graphAt + 2]! * 0x80;
    const added = made.length + 3 - 5;
    return Buffer.concat([
      whole.subarray(0, graphAt + 1),
      length(graphLength + added),
      whole.subarray(graphAt + 3, at),
      Buffer.from([0x2a]),
      length(made.length),
      made,
      whole.subarray(at + 5),
    ]);
  };
  const split = decodeModel(modelWith(1, piece(0x22, half), piece(0x22, half)));
  assert.deepEqual([...readTensor(split.graph!.initializer[1]!, '').data], [...half, ...half]);
  assert.throws(() => decodeModel(modelWith(3, piece(0x22, half))), { code: 'model-malformed' });
  assert.throws(() => decodeModel(modelWith(1, piece(0x22, half))), { code: 'model-malformed', message: /"p"/ });
});

test('writes whole files only, and leaves nothing beside them', async () => {
  const target = join(folder, 'written.onnx');
  writeFileSync(target, 'old');
  await writeModel(tinyModel(), target, { externalData: 'auto' });
  assert.deepEqual(new Uint8Array(readFileSync(target)), toBinary(ModelProtoSchema, tinyModel()));
  await assert.rejects(writeModel(tinyModel(), join(folder, 'no', 'such.onnx'), { externalData: 'inline' }), {
    name: 'AppError',
    code: 'write-failed',
  });
  // A folder in the way fails the last step, the rename.
  await assert.rejects(writeModel(tinyModel(), folder, { externalData: 'external' }), { code: 'write-failed' });
  assert.ok(readdirSync(folder).every((name) => !name.endsWith('.tmp')));
});

test('a full disk and a refusal are told apart', () => {
  const failure = (code: string) => writeFailure('model.onnx', Object.assign(new Error('no'), { code })).code;
  assert.deepEqual(['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'].map(failure), [
    'disk-full',
    'disk-full',
    'write-failed',
    'write-failed',
  ]);
});

test('a disk that fills up leaves nothing behind', async (context) => {
  const target = join(folder, 'full-disk.onnx');
  context.mock.method(fsPromises, 'open', () =>
    Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
  );
  syncBuiltinESMExports();
  await assert.rejects(writeModel(tinyModel(), target, { externalData: 'inline' }), { code: 'disk-full' });
  context.mock.restoreAll();
  syncBuiltinESMExports();
  assert.ok(readdirSync(folder).every((name) => !name.startsWith('full-disk')));
});

test('the hash of a model in one file is the plain SHA-256 of the file', async () => {
  const path = join(folder, 'hash.onnx');
  await writeModel(tinyModel(), path, { externalData: 'inline' });
  const plain = createHash('sha256').update(readFileSync(path)).digest('hex');
  assert.equal(await hashModel(path, externalFiles(tinyModel(), folder)), plain);
});

test('what was written runs in ONNX Runtime', async () => {
  const path = join(folder, 'run.onnx');
  await writeModel(tinyModel(), path, { externalData: 'inline' });
  const session = await openSession(path, { threads: 1 });
  const { y } = await session.run({ x: { dataType: 'float32', dims: [1, 4], data: Float32Array.of(1, 1, 1, 1) } });
  assert.deepEqual([...y!.data], [1.25, 2.25, 5]);
  await session.release();
});

test('Constant nodes holding weights count as weights', () => {
  const constants = listConstants(tinyModel().graph!);
  assert.deepEqual([...constants.keys()], ['w', 'b']);
  assert.equal(constants.get('b')!.name, 'b');
  assert.deepEqual([...readTensor(constants.get('b')!, '').data], [0.5, -0.5, 0.25]);
});
