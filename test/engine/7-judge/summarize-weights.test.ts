import assert from 'node:assert/strict';
import { test } from 'node:test';
import { summarizeWeights } from '../../../electron/engine/7-judge/summarize-weights.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { assertClose, buildModel, floats, inMemory, op, quantize } from '../build-model.ts';

const model = buildModel({
  inputs: { x: ['N', 2, 1, 1] },
  outputs: 'y',
  nodes: [op('Conv', 'x w b', 'y')],
  weights: { w: floats([2, 2, 1, 1], [1.27, -0.64, 0.5, 0.25]), b: floats([2], [0.1, -0.2]) },
});
const samples = [{ x: floats([1, 2, 1, 1], [-1, 1.55]) }];

async function summarize(options: Parameters<typeof quantize>[2] = {}) {
  const compressed = (await quantize(model, samples, options)).model;
  return summarizeWeights(indexGraph(inMemory(model)), indexGraph(inMemory(compressed)), 4);
}

test('weights are summed up per layer, biases are not among them', async () => {
  const weights = await summarize();
  assert.deepEqual(
    weights.map(({ node, tensor, scaleCount }) => ({ node, tensor, scaleCount })),
    [{ node: 'y', tensor: 'w', scaleCount: 2 }],
  );
  const [first] = weights;
  assertClose([first!.min, first!.max], [-0.64, 1.27], 1e-6);
  assert.equal(
    first!.histogram.reduce((sum, count) => sum + count, 0),
    4,
  );
});

test('each channel has a range of its own, from the narrowest to the widest', async () => {
  const [weights] = await summarize();
  assertClose([weights!.narrowest, weights!.widest], [0.5, 1.27], 1e-6);
});

test('one scale in all covers the widest channel', async () => {
  const [weights] = await summarize({ recipe: { perChannel: false } });
  assert.equal(weights!.scaleCount, 1);
  assertClose([weights!.narrowest, weights!.widest], [1.27, 1.27], 1e-6);
});

test('each block of packed weights has a range of its own, on the wider side of its zero point', async () => {
  // Blocks of 16 on grids of 0.5 from -2 and of 0.1 from 0.
  const values = Array.from({ length: 32 }, (_value, index) => (index < 16 ? index / 2 - 2 : (index - 16) / 10));
  const product = buildModel({
    inputs: { x: ['N', 32] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'y')],
    weights: { w: floats([32, 1], values) },
  });
  const recipe = { scheme: 'int4-weights', blockSize: 16 } as const;
  const compressed = (await quantize(product, [{ x: floats([1, 32], values) }], { recipe })).model;
  const [weights, ...others] = summarizeWeights(indexGraph(inMemory(product)), indexGraph(inMemory(compressed)), 4);
  assert.equal(others.length, 0);
  assert.equal(weights!.scaleCount, 2);
  assertClose([weights!.narrowest, weights!.widest, weights!.min, weights!.max], [1.5, 5.5, -2, 5.5], 1e-5);
});
