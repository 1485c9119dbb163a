/**
 * Layers that ruin the outputs hide what every other choice does: these searches have to end where they would have if the
 * ruinous layers had been in float from the start.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Recipe } from '../../../shared/recipe.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, noise, op, modeOf } from '../build-model.ts';
import { optionsFor, settled } from './search-options.ts';

const width = 16;

const mapped = ({ dims, data }: Tensor, change: (value: number, index: number) => number): Tensor =>
  floats(dims, (data as Float32Array).map((value, index) => change(value, index))); // prettier-ignore

/** Timing decides nothing here: every layer in float costs a tenth of the time. */
class SteadyTimes extends Laboratory {
  override layerTimes(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  override latencyRatio(): Promise<{ ratio: number; low: number; high: number }> {
    return Promise.resolve({ ratio: 0.9, low: 0.9, high: 0.9 });
  }
}

/**
 * Gemm and an activation in turn, h1 to h6. Neighbouring weights have one sign and almost one size, so that pairs of products
 * saturate 16 bits; behind `outliers` one channel is some thousand times as large, which the next layer makes up for.
 */
function buildChain(outliers: readonly number[], activation: 'Sigmoid' | 'Softsign'): ModelProto {
  const layers = 6;
  const nodes = Array.from({ length: layers }, (_, index) => {
    const to = index + 1;
    const gemm = op('Gemm', `${index === 0 ? 'x' : `s${index}`} w${to} b${to}`, `h${to}`);
    if (to === layers) return [gemm];
    return outliers.includes(to)
      ? [gemm, op('Sigmoid', `h${to}`, `g${to}`), op('Mul', `h${to} g${to}`, `s${to}`)]
      : [gemm, op(activation, `h${to}`, `s${to}`)];
  });
  const weights: Record<string, Tensor> = {};
  for (let to = 1; to <= layers; to++) {
    const signs = noise([width / 2, width], 50 + to).data as Float32Array;
    weights[`w${to}`] = mapped(noise([width, width], to, 0.05), (value, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      return 0.8 * Math.sign(signs[Math.floor(row / 2) * width + column]!) * (0.9 + value);
    });
    weights[`b${to}`] = noise([width], 10 + to, 0.5);
  }
  const scale = 5000;
  for (const to of outliers) {
    weights[`w${to}`] = mapped(weights[`w${to}`]!, (value, index) => (index % width === 0 ? scale * value : value));
    weights[`b${to}`] = mapped(weights[`b${to}`]!, (value, index) => (index === 0 ? scale * value : value));
    weights[`w${to + 1}`] = mapped(weights[`w${to + 1}`]!, (value, index) => (index < width ? value / scale : value));
  }
  return buildModel({ inputs: { x: ['N', width] }, outputs: `h${layers}`, nodes: nodes.flat(), weights });
}

const samples = Array.from({ length: 24 }, (_, seed): Feeds => ({ x: noise([1, width], 200 + seed, 0.3) }));

/** Where a mask is set a huge constant goes into a convolution: on such samples everything behind it is of another size. */
function buildMasked(): ModelProto {
  return buildModel({
    inputs: { x: ['N', 4, 6, 6], mask: ['N', 1, 6, 6] },
    outputs: 'y',
    nodes: [
      op('Conv', 'x w1', 'c', { pads: [1, 1, 1, 1] }),
      op('Cast', 'mask', 'm', { to: 9 }),
      op('Where', 'm c low', 'masked'),
      op('Conv', 'masked w2', 'd', { pads: [1, 1, 1, 1] }),
      op('ReduceMean', 'd', 'g', { axes: [2, 3], keepdims: 0 }),
      op('Gemm', 'g w3', 'y'),
    ],
    weights: {
      w1: noise([4, 4, 3, 3], 1, 0.3),
      low: floats([], [-1e9]),
      w2: noise([6, 4, 3, 3], 2, 0.3),
      w3: noise([6, 3], 3, 0.5),
    },
  });
}

const masked = Array.from({ length: 24 }, (_, seed): Feeds => {
  const mask = floats([1, 1, 6, 6], Array.from({ length: 36 }, (_value, index) => (seed % 3 === 0 && index === seed ? 0 : 1))); // prettier-ignore
  return { x: noise([1, 4, 6, 6], 300 + seed), mask };
});

async function search(model: ModelProto, feeds: readonly Feeds[], recipe: Partial<Recipe>) {
  const progress: (readonly [number, number])[] = [];
  const options = await optionsFor(
    { ...settled, keepFloat: 'auto', ...recipe },
    { onCandidate: ({ done, total }) => progress.push([done, total]) },
    { model, samples: feeds },
  );
  const result = await searchRecipe(options, new SteadyTimes(options));
  assert.ok(
    progress.every(([done, total]) => done <= total),
    'progress stays within its total',
  );
  const chosen = result.candidates.filter((candidate) => candidate.chosen).map(({ sqnrDb }) => sqnrDb ?? Infinity);
  return { ...result, sqnrDb: chosen.at(-1) ?? -Infinity, float: [...result.variant.keepFloat.keys()] };
}

suite('choices are made again once the layers that ruin the outputs are in float', () => {
  for (const [name, outliers, activation] of [
    ['one layer drowns the others', [3], 'Sigmoid'],
    ['two layers do', [2, 4], 'Sigmoid'],
    ['behind another activation', [3], 'Softsign'],
  ] as const) {
    test(name, async () => {
      const model = buildChain(outliers, activation);
      const [auto, bounded] = [
        await search(model, samples, { reducedRange: 'auto' }),
        await search(model, samples, {}),
      ];
      assert.ok(auto.float.length > 0 && auto.candidates.some(({ name }) => name === 'weights: 8-bit, again'));
      assert.ok(
        auto.sqnrDb >= bounded.sqnrDb - 1.5,
        `${auto.sqnrDb.toFixed(1)} dB, ${bounded.sqnrDb.toFixed(1)} with pairs bounded from the start`,
      );
    });
  }

  test('what one sample in three makes huge is left in float for the sake of the other two', async () => {
    const { float, sqnrDb, plan } = await search(buildMasked(), masked, { reducedRange: 'auto' });
    assert.deepEqual(float, ['d', 'y']);
    assert.ok(sqnrDb > 30, `${sqnrDb.toFixed(1)} dB`);
    assert.equal(modeOf(plan.nodes.find(({ node }) => node === 'c')!), 'int8');
  });
});

test('a model of which every layer ruins the outputs comes to an end, with as many candidates as there can be', async () => {
  const huge = samples.map(({ x }, index): Feeds => ({
    x: mapped(x!, (value) => (index === 0 ? 1e20 * value : value)),
  }));
  const linear = buildModel({
    inputs: { x: ['N', width] },
    outputs: 'c',
    nodes: [op('Gemm', 'x w1', 'a'), op('Gemm', 'a w2', 'b'), op('Gemm', 'b w3', 'c')],
    weights: { w1: noise([width, width], 1, 0.2), w2: noise([width, width], 2, 0.2), w3: noise([width, 4], 3, 0.2) },
  });
  const { sqnrDb } = await search(linear, huge, { calibrationMethod: 'auto', reducedRange: 'auto' });
  assert.ok(sqnrDb < 10, `${sqnrDb}: nothing can be done here, and nothing is claimed`);
});
