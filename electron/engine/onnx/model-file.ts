import { create, fromBinary } from '@bufbuild/protobuf';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, createReadStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { allocate } from './allocate.ts';
import { assertReplaceableKind, syncFolder } from './atomic-file.ts';
import { checkModel } from './check-model.ts';
import { checkWire, deepestMessage } from './check-wire.ts';
import { encodeChunks, encodedBytes, joinChunks, protobufLimitBytes, type EncodedChunk } from './encode-model.ts';
import { checkSlice, externalInfo, isExternal, openExternal, readFully, type ExternalFile } from './external-data.ts';
import { readFailure, writeFailure } from './file-errors.ts';
import { mapTensors } from './map-tensors.ts';
import {
  ModelProtoSchema,
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorProto_DataLocation as DataLocation,
} from './proto/onnx_pb.js';
import type { ModelProto, TensorProto } from './proto/onnx_pb.js';
import { describeForeignFile } from './sniff.ts';
import { bitsPerElement, tensorByteLength, tensorBytes } from './tensor-proto.ts';
import { tensorsOf } from './tensors-of.ts';
import { rememberOrigins, withRawTags } from './typed-views.ts';

/** A model that was read and found whole. Its tensors are views of the file's bytes, or lie in files beside it. */
export interface OnnxModel {
  readonly proto: ModelProto;
  /** Absolute. */
  readonly path: string;
  /** Absolute; external data is relative to it. */
  readonly folder: string;
  /** The .onnx file and the files of external data it uses. */
  readonly sizeBytes: number;
}

/** A file that holds external data of a model. */
export interface ExternalDataFile {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly sizeBytes: number;
}

export interface WriteModelOptions {
  /**
   * `inline`: one file, at most 2 GiB. `external`: weights in `<name>.onnx.data` beside it. `auto`: inline as long as
   * that stays below 1.9 GB, else external.
   */
  readonly externalData: 'inline' | 'auto' | 'external';
  /** Where the model's present external data is; the folder of `path` when not given. */
  readonly sourceFolder?: string;
}

/** Room below the 2 GiB limit for what readers add when they rewrite a model (inferred shapes, renamed values). */
const autoInlineLimitBytes = 1_900_000_000;
/** onnx.external_data_helper's default size_threshold: below this a tensor stays in the model. */
const externalThresholdBytes = 1024;
/**
 * onnx.proto: "Offset values SHOULD be multiples 4096 (page size) to enable mmap support". As ONNX Runtime and onnx_ir
 * do (align_threshold 1 MiB), only large tensors get pages of their own; the rest get cache lines.
 */
const pageAlignmentBytes = 4096;
const pageAlignedFromBytes = 1 << 20;
const smallAlignmentBytes = 64;
/** Copies and writes go through in pieces of this size. */
const chunkBytes = 1 << 24;
const sniffBytes = 4096;

async function readInto(handle: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(1 << 28, bytes.byteLength - done), position + done);
    if (bytesRead === 0) {
      throw new AppError(
        'file-unreadable',
        `"${path}" became shorter while it was read. Try again when nothing writes to it.`,
      );
    }
    done += bytesRead;
  }
}

/** The bytes of a file that may be a model; what plainly is none is refused before it is read as a whole. */
async function readModelBytes(path: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new AppError('file-unreadable', `"${path}" is a folder. Choose the .onnx file in it.`);
    }
    if (!found.isFile())
      throw new AppError('file-unreadable', `"${path}" is not a regular file. Choose an .onnx file.`);
    // O_NONBLOCK (undefined on Windows) keeps a pipe put there a moment later from hanging the open.
    handle = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const { size } = await handle.stat();
    if (size === 0) {
      throw new AppError('model-malformed', `"${path}" is empty. The download or export did not finish; get it again.`);
    }
    const head = new Uint8Array(Math.min(size, sniffBytes));
    await readInto(handle, head, 0, path);
    const foreign = describeForeignFile(head, size);
    if (foreign !== null) throw new AppError('model-malformed', `"${path}" is not an ONNX model but ${foreign}.`);
    if (size > protobufLimitBytes) {
      throw new AppError(
        'model-unsupported',
        `"${path}" is ${(size / 1e9).toFixed(1)} GB; an .onnx file ends at 2 GiB, the limit of protobuf. Save it with ` +
          'external data (onnx.save_model(model, path, save_as_external_data=True)): then models of any size work.',
      );
    }
    checkFirstField(head, path);
    const bytes = allocate(size, `"${path}"`);
    await readInto(handle, bytes, 0, path);
    return bytes;
  } catch (error) {
    throw readFailure(path, error);
  } finally {
    await handle?.close();
  }
}

/** A model begins with a field of ModelProto: one look at the first byte saves reading gigabytes of something else. */
function checkFirstField(head: Uint8Array, path: string): void {
  const wireType = head[0]! & 7;
  if (head[0]! < 8 || wireType === 4 || wireType > 5) {
    throw new AppError(
      'model-malformed',
      `"${path}" is not an ONNX model: it does not begin as one. Check that it is the file you meant.`,
    );
  }
}

/** Names the file in errors that tell only what is wrong within it. */
function withPath(path: string, error: unknown): AppError {
  if (error instanceof AppError) {
    return new AppError(error.code, `"${path}" cannot be used: ${error.message}`, {
      cause: error,
      details: { ...error.details },
    });
  }
  if (error instanceof RangeError) {
    return new AppError('model-malformed', `"${path}" cannot be used: its parts are nested too deep or too large.`, {
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('model-malformed', `"${path}" is not a whole ONNX model (${reason}). Copy or export it again.`, {
    cause: error,
  });
}

/**
 * Reads a model and proves it whole: see `checkModel` for what that means. Initializers are views of the bytes read;
 * external data stays where it is, and is proven to be there, inside the model's folder and long enough.
 * @throws AppError `file-not-found`, `file-unreadable`, `model-malformed`, `model-unsupported`, `model-unsafe-path`,
 *   `external-data-missing`.
 */
export async function readModel(path: string): Promise<OnnxModel> {
  const bytes = await readModelBytes(path);
  const absolute = resolve(path);
  const folder = dirname(absolute);
  try {
    const proto = decodeModel(bytes);
    const external = externalFiles(proto, folder);
    const sizeBytes = external.reduce((sum, file) => sum + file.sizeBytes, bytes.byteLength);
    return { proto, path: absolute, folder, sizeBytes };
  } catch (error) {
    throw withPath(path, error);
  }
}

/**
 * Decodes the bytes of an .onnx file and checks all but its external data. Tensors are views of `bytes`.
 * @throws AppError `model-malformed`, `model-unsupported`.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  const views = checkWire(ModelProtoSchema, bytes);
  const proto = withRawTags(bytes, views, () =>
    fromBinary(ModelProtoSchema, bytes, { recursionLimit: deepestMessage }),
  );
  rememberOrigins(proto.graph?.initializer ?? [], views);
  checkModel(proto);
  return proto;
}

/**
 * A model as the bytes of an .onnx file. External tensors stay external.
 * @throws AppError `model-unsupported` above 2 GiB.
 */
export function encodeModel(proto: ModelProto): Uint8Array {
  const chunks = encodeChunks(proto, false);
  checkProtobufLimit(encodedBytes(chunks));
  return joinChunks(chunks);
}

function checkProtobufLimit(sizeBytes: number): void {
  if (sizeBytes <= protobufLimitBytes) return;
  throw new AppError(
    'model-unsupported',
    `The model would take ${(sizeBytes / 1e9).toFixed(1)} GB in one file; protobuf ends at 2 GiB. Keep its weights in ` +
      'external data.',
  );
}

/**
 * The files that hold a model's external data, each once, sorted by path. Every external tensor is proven to lie
 * within its file.
 * @throws AppError `model-unsafe-path`, `external-data-missing`, `model-malformed`, `file-unreadable`.
 */
export function externalFiles(proto: ModelProto, folder: string): ExternalDataFile[] {
  const byLocation = new Map<string, ExternalFile>();
  for (const tensor of tensorsOf(proto)) {
    if (!isExternal(tensor)) continue;
    const info = externalInfo(tensor);
    let file = byLocation.get(info.location);
    if (file === undefined) {
      file = openExternal(info.location, folder, tensor.name);
      closeSync(file.descriptor);
      byLocation.set(info.location, file);
    }
    checkSlice(tensor.name, info, tensorByteLength(tensor), file.sizeBytes);
  }
  const byPath = new Map([...byLocation.values()].map((file) => [file.path, file.sizeBytes]));
  return [...byPath]
    .map(([path, sizeBytes]) => ({ path, sizeBytes }))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

/**
 * SHA-256 in hex over the .onnx file and then its files of external data, sorted by path. Without external data it is
 * the plain SHA-256 of the file, as sha256sum prints it.
 * @throws AppError `file-not-found`, `file-unreadable`.
 */
export async function hashModel(path: string, external: readonly ExternalDataFile[]): Promise<string> {
  const hash = createHash('sha256');
  const others = external.map((file) => file.path).sort((left, right) => (left < right ? -1 : 1));
  for (const file of [path, ...others]) {
    try {
      for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    } catch (error) {
      throw readFailure(file, error);
    }
  }
  return hash.digest('hex');
}

/** A tensor's place in the file of external data being written. */
interface Placement {
  readonly tensor: TensorProto;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

function copyTensor(tensor: TensorProto, fields: Partial<TensorProto>): TensorProto {
  const copy = Object.assign(
    create(TensorProtoSchema),
    { dims: tensor.dims, metadataProps: tensor.metadataProps },
    fields,
  );
  // Presence is kept: an unset field must stay unset.
  for (const key of ['name', 'docString', 'dataType'] as const) {
    if (Object.hasOwn(tensor, key)) Object.assign(copy, { [key]: tensor[key] });
  }
  if (tensor.$unknown !== undefined) copy.$unknown = tensor.$unknown;
  return copy;
}

/** Decides where each tensor goes. Nothing is read yet. */
function placeTensors(proto: ModelProto, location: string): { proto: ModelProto; placements: Placement[] } {
  const placements: Placement[] = [];
  let end = 0;
  const mapped = mapTensors(proto, (tensor, place) => {
    const sizeBytes = tensorByteLength(tensor);
    const isFixedSize = bitsPerElement(tensor.dataType) > 0;
    if (!isExternal(tensor) && (place === 'other' || sizeBytes < externalThresholdBytes || !isFixedSize)) return tensor;
    const alignment = sizeBytes >= pageAlignedFromBytes ? pageAlignmentBytes : smallAlignmentBytes;
    const offsetBytes = Math.ceil(end / alignment) * alignment;
    end = offsetBytes + sizeBytes;
    placements.push({ tensor, offsetBytes, sizeBytes });
    const entries = { location, offset: String(offsetBytes), length: String(sizeBytes) };
    return copyTensor(tensor, {
      dataLocation: DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    });
  });
  return { proto: mapped, placements };
}

async function writeBytes(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await handle.write(
      bytes,
      done,
      Math.min(chunkBytes, bytes.byteLength - done),
      position + done,
    );
    done += bytesWritten;
  }
}

/** Copies an external tensor's bytes from its file to an open one, a piece at a time. */
async function copyExternal(
  tensor: TensorProto,
  sourceFolder: string,
  target: FileHandle,
  targetPosition: number,
): Promise<void> {
  const info = externalInfo(tensor);
  const sizeBytes = tensorByteLength(tensor);
  const source = openExternal(info.location, sourceFolder, tensor.name);
  try {
    checkSlice(tensor.name, info, sizeBytes, source.sizeBytes);
    const buffer = new Uint8Array(Math.min(chunkBytes, sizeBytes));
    for (let done = 0; done < sizeBytes; done += buffer.byteLength) {
      const piece = buffer.subarray(0, Math.min(buffer.byteLength, sizeBytes - done));
      readFully(source.descriptor, piece, info.offsetBytes + done, source.path);
      await writeBytes(target, piece, targetPosition + done);
    }
  } finally {
    closeSync(source.descriptor);
  }
}

/** Writes a new file and makes sure it is on the disk. */
async function writeNewFile(path: string, write: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, 'wx', 0o666);
  try {
    await write(handle);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeChunks(handle: FileHandle, chunks: readonly EncodedChunk[], sourceFolder: string): Promise<void> {
  let position = 0;
  for (const chunk of chunks) {
    if (chunk instanceof Uint8Array) {
      await writeBytes(handle, chunk, position);
      position += chunk.byteLength;
    } else {
      await copyExternal(chunk.external, sourceFolder, handle, position);
      position += chunk.sizeBytes;
    }
  }
}

/** External tensors outside the main graph's initializers are few and small; they are read to be put inline. */
function loadNestedExternal(proto: ModelProto, sourceFolder: string): ModelProto {
  return mapTensors(proto, (tensor, place) =>
    isExternal(tensor) && place !== 'main-initializer'
      ? copyTensor(tensor, { rawData: tensorBytes(tensor, sourceFolder) })
      : tensor,
  );
}

function inlineSizeBytes(proto: ModelProto): number {
  let sizeBytes = encodedBytes(encodeChunks(proto, false));
  for (const tensor of tensorsOf(proto)) if (isExternal(tensor)) sizeBytes += tensorByteLength(tensor);
  return sizeBytes;
}

/**
 * Writes a model, its weights streamed from where they are: no second copy in memory, and no limit of 2 GB with external
 * data. The file appears whole or not at all: it is written under a temporary name in the same folder, synced, then
 * renamed; on failure nothing is left behind. `proto` is not changed.
 * @param path of the .onnx file; replaced when it exists.
 * @throws AppError `disk-full`, `write-failed`; `model-unsupported` when `inline` would pass 2 GiB; those of
 *   `readExternal` when the model's present external data cannot be read.
 */
export async function writeModel(proto: ModelProto, path: string, options: WriteModelOptions): Promise<void> {
  const absolute = resolve(path);
  const folder = dirname(absolute);
  const sourceFolder = options.sourceFolder ?? folder;
  const dataName = `${basename(absolute)}.data`;
  const suffix = `.${randomBytes(6).toString('hex')}.tmp`;
  const temporaryModel = absolute + suffix;
  const temporaryData = join(folder, dataName) + suffix;
  const sizeBytes = inlineSizeBytes(proto);
  const isInline =
    options.externalData === 'inline' || (options.externalData === 'auto' && sizeBytes <= autoInlineLimitBytes);
  if (isInline) checkProtobufLimit(sizeBytes);
  try {
    assertReplaceableKind(absolute);
    if (isInline) {
      const chunks = encodeChunks(loadNestedExternal(proto, sourceFolder), true);
      await writeNewFile(temporaryModel, (handle) => writeChunks(handle, chunks, sourceFolder));
    } else {
      const { proto: skeleton, placements } = placeTensors(proto, dataName);
      const chunks = encodeChunks(skeleton, false);
      checkProtobufLimit(encodedBytes(chunks));
      if (placements.length > 0) {
        await writeNewFile(temporaryData, async (handle) => {
          for (const { tensor, offsetBytes } of placements) {
            if (isExternal(tensor)) await copyExternal(tensor, sourceFolder, handle, offsetBytes);
            else await writeBytes(handle, tensorBytes(tensor, sourceFolder), offsetBytes);
          }
        });
      }
      await writeNewFile(temporaryModel, (handle) => writeChunks(handle, chunks, sourceFolder));
      if (placements.length > 0) await rename(temporaryData, join(folder, dataName));
    }
    await rename(temporaryModel, absolute);
    syncFolder(folder);
  } catch (error) {
    await Promise.allSettled([rm(temporaryModel, { force: true }), rm(temporaryData, { force: true })]);
    throw writeFailure(absolute, error);
  }
}
