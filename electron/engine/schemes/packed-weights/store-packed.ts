import { createHash } from 'node:crypto';
import { initializerIn } from '../../4-quantize/draft-index.ts';
import { addInitializer, type GraphDraft, type StoredTensor } from '../../4-quantize/graph-draft.ts';
import { makeNode } from '../../graph/edit.ts';
import { attributeInt } from '../../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../../onnx/proto/onnx_pb.js';
import type { Weights } from '../../onnx/weights.ts';
import { packedLength } from '../../tensor/packed-integers.ts';
import type { TensorData } from '../../tensor/tensor.ts';
import { blocksIn, roundBlocks, type PackedFormat, type PackedWeight, type WeightRows } from './round-blocks.ts';

/** How a node reads a constant matrix as rows: those of a table, or the columns that a product makes one value each of. */
export function rowsOf(node: NodeProto, { dims }: Pick<TensorProto, 'dims'>): WeightRows {
  const [first, second] = dims.map(Number) as [number, number];
  const isRowMajor = node.opType === 'Gather' || (node.opType === 'Gemm' && attributeInt(node, 'transB', 0) !== 0);
  return isRowMajor
    ? { rows: first, columns: second, rowStride: second, columnStride: 1 }
    : { rows: second, columns: first, rowStride: 1, columnStride: second };
}

/** Rounded before: variants of one model are made by the dozen, of the same constants. */
const rounded = new WeakMap<TensorProto, Map<string, PackedWeight>>();

function roundOnce(constant: TensorProto, weights: Weights, layout: WeightRows, format: PackedFormat): PackedWeight {
  const known = rounded.get(constant) ?? new Map<string, PackedWeight>();
  rounded.set(constant, known);
  const key = `${format.bits}|${format.block}|${layout.columnStride}`;
  const made = known.get(key) ?? roundBlocks(weights.floats(constant), layout, format);
  known.set(key, made);
  return made;
}

/**
 * Puts the weight of a node into the new graph: packed integers, their scales and zero points. What comes to the same bytes is
 * stored once, as the weight of an output layer and the table it is tied to.
 * @param dims of the integers, as the node reads them.
 */
export function storePacked(
  draft: GraphDraft,
  tensor: string,
  { data, scales, zeroPoints }: PackedWeight,
  dims: readonly number[],
  rows: number,
): StoredTensor {
  const key = createHash('sha256').update(`packed ${rows} `);
  for (const part of [data, scales, zeroPoints]) key.update(new Uint8Array(part.buffer));
  const digest = key.digest('hex');
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

/** The weight of a product, as MatMulNBits reads it. */
export function storeMatrix(draft: GraphDraft, node: NodeProto, format: PackedFormat): StoredTensor {
  const name = node.input[1]!;
  const constant = draft.graph.constants.get(name)!;
  const layout = rowsOf(node, constant);
  const made = roundOnce(constant, draft.graph.weights, layout, format);
  const dims = [layout.rows, blocksIn(layout.columns, format), packedLength(format.block, format.bits)];
  return storePacked(draft, name, made, dims, layout.rows);
}

/** A table of rows, as GatherBlockQuantized reads it: nothing fills up its last block. */
export function storeRows(draft: GraphDraft, node: NodeProto, format: PackedFormat): StoredTensor {
  const name = node.input[0]!;
  const constant = draft.graph.constants.get(name)!;
  const layout = rowsOf(node, constant);
  const { data, ...parameters } = roundOnce(constant, draft.graph.weights, layout, format);
  const [filled, bytes] = [data.length / layout.rows, packedLength(layout.columns, format.bits)];
  const cut = new Uint8Array(layout.rows * bytes);
  for (let row = 0; row < layout.rows; row++) {
    cut.set(data.subarray(row * filled, row * filled + bytes), row * bytes);
  }
  return storePacked(draft, name, { data: cut, ...parameters }, [layout.rows, bytes], layout.rows);
}
