import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { compress } from '../../electron/engine/compress.ts';
import { inspectModel } from '../../electron/engine/inspect.ts';
import { encodeModel } from '../../electron/engine/onnx/encode-model.ts';
import { encodeNpy } from '../../electron/engine/onnx/encode-npy.ts';
import { spawnNodeChild } from '../../electron/engine/runtime/child-process.ts';
import { openSession } from '../../electron/engine/runtime/session.ts';
import { toFloat16Bits } from '../../electron/engine/tensor/float16.ts';
import type { Tensor } from '../../electron/engine/tensor/tensor.ts';
import { compressRequestSchema } from '../../shared/compress-request.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { runDocumentSchema, type ClaimName, type RunDocument } from '../../shared/run.ts';
import { buildModel, noise, op } from './build-model.ts';
import { makeRequest } from './data/fixtures.ts';
import { temporaryFolder } from './onnx/tiny-model.ts';

/* A float16 model from its file to the verdict: what is told is told of the file as it was given. */

const folder = temporaryFolder();
// What it is timed for says nothing here.
process.env['VERNIER_TIMING_SECONDS'] = '0.2';
const modelPath = join(folder, 'half.onnx');
const half = ({ dims, data }: Tensor): Tensor => ({
  dataType: 'float16',
  dims,
  data: Uint16Array.from([...data].map(Number), toFloat16Bits),
});
const ofOnes = (count: number): Tensor =>
  half({ dims: [count], dataType: 'float32', data: new Float32Array(count).fill(1) });
writeFileSync(
  modelPath,
  encodeModel(
    buildModel({
      inputs: { x: ['N', 3, 8, 8] },
      types: { x: 'float16' },
      outputs: 'p',
      nodes: [
        op('Conv', 'x w b', 'c'),
        op('Relu', 'c', 'r'),
        op('Conv', 'r v', 'd'),
        op('BatchNormalization', 'd one zero zero one', 'n'),
        op('GlobalAveragePool', 'n', 'g'),
        op('Flatten', 'g', 'f'),
        op('Gemm', 'f u', 's'),
        op('Softmax', 's', 'p'),
      ],
      weights: {
        ...{
          w: half(noise([32, 3, 3, 3], 1, 0.3)),
          b: half(noise([32], 2, 0.1)),
          v: half(noise([64, 32, 3, 3], 3, 0.1)),
        },
        ...{
          u: half(noise([64, 5], 4, 0.6)),
          one: ofOnes(64),
          zero: half({ dims: [64], dataType: 'float32', data: new Float32Array(64) }),
        },
      },
    }),
  ),
);
// float32 samples, as most people have them.
const dataPath = join(folder, 'x.npy');
writeFileSync(dataPath, encodeNpy(noise([32, 3, 8, 8], 5)));

const context = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  spawnChild: spawnNodeChild,
  allowedFolders: null,
};

async function compressTo(
  name: string,
  recipe: object | undefined,
): Promise<{ outPath: string; document: RunDocument }> {
  const outPath = join(folder, name);
  const request = compressRequestSchema.parse({
    ...{ runId: name, modelPath, outPath, data: makeRequest({ path: dataPath }), effects: false, saturation: false },
    recipe: recipeSchema.parse({ ...recipe, calibrationSamples: 16 }),
  });
  const document = await compress(request, context);
  assert.deepEqual(runDocumentSchema.parse(JSON.parse(JSON.stringify(document))), document);
  assert.ok(document.diagnostics.some(({ code }) => code === 'float16-widened'));
  const session = await openSession(outPath, { threads: 1 });
  assert.deepEqual([session.inputs[0]!.dataType, session.outputs[0]!.dataType], ['float16', 'float16']);
  await session.release();
  return { outPath, document };
}

const rowOf = ({ ledger }: RunDocument, claim: ClaimName) => ledger.find((row) => row.claim === claim)!;

suite('a float16 model', () => {
  test('is quantized in static int8, and everything counts from float16', async () => {
    const { document } = await compressTo('static.onnx', recipePresets['int8-static-minmax']);
    const { layers, accuracy } = document;
    const byName = new Map(layers.map((layer) => [layer.name, layer]));
    for (const name of ['c', 'd', 's']) {
      const { quantized, originalWeightBits, originalActivationBits, weightBits } = byName.get(name)!;
      assert.deepEqual([quantized, originalWeightBits, originalActivationBits, weightBits], [true, 16, 16, 8], name);
    }
    assert.equal(byName.get('n')!.reason, 'folded into d');
    assert.equal(rowOf(document, 'bops').ratio, 4);
    assert.equal(rowOf(document, 'weightedCompute').ratio, 2);
    const size = rowOf(document, 'storedBytes');
    assert.equal(size.before, statSync(modelPath).size);
    assert.ok(size.prepared! > 1.8 * size.before && size.after < 0.75 * size.before, `${size.before} ${size.after}`);
    assert.ok(document.latency.prepared !== null, 'what needs no int8 is told apart');
    assert.ok((accuracy.agreement.sqnrDb ?? 0) > 10 && accuracy.agreement.top1 !== null);
    assert.deepEqual(document.model.original.inputs[0]!.dataType, 'float16');
  });

  test('keeps the size of what stays in float', async () => {
    const { document } = await compressTo('weights.onnx', {
      ...recipePresets['int8-weights'],
      overrides: [{ scheme: 'float', nodes: ['d'], opTypes: [] }],
    });
    const layers = new Map(document.layers.map((layer) => [layer.name, layer]));
    assert.equal(layers.get('c')!.quantized, true);
    assert.equal(layers.get('d')!.quantized, false);
    assert.ok(layers.get('d')!.bytesAfter < 1.05 * layers.get('d')!.bytesBefore);
    // A BatchNormalization of ones changes next to nothing, but it is folded with more digits than float16 has.
    const size = rowOf(document, 'storedBytes');
    assert.ok(size.after < size.before + 2000, `${size.before} ${size.after}`);
    assert.equal(rowOf(document, 'bops').ratio, 1);
    assert.ok((document.accuracy.agreement.sqnrDb ?? 0) > 15);
  });

  test('is inspected as one that int8 can take', async () => {
    const { layers, totals } = await inspectModel(modelPath, { dims: {} }, context);
    const can = layers.filter(({ quantizable, parameters }) => quantizable && parameters > 0).map(({ name }) => name);
    assert.deepEqual(can, ['c', 'd', 's']);
    assert.equal(totals.storedBytes, statSync(modelPath).size);
  });
});
