import { create } from '@bufbuild/protobuf';
import {
  StringStringEntryProtoSchema,
  TensorProtoSchema,
  TensorProto_DataLocation as DataLocation,
  type TensorProto,
} from './proto/onnx_pb.js';

/** What a tensor is beside its data, with `fields` for that. */
export function copyTensor(tensor: TensorProto, fields: Partial<TensorProto>): TensorProto {
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

/** The same tensor with its data in a file beside the model. */
export function placeTensor(
  tensor: TensorProto,
  location: string,
  offsetBytes: number,
  sizeBytes: number,
): TensorProto {
  const entries = { location, offset: String(offsetBytes), length: String(sizeBytes) };
  return copyTensor(tensor, {
    dataLocation: DataLocation.EXTERNAL,
    externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
  });
}

/**
 * onnx.proto: "Offset values SHOULD be multiples 4096 (page size) to enable mmap support". As ONNX Runtime and onnx_ir
 * do (align_threshold 1 MiB), only large tensors get pages of their own; the rest get cache lines.
 */
const pageAlignmentBytes = 4096;
const pageAlignedFromBytes = 1 << 20;
const smallAlignmentBytes = 64;

/** Where a tensor begins behind what ends at `endBytes`. */
export function alignedOffset(endBytes: number, sizeBytes: number): number {
  const alignment = sizeBytes >= pageAlignedFromBytes ? pageAlignmentBytes : smallAlignmentBytes;
  return Math.ceil(endBytes / alignment) * alignment;
}
