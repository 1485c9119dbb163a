import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { ClassFigure, MetricName } from '../../../shared/metric-row.ts';
import { elementCount } from '../tensor/tensor.ts';
import type { ComparedTarget, Metric, MetricFacts } from './metric.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

export const meanIoU: MetricName = {
  metric: 'meanIoU',
  label: 'mean IoU',
  definition:
    'Mean over classes of intersection / union of pixels, counted over all samples. A class counts if it is right or predicted anywhere. Pixels of class 255, or below 0, are left out where the model has no such class.',
  zh: {
    label: '平均交并比',
    definition:
      '各类别像素交集 / 并集的均值，在所有样本上统计，只计出现过的类别。模型没有 255 类时，类别为 255 或小于 0 的像素不计。',
  },
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
};

export const pixelAccuracy: MetricName = {
  metric: 'pixelAccuracy',
  label: 'pixel accuracy',
  definition: 'Share of the pixels of all samples whose class is right.',
  zh: { label: '像素准确率', definition: '所有样本中类别正确的像素比例。' },
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
};

const leftOut = 255;
/** Sums are kept for this many classes. */
const mostClasses = 65_536;
/** What sums hold: right pixels, pixels, then of each class its intersection, its union and what the targets have of it. */
const [rightPixels, allPixels, firstClassSlot, slotsPerClass] = [0, 1, 2, 3];

/** The class of each pixel: the highest of its scores (the first of equal ones), or the output itself where it gives classes. */
function classesOf(output: ArrayLike<number>, classes: number, pixels: number): ArrayLike<number> {
  if (classes === 1) return output;
  const found = new Int32Array(pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    let best = 0;
    for (let index = 1; index < classes; index++) {
      if (output[index * pixels + pixel]! > output[best * pixels + pixel]!) best = index;
    }
    found[pixel] = best;
  }
  return found;
}

function additionOf(given: ArrayLike<number>, target: ArrayLike<number>, classes: number): Addition {
  const sums = new Map<number, number>();
  const add = (slot: number): void => void sums.set(slot, (sums.get(slot) ?? 0) + 1);
  for (let pixel = 0; pixel < target.length; pixel++) {
    const right = target[pixel]!;
    if (right < 0 || (right === leftOut && classes <= leftOut)) continue;
    const own = given[pixel]!;
    add(allPixels);
    add(firstClassSlot + slotsPerClass * right + 1);
    add(firstClassSlot + slotsPerClass * right + 2);
    if (own !== right) {
      if (own >= 0 && own < mostClasses) add(firstClassSlot + slotsPerClass * own + 1);
      continue;
    }
    add(rightPixels);
    add(firstClassSlot + slotsPerClass * right);
  }
  return [...sums];
}

function assertClasses({ values }: ComparedTarget, index: number, classes: number): void {
  for (let pixel = 0; pixel < values.length; pixel++) {
    const right = values[pixel]!;
    if (right < classes || (right === leftOut && classes <= leftOut)) continue;
    throw new AppError('labels-malformed', tell('targetClassBeyond', { index, value: right, last: classes - 1 }));
  }
}

function meanOverClasses(sums: Float64Array): number {
  let [total, classes] = [0, 0];
  for (let at = firstClassSlot; at < sums.length; at += slotsPerClass) {
    const union = sums[at + 1]!;
    if (!(union > 0)) continue;
    total += sums[at]! / union;
    classes++;
  }
  return total / classes;
}

const ratioOf = (sums: Float64Array, slot: number): number | null =>
  sums[slot + 1]! > 0 ? sums[slot]! / sums[slot + 1]! : null;

/** IoU of each class that is right or given anywhere. */
function figuresOfClasses(
  [before, after]: readonly [Float64Array, Float64Array],
  names: MetricFacts['classNames'],
): ClassFigure[] {
  const figures: ClassFigure[] = [];
  for (let slot = firstClassSlot; slot < before.length; slot += slotsPerClass) {
    const index = (slot - firstClassSlot) / slotsPerClass;
    const [mine, theirs] = [ratioOf(before, slot), ratioOf(after, slot)];
    if (mine === null && theirs === null) continue;
    const count = before[slot + 2] ?? 0;
    figures.push({ class: index, name: names?.get(index) ?? null, before: mine, after: theirs, count });
  }
  return figures;
}

const shareOf = (addition: Addition): number => {
  const sums = new Map(addition);
  return (sums.get(rightPixels) ?? 0) / (sums.get(allPixels) ?? 1);
};

/** Maps of classes against maps of scores. */
export const segmentation: Metric = {
  names: [meanIoU, pixelAccuracy],
  accepts: ({ task }) => task === 'segmentation',
  start: ({ classNames }) => {
    const sums = createSampleSums();
    return {
      add: ({ target, index, isFinite }) => {
        if (target === null || !isFinite) return;
        const pixels = target.values.length;
        const classes = Math.round(elementCount(target.outputDims) / pixels);
        assertClasses(target, index, classes === 1 ? mostClasses : classes);
        const [mine, theirs] = target.outputs.map((output) =>
          additionOf(classesOf(output, classes, pixels), target.values, classes === 1 ? leftOut : classes),
        ) as [Addition, Addition];
        sums.add(mine, theirs, [shareOf(mine), shareOf(theirs)]);
      },
      report: () => {
        const mean = sums.row(meanIoU, meanOverClasses);
        return [
          mean === null ? null : { ...mean, classes: figuresOfClasses(sums.totals(), classNames) },
          sums.row(pixelAccuracy, (all) => all[rightPixels]! / all[allPixels]!),
        ].filter((row) => row !== null);
      },
    };
  },
};
