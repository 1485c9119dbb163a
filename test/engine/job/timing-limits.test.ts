import assert from 'node:assert/strict';
import test from 'node:test';
import { readTimingLimits, usualTiming } from '../../../electron/engine/job/timing-limits.ts';

const read = (text?: string) => readTimingLimits(text === undefined ? {} : { VERNIER_TIMING_SECONDS: text });

void test('models are timed as usual unless the environment says otherwise, which the run tells', () => {
  for (const text of [undefined, '']) assert.deepEqual(read(text), { limits: usualTiming, diagnostics: [] });
  const { limits, diagnostics } = read('0.3');
  assert.equal(limits.minSeconds, 0.3);
  assert.ok(Math.abs(limits.maxSeconds - 2) < 1e-9);
  assert.match(diagnostics[0]!.message, /at least 0\.3 s instead of 3 s, because VERNIER_TIMING_SECONDS says so/);
});

void test('what is no such number is refused by name', () => {
  for (const text of ['fast', '0', '-1', '0.01', '1e9', 'NaN', 'Infinity', '3s']) {
    assert.throws(() => read(text), {
      code: 'options-invalid',
      message: /VERNIER_TIMING_SECONDS is ".*from 0\.1 to 3600/,
    });
  }
});
