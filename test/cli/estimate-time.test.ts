import assert from 'node:assert/strict';
import test from 'node:test';
import { estimateRemainingMs } from '../../electron/cli/estimate-time.ts';

void test('the current stage is extrapolated from its own pace', () => {
  const current = { stage: 'latency', share: 0.25, elapsedMs: 3000 } as const;
  assert.equal(estimateRemainingMs(new Map(), current, ['latency']), 9000);
});

void test('stages that depend on the model are scaled by those before them, timed ones are not', () => {
  const current = { stage: 'quantize', share: 0, elapsedMs: 0 } as const;
  const usual = estimateRemainingMs(new Map([['calibrate', 9000]]), current, null);
  const twice = estimateRemainingMs(new Map([['calibrate', 18_000]]), current, null);
  const tiny = estimateRemainingMs(new Map([['calibrate', 9]]), current, null);
  assert.equal(twice - usual, 20_000 + 20_000 + 2000 + 200);
  assert.ok(tiny > 12_000 && tiny < 13_000, `${tiny}`);
});

void test('what the engine has measured of the stage goes before its pace', () => {
  const current = { stage: 'latency', share: 0.9, elapsedMs: 9000, leftMs: 30_000 } as const;
  assert.equal(estimateRemainingMs(new Map(), current, ['latency']), 30_000);
  assert.equal(estimateRemainingMs(new Map(), { ...current, leftMs: null }, ['latency']), 1000);
});

void test('a stage that takes longer than expected leaves no negative time', () => {
  const current = { stage: 'judge', share: 0, elapsedMs: 60_000 } as const;
  assert.equal(estimateRemainingMs(new Map(), current, null), 0);
});
