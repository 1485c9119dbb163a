import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findRow, mainRow, type MetricRow } from '../../../shared/metric-row.ts';
import type { MetricSample } from '../../../electron/engine/metrics/metric.ts';
import { useTargets, type OutputFacts, type TargetFacts } from '../../../electron/engine/metrics/task.ts';
import { flatten, measure, readReference, withTargets } from './references.ts';

/** Rows of a reference, equal to what the reference implementation found. */
function assertRows(rows: readonly MetricRow[], name: string, metrics: readonly string[]): void {
  const [before, after] = readReference(name).expected;
  for (const metric of metrics) {
    const row = findRow({ metrics: rows }, metric)!;
    assert.ok(Math.abs(row.before! - before[metric]!) < 1e-9, `${metric}: ${row.before}, not ${before[metric]}`);
    assert.ok(Math.abs(row.after! - after[metric]!) < 1e-9, `${metric}: ${row.after}, not ${after[metric]}`);
    assert.ok(row.ci95![0] <= row.difference! && row.difference! <= row.ci95![1]);
    assert.equal(row.against, 'targets');
  }
}

suite('macro F1', () => {
  const { before, after, labels } = readReference('classes');
  const layout = { classes: 5, positions: 1, inner: 1, areClasses: false };
  const samples = before.map((scores, index): Partial<MetricSample> => ({
    scores: { pair: [flatten(scores), flatten(after[index]!)], layout },
    label: labels![index]!,
  }));
  const facts = { classOutput: 'scores', labelled: true };

  test("is scikit-learn's, with a class that is given but never right", () => {
    const rows = measure(facts, samples);
    assertRows(rows, 'classes', ['top1', 'macroF1']);
    assert.equal(mainRow({ metrics: rows })!.metric, 'top1', 'the run is judged by top-1');
  });

  test('leaves open what samples could show, on the side of the loss above all', () => {
    const answer = (label: number, given: number) => ({ scores: { pair: [[label], [given]] as const, layout: { ...layout, classes: 1, areClasses: true } }, label }); // prettier-ignore
    const intervalOf = (lost: number) =>
      findRow({ metrics: measure(facts, Array.from({ length: 200 }, (_, index) => answer(index % 4, index < lost ? 3 - (index % 4) : index % 4))) }, 'macroF1')!.ci95!; // prettier-ignore
    // Without a loss as far as Wilson's interval of a share of none.
    const [low, high] = intervalOf(0);
    assert.ok(Math.abs(high - 1.96 ** 2 / (200 + 1.96 ** 2)) < 1e-4 && low === -high, `${low} to ${high}`);
    const one = intervalOf(1);
    assert.ok(one[0] < low && one[1] > 0 && one[1] < high, String(one));
    // Of many it is that of their variance: forty of 200 are lost, give or take eleven.
    const many = intervalOf(40);
    assert.ok(many[0] > -0.27 && many[0] < -0.24 && many[1] < -0.13 && many[1] > -0.16, String(many));
  });

  test('says nothing of few samples a class, nor of one class', () => {
    for (const few of [samples.slice(0, 12), samples.map((sample) => ({ ...sample, label: 1 }))])
      assert.equal(findRow({ metrics: measure(facts, few) }, 'macroF1'), null);
  });

  test('a class index that no memory is made for counts as wrong', () => {
    const indices = { classes: 1, positions: 1, inner: 1, areClasses: true };
    const given = labels!.map((label): Partial<MetricSample> => ({
      scores: { pair: [[label], [2e9]], layout: indices },
      label,
    }));
    const row = findRow({ metrics: measure(facts, given) }, 'macroF1')!;
    assert.deepEqual([row.before, row.after], [1, 0]);
  });
});

suite('several labels a sample', () => {
  const facts = { task: 'multi-label', targetName: 'target' } as const;

  test("mean average precision is scikit-learn's, ties and all", () => {
    const rows = measure(facts, withTargets(readReference('multiLabel')));
    assertRows(rows, 'multiLabel', ['meanAveragePrecision']);
    assert.equal(mainRow({ metrics: rows })!.count, 60);
  });

  test('a label that no sample has is left out', () => {
    const reference = readReference('multiLabel');
    const target = reference.target!.map((row) => [...flatten(row).slice(0, 3), 0]);
    const all = mainRow({ metrics: measure(facts, withTargets({ ...reference, target })) })!.before!;
    const cut = (rows: typeof reference.before) => rows.map((row) => flatten(row).slice(0, 3));
    const three = { ...reference, before: cut(reference.before), after: cut(reference.after), target: cut(target) };
    assert.equal(all, mainRow({ metrics: measure(facts, withTargets(three)) })!.before);
  });
});

suite('maps of classes', () => {
  const facts = { task: 'segmentation', targetName: 'mask' } as const;
  const reference = readReference('segmentation');

  test("mean IoU and pixel accuracy are scikit-learn's", () => {
    const rows = measure(facts, withTargets(reference));
    assertRows(rows, 'segmentation', ['meanIoU', 'pixelAccuracy']);
    assert.equal(mainRow({ metrics: rows })!.metric, 'meanIoU');
  });

  test('are the same where the model gives classes itself, and where the mask has one channel', () => {
    const rows = measure(facts, withTargets(reference));
    const classes = (scores: (typeof reference.before)[number]) => {
      const values = flatten(scores);
      return Array.from({ length: 36 }, (_, pixel) => {
        const own = [0, 1, 2, 3].map((index) => values[36 * index + pixel]!);
        return own.indexOf(Math.max(...own));
      });
    };
    const given = { ...reference, before: reference.before.map(classes), after: reference.after.map(classes) };
    assert.deepEqual(measure(facts, withTargets(given)).slice(0, 2), rows.slice(0, 2));
    const oneChannel = { ...reference, target: reference.target!.map((mask) => [mask]) };
    assert.deepEqual(measure(facts, withTargets(oneChannel)).slice(0, 2), rows.slice(0, 2));
  });

  test('255 leaves a pixel out, any other class that is none is refused', () => {
    const mark = (value: number) => ({
      ...reference,
      target: reference.target!.map((mask, sample) => {
        const values = flatten(mask);
        return sample === 3 ? values.map((own, pixel) => (pixel === 7 ? value : own)) : values;
      }),
    });
    const row = findRow({ metrics: measure(facts, withTargets(mark(255))) }, 'pixelAccuracy')!;
    assert.ok(Number.isInteger(Math.round(row.before! * (12 * 36 - 1) * 1e6) / 1e6), 'one pixel less');
    assert.throws(() => measure(facts, withTargets(mark(4))), {
      code: 'labels-malformed',
      message: /sample 3 has a pixel of class 4, but the output ranks classes 0 to 3/,
    });
  });
});

suite('what targets are for', () => {
  const float = (...dims: number[]): OutputFacts => ({ name: 'y', dataType: 'float32', dims });
  const targets = (dataType: string, dims: number[], areYesOrNo = false): TargetFacts => ({
    name: 'target',
    output: null,
    dataType,
    dims,
    areYesOrNo,
  });
  for (const [what, target, output, task] of [
    ['floats of the same shape', targets('float32', [1]), float(1), 'regression'],
    ['floats without the axis of one', targets('float64', []), float(1), 'regression'],
    ['whole numbers of the same shape', targets('int64', [3]), float(3), 'regression'],
    ['a depth map', targets('float32', [8, 8]), float(1, 8, 8), 'regression'],
    ['an image', targets('uint8', [3, 8, 8]), float(3, 8, 8), 'regression'],
    ['zeros and ones for each label', targets('int64', [5], true), float(5), 'multi-label'],
    ['one yes or no', targets('int64', [1], true), float(1), 'regression'],
    ['a mask', targets('int64', [8, 8]), float(4, 8, 8), 'segmentation'],
    ['a mask of zeros and ones', targets('uint8', [1, 8, 8], true), float(2, 8, 8), 'segmentation'],
    ['a volume of classes', targets('int32', [4, 8, 8]), float(3, 4, 8, 8), 'segmentation'],
    ['classes for classes', targets('int64', [8, 8]), { ...float(8, 8), dataType: 'int64' }, 'segmentation'],
  ] as const) {
    test(`${what}: ${task}`, () => {
      assert.equal(useTargets(target, [output])!.task, task);
    });
  }

  test('belong to the output they are called after, else to one of their size', () => {
    const outputs = [{ ...float(7), name: 'features' }, float(3), { ...float(3), name: 'z' }];
    assert.equal(useTargets(targets('float32', [3]), outputs)!.output.name, 'y');
    assert.equal(useTargets({ ...targets('float32', [3]), output: 'z' }, outputs)!.output.name, 'z');
    assert.equal(useTargets({ ...targets('float32', [3]), output: 'gone' }, outputs), null);
  });

  test('that fit no output are refused with both shapes', () => {
    for (const [target, output] of [
      [targets('float32', [8, 8]), float(4, 8, 8)],
      [targets('int64', [8, 9]), float(4, 8, 8)],
      [targets('int64', [2]), float(10)],
    ] as const)
      assert.throws(() => useTargets(target, [output]), {
        code: 'data-shape-mismatch',
        message: /per sample, but output "y" is/,
      });
  });
});
