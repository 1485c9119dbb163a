import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Agenda, type Remaining } from '../../../electron/engine/6-search/agenda.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { optionsFor, settled } from './search-options.ts';

suite('what a search may still try', () => {
  let nowMs = 0;
  const take = (agenda: Agenda, ...times: readonly number[]): void => {
    for (const ms of times) {
      nowMs += ms;
      agenda.step();
    }
  };
  const open = [
    { choice: 'ranges', most: 6 },
    { choice: 'rounding', most: 1 },
    { choice: 'float', most: 10 },
  ];

  test('is the sum of its alternatives, less what a choice leaves untried or is passed over with', () => {
    const agenda = new Agenda(open, () => nowMs);
    const total = (): number => agenda.remaining().total;
    assert.equal(total(), 17);
    agenda.begin('ranges');
    assert.equal(total(), 17);
    take(agenda, 1, 1);
    assert.equal(total(), 17, 'of what it still has none is over');
    agenda.begin('float');
    assert.deepEqual([agenda.remaining().done, total()], [2, 12], 'four of the ranges and the rounding were not tried');
    agenda.begin('a choice that is none of them');
    assert.equal(total(), 12);
    take(agenda, ...new Array<number>(11).fill(1));
    assert.deepEqual(
      [agenda.remaining().done, total()],
      [13, 13],
      'one more than was said is still no more than the total',
    );
  });

  test('takes as long as the last ones did, which nobody says before three were timed', () => {
    const agenda = new Agenda(open, () => nowMs);
    agenda.begin('ranges');
    take(agenda, 100, 100);
    assert.equal(agenda.remaining().ms, null);
    take(agenda, 400);
    assert.equal(agenda.remaining().ms, 14 * 200);
    agenda.begin('float');
    assert.equal(agenda.remaining().ms, 10 * 200, 'what is not tried takes no time');
    take(agenda, ...new Array<number>(12).fill(50));
    assert.equal(agenda.remaining().ms, 0);
  });
});

suite('a search that comes to its end has tried all that was left to try', () => {
  const recipes: readonly (readonly [string, Partial<Recipe>])[] = [
    ['ranges and weights', { keepFloat: 'none' }],
    ['layers in float', { ...settled, keepFloat: 'auto' }],
    ['one choice', { ...settled, biasCorrection: 'auto' }],
  ];
  for (const [name, recipe] of recipes) {
    test(name, async () => {
      const said: Remaining[] = [];
      await searchRecipe(await optionsFor(recipe, { onCandidate: (remaining) => said.push(remaining) }));
      assert.ok(said.length > 0);
      said.forEach(({ done, total }, index) => {
        assert.equal(done, index + 1);
        assert.ok(done <= total && total <= (said[index - 1]?.total ?? Infinity), 'the total only falls');
      });
      const last = said.at(-1)!;
      // What comes behind the last candidate was looked for in vain, and is told by the next stage.
      if (recipe.keepFloat === 'auto') assert.equal(last.total, 11, 'layers that make the noise were passed over');
      else assert.equal(last.done, last.total);
    });
  }
});
