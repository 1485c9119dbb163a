import { mean } from './statistics.ts';

/*
 * How far the largest of values not seen yet will reach, from the largest of those that were.
 */

/** Fewer values than this tell their spread, but not the form of their tail. */
const fewestForShape = 10;
/** Longer tails than this are chance with few values. */
const longestTail = -0.3;
const eulerMascheroni = 0.5772156649015329;

/** First three L-moments of ascending values, without bias (Hosking 1990, "L-moments", equation 2.6 on). */
function linearMoments(ascending: Float64Array): [first: number, second: number, third: number] {
  const count = ascending.length;
  let once = 0;
  let twice = 0;
  ascending.forEach((value, rank) => {
    once += (value * rank) / (count - 1);
    if (count > 2) twice += (value * rank * (rank - 1)) / ((count - 1) * (count - 2));
  });
  const first = mean(ascending);
  return [first, (2 * once) / count - first, (6 * (twice - once)) / count + first];
}

/** Gamma between 0.5 and 1.5, to 2e-10: Lanczos' series as in Numerical Recipes, section 6.1. */
function gamma(value: number): number {
  const coefficients = [
    76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 1.208650973866179e-3,
    -5.395239384953e-6,
  ];
  const series = coefficients.reduce((sum, coefficient, index) => sum + coefficient / (value + index + 1), 1.000000000190015); // prettier-ignore
  const base = value + 5.5;
  return (Math.sqrt(2 * Math.PI) * series * base ** (value + 0.5) * Math.exp(-base)) / value;
}

/**
 * The level that a further value exceeds with probability `share`: the quantile of the generalized extreme value distribution
 * fitted by L-moments (Hosking, Wallis and Wood 1985, "Estimation of the generalized extreme-value distribution by the method of
 * probability-weighted moments", Technometrics 27:251-261). The tail is never taken for shorter than that of Gumbel's distribution,
 * of which a few dozen values cannot assure, nor for longer below ten values.
 * @param values two or more, in any order.
 * @param share 0-1, both excluded.
 */
export function exceededBy(values: readonly number[], share: number): number {
  const [location, spread, skew] = linearMoments(Float64Array.from(values).sort());
  if (!(spread > 0)) return location;
  const reduced = -Math.log1p(-share);
  const ratio = 2 / (3 + skew / spread) - Math.LN2 / Math.log(3);
  const fitted = 7.859 * ratio + 2.9554 * ratio ** 2;
  const shape = values.length < fewestForShape ? 0 : Math.max(longestTail, Math.min(0, fitted));
  if (Math.abs(shape) < 1e-4) {
    const scale = spread / Math.LN2;
    return location - eulerMascheroni * scale - scale * Math.log(reduced);
  }
  const factor = gamma(1 + shape);
  const scale = (spread * shape) / ((1 - 2 ** -shape) * factor);
  return location + (scale * (factor - reduced ** shape)) / shape;
}
