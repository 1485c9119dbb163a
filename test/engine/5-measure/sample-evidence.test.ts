import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  createSampleEvidence,
  drawPictures,
  nameEvidence,
} from '../../../electron/engine/5-measure/sample-evidence.ts';
import type { Dataset } from '../../../electron/engine/data/dataset.ts';
import type { MetricSample } from '../../../electron/engine/metrics/metric.ts';
import { CancelledError } from '../../../shared/app-error.ts';
import {
  mostConfusions,
  mostPictureBytes,
  mostPicturesBytes,
  sampleEvidenceSchema,
  withoutPictures,
} from '../../../shared/sample-evidence.ts';

const nothing = {
  vector: null,
  text: null,
  next: null,
  values: [],
  isFinite: true,
  label: null,
  target: null,
  scores: null,
};

function scored(
  index: number,
  before: readonly number[],
  after: readonly number[],
  label: number | null,
): MetricSample {
  const layout = { classes: before.length, positions: 1, inner: 1, areClasses: false };
  return { ...nothing, index, scores: { pair: [before, after], layout }, label };
}

function evidenceOf(samples: readonly MetricSample[], sqnrDb: (index: number) => number | null = () => 30) {
  const evidence = createSampleEvidence();
  for (const sample of samples) evidence.add(sample, sqnrDb(sample.index));
  // What a document could not hold is no evidence.
  return sampleEvidenceSchema.parse(evidence.report());
}

suite('evidence of single samples', () => {
  test('labelled samples are lost, gained, wrong in both, or not worth a row', () => {
    const { counts, rows, classes, confusions } = evidenceOf([
      scored(0, [3, 1, 0], [1, 2, 0], 0),
      scored(1, [1, 3, 0], [3, 1, 0], 0),
      scored(2, [0, 0, 5], [0, 0, 4], 1),
      scored(3, [5, 0, 0], [4, 0, 0], 0),
      scored(4, [9, 1, 0], [0, 9, 0], 0),
    ]);
    assert.deepEqual(counts, { lost: 2, changed: 0, gained: 1, bothWrong: 1 });
    // Of two lost ones first the one whose margin fell further: 8 -> -9 before 2 -> -1.
    assert.deepEqual(
      rows.map(({ index, outcome }) => [index, outcome]),
      [
        [4, 'lost'],
        [0, 'lost'],
        [1, 'gained'],
        [2, 'bothWrong'],
      ],
    );
    assert.deepEqual(
      [rows[1]!.expected, rows[1]!.before, rows[1]!.after, rows[1]!.marginBefore, rows[1]!.marginAfter],
      [0, 0, 1, 2, -1],
    );
    assert.deepEqual(classes[0], { class: 0, count: 4, rightBefore: 3, rightAfter: 2 });
    assert.deepEqual(confusions[0], { expected: 0, given: 1, before: 1, after: 2 });
  });

  test('of more pairs of classes than a document holds those that changed most are kept, and the rest is counted', () => {
    // 80 classes, each sample of its own pair; those of class 0 are new errors, the others were made before, too.
    const oneHot = (index: number): number[] => Array.from({ length: 80 }, (_, at) => (at === index ? 1 : 0));
    const samples = Array.from({ length: 80 * 80 }, (_, index) => {
      const [right, given] = [Math.floor(index / 80), index % 80];
      return scored(index, oneHot(right === 0 ? 0 : given), oneHot(given), right);
    });
    const { confusions, classes, leftOut } = evidenceOf(samples);
    assert.equal(confusions.length, mostConfusions);
    assert.ok(confusions.slice(0, 79).every(({ expected, before, after }) => expected === 0 && after - before === 1));
    assert.equal(classes.length, 80);
    // 79 * 79 pairs of the other classes, answered so by both models.
    assert.deepEqual(leftOut, { classes: 0, confusions: 2 * (79 * 80 - mostConfusions) });
  });

  test('without labels the original says what is right, and nobody was wrong', () => {
    const { counts, rows, classes } = evidenceOf([scored(7, [2, 1], [1, 2], null), scored(8, [2, 1], [3, 1], null)]);
    assert.deepEqual(counts, { lost: 0, changed: 1, gained: 0, bothWrong: 0 });
    assert.deepEqual(rows, [
      {
        index: 7,
        name: null,
        outcome: 'changed',
        expected: null,
        before: 0,
        after: 1,
        marginBefore: 1,
        marginAfter: -1,
        sqnrDb: 30,
        picture: null,
      },
    ]);
    assert.deepEqual(classes, []);
  });

  test('texts are held against each other, long ones cut', () => {
    const read = (index: number, before: string, after: string, target: string | null): MetricSample => ({
      ...nothing,
      index,
      text: { read: [before, after], target },
    });
    const { rows, counts } = evidenceOf([
      read(0, 'left', 'lift', 'left'),
      read(1, 'x'.repeat(500), 'y', null),
      read(2, 'same', 'same', 'same'),
    ]);
    assert.deepEqual([counts.lost, counts.changed], [1, 1]);
    assert.equal(rows[0]!.after, 'lift');
    assert.equal(String(rows[1]!.before).length, 200);
  });

  test('outputs that are no answers are told by their error, the worst first, 200 at most of any number', () => {
    const samples = Array.from({ length: 3000 }, (_, index): MetricSample => ({ ...nothing, index }));
    const { rows, counts } = evidenceOf(samples, (index) => (index === 1234 ? null : 60 - (index % 50)));
    assert.equal(rows.length, 200);
    assert.deepEqual(counts, { lost: 0, changed: 0, gained: 0, bothWrong: 0 });
    assert.equal(rows[0]!.index, 1234);
    assert.ok(rows.slice(1).every(({ sqnrDb }) => sqnrDb! <= 15));
  });

  test('counts are of all samples, also of those without a row; NaN decides nothing', () => {
    const many = Array.from({ length: 1000 }, (_, index) => scored(index, [2, 1], [1, 2], 0));
    const { rows, counts } = evidenceOf([...many, scored(1000, [2, 1], [NaN, 1], 0)]);
    assert.equal(rows.length, 200);
    assert.equal(counts.lost, 1001);
    const [row] = evidenceOf([scored(5, [2, 1], [NaN, 1], 0)], () => null).rows;
    assert.deepEqual([row!.outcome, row!.after, row!.marginAfter, row!.sqnrDb], ['lost', null, null, null]);
  });

  test('names come from the data, and only of what is mentioned', () => {
    const evidence = evidenceOf([scored(3, [2, 1, 0], [1, 2, 0], 0)]);
    const classNames = new Map([
      [0, 'tench'],
      [1, 'shark'],
      [2, 'cock'],
    ] as const);
    const named = nameEvidence(evidence, {
      sampleName: (index) => `pictures/${index}.png`,
      classNames,
    } as Partial<Dataset> as Dataset);
    assert.equal(named.rows[0]!.name, 'pictures/3.png');
    assert.deepEqual(named.classNames, { 0: 'tench', 1: 'shark' });
  });

  test('pictures are kept, the worst first, within what one and all may take; one that cannot be drawn costs no run', async () => {
    const samples = Array.from({ length: 60 }, (_, index) => scored(index, [60 - index, 0], [0, 9], 0));
    const evidence = evidenceOf(samples);
    const sizes = new Map([
      [1, mostPictureBytes + 1],
      [3, 3],
    ]);
    const picture = (index: number) =>
      index === 2
        ? Promise.reject(new Error('cut short'))
        : Promise.resolve(new Uint8Array(sizes.get(index) ?? mostPictureBytes));
    const drawn = sampleEvidenceSchema.parse(await drawPictures(evidence, { picture }));
    const sizeOf = (data: string | null) => (data === null ? null : Buffer.from(data.split(',')[1]!, 'base64').length);
    const kept = drawn.rows.map((row) => sizeOf(row.picture));
    assert.deepEqual(kept.slice(0, 4), [mostPictureBytes, null, null, 3]);
    const sum = kept.reduce<number>((total, size) => total + (size ?? 0), 0);
    assert.ok(sum <= mostPicturesBytes && sum > mostPicturesBytes - mostPictureBytes);
    assert.equal(kept.at(-1), null, 'the last ones found no room');
    assert.deepEqual(withoutPictures({ samples: drawn }), { samples: evidence });
    // Arrays, texts, noise: nothing is drawn.
    assert.equal(await drawPictures(evidence, {}), evidence);
    await assert.rejects(drawPictures(evidence, { picture }, AbortSignal.abort()), CancelledError);
  });
});
