import type { OrderedInputs } from '../../4-quantize/compensate-rounding.ts';
import { packedAt, packedLength, putPacked, type PackedWeight } from '../../tensor/packed-integers.ts';
import { blocksIn, nearest, roundBlocks, type PackedFormat, type WeightRows } from './round-blocks.ts';

/**
 * Rounds weights in blocks one input after another, from the strongest: the error each rounding makes in the outputs is made up
 * for, as far as inputs move together, by the weights that are still to be rounded.
 *
 * GPTQ: Frantar et al., "GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers" (2023), section 3.2.
 * Scales and zero points are settled first, from the float weights, so that inputs can be taken in any order; each weight of a block
 * counts by the power of its input.
 * @param values the float weights.
 */
export function compensateBlocks(
  values: Float32Array,
  layout: WeightRows,
  format: PackedFormat,
  { ranked, factor, powers }: OrderedInputs,
): PackedWeight {
  const { rows, columns, rowStride, columnStride } = layout;
  const { bits, block } = format;
  const started = roundBlocks(values, layout, format, powers);
  const largest = 2 ** bits - 1;
  const blocks = blocksIn(columns, format);
  const rowBytes = packedLength(blocks * block, bits);
  const zeroBytes = packedLength(blocks, bits);
  const data = new Uint8Array(started.data.length);
  const rest = new Float64Array(columns);
  for (let row = 0; row < rows; row++) {
    for (let position = 0; position < columns; position++) {
      rest[position] = values[row * rowStride + ranked[position]! * columnStride]!;
    }
    for (let position = 0; position < columns; position++) {
      const column = ranked[position]!;
      const index = Math.floor(column / block);
      const scale = started.scales[row * blocks + index]!;
      const zeroPoint = packedAt(started.zeroPoints, row * zeroBytes, index, bits);
      const integer = nearest(rest[position]! / scale, zeroPoint, largest);
      putPacked(data, row * rowBytes, column, bits, integer);
      const start = position * columns;
      const error = (rest[position]! - (integer - zeroPoint) * scale) / factor[start + position]!;
      for (let later = position + 1; later < columns; later++) {
        rest[later] = rest[later]! - error * factor[start + later]!;
      }
    }
    // What fills the last block up stands for 0.
    for (let column = columns; column < blocks * block; column++) {
      putPacked(data, row * rowBytes, column, bits, packedAt(started.zeroPoints, row * zeroBytes, blocks - 1, bits));
    }
  }
  return { ...started, data };
}
