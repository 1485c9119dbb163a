import { randomBytes } from 'node:crypto';
import { closeSync } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { assertReplaceableKind, syncFolder } from '../files/atomic-file.ts';
import { checkProtobufLimit, encodeChunks, encodedBytes, type EncodedChunk } from './encode-model.ts';
import { checkSlice, externalInfo, isExternal, openExternal, readFully } from './external-data.ts';
import { writeFailure } from '../files/file-errors.ts';
import { mapTensors } from './map-tensors.ts';
import { alignedOffset, copyTensor, placeTensor } from './place-tensor.ts';
import type { ModelProto, TensorProto } from './proto/onnx_pb.js';
import { bitsPerElement, tensorByteLength, tensorBytes } from './tensor-proto.ts';
import { tensorsOf } from './tensors-of.ts';

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
/** Copies and writes go through in pieces of this size. */
const chunkBytes = 1 << 24;

/** A tensor's place in the file of external data being written. */
interface Placement {
  readonly tensor: TensorProto;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
}

/** Decides where each tensor goes. Nothing is read yet. */
function placeTensors(proto: ModelProto, location: string): { proto: ModelProto; placements: Placement[] } {
  const placements: Placement[] = [];
  let end = 0;
  const mapped = mapTensors(proto, (tensor, place) => {
    const sizeBytes = tensorByteLength(tensor);
    const isFixedSize = bitsPerElement(tensor) > 0;
    if (!isExternal(tensor) && (place === 'other' || sizeBytes < externalThresholdBytes || !isFixedSize)) return tensor;
    const offsetBytes = alignedOffset(end, sizeBytes);
    end = offsetBytes + sizeBytes;
    placements.push({ tensor, offsetBytes, sizeBytes });
    return placeTensor(tensor, location, offsetBytes, sizeBytes);
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
