import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { TensorProto_DataType as ElementType, TensorProtoSchema } from './proto/onnx_pb.js';
import type { TensorProto } from './proto/onnx_pb.js';

/*
 * Older exporters keep weights in float_data and double_data, which the protobuf runtime decodes into arrays of numbers:
 * seven times the size of the file, and seconds of work. On the wire, a packed field of either kind is byte for byte what
 * raw_data would hold. So large initializers are decoded as raw_data, which is a view, and this file remembers which field
 * they came from, so that they are written back there.
 */

/** A packed field of an initializer of the main graph, to be decoded as raw_data. */
export interface TypedView {
  /** Among the main graph's initializers. */
  readonly initializerIndex: number;
  /** Of the field's tag, one byte, in the encoded model. */
  readonly tagPosition: number;
  readonly fieldNumber: number;
}

/** Smaller fields are decoded as they are. */
export const smallestViewBytes = 4096;

const floatField = TensorProtoSchema.field.floatData.number;
const doubleField = TensorProtoSchema.field.doubleData.number;
export const rawDataField = TensorProtoSchema.field.rawData.number;

/** Element types that each field may hold. Values of other types in them are an error, not a view. */
const elementTypes: ReadonlyMap<number, readonly number[]> = new Map([
  [floatField, [ElementType.FLOAT, ElementType.COMPLEX64]],
  [doubleField, [ElementType.DOUBLE, ElementType.COMPLEX128]],
]);

export function isViewableField(fieldNumber: number): boolean {
  return elementTypes.has(fieldNumber);
}

const origins = new WeakMap<TensorProto, { readonly fieldNumber: number; readonly rawData: Uint8Array }>();

function tagOf(fieldNumber: number): number {
  return (fieldNumber << 3) | 2;
}

/**
 * Runs `decode` with the fields' tags changed to that of raw_data, then changes them back.
 * @param bytes the encoded model, changed only while `decode` runs.
 */
export function withRawTags<Result>(bytes: Uint8Array, views: readonly TypedView[], decode: () => Result): Result {
  for (const { tagPosition } of views) bytes[tagPosition] = tagOf(rawDataField);
  try {
    return decode();
  } finally {
    for (const { tagPosition, fieldNumber } of views) bytes[tagPosition] = tagOf(fieldNumber);
  }
}

/** Remembers where the tensors' data came from. @throws AppError `model-malformed` when their type does not fit the field. */
export function rememberOrigins(initializers: readonly TensorProto[], views: readonly TypedView[]): void {
  for (const { initializerIndex, fieldNumber } of views) {
    const tensor = initializers[initializerIndex];
    if (tensor === undefined || elementTypes.get(fieldNumber)?.includes(tensor.dataType) !== true) {
      throw new AppError('model-malformed', tell('tensorInWrongField', { name: tensor?.name ?? '' }));
    }
    origins.set(tensor, { fieldNumber, rawData: tensor.rawData });
  }
}

/** The field that a tensor's raw data belongs in when written: where it was read from, unless the tensor was changed. */
export function dataFieldOf(tensor: TensorProto): number {
  const origin = origins.get(tensor);
  const isUnchanged =
    origin !== undefined &&
    origin.rawData === tensor.rawData &&
    elementTypes.get(origin.fieldNumber)?.includes(tensor.dataType) === true;
  return isUnchanged ? origin.fieldNumber : rawDataField;
}
