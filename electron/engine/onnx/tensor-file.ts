import { fromBinary } from '@bufbuild/protobuf';
import { AppError, saidOf } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
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
      throw new AppError('data-malformed', tell('testTensorTooLarge', { path }));
    }
    const bytes = allocate(sizeBytes, tell('nameQuoted', { name: path }));
    await fileSource(handle, path, 0, sizeBytes).read(bytes, 0);
    checkWire(TensorProtoSchema, bytes);
    const proto = fromBinary(TensorProtoSchema, bytes);
    if (isExternal(proto)) {
      throw new AppError('data-malformed', tell('testTensorExternal', { path }));
    }
    return { name: proto.name, tensor: readTensor(proto, '') };
  } catch (error) {
    if (error instanceof AppError && error.code !== 'model-malformed' && error.code !== 'model-unsupported')
      throw error;
    const told = saidOf(error);
    const reason = error instanceof AppError ? told : tell('testTensorWriteAgain', { reason: told });
    throw new AppError('data-malformed', tell('testTensorUnreadable', { path, reason }), { cause: error });
  } finally {
    await handle.close();
  }
}
