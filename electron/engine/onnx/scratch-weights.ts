import { fromBinary } from '@bufbuild/protobuf';
import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { assertRoom } from '../files/disk-room.ts';
import { writeFailure } from '../files/file-errors.ts';
import type { Steps } from '../job/steps.ts';
import { isExternal } from './external-data.ts';
import { mapTensors } from './map-tensors.ts';
import { alignedOffset, placeTensor } from './place-tensor.ts';
import { encodeModel } from './encode-model.ts';
import { ModelProtoSchema, type ModelProto, type TensorProto } from './proto/onnx_pb.js';
import type { OnnxModel } from './read-model.ts';

/** Below this a tensor stays in the model: ONNX Runtime needs small ones there that shapes depend on. */
const smallestBytes = 4096;
const writeChunkBytes = 1 << 28;

/**
 * Weights of a run's models in one file that all of them point into, each once whatever the number of models. A model is then
 * its graph and a few small tensors; ONNX Runtime maps the rest, so that what several models share is in memory once, and a
 * model may hold more than the 2 GiB at which protobuf ends.
 *
 * The file grows and nothing in it changes. It lies in the run's folder and goes with it.
 */
export class ScratchWeights {
  readonly folder: string;
  private readonly location: string;
  private endBytes = 0;
  /** Offsets by the memory that the data came from, and where in it: looked up without reading it. */
  private readonly byMemory = new WeakMap<ArrayBufferLike, Map<string, number>>();
  private readonly byContent = new Map<string, number>();

  /** @param folder of the run's models. */
  constructor(folder: string, location = 'scratch-weights.data') {
    this.folder = folder;
    this.location = location;
  }

  /** Bytes on the disk. */
  get sizeBytes(): number {
    return this.endBytes;
  }

  /**
   * The same model with its large weights in the file. Data that was placed must not be changed afterwards.
   * @param proto whose external data, if it has any, lies in the same folder.
   * @throws AppError `disk-full`, `write-failed`.
   */
  placeWeights(proto: ModelProto): ModelProto {
    return mapTensors(proto, (tensor, place) => {
      const { rawData } = tensor;
      if (place !== 'main-initializer' || !this.isPlaced(tensor)) return tensor;
      return placeTensor(tensor, this.location, this.offsetOf(rawData), rawData.byteLength);
    });
  }

  /** As `placeWeights`, a step for each tensor that goes there. @param done is yielded after each. */
  *placeInSteps(proto: ModelProto, done = 0): Steps<ModelProto> {
    for (const tensor of proto.graph?.initializer ?? []) {
      if (!this.isPlaced(tensor)) continue;
      this.offsetOf(tensor.rawData);
      yield done;
    }
    return this.placeWeights(proto);
  }

  /** As `placeWeights`, and of what stays in the model nothing holds the memory any more that the model was read into. */
  placeModel(model: OnnxModel): OnnxModel {
    const proto = fromBinary(ModelProtoSchema, encodeModel(this.placeWeights(model.proto)));
    return { ...model, proto, folder: this.folder };
  }

  private isPlaced(tensor: TensorProto): boolean {
    return !isExternal(tensor) && tensor.rawData.byteLength >= smallestBytes;
  }

  private offsetOf(data: Uint8Array): number {
    const known = this.byMemory.get(data.buffer) ?? new Map<string, number>();
    this.byMemory.set(data.buffer, known);
    const place = `${data.byteOffset} ${data.byteLength}`;
    const before = known.get(place);
    if (before !== undefined) return before;
    const content = createHash('sha256').update(data).digest('base64');
    const offset = this.byContent.get(content) ?? this.append(data);
    this.byContent.set(content, offset);
    known.set(place, offset);
    return offset;
  }

  private append(data: Uint8Array): number {
    const path = join(this.folder, this.location);
    try {
      assertRoom(this.folder, data.byteLength);
      const offset = alignedOffset(this.endBytes, data.byteLength);
      // Opened anew each time: a system may refuse to map a file that is open for writing.
      const descriptor = openSync(path, this.endBytes === 0 ? 'w' : 'r+');
      try {
        for (let done = 0; done < data.byteLength;) {
          const length = Math.min(writeChunkBytes, data.byteLength - done);
          done += writeSync(descriptor, data, done, length, offset + done);
        }
      } finally {
        closeSync(descriptor);
      }
      this.endBytes = offset + data.byteLength;
      return offset;
    } catch (error) {
      throw writeFailure(path, error);
    }
  }
}
