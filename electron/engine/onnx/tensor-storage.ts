import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { TensorProto_DataType as ElementType, type TensorProto } from './proto/onnx_pb.js';

type TypedField = 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data' | 'stringData';

/** How ONNX stores an element type (onnx.proto, TensorProto.DataType and the *_data fields). */
export interface Storage {
  /** Of one element in raw_data; 0 for strings, which have no fixed size. */
  readonly bits: number;
  /** The field that holds the values when raw_data does not. */
  readonly field: TypedField;
  /** Elements in one entry of that field: 2 for packed 4-bit types, a half for complex ones. */
  readonly elementsPerEntry: number;
  /** The field's entries as raw_data would hold them, little-endian. */
  readonly toBytes: (tensor: TensorProto) => Uint8Array;
}

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** FLOAT6 values, one in each int32_data entry, as raw_data has them: a bitstream, lowest bits first. */
function packSixBits(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((values.length * 6) / 8));
  values.forEach((value, index) => {
    const bit = index * 6;
    const shifted = (value & 0x3f) << (bit % 8);
    bytes[bit >>> 3]! |= shifted & 0xff;
    if (shifted > 0xff) bytes[(bit >>> 3) + 1]! |= shifted >>> 8;
  });
  return bytes;
}

const inFloats = (bits: number, elementsPerEntry: number): Storage => ({
  bits,
  field: 'floatData',
  elementsPerEntry,
  toBytes: (tensor) => bytesOf(Float32Array.from(tensor.floatData)),
});
const inDoubles = (bits: number, elementsPerEntry: number): Storage => ({
  bits,
  field: 'doubleData',
  elementsPerEntry,
  toBytes: (tensor) => bytesOf(Float64Array.from(tensor.doubleData)),
});
const inInts = (bits: number, toBytes: (values: readonly number[]) => Uint8Array): Storage => ({
  bits,
  field: 'int32Data',
  // Below six bits, an entry is one packed byte.
  elementsPerEntry: bits < 6 ? 8 / bits : 1,
  toBytes: (tensor) => toBytes(tensor.int32Data),
});
const asBytes = (values: readonly number[]): Uint8Array => Uint8Array.from(values);
const asHalves = (values: readonly number[]): Uint8Array => bytesOf(Uint16Array.from(values));
const asBooleans = (values: readonly number[]): Uint8Array => Uint8Array.from(values, (value) => (value === 0 ? 0 : 1));

const storages: Readonly<Partial<Record<number, Storage>>> = {
  [ElementType.FLOAT]: inFloats(32, 1),
  [ElementType.UINT8]: inInts(8, asBytes),
  [ElementType.INT8]: inInts(8, asBytes),
  [ElementType.UINT16]: inInts(16, asHalves),
  [ElementType.INT16]: inInts(16, asHalves),
  [ElementType.INT32]: inInts(32, (values) => bytesOf(Int32Array.from(values))),
  [ElementType.INT64]: {
    bits: 64,
    field: 'int64Data',
    elementsPerEntry: 1,
    toBytes: (tensor) => bytesOf(BigInt64Array.from(tensor.int64Data)),
  },
  [ElementType.STRING]: { bits: 0, field: 'stringData', elementsPerEntry: 1, toBytes: () => new Uint8Array(0) },
  [ElementType.BOOL]: inInts(8, asBooleans),
  [ElementType.FLOAT16]: inInts(16, asHalves),
  [ElementType.DOUBLE]: inDoubles(64, 1),
  [ElementType.UINT32]: {
    bits: 32,
    field: 'uint64Data',
    elementsPerEntry: 1,
    toBytes: (tensor) => bytesOf(Uint32Array.from(tensor.uint64Data, (value) => Number(BigInt.asUintN(32, value)))),
  },
  [ElementType.UINT64]: {
    bits: 64,
    field: 'uint64Data',
    elementsPerEntry: 1,
    toBytes: (tensor) => bytesOf(BigUint64Array.from(tensor.uint64Data)),
  },
  [ElementType.COMPLEX64]: inFloats(64, 0.5),
  [ElementType.COMPLEX128]: inDoubles(128, 0.5),
  [ElementType.BFLOAT16]: inInts(16, asHalves),
  [ElementType.FLOAT8E4M3FN]: inInts(8, asBytes),
  [ElementType.FLOAT8E4M3FNUZ]: inInts(8, asBytes),
  [ElementType.FLOAT8E5M2]: inInts(8, asBytes),
  [ElementType.FLOAT8E5M2FNUZ]: inInts(8, asBytes),
  [ElementType.UINT4]: inInts(4, asBytes),
  [ElementType.INT4]: inInts(4, asBytes),
  [ElementType.FLOAT4E2M1]: inInts(4, asBytes),
  [ElementType.FLOAT8E8M0]: inInts(8, asBytes),
  [ElementType.UINT2]: inInts(2, asBytes),
  [ElementType.INT2]: inInts(2, asBytes),
  [ElementType.FLOAT6E2M3]: inInts(6, packSixBits),
  [ElementType.FLOAT6E3M2]: inInts(6, packSixBits),
};

export type TypedTensor = Pick<TensorProto, 'name' | 'dataType'>;

/** @throws AppError `model-malformed` for UNDEFINED, `model-unsupported` for types newer than Vernier knows. */
export function storageOf({ name, dataType }: TypedTensor): Storage {
  const storage = storages[dataType];
  if (storage !== undefined) return storage;
  if (dataType === (ElementType.UNDEFINED as number)) {
    throw new AppError('model-malformed', tell('tensorWithoutType', { name }));
  }
  throw new AppError('model-unsupported', tell('tensorOfUnknownType', { name, type: dataType }));
}
