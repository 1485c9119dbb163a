/** 97.5 % quantiles of Student's t, from one degree of freedom on. */
const few = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/**
 * The 97.5 % quantile of Student's t: a mean of n values is within so many standard errors (n - 1 degrees) in 95 of 100 cases. Beyond ten
 * degrees by the expansion about the normal distribution (Abramowitz and Stegun 26.7.5), to four digits.
 */
export function studentQuantile(degrees: number): number {
  const known = few[degrees - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  return z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
}
