import { fromBinary } from '@bufbuild/protobuf';
import { closeSync, constants, realpathSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { allocate } from '../files/allocate.ts';
import { checkModel } from './check-model.ts';
import { checkWire, deepestMessage } from './check-wire.ts';
import { protobufLimitBytes } from './encode-model.ts';
import {
  checkSlice,
  externalInfo,
  followModelLink,
  isExternal,
  openExternal,
  type ExternalFile,
} from './external-data.ts';
import { readFailure } from '../files/file-errors.ts';
import { readInTurn } from '../files/readings.ts';
import { ModelProtoSchema } from './proto/onnx_pb.js';
import type { ModelProto } from './proto/onnx_pb.js';
import { describeForeignFile } from './sniff.ts';
import { sortNodes } from './sort-nodes.ts';
import { tensorByteLength } from './tensor-proto.ts';
import { tensorsOf } from './tensors-of.ts';
import { rememberOrigins, withRawTags } from './typed-views.ts';

/** How constants of a model that came in float16 are stored where they stay in float. */
export type HalfStorage =
  /** As float16 where not a bit of them is lost: the model had weights in float32, too, and somebody meant that. */
  | 'exact'
  /** Where next to nothing is lost as well: what folding makes of float16 weights has more digits than any of them had. */
  | 'close';

/** A model that was read and found whole. Its tensors are views of the file's bytes, or lie in files beside it. */
export interface OnnxModel {
  readonly proto: ModelProto;
  /** Absolute. */
  readonly path: string;
  /** Absolute; external data is relative to it. */
  readonly folder: string;
  /** The .onnx file and the files of external data it uses. */
  readonly sizeBytes: number;
  /** How constants that stay in float are stored, for a model that was made of one in float16; as they are when left out. */
  readonly halfStorage?: HalfStorage | undefined;
}

/** A model as far as its tensors can be read. */
export type ModelInFolder = Pick<OnnxModel, 'proto' | 'folder'>;

/** A file that holds external data of a model. */
export interface ExternalDataFile {
  /** Absolute, links resolved. */
  readonly path: string;
  readonly sizeBytes: number;
  /** As the model's tensors name it; one file may go by several. */
  readonly locations: readonly string[];
}

const sniffBytes = 4096;

async function readInto(handle: FileHandle, bytes: Uint8Array, position: number, path: string): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(1 << 28, bytes.byteLength - done), position + done);
    if (bytesRead === 0) {
      throw new AppError('file-unreadable', tell('fileBecameShorter', { path }));
    }
    done += bytesRead;
  }
}

/** Opens a file that may be a model; what plainly is none is refused by its first bytes. */
async function openModelFile(path: string): Promise<{ readonly handle: FileHandle; readonly size: number }> {
  const found = await stat(path);
  if (found.isDirectory()) {
    throw new AppError('file-unreadable', tell('modelIsFolder', { path }));
  }
  if (!found.isFile()) throw new AppError('file-unreadable', tell('modelNotRegular', { path }));
  // O_NONBLOCK (undefined on Windows) keeps a pipe put there a moment later from hanging the open.
  const handle = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
  try {
    const { size } = await handle.stat();
    if (size === 0) {
      throw new AppError('model-malformed', tell('modelEmpty', { path }));
    }
    const head = new Uint8Array(Math.min(size, sniffBytes));
    await readInto(handle, head, 0, path);
    const foreign = describeForeignFile(head, size);
    if (foreign !== null) throw new AppError('model-malformed', tell('modelForeign', { path, kind: foreign }));
    if (size > protobufLimitBytes) {
      throw new AppError('model-unsupported', tell('modelFileTooLarge', { path, size: (size / 1e9).toFixed(1) }));
    }
    checkFirstField(head, path);
    return { handle, size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Refuses at once what is no model by its path and first bytes, before an engine is started for it.
 * @throws AppError `file-not-found`, `file-unreadable`, `model-malformed`, `model-unsupported`.
 */
export async function assertMayBeModel(path: string): Promise<void> {
  try {
    const { handle } = await openModelFile(path);
    await handle.close();
  } catch (error) {
    throw readFailure(path, error);
  }
}

async function readModelBytes(path: string): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    const opened = await openModelFile(path);
    handle = opened.handle;
    const bytes = allocate(opened.size, tell('nameQuoted', { name: path }));
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
    throw new AppError('model-malformed', tell('modelWrongStart', { path }));
  }
}

/** Names the file in errors that tell only what is wrong within it. */
function withPath(path: string, error: unknown): AppError {
  if (error instanceof AppError) {
    return new AppError(error.code, tell('modelUnusable', { path, error: error.said }), {
      cause: error,
      details: { ...error.details },
    });
  }
  if (error instanceof RangeError) {
    return new AppError('model-malformed', tell('modelTooDeepOrLarge', { path }), {
      cause: error,
    });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('model-malformed', tell('modelNotWhole', { path, reason }), {
    cause: error,
  });
}

/** A model with the bytes it was read from. */
export interface ReadModel {
  readonly model: OnnxModel;
  readonly bytes: Uint8Array;
  /** Absolute, links resolved, each once, sorted by path. */
  readonly external: readonly ExternalDataFile[];
  /** False when nodes had to be moved behind those that make what they use. */
  readonly wasSorted: boolean;
}

/**
 * Reads a model and proves it whole: see `checkModel` for what that means. Initializers are views of the bytes read;
 * external data stays where it is, and is proven to be there, inside the model's folder and long enough.
 * @throws AppError `file-not-found`, `file-unreadable`, `model-malformed`, `model-unsupported`, `model-unsafe-path`,
 *   `external-data-missing`.
 */
export async function readModel(path: string): Promise<OnnxModel> {
  return (await readModelFile(path)).model;
}

/** As `readModel`, with what it was read from. */
export async function readModelFile(path: string): Promise<ReadModel> {
  const bytes = await readModelBytes(path);
  const absolute = resolve(path);
  try {
    const { proto, wasSorted } = decode(bytes);
    const folder = followModelLink([...tensorsOf(proto)], dirname(absolute), dirname(realpathSync(absolute)));
    const external = externalFiles(proto, folder);
    const sizeBytes = external.reduce((sum, file) => sum + file.sizeBytes, bytes.byteLength);
    return { model: { proto, path: absolute, folder, sizeBytes }, bytes, external, wasSorted };
  } catch (error) {
    throw withPath(path, error);
  }
}

/**
 * Decodes the bytes of an .onnx file, puts its nodes in order, and checks all but its external data. Tensors are views of
 * `bytes`.
 * @throws AppError `model-malformed`, `model-unsupported`.
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return decode(bytes).proto;
}

function decode(bytes: Uint8Array): { readonly proto: ModelProto; readonly wasSorted: boolean } {
  const views = checkWire(ModelProtoSchema, bytes);
  const proto = withRawTags(bytes, views, () =>
    fromBinary(ModelProtoSchema, bytes, { recursionLimit: deepestMessage }),
  );
  rememberOrigins(proto.graph?.initializer ?? [], views);
  const wasSorted = !sortNodes(proto);
  checkModel(proto);
  return { proto, wasSorted };
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
  const byPath = new Map<string, ExternalDataFile & { readonly locations: string[] }>();
  for (const [location, { path, sizeBytes }] of byLocation) {
    const known = byPath.get(path);
    if (known === undefined) byPath.set(path, { path, sizeBytes, locations: [location] });
    else known.locations.push(location);
  }
  return [...byPath.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
}

/**
 * SHA-256 in hex over the .onnx file and then its files of external data, sorted by path. Without external data it is
 * the plain SHA-256 of the file, as sha256sum prints it.
 * @throws AppError `file-not-found`, `file-unreadable`.
 */
export async function hashModel(path: string, external: readonly Pick<ExternalDataFile, 'path'>[]): Promise<string> {
  const readings = await readInTurn([path, ...external.map((file) => file.path).sort()]);
  return readings.at(-1)!.sha256;
}
