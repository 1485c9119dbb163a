import { create } from '@bufbuild/protobuf';
import type { GraphDraft } from '../../4-quantize/graph-draft.ts';
import { addInitializer } from '../../4-quantize/graph-draft.ts';
import { makeNode } from '../../graph/edit.ts';
import { intAttribute } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { TensorProtoSchema, TensorProto_DataType as ElementType } from '../../onnx/proto/onnx_pb.js';
import { packedAt, packedLength, type PackedWeight } from '../../tensor/packed-integers.ts';
import { blocksIn, type PackedFormat, type WeightRows } from './round-blocks.ts';
import { digestOf, packMatrix } from './store-packed.ts';

/**
 * The same weight as DequantizeLinear of opset 21 reads it: blocks along the first axis, as the rows of a product's weight are summed.
 * Tensors of 4 bits are row-major with two elements in a byte, the first in the low half, and nothing between rows.
 */
interface BlockedWeight {
  /** Columns of the product by rows of the weight, so K x N. */
  readonly integers: Uint8Array<ArrayBuffer>;
  /** Blocks x N. */
  readonly scales: Float32Array<ArrayBuffer>;
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
}

/** Turned before: variants of one model are made by the dozen. */
const turned = new WeakMap<PackedWeight, BlockedWeight>();

/** @returns weights of equal value: w = scale * (integer - zero point). */
export function turnBlocks(packed: PackedWeight, { rows, columns }: WeightRows, format: PackedFormat): BlockedWeight {
  const known = turned.get(packed);
  if (known !== undefined) return known;
  const blocks = blocksIn(columns, format);
  const turn = (bytes: Uint8Array, rowBytes: number, count: number): Uint8Array<ArrayBuffer> => {
    const result = new Uint8Array(packedLength(count * rows, 4));
    for (let row = 0; row < rows; row++) {
      for (let index = 0; index < count; index++) {
        const place = index * rows + row;
        result[place >>> 1]! |= packedAt(bytes, row * rowBytes, index, 4) << (4 * (place & 1));
      }
    }
    return result;
  };
  const scales = new Float32Array(packed.scales.length);
  for (let row = 0; row < rows; row++) {
    for (let block = 0; block < blocks; block++) scales[block * rows + row] = packed.scales[row * blocks + block]!;
  }
  const made = {
    integers: turn(packed.data, packedLength(blocks * format.block, 4), columns),
    scales,
    zeroPoints: turn(packed.zeroPoints, packedLength(blocks, 4), blocks),
  };
  turned.set(packed, made);
  return made;
}

/**
 * Puts the weight of a product into the new graph with the DequantizeLinear that makes floats of it; what comes to the same bytes is stored once.
 * @returns the name of the values, K x N.
 */
export function addBlockedWeight(draft: GraphDraft, node: NodeProto, format: PackedFormat): string {
  const tensor = node.input[1]!;
  const { packed, layout } = packMatrix(draft, node, format);
  const key = `blocked ${digestOf(packed, layout.rows)}`;
  const known = draft.dequantizedWeights.get(key);
  if (known !== undefined) return known;
  const { integers, scales, zeroPoints } = turnBlocks(packed, layout, format);
  const dims = [blocksIn(layout.columns, format), layout.rows];
  const inputs = [
    addFourBits(draft, `${tensor}_quantized`, [layout.columns, layout.rows], integers),
    addInitializer(draft, `${tensor}_scales`, { dataType: 'float32', dims, data: scales }),
    addFourBits(draft, `${tensor}_zero_points`, dims, zeroPoints),
  ];
  const output = draft.newName(`${tensor}_dequantized`);
  const attributes = [intAttribute('axis', 0), intAttribute('block_size', format.block)];
  draft.nodes.push(
    makeNode('DequantizeLinear', draft.newName(`${tensor}_DequantizeLinear`), inputs, [output], attributes),
  );
  draft.dequantizedWeights.set(key, output);
  return output;
}

function addFourBits(draft: GraphDraft, baseName: string, dims: readonly number[], rawData: Uint8Array): string {
  const name = draft.newName(baseName);
  draft.initializers.push(
    create(TensorProtoSchema, { name, dims: dims.map(BigInt), dataType: ElementType.UINT4, rawData }),
  );
  return name;
}
