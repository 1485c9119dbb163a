import { clearField } from '@bufbuild/protobuf';
import { createHash, type Hash } from 'node:crypto';
import { closeSync, createReadStream } from 'node:fs';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { allocate } from '../files/allocate.ts';
import { readFailure } from '../files/file-errors.ts';
import type { Reading } from '../files/readings.ts';
import { checkModel } from './check-model.ts';
import { externalInfo, isExternal, openExternal, type ExternalFile } from './external-data.ts';
import { TensorProtoSchema } from './proto/onnx_pb.js';
import type { ModelProto, TensorProto } from './proto/onnx_pb.js';
import { readModelFile, type OnnxModel } from './read-model.ts';
import { tensorByteLength } from './tensor-proto.ts';
import { tensorsOf } from './tensors-of.ts';

/** The user's model, hashed by the very bytes that are used. */
export interface SourceModel extends OnnxModel {
  /** The .onnx file, then its files of external data; the last hash is the model's. */
  readonly readings: readonly Reading[];
  /**
   * False when ONNX Runtime may refuse the file where Vernier does not: it wants nodes in order, and small tensors that shapes
   * depend on within the .onnx file.
   */
  readonly isPlain: boolean;
}

export function sourceSha256({ readings }: SourceModel): string {
  return readings.at(-1)!.sha256;
}

/** Above this, weights stay in the files they are in: a copy in memory would be too large. */
export const inlineLimitBytes = 1_000_000_000;
/** Smaller tensors are taken in whatever the model's size: shapes may depend on them, and ONNX Runtime needs them then. */
const alwaysInlineBytes = 4096;

/** Where a tensor's bytes are in a file, and where they go. */
interface Slice {
  /** Of a tensor there. */
  readonly name: string;
  readonly start: number;
  readonly target: Uint8Array;
}

/** @returns the tensors to take into the model. */
function chooseInlined(proto: ModelProto, sizeBytes: number, limitBytes: number): TensorProto[] {
  const external = [...tensorsOf(proto)].filter(isExternal);
  const total = external.reduce((sum, tensor) => sum + tensorByteLength(tensor), sizeBytes);
  if (total <= limitBytes) return external;
  const own = new Set(proto.graph?.initializer);
  // What ONNX Runtime moves into a file of its own is the main graph's; other tensors it leaves where they are.
  return external.filter((tensor) => !own.has(tensor) || tensorByteLength(tensor) < alwaysInlineBytes);
}

/**
 * Reads a model as `readModel` does, takes its external data into memory where it is not too large, and hashes all of it, each
 * file read once: what is used is what is hashed.
 * @throws AppError as `readModel`; `out-of-memory`.
 */
export async function readSourceModel(path: string, limitBytes = inlineLimitBytes): Promise<SourceModel> {
  const { model, bytes, external, wasSorted } = await readModelFile(path);
  const hash = createHash('sha256').update(bytes);
  const readings: Reading[] = [{ path: model.path, sha256: hash.copy().digest('hex') }];
  const inlined = chooseInlined(model.proto, bytes.byteLength, limitBytes);
  const byLocation = new Map<string, TensorProto[]>();
  for (const tensor of inlined) {
    const { location } = externalInfo(tensor);
    byLocation.set(location, [...(byLocation.get(location) ?? []), tensor]);
  }
  const loaded = new Map<TensorProto, Uint8Array>();
  for (const { path: dataPath, locations } of external) {
    const slices = takeSlices(
      locations.flatMap((location) => byLocation.get(location) ?? []),
      loaded,
    );
    const file = openExternal(locations[0]!, model.folder, slices[0]?.name ?? '');
    try {
      await readSlices(file, slices, hash);
    } finally {
      closeSync(file.descriptor);
    }
    readings.push({ path: dataPath, sha256: hash.copy().digest('hex') });
  }
  for (const [tensor, data] of loaded) {
    tensor.rawData = data;
    tensor.externalData = [];
    clearField(tensor, TensorProtoSchema.field.dataLocation);
  }
  // What a model demands by numbers that lay outside shows only now.
  if (loaded.size > 0) checkModel(model.proto);
  return { ...model, readings, isPlain: wasSorted && external.length === 0 };
}

/** Memory for each tensor; tensors that share their bytes in the file share them here. */
function takeSlices(tensors: readonly TensorProto[], loaded: Map<TensorProto, Uint8Array>): Slice[] {
  const slices = new Map<string, Slice>();
  for (const tensor of tensors) {
    const sizeBytes = tensorByteLength(tensor);
    const { offsetBytes } = externalInfo(tensor);
    const key = `${offsetBytes} ${sizeBytes}`;
    const slice = slices.get(key) ?? {
      name: tensor.name,
      start: offsetBytes,
      target: allocate(sizeBytes, tell('memoryOfTensor', { name: tensor.name })),
    };
    slices.set(key, slice);
    loaded.set(tensor, slice.target);
  }
  return [...slices.values()].filter(({ target }) => target.byteLength > 0).sort((a, b) => a.start - b.start);
}

/** Reads a file from end to end, hashes it and fills what lies in it on the way. */
async function readSlices({ path, descriptor }: ExternalFile, slices: readonly Slice[], hash: Hash): Promise<void> {
  let next = 0;
  let open: Slice[] = [];
  let position = 0;
  try {
    for await (const piece of createReadStream(path, { fd: descriptor, autoClose: false, highWaterMark: 1 << 20 })) {
      const chunk = piece as Buffer;
      hash.update(chunk);
      const end = position + chunk.byteLength;
      while (next < slices.length && slices[next]!.start < end) open.push(slices[next++]!);
      for (const { start, target } of open) {
        const from = Math.max(start, position);
        target.set(chunk.subarray(from - position, Math.min(end, start + target.byteLength) - position), from - start);
      }
      open = open.filter(({ start, target }) => start + target.byteLength > end);
      position = end;
    }
  } catch (error) {
    throw readFailure(path, error);
  }
  if (open.length === 0 && next === slices.length) return;
  throw new AppError('file-unreadable', tell('fileBecameShorter', { path }));
}
