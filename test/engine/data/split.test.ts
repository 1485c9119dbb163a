import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeData } from '../../../electron/engine/data/describe-data.ts';
import { splitDataset } from '../../../electron/engine/data/split.ts';
import { CancelledError } from '../../../shared/app-error.ts';
import { dataFactsSchema } from '../../../shared/run.ts';
import { makeDataset, rejects } from './fixtures.ts';

const distinct = (count: number) => Array.from({ length: count }, (_, index) => `sample ${index}`);
const everything = (count: number) => Array.from({ length: count }, (_, index) => index);
const sorted = (indices: readonly number[]) => [...indices].sort((a, b) => a - b);

test('the same seed gives the same split on any machine', async () => {
  const split = await splitDataset(makeDataset(distinct(12)), { calibrationCount: 4, evaluationCount: null, seed: 7 });
  assert.deepEqual(split.calibration, [11, 7, 0, 10]);
  assert.deepEqual(split.evaluation, [8, 6, 3, 9, 1, 4, 5, 2]);
  // sha256 of the sorted lines `<sample hash> <label>`, by Python's hashlib.
  assert.equal(split.calibrationSha256, '21da278be4783f3243eb85f870cd6ce3a22f2157ea73044236525101f164b229');
  const other = await splitDataset(makeDataset(distinct(12)), { calibrationCount: 4, evaluationCount: null, seed: 8 });
  assert.notDeepEqual(other.calibration, split.calibration);
  assert.notEqual(other.calibrationSha256, split.calibrationSha256);
});

test('50 of 300 calibrate and the other 250 evaluate', async () => {
  const labels = everything(300);
  const split = await splitDataset(makeDataset(distinct(300), labels), {
    calibrationCount: 50,
    evaluationCount: null,
    seed: 0,
  });
  assert.equal(split.calibration.length, 50);
  assert.equal(split.evaluation.length, 250);
  assert.deepEqual(sorted([...split.calibration, ...split.evaluation]), everything(300));
  assert.deepEqual(split.warnings, []);
});

test('evaluation can be limited, and the rest is unused', async () => {
  const split = await splitDataset(makeDataset(distinct(100)), { calibrationCount: 10, evaluationCount: 20, seed: 1 });
  assert.equal(split.evaluation.length, 20);
  assert.equal(new Set([...split.calibration, ...split.evaluation]).size, 30);
  assert.deepEqual(split.warnings, []);
});

test('copies of a sample stay on one side', async () => {
  for (let seed = 0; seed < 50; seed++) {
    const contents = Array.from({ length: 40 }, (_, index) => `sample ${index % 13}`);
    const dataset = makeDataset(contents);
    const split = await splitDataset(dataset, { calibrationCount: 12, evaluationCount: null, seed });
    const calibrated = new Set(split.calibration.map((index) => contents[index]));
    assert.ok(split.evaluation.every((index) => !calibrated.has(contents[index])));
    assert.equal(split.calibration.length + split.evaluation.length, 40);
    assert.ok(split.calibration.length > 0 && split.calibration.length <= 12);
    assert.match(split.warnings.map((warning) => warning.message).join(), /27 samples repeat/);
  }
});

test('copies with different labels are reported', async () => {
  const dataset = makeDataset(['a', 'b', 'a', 'c'], [0, 1, 2, 0]);
  const split = await splitDataset(dataset, { calibrationCount: 2, evaluationCount: null, seed: 0 });
  assert.deepEqual(
    split.warnings.map(({ code }) => code),
    ['data-duplicates', 'labels-conflict'],
  );
});

test('calibration sees the classes evenly however uneven the data is', async () => {
  const labels = everything(100).map((index) => (index < 80 ? 0 : index < 95 ? 1 : 2));
  const split = await splitDataset(makeDataset(distinct(100), labels), {
    calibrationCount: 12,
    evaluationCount: null,
    seed: 3,
  });
  const counts = [0, 1, 2].map((label) => split.calibration.filter((index) => labels[index] === label).length);
  assert.deepEqual(counts, [4, 4, 4]);
});

test('too few samples: at most half calibrate, with a warning, and nothing overlaps', async () => {
  const cases = [
    { count: 2, asked: 100, calibration: 1, evaluation: 1 },
    { count: 3, asked: 100, calibration: 1, evaluation: 2 },
    { count: 150, asked: 100, calibration: 75, evaluation: 75 },
  ];
  for (const { count, asked, calibration, evaluation } of cases) {
    const split = await splitDataset(makeDataset(distinct(count)), {
      calibrationCount: asked,
      evaluationCount: null,
      seed: 0,
    });
    assert.deepEqual([split.calibration.length, split.evaluation.length], [calibration, evaluation]);
    assert.deepEqual(sorted([...split.calibration, ...split.evaluation]), everything(count));
    assert.equal(split.warnings[0]?.code, 'data-tiny');
  }
  const short = await splitDataset(makeDataset(distinct(30)), { calibrationCount: 10, evaluationCount: 50, seed: 0 });
  assert.deepEqual([short.calibration.length, short.evaluation.length], [10, 20]);
  assert.match(short.warnings[0]!.message, /50 evaluation samples/);
});

test('even pairs leave one pair to calibrate on when less is asked for', async () => {
  const split = await splitDataset(makeDataset(['a', 'a', 'b', 'b']), {
    calibrationCount: 1,
    evaluationCount: null,
    seed: 0,
  });
  assert.deepEqual([split.calibration.length, split.evaluation.length], [2, 2]);
});

test('data that cannot be divided is refused', async () => {
  const options = { calibrationCount: 10, evaluationCount: null, seed: 0 };
  await rejects(splitDataset(makeDataset(['a']), options), 'data-missing', /1 sample/, /at least two/);
  await rejects(
    splitDataset(makeDataset(['a', 'a', 'a']), options),
    'data-missing',
    /All 3 samples of the data are the same/,
  );
  const unquantized = await splitDataset(makeDataset(['a']), { ...options, calibrationCount: 0 });
  assert.deepEqual([unquantized.calibration, unquantized.evaluation], [[], [0]]);
  assert.equal(unquantized.calibrationSha256, null);
});

test('the hashes of a split do not depend on the order, only on samples and labels', async () => {
  const options = { calibrationCount: 0, evaluationCount: null, seed: 0 };
  const first = await splitDataset(makeDataset(['a', 'b'], [0, 1]), options);
  const turned = await splitDataset(makeDataset(['b', 'a'], [1, 0]), { ...options, seed: 9 });
  const relabelled = await splitDataset(makeDataset(['a', 'b'], [1, 0]), options);
  assert.equal(turned.evaluationSha256, first.evaluationSha256);
  assert.notEqual(relabelled.evaluationSha256, first.evaluationSha256);
});

test('hashing the samples can be cancelled', async () => {
  const options = { calibrationCount: 1, evaluationCount: null, seed: 0, signal: AbortSignal.abort() };
  await assert.rejects(splitDataset(makeDataset(['a', 'b']), options), CancelledError);
});

test('the facts of a run are complete', async () => {
  const dataset = makeDataset(distinct(10), everything(10));
  const split = await splitDataset(dataset, { calibrationCount: 4, evaluationCount: 5, seed: 6 });
  const facts = dataFactsSchema.parse(describeData(dataset, split, 6));
  assert.deepEqual(
    [facts.sampleCount, facts.calibrationCount, facts.evaluationCount, facts.labelled, facts.random, facts.seed],
    [10, 4, 5, true, false, 6],
  );
});
