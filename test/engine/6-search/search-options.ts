import { recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { calibrateModels } from '../../../electron/engine/3-calibrate/calibrate.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { spawnNodeChild } from '../../../electron/engine/runtime/child-process.ts';
import { listOf } from '../../../electron/engine/6-search/kept-samples.ts';
import type { SearchOptions } from '../../../electron/engine/6-search/search.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import type { Variant } from '../../../electron/engine/schemes/choice.ts';
import { buildModel, floats, inMemory, noise, op, plan } from '../build-model.ts';

const same = { pads: [1, 1, 1, 1] };

/** Three convolutions and a classifier; inputs are far from zero on average, with rare outliers. */
export const smallNet = buildModel({
  inputs: { x: ['N', 4, 8, 8] },
  outputs: 'y',
  nodes: [
    op('Conv', 'x w1 b1', 'a', same),
    op('Relu', 'a', 'r'),
    op('Conv', 'r w2 b2', 'c', same),
    op('LeakyRelu', 'c', 'd', { alpha: { float: 0.1 } }),
    op('Conv', 'd w3', 'e', same),
    op('Relu', 'e', 'f'),
    op('GlobalAveragePool', 'f', 'g'),
    op('Flatten', 'g', 'h'),
    op('Gemm', 'h w4 b4', 'y'),
  ],
  weights: {
    w1: noise([8, 4, 3, 3], 1, 0.2),
    b1: noise([8], 2, 0.1),
    w2: noise([8, 8, 3, 3], 3, 0.15),
    b2: noise([8], 4, 0.1),
    w3: noise([8, 8, 3, 3], 5, 0.15),
    w4: noise([8, 5], 6, 0.5),
    b4: noise([5], 7, 0.1),
  },
});

const smallNetSamples = Array.from({ length: 12 }, (_, seed): Feeds => {
  const values = noise([1, 4, 8, 8], seed, 0.3).data as Float32Array;
  return { x: floats([1, 4, 8, 8], values.map((value, index) => (index === 17 * seed ? 12 : value + 1))) }; // prettier-ignore
});

/** Everything a search needs, with samples of a model whose input is `x`. */
export async function optionsFor(
  recipe: Partial<Recipe>,
  changes: Partial<SearchOptions> = {},
  { model, samples }: { readonly model: ModelProto; readonly samples: readonly Feeds[] } = {
    model: smallNet,
    samples: smallNetSamples,
  },
): Promise<SearchOptions> {
  const graph = indexGraph(inMemory(model));
  const shapes = await observeShapes(inMemory(model), samples[0]!);
  const calibration = { count: samples.length, read: (index: number) => Promise.resolve(samples[index]!) };
  const { signal } = new AbortController();
  const whole = recipeSchema.parse(recipe);
  const made = plan(model, shapes, { recipe: whole });
  const models = await calibrateModels(inMemory(model), {
    plan: made,
    graph,
    shapes,
    recipe: whole,
    samples: calibration,
    threads: 1,
    signal,
    onSample: () => undefined,
  });
  return {
    ...models,
    samples: calibration,
    graph,
    shapes,
    recipe: whole,
    comparedAt: null,
    keepFloat: new Map(),
    features: { int8DotProduct: false },
    tuning: listOf(samples),
    threads: 1,
    fastThreads: 1,
    spawn: spawnNodeChild,
    signal,
    onCandidate: () => undefined,
    ...changes,
  };
}

/** Nothing left to choose but what a test says. */
export const settled: Partial<Recipe> = {
  calibrationMethod: 'percentile',
  reducedRange: 'pairs',
  biasCorrection: 'off',
  equalization: 'off',
  smoothing: 'off',
  weightRounding: 'nearest',
  keepFloat: 'none',
};

/** Nothing tried yet: full ranges, weights that saturate on no CPU. */
export const plainVariant: Variant = {
  equalized: false,
  smoothing: null,
  biasCorrection: false,
  oneSided: { method: 'minmax', percentile: 100 },
  twoSided: { method: 'minmax', percentile: 100 },
  weightRange: 'int8-pairs',
  weightRounding: 'nearest',
  refined: new Map(),
  headroom: 1,
  overrides: [],
  keepFloat: new Map(),
};
