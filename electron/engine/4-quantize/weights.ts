import {
  channelLayout,
  channelMaxAbs,
  int8ReducedRange,
  int8SymmetricRange,
  quantizeChannelsInto,
  quantizeSymmetric,
  roundHalfToEven,
} from '../tensor/quantization.ts';
import type { TensorProto } from '../onnx/proto/onnx_pb.js';
import type { WeightRangeKind } from '../2-plan/quantization-plan.ts';
import type { PackedWeight } from '../tensor/packed-integers.ts';
import type { SummationOrder } from '../graph/ops/summation-order.ts';

export interface QuantizedWeight {
  readonly data: Int8Array<ArrayBuffer>;
  /** One scale a channel (or one in all). */
  readonly scales: Float32Array<ArrayBuffer>;
  /** Channels whose scale was raised so that their bias fits into int32. */
  readonly raisedChannels: number;
}

/** Biases stay this far inside int32, for kernels add products to them. */
const largestBias = 2 ** 30;

export const weightRanges = {
  int8: int8SymmetricRange,
  'int8-reduced': int8ReducedRange,
  'int8-pairs': int8SymmetricRange,
} as const;

/** 255 * 128 = 32,640: the largest sum of two neighbouring weights whose products still fit into 16 bits. */
export const largestPairSum = 128;

/**
 * Largest |w[2i] + w[2i+1]| of each output channel.
 * @param some of which it is asked; null: of all. Those of others are 0.
 */
function pairSums(
  data: Float32Array | Int8Array,
  order: SummationOrder,
  some: readonly number[] | null = null,
): Float64Array {
  const { channels, length, strides } = order;
  const largest = new Float64Array(channels);
  const count = some?.length ?? channels;
  // Channels side by side are walked together: each by itself would read all of the memory.
  if (strides.channel === 1) {
    for (let k = 0; k + 1 < length; k += 2) {
      const [first, second] = [order.offset(0, k), order.offset(0, k + 1)];
      for (let place = 0; place < count; place++) {
        const channel = some === null ? place : some[place]!;
        const sum = Math.abs(data[first + channel]! + data[second + channel]!);
        if (sum > largest[channel]!) largest[channel] = sum;
      }
    }
    return largest;
  }
  const offsets = Float64Array.from({ length }, (_place, k) => order.offset(0, k));
  for (let place = 0; place < count; place++) {
    const channel = some === null ? place : some[place]!;
    const start = channel * strides.channel;
    let most = 0;
    for (let k = 0; k + 1 < length; k += 2) {
      const sum = Math.abs(data[start + offsets[k]!]! + data[start + offsets[k + 1]!]!);
      if (sum > most) most = sum;
    }
    largest[channel] = most;
  }
  return largest;
}

/** What a weight is quantized by, apart from its values. */
export interface WeightScheme {
  readonly dims: readonly number[];
  /** Channel axis, or null for one scale. */
  readonly axis: number | null;
  readonly range: WeightRangeKind;
  /** Needed for `int8-pairs`; without per-channel scales the whole tensor obeys its worst pair. */
  readonly order: SummationOrder | null;
}

/** Integers and scales as one scheme makes them, whatever the bias. */
export interface RoundedWeight {
  readonly data: Int8Array<ArrayBuffer>;
  readonly scales: Float32Array<ArrayBuffer>;
  readonly scheme: WeightScheme;
}

/** Weights as one quantization variant after another asks for them: rounded once a tensor and scheme. */
export type WeightCache = Map<TensorProto, Map<string, RoundedWeight>>;

/** Weights in blocks that were rounded with compensation, by tensor, and by what they are packed in. */
export type PackedCache = Map<TensorProto, Map<string, PackedWeight>>;

/**
 * Symmetric int8 weights: scale = max|w| / 127 (or 64 in the reduced range), zero point 0, float32 arithmetic and half-to-even
 * rounding, as ONNX Runtime's quantizer. Channels of zeros have scale 0 here.
 * @param smallestScales a channel's scale is at least this.
 */
function quantizeChannels(
  data: Float32Array,
  scheme: WeightScheme,
  smallestScales: Float64Array | null,
): RoundedWeight {
  const { dims, axis, range, order } = scheme;
  const layout = channelLayout(dims, axis);
  const integers = weightRanges[range];
  const scales = new Float32Array(layout.channels);
  channelMaxAbs(data, layout).forEach((maxAbs, channel) => {
    const scale = Math.fround(maxAbs / integers.max);
    const smallest = smallestScales?.[channel] ?? 0;
    scales[channel] = scale < 1e-30 ? 0 : scale < smallest ? Math.fround(smallest * (1 + 2 ** -20)) : scale;
  });
  if (range !== 'int8-pairs' || order === null)
    return { data: quantizeSymmetric(data, layout, scales, integers), scales, scheme };
  const scaleIndex = (channel: number): number => (scales.length === 1 ? 0 : channel);
  pairSums(data, order).forEach((sum, channel) => {
    const needed = Math.fround(sum / largestPairSum);
    if (scales[scaleIndex(channel)]! > 0) scales[scaleIndex(channel)] = Math.max(scales[scaleIndex(channel)]!, needed);
  });
  // Both weights of a pair may round up, so the integers have the last word. A channel with a scale of its own is made anew alone.
  const quantized = new Int8Array(data.length);
  for (let some: readonly number[] | null = null; ;) {
    quantizeChannelsInto(quantized, data, layout, scales, integers, some);
    const violating: number[] = [];
    pairSums(quantized, order, some).forEach((sum, channel) => {
      if (sum <= largestPairSum) return;
      violating.push(channel);
      scales[scaleIndex(channel)] = Math.fround(scales[scaleIndex(channel)]! * (sum / largestPairSum));
    });
    if (violating.length === 0) return { data: quantized, scales, scheme };
    some = scales.length === 1 ? null : violating;
  }
}

/**
 * Quantizes the weight of one layer. A channel whose bias would leave int32 at s_x * s_w gets a larger scale, and one whose
 * weights are all zero gets a scale that represents its bias well.
 * @param weight the float32 weight; results are kept in `cache` by it.
 * @param values its values, read only where the cache does not have what is made of them.
 * @param bias one value a channel, or null.
 */
export function quantizeWeight(
  weight: TensorProto,
  values: () => Float32Array,
  scheme: WeightScheme,
  bias: Float32Array | null,
  inputScale: number,
  cache: WeightCache = new Map(),
): QuantizedWeight {
  const ofTensor = cache.get(weight) ?? new Map<string, RoundedWeight>();
  cache.set(weight, ofTensor);
  // Bounded pairs depend on the direction a layer sums in as well, which the axis tells only where there is one.
  const direction = scheme.range === 'int8-pairs' ? (scheme.order?.offset(0, 1) ?? '') : '';
  const key = `${scheme.axis ?? 'tensor'}|${scheme.range}|${direction}`;
  const plain = ofTensor.get(key) ?? quantizeChannels(values(), scheme, null);
  ofTensor.set(key, plain);
  const channels = plain.scales.length;
  const smallest = new Float64Array(channels);
  let raisedChannels = 0;
  for (let channel = 0; channel < channels; channel++) {
    smallest[channel] = largestBiasMagnitude(bias, channel, channels) / (inputScale * largestBias);
    if (plain.scales[channel]! > 0 && plain.scales[channel]! < smallest[channel]!) raisedChannels++;
  }
  const chosen = raisedChannels === 0 ? plain : quantizeChannels(values(), scheme, smallest);
  const scales = chosen.scales.map((scale, channel) => {
    if (scale > 0) return scale;
    return smallest[channel]! > 0 ? Math.fround(smallest[channel]! * (1 + 2 ** -20)) : 1;
  });
  return { data: chosen.data, scales, raisedChannels };
}

/** Largest bias that goes with a scale: its channel's, of every group that shares it, or all when there is one scale. */
function largestBiasMagnitude(bias: Float32Array | null, channel: number, channels: number): number {
  if (bias === null) return 0;
  let largest = 0;
  for (let index = channel; index < bias.length; index += channels) largest = Math.max(largest, Math.abs(bias[index]!));
  return largest;
}

/**
 * int32 bias with scale s_x * s_w[c] and zero point 0. Scales are float32 products, as the kernels form them, and
 * quotients are float32 before they are rounded, as in ONNX Runtime's quantizer.
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
    const value = roundHalfToEven(Math.fround(bias[index]! / scale));
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
  groups: number,
): Float32Array<ArrayBuffer> {
  const { channels, length, inputs, strides } = order;
  const integers = quantized.data;
  const scaleOf = (channel: number): number => quantized.scales[quantized.scales.length === 1 ? 0 : channel]!;
  if (strides.channel === 1 && groups === 1) {
    // A matrix whose channels lie side by side: all sums grow together, so that memory is read once and in order.
    const scales = Float64Array.from({ length: channels }, (_scale, channel) => scaleOf(channel));
    const sums = new Float64Array(channels);
    for (let input = 0; input < length; input++) {
      const mean = means[input]!;
      const start = input * strides.input;
      for (let channel = 0; channel < channels; channel++) {
        const index = start + channel;
        sums[channel] = sums[channel]! + (data[index]! - integers[index]! * scales[channel]!) * mean;
      }
    }
    return Float32Array.from(sums);
  }
  const error = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const firstInput = Math.floor((channel * groups) / channels) * inputs;
    const scale = scaleOf(channel);
    let sum = 0;
    for (let position = 0; position < length; position += inputs) {
      let index = order.offset(channel, position);
      for (let input = 0; input < inputs; input++, index += strides.input) {
        sum += (data[index]! - integers[index]! * scale) * means[firstInput + input]!;
      }
    }
    error[channel] = sum;
  }
  return error;
}
