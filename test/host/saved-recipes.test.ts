import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { SavedRecipes } from '../../electron/host/saved-recipes.ts';
import { recipeSchema } from '../../shared/recipe.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'vernier-recipes-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ours = recipeSchema.parse({ name: 'ours', calibrationMethod: 'mse' });

test('a recipe is kept under its name for whoever looks next', () => {
  new SavedRecipes(folder).save(ours);
  assert.deepEqual(new SavedRecipes(folder).list(), [ours]);
});

test('saving under the same name replaces, deleting takes away', () => {
  const recipes = new SavedRecipes(folder);
  recipes.save(ours);
  recipes.save({ ...ours, calibrationSamples: 7 });
  recipes.save({ ...ours, name: 'also ours' });
  assert.deepEqual(
    recipes.list().map(({ name, calibrationSamples }) => [name, calibrationSamples]),
    [
      ['also ours', 100],
      ['ours', 7],
    ],
  );
  recipes.delete('ours');
  recipes.delete('never saved');
  assert.deepEqual(
    recipes.list().map(({ name }) => name),
    ['also ours'],
  );
});

test("a preset's name is taken", () => {
  assert.throws(() => new SavedRecipes(folder).save({ ...ours, name: 'int8-static' }), {
    code: 'recipe-invalid',
    message: /preset/,
  });
});

test('a damaged file counts as none', () => {
  writeFileSync(join(folder, 'recipes.json'), '[{"name": 3}]');
  assert.deepEqual(new SavedRecipes(folder).list(), []);
});
