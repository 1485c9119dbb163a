import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readBatch } from '../../../electron/engine/data/batch.ts';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { encodeZip, makeFolder, makeRequest, rejects } from './fixtures.ts';
import { encodeNpy } from '../../../electron/engine/onnx/encode-npy.ts';

const count = (dims: readonly number[]) => dims.reduce((product, dim) => product * dim, 1);
const float32 = (...dims: number[]): Tensor => ({
  dataType: 'float32',
  dims,
  data: Float32Array.from({ length: count(dims) }, (_, index) => index),
});
const int64 = (...values: number[]): Tensor => ({
  dataType: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const pair: ValueInfo = { name: 'x', dataType: 'float32', dims: ['N', 2] };

async function writeNpz(context: TestContext, arrays: Readonly<Record<string, Tensor>>): Promise<string> {
  const path = join(await makeFolder(context), 'data.npz');
  const files = Object.entries(arrays).map(([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)] as const);
  await writeFile(path, encodeZip(files));
  return path;
}

async function open(
  context: TestContext,
  path: string,
  inputs: readonly ValueInfo[],
  changes: Partial<DataRequest> = {},
) {
  const dataset = await openDataset(makeRequest({ path, ...changes }), inputs, { seed: 0, dims: {} });
  context.after(() => dataset.close());
  return dataset;
}

test('arrays named after the inputs give one sample a row', async (context) => {
  const path = await writeNpz(context, { x: float32(3, 2), labels: int64(5, 0, 2) });
  const dataset = await open(context, path, [pair]);
  assert.deepEqual([dataset.kind, dataset.count, dataset.fixedBatchSize], ['arrays', 3, null]);
  assert.deepEqual([...dataset.labels!], [5, 0, 2]);
  assert.deepEqual(dataset.notes, []);
  assert.deepEqual(await dataset.read(1), { x: { dataType: 'float32', dims: [1, 2], data: Float32Array.of(2, 3) } });
  assert.notEqual(await dataset.sampleSha256(0), await dataset.sampleSha256(1));
});

test('several inputs are read together, and a symbol is one size in all of them', async (context) => {
  const inputs: ValueInfo[] = [
    { name: 'ids', dataType: 'int64', dims: ['N', 'S'] },
    { name: 'mask', dataType: 'int64', dims: ['N', 'S'] },
  ];
  const ids: Tensor = { ...int64(1, 2, 3, 4, 5, 6), dims: [2, 3] };
  const dataset = await open(context, await writeNpz(context, { ids, mask: ids, note: float32(1) }), inputs);
  assert.deepEqual((await dataset.read(1))['mask']!.data, BigInt64Array.of(4n, 5n, 6n));
  assert.match(dataset.notes.join(), /are ignored: "note"/);
  const other = await writeNpz(context, { ids, mask: { ...ids, dims: [3, 2] } });
  await rejects(open(context, other, inputs), 'data-shape-mismatch', /"mask".*\[3, 2\]/);
  const fewer = await writeNpz(context, { ids, mask: { ...int64(1, 2, 3), dims: [1, 3] } });
  await rejects(open(context, fewer, inputs), 'data-shape-mismatch', /"ids" has 2, "mask" has 1/);
});

test('the only array serves the only input under any name, with a note', async (context) => {
  const dataset = await open(context, await writeNpz(context, { arr_0: float32(2, 2) }), [pair]);
  assert.match(dataset.notes.join(), /"arr_0" is used for the model's input "x"/);
  const colon = { ...pair, name: 'serving:0' };
  const similar = await open(context, await writeNpz(context, { serving_0: float32(2, 2), y: float32(2) }), [colon]);
  assert.match(similar.notes[0]!, /"serving_0" is used/);
});

test('wrong shapes say what was found, what the model wants and what to do', async (context) => {
  const image: ValueInfo = { name: 'x', dataType: 'float32', dims: ['N', 3, 4, 5] };
  const cases: [dims: number[], pattern: RegExp][] = [
    [[2, 4, 5, 3], /another order: transpose/],
    [[2, 3, 4, 5, 1], /axes of size 1 differ: reshape/],
    [[3, 4, 5], /single sample/],
    [[2, 7], /Prepare the data/],
  ];
  for (const [dims, pattern] of cases) {
    const path = await writeNpz(context, { x: float32(...dims) });
    const found = new RegExp(`\\[${dims.join(', ')}\\]`);
    await rejects(open(context, path, [image]), 'data-shape-mismatch', found, /"x" float32 \[N, 3, 4, 5\]/, pattern);
  }
  const unnamed = await writeNpz(context, { a: float32(2, 2), b: float32(2, 2) });
  await rejects(open(context, unnamed, [pair]), 'data-shape-mismatch', /no array for.*"x"/, /"a" float32 \[2, 2\]/);
  await rejects(open(context, await writeNpz(context, { x: float32(0, 2) }), [pair]), 'data-missing', /no samples/);
});

test('element types are converted when nothing is lost', async (context) => {
  const x: Tensor = { dataType: 'uint8', dims: [2, 2], data: Uint8Array.of(0, 128, 255, 1) };
  const dataset = await open(context, await writeNpz(context, { x }), [pair]);
  assert.match(dataset.notes.join(), /"x" is uint8 and is converted to the model's float32/);
  assert.deepEqual((await dataset.read(1))['x']!.data, Float32Array.of(255, 1));
  const halves: Tensor = { dataType: 'float32', dims: [1, 2], data: Float32Array.of(0.5, 1) };
  const bytes = await open(context, await writeNpz(context, { x: halves }), [{ ...pair, dataType: 'uint8' }]);
  await rejects(bytes.read(0), 'data-malformed', /holds 0\.5/, /Save the array as uint8/);
});

test('a fixed batch groups rows; rows that are whole feeds run alone', async (context) => {
  const path = await writeNpz(context, { x: float32(5, 2) });
  const batched = await open(context, path, [{ ...pair, dims: [4, 2] }]);
  assert.equal(batched.fixedBatchSize, 4);
  const { feeds, indices } = await readBatch(batched, [4], 4);
  assert.deepEqual([...feeds['x']!.data], [8, 9, 8, 9, 8, 9, 8, 9]);
  assert.deepEqual(indices, [4]);
  const unbatched = await open(context, path, [{ ...pair, dims: [2] }]);
  assert.equal(unbatched.fixedBatchSize, 1);
  assert.deepEqual((await unbatched.read(0))['x']!.dims, [2]);
  const withOnes = await open(context, await writeNpz(context, { x: float32(5, 1, 2) }), [pair]);
  assert.equal(withOnes.fixedBatchSize, null);
  assert.deepEqual((await withOnes.read(0))['x']!.dims, [1, 2]);
});

test('a recurrent model takes whole feeds with a leading sample axis', async (context) => {
  const inputs: ValueInfo[] = [
    { name: 'x', dataType: 'float32', dims: ['N', 4] },
    { name: 'state', dataType: 'float32', dims: [2, 'N', 3] },
    { name: 'rate', dataType: 'int64', dims: [] },
  ];
  const path = await writeNpz(context, { x: float32(2, 4), state: float32(2, 2, 1, 3), rate: int64(8, 16) });
  const dataset = await open(context, path, inputs);
  assert.equal(dataset.fixedBatchSize, 1);
  const feeds = await dataset.read(1);
  assert.deepEqual([feeds['x']!.dims, feeds['state']!.dims, feeds['rate']!.dims], [[1, 4], [2, 1, 3], []]);
  assert.deepEqual(feeds['rate']!.data, BigInt64Array.of(16n));
});

test('labels come from a file when one is given', async (context) => {
  const path = await writeNpz(context, { x: float32(3, 2), labels: int64(0, 0, 0) });
  const folder = await makeFolder(context);
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'plain.txt': '4\n5\n6\n',
    'column.csv': 'index,label\n0,4\n1,5\n2,6\n',
    'array.npy': encodeNpy(int64(4, 5, 6)),
  };
  for (const [name, contents] of Object.entries(files)) {
    const labelsPath = join(folder, name);
    await writeFile(labelsPath, contents);
    assert.deepEqual([...(await open(context, path, [pair], { labelsPath })).labels!], [4, 5, 6], name);
  }
  const labelsPath = join(folder, 'named.csv');
  await writeFile(labelsPath, 'file,label\na.png,4\n');
  await rejects(open(context, path, [pair], { labelsPath }), 'labels-malformed', /name files/);
});

test('wrong label arrays are refused with their row', async (context) => {
  const cases: [labels: Tensor, pattern: RegExp][] = [
    [int64(1, 2), /2 labels for 3 samples/],
    [int64(1, -1, 2), /row 1 has the label -1/],
    [{ dataType: 'float32', dims: [3], data: Float32Array.of(0, 1, 1.5) }, /row 2 has the label 1\.5/],
    [float32(3, 10), /shape is \[3, 10\] instead of \[3\].*argmax/],
    [float32(3, ...Array<number>(40).fill(1), 2), /shape is \[3, 1, .*, … \(42 dimensions\)\] instead of \[3\]/],
  ];
  for (const [labels, pattern] of cases) {
    const path = await writeNpz(context, { x: float32(3, 2), labels });
    await rejects(open(context, path, [pair]), 'labels-malformed', pattern, /"labels" in /);
  }
});

test('a single .npy file and a folder of them are data too', async (context) => {
  const folder = await makeFolder(context);
  await writeFile(join(folder, 'x.npy'), encodeNpy(float32(3, 2)));
  const single = await open(context, join(folder, 'x.npy'), [pair]);
  assert.deepEqual([single.count, single.labels], [3, null]);
  await writeFile(join(folder, 'labels.npy'), encodeNpy(int64(1, 2, 0)));
  const several = await open(context, folder, [pair]);
  assert.deepEqual([...several.labels!], [1, 2, 0]);
  assert.equal(await several.sampleSha256(2), await single.sampleSha256(2));
  assert.notEqual(several.sha256, single.sha256);
});

test('an array that cannot be read is told with the reason, where it is the one that is missing', async (context) => {
  const path = join(await makeFolder(context), 'data.npz');
  // As numpy.savez writes an object array: the header says so, pickled bytes follow.
  const header = "{'descr': '|O', 'fortran_order': False, 'shape': (4,), }";
  const npy = Buffer.from(`\x93NUMPY\x01\x00\x76\x00${header.padEnd(0x75)}\n`, 'latin1');
  await writeFile(path, encodeZip([['x.npy', npy]]));
  await rejects(
    open(context, path, [pair]),
    'data-shape-mismatch',
    /no array for the model's input "x"/,
    /Python objects/,
  );
});

const anyShape = (name: string): ValueInfo => ({ name, dataType: 'float32', dims: [], anyShape: true });

test('an input without a shape takes the shape of its array', async (context) => {
  const dataset = await open(context, await writeNpz(context, { x: float32(3, 2, 4) }), [anyShape('x')]);
  assert.equal(dataset.fixedBatchSize, null);
  assert.deepEqual((await dataset.read(1))['x']!.dims, [1, 2, 4]);
  const { feeds } = await readBatch(dataset, [0, 2], 2);
  assert.deepEqual(feeds['x']!.dims, [2, 2, 4]);
  // A scalar says that it is one, and is no such input.
  const scalar: ValueInfo = { name: 'x', dataType: 'float32', dims: [] };
  const path = await writeNpz(context, { x: float32(3, 2, 4) });
  await rejects(open(context, path, [scalar]), 'data-shape-mismatch', /should be \[samples\]/);
});

test('an input without a shape follows those that have one', async (context) => {
  const arrays = { x: float32(4, 2), z: float32(4, 5) };
  const batched = await open(context, await writeNpz(context, arrays), [pair, anyShape('z')]);
  assert.deepEqual((await batched.read(0))['z']!.dims, [1, 5]);
  const fixed: ValueInfo = { name: 'x', dataType: 'float32', dims: [4, 2] };
  const inFours = await open(context, await writeNpz(context, arrays), [fixed, anyShape('z')]);
  assert.equal(inFours.fixedBatchSize, 4);
  // A row of x is a whole feed, so a row of z is one, too.
  const image: ValueInfo = { name: 'x', dataType: 'float32', dims: [3, 2, 2] };
  const whole = { x: float32(2, 3, 2, 2), z: float32(2, 7, 1) };
  const feedwise = await open(context, await writeNpz(context, whole), [anyShape('z'), image]);
  assert.equal(feedwise.fixedBatchSize, 1);
  assert.deepEqual((await feedwise.read(1))['z']!.dims, [7, 1]);
});

test('noise cannot be made for an input without a shape, and --dim does not help', async () => {
  const open = (inputs: readonly ValueInfo[]) =>
    openDataset(makeRequest({ random: true }), inputs, { seed: 0, dims: {} });
  await rejects(open([pair, anyShape('z')]), 'options-invalid', /input "z"/, /--dim cannot help/, /--data/);
  assert.ok((await open([pair])).count > 0);
});
