import assert from 'node:assert/strict';
import { toBinary } from '@bufbuild/protobuf';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openDataset } from '../../../electron/engine/data/open-dataset.ts';
import { TensorProtoSchema } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { ValueInfo } from '../../../electron/engine/runtime/session.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { makeFolder, makeRequest, rejects } from './fixtures.ts';

const inputs: ValueInfo[] = [
  { name: 'a', dataType: 'float32', dims: ['N', 2] },
  { name: 'b', dataType: 'float32', dims: ['N', 2] },
];

async function writeTensor(path: string, name: string, ...values: number[]): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const tensor = { dataType: 'float32', dims: [1, values.length], data: Float32Array.from(values) } as const;
  await writeFile(path, toBinary(TensorProtoSchema, makeTensor(name, tensor)));
}

const open = (path: string, changes: Partial<DataRequest> = {}) =>
  openDataset(makeRequest({ path, ...changes }), inputs, { seed: 0, dims: {} });

test('each folder is one sample, in numeric order; inputs are found by name, else by number', async (context) => {
  const folder = await makeFolder(context);
  await writeTensor(join(folder, 'test_data_set_0/input_0.pb'), 'b', 3, 4);
  await writeTensor(join(folder, 'test_data_set_0/input_1.pb'), 'a', 1, 2);
  await writeTensor(join(folder, 'test_data_set_0/output_0.pb'), 'y', 9);
  await writeTensor(join(folder, 'test_data_set_10/input_0.pb'), '', 7, 8);
  await writeTensor(join(folder, 'test_data_set_10/input_1.pb'), '', 5, 6);
  await writeTensor(join(folder, 'test_data_set_2/input_0.pb'), 'foreign', 0, 1);
  await writeTensor(join(folder, 'test_data_set_2/input_1.pb'), 'names', 2, 3);
  const dataset = await open(folder);
  assert.deepEqual([dataset.kind, dataset.count, dataset.fixedBatchSize], ['onnx-test-data', 3, 1]);
  const values = await Promise.all(
    [0, 1, 2].map(async (index) => {
      const { a, b } = await dataset.read(index);
      return [...a!.data, ...b!.data];
    }),
  );
  assert.deepEqual(values, [
    [1, 2, 3, 4],
    [0, 1, 2, 3],
    [7, 8, 5, 6],
  ]);
  const outputs = await dataset.readExpectedOutputs!(0);
  assert.deepEqual([...outputs['y']!.data], [9]);
  assert.deepEqual(await dataset.readExpectedOutputs!(1), {});
  assert.equal(new Set(await Promise.all([0, 1, 2].map((index) => dataset.sampleSha256(index)))).size, 3);
});

test('a single test data folder is one sample', async (context) => {
  const folder = await makeFolder(context);
  await writeTensor(join(folder, 'input_0.pb'), 'a', 1, 2);
  await writeTensor(join(folder, 'input_1.pb'), 'b', 1, 2);
  assert.equal((await open(folder)).count, 1);
});

test('what does not fit the model is refused when the data is opened', async (context) => {
  const folder = await makeFolder(context);
  const set = join(folder, 'test_data_set_0');
  await writeTensor(join(set, 'input_0.pb'), 'a', 1, 2);
  await rejects(open(folder), 'data-shape-mismatch', /holds 1 input file/, /"b" float32 \[N, 2\]/);
  await writeTensor(join(set, 'input_1.pb'), 'b', 1, 2, 3);
  await rejects(open(folder), 'data-shape-mismatch', /\[1, 3\]/, /"b" float32 \[N, 2\]/);
  await writeFile(join(set, 'input_1.pb'), 'not protobuf');
  await rejects(open(folder), 'data-malformed', /input_1\.pb/);
});

test('labels may come from a list, one a folder', async (context) => {
  const folder = await makeFolder(context);
  for (const set of ['test_data_set_0', 'test_data_set_1']) {
    await writeTensor(join(folder, set, 'input_0.pb'), 'a', 1, 2);
    await writeTensor(join(folder, set, 'input_1.pb'), 'b', 1, 2);
  }
  const labelsPath = join(folder, 'labels.txt');
  await writeFile(labelsPath, '3\n1\n');
  assert.deepEqual([...(await open(folder, { labelsPath })).labels!], [3, 1]);
  await writeFile(labelsPath, '3\n');
  await rejects(open(folder, { labelsPath }), 'labels-malformed', /1 labels for 2/);
});
