import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { claimNames } from '../../shared/run.ts';
import { describeOwnOption, recipeOptionNames } from '../../shared/recipe-options.ts';
import { schemeAdvice } from '../../shared/schemes.ts';

type Texts = { readonly [key: string]: string | Texts };

function readTexts(language: string): Texts {
  return JSON.parse(readFileSync(new URL(`../../renderer/i18n/${language}.json`, import.meta.url), 'utf8')) as Texts;
}

function flatten(texts: Texts, prefix = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

const english = new Map(flatten(readTexts('en')));
const chinese = new Map(flatten(readTexts('zh-CN')));

void test('both languages have the same keys', () => {
  assert.deepEqual([...chinese.keys()].sort(), [...english.keys()].sort());
});

void test('both languages fill in the same values', () => {
  const placeholders = (text: string | undefined) => [...new Set(text?.match(/\{\{\w+\}\}/g) ?? [])].sort();
  for (const [key, text] of english) assert.deepEqual(placeholders(chinese.get(key)), placeholders(text), key);
});

void test('no text is empty', () => {
  for (const [key, text] of [...english, ...chinese]) assert.notEqual(text.trim(), '', key);
});

void test('every claim and recipe option is explained', () => {
  for (const claim of claimNames) assert.ok(english.has(`claim.${claim}.definition`), claim);
  for (const option of recipeOptionNames) {
    const isExplained = describeOwnOption(option) !== undefined || english.has(`recipe.${option}.help`);
    assert.ok(isExplained, option);
  }
});

void test('every diagnostic that the engine can give says what to do', () => {
  const root = new URL('../../', import.meta.url);
  // Warnings about data are given before a run, and explained where they are shown (data.warning).
  const sources = globSync('electron/engine/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('preview.ts'));
  const codes = sources.flatMap((path) => {
    const source = readFileSync(new URL(path, root), 'utf8');
    return [...source.matchAll(/\b(?:code: |note\(\s*)'([a-z]+(?:-[a-z]+)+)'/g)].map(([, code]) => code!);
  });
  assert.ok(codes.length > 15, 'they are still written this way');
  assert.deepEqual(
    [...new Set(codes)].filter(
      (code) => !english.has(`diagnostics.advice.${code}`) && !Object.hasOwn(schemeAdvice, code),
    ),
    [],
  );
});
