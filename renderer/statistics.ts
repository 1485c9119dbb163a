/** The value below which `share` of the sorted values lie. */
export function quantile(sorted: readonly number[], share: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * share;
  const low = sorted[Math.floor(at)]!;
  const high = sorted[Math.ceil(at)]!;
  return low + (high - low) * (at - Math.floor(at));
}

export interface DistributionPoint {
  /** Middle of the bin. */
  readonly x: number;
  /** Share of all samples, 0–1. */
  readonly y: number;
}

export interface Distributions {
  readonly low: number;
  readonly high: number;
  readonly binWidth: number;
  readonly curves: readonly (readonly DistributionPoint[])[];
}

const tailSpreads = 10;

/**
 * Histograms of several sets of samples over the same equal bins. The axis leaves out the long tail of every set
 * (beyond its 95th percentile or ten interquartile ranges above its median), so that hiccups of the machine do not squeeze
 * everything else; shares stay shares of all samples.
 */
export function distributionsOf(sets: readonly (readonly number[])[], bins = 80): Distributions {
  const sorted = sets.filter((set) => set.length > 0).map((set) => Float64Array.from(set).sort());
  if (sorted.length === 0) return { low: 0, high: 1, binWidth: 1 / bins, curves: sets.map(() => []) };
  const ranges = sorted.map((set) => {
    const values = [...set];
    const spread = quantile(values, 0.75) - quantile(values, 0.25);
    return { low: values[0]!, high: Math.min(quantile(values, 0.95), quantile(values, 0.5) + tailSpreads * spread) };
  });
  const lowest = Math.min(...ranges.map((range) => range.low));
  const highest = Math.max(...ranges.map((range) => range.high));
  const margin = Math.max((highest - lowest) * 0.08, highest * 1e-6);
  const low = Math.max(0, lowest - margin);
  const high = highest + margin;
  const binWidth = (high - low) / bins;
  const curves = sets.map((set) => {
    const counts = new Array<number>(bins).fill(0);
    for (const value of set) {
      const bin = Math.floor((value - low) / binWidth);
      if (bin >= 0 && bin < bins) counts[bin]! += 1;
    }
    return counts.map((count, bin) => ({
      x: low + (bin + 0.5) * binWidth,
      y: set.length === 0 ? 0 : count / set.length,
    }));
  });
  return { low, high, binWidth, curves };
}
