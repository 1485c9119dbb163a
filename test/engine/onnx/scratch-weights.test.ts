import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { allAtOnce } from '../../../electron/engine/job/steps.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { isExternal } from '../../../electron/engine/onnx/external-data.ts';
import { readModel } from '../../../electron/engine/onnx/read-model.ts';
import { ScratchWeights } from '../../../electron/engine/onnx/scratch-weights.ts';
import { makeTensor, readTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { buildModel, inMemory, noise, op } from '../build-model.ts';

const [first, second] = [noise([64, 64], 1), noise([64, 40], 2)];
const model = (weights = { w: first, v: second, b: noise([40], 3) }) =>
  buildModel({
    inputs: { x: ['N', 64] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'a'), op('Relu', 'a', 'r'), op('Gemm', 'r v b', 'y')],
    weights,
  });

suite('weights of several models in one file', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'vernier-scratch-'))));
  after(() => rmSync(folder, { recursive: true }));

  test('are there once: from the same memory, with the same content, or under another name', () => {
    const scratch = new ScratchWeights(folder, 'once.data');
    const placed = scratch.placeWeights(model());
    const sizeBytes = scratch.sizeBytes;
    assert.equal(statSync(join(folder, 'once.data')).size, sizeBytes);
    assert.ok(sizeBytes >= 4 * 64 * 104 && sizeBytes < 4 * 64 * 104 + 64);
    scratch.placeWeights(model());
    scratch.placeWeights(model({ w: { ...first, data: first.data.slice() }, v: second, b: noise([40], 9) }));
    assert.equal(scratch.placeWeights(placed), placed, 'nothing of it is in memory any more');
    assert.equal(scratch.sizeBytes, sizeBytes);
    scratch.placeWeights(model({ w: noise([64, 64], 8), v: second, b: noise([40], 3) }));
    assert.equal(scratch.sizeBytes, sizeBytes + 4 * 64 * 64, 'of another model only what differs');
    const [w, v, b] = placed.graph!.initializer;
    assert.deepEqual([isExternal(w!), isExternal(v!), isExternal(b!)], [true, true, false], 'small tensors stay');
    assert.deepEqual(readTensor(w!, folder), readTensor(makeTensor('w', first), ''));
  });

  test('are whole where placing them was left in the middle: the rest follows, and nothing is there twice', () => {
    const scratch = new ScratchWeights(folder, 'left.data');
    const steps = scratch.placeInSteps(model(), 7);
    assert.deepEqual(steps.next(), { done: false, value: 7 });
    assert.equal(scratch.sizeBytes, 4 * 64 * 64);
    const placed = allAtOnce(scratch.placeInSteps(model()));
    assert.equal(scratch.sizeBytes, 4 * 64 * 104);
    const [w, v] = placed.graph!.initializer;
    assert.deepEqual(readTensor(w!, folder), readTensor(makeTensor('w', first), ''));
    assert.deepEqual(readTensor(v!, folder), readTensor(makeTensor('v', second), ''));
  });

  test('run as those in the model do, and are written into one file as if they had never left', async () => {
    const scratch = new ScratchWeights(folder, 'runs.data');
    const whole = inMemory(model());
    const placed = scratch.placeModel(whole);
    const feeds = { x: noise([3, 64], 5) };
    const outputs = [];
    for (const { proto, folder: where } of [whole, placed]) {
      const config = { 'session.model_external_initializers_file_folder_path': where };
      const session = await openSession(encodeModel(proto), { threads: 1, config });
      outputs.push((await session.run(feeds))['y']!.data);
      await session.release();
    }
    assert.deepEqual(outputs[1], outputs[0]);
    assert.ok(encodeModel(placed.proto).byteLength < 1500);
    const path = join(folder, 'written.onnx');
    await writeModel(placed.proto, path, { externalData: 'inline', sourceFolder: placed.folder });
    assert.deepEqual(Buffer.from(encodeModel((await readModel(path)).proto)), Buffer.from(encodeModel(whole.proto)));
  });

  test('are not written where there is no such folder, and the reason is said', () => {
    const scratch = new ScratchWeights(join(folder, 'gone'));
    assert.throws(() => scratch.placeWeights(model()), { code: 'write-failed', message: /gone/ });
    assert.equal(scratch.sizeBytes, 0);
  });
});
