import type { CalibrationMethod } from '../../../shared/recipe.ts';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { foldMagnitudes, histogramBins, type Histogram } from '../tensor/histogram.ts';
import { asymmetricParameters } from '../tensor/quantization.ts';
import type { Ends } from '../2-plan/deciding-tensors.ts';
import { chooseDecidingRange } from './deciding-range.ts';
import type { TensorStatistics } from './observe.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface RangeOptions {
  readonly method: CalibrationMethod;
  /** For `percentile`, in percent: 99.99 keeps all but 0.01 % of the values. */
  readonly percentile: number;
  readonly symmetric: boolean;
  /** Of a tensor that decides, where its values end: it gets a range of its own kind, whatever the method. */
  readonly deciding?: Ends | undefined;
}

/** True when the method needs the distribution, not just the extremes. */
export function needsHistogram(method: CalibrationMethod): boolean {
  return method !== 'minmax';
}

const binLow = (histogram: Histogram, bin: number): number => (bin - histogramBins) * histogram.binWidth;

/** Cuts half of the outside share at either end; a one-sided tensor (after ReLU) is cut at its only tail. */
function percentileRange(statistics: TensorStatistics, histogram: Histogram, percentile: number): Range {
  const outside = ((100 - percentile) / 100) * histogram.count;
  const oneSided = statistics.min >= 0 || statistics.max <= 0;
  const cut = oneSided ? outside : outside / 2;
  let low = statistics.min;
  let high = statistics.max;
  if (statistics.min < 0) {
    let seen = 0;
    for (let bin = 0; bin < histogram.counts.length; bin++) {
      const count = histogram.counts[bin]!;
      if (seen + count > cut) {
        low = binLow(histogram, bin) + (count === 0 ? 0 : ((cut - seen) / count) * histogram.binWidth);
        break;
      }
      seen += count;
    }
  }
  if (statistics.max > 0) {
    let seen = 0;
    for (let bin = histogram.counts.length - 1; bin >= 0; bin--) {
      const count = histogram.counts[bin]!;
      if (seen + count > cut) {
        high = binLow(histogram, bin + 1) - (count === 0 ? 0 : ((cut - seen) / count) * histogram.binWidth);
        break;
      }
      seen += count;
    }
  }
  return { low: Math.max(low, statistics.min), high: Math.min(high, statistics.max) };
}

/** Least density of Q, as a share of all mass: keeps the divergence finite where P holds nothing but clipped values. */
const leastShare = 1e-9;

/**
 * KL divergence of the clipped distribution P from Q, its quantization to `levels` levels; both over the bins below `end`.
 * Szymon Migacz, "8-bit inference with TensorRT" (2017): outliers are added to the last bin of P, Q spreads each level's
 * mass evenly over its non-empty bins. Two things differ, for tensors on which the original clips nearly all:
 *
 * Q lacks the outliers and is not scaled up for it. Where all values lie far from zero (a Sigmoid's, around 0.5), a threshold
 * just above the least of them leaves everything in one bin of P and, scaled, in the same bin of Q: a perfect match. The
 * divergence of unnormalized measures, sum p ln(p/q) - p + q, charges for the mass that is gone.
 *
 * What counts scatter by is not taken for shape. Of F counts drawn from one flat level the divergence expects (F - 1)/2 values
 * (G. A. Miller, "Note on the bias of information estimates", 1955), and none where each is 1; with few samples this
 * outweighs everything else, and small thresholds, with fewer bins to a level, would win by it.
 */
function divergence(bins: Float64Array, end: number, outliers: number, levels: number): number {
  let inside = 0;
  for (let bin = 0; bin < end; bin++) inside += bins[bin]!;
  const total = inside + outliers;
  let result = inside - total;
  for (let level = 0; level < levels; level++) {
    const start = Math.floor((level * end) / levels);
    const stop = level === levels - 1 ? end : Math.floor(((level + 1) * end) / levels);
    let mass = 0;
    let filled = 0;
    for (let bin = start; bin < stop; bin++) {
      mass += bins[bin]!;
      if (bins[bin]! > 0 || (bin === end - 1 && outliers > 0)) filled++;
    }
    if (filled === 0) continue;
    const spread = Math.max(mass / filled, leastShare * total);
    for (let bin = start; bin < stop; bin++) {
      const count = bins[bin]! + (bin === end - 1 ? outliers : 0);
      if (count > 0) result += count * Math.log(count / spread);
    }
    if (mass > filled) result -= ((filled - 1) / 2) * (1 - filled / mass);
  }
  // Less than chance leaves is no better than what chance leaves: of such thresholds the search takes the smallest.
  return Math.max(0, result / total);
}

/** Between half and all of these cover the magnitudes: enough that the threshold search is no disguised MinMax. */
const entropyBins = 2048;

function mergePairs(bins: Float64Array): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(Math.ceil(bins.length / 2));
  bins.forEach((count, bin) => (merged[bin >> 1] = merged[bin >> 1]! + count));
  return merged;
}

/** The magnitude threshold with the least KL divergence, tried at every bin edge from `levels` on. */
function entropyRange(statistics: TensorStatistics, histogram: Histogram): Range {
  const oneSided = statistics.min >= 0 || statistics.max <= 0;
  const levels = oneSided ? 256 : 128;
  let bins = foldMagnitudes(histogram);
  let width = histogram.binWidth;
  if (bins.length > entropyBins) {
    bins = mergePairs(bins);
    width *= 2;
  }
  if (bins.length <= levels) return { low: statistics.min, high: statistics.max };
  // A spike at zero (ReLU) is represented exactly at any threshold; it must not drown the rest.
  bins[0] = Math.min(bins[0]!, bins[1]!);
  const tail = new Float64Array(bins.length + 1);
  for (let bin = bins.length - 1; bin >= 0; bin--) tail[bin] = tail[bin + 1]! + bins[bin]!;
  let best = Infinity;
  let bestEnd = bins.length;
  for (let end = levels; end <= bins.length; end++) {
    const value = divergence(bins, end, tail[end]!, levels);
    if (value < best) {
      best = value;
      bestEnd = end;
    }
  }
  const threshold = bestEnd * width;
  return { low: Math.max(statistics.min, -threshold), high: Math.min(statistics.max, threshold) };
}

/** Mean squared error of quantizing the histogram's values (bin centres) into 256 levels over [low, high]. */
function quantizationError(histogram: Histogram, used: readonly number[], low: number, high: number): number {
  const { scale, zeroPoint } = asymmetricParameters(low, high);
  const inverse = 1 / scale;
  // Within a bin that is narrower than a step the centre stands for all; uniform rounding noise adds the same everywhere.
  let error = 0;
  for (const bin of used) {
    const value = (bin - histogramBins + 0.5) * histogram.binWidth;
    let quantized = Math.round(value * inverse) + zeroPoint;
    if (quantized < 0) quantized = 0;
    else if (quantized > 255) quantized = 255;
    const difference = value - (quantized - zeroPoint) * scale;
    error += histogram.counts[bin]! * difference * difference;
  }
  return error;
}

/** The range of least mean squared error: both ends shrunk in turn over a grid (coordinate descent, two rounds). */
function meanSquaredErrorRange(statistics: TensorStatistics, histogram: Histogram): Range {
  const used: number[] = [];
  // The zero bin is represented exactly; leaving it out keeps ReLU's spike from costing time and meaning nothing.
  histogram.counts.forEach((count, bin) => {
    if (count > 0 && !(bin === histogramBins && statistics.min >= 0)) used.push(bin);
  });
  const steps = 80;
  let low = Math.min(statistics.min, 0);
  let high = Math.max(statistics.max, 0);
  for (let round = 0; round < 2; round++) {
    let best = Infinity;
    let bestHigh = high;
    if (statistics.max > 0) {
      for (let step = 0; step < steps; step++) {
        const candidate = statistics.max * (1 - step / (steps + 8));
        const error = quantizationError(histogram, used, low, candidate);
        if (error < best) [best, bestHigh] = [error, candidate];
      }
      high = bestHigh;
    }
    if (statistics.min >= 0) break;
    best = Infinity;
    let bestLow = low;
    for (let step = 0; step < steps; step++) {
      const candidate = statistics.min * (1 - step / (steps + 8));
      const error = quantizationError(histogram, used, candidate, high);
      if (error < best) [best, bestLow] = [error, candidate];
    }
    low = bestLow;
  }
  return { low, high };
}

/**
 * The range one tensor will be quantized over.
 * @throws AppError `calibration-failed` when the tensor was never observed.
 */
export function chooseRange(tensor: string, statistics: TensorStatistics, options: RangeOptions): Range {
  if (statistics.count === 0 || !(statistics.min <= statistics.max)) {
    throw new AppError('calibration-failed', tell('calibrationSawNothing', { name: tensor }));
  }
  const { deciding } = options;
  const range =
    deciding === undefined ? chooseAsymmetricRange(statistics, options) : rangeThatDecides(statistics, deciding);
  if (!options.symmetric) return range;
  const magnitude = Math.max(Math.abs(range.low), Math.abs(range.high));
  return { low: -magnitude, high: magnitude };
}

function rangeThatDecides({ samples, min, max }: TensorStatistics, ends: Ends): Range {
  return samples === null || samples.highs.length === 0 ? { low: min, high: max } : chooseDecidingRange(samples, ends);
}

function chooseAsymmetricRange(statistics: TensorStatistics, options: RangeOptions): Range {
  const { histogram, min, max } = statistics;
  if (histogram === null || min === max) return { low: min, high: max };
  switch (options.method) {
    case 'minmax':
      return { low: min, high: max };
    case 'percentile':
      return percentileRange(statistics, histogram, options.percentile);
    case 'entropy':
      return entropyRange(statistics, histogram);
    case 'mse':
      return meanSquaredErrorRange(statistics, histogram);
  }
}
