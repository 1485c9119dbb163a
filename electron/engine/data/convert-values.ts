import { AppError, assertNever } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import type { DataType, TensorData } from '../tensor/tensor.ts';
import { fromFloat16Bits, toFloat16Bits } from '../tensor/float16.ts';
import { toNumbers } from '../tensor/to-numbers.ts';

const integerRanges = {
  bool: [0, 1],
  uint8: [0, 0xff],
  int8: [-0x80, 0x7f],
  uint16: [0, 0xffff],
  int16: [-0x8000, 0x7fff],
  uint32: [0, 0xffff_ffff],
  int32: [-0x8000_0000, 0x7fff_ffff],
  // Values pass through float64 on the way, which is exact up to here.
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
} as const;

const isFloat = (dataType: DataType) => dataType === 'float16' || dataType === 'float32' || dataType === 'float64';

/**
 * The values in another element type. Every value must survive unchanged, with one exception that is what the user of a
 * narrower model means: floats round to the narrower float type.
 * @param where the array's place for messages, such as `"input" in data.npz`.
 * @throws AppError `data-malformed` naming a value that the type cannot hold.
 */
export function convertValues(data: TensorData, from: DataType, to: DataType, where: Told): TensorData {
  if (from === to) return data;
  const mayRound = isFloat(from) && isFloat(to);
  const convert = (value: number): number => {
    const held = nearestHeld(value, to);
    // A finite value that overflows to infinity is lost, not rounded.
    const isKept = held === value || (mayRound && (Number.isFinite(held) || !Number.isFinite(value)));
    if (isKept) return held;
    throw new AppError('data-malformed', tell('arrayValueNotHeld', { array: where, from, value, to, type: to }));
  };
  return packNumbers(toNumbers({ data, dataType: from }), to, convert);
}

/** The value itself or its nearest neighbour in a float type; NaN where an integer type has no place for it. */
function nearestHeld(value: number, to: DataType): number {
  if (to === 'float64') return value;
  if (to === 'float32') return Math.fround(value);
  if (to === 'float16') return fromFloat16Bits(toFloat16Bits(value));
  const [min, max] = integerRanges[to];
  return Number.isInteger(value) && value >= min && value <= max ? value : NaN;
}

function packNumbers(values: ArrayLike<number>, to: DataType, convert: (value: number) => number): TensorData {
  switch (to) {
    case 'float32':
      return Float32Array.from(values, convert);
    case 'float64':
      return Float64Array.from(values, convert);
    case 'float16':
      return Uint16Array.from(values, (value) => toFloat16Bits(convert(value)));
    case 'uint8':
    case 'bool':
      return Uint8Array.from(values, convert);
    case 'int8':
      return Int8Array.from(values, convert);
    case 'uint16':
      return Uint16Array.from(values, convert);
    case 'int16':
      return Int16Array.from(values, convert);
    case 'uint32':
      return Uint32Array.from(values, convert);
    case 'int32':
      return Int32Array.from(values, convert);
    case 'int64':
      return BigInt64Array.from(Array.from(values, (value) => BigInt(convert(value))));
    case 'uint64':
      return BigUint64Array.from(Array.from(values, (value) => BigInt(convert(value))));
    default:
      return assertNever(to);
  }
}
