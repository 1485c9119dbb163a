import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  changedClasses,
  changedConfusions,
  confusionMatrix,
  drawnClasses,
  mostDrawnClasses,
  samplesOfCell,
  signCount,
} from '../../shared/confusion-matrix.ts';
import { sampleEvidenceSchema, type SampleRow } from '../../shared/sample-evidence.ts';

const classNames = { 0: 'cat', 1: 'dog', 2: 'catfish' };
const small = {
  classes: [
    { class: 1, count: 10, rightBefore: 9, rightAfter: 7 },
    { class: 0, count: 10, rightBefore: 8, rightAfter: 9 },
    { class: 2, count: 4, rightBefore: 4, rightAfter: 4 },
  ],
  confusions: [
    { expected: 1, given: 0, before: 1, after: 3 },
    { expected: 0, given: 1, before: 2, after: 1 },
  ],
  leftOut: { classes: 0, confusions: 0 },
};

/** A pair for each class and the next; each with one more error the higher it is. */
function chain(count: number) {
  const confusions = Array.from({ length: count - 1 }, (_, index) => ({
    expected: index,
    given: index + 1,
    before: 0,
    after: index + 1,
  }));
  return { classes: [], confusions, leftOut: null };
}

const row = (index: number, expected: number | null, before: number | null, after: number | null): SampleRow => ({
  ...{ index, name: null, outcome: 'lost', expected, before, after },
  ...{ marginBefore: null, marginAfter: null, sqnrDb: null, picture: null },
});

void suite('the confusion matrix', () => {
  void test('right answers are on its diagonal, other pairs beside it, and what never happened is no cell', () => {
    const matrix = confusionMatrix(small)!;
    assert.deepEqual(matrix.cellOf(1, 1), { expected: 1, given: 1, before: 9, after: 7 });
    assert.deepEqual(matrix.cellOf(1, 0), { expected: 1, given: 0, before: 1, after: 3 });
    assert.equal(matrix.cellOf(2, 0), null);
    assert.deepEqual([matrix.isLabelled, matrix.leftOut], [true, 0]);
    // Those whose answers changed most come first.
    assert.deepEqual(matrix.classes, [1, 0, 2]);
  });

  void test('few classes keep their order; of many the most confused are drawn first', () => {
    assert.deepEqual(drawnClasses(confusionMatrix(small)!, { classNames }).shown, [0, 1, 2]);
    const many = chain(120);
    const { shown, found } = drawnClasses(confusionMatrix(many)!, { classNames: {} });
    assert.deepEqual([shown.length, found], [mostDrawnClasses, 120]);
    // 118 is in the two largest pairs, 119 in one of them.
    assert.equal(shown[0], 118);
    assert.ok(!shown.includes(0));
  });

  void test('a query finds classes by names or whole numbers, and brings those they are confused with', () => {
    const matrix = confusionMatrix(small)!;
    assert.deepEqual(drawnClasses(matrix, { classNames }, 'CATF'), { shown: [2], found: 1 });
    assert.deepEqual(drawnClasses(matrix, { classNames }, 'catfish, dog'), { shown: [1, 2, 0], found: 2 });
    assert.deepEqual(drawnClasses(matrix, { classNames }, 'zebra'), { shown: [], found: 0 });
    const many = confusionMatrix(chain(120))!;
    assert.deepEqual(drawnClasses(many, { classNames: {} }, '1'), { shown: [1, 2, 0], found: 1 });
  });

  void test('older documents are whole as long as their lists are not full', () => {
    const { classNames: _, ...counts } = sampleEvidenceSchema.parse({
      ...{ counts: { lost: 0, changed: 0, gained: 0, bothWrong: 0 }, rows: [], classNames: {} },
      ...{ classes: small.classes, confusions: small.confusions },
    });
    assert.equal(counts.leftOut, null);
    assert.equal(confusionMatrix(counts)!.leftOut, 0);
    assert.equal(confusionMatrix(chain(201))!.leftOut, null);
    assert.equal(confusionMatrix({ ...chain(201), leftOut: { classes: 2, confusions: 5 } })!.leftOut, 7);
  });

  void test('without classes there is no matrix; without labels only pairs are known', () => {
    assert.equal(confusionMatrix({ classes: [], confusions: [], leftOut: null }), null);
    const unlabelled = confusionMatrix({ ...small, classes: [] })!;
    assert.deepEqual([unlabelled.isLabelled, unlabelled.cellOf(1, 1)], [false, null]);
  });

  void test('a cell finds its samples: those that either model answers so', () => {
    const rows = [
      row(0, 1, 1, 0),
      row(1, 1, 0, 1),
      row(2, 1, 2, 2),
      row(3, 0, 1, 0),
      row(4, null, 1, 0),
      row(5, null, null, 0),
    ];
    assert.deepEqual(
      samplesOfCell(rows, { expected: 1, given: 0 }).map(({ index }) => index),
      [0, 1, 4],
    );
    assert.deepEqual(
      samplesOfCell(rows, { expected: 1, given: 1 }).map(({ index }) => index),
      [0, 1, 4],
    );
    assert.deepEqual(samplesOfCell(rows, { expected: 2, given: 0 }), []);
  });

  void test('changes are told by size, worse before better, and signed', () => {
    assert.deepEqual(
      changedConfusions(small, 5).map(({ expected }) => expected),
      [1, 0],
    );
    assert.deepEqual(changedConfusions(small, 1).length, 1);
    assert.deepEqual(
      changedClasses(small, 5).map((one) => one.class),
      [1, 0],
    );
    assert.deepEqual([2, 0, -3].map(signCount), ['+2', '0', '\u22123']);
  });
});
