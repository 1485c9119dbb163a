import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { compress } from '../../electron/engine/compress.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import { mainRow } from '../../shared/metric-row.ts';
import { recipePresets } from '../../shared/recipe.ts';
import { runDocumentSchema } from '../../shared/run.ts';
import { buildModel, noise, op } from './build-model.ts';
import { makeRequest } from './data/fixtures.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* A run that is judged by numbers: from arrays called after the model's input and output to the verdict. */

const folder = temporaryFolder();
const sampleCount = 60;
const modelPath = join(folder, 'net.onnx');
const samples = noise([sampleCount, 12], 5);
const model = buildModel({
  inputs: { x: ['N', 12] },
  outputs: 'price',
  nodes: [op('Gemm', 'x w', 'a'), op('Relu', 'a', 'r'), op('Gemm', 'r v', 'price')],
  weights: { w: noise([12, 32], 1, 0.3), v: noise([32, 3], 3, 0.5) },
});
writeFileSync(modelPath, encodeModel(model));
const session = await openSession(modelPath, { threads: 1 });
const { price } = await session.run({ x: samples });
await session.release();
/** The original is off by a quarter everywhere. */
const targets = { ...price!, data: (price!.data as Float32Array).map((value) => value + 0.25) };

function requestTo(name: string, arrays: Readonly<Record<string, typeof samples>>): CompressRequest {
  const data = join(folder, name);
  mkdirSync(data);
  for (const [array, tensor] of Object.entries(arrays)) writeFileSync(join(data, `${array}.npy`), encodeNpy(tensor));
  return compressRequestSchema.parse({
    runId: name,
    modelPath,
    outPath: join(folder, `${name}.onnx`),
    data: makeRequest({ path: data }),
    recipe: { ...recipePresets['int8-static-minmax'], calibrationSamples: 20 },
    gates: { maxDrops: { mae: 10, r2: -1 } },
  });
}
const context = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  spawnChild: spawnNodeChild,
  allowedFolders: null,
};

suite('a run with targets', () => {
  test('is judged and gated by them, and speaks of no classes', async () => {
    const document = await compress(requestTo('good', { x: samples, price: targets }), context);
    assert.deepEqual(runDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
    const row = mainRow(document.accuracy)!;
    assert.equal(row.metric, 'mae');
    assert.ok(Math.abs(row.before! - 0.25) < 1e-6 && row.count === sampleCount - 20);
    assert.ok(Math.abs(row.difference!) < 0.1, 'int8 is not that far off');
    assert.deepEqual(
      document.gates.map(({ name, metric, met }) => [name, metric, met]),
      [
        ['maxDrop', 'mae', true],
        ['maxDrop', 'r2', false],
      ],
    );
    assert.match(document.verdict[0]!, /mean absolute error 0\.25 -> /);
    assert.doesNotMatch(document.verdict.join(), /class|label/);
    assert.equal(document.accuracy.agreement.top1, null);
  });

  test('of another shape ends before anything is written', async () => {
    const request = requestTo('bad', { x: samples, price: noise([sampleCount, 2], 9) });
    await assert.rejects(compress(request, context), { code: 'data-shape-mismatch', message: /"price" are \[2\]/ });
    assert.ok(!existsSync(request.outPath));
  });
});
