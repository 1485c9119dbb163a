import type { Interval95, MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { createRandom } from '../tensor/random.ts';
import { bootstrapInterval, mean, normalBelow, quantileOfSorted } from '../tensor/statistics.ts';

/*
 * What chance makes of a figure of two models on the same samples, whatever the figure is: intervals come from drawing samples anew,
 * both models' together; the test from swapping the two models at random, sample by sample.
 */

/** Steps that all draws together may take: they get fewer where one takes many. */
const mostSteps = 40e6;
const [fewestDraws, mostDraws] = [200, 2000];
/** Below this many samples nobody knows how the figure varies. */
const fewestSamples = 3;

/**
 * Where to cut the distribution of draws: a little further out than 2.5 %, as few samples vary less than what they are drawn from
 * (Hesterberg 2015, "expanded percentile").
 */
function tailOf(count: number): number {
  const z = 1.959963984540054;
  const degrees = count - 1;
  // Cornish and Fisher's expansion of Student's quantile.
  const t = z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
  return normalBelow(-Math.sqrt(count / degrees) * t);
}

function intervalOf(draws: Float64Array, count: number): Interval95 | null {
  const known = draws.filter((value) => Number.isFinite(value)).sort();
  if (known.length < draws.length / 2) return null;
  const tail = tailOf(count);
  return [quantileOfSorted(known, tail), quantileOfSorted(known, 1 - tail)];
}

/** Fewer are as good as none, and Student's quantile is no guide to them. */
const fewestDiffering = 5;

/** Of the normal distribution, for 95 %. */
const z95 = 1.959963984540054;

/**
 * Where each sample is right or wrong as a whole: all differences that the measured one is no more than 1.96 standard deviations from. What
 * a difference varies by grows with it (Wilson 1927): one of d needs d / flip samples at least that differ, each adding flip^2 to the
 * variance. So the interval reaches far where few samples differ, and none that were not drawn are taken for none that are; where many do, it is that of
 * the variance of the draws, to which a quarter of a sample is added for its steps.
 */
function scoreInterval(difference: number, differences: Float64Array, flip: number): Interval95 {
  const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / differences.length + flip ** 2 / 4;
  const q = z95 ** 2 * flip;
  /** How far it reaches to one side, by a difference that is positive on it: the larger root of (x - d)^2 = q x (1 - x). */
  const reach = (towards: number): number => {
    const plain = towards + z95 * Math.sqrt(variance);
    const middle = 2 * towards + q;
    const root = middle ** 2 - 4 * (1 + q) * towards ** 2;
    return root < 0 ? plain : Math.max(plain, (middle + Math.sqrt(root)) / (2 * (1 + q)));
  };
  return [-reach(-difference), reach(difference)];
}

/** Sums in another order differ in their last digits. */
const isNothing = (difference: number): boolean => Math.abs(difference) < 1e-12;

/**
 * What is left open where no sample differs: as many as Wilson's interval of none has may do so, each by all of what it counts. That is
 * the range of the figure; of one without, 1.96 standard deviations of what samples add to the original's.
 */
function openInterval(
  { unit }: MetricName,
  figure: ResampledFigure,
  [before, original]: readonly [number, Interval95 | null],
) {
  const { count, range } = figure;
  const [, open] = wilsonInterval(0, count);
  if (range !== undefined) {
    const most = open * (range[1] - range[0]);
    return [-Math.min(most, before - range[0]), Math.min(most, range[1] - before)] as const;
  }
  const each = unit === 'share' ? 1 : original === null ? 0 : (Math.sqrt(count) * (original[1] - original[0])) / 2;
  return [-open * each, open * each] as const;
}

/**
 * A difference varies by the samples on which the models differ: those alone are few or many, however many there are besides. Where none
 * does, others may.
 */
function differenceInterval(
  name: MetricName,
  { before, after }: { readonly before: Float64Array; readonly after: Float64Array },
  figure: ResampledFigure,
  [own, difference]: readonly [before: number, difference: number],
): Interval95 | null {
  const { count, differing = count, flip } = figure;
  const differences = after.map((value, draw) => value - before[draw]!).filter((one) => Number.isFinite(one));
  if (differences.length < before.length / 2) return null;
  if (flip === undefined && differences.every(isNothing))
    return [...openInterval(name, figure, [own, intervalOf(before, count)])];
  if (flip !== undefined) return scoreInterval(difference, differences, flip);
  return intervalOf(differences, Math.max(fewestDiffering, differing));
}

/** Of one model; where no draw differs from another, as many samples as Wilson's interval of none has may be the worst or the best there are. */
function sideInterval({ unit }: MetricName, draws: Float64Array, { count, range }: ResampledFigure): Interval95 | null {
  const [least, most] = range ?? (unit === 'share' ? [0, 1] : [Number.NaN, Number.NaN]);
  const interval = intervalOf(draws, count);
  if (Number.isNaN(least) || interval === null || !isNothing(interval[1] - interval[0])) return interval;
  return withOpenSamples(interval[0], count, [least, most]);
}

/** Where a mean may lie of which all samples drawn say the same: others may be the least or the most there are. */
export function withOpenSamples(value: number, count: number, [least, most]: Interval95): Interval95 {
  const [, open] = wilsonInterval(0, count);
  const below = value - open * (value - least);
  return [Math.min(value, below), Math.max(value, value + open * (most - value))];
}

/**
 * Where a mean of values lies that are between `least` and `most`, by drawing samples anew; where all of them say the same, as
 * `withOpenSamples` has it.
 */
export function meanInterval(values: readonly number[], [least, most]: Interval95 = [0, 1]): Interval95 {
  const areAlike = values.every((value) => isNothing(value - values[0]!));
  return areAlike ? withOpenSamples(values[0]!, values.length, [least, most]) : bootstrapInterval(values, mean);
}

/** How often each sample counts: with the answer of the model that the figure is of, and with that of the other model. */
export type Weights = (sample: number) => readonly [own: number, other: number];

export interface ResampledFigure {
  readonly count: number;
  /** Samples that the models answer so that they count otherwise; all of them where nobody knows. */
  readonly differing?: number;
  /** What a sample changes the figure by that is answered otherwise, where each is right or wrong as a whole. */
  readonly flip?: number;
  /** Between what each sample counts, where that is bounded; shares need not say so. */
  readonly range?: Interval95;
  /** Samples on which only that model did better. */
  readonly betterBefore: number;
  readonly betterAfter: number;
  /** Steps that one evaluation takes. */
  readonly steps: number;
  /** The figure of both models by these weights; for the compressed model the answers are swapped. NaN where there is none. */
  readonly evaluate: (weights: Weights) => readonly [before: number, after: number];
}

/**
 * The figure of both models, with percentile bootstrap intervals (95 %, seeded) and the paired approximate randomization test (Noreen
 * 1989): in what share of random swaps of the two models is their difference at least as large?
 * @returns null where there are too few samples, or one of the models has no such figure.
 */
export function compareByResampling(name: MetricName, figure: ResampledFigure): MetricRow | null {
  const { count, betterBefore, betterAfter, evaluate } = figure;
  if (count < fewestSamples) return null;
  const [before, after] = evaluate(() => [1, 0]);
  if (!Number.isFinite(before) || !Number.isFinite(after)) return null;
  const difference = after - before;
  const drawCount = Math.max(fewestDraws, Math.min(mostDraws, Math.floor(mostSteps / Math.max(count, figure.steps))));
  const random = createRandom(0);
  const draws = { before: new Float64Array(drawCount), after: new Float64Array(drawCount) };
  const times = new Float64Array(count);
  let asLarge = 0;
  for (let draw = 0; draw < drawCount; draw++) {
    times.fill(0);
    for (let drawn = 0; drawn < count; drawn++) {
      const sample = Math.floor(random() * count);
      times[sample] = times[sample]! + 1;
    }
    [draws.before[draw], draws.after[draw]] = evaluate((sample) => [times[sample]!, 0]) as [number, number];
    for (let sample = 0; sample < count; sample++) times[sample] = random() < 0.5 ? 1 : 0;
    const swapped = evaluate((sample) => [times[sample]!, 1 - times[sample]!]);
    // Sums in another order differ in their last digits.
    if (!(Math.abs(swapped[1] - swapped[0]) < Math.abs(difference) * (1 - 1e-9))) asLarge++;
  }
  return {
    ...name,
    before,
    after,
    beforeCi95: sideInterval(name, draws.before, figure),
    afterCi95: sideInterval(name, draws.after, figure),
    difference,
    ci95: differenceInterval(name, draws, figure, [before, difference]),
    test: { name: 'paired randomization', pValue: (asLarge + 1) / (drawCount + 1), betterBefore, betterAfter },
    count,
    classes: [],
  };
}
