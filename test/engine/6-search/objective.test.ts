import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { compareWith, withFloat } from '../../../electron/engine/6-search/float-layers.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { objectiveOf } from '../../../electron/engine/6-search/objective.ts';
import { optionsFor, plainVariant, settled } from './search-options.ts';

/** Real closeness and sizes, and a candidate that takes as long as a test says. */
class SettledRatio extends Laboratory {
  ratio = 1;

  override latencyRatio(): Promise<{ ratio: number; low: number; high: number }> {
    return Promise.resolve({ ratio: this.ratio, low: this.ratio, high: this.ratio });
  }
}

/** What a layer in float is worth in dB by each goal, at one latency ratio. */
async function worthOf(goal: Recipe['goal'], ratio: number) {
  const laboratory = new SettledRatio(await optionsFor({ ...settled, goal }));
  laboratory.ratio = ratio;
  const base = await laboratory.build(plainVariant);
  const [before, { quality, gain }] = [
    await laboratory.assess(base),
    await compareWith(laboratory, base, async (compare) => compare(await withFloat(laboratory, base, ['y']))),
  ];
  // Beyond what is ample closeness is worth nothing.
  const worth = (decibels: number): number => Math.min(decibels, laboratory.objective.ampleSqnrDb);
  return { closerDb: worth(quality.sqnrDb) - worth(before.sqnrDb), gain };
}

suite('what a search is after comes from the recipe', () => {
  test('the default exchanges 1 dB for 2 % of the latency, and no size', async () => {
    const { closerDb, gain } = await worthOf('balanced', 0.96);
    assert.ok(Math.abs(gain - (closerDb - 2)) < 1e-9);
    assert.deepEqual(objectiveOf(recipeSchema.parse({})), objectiveOf(recipeSchema.parse({ goal: 'balanced' })));
  });

  test('a layer in float that costs time is worth more for accuracy, and less for speed', async () => {
    const [accuracy, balanced, speed] = [await worthOf('accuracy', 0.9), await worthOf('balanced', 0.9), await worthOf('speed', 0.9)]; // prettier-ignore
    assert.ok(accuracy.gain > balanced.gain && balanced.gain > speed.gain);
  });

  test('for size its bytes count as well, whatever the time', async () => {
    const [size, balanced] = [await worthOf('size', 1), await worthOf('balanced', 1)];
    assert.ok(size.gain < size.closerDb);
    assert.equal(balanced.gain, balanced.closerDb);
  });
});
