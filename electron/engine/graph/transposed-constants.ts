import type { TensorProto } from '../onnx/proto/onnx_pb.js';
import type { Weights } from '../onnx/weights.ts';
import { isStandardOp, type Graph } from './graph.ts';
import { isLookup, isTranspose } from './ops/layouts.ts';
import { isMatrixProduct } from './ops/linear-layers.ts';

/** What was compared before: plans are made by the hundred, of the same constants. */
const compared = new WeakMap<TensorProto, WeakMap<TensorProto, boolean>>();

/** True if `tensor` holds exactly the values of `of`, both matrices of float32, with rows and columns exchanged. */
export function isTransposeOf(tensor: TensorProto, of: TensorProto, weights: Weights): boolean {
  if (tensor.dataType !== 1 || of.dataType !== 1 || tensor.dims.length !== 2 || of.dims.length !== 2) return false;
  const [rows, columns] = of.dims.map(Number) as [number, number];
  if (Number(tensor.dims[0]) !== columns || Number(tensor.dims[1]) !== rows) return false;
  const known = compared.get(tensor) ?? new WeakMap<TensorProto, boolean>();
  compared.set(tensor, known);
  const before = known.get(of);
  if (before !== undefined) return before;
  const [values, source] = [weights.floats(tensor), weights.floats(of)];
  let equal = true;
  for (let row = 0; row < rows && equal; row++) {
    for (let column = 0; column < columns; column++) {
      if (values[column * rows + row] === source[row * columns + column]) continue;
      equal = false;
      break;
    }
  }
  known.set(of, equal);
  return equal;
}

/**
 * Matrices that a layer multiplies by and that are the transpose of a table rows are looked up in, by name: weights of an output
 * layer that is tied to the embedding. The user's file holds them once; ONNX Runtime's constant folding made the second copy.
 */
export function findTransposedTables(graph: Graph): Map<string, string> {
  const tables = new Set(
    graph.nodes.flatMap((node) =>
      isLookup(node) && isStandardOp(node) && graph.constants.has(node.input[0]!) ? [node.input[0]!] : [],
    ),
  );
  const found = new Map<string, string>();
  if (tables.size === 0) return found;
  for (const node of graph.nodes) {
    const name = node.input[1] ?? '';
    const weight = isMatrixProduct(node) ? graph.constants.get(name) : undefined;
    if (weight === undefined || tables.has(name) || graph.outputNames.has(name)) continue;
    const table = [...tables].find((other) => isTransposeOf(weight, graph.constants.get(other)!, graph.weights));
    if (table !== undefined) found.set(name, table);
  }
  return found;
}

/** The tensor that a Transpose makes this one of; the tensor itself where there is none. */
export function untransposed(name: string, graph: Graph): string {
  const producer = graph.producers.get(name);
  return isTranspose(producer) ? producer.input[0]! : name;
}

/** A matrix with rows and columns exchanged. */
export function transposeIntegers(data: Int8Array, rows: number, columns: number): Int8Array<ArrayBuffer> {
  const result = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
