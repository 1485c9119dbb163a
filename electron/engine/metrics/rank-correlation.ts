import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { compareByResampling, type Weights } from './resampling.ts';

/** What both models say of something, and what is right. */
export interface Ranked {
  readonly before: number;
  readonly after: number;
  readonly target: number;
}

export const rankCorrelation: MetricName = {
  metric: 'spearman',
  label: 'Spearman correlation',
  definition:
    "Correlation between the ranks of the model's values and the ranks of the targets. Ties share their mean rank. 1 means that the model puts everything in the order of the targets.",
  zh: {
    label: '斯皮尔曼相关系数',
    definition: '模型给出的值与目标值的秩之间的相关系数，相等的值取平均秩：排序与目标完全一致时为 1。',
  },
  unit: '',
  higherIsBetter: true,
  against: 'targets',
};

/** Values from the smallest up: whose they are. */
interface Order {
  readonly owners: Int32Array;
  /** Whether the next one is equal. */
  readonly ties: Uint8Array;
}

function orderOf(values: readonly number[]): Order {
  const owners = Int32Array.from(values.keys()).sort((left, right) => values[left]! - values[right]!);
  const ties = Uint8Array.from(owners, (owner, at) =>
    at + 1 < owners.length && values[owner] === values[owners[at + 1]!] ? 1 : 0,
  );
  return { owners, ties };
}

/** Ranks from 1 of values that count so often, equal ones at their mean; written to `ranks`. */
function rankWeighted({ owners, ties }: Order, weightOf: (owner: number) => number, ranks: Float64Array): void {
  let before = 0;
  for (let start = 0; start < owners.length;) {
    let [end, weight] = [start, 0];
    do weight += weightOf(owners[end]!);
    while (ties[end++] === 1);
    for (let at = start; at < end; at++) ranks[owners[at]!] = before + (weight + 1) / 2;
    before += weight;
    start = end;
  }
}

/** Pearson's correlation of ranks; NaN where one of them never varies. */
function correlate(left: ArrayLike<number>, right: ArrayLike<number>, weightOf: (at: number) => number): number {
  let [total, sumLeft, sumRight, squaresLeft, squaresRight, products] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < left.length; at++) {
    const weight = weightOf(at);
    if (weight === 0) continue;
    const [x, y] = [left[at]!, right[at]!];
    total += weight;
    sumLeft += weight * x;
    sumRight += weight * y;
    squaresLeft += weight * x * x;
    squaresRight += weight * y * y;
    products += weight * x * y;
  }
  const covariance = products - (sumLeft * sumRight) / total;
  const spread = (squaresLeft - sumLeft ** 2 / total) * (squaresRight - sumRight ** 2 / total);
  return spread > 0 ? covariance / Math.sqrt(spread) : Number.NaN;
}

/**
 * What a sample changes the correlation by whose rank is another one: the mean over all changes, each as often as its square is large,
 * for one that goes far moves all between by one. Many small changes vary little; a few samples that went anywhere are as few as they are. Null where no rank changes.
 */
function typicalShift([before, after]: readonly [Float64Array, Float64Array], targets: Float64Array): number | null {
  const count = targets.length;
  const middle = (count + 1) / 2;
  // Of ranks without ties.
  const variance = (count ** 2 - 1) / 12;
  let [squares, cubes] = [0, 0];
  for (let at = 0; at < count; at++) {
    const shift = Math.abs((after[at]! - before[at]!) * (targets[at]! - middle)) / (variance * count);
    squares += shift ** 2;
    cubes += shift ** 3;
  }
  return squares === 0 ? null : cubes / squares;
}

/**
 * Spearman's correlation of both models with the targets, as `scipy.stats.spearmanr` has it.
 * @returns null where there are too few, or one of them never varies.
 */
export function compareRanks(ranked: readonly Ranked[], name: MetricName = rankCorrelation): MetricRow | null {
  const count = ranked.length;
  // Both models' values in one order: swapping models mixes them.
  const values = orderOf([...ranked.map(({ before }) => before), ...ranked.map(({ after }) => after)]);
  const targets = orderOf(ranked.map(({ target }) => target));
  const [valueRanks, targetRanks] = [new Float64Array(2 * count), new Float64Array(count)];
  const twice = new Float64Array(2 * count);
  const figureOf = (model: 0 | 1, weights: Weights): number => {
    // Of the first half are the original's values.
    const weightOf = (owner: number): number => {
      const [own, other] = weights(owner % count);
      return (owner < count ? 0 : 1) === model ? own : other;
    };
    rankWeighted(values, weightOf, valueRanks);
    rankWeighted(targets, (owner) => weightOf(owner) + weightOf(owner + count), targetRanks);
    for (let at = 0; at < twice.length; at++) twice[at] = targetRanks[at % count]!;
    return correlate(valueRanks, twice, weightOf);
  };
  rankWeighted(targets, () => 1, targetRanks);
  const [own, other] = (['before', 'after'] as const).map((one) => {
    const ranks = new Float64Array(count);
    rankWeighted(orderOf(ranked.map((item) => item[one])), () => 1, ranks);
    return ranks;
  }) as [Float64Array, Float64Array];
  const [mine, theirs] = [own, other].map((ranks) =>
    Array.from(ranks, (rank, at) => Math.abs(rank - targetRanks[at]!)),
  ) as [number[], number[]];
  const flip = typicalShift([own, other], targetRanks);
  return compareByResampling(name, {
    count,
    ...(flip === null ? {} : { flip }),
    betterBefore: mine.filter((off, at) => off < theirs[at]!).length,
    betterAfter: mine.filter((off, at) => off > theirs[at]!).length,
    range: [-1, 1],
    steps: 12 * count,
    evaluate: (weights) => [figureOf(0, weights), figureOf(1, weights)],
  });
}
