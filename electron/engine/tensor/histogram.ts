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
    let index = this.binWithin(data, 0);
    while (index < data.length) index = this.binWithin(data, this.admit(data[index]!) ? index : index + 1);
  }

  /**
   * Bins values from `start` on as long as they lie within the extremes seen so far: one pass over the data, for new
   * extremes are rare. Alone in a method so that nothing changes in its loop, which takes four times as long otherwise.
   * @returns the index of the first value outside (NaN is), or the data's length.
   */
  private binWithin(data: Float32Array | Float64Array, start: number): number {
    const { min, max, counts } = this;
    const inverseWidth = 1 / this.binWidth;
    let index = start;
    for (; index < data.length; index++) {
      const value = data[index]!;
      if (value >= min && value <= max) {
        // Truncation is floor here, because the sum is never negative.
        const bin = (value * inverseWidth + histogramBins) | 0;
        counts[bin] = counts[bin]! + 1;
      } else break;
    }
    this.count += index - start;
    return index;
  }

  /** Makes room for a value outside the extremes. @returns false, having counted it apart, if it can enter no bin. */
  private admit(value: number): boolean {
    if (Number.isNaN(value)) this.nanCount++;
    else if (!Number.isFinite(value)) this.infinityCount++;
    else {
      this.min = Math.min(this.min, value);
      this.max = Math.max(this.max, value);
      this.widen(Math.abs(value));
      return true;
    }
    return false;
  }

  /** Doubles the bin width until |x| = `magnitude` falls inside. */
  private widen(magnitude: number): void {
    const least = 2 ** (Math.floor(Math.log2(magnitude === 0 ? 2 ** -100 : magnitude)) + 1) / histogramBins;
    let width = this.binWidth === 0 ? least : this.binWidth;
    while (magnitude >= width * histogramBins) width *= 2;
    if (width === this.binWidth) return;
    // Shifting by more than 31 would start from 0 again.
    const doublings = Math.min(Math.log2(width / this.binWidth), 31);
    const merged = new Float64Array(2 * histogramBins);
    for (let bin = 0; bin < 2 * histogramBins; bin++) {
      const target = ((bin - histogramBins) >> doublings) + histogramBins;
      merged[target] = merged[target]! + this.counts[bin]!;
    }
    this.counts = merged;
    this.binWidth = width;
  }
}

/** Share of the values beyond [low, high], to a bin's width. */
export function shareOutside(histogram: Histogram, low: number, high: number): number {
  if (histogram.count === 0) return 0;
  let outside = 0;
  histogram.counts.forEach((count, bin) => {
    const centre = (bin - histogramBins + 0.5) * histogram.binWidth;
    if (centre < low || centre > high) outside += count;
  });
  return outside / histogram.count;
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
