import type { Sums } from '../../../electron/engine/graph/ops/summation-order.ts';

/*
 * What `vpmaddubsw` does, in plain loops: products 2k and 2k + 1 of a sum are added in 16 bits and cut off, then all in 32.
 */

/** One sum, and how many of its pairs were cut off. @param inputs u8 along the sum, @param channel of the weights. */
export function sumInPairs(
  inputs: ArrayLike<number>,
  weights: ArrayLike<number>,
  order: Sums,
  channel: number,
): { readonly exact: number; readonly saturating: number; readonly cut: number } {
  let [exact, saturating, cut] = [0, 0, 0];
  for (let k = 0; k < order.length; k += 2) {
    const product = (at: number): number => (at < order.length ? inputs[at]! * weights[order.offset(channel, at)]! : 0);
    const pair = product(k) + product(k + 1);
    const held = Math.max(-32_768, Math.min(32_767, pair));
    exact += pair;
    saturating += held;
    if (held !== pair) cut++;
  }
  return { exact, saturating, cut };
}

/** Inputs of one position of a convolution over NCHW integers of one sample, in the order of its sum. */
export function windowAt(
  input: { readonly data: ArrayLike<number>; readonly dims: readonly number[]; readonly zeroPoint: number },
  layer: {
    readonly kernel: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly dilations: readonly [number, number];
    readonly begin: readonly [number, number];
    readonly channels: readonly number[];
  },
  [row, column]: readonly [number, number],
): number[] {
  const [, , height, width] = input.dims as [number, number, number, number];
  const { kernel, strides, dilations, begin, channels } = layer;
  const found: number[] = [];
  for (let y = 0; y < kernel[0]; y++) {
    for (let x = 0; x < kernel[1]; x++) {
      const [at, across] = [row * strides[0] - begin[0] + y * dilations[0], column * strides[1] - begin[1] + x * dilations[1]]; // prettier-ignore
      const isInside = at >= 0 && at < height && across >= 0 && across < width;
      for (const channel of channels)
        found.push(isInside ? input.data[(channel * height + at) * width + across]! : input.zeroPoint);
    }
  }
  return found;
}
