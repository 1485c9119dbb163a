import assert from 'node:assert/strict';
import test from 'node:test';
import { placeLabels } from '../../renderer/components/place-labels.ts';

const area = { left: 0, right: 400, top: 0, bottom: 200 };
const widthOf = (text: string) => text.length * 7;

test('a name stands to the right of its point, and to the left where the chart ends', () => {
  assert.deepEqual(placeLabels([{ x: 100, y: 50, text: 'A' }], area, widthOf), [{ text: 'A', left: 110, y: 50 }]);
  assert.deepEqual(placeLabels([{ x: 395, y: 50, text: 'A' }], area, widthOf), [{ text: 'A', left: 378, y: 50 }]);
});

test('points on the same spot share a name', () => {
  const points = ['A', 'B', 'C'].map((text, index) => ({ x: 100 + index, y: 50, text }));
  assert.deepEqual(
    placeLabels(points, area, widthOf).map(({ text }) => text),
    ['A · B · C'],
  );
});

test('names side by side keep apart', () => {
  const points = [
    { x: 100, y: 50, text: 'Original of D' },
    { x: 306, y: 50, text: 'Original of A' },
  ];
  const [first, second] = placeLabels(points, area, widthOf);
  assert.deepEqual(first, { text: 'Original of D', left: 110, y: 50 });
  // To its left there would be 4 pixels between them.
  assert.notEqual(second!.y, 50);
});

test('names cover neither each other nor other points', () => {
  const points = [
    { x: 200, y: 100, text: 'Original of A' },
    { x: 230, y: 102, text: 'Original of B' },
    { x: 350, y: 98, text: 'C' },
    { x: 215, y: 120, text: 'D' },
  ];
  const boxes = [
    ...placeLabels(points, area, widthOf).map(({ text, left, y }) => [left, left + widthOf(text), y - 6.5, y + 6.5]),
    ...points.map(({ x, y }) => [x - 6, x + 6, y - 6, y + 6]),
  ] as [number, number, number, number][];
  for (const [index, one] of boxes.entries()) {
    for (const other of boxes.slice(index + 1)) {
      const overlap = one[0] < other[1] && other[0] < one[1] && one[2] < other[3] && other[2] < one[3];
      assert.equal(overlap, false, `${one.join(' ')} and ${other.join(' ')}`);
    }
  }
});
