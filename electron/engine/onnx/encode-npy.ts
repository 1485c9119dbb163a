import type { DataType, Tensor } from '../tensor/tensor.ts';

/** As `numpy.dtype.str` has them on a little-endian machine. */
const descriptions: Readonly<Record<DataType, string>> = {
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
  int8: '|i1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint8: '|u1',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  bool: '|b1',
};

/** A tensor as `numpy.save` writes it: an .npy file of version 1.0, row-major. */
export function encodeNpy({ data, dims, dataType }: Tensor): Uint8Array {
  const shape = dims.length === 1 ? `${dims[0]!},` : dims.join(', ');
  const dictionary = `{'descr': '${descriptions[dataType]}', 'fortran_order': False, 'shape': (${shape}), }`;
  // The format asks for the data to begin at a multiple of 64 bytes.
  const headerBytes = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10;
  const bytes = new Uint8Array(10 + headerBytes + data.byteLength);
  bytes.set([0x93, ...Buffer.from('NUMPY'), 1, 0, headerBytes & 0xff, headerBytes >>> 8]);
  bytes.set(Buffer.from(dictionary.padEnd(headerBytes - 1) + '\n', 'latin1'), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + headerBytes);
  return bytes;
}
