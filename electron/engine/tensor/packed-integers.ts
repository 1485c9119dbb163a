/** Integers of 2 or 4 bits, several in a byte, the first in the lowest bits: as com.microsoft's operators read them. */

/** Weights as com.microsoft's MatMulNBits and GatherBlockQuantized read them: w = scale * (integer - zero point). */
export interface PackedWeight {
  /** Rows of blocks; several integers in a byte, the first in the lowest bits. The last block of a row is filled up. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** One a block, row by row. */
  readonly scales: Float32Array<ArrayBuffer>;
  /** One a block, packed as the integers are; each row begins with a byte of its own. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
}

/** Bytes that so many integers take. */
export function packedLength(count: number, bits: number): number {
  return Math.ceil((count * bits) / 8);
}

/** @param start of the row in bytes; `index` counts integers from there. */
export function packedAt(bytes: Uint8Array, start: number, index: number, bits: number): number {
  const bit = index * bits;
  return (bytes[start + (bit >>> 3)]! >>> (bit & 7)) & (2 ** bits - 1);
}

/** Puts an integer where there is none yet. */
export function putPacked(bytes: Uint8Array, start: number, index: number, bits: number, integer: number): void {
  const bit = index * bits;
  bytes[start + (bit >>> 3)]! |= integer << (bit & 7);
}
