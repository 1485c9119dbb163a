/** What is said of saturating sums. It is simulated: these tests hold on every CPU. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { recipePresets, recipeSchema, settleRecipe } from '../../../shared/recipe.ts';
import { describeSaturation } from '../../../electron/engine/5-measure/saturation.ts';
import {
  simulateSaturation,
  type SimulatedSaturation,
} from '../../../electron/engine/5-measure/simulate-saturation.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  floats,
  inMemory,
  measureSqnrDb,
  noise,
  op,
  quantize,
  type QuantizeOptions,
} from '../build-model.ts';

const width = 32;
/** Weights of one sign near their largest: neighbouring products saturate where inputs are large. */
const heavy = (dims: readonly number[], seed: number): Tensor =>
  floats(dims, (noise(dims, seed, 0.1).data as Float32Array).map((value) => 0.5 + value)); // prettier-ignore
/** Neighbours along the sum are of opposite signs: products that are added in pairs cancel. */
const cancelling = ([rows, columns]: readonly [number, number], seed: number): Tensor => {
  const values = noise([rows, columns], seed, 0.3).data as Float32Array;
  return floats([rows, columns], values.map((_, index) => (Math.floor(index / columns) % 2 === 0 ? values[index]! : -0.9 * values[index - columns]!))); // prettier-ignore
};
const high = (dims: readonly number[]): Feeds[] =>
  [1, 2, 3].map((seed) => ({ x: floats(dims, (noise(dims, seed, 0.3).data as Float32Array).map((value) => Math.min(1, Math.max(0, 0.9 + value)))) })); // prettier-ignore

const chain = (kind: 'Gemm' | 'MatMul'): ModelProto =>
  buildModel({
    inputs: { x: ['N', width] },
    outputs: 'y',
    nodes: [op(kind, 'x w1', 'a'), op('Softsign', 'a', 's'), op(kind, 's w2', 'b'), op('Relu', 'b', 'r'), op(kind, 'r w3', 'y')],
    weights: { w1: heavy([width, width], 1), w2: cancelling([width, width], 2), w3: cancelling([width, 4], 3) },
  }); // prettier-ignore

const convolutions = buildModel({
  inputs: { x: [1, 8, 6, 6] },
  outputs: 'y',
  nodes: [op('Conv', 'x w1', 'a'), op('Relu', 'a', 'r'), op('GlobalAveragePool', 'r', 'g'), op('Flatten', 'g', 'f'), op('Gemm', 'f w2', 'y')],
  weights: { w1: heavy([8, 8, 3, 3], 4), w2: cancelling([8, 3], 5) },
}); // prettier-ignore

async function measure(model: ModelProto, samples: readonly Feeds[], options: QuantizeOptions) {
  const { result, graph, shapes } = await quantize(model, samples, options);
  const found = await simulateSaturation({
    float: inMemory(model),
    compressed: inMemory(result.model),
    unfused: new Set(),
    prepared: graph,
    shapes,
    compared: [...graph.outputNames],
    samples: { count: samples.length, read: (index) => Promise.resolve(samples[index]!) },
    threads: 1,
    dims: {},
  });
  return found!;
}

const cases: readonly (readonly [string, ModelProto, readonly Feeds[], string])[] = [
  ['Gemm', chain('Gemm'), high([1, width]), 'a'],
  ['MatMul', chain('MatMul'), high([1, width]), 'a'],
  ['Conv', convolutions, high([1, 8, 6, 6]), 'a'],
];

suite('full 8-bit weights on a CPU whose sums saturate', () => {
  for (const [name, model, samples, layer] of cases) {
    test(`${name}: the layer is named`, async () => {
      const found = await measure(model, samples, { weightRange: 'int8' });
      const [said, ...others] = describeSaturation(found, true);
      assert.deepEqual([said!.code, said!.severity, said!.node, others], ['saturation', 'warning', layer, []]);
      assert.match(said!.message, new RegExp(`dB from what exact sums give \\("${layer}".*--reduced-range pairs`));
      assert.deepEqual(describeSaturation(found, false), [], 'elsewhere is a finding of the document');
      const ruined: SimulatedSaturation = { ...found, saturatingSqnrDb: found.apartSqnrDb - 10 };
      assert.deepEqual(describeSaturation(ruined, true), [], 'something else ruins the outputs more');
      const missing = describeSaturation({ ...found, leftOut: ['l1', 'l2'] }, false);
      assert.match(missing[0]!.message, /not simulated for 2 layers: "l1", "l2"/);
    });

    for (const symmetricActivations of [false, true]) {
      test(`${name}: bounded pairs lose nothing${symmetricActivations ? ', with symmetric activations' : ''}`, async () => {
        const found = await measure(model, samples, { weightRange: 'int8-pairs', recipe: { symmetricActivations } });
        assert.deepEqual([found.samples, found.layers.size, describeSaturation(found, true)], [0, 0, []]);
      });
    }
  }
});

suite('presets take the range that is safe on this CPU', () => {
  for (const [name, preset] of Object.entries(recipePresets)) {
    if (name === 'int8-static' || preset.scheme !== undefined) continue;
    test(name, async () => {
      const recipe = recipeSchema.parse(preset);
      assert.equal(settleRecipe(recipe, { int8DotProduct: false }).reducedRange, 'pairs');
      assert.equal(settleRecipe(recipe, { int8DotProduct: true }).reducedRange, 'off');
      // What users ask for is what they get, and what older documents say was done stays.
      for (const reducedRange of ['off', 'on', 'pairs', 'auto'] as const) {
        assert.equal(settleRecipe({ ...recipe, reducedRange }, { int8DotProduct: false }).reducedRange, reducedRange);
      }
      const [, model, samples] = cases[2]!;
      const { perChannel } = recipe;
      const { result } = await quantize(model, samples, { weightRange: 'int8-pairs', recipe: { perChannel } });
      assert.ok((await measureSqnrDb(model, result.model, samples)) > 25);
    });
  }
});
