import { roundHalfToEven } from './quantization.ts';

/** IEEE 754 half precision as raw bits: `Float16Array` is missing from Node before 24. */

const buffer = new DataView(new ArrayBuffer(4));

/** Rounds to nearest, ties to even; beyond ±65504 becomes infinity. */
export function toFloat16Bits(value: number): number {
  buffer.setFloat32(0, value);
  const bits = buffer.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00;
  if (magnitude >= 0x4780_0000) return sign | 0x7c00;
  if (magnitude < 0x3880_0000) {
    // Subnormal halves are multiples of 2^-24; scaling by a power of two is exact in float64.
    return sign | roundHalfToEven(Math.abs(value) * 2 ** 24);
  }
  // Rebias the exponent from 127 to 15, then round the 13 dropped bits; a carry moves into the exponent, as it should.
  const rebiased = magnitude - 0x3800_0000;
  return sign | ((rebiased + 0xfff + ((rebiased >>> 13) & 1)) >>> 13);
}

export function fromFloat16Bits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
