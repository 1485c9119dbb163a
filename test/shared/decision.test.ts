import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decisionOf } from '../../shared/decision.ts';
import { describeAxes } from '../../shared/decision-texts.ts';
import { toleratedBy } from '../../shared/tolerances.ts';
import type { RunDocument } from '../../shared/run.ts';
import { decidedRuns, good, withLoss, withSpeed } from './decided-runs.ts';

const statesOf = (run: RunDocument) => {
  const { size, speed, task } = decisionOf(run);
  return [size.state, speed.state, task.state];
};

void test('the prepared runs are decided as they were made', () => {
  for (const { name, run, decision } of decidedRuns) assert.equal(decisionOf(run).decision, decision, name);
});

void test('nothing unproven is good, whatever the figure', () => {
  // The interval decides, not the figure inside it.
  assert.deepEqual(statesOf(withLoss(good, 0.9, 0.2, 0.5)), ['good', 'good', 'unproven']);
  assert.deepEqual(statesOf(withLoss(good, 0.9, 0.05, 0.5)), ['good', 'good', 'good']);
  assert.deepEqual(statesOf(withLoss(good, 2, 0.5, 0.001)), ['good', 'good', 'bad']);
  assert.deepEqual(statesOf(withLoss(good, -2, 4, 0.5)), ['good', 'good', 'unproven']);
  assert.deepEqual(statesOf(withSpeed(good, { ratio: 1.35, ci95: [0.59, 1.6] })), ['good', 'unproven', 'good']);
  assert.deepEqual(statesOf(withSpeed(good, { ratio: 1, ci95: [1, 1] })), ['good', 'unproven', 'good']);
  const busy = withSpeed(good, { ratio: 1.3, ci95: [1.2, 1.4] }, { processorShare: 0.5 });
  assert.deepEqual(statesOf(busy), ['good', 'unproven', 'good']);
  assert.deepEqual(
    statesOf(withSpeed(good, { ratio: 3, ci95: [2.9, 3.1] }, { processorShare: 0.5 })),
    Array(3).fill('good'),
  );
});

void test('a larger model is not worth shipping, however right it is', () => {
  const ledger = good.ledger.map((row) =>
    row.claim === 'storedBytes' ? { ...row, after: 1.38 * row.before, ratio: 1 / 1.38 } : row,
  );
  const larger = { ...good, ledger };
  assert.equal(decisionOf(larger).decision, 'doNotShip');
  assert.deepEqual(statesOf(larger), ['bad', 'good', 'good']);
});

void test('what is tolerated is the setting of the run', () => {
  const lossy = withLoss(good, 2, 0.5, 0.001);
  assert.equal(
    decisionOf({
      ...lossy,
      tolerances: toleratedBy({ maxAccuracyDrop: 3, minSpeedup: null, maxSizeRatio: null }, good.recipe),
    }).decision,
    'ship',
  );
  const demanding = toleratedBy({ maxAccuracyDrop: null, minSpeedup: 2.5, maxSizeRatio: 0.01 }, good.recipe);
  assert.deepEqual(statesOf({ ...good, tolerances: demanding }), ['bad', 'bad', 'good']);
  // A limit below 1 holds a model that need not be faster.
  const slower = withSpeed(good, { ratio: 0.97, ci95: [0.95, 1.02] });
  assert.deepEqual(statesOf(slower), ['good', 'unproven', 'good']);
  assert.deepEqual(
    statesOf({ ...slower, tolerances: { maxAccuracyDrop: 1, minSpeedup: 0.9, maxSizeRatio: 1 } }),
    Array(3).fill('good'),
  );
  // A gate of an older document is its tolerance as well, and one that is not met decides by the figure.
  const gate = { name: 'maxAccuracyDrop', limit: 3, actual: 2, met: true, message: '' } as const;
  assert.equal(decisionOf({ ...lossy, gates: [gate] }).decision, 'ship');
  assert.equal(decisionOf({ ...good, gates: [{ ...gate, limit: 0.05, actual: 0.1, met: false }] }).task.state, 'bad');
});

void test('a scheme that promises no speed is not held to any', () => {
  const none = { maxAccuracyDrop: null, minSpeedup: null, maxSizeRatio: null };
  const alike = withSpeed(good, { ratio: 1, ci95: [0.97, 1.03] });
  for (const scheme of ['int8-weights', 'float16-weights'] as const) {
    const tolerances = toleratedBy(none, { scheme });
    assert.equal(tolerances.minSpeedup, 0.9);
    assert.equal(decisionOf({ ...alike, tolerances }).decision, 'ship');
    assert.equal(decisionOf({ ...withSpeed(good, { ratio: 0.8, ci95: [0.78, 0.82] }), tolerances }).speed.state, 'bad');
    assert.equal(toleratedBy({ ...none, minSpeedup: 1 }, { scheme }).minSpeedup, 1);
  }
  assert.equal(
    decisionOf({ ...alike, tolerances: toleratedBy(none, { scheme: 'int8-static' }) }).decision,
    'notProven',
  );
});

void test('noise and missing labels prove nothing', () => {
  assert.equal(decisionOf({ ...good, data: { ...good.data, random: true } }).decision, 'doNotShip');
  const { accuracy } = good;
  const unlabelled = {
    ...good,
    accuracy: { ...accuracy, metric: 'agreement' as const, before: null, after: null, difference: null, mcnemar: null },
  };
  const metrics = accuracy.metrics.filter(({ against }) => against === 'original');
  const agreed = { ...unlabelled, accuracy: { ...unlabelled.accuracy, metrics } };
  assert.equal(decisionOf(agreed).task.reason, 'unlabelled');
  assert.equal(decisionOf(agreed).decision, 'notProven');
  const identical = { ...agreed.accuracy, agreement: { ...accuracy.agreement, top1: 1, sqnrDb: null, samples: null } };
  assert.equal(decisionOf({ ...agreed, accuracy: identical }).decision, 'ship');
});

void test('a metric that is no share is held against percent of the original', () => {
  const row = {
    ...good.accuracy.metrics[0]!,
    metric: 'mae',
    label: 'mean absolute error',
    unit: '',
    higherIsBetter: false,
  } as const;
  const withError = (difference: number, half: number): RunDocument => ({
    ...good,
    accuracy: {
      ...good.accuracy,
      metrics: [{ ...row, before: 2, after: 2 + difference, difference, ci95: [difference - half, difference + half] }],
    },
  });
  assert.equal(decisionOf(withError(0.01, 0.005)).task.state, 'good');
  assert.equal(decisionOf(withError(0.01, 0.02)).task.state, 'unproven');
  assert.equal(decisionOf(withError(0.1, 0.02)).task.state, 'bad');
  assert.equal(decisionOf(withError(-0.5, 0.02)).task.state, 'good');
});

void test('one direction: the figure lies in the interval beside it', () => {
  const run = withSpeed(good, { ratio: 0.74, ci95: [0.59, 1.26] });
  const [, speed] = describeAxes(decisionOf(run), run, 'en');
  assert.deepEqual([speed!.value, speed!.word], ['0.74x', 'not proven']);
  assert.match(speed!.detail, /\[0\.59x, 1\.26x\]/);
  const chinese = describeAxes(decisionOf(run), run, 'zh-CN').map(({ title, word }) => `${title} ${word}`);
  assert.deepEqual(chinese, ['体积 更小', '速度 未证实', '任务 在限值内']);
});
