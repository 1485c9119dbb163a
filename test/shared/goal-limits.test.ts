import assert from 'node:assert/strict';
import test from 'node:test';
import { readSize, readTolerance } from '../../shared/goal-limits.ts';
import { recipeSchema } from '../../shared/recipe.ts';

void test('a loss is decibels or points, however it is spaced', () => {
  for (const text of ['1dB', '1 dB', ' 1 db ']) assert.deepEqual(readTolerance(text), { amount: 1, unit: 'dB' }, text);
  for (const text of ['0.5points', '0.5 points', '0.5 point']) {
    assert.deepEqual(readTolerance(text), { amount: 0.5, unit: 'points' }, text);
  }
  for (const text of ['', '1', 'dB', '-1 dB', '5 %', '1 dBm']) assert.equal(readTolerance(text), null, text);
});

void test('a size is in decimal units, or in binary ones where it says so', () => {
  const sizes = { '5MB': 5_000_000, '5 MB': 5_000_000, '1.5 kB': 1500, '12 B': 12, '2 MiB': 2_097_152, '1GB': 1e9 };
  for (const [text, bytes] of Object.entries(sizes)) assert.equal(readSize(text), bytes, text);
  for (const text of ['', '5', '5M', 'MB', '-5 MB', '5 TB']) assert.equal(readSize(text), null, text);
});

void test('a recipe takes nothing else', () => {
  assert.equal(recipeSchema.parse({ within: ' 1 dB' }).within, '1 dB');
  assert.deepEqual([recipeSchema.parse({}).within, recipeSchema.parse({}).maxSize], ['', '']);
  const { error } = recipeSchema.safeParse({ within: 'a bit', maxSize: '5' });
  assert.deepEqual(
    error?.issues.map(({ message }) => message),
    ['write it like "1 dB" or "0.5 points"', 'write it like "5 MB" or "800 kB"'],
  );
});
