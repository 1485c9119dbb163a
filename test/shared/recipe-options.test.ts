import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Command } from 'commander';
import { addRecipeOptions } from '../../electron/cli/run-options.ts';
import { pagePath, renderPage } from '../../scripts/write-options.ts';
import {
  boundsOf,
  choicesOf,
  describeOwnOption,
  recipeOptions,
  setOption,
  type RecipeOption,
} from '../../shared/recipe-options.ts';
import { nameChangedRecipe } from '../../shared/name-recipe.ts';
import { recipeSchema } from '../../shared/recipe.ts';
import { schemeNames } from '../../shared/schemes.ts';

type Words = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const readWords = (language: string): { readonly recipe: Words } =>
  JSON.parse(readFileSync(new URL(`../../renderer/i18n/${language}.json`, import.meta.url), 'utf8')) as {
    recipe: Words;
  };
const options = Object.keys(recipeOptions) as RecipeOption[];

void test('every option of a recipe is described', () => {
  const known = Object.keys(recipeSchema.shape).filter((key) => key !== 'name' && key !== 'description');
  assert.deepEqual(options.toSorted(), known.toSorted());
});

void test('the command line takes each, with what the recipe can be', () => {
  const command = addRecipeOptions(new Command());
  for (const option of options) {
    const found = command.options.find(({ flags }) => flags === recipeOptions[option].flag);
    assert.ok(found !== undefined, option);
    assert.deepEqual(found.argChoices ?? null, choicesOf(option), option);
  }
  assert.deepEqual(choicesOf('keepFloat'), ['auto', 'none']);
  assert.deepEqual(choicesOf('blockSize'), ['16', '32', '64', '128', '256']);
  assert.equal(choicesOf('percentile'), null);
});

void test('a field of the window sets what the recipe can be, and nothing else', () => {
  assert.deepEqual(boundsOf('calibrationSamples'), { min: 1, max: 1_000_000, step: 1 });
  assert.deepEqual(boundsOf('percentile'), { min: 50.01, max: 100, step: 0.01 });
  assert.equal(boundsOf('goal'), null);
  assert.deepEqual(setOption('blockSize', '64'), { blockSize: 64 });
  assert.deepEqual(setOption('perChannel', false), { perChannel: false });
  assert.deepEqual(setOption('excludeNodes', ['a']), { excludeNodes: ['a'] });
  for (const [option, value] of [
    ['blockSize', '48'],
    ['percentile', 40],
    ['percentile', '-'],
    ['goal', 'cheap'],
    ['excludeNodes', ['']],
  ] as const) {
    assert.equal(setOption(option, value), null, option);
  }
});

for (const language of ['en', 'zh-CN']) {
  void test(`the window has words for each option and value (${language})`, () => {
    const { recipe } = readWords(language);
    for (const option of options) {
      if (describeOwnOption(option) !== undefined) continue;
      const values = choicesOf(option) ?? [];
      // Schemes bring their own: test/shared/schemes.test.ts.
      const own = values.filter((value) => !(schemeNames as readonly string[]).includes(value));
      const words = ['label', 'help', ...own];
      for (const word of words) assert.equal(typeof recipe[option]?.[word], 'string', `${option}.${word}`);
    }
  });
}

void test('an option of one scheme is told by its folder alone', () => {
  const own = options.filter((option) => describeOwnOption(option) !== undefined);
  const known = [
    'biasCorrection',
    'blockSize',
    'equalization',
    'format',
    'smoothing',
    'smoothingStrength',
    'symmetricActivations',
    'weightsForm',
  ] as const;
  for (const option of known) assert.ok(own.includes(option), option);
  for (const option of own) {
    const described = describeOwnOption(option)!;
    for (const { en, zh } of [described.label, described.explained]) {
      assert.match(zh, /\p{Script=Han}/u, option);
      assert.doesNotMatch(en, /\p{Script=Han}/u, option);
    }
    assert.match(described.help, /^[a-z].*[^.]$/, option);
    for (const language of ['en', 'zh-CN']) assert.ok(!(option in readWords(language).recipe), option);
    if (described.kind !== 'choice') continue;
    assert.ok((described.values as readonly unknown[]).includes(described.default), option);
    const named = described.values.filter((value) => typeof value === 'string');
    assert.deepEqual(Object.keys(described.words ?? {}).toSorted(), named.toSorted(), `words of ${option}`);
  }
  // Changed recipes are named, and what is no value refused, as those of options of all schemes are.
  const base = recipeSchema.parse({});
  assert.equal(
    nameChangedRecipe({ ...base, blockSize: 64, symmetricActivations: true, equalization: 'off' }, base),
    'int8-static (symmetric, equalization off, blocks of 64)',
  );
  for (const wrong of [{ equalization: 'maybe' }, { symmetricActivations: 'yes' }, { blockSize: '32' }])
    assert.ok(!recipeSchema.safeParse(wrong).success, JSON.stringify(wrong));
});

void test('docs/cli.md has the tables of what is taken (else: npm run options)', async () => {
  assert.equal(readFileSync(pagePath, 'utf8'), await renderPage());
});
