import type { InputMoments } from '../3-calibrate/input-moments.ts';
import { roundHalfToEven } from '../tensor/quantization.ts';
import { factorInverse } from '../tensor/inverse-factor.ts';
import { largestPairSum, weightRanges, type RoundedWeight } from './weights.ts';
import type { SummationOrder } from '../graph/ops/summation-order.ts';

/** Share of the mean input power that is added to every input's own: keeps inputs that hardly vary from exploding. */
const damping = 0.01;

/**
 * Rounds a layer's weights one input after another; the error each rounding makes in the layer's output is made up for, as
 * far as inputs move together, by the weights that are still to be rounded. Same scales, other integers.
 *
 * GPTQ: Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers" (2023), section
 * 3.2, with inputs in the order of their power. The second weight of a bounded pair is kept within what the first leaves it.
 * @param data the float weights.
 * @param rounded the same weights rounded to nearest.
 * @returns null when the moments have no inverse (constant or missing inputs).
 */
export function compensateRounding(
  data: Float32Array,
  rounded: RoundedWeight,
  order: SummationOrder,
  moments: InputMoments,
): RoundedWeight | null {
  const { scales, scheme } = rounded;
  const { max } = weightRanges[scheme.range];
  const isPaired = scheme.range === 'int8-pairs';
  const channelsPerGroup = order.channels / moments.groups.length;
  const result = new Int8Array(data.length);
  const row = new Float64Array(order.length);
  /** What the other weight of each pair was rounded to; 0 while it was not. */
  const partners = new Int8Array(order.length + 1);
  for (const [group, sums] of moments.groups.entries()) {
    const ordered = orderInputs(sums, order.length);
    if (ordered === null) return null;
    const { ranked, factor } = ordered;
    for (let channel = group * channelsPerGroup; channel < (group + 1) * channelsPerGroup; channel++) {
      const scale = scales.length === 1 ? scales[0]! : scales[channel]!;
      // A channel of zeros.
      if (scale === 0) continue;
      ranked.forEach((k, position) => (row[position] = data[order.offset(channel, k)]!));
      partners.fill(0);
      for (let position = 0; position < order.length; position++) {
        const k = ranked[position]!;
        const nearest = roundHalfToEven(row[position]! / scale);
        const high = isPaired ? Math.min(max, largestPairSum - partners[k]!) : max;
        const low = isPaired ? Math.max(-max, -largestPairSum - partners[k]!) : -max;
        const integer = nearest > high ? high : nearest < low ? low : nearest;
        partners[k ^ 1] = integer;
        result[order.offset(channel, k)] = integer;
        const start = position * order.length;
        const error = (row[position]! - integer * scale) / factor[start + position]!;
        for (let later = position + 1; later < order.length; later++) {
          row[later] = row[later]! - error * factor[start + later]!;
        }
      }
    }
  }
  return { ...rounded, data: result };
}

export interface OrderedInputs {
  /** Inputs in the order in which their weights are rounded. */
  readonly ranked: Uint32Array;
  /** The upper triangular U with U^T U = the inverse of the damped moments, row-major in that order. */
  readonly factor: Float64Array;
  /** Mean square of each input, in the order of the weight, as far as damping leaves it. */
  readonly powers: Float64Array;
}

/**
 * @param sums of x x^T over the observed positions; the lower triangle is read.
 * @returns null when they have no inverse.
 */
export function orderInputs(sums: Float64Array, length: number): OrderedInputs | null {
  const ranked = rankByPower(sums, length);
  const factor = factorInverse(reorder(sums, ranked), length);
  const powers = Float64Array.from({ length }, (_, k) => sums[k * length + k]!);
  return factor === null ? null : { ranked, factor, powers };
}

/** Inputs from the strongest to the weakest: what is rounded late has few left to make up for it. */
function rankByPower(sums: Float64Array, length: number): Uint32Array {
  const power = (k: number): number => sums[k * length + k]!;
  return Uint32Array.from({ length }, (_, k) => k).sort((first, second) => power(second) - power(first));
}

/** The damped moments with rows and columns in another order; lower triangle. */
function reorder(sums: Float64Array, ranked: Uint32Array): Float64Array {
  const { length } = ranked;
  const result = new Float64Array(length * length);
  let power = 0;
  for (let k = 0; k < length; k++) power += sums[k * length + k]!;
  for (let row = 0; row < length; row++) {
    for (let column = 0; column <= row; column++) {
      const [low, high] = [Math.min(ranked[row]!, ranked[column]!), Math.max(ranked[row]!, ranked[column]!)];
      result[row * length + column] = sums[high * length + low]!;
    }
    result[row * length + row] = result[row * length + row]! + (damping * power) / length;
  }
  return result;
}
