import type { Sums } from '../graph/ops/summation-order.ts';

/*
 * x86 without VNNI multiplies u8 x s8 with `vpmaddubsw`: products 2k and 2k + 1 of a sum are added in 16 bits, which cut the result off
 * (Intel SDM), and only then in 32. No pair of weights can do so but one whose positive or whose negative parts are large enough.
 */

/** The largest input; smallest and largest sum of a pair that 16 bits hold. */
const mostInput = 255;
export const pairLimits = { low: -32_768, high: 32_767 } as const;

/** True where inputs exist with which the sum of both products is cut off. */
export function canSaturate(first: number, second: number): boolean {
  const highest = mostInput * (Math.max(first, 0) + Math.max(second, 0));
  const lowest = mostInput * (Math.min(first, 0) + Math.min(second, 0));
  return highest > pairLimits.high || lowest < pairLimits.low;
}

/** Pairs of one sum: a last product without a partner is one by itself. */
export function pairsOf({ length }: Sums): number {
  return Math.ceil(length / 2);
}

/**
 * Where pairs begin that some inputs can saturate: places along the sum, of every output channel.
 * @param weights as they are stored, s8.
 * @param most gives up beyond so many.
 * @returns null where there are more.
 */
export function findSaturatingPairs(
  weights: ArrayLike<number>,
  { channels, length, offset }: Sums,
  most = Infinity,
): readonly (readonly number[])[] | null {
  let count = 0;
  const found: number[][] = [];
  for (let channel = 0; channel < channels; channel++) {
    const begins: number[] = [];
    for (let k = 0; k < length; k += 2) {
      const second = k + 1 < length ? weights[offset(channel, k + 1)]! : 0;
      if (canSaturate(weights[offset(channel, k)]!, second)) begins.push(k);
    }
    count += begins.length;
    if (count > most) return null;
    found.push(begins);
  }
  return found;
}
