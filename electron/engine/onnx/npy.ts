import type { FileHandle } from 'node:fs/promises';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { allocate } from '../files/allocate.ts';
import { dataTypes, elementCount, typedArrayFromBytes, type DataType, type TensorData } from '../tensor/tensor.ts';
import { checkNpySize, npyHeadBytes, parseNpyHeader, UnsupportedArrayError, type NpyHeader } from './npy-header.ts';
import { readFailure } from '../files/file-errors.ts';
import { openRegularFile } from '../files/regular-file.ts';

/*
 * The NumPy array format, versions 1 to 3:
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */

/** An array on disk whose rows (its first dimension) are read on demand. */
export interface ArrayReader {
  readonly dataType: DataType;
  readonly dims: readonly number[];
  /**
   * Rows `start` to `start + count` as fresh memory, row-major, in the machine's byte order. An array without
   * dimensions has one row.
   * @throws AppError `data-malformed`, `file-unreadable`.
   */
  readonly readRows: (start: number, count: number) => Promise<TensorData>;
}

export interface NpyFile extends ArrayReader {
  readonly close: () => Promise<void>;
}

/** Bytes read by position, wherever they are. `read` fills the target whole or throws. */
export interface ByteSource {
  readonly sizeBytes: number;
  readonly read: (target: Uint8Array, position: number) => Promise<void>;
}

/** Column-major arrays are turned in memory as a whole. */
const largestFortranBytes = 256 * 2 ** 20;

function swapBytes(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  else if (size === 4) buffer.swap32();
  else if (size === 8) buffer.swap64();
}

/** Column-major bytes in row-major order. */
function toRowMajor(bytes: Uint8Array, dims: readonly number[], size: number): Uint8Array {
  const result = new Uint8Array(bytes.byteLength);
  const strides = dims.map((_, axis) => elementCount(dims.slice(0, axis)));
  const index = dims.map(() => 0);
  let source = 0;
  for (let target = 0; target < bytes.byteLength; target += size) {
    for (let byte = 0; byte < size; byte++) result[target + byte] = bytes[source * size + byte]!;
    // Counts up the index, last axis fastest, and moves the source along.
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      source += strides[axis]!;
      if (++index[axis]! < dims[axis]!) break;
      source -= strides[axis]! * dims[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The array behind a header whose size was checked (`checkNpySize`). */
export function readArray(source: ByteSource, header: NpyHeader, where: Told): ArrayReader {
  const { dataType, dims, offsetBytes, isBigEndian, isFortranOrder } = header;
  const size = dataTypes[dataType].bytesPerElement;
  const rows = dims[0] ?? 1;
  const rowElements = elementCount(dims.slice(1));
  const totalBytes = rows * rowElements * size;
  if (isFortranOrder && totalBytes > largestFortranBytes) {
    throw new UnsupportedArrayError(tell('arrayByColumns', { array: where }));
  }
  let turned: Promise<Uint8Array> | null = null;
  const readTurned = async (): Promise<Uint8Array> => {
    const bytes = allocate(totalBytes, tell('memoryOfArray', { array: where }));
    await source.read(bytes, offsetBytes);
    // Axes of size 1 change nothing in the order, and each would cost a step per element.
    const moving = dims.filter((dim) => dim !== 1);
    return toRowMajor(bytes, moving, size);
  };
  return {
    dataType,
    dims,
    readRows: async (start, count) => {
      if (
        !Number.isSafeInteger(start) ||
        !Number.isSafeInteger(count) ||
        start < 0 ||
        count < 0 ||
        start + count > rows
      ) {
        throw new AppError('internal', tell('arrayRowsBeyondEnd', { array: where, rows, count, start }));
      }
      const first = start * rowElements * size;
      const sizeBytes = count * rowElements * size;
      let bytes: Uint8Array;
      if (isFortranOrder) {
        turned ??= readTurned();
        bytes = (await turned).slice(first, first + sizeBytes);
      } else {
        bytes = allocate(sizeBytes, tell('memoryOfRows', { count, array: where }));
        await source.read(bytes, offsetBytes + first);
      }
      if (isBigEndian) swapBytes(bytes, size);
      if (dataType === 'bool') for (const [index, byte] of bytes.entries()) bytes[index] = byte === 0 ? 0 : 1;
      return typedArrayFromBytes(dataType, bytes, count * rowElements);
    },
  };
}

/** Part of an open file. */
export function fileSource(handle: FileHandle, path: string, startBytes: number, sizeBytes: number): ByteSource {
  return {
    sizeBytes,
    read: async (target, position) => {
      let done = 0;
      while (done < target.byteLength) {
        let count: number;
        try {
          const length = Math.min(1 << 28, target.byteLength - done);
          ({ bytesRead: count } = await handle.read(target, done, length, startBytes + position + done));
        } catch (error) {
          throw readFailure(path, error);
        }
        if (count === 0) throw new AppError('data-malformed', tell('dataEndsEarly', { path }));
        done += count;
      }
    },
  };
}

/**
 * Opens an .npy file. Its rows are read by position; nothing is held in memory, unless it is column-major.
 * @throws AppError `file-not-found`, `file-unreadable`, `data-malformed`.
 */
export async function openNpy(path: string): Promise<NpyFile> {
  const where = tell('nameQuoted', { name: path });
  const { handle, sizeBytes } = await openRegularFile(path);
  try {
    const source = fileSource(handle, path, 0, sizeBytes);
    const head = new Uint8Array(Math.min(sizeBytes, npyHeadBytes));
    await source.read(head, 0);
    const header = parseNpyHeader(head, where);
    checkNpySize(header, sizeBytes, where);
    return { ...readArray(source, header, where), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
