import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/** ONNX element types by their lower-case names, with the TensorProto.DataType number and the size of one element. */
export const dataTypes = {
  float32: { number: 1, bytesPerElement: 4 },
  uint8: { number: 2, bytesPerElement: 1 },
  int8: { number: 3, bytesPerElement: 1 },
  uint16: { number: 4, bytesPerElement: 2 },
  int16: { number: 5, bytesPerElement: 2 },
  int32: { number: 6, bytesPerElement: 4 },
  int64: { number: 7, bytesPerElement: 8 },
  bool: { number: 9, bytesPerElement: 1 },
  float16: { number: 10, bytesPerElement: 2 },
  float64: { number: 11, bytesPerElement: 8 },
  uint32: { number: 12, bytesPerElement: 4 },
  uint64: { number: 13, bytesPerElement: 8 },
} as const;

export type DataType = keyof typeof dataTypes;

export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array;

/** A dense tensor in row-major order. float16 is held as its raw bits in a Uint16Array; bool as 0/1 in a Uint8Array. */
export interface Tensor {
  readonly dataType: DataType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** Input name to tensor, as fed to a model. */
export type Feeds = Readonly<Record<string, Tensor>>;

export function elementCount(dims: readonly number[]): number {
  let product = 1;
  for (const dim of dims) product *= dim;
  return product;
}

export function dataTypeFromNumber(number: number): DataType | null {
  for (const [name, entry] of Object.entries(dataTypes)) if (entry.number === number) return name as DataType;
  return null;
}

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  float16: Uint16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const;

/** Zeros. */
export function makeTensorData(dataType: DataType, count: number): TensorData {
  return new constructors[dataType](count);
}

/**
 * Little-endian bytes as a typed array of `count` elements: a view when the bytes are aligned, else one copy.
 * @throws AppError `model-malformed` when the byte count does not match.
 */
export function typedArrayFromBytes(dataType: DataType, bytes: Uint8Array, count: number): TensorData {
  const size = dataTypes[dataType].bytesPerElement;
  if (bytes.byteLength !== count * size) {
    throw new AppError(
      'model-malformed',
      tell('bytesMismatch', { wanted: count * size, type: dataType, found: bytes.byteLength }),
    );
  }
  // Not `slice`: on a Buffer that is a view, still unaligned.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes);
  return new constructors[dataType](aligned.buffer as ArrayBuffer, aligned.byteOffset, count);
}
