import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isSurelyBehind, Laboratory } from '../../electron/engine/laboratory.ts';
import type { Session } from '../../electron/engine/runtime/session.ts';
import { noise } from './build-model.ts';
import type { Variant } from '../../electron/engine/variant.ts';
import { optionsFor, settled } from './search-options.ts';

const startingVariant: Variant = {
  equalized: false,
  biasCorrection: true,
  oneSided: { method: 'minmax', percentile: 100 },
  twoSided: { method: 'minmax', percentile: 100 },
  weightRange: 'int8-pairs',
  weightRounding: 'nearest',
  refined: new Map(),
  headroom: 1,
  keepFloat: new Map(),
};

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

suite('a rival', () => {
  const scatter = (count: number, seed: number): number[] => [...(noise([count], seed, 1).data as Float32Array)];

  test('is surely ahead where the same samples are closer by more than they scatter', () => {
    const rival = scatter(30, 1);
    // Whatever a sample's own level, only differences count.
    const far = scatter(30, 2).map((difference, sample) => rival[sample]! - 1 + 0.5 * difference);
    assert.ok(isSurelyBehind(far, rival));
    assert.ok(isSurelyBehind(far.slice(0, 12), rival));
    assert.ok(!isSurelyBehind(far.slice(0, 11), rival), 'too few samples to say');
    assert.ok(!isSurelyBehind(rival, far));
    assert.ok(!isSurelyBehind(rival, rival));
  });

  test('that is hardly ahead is not surely so: of 1,000 alike none in a hundred is given up', () => {
    let givenUp = 0;
    for (let seed = 0; seed < 1000; seed++) {
      if (isSurelyBehind(scatter(12, 2 * seed + 1), scatter(12, 2 * seed + 2))) givenUp++;
    }
    assert.ok(givenUp < 10, `${givenUp}`);
  });

  test('ends the comparison with a variant that is surely behind, and with no other', async () => {
    const laboratory = new Laboratory(await optionsFor(settled));
    const base = laboratory.build(startingVariant);
    const best = await laboratory.assess(base);
    // Cut to a tenth of what was observed, everything is lost.
    const cut = laboratory.build({ ...startingVariant, headroom: 0.1 });
    assert.equal(await laboratory.assessAgainst(best, cut), null);
    const worst = await laboratory.assess(cut);
    assert.ok(worst.sqnrDb < best.sqnrDb - 5, `${worst.sqnrDb} ${best.sqnrDb}`);
    const same = laboratory.build(startingVariant);
    assert.deepEqual(await laboratory.assessAgainst(worst, same), best);
  });
});
