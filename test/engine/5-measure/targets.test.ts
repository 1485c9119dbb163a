import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mainRow } from '../../../shared/metric-row.ts';
import { measureAccuracy } from '../../../electron/engine/5-measure/accuracy.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import { encodeTinyModel, makeIdentity, makeOffset, makeTensor } from './tiny-models.ts';

const samples = [
  [1, 2, 3],
  [4, 5, 6],
  [7, 8, 10],
  [0, 1, -1],
];

/** Targets are the samples moved by half: the identity is off by half everywhere. */
function makeDataset(
  targetOf: (sample: readonly number[]) => readonly number[] = (sample) => sample.map((value) => value + 0.5),
): Dataset {
  const targets = samples.map((sample) => targetOf(sample));
  const dims = [targets[0]!.length];
  return {
    path: null,
    kind: 'arrays',
    count: samples.length,
    labels: null,
    targets: {
      name: 'target',
      output: null,
      dataType: 'float32',
      dims,
      areYesOrNo: false,
      read: (index) => Promise.resolve({ ...makeTensor(dims, targets[index]!), dims }),
    },
    notes: [],
    fixedBatchSize: null,
    readings: [],
    sha256: null,
    sampleSha256: (index) => Promise.resolve(String(index)),
    read: (index) => Promise.resolve({ input: makeTensor([1, 3], samples[index]!) }),
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
}

const before = encodeTinyModel(makeIdentity(['N', 3]));
const after = encodeTinyModel(makeOffset(['N', 3], [0.5, -0.5, 0]));
const indices = samples.map((_, index) => index);
const options = { before, after, dataset: makeDataset(), indices, labels: null, threads: 1 };

suite('measureAccuracy with targets', () => {
  test('compares both models with them, whatever the batch', async () => {
    const reports = await Promise.all([1, 3].map((batchSize) => measureAccuracy({ ...options, batchSize })));
    const { accuracy } = reports[0]!;
    assert.deepEqual(reports[1]!.accuracy.metrics, accuracy.metrics);
    const row = mainRow(accuracy)!;
    assert.deepEqual([row.metric, row.before, row.after, row.count], ['mae', 0.5, 0.5, 4]);
    assert.deepEqual(
      accuracy.metrics.map(({ metric, against }) => `${metric}/${against}`),
      ['mae/targets', 'rmse/targets', 'r2/targets', 'sqnrDb/original', 'cosine/original'],
      'numbers have no first class, though three a sample look like scores',
    );
    const rmse = accuracy.metrics[1]!;
    assert.ok(Math.abs(rmse.after! - Math.sqrt((0 + 1 + 0.25) / 3)) < 1e-6);
    assert.equal(accuracy.metric, 'agreement', 'the fields of version 2 know of classes only');
    assert.equal(accuracy.difference, null);
  });

  test('targets of another size are refused', async () => {
    await assert.rejects(measureAccuracy({ ...options, dataset: makeDataset((sample) => sample.slice(1)) }), {
      code: 'data-shape-mismatch',
      message: /"target" are \[2\] per sample, but output "output" is \[3\]/,
    });
  });

  test('targets of an output that is not compared are said not to be used', async () => {
    const dataset = makeDataset();
    const elsewhere = { ...dataset, targets: { ...dataset.targets!, output: 'boxes' } };
    const { accuracy, diagnostics } = await measureAccuracy({ ...options, dataset: elsewhere });
    assert.equal(mainRow(accuracy), null);
    assert.deepEqual(
      diagnostics.map(({ code }) => code),
      ['targets-not-used'],
    );
  });
});
