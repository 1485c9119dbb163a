import type { ClassFigure, MetricName, MetricRow } from '../../../shared/metric-row.ts';
import type { FoundBox, TrueBox } from '../data/boxes/box.ts';
import { rankBoxes, summarizeClass, summarizeClasses, type ClassBoxes, type FoundInSample } from './box-precision.ts';
import { matchBoxes, overlapThresholds, type Match } from './match-boxes.ts';
import { compareByResampling } from './resampling.ts';

const shared = { unit: 'share', higherIsBetter: true, against: 'targets' } as const;

export const boxPrecision: MetricName = {
  ...shared,
  metric: 'mAP',
  label: 'mAP@[.5:.95]',
  definition:
    'Average precision of boxes, mean over classes and overlaps (IoU 0.5 to 0.95), as COCO defines it: 101 recall levels, at most 100 boxes per class and image, crowds left out.',
  zh: {
    label: 'mAP@[.5:.95]',
    definition:
      '边界框平均精度在各类别和各重叠阈值（IoU 0.5 到 0.95）上的均值，按 COCO 的定义：101 个召回率，每类每图 100 个框，crowd 不计。',
  },
};

export const boxPrecision50: MetricName = {
  ...shared,
  metric: 'AP50',
  label: 'AP50',
  definition: 'Average precision of boxes at an IoU of 0.5, mean over classes, as COCO defines it.',
  zh: { label: 'AP50', definition: 'IoU 阈值为 0.5 时边界框平均精度在各类别上的均值，按 COCO 的定义。' },
};

export const boxRecall: MetricName = {
  ...shared,
  metric: 'AR100',
  label: 'average recall',
  definition:
    'Share of the true boxes that are found, mean over classes and overlaps (IoU 0.5 to 0.95), as COCO defines it: at most 100 boxes per class and image.',
  zh: {
    label: '平均召回率',
    definition:
      '被检出的边界框比例在各类别和各重叠阈值（IoU 0.5 到 0.95）上的均值，每类每图 100 个框，按 COCO 的定义。',
  },
};

/** One evaluation sample: what is there, and what both models found. */
export interface DetectionSample {
  readonly truths: readonly TrueBox[];
  readonly found: readonly [before: readonly FoundBox[], after: readonly FoundBox[]];
}

interface Figure {
  readonly name: MetricName;
  readonly steps: readonly number[];
  readonly of: 'precision' | 'recall';
}

/** Figures of boxes against those that are right. */
export const boxMetricNames: readonly MetricName[] = [boxPrecision, boxPrecision50, boxRecall];

const allSteps = overlapThresholds.map((_, step) => step);
const figures: readonly Figure[] = [
  { name: boxPrecision, steps: allSteps, of: 'precision' },
  { name: boxPrecision50, steps: [0], of: 'precision' },
  { name: boxRecall, steps: allSteps, of: 'recall' },
];

/** Average precision within one sample, all classes in one list, at an IoU of 0.5: only which model has more counts. */
function scoreSample(matches: readonly Match[], truthCount: number): number {
  let [right, listed, total] = [0, 0, 0];
  for (const { matched, leftOut } of [...matches].sort((one, other) => other.score - one.score)) {
    if ((leftOut & 1) !== 0) continue;
    listed++;
    if ((matched & 1) === 0) continue;
    right++;
    total += right / listed;
  }
  return truthCount === 0 ? 1 / (1 + listed) : total / truthCount;
}

const byClass = <Item extends { readonly classId: number }>(items: readonly Item[]): Map<number, Item[]> =>
  Map.groupBy(items, ({ classId }) => classId);

/**
 * Figures of boxes of both models against those that are right.
 * @param nameOf the name of a class; null where it has none.
 */
export function createDetectionFigures(nameOf: (classId: number) => string | null) {
  const found = new Map<number, FoundInSample[]>();
  const truths = new Map<number, [sample: number, count: number][]>();
  let [count, betterBefore, betterAfter] = [0, 0, 0];

  const addModel = (sample: number, model: 0 | 1, boxes: readonly FoundBox[], right: readonly TrueBox[]): number => {
    const rightOf = byClass(right);
    const all: Match[] = [];
    for (const [classId, own] of byClass(boxes)) {
      const matches = matchBoxes(own, rightOf.get(classId) ?? []);
      all.push(...matches);
      const entry = { sample, model, matches };
      if (found.get(classId)?.push(entry) === undefined) found.set(classId, [entry]);
    }
    return scoreSample(all, right.filter(({ isLeftOut }) => !isLeftOut).length);
  };

  return {
    add: ({ truths: right, found: [mine, theirs] }: DetectionSample): void => {
      const sample = count++;
      for (const [classId, own] of byClass(right)) {
        const entry: [number, number] = [sample, own.filter(({ isLeftOut }) => !isLeftOut).length];
        if (truths.get(classId)?.push(entry) === undefined) truths.set(classId, [entry]);
      }
      const [own, other] = [addModel(sample, 0, mine, right), addModel(sample, 1, theirs, right)];
      if (own > other) betterBefore++;
      if (other > own) betterAfter++;
    },
    report: (): MetricRow[] => {
      // What is found of a class that no sample has counts for nothing, as in COCO.
      const classes = [...truths.keys()]
        .sort((left, right) => left - right)
        .map((classId) => rankBoxes(classId, found.get(classId) ?? [], truths.get(classId)!));
      const entries = classes.reduce((sum, { samples }) => sum + samples.length, 0);
      return figures.flatMap(({ name, steps, of }) => {
        const row = compareByResampling(name, {
          count,
          betterBefore,
          betterAfter,
          steps: 2 * entries * (steps.length + 1),
          evaluate: (weights) => [
            summarizeClasses(classes, 0, weights, steps)[of],
            summarizeClasses(classes, 1, weights, steps)[of],
          ],
        });
        return row === null ? [] : [{ ...row, classes: figuresOfClasses(classes, { steps, of }, nameOf) }];
      });
    },
  };
}

function figuresOfClasses(
  classes: readonly ClassBoxes[],
  { steps, of }: Pick<Figure, 'steps' | 'of'>,
  nameOf: (classId: number) => string | null,
): ClassFigure[] {
  return classes.flatMap((boxes) => {
    const [before, after] = ([0, 1] as const).map((model) => summarizeClass(boxes, model, () => [1, 0], steps)[of]);
    const count = boxes.truths.reduce((sum, [, own]) => sum + own, 0);
    if (count === 0) return [];
    return [{ class: boxes.classId, name: nameOf(boxes.classId), before: before!, after: after!, count }];
  });
}
