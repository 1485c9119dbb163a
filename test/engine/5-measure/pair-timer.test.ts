import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PairTimer } from '../../../electron/engine/5-measure/pair-timer.ts';
import type { Session } from '../../../electron/engine/runtime/session.ts';

/** A timer, and sessions whose every run takes as many milliseconds as they say, by its clock. */
function makeTimer() {
  let now = 0;
  const nothing = () => Promise.reject(new Error('not to be called'));
  const session = (takes: () => number): Session => ({
    inputs: [],
    outputs: [],
    run: nothing,
    runPrepared: () => {
      now += takes();
      return Promise.resolve();
    },
    endProfiling: () => undefined,
    release: nothing,
  });
  const timer = new PairTimer(
    {},
    () => Promise.resolve(),
    () => now,
  );
  return { timer, session, elapsedMs: () => now };
}

suite('the ratio of times', () => {
  test('is the median of pairs, with bounds around it', async () => {
    const { timer, session } = makeTimer();
    let run = 0;
    const uneven = session(() => 2 + 0.1 * (run++ % 3));
    const { ratio, low, high } = await timer.compare(
      uneven,
      session(() => 1),
    );
    assert.ok(Math.abs(ratio - 2.1) < 1e-9, `${ratio}`);
    assert.ok(2 < low + 1e-9 && low <= ratio && ratio <= high && high < 2.2 + 1e-9, `${low} ${high}`);
  });

  test('does not care which of the two runs first', async () => {
    const { timer, session } = makeTimer();
    // Every other run of the machine is a tenth slower: the first of each pair.
    let run = 0;
    const takes = (ms: number) => () => (run++ % 2 === 0 ? 1.1 : 1) * ms;
    const { ratio } = await timer.compare(session(takes(3)), session(takes(3)));
    assert.ok(Math.abs(ratio - 1) < 0.006, `${ratio}`);
  });

  test('leaves slow spells of the machine out, in which other ratios hold', async () => {
    const { timer, session } = makeTimer();
    // Slow for the first 40 runs of either, and the second one more than the first.
    const slowFor = (runs: number, slowMs: number, fastMs: number) => () => (runs-- > 0 ? slowMs : fastMs);
    const { ratio } = await timer.compare(session(slowFor(40, 4, 2)), session(slowFor(40, 8, 2)));
    assert.equal(ratio, 1);
  });

  test('takes what there is where a spell does not end, and waits for that once', async () => {
    const { timer, session, elapsedMs } = makeTimer();
    let firstMs = 1;
    const [first, second] = [session(() => firstMs), session(() => 3)];
    assert.equal((await timer.compare(first, second)).ratio, 1 / 3);
    // From here on slow for good, as by heat.
    firstMs = 3;
    const waits: number[] = [];
    for (let again = 0; again < 2; again++) {
      const started = elapsedMs();
      assert.equal((await timer.compare(first, second)).ratio, 1);
      waits.push(elapsedMs() - started);
    }
    assert.ok(waits[0]! > 6000 && waits[0]! < 7000, `${waits[0]} ms`);
    assert.ok(waits[1]! < 1000, `${waits[1]} ms`);
  });
});
