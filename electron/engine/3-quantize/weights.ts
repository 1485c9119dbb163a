import {
  channelLayout,
  channelMaxAbs,
  int8ReducedRange,
  int8SymmetricRange,
  quantizeSymmetric,
  roundHalfToEven,
} from '../tensor/quantization.ts';

export interface QuantizedWeight {
  readonly data: Int8Array<ArrayBuffer>;
  /** One scale a channel (or one in all). */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Channels whose scale was raised so that their bias fits into int32. */
  readonly raisedChannels: number;
}

/** Biases stay this far inside int32, for kernels add products to them. */
const largestBias = 2 ** 30;

export const weightRanges = { int8: int8SymmetricRange, 'int8-reduced': int8ReducedRange } as const;

/**
 * Symmetric int8 weights: scale = max|w| / 127 (or 64 in the reduced range), zero point 0, float32 arithmetic and half-to-even
 * rounding, as ONNX Runtime's quantizer.
 * @param data row-major weights of the given dims.
 * @param axis channel axis, or null for one scale.
 * @param bias one value a channel, or null; a channel whose bias would leave int32 gets a larger scale.
 */
export function quantizeWeight(
  data: Float32Array,
  dims: readonly number[],
  axis: number | null,
  range: keyof typeof weightRanges,
  bias: Float32Array | null,
  inputScale: number,
): QuantizedWeight {
  const layout = channelLayout(dims, axis);
  const integers = weightRanges[range];
  const maxAbs = channelMaxAbs(data, layout);
  const scales = new Float32Array(layout.channels);
  let raisedChannels = 0;
  for (let channel = 0; channel < layout.channels; channel++) {
    let scale = Math.fround(maxAbs[channel]! / integers.max);
    if (!(scale >= 1e-30)) scale = 0;
    const smallestForBias = largestBiasMagnitude(bias, channel, layout.channels) / (inputScale * largestBias);
    if (scale < smallestForBias) {
      if (scale > 0) raisedChannels++;
      scale = Math.fround(smallestForBias * (1 + 2 ** -20));
    }
    scales[channel] = scale > 0 ? scale : 1;
  }
  return { data: quantizeSymmetric(data, layout, scales, integers), scales, raisedChannels };
}

function largestBiasMagnitude(bias: Float32Array | null, channel: number, channels: number): number {
  if (bias === null) return 0;
  if (channels > 1) return Math.abs(bias[channel]!);
  let largest = 0;
  for (const value of bias) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** int32 bias with scale s_x * s_w[c] and zero point 0. Scales are float32 products, as the kernels form them. */
export function quantizeBias(
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): { readonly data: Int32Array<ArrayBuffer>; readonly scales: Float32Array<ArrayBuffer> } {
  const scales = new Float32Array(weightScales.length);
  for (let channel = 0; channel < scales.length; channel++) scales[channel] = inputScale * weightScales[channel]!;
  const data = new Int32Array(bias.length);
  for (let index = 0; index < bias.length; index++) {
    const scale = scales.length === 1 ? scales[0]! : scales[index]!;
    const value = roundHalfToEven(bias[index]! / scale);
    data[index] = Math.max(-2147483648, Math.min(2147483647, value));
  }
  return { data, scales };
}
