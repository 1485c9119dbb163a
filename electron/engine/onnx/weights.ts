import type { TensorProto } from './proto/onnx_pb.js';
import type { OnnxModel } from './read-model.ts';
import { readFloat32, readTensor, tensorBytes } from './tensor-proto.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Reads the tensors of one model wherever their bytes are, in the file itself or in those beside it. */
export class Weights {
  private readonly folder: string;

  constructor({ folder }: Pick<OnnxModel, 'folder'>) {
    this.folder = folder;
  }

  /** As `readTensor`. */
  read(tensor: TensorProto): Tensor {
    return readTensor(tensor, this.folder);
  }

  /** As `readFloat32`. */
  floats(tensor: TensorProto): Float32Array {
    return readFloat32(tensor, this.folder);
  }

  /** As `tensorBytes`. */
  bytes(tensor: TensorProto): Uint8Array {
    return tensorBytes(tensor, this.folder);
  }
}
