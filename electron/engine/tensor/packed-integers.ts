/** Integers of 2 or 4 bits, several in a byte, the first in the lowest bits: as com.microsoft's operators read them. */

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
