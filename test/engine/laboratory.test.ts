import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Laboratory } from '../../electron/engine/laboratory.ts';
import type { Session } from '../../electron/engine/runtime/session.ts';
import { optionsFor, settled } from './search-options.ts';

/** A session whose every run takes as long as `timeOf` says of the runs made before it. */
function timedSession(timeOf: () => number): Session {
  const nothing = () => Promise.reject(new Error('not to be called'));
  return {
    inputs: [],
    outputs: [],
    run: nothing,
    runPrepared: () => {
      const end = performance.now() + timeOf();
      while (performance.now() < end);
      return Promise.resolve();
    },
    endProfiling: () => undefined,
    release: nothing,
  };
}

suite('latencyRatio', () => {
  test('is the time of the first by that of the second, with bounds around it', async () => {
    const laboratory = new Laboratory(await optionsFor(settled));
    const { ratio, low, high } = await laboratory.latencyRatio(
      timedSession(() => 2),
      timedSession(() => 1),
    );
    assert.ok(ratio > 1.8 && ratio < 2.2, `${ratio}`);
    assert.ok(low <= ratio && ratio <= high);
  });

  test('leaves slow spells of the machine out, in which other ratios hold', async () => {
    const laboratory = new Laboratory(await optionsFor(settled));
    // Slow for the first 40 runs of either, and the second one more than the first.
    const slowFor = (runs: number, slowMs: number, fastMs: number) => () => (runs-- > 0 ? slowMs : fastMs);
    const { ratio } = await laboratory.latencyRatio(timedSession(slowFor(40, 4, 2)), timedSession(slowFor(40, 8, 2)));
    assert.ok(ratio > 0.9 && ratio < 1.1, `${ratio}`);
  });

  test('but comes to an end where there is nothing else', async () => {
    const laboratory = new Laboratory(await optionsFor(settled));
    let firstMs = 1;
    const [first, second] = [timedSession(() => firstMs), timedSession(() => 3)];
    await laboratory.latencyRatio(first, second);
    // From here on slow for good, as by heat: what there is has to do.
    firstMs = 3;
    const started = performance.now();
    const { ratio } = await laboratory.latencyRatio(first, second);
    assert.ok(performance.now() - started < 10_000);
    assert.ok(ratio > 0.9 && ratio < 1.1, `${ratio}`);
  });
});
