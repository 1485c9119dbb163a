import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupIntoBatches, readBatch } from '../../../electron/engine/data/batch.ts';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { imageInput, makeDataset, makeRequest, rejects } from './fixtures.ts';

test('indices are cut into groups, the last one shorter', () => {
  assert.deepEqual(groupIntoBatches([5, 6, 7, 8, 9], 2), [[5, 6], [7, 8], [9]]);
  assert.deepEqual(groupIntoBatches([], 2), []);
});

test('samples are stacked along the first dimension', async () => {
  const { feeds, indices } = await readBatch(makeDataset(['a', 'b', 'c']), [2, 0], 2);
  assert.deepEqual(feeds, { x: { dataType: 'float32', dims: [2, 2], data: Float32Array.of(2, -2, 0, -0) } });
  assert.deepEqual(indices, [2, 0]);
});

test('a short batch repeats its last sample and says which rows are real', async () => {
  const { feeds, indices } = await readBatch(makeDataset(['a', 'b', 'c']), [1], 3);
  assert.deepEqual(feeds['x']!.dims, [3, 2]);
  assert.deepEqual([...feeds['x']!.data], [1, -1, 1, -1, 1, -1]);
  assert.deepEqual(indices, [1]);
});

test('every sample is used once at any batch size', async () => {
  const dataset = { ...makeDataset(Array.from({ length: 7 }, String)), fixedBatchSize: 3 };
  const seen: number[] = [];
  for (const group of groupIntoBatches([0, 1, 2, 3, 4, 5, 6], 3)) {
    const batch = await readBatch(dataset, group, 3);
    assert.deepEqual(batch.feeds['x']!.dims, [3, 2]);
    for (const row of batch.indices.keys()) seen.push(Number(batch.feeds['x']!.data[row * 2]));
  }
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6]);
  await rejects(readBatch(dataset, [0, 1], 2), 'internal', /takes 3/);
});

test('samples of different shapes do not share a batch', async () => {
  const dataset = makeDataset(['a', 'b']);
  const ragged = {
    ...dataset,
    read: (index: number) =>
      Promise.resolve({ x: { dataType: 'float32' as const, dims: [1, index + 1], data: new Float32Array(index + 1) } }),
  };
  await rejects(readBatch(ragged, [0, 1], 2), 'data-shape-mismatch', /\[1, 1\].*\[1, 2\]/);
});

test('a model whose fixed batch no memory can hold is refused before any is taken', async () => {
  const dataset = await openDataset(makeRequest({ random: true }), [{ ...imageInput, dims: [2 ** 40, 3, 4, 4] }], {
    seed: 0,
    dims: {},
  });
  await rejects(readBatch(dataset, [0], 2 ** 40), 'options-invalid', /"input".*1099511627776x3x4x4/);
});
