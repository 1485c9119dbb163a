import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { countValueSamples, heldRanges, measureClipping } from '../../../electron/engine/5-measure/clipping.ts';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, noise, op, quantize } from '../build-model.ts';

/** Twice the input, and one more than that. */
const model = buildModel({
  inputs: { x: [1, 4] },
  outputs: 'y',
  nodes: [op('Mul', 'x two', 'doubled'), op('Add', 'doubled one', 'y')],
  weights: { two: floats([], [2]), one: floats([], [1]) },
});
const samples: readonly Feeds[] = [
  [0, 1, 2, 3],
  [0, 1, 2, 30],
  [-40, 1, 2, 30],
  [1, 1, 1, 1],
].map((values) => ({ x: floats([1, 4], values) }));

async function clippingOf(
  ranges: Readonly<Record<string, readonly [number, number]>>,
  changes: {
    readonly deciding?: readonly string[];
    readonly valueSamples?: number;
    readonly unseen?: readonly Feeds[];
  } = {},
) {
  const unseen = changes.unseen ?? samples;
  const progress: number[] = [];
  const measured = await measureClipping({
    model: inMemory(model),
    ranges: new Map(Object.entries(ranges).map(([tensor, [low, high]]) => [tensor, { low, high }])),
    deciding: new Set(changes.deciding ?? []),
    shapes: await observeShapes(inMemory(model), samples[0]!),
    samples: { count: unseen.length, read: (index) => Promise.resolve(unseen[index]!) },
    valueSamples: changes.valueSamples ?? 100,
    threads: 1,
    signal: new AbortController().signal,
    onProgress: (done, total) => progress.push(done / total),
  });
  assert.equal(progress.at(-1), 1);
  return measured;
}

suite('what ranges cut of unseen samples', () => {
  test('is told as a share of values and of samples, for inputs, inner tensors and outputs', async () => {
    const measured = await clippingOf({ x: [-10, 10], doubled: [-1000, 1000], y: [-79, 61.5] });
    assert.deepEqual(measured.get('x'), { valueShare: 3 / 16, sampleShare: 2 / 4, sampleCount: 4 });
    assert.deepEqual(measured.get('doubled'), { valueShare: 0, sampleShare: 0, sampleCount: 4 });
    // -79 is the least value, and 61 the largest.
    assert.equal(measured.get('y')!.sampleShare, 0);
  });

  test('of tensors that decide every sample is looked at, of others a part', async () => {
    const measured = await clippingOf({ doubled: [-10, 10], y: [-10, 10] }, { deciding: ['y'], valueSamples: 1 });
    assert.deepEqual(measured.get('doubled'), { valueShare: 0, sampleShare: 0, sampleCount: 1 });
    assert.deepEqual([measured.get('y')!.sampleShare, measured.get('y')!.sampleCount], [2 / 4, 4]);
  });

  test('tensors with NaN in some sample are left out, and the others told', async () => {
    const unseen = [...samples, { x: floats([1, 4], [Number.NaN, 1, 2, 3]) }];
    assert.equal((await clippingOf({ y: [-10, 10] }, { unseen })).size, 0);
  });

  test('a range holds half a step more than its integers stand for', async () => {
    const conv = buildModel({
      inputs: { x: [1, 2, 4, 4] },
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'y')],
      weights: { w: noise([2, 2, 1, 1], 1) },
    });
    const { plan, result, statistics } = await quantize(conv, [{ x: noise([1, 2, 4, 4], 2) }]);
    const held = heldRanges(plan, statistics, result.parameters);
    for (const [tensor, { scale, zeroPoint }] of result.parameters) {
      const { low, high } = held.get(tensor)!;
      assert.ok(Math.abs(high - low - 256 * scale) < 1e-6 && Math.abs(high - (255.5 - zeroPoint) * scale) < 1e-6);
    }
  });

  test('large models have fewer samples looked at', () => {
    assert.deepEqual([1e6, 1e9, 1e12].map(countValueSamples), [128, 20, 8]);
  });
});
