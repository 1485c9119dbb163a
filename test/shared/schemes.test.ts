import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Command } from 'commander';
import { addRecipeOptions, presetNames } from '../../electron/cli/run-options.ts';
import { loadRecipe } from '../../electron/cli/recipe-file.ts';
import { schemeOf, schemes as code } from '../../electron/engine/schemes/all.ts';
import { renderMarkdown } from '../../electron/report/formats/markdown.ts';
import { buildRunReport } from '../../electron/report/sections/run-report.ts';
import { pagePath } from '../../scripts/write-options.ts';
import { translateEngineText, type TextLanguage } from '../../shared/engine-texts.ts';
import { takeApart } from '../../shared/engine-texts/said.ts';
import { slotPattern } from '../../shared/engine-texts/say.ts';
import { parseOverride } from '../../shared/overrides.ts';
import { floatPrecision, precisionSchema } from '../../shared/precision.ts';
import { choicesOf } from '../../shared/recipe-options.ts';
import { recipeSchema } from '../../shared/recipe.ts';
import type { PresetDescription, Words } from '../../shared/scheme-description.ts';
import { offerOf, schemeDescriptions } from '../../shared/schemes.ts';
import { readRealRun, withPrepared } from '../report/real-runs.ts';

const languages: readonly TextLanguage[] = ['en', 'zh-CN'];
const plain = readRealRun('mobilenetv2');

/** Both are there, and are what they are said to be. */
function assertWords({ en, zh }: Words, isName = false): void {
  for (const text of [en, zh]) assert.notEqual(text.trim(), '');
  assert.doesNotMatch(en, /\p{Script=Han}/u, en);
  if (!isName) assert.match(zh, /\p{Script=Han}/u, en);
}

void test('every scheme that is described has code, and the other way round', () => {
  assert.deepEqual(code.map(({ name }) => name).toSorted(), schemeDescriptions.map(({ name }) => name).toSorted());
});

for (const scheme of schemeDescriptions) {
  const { name, makes, offer, row, presets, texts, advice } = scheme;
  void test(`${name}: recipes, flags, documents and docs know it by its name`, () => {
    assert.equal(schemeOf(name).name, name);
    assert.equal(recipeSchema.parse({ scheme: name }).scheme, name);
    assert.equal(parseOverride(`/^head/=${name}`).scheme, name);
    assert.equal(precisionSchema.parse({ ...floatPrecision, scheme: name }).scheme, name);
    const flag = addRecipeOptions(new Command()).options.find(({ long }) => long === '--scheme');
    assert.ok(flag?.argChoices?.includes(name));
    assert.ok(choicesOf('scheme')?.includes(name), 'the field of the window');
    const line = readFileSync(pagePath, 'utf8')
      .split('\n')
      .find((text) => text.startsWith(`| \`${name}\``));
    assert.deepEqual(
      line?.split('|').map((cell) => cell.trim()),
      ['', `\`${name}\``, row.weights, row.activations, scheme.needsData ? 'needed' : 'not needed', row.result, ''],
    );
  });

  void test(`${name}: its words are there in each language`, () => {
    assertWords(makes, true);
    assertWords(offer);
    assert.ok(offerOf(scheme).en.startsWith(`${name}: `));
    for (const advised of Object.values<Words>(advice)) assertWords(advised);
    for (const [said, { en, zh }] of Object.entries<Words>(texts)) {
      assertWords({ en, zh });
      // As a run document has it: English with its slots filled.
      const sentence = en.replace(slotPattern, (slot) => (slot.startsWith('{#') ? '7' : 'x'));
      assert.equal(takeApart(sentence)?.code, said);
      assert.match(translateEngineText(sentence, 'zh-CN'), /\p{Script=Han}/u, said);
    }
  });

  void test(`${name}: reports of what it made say so`, () => {
    const layers = plain.layers.map((layer) =>
      layer.parameters > 0
        ? { ...layer, precision: { ...floatPrecision, scheme: name } }
        : { ...layer, precision: floatPrecision },
    );
    for (const language of languages) {
      const report = renderMarkdown(buildRunReport(withPrepared({ ...plain, layers }), language, 'A4'));
      assert.ok(report.includes(language === 'en' ? makes.en : makes.zh), language);
    }
  });

  for (const [preset, { description, hint, options }] of Object.entries<PresetDescription>(presets)) {
    void test(`${name}: the preset ${preset} can be named, and tells what it does`, () => {
      assertWords(description);
      assertWords(hint);
      assert.ok(presetNames.split(', ').includes(preset));
      const recipe = loadRecipe(preset, {});
      assert.deepEqual(recipe, recipeSchema.parse({ name: preset, description: description.en, ...options }));
      assert.equal(recipe.scheme, name);
      assert.equal(translateEngineText(recipe.description, 'zh-CN'), description.zh);
    });
  }
}
