import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { allocate } from '../files/allocate.ts';
import { isMissing, readFailure } from '../files/file-errors.ts';
import { TensorProto_DataLocation as DataLocation } from './proto/onnx_pb.js';
import type { TensorProto } from './proto/onnx_pb.js';

/** Where a tensor's bytes are, as its external_data entries say. Nothing here is checked against the disk. */
export interface ExternalInfo {
  /** Relative to the model's folder, with forward slashes. */
  readonly location: string;
  readonly offsetBytes: number;
  /** Null when the model does not say: then it is what dims and data type make it. */
  readonly lengthBytes: number | null;
}

/** A file of external data that was opened inside the model's folder. */
export interface ExternalFile {
  readonly descriptor: number;
  readonly path: string;
  readonly sizeBytes: number;
}

const longestLocationChars = 4096;
/** One read call; Node refuses 2 GiB and more. */
const readChunkBytes = 1 << 28;

export function isExternal(tensor: TensorProto): boolean {
  return tensor.dataLocation === DataLocation.EXTERNAL;
}

function parseBytes(tensor: TensorProto, key: string, text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value)) {
    throw new AppError(
      'model-malformed',
      tell('externalNumberWrong', { name: tensor.name, key, value: text.slice(0, 40) }),
    );
  }
  return value;
}

/**
 * Reads the external_data entries of a tensor (onnx.proto, TensorProto.external_data).
 * @throws AppError `model-malformed` when the location is missing or a number is not one.
 */
export function externalInfo(tensor: TensorProto): ExternalInfo {
  const entries = new Map<string, string>();
  for (const { key, value } of tensor.externalData) {
    if (entries.has(key)) {
      throw new AppError('model-malformed', tell('externalEntryTwice', { name: tensor.name, key }));
    }
    entries.set(key, value);
  }
  const location = entries.get('location');
  if (location === undefined || location === '') {
    throw new AppError('model-malformed', tell('externalWithoutLocation', { name: tensor.name }));
  }
  const length = entries.get('length');
  return {
    location,
    offsetBytes: parseBytes(tensor, 'offset', entries.get('offset') ?? '0'),
    lengthBytes: length === undefined ? null : parseBytes(tensor, 'length', length),
  };
}

function unsafePath(tensorName: string, location: string, why: Told): AppError {
  return new AppError(
    'model-unsafe-path',
    tell('externalUnsafe', { name: tensorName, location: JSON.stringify(location.slice(0, 200)), why }),
  );
}

/**
 * The absolute real path of a location, proven to lie in the model's folder.
 *
 * Refuses what could leave it on any system, so that a model is safe or unsafe everywhere alike: absolute paths, `..`,
 * drive letters, backslashes, NUL, and links that point out. Also refuses the asterisk folder, by which ONNX Runtime
 * marks in its own memory that "the offset is an address" (_ORT_MEM_ADDR_): no file may carry that.
 * @throws AppError `model-unsafe-path`, `external-data-missing`, `file-unreadable`.
 */
function resolveExternal(location: string, folder: string, tensorName: string): string {
  const refuse = (why: Told): never => {
    throw unsafePath(tensorName, location, why);
  };
  if (location.length > longestLocationChars) refuse(tell('unsafeTooLong'));
  if (location.includes('\0')) refuse(tell('unsafeNul'));
  if (location.includes('\\')) refuse(tell('unsafeBackslash'));
  if (/^[A-Za-z]:/.test(location) || (process.platform === 'win32' && location.includes(':'))) {
    refuse(tell('unsafeDrive'));
  }
  if (location.startsWith('/') || isAbsolute(location)) refuse(tell('unsafeAbsolute'));
  if (location.startsWith('*/')) refuse(tell('unsafeMemoryAddress'));
  if (location.split('/').includes('..')) refuse(tell('unsafeClimbs'));
  const wanted = join(folder, location);
  let realFolder: string;
  let real: string;
  try {
    realFolder = realpathSync(folder);
    real = realpathSync(wanted);
  } catch (error) {
    if (!isMissing(error)) throw readFailure(wanted, error);
    throw new AppError('external-data-missing', tell('externalMissing', { name: tensorName, location, folder }), {
      cause: error,
      details: { tensor: tensorName, location },
    });
  }
  const prefix = realFolder.endsWith(sep) ? realFolder : realFolder + sep;
  if (!real.startsWith(prefix)) refuse(tell('unsafeLink'));
  return real;
}

/**
 * Where a model is itself a link, as in Hugging Face's cache (`snapshots/…/model.onnx` and `model.onnx_data` lead to
 * `blobs/…`), its data may lie beside the file it leads to. Each location is then told anew, as one in that folder.
 * @param folder that the model was named in.
 * @param realFolder that it lies in.
 * @returns the folder in which all locations are to be found.
 */
export function followModelLink(tensors: readonly TensorProto[], folder: string, realFolder: string): string {
  const external = tensors.filter(isExternal);
  if (external.length === 0 || realpathSync(folder) === realFolder) return folder;
  const moved = new Map<string, string>();
  for (const { location } of external.map(externalInfo)) {
    if (moved.has(location)) continue;
    let real: string;
    try {
      real = realpathSync(join(folder, location));
    } catch {
      // Missing, or no name of a file at all: told by whoever opens it.
      return folder;
    }
    if (!real.startsWith(realFolder.endsWith(sep) ? realFolder : realFolder + sep)) return folder;
    moved.set(location, relative(realFolder, real).split(sep).join('/'));
  }
  for (const { externalData } of external) {
    for (const entry of externalData) if (entry.key === 'location') entry.value = moved.get(entry.value)!;
  }
  return realFolder;
}

/**
 * Opens a file of external data for reading. The caller closes `descriptor`.
 *
 * The path was resolved a moment ago; O_NOFOLLOW and the comparison below leave nothing to gain by swapping it for a
 * link in between, and O_NONBLOCK keeps a pipe from hanging the open.
 * @throws AppError as `resolveExternal`; `model-unsafe-path` when it is not a regular file.
 */
export function openExternal(location: string, folder: string, tensorName: string): ExternalFile {
  const path = resolveExternal(location, folder, tensorName);
  let descriptor: number;
  try {
    if (!statSync(path).isFile()) throw unsafePath(tensorName, location, tell('unsafeNotRegular'));
    // Both flags are undefined on Windows.
    descriptor = openSync(
      path,
      constants.O_RDONLY |
        ((constants.O_NOFOLLOW as number | undefined) ?? 0) |
        ((constants.O_NONBLOCK as number | undefined) ?? 0),
    );
  } catch (error) {
    throw readFailure(path, error);
  }
  try {
    const opened = fstatSync(descriptor);
    const now = statSync(resolveExternal(location, folder, tensorName));
    if (!opened.isFile() || opened.ino !== now.ino || opened.dev !== now.dev) {
      throw unsafePath(tensorName, location, tell('unsafeReplaced'));
    }
    return { descriptor, path, sizeBytes: opened.size };
  } catch (error) {
    closeSync(descriptor);
    throw readFailure(path, error);
  }
}

/**
 * Proves that a tensor's slice lies within its file.
 * @param expectedBytes from dims and data type.
 * @throws AppError `model-malformed`.
 */
export function checkSlice(tensorName: string, info: ExternalInfo, expectedBytes: number, fileSizeBytes: number): void {
  if (info.lengthBytes !== null && info.lengthBytes !== expectedBytes) {
    throw new AppError(
      'model-malformed',
      tell('externalLengthWrong', { name: tensorName, wanted: expectedBytes, said: info.lengthBytes }),
    );
  }
  if (info.offsetBytes + expectedBytes > fileSizeBytes) {
    throw new AppError(
      'model-malformed',
      tell('externalTooShort', {
        name: tensorName,
        from: info.offsetBytes,
        to: info.offsetBytes + expectedBytes,
        location: info.location,
        size: fileSizeBytes,
      }),
    );
  }
}

/** Fills `target` from `position` of an open file. @throws AppError `file-unreadable` when the file ends early. */
export function readFully(descriptor: number, target: Uint8Array, position: number, path: string): void {
  let done = 0;
  while (done < target.byteLength) {
    let count: number;
    try {
      count = readSync(descriptor, target, done, Math.min(readChunkBytes, target.byteLength - done), position + done);
    } catch (error) {
      throw readFailure(path, error);
    }
    if (count === 0) {
      throw new AppError('file-unreadable', tell('fileBecameShorter', { path }));
    }
    done += count;
  }
}

/**
 * The bytes of one external tensor, read in place: only its slice, allocated only once the file is known to hold it.
 * @param expectedBytes from dims and data type.
 * @throws AppError `model-unsafe-path`, `external-data-missing`, `model-malformed`, `file-unreadable`.
 */
export function readExternal(tensor: TensorProto, folder: string, expectedBytes: number): Uint8Array {
  const info = externalInfo(tensor);
  const file = openExternal(info.location, folder, tensor.name);
  try {
    checkSlice(tensor.name, info, expectedBytes, file.sizeBytes);
    const bytes = allocate(expectedBytes, tell('memoryOfTensor', { name: tensor.name }));
    readFully(file.descriptor, bytes, info.offsetBytes, file.path);
    return bytes;
  } finally {
    closeSync(file.descriptor);
  }
}
