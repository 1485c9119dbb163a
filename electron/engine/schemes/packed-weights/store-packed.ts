import { createHash } from 'node:crypto';
import { initializerIn } from '../../4-quantize/draft-index.ts';
import { addInitializer, type GraphDraft, type StoredTensor } from '../../4-quantize/graph-draft.ts';
import { makeNode } from '../../graph/edit.ts';
import { attributeInt } from '../../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../../onnx/proto/onnx_pb.js';
import type { Weights } from '../../onnx/weights.ts';
import { bitsOf, type Precision } from '../../../../shared/precision.ts';
import { packedLength, type PackedWeight } from '../../tensor/packed-integers.ts';
import type { TensorData } from '../../tensor/tensor.ts';
import { blocksIn, roundBlocks, type PackedFormat, type WeightRows } from './round-blocks.ts';

/** What a packed precision stores its weights in. */
export function formatOf({ weights }: Precision): PackedFormat {
  return { bits: bitsOf(weights!) as PackedFormat['bits'], block: weights!.block! };
}

/** How a node reads a constant matrix as rows: those of a table, or the columns that a product makes one value each of. */
export function rowsOf(node: NodeProto, { dims }: Pick<TensorProto, 'dims'>): WeightRows {
  const [first, second] = dims.map(Number) as [number, number];
  const isRowMajor = node.opType === 'Gather' || (node.opType === 'Gemm' && attributeInt(node, 'transB', 0) !== 0);
  return isRowMajor
    ? { rows: first, columns: second, rowStride: second, columnStride: 1 }
    : { rows: second, columns: first, rowStride: 1, columnStride: second };
}

/** What makes the packed forms of one tensor differ. */
export const packedKey = ({ columnStride }: WeightRows, { bits, block }: PackedFormat): string =>
  `${bits}|${block}|${columnStride}`;

/** Rounded before: variants of one model are made by the dozen, of the same constants. */
const rounded = new WeakMap<TensorProto, Map<string, PackedWeight>>();

function roundOnce(constant: TensorProto, weights: Weights, layout: WeightRows, format: PackedFormat): PackedWeight {
  const known = rounded.get(constant) ?? new Map<string, PackedWeight>();
  rounded.set(constant, known);
  const key = packedKey(layout, format);
  const made = known.get(key) ?? roundBlocks(weights.floats(constant), layout, format);
  known.set(key, made);
  return made;
}

/**
 * Puts the weight of a node into the new graph: packed integers, their scales and zero points. What comes to the same bytes is
 * stored once, as the weight of an output layer and the table it is tied to.
 * @param dims of the integers, as the node reads them.
 */
function storePacked(
  draft: GraphDraft,
  tensor: string,
  packed: PackedWeight,
  dims: readonly number[],
  rows: number,
): StoredTensor {
  const { data, scales, zeroPoints } = packed;
  const digest = digestOf(packed, rows);
  const known = draft.storedWeights.get(digest);
  if (known !== undefined) return { ...known, integers: withDims(draft, known.integers, dims) };
  const add = (suffix: string, dataType: 'uint8' | 'float32', shape: readonly number[], values: TensorData): string =>
    addInitializer(draft, `${tensor}_${suffix}`, { dataType, dims: shape, data: values });
  const stored = {
    integers: add('packed', 'uint8', dims, data),
    scale: add('scales', 'float32', [rows, scales.length / rows], scales),
    zeroPoint: add('zero_points', 'uint8', [rows, zeroPoints.length / rows], zeroPoints),
  };
  draft.storedWeights.set(digest, stored);
  return stored;
}

/** The same for weights that come to the same bytes. */
export function digestOf({ data, scales, zeroPoints }: PackedWeight, rows: number): string {
  const key = createHash('sha256').update(`packed ${rows} `);
  for (const part of [data, scales, zeroPoints]) key.update(new Uint8Array(part.buffer));
  return key.digest('hex');
}

/** The same integers in other dimensions: ONNX Runtime reshapes them once, when it loads the model. */
function withDims(draft: GraphDraft, integers: string, dims: readonly number[]): string {
  const stored = initializerIn(draft, integers)!;
  if (stored.dims.map(Number).join() === dims.join()) return integers;
  const known = draft.transposedIntegers.get(integers);
  if (known !== undefined) return known;
  const output = draft.newName(`${integers}_reshaped`);
  const shape = addInitializer(draft, `${integers}_shape`, {
    dataType: 'int64',
    dims: [dims.length],
    data: BigInt64Array.from(dims, BigInt),
  });
  draft.nodes.push(makeNode('Reshape', draft.newName(`${integers}_Reshape`), [integers, shape], [output]));
  draft.transposedIntegers.set(integers, output);
  return output;
}

/** The weight of a product in blocks, whatever form it is written in. */
export function packMatrix(
  draft: GraphDraft,
  node: NodeProto,
  format: PackedFormat,
): { readonly packed: PackedWeight; readonly layout: WeightRows } {
  const constant = draft.graph.constants.get(node.input[1]!)!;
  const layout = rowsOf(node, constant);
  const compensated = draft.compensatedBlocks.get(constant)?.get(packedKey(layout, format));
  return { packed: compensated ?? roundOnce(constant, draft.graph.weights, layout, format), layout };
}

/** The weight of a product, as MatMulNBits reads it. */
export function storeMatrix(draft: GraphDraft, node: NodeProto, format: PackedFormat): StoredTensor {
  const { packed, layout } = packMatrix(draft, node, format);
  const dims = [layout.rows, blocksIn(layout.columns, format), packedLength(format.block, format.bits)];
  return storePacked(draft, node.input[1]!, packed, dims, layout.rows);
}

/** A table of rows, as GatherBlockQuantized reads it: nothing fills up its last block. */
export function storeRows(draft: GraphDraft, node: NodeProto, format: PackedFormat): StoredTensor {
  const name = node.input[0]!;
  const constant = draft.graph.constants.get(name)!;
  const layout = rowsOf(node, constant);
  const packed = packTable(constant, draft.graph.weights, layout, format);
  const bytes = packedLength(layout.columns, format.bits);
  return storePacked(draft, name, packed, [layout.rows, bytes], layout.rows);
}

function packTable(constant: TensorProto, weights: Weights, layout: WeightRows, format: PackedFormat): PackedWeight {
  const { data, ...parameters } = roundOnce(constant, weights, layout, format);
  const [filled, bytes] = [data.length / layout.rows, packedLength(layout.columns, format.bits)];
  const cut = new Uint8Array(layout.rows * bytes);
  for (let row = 0; row < layout.rows; row++) {
    cut.set(data.subarray(row * filled, row * filled + bytes), row * bytes);
  }
  return { data: cut, ...parameters };
}

/** Tells which packed weights come to the same bytes, and so are stored once; of the nearest integers. */
export function packedDigest(node: NodeProto, constant: TensorProto, weights: Weights, format: PackedFormat): string {
  const layout = rowsOf(node, constant);
  const pack = node.opType === 'Gather' ? packTable : roundOnce;
  return digestOf(pack(constant, weights, layout, format), layout.rows);
}
