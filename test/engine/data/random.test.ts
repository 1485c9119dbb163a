import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import { imageInput, makeRequest, rejects } from './fixtures.ts';

const open = (
  inputs: readonly ValueInfo[],
  options: { seed?: number; dims?: Record<string, number>; count?: number } = {},
) =>
  openDataset(makeRequest({ random: true }), inputs, {
    seed: options.seed ?? 0,
    dims: options.dims ?? {},
    ...(options.count === undefined ? {} : { randomCount: options.count }),
  });

test('noise has the shape of the model, is standard normal and says what it is worth', async () => {
  const dataset = await open([{ ...imageInput, dims: ['N', 3, 64, 64] }]);
  assert.equal(dataset.kind, 'random');
  assert.equal(dataset.count, 32);
  assert.equal(dataset.sha256, null);
  assert.match(dataset.notes.join(), /noise.*say nothing/);
  const { input } = await dataset.read(0);
  assert.deepEqual(input!.dims, [1, 3, 64, 64]);
  const values = [...(input!.data as Float32Array)];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  assert.ok(Math.abs(mean) < 0.03 && Math.abs(variance - 1) < 0.05, `${mean} ${variance}`);
});

test('the same seed gives the same sample, whatever was read before', async () => {
  const first = await open([imageInput], { seed: 5 });
  const second = await open([imageInput], { seed: 5 });
  await second.read(0);
  assert.deepEqual(await second.read(3), await first.read(3));
  assert.notDeepEqual(await first.read(2), await first.read(3));
  assert.notDeepEqual(await (await open([imageInput], { seed: 6 })).read(3), await first.read(3));
});

test('integers stay where an embedding or a mask can take them; bytes fill their range', async () => {
  const dataset = await open([
    { name: 'ids', dataType: 'int64', dims: ['N', 500] },
    { name: 'image', dataType: 'uint8', dims: ['N', 500] },
    { name: 'flag', dataType: 'bool', dims: ['N', 500] },
  ]);
  const { ids, image, flag } = await dataset.read(0);
  assert.deepEqual(new Set(ids!.data as BigInt64Array), new Set([0n, 1n]));
  assert.ok(Math.max(...(image!.data as Uint8Array)) > 200);
  assert.deepEqual(new Set(flag!.data as Uint8Array), new Set([0, 1]));
});

test('a fixed batch is filled by stacking; inputs without a common batch come whole', async () => {
  const batched = await open([{ ...imageInput, dims: [8, 3, 4, 4] }], { count: 3 });
  assert.equal(batched.fixedBatchSize, 8);
  assert.equal(batched.count, 3);
  assert.deepEqual((await batched.read(0))['input']!.dims, [1, 3, 4, 4]);
  const recurrent = await open([
    { name: 'input', dataType: 'float32', dims: ['N', 512] },
    { name: 'state', dataType: 'float32', dims: [2, 1, 64] },
    { name: 'rate', dataType: 'int64', dims: [] },
  ]);
  assert.equal(recurrent.fixedBatchSize, 1);
  const feeds = await recurrent.read(0);
  assert.deepEqual([feeds['input']!.dims, feeds['state']!.dims, feeds['rate']!.dims], [[1, 512], [2, 1, 64], []]);
});

test('an open dimension needs a size', async () => {
  const inputs: ValueInfo[] = [{ ...imageInput, dims: ['N', 3, 'H', 'W'] }];
  await rejects(open(inputs), 'options-invalid', /"input" float32 \[N, 3, H, W\]/, /--dim H=\d+ --dim W=\d+\.$/);
  const dataset = await open(inputs, { dims: { H: 5, W: 6 } });
  assert.deepEqual((await dataset.read(0))['input']!.dims, [1, 3, 5, 6]);
});

test('the batch of a recurrent state is the batch, wherever its axis is', async () => {
  const dataset = await open(
    [
      { name: 'input', dataType: 'float32', dims: ['batch', 'sequence'] },
      { name: 'state', dataType: 'float32', dims: [2, 'batch', 128] },
    ],
    { dims: { sequence: 576 } },
  );
  const { input, state } = await dataset.read(0);
  assert.deepEqual([input!.dims, state!.dims], [[1, 576], [2, 1, 128]]); // prettier-ignore
});

test('an input that no memory can hold is refused before any is taken', async () => {
  const huge: ValueInfo = { name: 'x', dataType: 'float32', dims: [2 ** 40, 3, 16, 16] };
  await rejects(open([{ ...huge, dims: [1, 3, 200_000, 200_000] }]), 'options-invalid', /"x".*120000000000 elements/);
  await rejects(open([{ ...huge, dims: ['N', 3, 'H', 'H'] }], { dims: { H: 200_000 } }), 'options-invalid', /--dim/);
});
