import type { Latency } from './run.ts';

/** Times and a ratio in one sentence may differ by this share: rounding, and the drift that pairs cancel. */
const tolerance = 0.03;

/** Two times, and whether they are the medians themselves. */
export interface PairedTimes {
  readonly firstMs: number;
  readonly secondMs: number;
  /** True where other programs swayed one median more than the other, so that both were evened out. */
  readonly isEvened: boolean;
}

/**
 * Times that agree with the ratio printed beside them. The ratio is the median of interleaved pairs and the medians are those
 * of all runs, so on a busy machine they can contradict each other: 7.34 and 5.96 ms beside 1.60x. Then both times are moved by
 * the same factor until they are as far apart as the pairs say; their geometric mean stays.
 * @param firstMs median of what the ratio is measured against.
 * @param secondMs median of the other model.
 * @param ratio first / second in pairs.
 */
export function pairTimes(firstMs: number, secondMs: number, ratio: number): PairedTimes {
  const own = firstMs / secondMs;
  const sameDirection = (own - 1) * (ratio - 1) >= 0 || ratio.toFixed(2) === '1.00';
  if (!(own > 0) || !(ratio > 0) || (sameDirection && Math.abs(own / ratio - 1) <= tolerance)) {
    return { firstMs, secondMs, isEvened: false };
  }
  const middle = Math.sqrt(firstMs * secondMs);
  return { firstMs: middle * Math.sqrt(ratio), secondMs: middle / Math.sqrt(ratio), isEvened: true };
}

/** Whether a ratio may be called none beside times that go with it. */
export function isAboutOne(ratio: number): boolean {
  return Math.abs(ratio - 1) <= tolerance;
}

/** The time of the float model as prepared that goes with those: null where it was not timed. */
export function preparedTimeOf(
  latency: Parameters<typeof timesOfSpeedup>[0] & Pick<Latency, 'prepared' | 'speedupParts'>,
): number | null {
  const { prepared, speedupParts } = latency;
  if (prepared === null || speedupParts === null) return null;
  const { ratio } = speedupParts.folding;
  const { firstMs, isEvened } = timesOfSpeedup(latency);
  const own = pairTimes(latency.before.medianMs, prepared.medianMs, ratio);
  return isEvened || own.isEvened ? firstMs / ratio : prepared.medianMs;
}

/** The times of a run that go with its speed-up. */
export function timesOfSpeedup(latency: {
  readonly before: { readonly medianMs: number };
  readonly after: { readonly medianMs: number };
  readonly speedup: { readonly ratio: number };
}): PairedTimes {
  return pairTimes(latency.before.medianMs, latency.after.medianMs, latency.speedup.ratio);
}
