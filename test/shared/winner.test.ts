import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeWinner, winnerOf } from '../../shared/winner.ts';
import type { RunDocument } from '../../shared/run.ts';
import { good, ruined, slower, unproven, withLoss, withSpeed } from './decided-runs.ts';

const sized = (run: RunDocument, sizeBytes: number): RunDocument => ({
  ...run,
  model: { ...run.model, compressed: { ...run.model.compressed, sizeBytes } },
});
const chosen = (...runs: RunDocument[]) => {
  const { index, reason } = winnerOf(runs);
  return [index, reason];
};

void test('only what is proven can win', () => {
  assert.deepEqual(chosen(ruined, good, unproven), [1, 'onlyProven']);
  assert.deepEqual(chosen(slower, ruined, unproven), [null, 'noneProven']);
});

void test('of several the surely fastest wins, else the smallest, else none', () => {
  const faster = withSpeed(good, { ratio: 3, ci95: [2.9, 3.1] });
  assert.deepEqual(chosen(good, faster), [1, 'fastest']);
  const hardly = withSpeed(good, { ratio: 2.03, ci95: [1.98, 2.08] });
  assert.deepEqual(chosen(sized(good, 1000), sized(hardly, 2000)), [0, 'smallest']);
  assert.deepEqual(chosen(good, hardly), [null, 'alike']);
  assert.deepEqual(chosen(withLoss(good, 0.8, 0.1, 0.1), hardly, withLoss(good, 0.9, 0.05, 0.1)), [1, 'closest']);
  // Speed that is surely less loses, though neither of the others is the surely fastest.
  const slow = sized(withSpeed(good, { ratio: 1.5, ci95: [1.45, 1.55] }), 500);
  assert.deepEqual(chosen(sized(good, 1000), sized(hardly, 2000), slow), [0, 'smallest']);
});

void test('runs of different models have no winner', () => {
  const other = { ...good, model: { ...good.model, original: { ...good.model.original, sha256: 'f'.repeat(64) } } };
  assert.deepEqual(chosen(good, other), [null, 'otherModels']);
});

void test('runs timed under other conditions have no winner', () => {
  const faster = withSpeed(good, { ratio: 3, ci95: [2.9, 3.1] });
  const threads = { ...faster, latency: { ...faster.latency, threads: good.latency.threads + 1 } };
  assert.deepEqual(chosen(good, threads), [null, 'otherConditions']);
  const processor = { ...faster, environment: { ...faster.environment, cpuModel: 'another' } };
  assert.deepEqual(chosen(good, processor), [null, 'otherConditions']);
});

void test('the sentence names the winner and what the others are, in both languages', () => {
  const winner = winnerOf([unproven, good, slower]);
  assert.equal(
    describeWinner(winner, ['A', 'B', 'C'], 'en'),
    'B wins: the only one proven worth shipping. The others: A (not proven), C (do not ship).',
  );
  assert.equal(
    describeWinner(winner, ['A', 'B', 'C'], 'zh-CN'),
    'B 胜出：只有它被证实值得发布。其余：A（尚无定论），C（不要发布）。',
  );
  assert.match(
    describeWinner(winnerOf([unproven, slower]), ['a91', 'B'], 'en'),
    /^No winner: .*shipping\. a91 \(not proven\), B \(do not ship\)\.$/,
  );
});
