import { fromBinary } from '@bufbuild/protobuf';
import { AppError } from '../../../shared/app-error.ts';
import { allocate } from '../files/allocate.ts';
import { openRegularFile } from '../files/regular-file.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { checkWire } from './check-wire.ts';
import { isExternal } from './external-data.ts';
import { fileSource } from './npy.ts';
import { TensorProtoSchema } from './proto/onnx_pb.js';
import { readTensor } from './tensor-proto.ts';

export interface NamedTensor {
  /** Empty when the file does not name it. */
  readonly name: string;
  readonly tensor: Tensor;
}

/** Far above any sample, and within what one allocation can hold. */
const largestFileBytes = 2 ** 31 - 1;

/**
 * Reads a TensorProto file, as in ONNX test data (`test_data_set_0/input_0.pb`). An empty file is what protobuf writes
 * for an empty message, and is refused: it names no type.
 * @throws AppError `file-not-found`, `file-unreadable`, `data-malformed`.
 */
export async function readTensorFile(path: string): Promise<NamedTensor> {
  const { handle, sizeBytes } = await openRegularFile(path);
  try {
    if (sizeBytes > largestFileBytes) {
      throw new AppError('data-malformed', `"${path}" is larger than 2 GiB, where protobuf ends.`);
    }
    const bytes = allocate(sizeBytes, `"${path}"`);
    await fileSource(handle, path, 0, sizeBytes).read(bytes, 0);
    checkWire(TensorProtoSchema, bytes);
    const proto = fromBinary(TensorProtoSchema, bytes);
    if (isExternal(proto)) {
      throw new AppError('data-malformed', `"${path}" keeps its data in another file, which test data must not.`);
    }
    return { name: proto.name, tensor: readTensor(proto, '') };
  } catch (error) {
    if (error instanceof AppError && error.code !== 'model-malformed' && error.code !== 'model-unsupported')
      throw error;
    const told = error instanceof Error ? error.message : String(error);
    const reason = error instanceof AppError ? told : `${told}. Write it again with onnx.save_tensor.`;
    throw new AppError('data-malformed', `"${path}" is not a readable ONNX tensor: ${reason}`, { cause: error });
  } finally {
    await handle.close();
  }
}
