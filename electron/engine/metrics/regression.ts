import type { MetricName } from '../../../shared/metric-row.ts';
import type { Metric, MetricSample } from './metric.ts';
import { compareRanks, rankCorrelation, type Ranked } from './rank-correlation.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

const shared = { unit: '', higherIsBetter: false, against: 'targets' } as const;

export const meanAbsoluteError: MetricName = {
  ...shared,
  metric: 'mae',
  label: 'mean absolute error',
  definition: 'Mean of |output - target| over all values of all samples, in the unit of the output.',
  zh: { label: '平均绝对误差', definition: '所有样本所有数值的 |输出 - 目标| 的均值，单位与输出相同。' },
};

export const rootMeanSquaredError: MetricName = {
  ...shared,
  metric: 'rmse',
  label: 'root mean squared error',
  definition:
    'Square root of the mean of (output - target)^2 over all values of all samples, in the unit of the output.',
  zh: { label: '均方根误差', definition: '所有样本所有数值的 (输出 - 目标)^2 的均值的平方根，单位与输出相同。' },
};

export const explainedShare: MetricName = {
  ...shared,
  metric: 'r2',
  label: 'R2',
  definition:
    'Coefficient of determination: 1 - sum of squared errors / sum of squared deviations of the targets from their mean. 1 is perfect; 0 is no better than the mean alone. With several values per sample it is the mean over them; more than 64 count as one.',
  zh: {
    label: '决定系数 R2',
    definition:
      '决定系数：1 - 误差平方和 / 目标与其均值之差的平方和。1 为完美，0 相当于总是给出均值。每个样本有多个值时取各值的均值，超过 64 个时合并计算。',
  },
  higherIsBetter: true,
};

/** Values a sample of which each has a mean and an R2 of its own; more are a map, whose values are of one kind. */
const mostColumns = 64;

/** What sums hold, before the columns' own: absolute errors, squared errors, values. */
const [absolute, squared, values, firstColumn] = [0, 1, 2, 3];
/** Of a column: squared errors, targets, squared targets, values. */
const sumsPerColumn = 4;

interface Errors {
  readonly absolute: number;
  readonly squared: number;
}

function errorsOf(output: ArrayLike<number>, target: ArrayLike<number>): Errors {
  let [sum, squares] = [0, 0];
  for (let index = 0; index < target.length; index++) {
    const error = output[index]! - target[index]!;
    sum += Math.abs(error);
    squares += error * error;
  }
  return { absolute: sum, squared: squares };
}

/** @param origin what is taken off targets before they are squared, so that a large mean does not drown what they vary by. */
function additionOf(output: ArrayLike<number>, target: ArrayLike<number>, origin: number): Addition {
  const errors = errorsOf(output, target);
  const additions: [number, number][] = [
    [absolute, errors.absolute],
    [squared, errors.squared],
    [values, target.length],
  ];
  const columns = target.length <= mostColumns ? target.length : 1;
  for (let column = 0; column < columns; column++) {
    let [squares, sum, targetSquares, count] = [0, 0, 0, 0];
    for (let index = column; index < target.length; index += columns) {
      const moved = target[index]! - origin;
      squares += (output[index]! - target[index]!) ** 2;
      sum += moved;
      targetSquares += moved * moved;
      count++;
    }
    const at = firstColumn + sumsPerColumn * column;
    additions.push([at, squares], [at + 1, sum], [at + 2, targetSquares], [at + 3, count]);
  }
  return additions;
}

/** NaN where the targets of a column are all the same. */
function meanR2(sums: Float64Array): number {
  let [total, columns] = [0, 0];
  for (let at = firstColumn; at < sums.length; at += sumsPerColumn) {
    const spread = sums[at + 2]! - sums[at + 1]! ** 2 / sums[at + 3]!;
    total += spread > 1e-12 * sums[at + 2]! ? 1 - sums[at]! / spread : Number.NaN;
    columns++;
  }
  return total / columns;
}

/** Errors of numbers, of dense maps and of images; of single numbers also how well they are ordered. */
export const regression: Metric = {
  names: [meanAbsoluteError, rootMeanSquaredError, explainedShare, rankCorrelation],
  accepts: ({ task }) => task === 'regression',
  start: () => {
    const [byAbsolute, bySquare] = [createSampleSums(), createSampleSums()];
    const ranked: Ranked[] = [];
    let areSingle = true;
    let origin: number | null = null;
    return {
      add: ({ target, isFinite }: MetricSample) => {
        if (target === null || !isFinite) return;
        origin ??= target.values[0] ?? 0;
        const [mine, theirs] = target.outputs;
        const [before, after] = [errorsOf(mine, target.values), errorsOf(theirs, target.values)];
        const additions = [additionOf(mine, target.values, origin), additionOf(theirs, target.values, origin)] as const;
        byAbsolute.add(...additions, [-before.absolute, -after.absolute]);
        bySquare.add(...additions, [-before.squared, -after.squared]);
        areSingle &&= target.values.length === 1;
        if (areSingle) ranked.push({ before: mine[0]!, after: theirs[0]!, target: target.values[0]! });
      },
      report: () => {
        const rows = [
          byAbsolute.row(meanAbsoluteError, (sums) => sums[absolute]! / sums[values]!),
          bySquare.row(rootMeanSquaredError, (sums) => Math.sqrt(sums[squared]! / sums[values]!)),
          bySquare.row(explainedShare, meanR2),
          areSingle ? compareRanks(ranked) : null,
        ];
        return rows.filter((row) => row !== null);
      },
    };
  },
};
