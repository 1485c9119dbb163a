import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankStudy, type Lag } from '../../shared/study.ts';
import { describeStudy } from '../../shared/study-texts.ts';
import type { RunDocument } from '../../shared/run.ts';
import { good, ruined, slower, unproven, withLoss, withSpeed } from './decided-runs.ts';

type Members = Readonly<Record<string, RunDocument>>;

const membersOf = (runs: Members) =>
  Object.entries(runs).map(([name, run]) => ({ name, run: { ...run, runId: name } }));
const rank = (runs: Members): [name: string, place: number, lostBy: Lag | null][] =>
  rankStudy(membersOf(runs)).map(({ member, place, lostBy }) => [member.name, place, lostBy]);
const tell = (runs: Members): string => describeStudy(rankStudy(membersOf(runs)), 'en');

const fast = (ratio: number, half: number, run = good) => withSpeed(run, { ratio, ci95: [ratio - half, ratio + half] });

function withBytes(run: RunDocument, change: number): RunDocument {
  const ledger = run.ledger.map((row) =>
    row.claim === 'storedBytes' ? { ...row, after: row.after * change, ratio: row.ratio / change } : row,
  );
  const { model } = run;
  const compressed = { ...model.compressed, sizeBytes: model.compressed.sizeBytes * change };
  return { ...run, ledger, model: { ...model, compressed } };
}

/** With other threads, and other times of both models. */
function withThreads(run: RunDocument, threads: number, beforeMs: number): RunDocument {
  const { latency } = run;
  return {
    ...run,
    threads,
    latency: {
      ...latency,
      threads,
      before: { ...latency.before, medianMs: beforeMs },
      after: { ...latency.after, medianMs: beforeMs / latency.speedup.ratio },
    },
  };
}

function withSqnr(run: RunDocument, meanSqnrDb: number | null): RunDocument {
  const { accuracy } = run;
  const samples = meanSqnrDb === null ? null : { meanSqnrDb, worstTenthSqnrDb: meanSqnrDb };
  return {
    ...run,
    accuracy: { ...accuracy, metrics: [], agreement: { ...accuracy.agreement, sqnrDb: meanSqnrDb, samples } },
  };
}

void test('the decision counts first, whatever the figures', () => {
  assert.deepEqual(rank({ ruined: fast(9, 0.1, ruined), unproven: fast(5, 0.1, unproven), slower, good }), [
    ['good', 1, null],
    ['unproven', 2, 'decision'],
    ['ruined', 3, 'decision'],
    ['slower', 4, 'decision'],
  ]);
});

void test('then speed, where intervals lie apart', () => {
  assert.deepEqual(rank({ slow: fast(2, 0.04), quick: fast(2.2, 0.04) }), [
    ['quick', 1, null],
    ['slow', 2, 'speed'],
  ]);
  // Where they overlap, size is next, however much larger the ratio.
  assert.deepEqual(rank({ quick: fast(2.2, 0.4), small: withBytes(fast(2, 0.2), 0.9) }), [
    ['small', 1, null],
    ['quick', 2, 'size'],
  ]);
  // A wide interval holds nobody up: what is slower than the one known well is slower, though it overlaps the largest ratio.
  assert.deepEqual(rank({ vague: fast(2.4, 1), known: fast(2.2, 0.02), small: withBytes(fast(1.9, 0.1), 0.5) }), [
    ['vague', 1, null],
    ['known', 1, null],
    ['small', 3, 'speed'],
  ]);
  // On a busy machine intervals are as wide as what sharing may have done.
  const busy = withSpeed(good, { ratio: 3, ci95: [2.9, 3.1] }, { processorShare: 0.5 });
  assert.deepEqual(rank({ busy, calm: fast(2, 0.1) }), [
    ['busy', 1, null],
    ['calm', 1, null],
  ]);
});

void test('runs with other numbers of threads compare by time', () => {
  // 20 / 2 = 10 ms against 12 / 1.5 = 8 ms: the smaller ratio is the faster model.
  const one = withThreads(fast(2, 0.02), 1, 20);
  const two = withThreads(fast(1.5, 0.02), 2, 12);
  assert.deepEqual(rank({ one, two }), [
    ['two', 1, null],
    ['one', 2, 'speed'],
  ]);
  assert.match(
    tell({ one, two }),
    /^Winner: two \(ship, 8\.00 ms, speed 1\.50x, .*\. one is slower: 10\.0 ms, 2\.00x /,
  );
  // An original that took longer in one run changes nothing between members with equal threads: the paired ratio counts.
  const late = withThreads(fast(2.2, 0.02), 1, 40);
  assert.deepEqual(rank({ one, late, two: withThreads(fast(1.5, 0.02), 2, 60) })[0], ['late', 1, null]);
});

void test('then size, and what names of nodes make is no difference', () => {
  assert.deepEqual(rank({ large: withBytes(good, 1.02), small: good }), [
    ['small', 1, null],
    ['large', 2, 'size'],
  ]);
  assert.deepEqual(rank({ large: withBytes(good, 1.004), small: good }), [
    ['large', 1, null],
    ['small', 1, null],
  ]);
});

void test('then closeness: the metric by its intervals, or SQNR where there is none', () => {
  assert.deepEqual(rank({ far: withLoss(good, 0.8, 0.1, 0.1), near: withLoss(good, 0.1, 0.1, 0.8) }), [
    ['near', 1, null],
    ['far', 2, 'closeness'],
  ]);
  assert.deepEqual(rank({ far: withLoss(good, 0.5, 0.4, 0.4), near: withLoss(good, 0.1, 0.4, 0.8) }), [
    ['far', 1, null],
    ['near', 1, null],
  ]);
  assert.deepEqual(rank({ far: withSqnr(good, 30), near: withSqnr(good, 32), alike: withSqnr(good, 31.5) }), [
    ['near', 1, null],
    ['alike', 1, null],
    ['far', 3, 'closeness'],
  ]);
  // What was measured on other samples is no further, and no closer.
  const elsewhere = { ...withSqnr(good, 30), data: { ...good.data, evaluationSha256: 'f'.repeat(64) } };
  assert.deepEqual(rank({ elsewhere, near: withSqnr(good, 40) }), [
    ['elsewhere', 1, null],
    ['near', 1, null],
  ]);
});

void test('the first line names the winner and why each of the others lost', () => {
  const text = tell({ ruined, good, slow: fast(1.5, 0.02), large: withBytes(good, 1.5) });
  assert.match(text, /^Winner: good \(ship, speed 2\.00x, size [\d.]+x, -0\.1 points\)\. /);
  assert.match(text, /large is larger: [\d.]+x\./);
  assert.match(text, /slow is slower: 1\.50x \[1\.48x, 1\.52x\]\./);
  assert.match(text, /ruined: do not ship because of task\.$/);
  assert.match(tell({ a: good, b: good }), /^Tie within measurement error: a \(ship, .*\) and b \(ship, .*\)\.$/);
  assert.match(tell({ ruined, slower }), /^None is fit to ship; least bad: ruined \(do not ship because of task, /);
  assert.match(tell({ unproven, ruined }), /^None is proven; best so far: unproven \(not proven because of task, /);
});

void test('and says the same in Chinese', () => {
  const text = describeStudy(rankStudy(membersOf({ ruined, good, slow: fast(1.5, 0.02) })), 'zh-CN');
  assert.match(
    text,
    /^胜出：good（可以发布，速度 2\.00x，体积 [\d.]+x，.*）。slow 更慢：1\.50x .*。ruined：因任务不要发布。$/,
  );
});
