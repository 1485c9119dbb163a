/**
 * A streaming histogram of float values with bounded memory. The bin width is a power of two and doubles whenever a value
 * falls outside, by merging neighbouring bins, so the result does not depend on the order of the samples and nothing has
 * to be known about the range beforehand. Zero is a bin edge. Between `bins / 2` and `bins` bins cover [0, max |x|].
 */
export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly nanCount: number;
  readonly infinityCount: number;
  readonly binWidth: number;
  /** Counts over [-bins * width, bins * width), 2 * bins entries; zero is the edge at index `bins`. */
  readonly counts: Float64Array;
}

export const histogramBins = 4096;

export class StreamingHistogram implements Histogram {
  min = Infinity;
  max = -Infinity;
  count = 0;
  nanCount = 0;
  infinityCount = 0;
  binWidth = 0;
  counts = new Float64Array(2 * histogramBins);

  /** Adds every element. NaN and infinities are counted apart and never enter a bin. */
  add(data: Float32Array | Float64Array): void {
    let min = Infinity;
    let max = -Infinity;
    let sum = 0;
    for (let index = 0; index < data.length; index++) {
      const value = data[index]!;
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
    }
    // One check a tensor instead of one an element: any NaN or infinity makes the sum non-finite.
    const finite = Number.isFinite(sum) ? data : this.keepFinite(data);
    if (finite !== data) {
      min = Infinity;
      max = -Infinity;
      for (const value of finite) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
    }
    if (finite.length === 0) return;
    this.min = Math.min(this.min, min);
    this.max = Math.max(this.max, max);
    this.count += finite.length;
    this.widen(Math.max(Math.abs(min), Math.abs(max)));
    const counts = this.counts;
    const inverseWidth = 1 / this.binWidth;
    for (let index = 0; index < finite.length; index++) {
      // Truncation is floor here, because the sum is never negative.
      const bin = (finite[index]! * inverseWidth + histogramBins) | 0;
      counts[bin] = counts[bin]! + 1;
    }
  }

  private keepFinite(data: Float32Array | Float64Array): Float64Array {
    const kept: number[] = [];
    for (const value of data) {
      if (Number.isNaN(value)) this.nanCount++;
      else if (Number.isFinite(value)) kept.push(value);
      else this.infinityCount++;
    }
    return Float64Array.from(kept);
  }

  /** Doubles the bin width until |x| = `magnitude` falls inside. */
  private widen(magnitude: number): void {
    if (this.binWidth === 0) {
      if (magnitude === 0) magnitude = 2 ** -100;
      this.binWidth = 2 ** (Math.floor(Math.log2(magnitude)) + 1) / histogramBins;
    }
    while (magnitude >= this.binWidth * histogramBins) {
      const merged = new Float64Array(2 * histogramBins);
      for (let bin = 0; bin < 2 * histogramBins; bin++) {
        const target = ((bin - histogramBins) >> 1) + histogramBins;
        merged[target] = merged[target]! + this.counts[bin]!;
      }
      this.counts = merged;
      this.binWidth *= 2;
    }
  }
}

/** Counts of |x| in bins of the histogram's width, from 0 up to the last bin in use. */
export function foldMagnitudes(histogram: Histogram): Float64Array<ArrayBuffer> {
  const magnitude = Math.max(Math.abs(histogram.min), Math.abs(histogram.max));
  // A magnitude on an edge (1, 6, 255) lies in the bin above it.
  const used = Math.min(histogramBins, Math.floor(magnitude / histogram.binWidth) + 1);
  const folded = new Float64Array(used);
  for (let bin = 0; bin < used; bin++) {
    folded[bin] = histogram.counts[histogramBins + bin]! + histogram.counts[histogramBins - 1 - bin]!;
  }
  return folded;
}

/** Re-bins to `bins` equal bins over [min, max], for drawing. Counts keep their sum up to rounding. */
export function summarizeHistogram(histogram: Histogram, bins: number): number[] {
  const span = histogram.max - histogram.min;
  if (histogram.count === 0 || !(span > 0)) return histogram.count === 0 ? [] : [histogram.count];
  const result = new Array<number>(bins).fill(0);
  histogram.counts.forEach((count, bin) => {
    if (count === 0) return;
    const centre = (bin - histogramBins + 0.5) * histogram.binWidth;
    const target = Math.min(bins - 1, Math.max(0, Math.floor(((centre - histogram.min) / span) * bins)));
    result[target] = result[target]! + count;
  });
  return result;
}
