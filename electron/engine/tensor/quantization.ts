/**
 * Affine quantization arithmetic: x = scale * (q - zeroPoint).
 * Semantics of ONNX QuantizeLinear/DequantizeLinear (ONNX operators, opset 13) and of ONNX Runtime's quantizer: scales
 * are float32, rounding is half to even, results saturate.
 */
export interface QuantizationParameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
}

export const uint8Range: IntegerRange = { min: 0, max: 255 };
/** Symmetric int8 leaves -128 unused so that negation is exact. */
export const int8SymmetricRange: IntegerRange = { min: -127, max: 127 };
/**
 * 7-bit weights: 255 * 64 + 255 * 64 = 32,640 fits the 16-bit accumulator of x86 `vpmaddubsw`, so no product pair
 * saturates on CPUs without VNNI.
 */
export const int8ReducedRange: IntegerRange = { min: -64, max: 64 };

/** The smallest normal float32: a smaller scale would lose bits or divide by zero. */
const smallestScale = 1.1754943508222875e-38;

/** Rounds half to even, as QuantizeLinear does. */
export function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function clamp(value: number, range: IntegerRange): number {
  return value < range.min ? range.min : value > range.max ? range.max : value;
}

/** Asymmetric parameters for [low, high]; zero is always representable exactly. */
export function asymmetricParameters(
  low: number,
  high: number,
  range: IntegerRange = uint8Range,
): QuantizationParameters {
  const min = Math.min(low, 0);
  const max = Math.max(high, 0);
  const step = (max - min) / (range.max - range.min);
  const scale = Math.fround(step);
  if (!(scale >= smallestScale)) return { scale: 1, zeroPoint: range.min };
  // From the exact step, as ONNX Runtime does: [-r, r] is a tie that float32 would break by chance.
  return { scale, zeroPoint: clamp(roundHalfToEven(range.min - min / step), range) };
}

/** Symmetric parameters: zero point 0, |low| and |high| both representable. */
export function symmetricParameters(
  low: number,
  high: number,
  range: IntegerRange = int8SymmetricRange,
): QuantizationParameters {
  const scale = Math.fround(Math.max(Math.abs(low), Math.abs(high)) / range.max);
  return { scale: scale >= smallestScale ? scale : 1, zeroPoint: 0 };
}

export function quantizeValue(value: number, parameters: QuantizationParameters, range: IntegerRange): number {
  return clamp(roundHalfToEven(Math.fround(value / parameters.scale)) + parameters.zeroPoint, range);
}

export function dequantizeValue(quantized: number, parameters: QuantizationParameters): number {
  return (quantized - parameters.zeroPoint) * parameters.scale;
}

/** Ends of the values that are rounded and not cut: half a step beyond the least and the largest that integers stand for. */
export function heldRange(parameters: QuantizationParameters, range: IntegerRange): { low: number; high: number } {
  const half = parameters.scale / 2;
  return { low: dequantizeValue(range.min, parameters) - half, high: dequantizeValue(range.max, parameters) + half };
}

/** Where each channel's elements lie in a row-major tensor: `outer` blocks of `channels` runs of `inner` elements. */
export interface ChannelLayout {
  readonly outer: number;
  readonly channels: number;
  readonly inner: number;
}

/** @param axis channel axis, or null for the whole tensor as one channel. */
export function channelLayout(dims: readonly number[], axis: number | null): ChannelLayout {
  let outer = 1;
  let inner = 1;
  if (axis === null) {
    for (const dim of dims) inner *= dim;
    return { outer: 1, channels: 1, inner };
  }
  dims.forEach((dim, index) => {
    if (index < axis) outer *= dim;
    else if (index > axis) inner *= dim;
  });
  return { outer, channels: dims[axis]!, inner };
}

/** Largest absolute value per channel. */
export function channelMaxAbs(data: Float32Array, { outer, channels, inner }: ChannelLayout): Float64Array {
  const result = new Float64Array(channels);
  for (let block = 0; block < outer; block++) {
    const start = block * channels * inner;
    if (inner === 1) {
      for (let channel = 0; channel < channels; channel++) {
        const magnitude = Math.abs(data[start + channel]!);
        if (magnitude > result[channel]!) result[channel] = magnitude;
      }
      continue;
    }
    for (let channel = 0; channel < channels; channel++) {
      let largest = result[channel]!;
      const first = start + channel * inner;
      for (let index = first; index < first + inner; index++) {
        const magnitude = Math.abs(data[index]!);
        if (magnitude > largest) largest = magnitude;
      }
      result[channel] = largest;
    }
  }
  return result;
}

/** Added to a double and taken away again it leaves the nearest integer, half to even: at 1.5 * 2^52 there are no bits for less. */
const roundingMagic = 6_755_399_441_055_744;

/** Quantizes symmetric weights with one scale per channel. Data and result are row-major with the same dims. */
export function quantizeSymmetric(
  data: Float32Array,
  layout: ChannelLayout,
  scales: Float32Array,
  range: IntegerRange,
): Int8Array<ArrayBuffer> {
  const result = new Int8Array(data.length);
  quantizeChannelsInto(result, data, layout, scales, range, null);
  return result;
}

/** As `quantizeSymmetric`, of some channels, or of all (null); the rest of `result` is left as it is. */
export function quantizeChannelsInto(
  result: Int8Array,
  data: Float32Array,
  { outer, channels, inner }: ChannelLayout,
  scales: Float32Array,
  { min, max }: IntegerRange,
  some: readonly number[] | null,
): void {
  const count = some?.length ?? channels;
  // A scale of 0 marks a channel of zeros.
  const round = (value: number, scale: number): number => {
    if (scale === 0) return 0;
    const steps = Math.fround(value / scale);
    return (steps < min ? min : steps > max ? max : steps) + roundingMagic - roundingMagic;
  };
  for (let block = 0; block < outer; block++) {
    const start = block * channels * inner;
    if (inner === 1 && some === null) {
      for (let channel = 0; channel < channels; channel++) {
        result[start + channel] = round(data[start + channel]!, scales[channel]!);
      }
      continue;
    }
    for (let place = 0; place < count; place++) {
      const channel = some === null ? place : some[place]!;
      const scale = scales[channel]!;
      const first = start + channel * inner;
      for (let index = first; index < first + inner; index++) result[index] = round(data[index]!, scale);
    }
  }
}
