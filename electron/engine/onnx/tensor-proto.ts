import { create } from '@bufbuild/protobuf';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { fromFloat16Bits } from '../tensor/float16.ts';
import {
  dataTypeFromNumber,
  dataTypes,
  elementCount,
  typedArrayFromBytes,
  type DataType,
  type Tensor,
} from '../tensor/tensor.ts';
import { isExternal, readExternal } from './external-data.ts';
import { storageOf, type TypedTensor } from './tensor-storage.ts';
import { TensorProtoSchema, TensorProto_DataType as ElementType } from './proto/onnx_pb.js';
import type { TensorProto } from './proto/onnx_pb.js';

/** The name of an element type as people know it, such as `float32` or `int4`. */
function elementTypeName(dataTypeNumber: number): string {
  const known = dataTypeFromNumber(dataTypeNumber);
  if (known !== null) return known;
  const name: string | undefined = ElementType[dataTypeNumber];
  return name === undefined ? `element type ${dataTypeNumber}` : name.toLowerCase();
}

/**
 * Bits of one stored element of a tensor: 4 for int4, 16 for bfloat16, 0 for strings.
 * @throws AppError `model-malformed` for UNDEFINED, `model-unsupported` for types newer than Vernier knows.
 */
export function bitsPerElement(tensor: TypedTensor): number {
  return storageOf(tensor).bits;
}

function malformed(tensor: TensorProto, what: Told): AppError {
  return new AppError('model-malformed', tell('tensorMalformed', { name: tensor.name, what }));
}

/**
 * Elements of a tensor by its dimensions: 1 for a scalar.
 * @throws AppError `model-malformed` for a negative dimension or a product of 2^53 and more.
 */
export function tensorElementCount(tensor: TensorProto): number {
  let count = 1n;
  let hasZero = false;
  for (const dim of tensor.dims) {
    if (dim < 0n) throw malformed(tensor, tell('tensorDimensionNegative', { dimension: dim }));
    if (dim === 0n) hasZero = true;
    // The bound is kept while multiplying, so that a thousand huge dimensions cost no huge integers.
    else count *= dim;
    if (count > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw malformed(tensor, tell('tensorTooLargeForFiles', { dimensions: tensor.dims.slice(0, 8).join(' x ') }));
    }
  }
  return hasZero ? 0 : Number(count);
}

/**
 * Bytes a tensor takes in raw form, by dimensions and element type (sub-byte types packed, the last byte padded).
 * For strings, the sum of their lengths. Nothing is read or allocated.
 * @throws AppError as `tensorElementCount` and `bitsPerElement`.
 */
export function tensorByteLength(tensor: TensorProto): number {
  if (tensor.dataType === (ElementType.STRING as number)) {
    return tensor.stringData.reduce((sum, text) => sum + text.byteLength, 0);
  }
  const count = tensorElementCount(tensor);
  let bits: number;
  try {
    bits = bitsPerElement(tensor);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(error.code, tell('tensorError', { name: tensor.name, error: error.said }), { cause: error });
  }
  // Never count * bits: that product may leave the safe integers while the byte length is still within them.
  const bytes = bits >= 8 ? count * (bits / 8) : Math.floor(count / 8) * bits + Math.ceil(((count % 8) * bits) / 8);
  if (!Number.isSafeInteger(bytes)) throw malformed(tensor, tell('tensorBytesTooMany'));
  return bytes;
}

const typedFieldNames = ['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const;

/**
 * Proves that the data a tensor carries is as long as its dimensions and type say. External tensors pass: their
 * slices are checked against their files (external-data.ts).
 * @throws AppError `model-malformed`, `model-unsupported`.
 */
export function checkTensor(tensor: TensorProto): void {
  const count = tensorElementCount(tensor);
  const expected = tensorByteLength(tensor);
  if (tensor.segment !== undefined) {
    throw new AppError('model-unsupported', tell('tensorInSegments', { name: tensor.name }));
  }
  const isString = tensor.dataType === (ElementType.STRING as number);
  const raw = tensor.rawData.byteLength;
  const typed = typedFieldNames.filter((name) => tensor[name].length > 0);
  if (isExternal(tensor)) {
    if (isString) throw malformed(tensor, tell('tensorExternalStrings'));
    if (raw > 0 || typed.length > 0) throw malformed(tensor, tell('tensorExternalAndOwn'));
    return;
  }
  if (typed.length + (raw > 0 ? 1 : 0) > 1) throw malformed(tensor, tell('tensorDataTwice'));
  if (isString) {
    if (raw > 0) throw malformed(tensor, tell('tensorRawStrings'));
    if (typed.length > 0 && typed[0] !== 'stringData') throw malformed(tensor, tell('tensorNumbersAsStrings'));
    if (tensor.stringData.length !== count) {
      throw malformed(tensor, tell('tensorStringCount', { wanted: count, count: tensor.stringData.length }));
    }
    return;
  }
  if (raw > 0) {
    if (raw !== expected) throw malformed(tensor, tell('tensorByteCount', { wanted: expected, count: raw }));
    return;
  }
  const { field, elementsPerEntry } = storageOf(tensor);
  const entries = Math.ceil(count / elementsPerEntry);
  if (tensor[field].length !== entries) {
    throw malformed(tensor, tell('tensorValueCount', { wanted: entries, count: tensor[field].length }));
  }
}

/**
 * The raw little-endian bytes of a tensor, row-major, whichever field or file holds them. A view for raw_data; typed
 * fields and external data give fresh memory, allocated only after the sizes were checked. (Vernier runs on
 * little-endian machines only, as ONNX Runtime does.)
 * @param folder of the model, for external data.
 * @throws AppError `model-malformed`, `model-unsupported` (strings), and those of `readExternal`.
 */
export function tensorBytes(tensor: TensorProto, folder: string): Uint8Array {
  checkTensor(tensor);
  if (tensor.dataType === (ElementType.STRING as number)) {
    throw new AppError('model-unsupported', tell('tensorStringsHaveNoBytes', { name: tensor.name }));
  }
  if (isExternal(tensor)) return readExternal(tensor, folder, tensorByteLength(tensor));
  const raw = tensor.rawData;
  // A Buffer's slice() shares memory where a Uint8Array's copies; callers must be able to count on the latter.
  if (raw.byteLength > 0)
    return Buffer.isBuffer(raw) ? new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength) : raw;
  return storageOf(tensor).toBytes(tensor);
}

/**
 * A tensor as typed numbers. A view of the model's bytes when they are aligned; else one copy.
 * @param folder of the model, for external data.
 * @throws AppError `model-unsupported` for strings and types without a typed array (bfloat16, float8, 4-bit, complex);
 *   else as `tensorBytes`.
 */
export function readTensor(tensor: TensorProto, folder: string): Tensor {
  const dataType = dataTypeFromNumber(tensor.dataType);
  const count = tensorElementCount(tensor);
  if (dataType === null) {
    bitsPerElement(tensor);
    throw new AppError(
      'model-unsupported',
      tell('tensorNotComputed', { name: tensor.name, type: elementTypeName(tensor.dataType) }),
    );
  }
  const data = typedArrayFromBytes(dataType, tensorBytes(tensor, folder), count);
  return { dataType, dims: tensor.dims.map(Number), data };
}

/** A dense initializer with its bytes in raw_data: a view of the data, not a copy. */
export function makeTensor(name: string, tensor: Tensor): TensorProto {
  const { data, dims, dataType } = tensor;
  const bytes = dataTypes[dataType].bytesPerElement;
  if (data.length !== elementCount(dims) || data.BYTES_PER_ELEMENT !== bytes) {
    throw new AppError(
      'internal',
      tell('tensorDimensionsMismatch', { name, dimensions: dims.join(' x '), count: data.length, type: dataType }),
    );
  }
  return create(TensorProtoSchema, {
    name,
    dataType: dataTypes[dataType].number,
    dims: dims.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

const floatTypes: readonly DataType[] = ['float32', 'float16', 'float64'];

/**
 * The values as float32: float32 itself without a copy, float16 exactly, float64 and integers rounded to nearest
 * (integers are exact up to 2^24).
 */
export function toFloat32(tensor: Tensor): Float32Array {
  const { data, dataType } = tensor;
  if (data instanceof Float32Array) return data;
  if (dataType === 'float16') return Float32Array.from(data as Uint16Array, fromFloat16Bits);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}

/** True when a tensor's values are float16, float32, float64 or bfloat16: what counts as a real-valued weight. */
export function isFloatTensor(tensor: TensorProto): boolean {
  const known = dataTypeFromNumber(tensor.dataType);
  return known === null ? tensor.dataType === (ElementType.BFLOAT16 as number) : floatTypes.includes(known);
}

/**
 * As `toFloat32(readTensor(...))`, and also bfloat16, whose values float32 holds exactly.
 * @throws AppError as `readTensor`.
 */
export function readFloat32(tensor: TensorProto, folder: string): Float32Array {
  if (tensor.dataType !== (ElementType.BFLOAT16 as number)) return toFloat32(readTensor(tensor, folder));
  const halves = typedArrayFromBytes('uint16', tensorBytes(tensor, folder), tensorElementCount(tensor)) as Uint16Array;
  // bfloat16 is the upper half of a float32.
  return new Float32Array(Uint32Array.from(halves, (bits) => bits * 0x10000).buffer);
}
