import type { Interval95 } from './metric-row.ts';

/** Two-sided 95 % point of the standard normal distribution. */
const z95 = 1.959963984540054;

/**
 * 95 % score interval of a share (Wilson 1927): unlike p ± 1.96 se it keeps its coverage near 0 and 1, where accuracies
 * live, and never leaves [0, 1]. [0, 1] when nothing was counted.
 */
export function wilsonInterval(successes: number, count: number): Interval95 {
  if (count === 0) return [0, 1];
  const share = successes / count;
  const denominator = 1 + (z95 * z95) / count;
  const centre = (share + (z95 * z95) / (2 * count)) / denominator;
  const half = (z95 / denominator) * Math.sqrt((share * (1 - share)) / count + (z95 * z95) / (4 * count * count));
  return [successes === 0 ? 0 : Math.max(0, centre - half), successes === count ? 1 : Math.min(1, centre + half)];
}
