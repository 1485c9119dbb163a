import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { prepareModel } from '../../electron/engine/1-analyze/prepare.ts';
import { makeRunnable } from '../../electron/engine/1-analyze/runnable-model.ts';
import { inspectModel } from '../../electron/engine/inspect.ts';
import { isExternal } from '../../electron/engine/onnx/external-data.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type ModelProto,
  type TensorProto,
} from '../../electron/engine/onnx/proto/onnx_pb.js';
import { readModel } from '../../electron/engine/onnx/read-model.ts';
import { readSourceModel, sourceSha256 } from '../../electron/engine/onnx/source-model.ts';
import { makeTensor, tensorBytes } from '../../electron/engine/onnx/tensor-proto.ts';
import { tensorsOf } from '../../electron/engine/onnx/tensors-of.ts';
import { writeModel } from '../../electron/engine/onnx/write-model.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import type { Tensor } from '../../electron/engine/tensor/tensor.ts';
import { assertClose, buildModel, integers, noise, op, run } from './build-model.ts';
import { spreadWeights } from './onnx/spread-weights.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

const root = temporaryFolder();
const feeds = { x: noise([2, 4, 6, 6], 9) };

/** Conv, BatchNormalization, Relu, Reshape by a stored shape, MatMul, Add of a Constant node: weights of all sizes. */
function makeModel(irVersion = 8n): ModelProto {
  const stored = op('Constant', '', 'bias');
  const t = makeTensor('', noise([10], 8));
  stored.attribute.push(create(AttributeProtoSchema, { name: 'value', type: AttributeType.TENSOR, t }));
  const model = buildModel({
    inputs: { x: ['N', 4, 6, 6] },
    outputs: 'y',
    nodes: [
      stored,
      op('Conv', 'x w', 'a'),
      op('BatchNormalization', 'a s b m v', 'n'),
      op('Relu', 'n', 'r'),
      op('Reshape', 'r shape', 'f'),
      op('MatMul', 'f k', 'p'),
      op('Add', 'p bias', 'y'),
    ],
    weights: {
      w: noise([8, 4, 3, 3], 1, 0.2),
      s: noise([8], 2),
      b: noise([8], 3),
      m: noise([8], 4),
      v: { ...noise([8], 5), data: new Float32Array(8).fill(1.5) },
      shape: integers([-1, 128]),
      k: noise([128, 10], 6, 0.1),
    },
  });
  model.irVersion = irVersion;
  return model;
}

const isInitializer = (tensor: TensorProto): boolean => tensor.name !== '';

const layouts: Readonly<Record<string, (tensor: TensorProto, sizeBytes: number) => string | null>> = {
  'all in one file': (tensor) => (isInitializer(tensor) ? 'model.onnx.data' : null),
  'Constant nodes as well': () => 'weights',
  'a file for each': (tensor) => (isInitializer(tensor) ? `${tensor.name}.bin` : null),
  'only the large ones': (tensor, sizeBytes) => (isInitializer(tensor) && sizeBytes > 1000 ? 'large' : null),
  'a folder below': (tensor) => (isInitializer(tensor) ? 'weights/fp32/w.bin' : null),
  'an odd name': (tensor) => (isInitializer(tensor) ? 'prepared.onnx.data' : null),
  'spaces and other scripts': (tensor) => (isInitializer(tensor) ? '权重 #1 (final).bin' : null),
};

function newFolder(): string {
  return mkdtempSync(join(root, 'case-'));
}

suite('weights beside the model', () => {
  // Above the limit weights stay in files: what models of more than 1 GB go through.
  for (const [name, limitBytes] of [
    ['in memory', undefined],
    ['above the limit', 0],
  ] as const) {
    for (const [layout, place] of Object.entries(layouts)) {
      test(`${layout}, ${name}`, async () => {
        const folder = newFolder();
        const expected = await run(makeModel(), feeds);
        const path = join(folder, 'model.onnx');
        spreadWeights(makeModel(), path, place);
        const work = newFolder();
        const { original, prepared } = await prepareModel(path, work, limitBytes);
        // Away with the user's files: what was prepared stands by itself.
        const preparedPath = join(newFolder(), 'kept.onnx');
        await writeModel(prepared.proto, preparedPath, { externalData: 'auto', sourceFolder: prepared.folder });
        renameSync(folder, `${folder}-gone`);
        const kept = await readModel(preparedPath);
        assert.deepEqual([...tensorsOf(kept.proto)].filter(isExternal), []);
        const actual = await run(kept.proto, feeds);
        assertClose(actual['y']!.data as Float32Array, expected['y']!.data as Float32Array, 1e-4);
        if (limitBytes === undefined) assert.deepEqual([...tensorsOf(original.proto)].filter(isExternal), []);
      });
    }
  }

  test('every IR version that ONNX Runtime takes', async () => {
    for (let version = 8n; version <= 13n; version++) {
      const path = join(newFolder(), 'model.onnx');
      spreadWeights(makeModel(version), path, layouts['all in one file']!);
      const inspection = await inspectModel(path, { dims: {} }, { onEvent: () => undefined });
      assert.equal(inspection.totals.parameters, 288 + 4 * 8 + 1280 + 10, `IR ${version}`);
    }
  });

  test('the hash is over the .onnx file and its data files, and the slices are those of the tensors', async () => {
    const folder = newFolder();
    const path = join(folder, 'model.onnx');
    const model = makeModel();
    const bytesOf = (proto: ModelProto, from: string) => [...tensorsOf(proto)].map((tensor) => Buffer.from(tensorBytes(tensor, from))); // prettier-ignore
    const expected = bytesOf(model, '');
    spreadWeights(model, path, (tensor) => (tensor.name === 'k' ? 'b.bin' : 'a.bin'));
    const source = await readSourceModel(path);
    assert.deepEqual(bytesOf(source.proto, '/nowhere'), expected);
    const hash = createHash('sha256');
    for (const name of ['model.onnx', 'a.bin', 'b.bin']) hash.update(readFileSync(join(folder, name)));
    assert.equal(sourceSha256(source), hash.digest('hex'));
    assert.equal(source.readings.length, 3);
  });

  test("a model in Hugging Face's cache: links that lead to files without names", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'blobs'));
    mkdirSync(join(folder, 'snapshots', 'main', 'onnx'), { recursive: true });
    const blob = join(folder, 'blobs', '1f');
    spreadWeights(makeModel(), blob, (tensor) => (isInitializer(tensor) ? 'model.onnx_data' : null));
    renameSync(join(folder, 'blobs', 'model.onnx_data'), join(folder, 'blobs', '2e'));
    const path = join(folder, 'snapshots', 'main', 'onnx', 'model.onnx');
    symlinkSync('../../../blobs/1f', path);
    symlinkSync('../../../blobs/2e', `${path}_data`);
    const expected = await run(makeModel(), feeds);
    for (const limitBytes of [undefined, 0]) {
      const { prepared } = await prepareModel(path, newFolder(), limitBytes);
      const copy = join(newFolder(), 'copy.onnx');
      await writeModel(prepared.proto, copy, { externalData: 'auto', sourceFolder: prepared.folder });
      const actual = await run((await readModel(copy)).proto, feeds);
      assertClose(actual['y']!.data as Float32Array, expected['y']!.data as Float32Array, 1e-4);
    }
  });

  test('where ONNX Runtime does not load the file itself, a copy of it is what is measured', async () => {
    const folder = newFolder();
    const path = join(folder, 'model.onnx');
    // The shape of Reshape lies outside: ONNX Runtime refuses that.
    spreadWeights(makeModel(), path, layouts['Constant nodes as well']!);
    await assert.rejects(openSession(path, { threads: 1 }), /external/);
    const runnable = await makeRunnable(await readSourceModel(path), join(folder, 'copy.onnx'));
    assert.deepEqual([runnable.path, runnable.diagnostics.map(({ code }) => code)], [join(folder, 'copy.onnx'), ['original-copied']]); // prettier-ignore
    assert.deepEqual(await runFile(runnable.path), await run(makeModel(), feeds));

    // What it loads is measured as it is.
    const plain = join(newFolder(), 'plain.onnx');
    spreadWeights(makeModel(), plain, layouts['only the large ones']!);
    assert.equal((await makeRunnable(await readSourceModel(plain), join(folder, 'unused.onnx'))).path, plain);
  });
});

async function runFile(path: string): Promise<Record<string, Tensor>> {
  const session = await openSession(path, { threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
