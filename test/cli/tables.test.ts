import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable } from '../../electron/cli/tables.ts';

const columns = [
  { title: 'name', fill: true },
  { title: 'count', align: 'right' },
] as const;

test('a table of many rows is one table', () => {
  const rows = Array.from({ length: 50_000 }, (_, index) => [`row ${index}`, String(index)]);
  const lines = renderTable(columns, rows).split('\n');
  assert.equal(lines.length, rows.length + 2);
  assert.equal(lines[0], 'name       count');
  assert.equal(lines[2], 'row 0          0');
  assert.equal(lines.at(-1), 'row 49999  49999');
});

test('a name of megabytes takes a few lines', () => {
  const lines = renderTable(columns, [['x'.repeat(2_000_000), '1']]).split('\n');
  assert.ok(lines.length < 30, String(lines.length));
  assert.ok(lines.every((line) => line.length <= 160));
});

test('words that fit no line are broken, all others at spaces', () => {
  const lines = renderTable(columns, [[`${'a'.repeat(150)} ${'b '.repeat(20)}`, '1']])
    .split('\n')
    .slice(2);
  assert.match(lines[0]!, /^a+ +1$/);
  assert.match(lines[1]!, /^a+( b)+$/);
  assert.equal(lines.join('').replace(/[^a]/g, '').length, 150);
  assert.equal(lines.join('').replace(/[^b]/g, '').length, 20);
});
