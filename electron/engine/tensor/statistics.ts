import type { Interval95 } from '../../../shared/run.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { createRandom } from './random.ts';

export function mean(values: readonly number[] | Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * The quantile of ascending values by linear interpolation between order statistics: type 7 of Hyndman & Fan (1996), the
 * default of NumPy, R and Excel. NaN when there are no values.
 * @param probability 0–1.
 */
export function quantileOfSorted(ascending: readonly number[] | Float64Array, probability: number): number {
  if (ascending.length === 0) return Number.NaN;
  const position = (ascending.length - 1) * probability;
  const below = Math.floor(position);
  const low = ascending[below]!;
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** `quantileOfSorted` for values in any order; the input stays as it was. */
export function quantile(values: readonly number[] | Float64Array, probability: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

export function median(values: readonly number[] | Float64Array): number {
  return quantile(values, 0.5);
}

/**
 * 95 % percentile bootstrap interval (Efron & Tibshirani 1993, chapter 13) of a statistic of independent observations.
 * Seeded: the same values give the same interval everywhere.
 * @param statistic gets a scratch array it may reorder but must not keep.
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (sample: Float64Array) => number,
  options: { readonly seed?: number; readonly resamples?: number } = {},
): Interval95 {
  const random = createRandom(options.seed ?? 0);
  const estimates = new Float64Array(options.resamples ?? 2000);
  const sample = new Float64Array(values.length);
  for (let resample = 0; resample < estimates.length; resample++) {
    for (let i = 0; i < sample.length; i++) sample[i] = values[Math.floor(random() * values.length)]!;
    estimates[resample] = statistic(sample);
  }
  estimates.sort();
  return [quantileOfSorted(estimates, 0.025), quantileOfSorted(estimates, 0.975)];
}

/** How two raters did on the same samples. */
export interface PairedCounts {
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
}

/**
 * 95 % interval of share(second) - share(first) on the same samples: method 10 of Newcombe (1998), "Improved confidence
 * intervals for the difference between binomial proportions based on paired data", Statistics in Medicine 17:2635–2650.
 * Wilson limits of both shares, squared and added with their correlation. It keeps its coverage when few samples differ,
 * where the Wald interval shrinks to nothing. [-1, 1] when nothing was counted.
 */
export function pairedDifferenceInterval(counts: PairedCounts): Interval95 {
  const { both, onlyFirst, onlySecond, neither } = counts;
  const count = both + onlyFirst + onlySecond + neither;
  if (count === 0) return [-1, 1];
  const first = (both + onlyFirst) / count;
  const second = (both + onlySecond) / count;
  const [firstLow, firstHigh] = wilsonInterval(both + onlyFirst, count);
  const [secondLow, secondHigh] = wilsonInterval(both + onlySecond, count);
  const margins = (both + onlyFirst) * (onlySecond + neither) * (both + onlySecond) * (onlyFirst + neither);
  const association = both * neither - onlyFirst * onlySecond;
  const corrected = association > 0 ? Math.max(association - count / 2, 0) : association;
  const correlation = margins === 0 ? 0 : corrected / Math.sqrt(margins);
  const squareAndAdd = (a: number, b: number) => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  const difference = second - first;
  return [
    Math.max(-1, difference - squareAndAdd(second - secondLow, firstHigh - first)),
    Math.min(1, difference + squareAndAdd(first - firstLow, secondHigh - second)),
  ];
}

/** Share of a standard normal distribution below `z`; Abramowitz and Stegun (1964), 26.2.17, to 7.5e-8. */
export function normalBelow(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (series * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  return z >= 0 ? 1 - above : above;
}

/**
 * Exact two-sided McNemar test: could the samples only one of the two got right have fallen this unevenly by chance?
 * Binomial(onlyFirst + onlySecond, 1/2), doubled tail, at most 1. 1 when no sample differs.
 */
export function mcnemarExact(onlyFirst: number, onlySecond: number): number {
  const count = onlyFirst + onlySecond;
  const smaller = Math.min(onlyFirst, onlySecond);
  // Logarithms: 2^-count underflows beyond 1,074 differing samples.
  let logTerm = -count * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let i = 1; i <= smaller; i++) {
    logTerm += Math.log((count - i + 1) / i);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}

/** Running sums that give SQNR and cosine of two streams of values, whatever their length. */
export interface ErrorSums {
  add(reference: ArrayLike<number>, compared: ArrayLike<number>): void;
  /** 20*log10(norm(x) / norm(x-y)) in dB; null when nothing differs. Finite: see `sqnrLimitDb`. */
  sqnrDb(): number | null;
  /** Cosine of the angle between both streams taken as two long vectors; 1 when nothing differs, 0 when one is zero. */
  cosine(): number;
  readonly count: number;
}

/** SQNR is clamped to ± this many dB, so that a zero reference (minus infinity) still fits into a JSON document. */
const sqnrLimitDb = 400;

export function createErrorSums(): ErrorSums {
  let referenceSquares = 0;
  let comparedSquares = 0;
  let errorSquares = 0;
  let products = 0;
  let count = 0;
  return {
    add: (reference, compared) => {
      for (let i = 0; i < reference.length; i++) {
        const x = reference[i]!;
        const y = compared[i]!;
        referenceSquares += x * x;
        comparedSquares += y * y;
        errorSquares += (x - y) * (x - y);
        products += x * y;
      }
      count += reference.length;
    },
    sqnrDb: () => {
      if (errorSquares === 0) return null;
      const decibels = 10 * Math.log10(referenceSquares / errorSquares);
      return Math.max(-sqnrLimitDb, Math.min(sqnrLimitDb, decibels));
    },
    cosine: () => {
      // Identical streams: exactly 1, not what rounding makes of it.
      if (errorSquares === 0) return 1;
      if (referenceSquares === 0 || comparedSquares === 0) return 0;
      return Math.max(-1, Math.min(1, products / (Math.sqrt(referenceSquares) * Math.sqrt(comparedSquares))));
    },
    get count() {
      return count;
    },
  };
}
