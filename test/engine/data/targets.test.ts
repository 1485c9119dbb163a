import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { targetsOf } from '../../../electron/engine/data/targets.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { encodeNpy } from '../../../electron/engine/onnx/encode-npy.ts';
import { encodeZip, makeFolder, makeRequest, rejects } from './fixtures.ts';

const input: ValueInfo = { name: 'x', dataType: 'float32', dims: ['N', 2] };

const array = (rows: number, width: number, from = 0): Tensor => ({
  dataType: 'float32',
  dims: [rows, width],
  data: Float32Array.from({ length: rows * width }, (_, index) => from + index),
});

async function open(
  context: TestContext,
  arrays: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
  changes: Partial<DataRequest> = {},
) {
  const path = join(await makeFolder(context), 'data.npz');
  await writeFile(path, encodeZip(Object.entries(arrays).map(([name, tensor]) => [`${name}.npy`, encodeNpy(tensor)])));
  const dataset = await openDataset(makeRequest({ path, ...changes }), [input], { seed: 0, dims: {}, outputs });
  context.after(() => dataset.close());
  return dataset;
}

suite('targets in arrays', () => {
  for (const [called, output] of [
    ['depth', 'depth'],
    ['depth_0', 'depth:0'],
    ['target', null],
    ['targets', null],
  ] as const) {
    test(`an array "${called}" is found by itself`, async (context) => {
      const outputs = ['depth', 'depth:0'];
      const dataset = await open(context, { x: array(3, 2), [called]: array(3, 4, 100) }, outputs);
      const targets = dataset.targets!;
      assert.deepEqual([targets.name, targets.output, targets.dims], [called, output, [4]]);
      const { data, dims } = await targets.read(1);
      assert.deepEqual([[...data], dims], [[104, 105, 106, 107], [4]]);
      assert.equal(dataset.labels, null);
      assert.ok(dataset.notes.some((note) => note.includes(`"${called}" holds the targets`)));
      assert.ok(!dataset.notes.some((note) => note.includes('ignored')));
    });
  }

  test('any other is found by the name asked for, before those that would be found by themselves', async (context) => {
    const arrays = { x: array(2, 2), target: array(2, 1), price: array(2, 1, 50) };
    const dataset = await open(context, arrays, ['y'], { targetName: 'price' });
    assert.equal(dataset.targets!.name, 'price');
    assert.deepEqual(
      dataset.notes.filter((note) => note.includes('ignored')).length,
      1,
      'the other is said to be left out',
    );
  });

  test('an input is never taken for targets, and the only other array serves the only input as before', async (context) => {
    assert.equal((await open(context, { x: array(2, 2) }, ['x'])).targets, null);
    const only = await open(context, { anything: array(2, 2) }, ['y']);
    assert.equal(only.targets, null);
    assert.deepEqual((await only.read(0))['x']!.dims, [1, 2]);
  });

  test('what cannot be targets is refused with what there is', async (context) => {
    const arrays = { x: array(3, 2), y: array(2, 1) };
    await rejects(open(context, arrays, ['y']), 'data-shape-mismatch', /"y" in .* 2 rows for 3 samples/);
    await rejects(open(context, arrays, [], { targetName: 'z' }), 'options-invalid', /names "z", but .* has "y"\./);
    await rejects(
      open(context, { x: array(3, 2) }, [], { targetName: 'z' }),
      'options-invalid',
      /no arrays other than/,
    );
    await rejects(open(context, { x: array(3, 2) }, [], { targetName: 'x' }), 'options-invalid', /names "x", but/);
  });

  test('data of another kind has no arrays', async (context) => {
    const request = makeRequest({ random: true, targetName: 'y' });
    const dataset = openDataset(request, [{ ...input, dims: [1, 2] }], { seed: 0, dims: {} });
    context.after(async () => (await dataset.catch(() => null))?.close());
    await rejects(dataset, 'options-invalid', /does not consist of arrays/);
  });
});

suite('targets without a number', () => {
  for (const [dataType, bad] of [
    ['float32', Number.NaN],
    ['float64', Infinity],
    ['float16', 0x7e00],
  ] as const) {
    test(`of ${dataType} are refused with the sample`, async () => {
      const rows = [1, 2, 3, 4, bad, 6];
      const data =
        dataType === 'float16'
          ? Uint16Array.from(rows)
          : dataType === 'float32'
            ? Float32Array.from(rows)
            : Float64Array.from(rows);
      const array = {
        name: 'target',
        dataType,
        dims: [3, 2],
        readRows: (start: number, count: number) => Promise.resolve(data.slice(2 * start, 2 * (start + count))),
      };
      await rejects(targetsOf('data.npz', array, [], 3), 'data-malformed', /"target" of sample 2 hold NaN/);
      data[4] = 1;
      assert.equal((await targetsOf('data.npz', array, [], 3)).name, 'target');
    });
  }
});
