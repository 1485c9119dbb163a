import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookOfCell, mostOf, sidesOf } from '../../renderer/features/run/matrix-cell.ts';
import { cellTowards } from '../../renderer/features/run/matrix-keys.ts';
import { confusionMatrix } from '../../shared/confusion-matrix.ts';

const matrix = confusionMatrix({
  classes: [
    { class: 0, count: 10, rightBefore: 9, rightAfter: 6 },
    { class: 1, count: 10, rightBefore: 7, rightAfter: 8 },
  ],
  confusions: [
    { expected: 0, given: 1, before: 1, after: 4 },
    { expected: 1, given: 0, before: 3, after: 2 },
  ],
  leftOut: null,
})!;
const shown = [0, 1];

void test('a cell says by its sign and colour what is better: right answers gained, wrong ones lost', () => {
  const most = mostOf(matrix, shown, 'difference');
  assert.deepEqual(most, { right: 3, wrong: 3 });
  const look = (expected: number, given: number) => lookOfCell(matrix.cellOf(expected, given), 'difference', most);
  assert.deepEqual(look(0, 0), { text: '\u22123', tone: 'worse', share: 1 });
  assert.deepEqual(look(0, 1), { text: '+3', tone: 'worse', share: 1 });
  assert.deepEqual([look(1, 1).text, look(1, 1).tone], ['+1', 'better']);
  assert.deepEqual([look(1, 0).text, look(1, 0).tone], ['\u22121', 'better']);
});

void test('one model alone shows its own counts; what never happened shows nothing', () => {
  const most = mostOf(matrix, shown, 'before');
  assert.deepEqual(lookOfCell(matrix.cellOf(0, 0), 'before', most), { text: '9', tone: 'right', share: 1 });
  assert.deepEqual(lookOfCell(matrix.cellOf(1, 0), 'before', most), { text: '3', tone: 'before', share: 1 });
  assert.deepEqual(lookOfCell(null, 'after', most), { text: '', tone: null, share: 0 });
  const thousands = { expected: 0, given: 0, before: 0, after: 12_345 };
  assert.equal(lookOfCell(thousands, 'after', { right: 12_345, wrong: 0 }).text, '12k');
});

void test('without labels only the difference can be seen', () => {
  assert.deepEqual(sidesOf({ isLabelled: false }), ['difference']);
  assert.deepEqual(sidesOf(matrix), ['difference', 'before', 'after']);
});

void test('arrows stop at the edges; Home, End and Ctrl lead along a row and to the corners', () => {
  assert.deepEqual(cellTowards('ArrowLeft', [2, 0], 5, false), [2, 0]);
  assert.deepEqual(cellTowards('ArrowDown', [4, 1], 5, false), [4, 1]);
  assert.deepEqual(cellTowards('ArrowRight', [2, 1], 5, false), [2, 2]);
  assert.deepEqual(cellTowards('End', [2, 1], 5, false), [2, 4]);
  assert.deepEqual(cellTowards('End', [2, 1], 5, true), [4, 4]);
  assert.deepEqual(cellTowards('Home', [2, 1], 5, true), [0, 0]);
  assert.deepEqual(cellTowards('PageDown', [0, 1], 5, false), [4, 1]);
  assert.equal(cellTowards('x', [0, 0], 5, false), null);
});
