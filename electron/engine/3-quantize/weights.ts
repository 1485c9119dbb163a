import {
  channelLayout,
  channelMaxAbs,
  int8ReducedRange,
  int8SymmetricRange,
  quantizeSymmetric,
  roundHalfToEven,
} from '../tensor/quantization.ts';
import type { WeightRange } from './plan.ts';

export interface QuantizedWeight {
  readonly data: Int8Array<ArrayBuffer>;
  /** One scale a channel (or one in all). */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Channels whose scale was raised so that their bias fits into int32. */
  readonly raisedChannels: number;
}

/** Biases stay this far inside int32, for kernels add products to them. */
const largestBias = 2 ** 30;

const weightRanges = {
  int8: int8SymmetricRange,
  'int8-reduced': int8ReducedRange,
  'int8-pairs': int8SymmetricRange,
} as const;

/** 255 * 128 = 32,640: the largest sum of two neighbouring weights whose products still fit into 16 bits. */
const largestPairSum = 128;

/** Where the element of output channel `channel` at position `k` of the kernels' summation order lies in memory. */
export interface SummationOrder {
  readonly channels: number;
  readonly length: number;
  readonly offset: (channel: number, k: number) => number;
}

/**
 * The order in which ONNX Runtime's kernels sum products, which decides which weights are added in pairs. Convolutions run
 * in NHWC, so input channels are innermost: (kh, kw, cin). Fully connected layers run along K.
 * @param dims Conv: Cout x Cin/groups x kernel; matrices: the two dimensions, `axis` being the output one.
 */
export function summationOrder(opType: string, dims: readonly number[], axis: number): SummationOrder {
  if (opType === 'Conv') {
    const inputs = dims[1]!;
    const positions = dims.slice(2).reduce((product, dim) => product * dim, 1);
    const length = inputs * positions;
    return {
      channels: dims[0]!,
      length,
      offset: (channel, k) => channel * length + (k % inputs) * positions + Math.floor(k / inputs),
    };
  }
  const [rows, columns] = dims as [number, number];
  return axis === 1
    ? { channels: columns, length: rows, offset: (channel, k) => k * columns + channel }
    : { channels: rows, length: columns, offset: (channel, k) => channel * columns + k };
}

/** Largest |w[2i] + w[2i+1]| of one output channel. */
function pairSum(data: Float32Array | Int8Array, order: SummationOrder, channel: number): number {
  let largest = 0;
  for (let k = 0; k + 1 < order.length; k += 2) {
    const sum = Math.abs(data[order.offset(channel, k)]! + data[order.offset(channel, k + 1)]!);
    if (sum > largest) largest = sum;
  }
  return largest;
}

/**
 * Symmetric int8 weights: scale = max|w| / 127 (or 64 in the reduced range), zero point 0, float32 arithmetic and half-to-even
 * rounding, as ONNX Runtime's quantizer.
 * @param data row-major weights of the given dims.
 * @param axis channel axis, or null for one scale.
 * @param order needed for `int8-pairs`; without per-channel scales the whole tensor obeys its worst pair.
 * @param bias one value a channel, or null; a channel whose bias would leave int32 gets a larger scale.
 */
export function quantizeWeight(
  data: Float32Array,
  dims: readonly number[],
  axis: number | null,
  range: WeightRange,
  order: SummationOrder | null,
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
  if (range !== 'int8-pairs' || order === null) {
    return { data: quantizeSymmetric(data, layout, scales, integers), scales, raisedChannels };
  }
  const scaleIndex = (channel: number): number => (scales.length === 1 ? 0 : channel);
  for (let channel = 0; channel < order.channels; channel++) {
    const needed = Math.fround(pairSum(data, order, channel) / largestPairSum);
    scales[scaleIndex(channel)] = Math.max(scales[scaleIndex(channel)]!, needed);
  }
  // Both weights of a pair may round up, so the integers have the last word.
  for (;;) {
    const quantized = quantizeSymmetric(data, layout, scales, integers);
    let violated = false;
    for (let channel = 0; channel < order.channels; channel++) {
      const sum = pairSum(quantized, order, channel);
      if (sum <= largestPairSum) continue;
      violated = true;
      scales[scaleIndex(channel)] = Math.fround(scales[scaleIndex(channel)]! * (sum / largestPairSum));
    }
    if (!violated) return { data: quantized, scales, raisedChannels };
  }
}

/** Largest bias that goes with a scale: its channel's, of every group that shares it, or all when there is one scale. */
function largestBiasMagnitude(bias: Float32Array | null, channel: number, channels: number): number {
  if (bias === null) return 0;
  let largest = 0;
  for (let index = channel; index < bias.length; index += channels) largest = Math.max(largest, Math.abs(bias[index]!));
  return largest;
}

/**
 * int32 bias with scale s_x * s_w[c] and zero point 0. Scales are float32 products, as the kernels form them.
 * @param weightScales one, one a channel, or one a place in a group (ConvTranspose), which the groups share in turn.
 */
export function quantizeBias(
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): { readonly data: Int32Array<ArrayBuffer>; readonly scales: Float32Array<ArrayBuffer> } {
  const scales = new Float32Array(weightScales.length === 1 ? 1 : bias.length);
  for (let index = 0; index < scales.length; index++) {
    scales[index] = inputScale * weightScales[index % weightScales.length]!;
  }
  const data = new Int32Array(bias.length);
  for (let index = 0; index < bias.length; index++) {
    const scale = scales.length === 1 ? scales[0]! : scales[index]!;
    const value = roundHalfToEven(bias[index]! / scale);
    data[index] = Math.max(-2147483648, Math.min(2147483647, value));
  }
  return { data, scales };
}

/**
 * Bias correction (Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section
 * 4.2): the mean output error of rounded weights, sum over inputs of (w - s*q) * E[x], per output channel.
 * @param means mean of each input channel.
 * @param groups convolution groups; 1 for matrices.
 */
export function meanOutputError(
  data: Float32Array,
  quantized: QuantizedWeight,
  order: SummationOrder,
  means: Float64Array,
  inputsPerGroup: number,
  groups: number,
): Float32Array<ArrayBuffer> {
  const error = new Float32Array(order.channels);
  const channelsPerGroup = order.channels / groups;
  for (let channel = 0; channel < order.channels; channel++) {
    const firstInput = Math.floor(channel / channelsPerGroup) * inputsPerGroup;
    const scale = quantized.scales.length === 1 ? quantized.scales[0]! : quantized.scales[channel]!;
    let sum = 0;
    for (let k = 0; k < order.length; k++) {
      const index = order.offset(channel, k);
      sum += (data[index]! - quantized.data[index]! * scale) * means[firstInput + (k % inputsPerGroup)]!;
    }
    error[channel] = sum;
  }
  return error;
}
