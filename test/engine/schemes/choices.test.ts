import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { recipeSchema, type Recipe } from '../../../shared/recipe.ts';
import { planVariant } from '../../../electron/engine/6-search/variant.ts';
import { Laboratory } from '../../../electron/engine/6-search/laboratory.ts';
import { offerChoices, schemes } from '../../../electron/engine/schemes/all.ts';
import { startingVariant } from '../../../electron/engine/schemes/starting-variant.ts';
import { buildModel, floats, noise, op } from '../build-model.ts';
import { optionsFor, settled } from '../6-search/search-options.ts';

const product = {
  model: buildModel({
    inputs: { x: [1, 64] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'y')],
    weights: { w: noise([64, 64], 1) },
  }),
  samples: [
    {
      x: floats(
        [1, 64],
        Array.from({ length: 64 }, (_, index) => Math.sin(index)),
      ),
    },
  ],
};

/** What is offered for a recipe, by name, and how many alternatives each choice has from where a search starts. */
async function offered(changes: Partial<Recipe>, model?: typeof product, int8DotProduct = false) {
  const recipe = recipeSchema.parse(changes);
  const options = await optionsFor(recipe, {}, model);
  const made = { canEqualize: options.equalized !== null, smoothings: [...options.smoothed.keys()] };
  const variant = startingVariant(recipe, made, new Map());
  const { plan, ranges } = await new Laboratory(options).build(variant);
  const facts = {
    recipe,
    features: { int8DotProduct },
    ...made,
    plan,
    areNoise: false,
  };
  const standing = { variant, plan, ranges, planOf: (other: typeof variant) => planVariant(options, other) };
  return offerChoices(facts).map((choice) => {
    const count = choice.rounds(standing).reduce((sum, round) => sum + round(standing).length, 0);
    return { choice, count: count + (choice.base === undefined ? 0 : 1) };
  });
}
const namesOf = (all: Awaited<ReturnType<typeof offered>>): string[] => all.map(({ choice }) => choice.name);

suite('schemes offer what a recipe leaves to measurement', () => {
  test('static int8: ranges, what is done to them, and their margins, in this order', async () => {
    const names = ['weights', 'methods', 'equalization', 'correction', 'rounding', 'ranges refined by depth', 'ranges with headroom']; // prettier-ignore
    const all = await offered({});
    assert.deepEqual(namesOf(all), names);
    for (const { choice, count } of all) {
      // What refinement tries for one run of tensors is one step.
      const steps = choice.judgedBy.by === 'descent' ? choice.rounds.length + 1 : count;
      assert.ok(count > 0 && steps <= choice.most, choice.name);
    }
  });

  test('nothing where the recipe says everything', async () => assert.deepEqual(await offered(settled), []));

  test('no range of weights where no product saturates', async () => {
    assert.ok(!namesOf(await offered({}, undefined, true)).includes('weights'));
  });

  for (const [scheme, names] of [
    ['int8-dynamic', ['weights']],
    ['int4-weights', ['inputs', 'rounding']],
    ['int2-weights', ['rounding']],
    ['int8-weights', []],
    ['float16-weights', []],
  ] as const) {
    test(`${scheme}: ${names.join() || 'nothing'}`, async () => {
      assert.deepEqual(namesOf(await offered({ scheme }, product)), names);
    });
  }

  test('auto: dynamic int8 beside what static int8 has', async () => {
    const all = await offered({ scheme: 'auto', keepFloat: 'none' }, product);
    assert.ok(namesOf(all).includes('int8-dynamic') && namesOf(all).includes('methods'));
    assert.equal(all.find(({ choice }) => choice.name === 'int8-dynamic')!.count, 1, 'the one product');
  });

  test('a choice that several schemes offer is one', () => {
    const weights = schemes.filter(({ choices }) => choices.some(({ name }) => name === 'weights'));
    assert.deepEqual(
      weights.map(({ name }) => name),
      ['int8-dynamic', 'int8-static'],
    );
  });
});
