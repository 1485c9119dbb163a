import type { ClassFigure, MetricName } from '../../../shared/metric-row.ts';
import { firstClass, hasOneDecision } from './class-scores.ts';
import type { Metric, MetricFacts } from './metric.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

export const macroF1: MetricName = {
  metric: 'macroF1',
  label: 'macro F1',
  definition:
    'Mean over classes of 2 TP / (2 TP + FP + FN). Every class counts alike, however rare. A class counts if it is right or predicted for any sample.',
  zh: {
    label: '宏平均 F1',
    definition:
      '各类别 2 TP / (2 TP + FP + FN) 的均值，只计在任一样本中为正确或被给出的类别：每个类别权重相同，无论多少见。',
  },
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
};

/** Fewer samples a class tell nothing of single classes. */
const fewestSamplesPerClass = 5;

/** Sums are kept for this many classes. */
const mostClasses = 65_536;
/** Of each class: true positives, false positives, false negatives. */
const sumsPerClass = 3;

function additionOf(given: number, label: number): Addition {
  if (given === label) return [[sumsPerClass * label, 1]];
  const missed = [sumsPerClass * label + 2, 1] as const;
  // NaN gives no class.
  return given < 0 || given >= mostClasses ? [missed] : [[sumsPerClass * given + 1, 1], missed];
}

/** Null for a class that is neither right nor given. */
const f1Of = (sums: Float64Array, at: number): number | null => {
  const doubled = 2 * sums[at]!;
  const size = doubled + (sums[at + 1] ?? 0) + (sums[at + 2] ?? 0);
  return size === 0 ? null : doubled / size;
};

export function meanF1(sums: Float64Array): number {
  let [total, classes] = [0, 0];
  for (let at = 0; at < sums.length; at += sumsPerClass) {
    const own = f1Of(sums, at);
    if (own === null) continue;
    total += own;
    classes++;
  }
  return total / classes;
}

/** F1 of each class that is right or given for any sample. */
function figuresOfClasses(
  [before, after]: readonly [Float64Array, Float64Array],
  names: MetricFacts['classNames'],
): ClassFigure[] {
  const figures: ClassFigure[] = [];
  for (let at = 0; at < before.length; at += sumsPerClass) {
    const index = at / sumsPerClass;
    const [mine, theirs] = [f1Of(before, at), f1Of(after, at)];
    if (mine === null && theirs === null) continue;
    const count = before[at]! + (before[at + 2] ?? 0);
    figures.push({ class: index, name: names?.get(index) ?? null, before: mine, after: theirs, count });
  }
  return figures;
}

export const classBalance: Metric = {
  names: [macroF1],
  accepts: ({ labelled, classOutput }) => labelled && classOutput !== null,
  start: ({ classNames }) => {
    const sums = createSampleSums();
    const labels = new Set<number>();
    let count = 0;
    return {
      add: ({ scores, label }) => {
        if (scores === null || label === null || label >= mostClasses || !hasOneDecision(scores.layout)) return;
        const [mine, theirs] = scores.pair.map((values) => firstClass(values, scores.layout)) as [number, number];
        sums.add(additionOf(mine, label), additionOf(theirs, label), [
          Number(mine === label),
          Number(theirs === label),
        ]);
        labels.add(label);
        count++;
      },
      report: () => {
        if (labels.size < 2 || count < fewestSamplesPerClass * labels.size) return [];
        // A sample of a class of usual size changes the mean over classes by as much.
        const row = sums.row(macroF1, meanF1, 1 / count);
        return row === null ? [] : [{ ...row, classes: figuresOfClasses(sums.totals(), classNames) }];
      },
    };
  },
};
