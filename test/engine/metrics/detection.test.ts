import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { Box, FoundBox, TrueBox } from '../../../electron/engine/data/boxes/box.ts';
import { suppress } from '../../../electron/engine/metrics/boxes.ts';
import { createDetectionFigures } from '../../../electron/engine/metrics/detection.ts';
import { createKeptBoxes } from '../../../electron/engine/metrics/kept-boxes.ts';

interface Boxes {
  readonly image: number;
  readonly class: number;
  readonly box: Box;
  readonly score: number;
  readonly isCrowd: boolean;
}
type Figures = Readonly<Record<'mAP' | 'AP50' | 'AR100', number>>;

/** As `fixture/make-boxes.py` wrote it with pycocotools. */
const reference = JSON.parse(readFileSync(new URL('fixture/boxes.json', import.meta.url), 'utf8')) as {
  images: number;
  truths: Boxes[];
  before: Boxes[];
  after: Boxes[];
  expected: [
    before: Figures & { classes: Record<string, Figures> },
    after: Figures & { classes: Record<string, Figures> },
  ];
};

const ofImage = (boxes: readonly Boxes[], image: number): Boxes[] => boxes.filter((one) => one.image === image);
const truthsOf = (image: number): TrueBox[] =>
  ofImage(reference.truths, image).map(({ box, class: classId, isCrowd }) => ({
    box,
    classId,
    isCrowd,
    isLeftOut: isCrowd,
  }));
const foundOf = (boxes: readonly Boxes[], image: number): FoundBox[] =>
  ofImage(boxes, image).map(({ box, class: classId, score }) => ({ box, classId, score }));

const at = (left: number, classId = 0, score = 0.9): FoundBox => ({ box: [left, 0, 10, 10], classId, score });

suite('boxes against those that are right', () => {
  const figures = createDetectionFigures((classId) => `class ${classId}`);
  for (let image = 0; image < reference.images; image++) {
    figures.add({
      truths: truthsOf(image),
      found: [foundOf(reference.before, image), foundOf(reference.after, image)],
    });
  }
  const rows = figures.report();

  for (const metric of ['mAP', 'AP50', 'AR100'] as const) {
    test(`${metric} is that of pycocotools, crowds, ties and more than 100 boxes included`, () => {
      const row = rows.find((one) => one.metric === metric)!;
      const near = (own: number | null, wanted: number, what: string) =>
        assert.ok(Math.abs(own! - wanted) < 1e-6, `${what}: ${own!}, not ${wanted}`);
      for (const [model, side] of (['before', 'after'] as const).entries()) {
        const expected = reference.expected[model]!;
        near(row[side], expected[metric], side);
        assert.equal(row.classes.length, Object.keys(expected.classes).length);
        for (const own of row.classes) near(own[side], expected.classes[String(own.class)]![metric], own.name!);
      }
      const [low, high] = row.ci95!;
      assert.ok(low <= row.difference! && row.difference! <= high && low < high);
      assert.equal(row.count, reference.images);
    });
  }

  test('the worse of two detectors is shown to be', () => {
    const { difference, test: found } = rows[0]!;
    assert.ok(difference! < -0.05 && found!.pValue < 0.05 && found!.betterBefore > found!.betterAfter);
  });

  test('a model that finds nothing has none, and a box that is hard to see is neither right nor wrong', () => {
    const none = createDetectionFigures(() => null);
    const hard: TrueBox = { box: [50, 0, 10, 10], classId: 0, isCrowd: false, isLeftOut: true };
    const truth: TrueBox = { ...hard, box: [0, 0, 10, 10], isLeftOut: false };
    for (let sample = 0; sample < 4; sample++) none.add({ truths: [truth, hard], found: [[at(50), at(0)], []] });
    const [precision] = none.report();
    assert.ok(Math.abs(precision!.before! - 1) < 1e-12 && precision!.after === 0);
  });

  test('without a true box nothing is said', () => {
    const empty = createDetectionFigures(() => null);
    for (let sample = 0; sample < 5; sample++) empty.add({ truths: [], found: [[at(0)], [at(0)]] });
    assert.deepEqual(empty.report(), []);
  });
});

test('suppression keeps the best box of a class and those of other classes', () => {
  const found = [at(1, 0, 0.5), at(0, 0, 0.9), at(1, 1, 0.4), at(30, 0, 0.3)];
  assert.deepEqual(
    suppress(found, 0.5, 10).map(({ score }) => score),
    [0.9, 0.4, 0.3],
  );
  assert.equal(suppress(found, 0.5, 2).length, 2);
});

suite('boxes of both models', () => {
  const shareOf = (before: readonly FoundBox[], after: readonly FoundBox[]): number => {
    const kept = createKeptBoxes();
    kept.add([before, after]);
    return kept.report()[0]!.after!;
  };
  test('match by class and place, each once, whatever their order', () => {
    assert.equal(shareOf([at(0), at(40)], [at(41), at(1)]), 1);
    assert.equal(shareOf([at(0)], [at(0, 1)]), 0, 'another class');
    assert.equal(shareOf([at(0)], [at(0), at(1)]), 2 / 3, 'a second one is one too many');
    assert.equal(shareOf([at(0)], [at(6)]), 0, 'overlaps by a quarter');
    assert.equal(shareOf([at(0), at(40, 0, 0.1)], [at(0)]), 1, 'nobody sees boxes of low scores');
    assert.equal(shareOf([], []), 1);
  });
});
