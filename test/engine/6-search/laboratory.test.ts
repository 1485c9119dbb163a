import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isSurelyBehind } from '../../../electron/engine/metrics/output-quality.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { noise } from '../build-model.ts';
import { optionsFor, plainVariant, settled } from './search-options.ts';

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
    const base = await laboratory.build(plainVariant);
    const best = await laboratory.assess(base);
    // Cut to a tenth of what was observed, everything is lost.
    const cut = await laboratory.build({ ...plainVariant, headroom: 0.1 });
    assert.equal(await laboratory.assessAgainst(best, cut), null);
    const worst = await laboratory.assess(cut);
    assert.ok(worst.sqnrDb < best.sqnrDb - 5, `${worst.sqnrDb} ${best.sqnrDb}`);
    const same = await laboratory.build(plainVariant);
    assert.deepEqual(await laboratory.assessAgainst(worst, same), best);
  });
});
