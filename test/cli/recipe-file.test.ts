import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { loadRecipe } from '../../electron/cli/recipe-file.ts';
import { makeFolder } from './fixtures.ts';

void test('options on top of a recipe are in its name, so that no run is taken for one of the recipe as it is', () => {
  assert.equal(loadRecipe('int8-static', {}).name, 'int8-static');
  assert.equal(
    loadRecipe('int8-static', { calibrationMethod: 'auto' }).name,
    'int8-static',
    'nothing is changed by it',
  );
  const nameOf = (overrides: Parameters<typeof loadRecipe>[1]) => loadRecipe('int8-static', overrides).name;
  assert.equal(nameOf({ calibrationMethod: 'percentile' }), 'int8-static (percentile)');
  assert.equal(nameOf({ calibrationSamples: 50, perChannel: false }), 'int8-static (50 samples, per-tensor)');
  assert.equal(nameOf({ excludeOpTypes: ['Add', 'Mul'] }), 'int8-static (without Add Mul)');
  const many = {
    excludeNodes: ['/backbone/stage1/conv1/Conv', '/backbone/stage1/conv2/Conv'],
    keepFloat: 'none',
  } as const;
  assert.equal(nameOf({ ...many, excludeNodes: [...many.excludeNodes] }), 'int8-static (2 changes)');
});

void test('a recipe file goes by the name it says, else by its own; one that borrows a preset’s says what it changes', (context) => {
  const path = join(makeFolder(context), 'edge box.json');
  const nameOf = (recipe: object, overrides = {}) => {
    writeFileSync(path, JSON.stringify(recipe));
    return loadRecipe(path, overrides).name;
  };
  assert.equal(nameOf({ calibrationMethod: 'mse' }), 'edge box');
  assert.equal(nameOf({ name: 'lens', calibrationMethod: 'mse' }), 'lens');
  assert.equal(nameOf({ name: 'lens', calibrationMethod: 'mse' }, { perChannel: false }), 'lens (per-tensor)');
  assert.equal(nameOf({ name: 'int8-static', calibrationMethod: 'mse' }), 'int8-static (mse)');
});
