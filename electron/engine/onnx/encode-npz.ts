import { crc32 } from 'node:zlib';
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

/** What every record of an entry says: stored, UTF-8 names. APPNOTE.TXT 4.3.7. */
function describeEntry(name: Buffer, bytes: Uint8Array): Buffer {
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x0800, 2);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(bytes.length, 14);
  common.writeUInt32LE(bytes.length, 18);
  common.writeUInt16LE(name.length, 22);
  return common;
}

/**
 * Arrays as `numpy.savez` writes them, a piece at a time: an archive of stored .npy files.
 * @param arrays in all below 4 GiB, which whoever calls has checked.
 */
export function* encodeNpz(arrays: Iterable<readonly [name: string, tensor: Tensor]>): Generator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [key, tensor] of arrays) {
    const name = Buffer.from(`${key}.npy`);
    const bytes = encodeNpy(tensor);
    const common = describeEntry(name, bytes);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, name);
    const head = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name]);
    offset += head.length + bytes.length;
    yield head;
    yield bytes;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(directory.length / 4, 8);
  end.writeUInt16LE(directory.length / 4, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  yield entries;
  yield end;
}
