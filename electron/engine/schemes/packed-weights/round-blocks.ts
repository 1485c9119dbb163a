import { packedLength, putPacked, type PackedWeight } from '../../tensor/packed-integers.ts';
import { roundHalfToEven } from '../../tensor/quantization.ts';

/** Where the weights of an output channel lie in memory: `rows` sums of `columns` products each. */
export interface WeightRows {
  readonly rows: number;
  readonly columns: number;
  /** Elements from one row to the next, and from one column to the next. */
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface PackedFormat {
  readonly bits: 2 | 4;
  /** Neighbours along a row that share scale and zero point. */
  readonly block: number;
}

export function blocksIn(columns: number, { block }: PackedFormat): number {
  return Math.ceil(columns / block);
}

/** Bytes of a weight in all: integers, scales and zero points. */
export function packedBytes({ rows, columns }: Pick<WeightRows, 'rows' | 'columns'>, format: PackedFormat): number {
  const blocks = blocksIn(columns, format);
  const integers = packedLength(blocks * format.block, format.bits) + packedLength(blocks, format.bits);
  return rows * (integers + 4 * blocks);
}

/** Ends of the range that is tried, as shares of the block's own: to cut its ends off can bring all else closer. */
const triedShares = [1, 0.93, 0.86, 0.79, 0.72, 0.65];
/** The smallest normal float32: a smaller scale would lose bits. */
const smallestScale = 1.1754943508222875e-38;

interface BlockParameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

/**
 * The scale and the zero point under which the squared error of a block is least, of those tried: for each range the nearest
 * integers, and for these integers the scale by least squares, sum(w * d) / sum(d * d) with d = integer - zero point, which leaves
 * sum(w * w) - sum(w * d)^2 / sum(d * d). The first range is the whole one, so the error is never above that of rounding by it.
 * @param importance what the square of each value's error counts.
 */
function chooseParameters(
  values: Float64Array,
  importance: Float64Array,
  length: number,
  largest: number,
): BlockParameters {
  let low = 0;
  let high = 0;
  for (let place = 0; place < length; place++) {
    const value = values[place]!;
    if (value < low) low = value;
    else if (value > high) high = value;
  }
  let best: BlockParameters = { scale: 1, zeroPoint: 0 };
  let most = 0;
  for (const share of triedShares) {
    const step = ((high - low) * share) / largest;
    if (!(step >= smallestScale)) break;
    const zeroPoint = Math.max(0, Math.min(largest, roundHalfToEven(-(low * share) / step)));
    let squares = 0;
    let product = 0;
    for (let place = 0; place < length; place++) {
      const value = values[place]!;
      const distance = nearest(value / step, zeroPoint, largest) - zeroPoint;
      squares += importance[place]! * distance * distance;
      product += importance[place]! * value * distance;
    }
    const scale = Math.fround(product / squares);
    const explained = (product * product) / squares;
    if (explained > most && scale >= smallestScale && scale < Infinity) {
      most = explained;
      best = { scale, zeroPoint };
    }
  }
  return best;
}

/** @param steps a value, in steps of the scale. */
export function nearest(steps: number, zeroPoint: number, largest: number): number {
  const integer = Math.floor(steps + zeroPoint + 0.5);
  return integer < 0 ? 0 : integer > largest ? largest : integer;
}

/**
 * Rounds a float weight to unsigned integers of few bits, with a scale and a zero point for each block of a row.
 * @param powers of the inputs that columns are multiplied by, where they are known; null: all count alike.
 */
export function roundBlocks(
  values: Float32Array,
  layout: WeightRows,
  format: PackedFormat,
  powers: Float64Array | null = null,
): PackedWeight {
  const { rows, columns, rowStride, columnStride } = layout;
  const { bits, block } = format;
  const largest = 2 ** bits - 1;
  const blocks = blocksIn(columns, format);
  const rowBytes = packedLength(blocks * block, bits);
  const zeroBytes = packedLength(blocks, bits);
  const data = new Uint8Array(rows * rowBytes);
  const scales = new Float32Array(rows * blocks);
  const zeroPoints = new Uint8Array(rows * zeroBytes);
  const buffer = new Float64Array(block);
  const importance = new Float64Array(block).fill(1);
  for (let row = 0; row < rows; row++) {
    for (let index = 0; index < blocks; index++) {
      const first = index * block;
      const length = Math.min(block, columns - first);
      let offset = row * rowStride + first * columnStride;
      for (let place = 0; place < length; place++, offset += columnStride) buffer[place] = values[offset]!;
      if (powers !== null) importance.set(powers.subarray(first, first + length));
      const { scale, zeroPoint } = chooseParameters(buffer, importance, length, largest);
      scales[row * blocks + index] = scale;
      putPacked(zeroPoints, row * zeroBytes, index, bits, zeroPoint);
      for (let place = 0; place < block; place++) {
        // What fills the last block up stands for 0.
        const integer = place < length ? nearest(buffer[place]! / scale, zeroPoint, largest) : zeroPoint;
        putPacked(data, row * rowBytes, first + place, bits, integer);
      }
    }
  }
  return { data, scales, zeroPoints };
}
