import type { Graph } from '../graph/graph.ts';
import { integerFormOf, operatorOf } from '../graph/ops/all.ts';
import { isDequantize, isIntegerConvolution, isIntegerMatrixProduct } from '../graph/ops/conversions.ts';
import { isDepthwise, isStoredConvolution } from '../graph/ops/convolution.ts';
import { factorsOf, isConvolution, isMatMul } from '../graph/ops/linear-layers.ts';
import { isTranspose } from '../graph/ops/layouts.ts';
import { stackedSums, summationOrder, summationOrderOf, type Sums } from '../graph/ops/summation-order.ts';
import { transposeIntegers } from '../graph/transposed-constants.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { dataTypes, elementCount } from '../tensor/tensor.ts';
import { findSaturatingPairs } from './saturating-pairs.ts';

/** A layer of a low-bit model that multiplies u8 x s8 in ONNX Runtime's kernels, one sum for each output channel and position. */
export interface Int8Layer {
  /** Between conversions, or a product of integers. */
  readonly node: NodeProto;
  /** What it reads, as integers, and their zero point; null for 0. */
  readonly integers: string;
  readonly zeroPoint: string | null;
  readonly isSigned: boolean;
  readonly weights: Int8Array;
  readonly dims: readonly number[];
  readonly order: Sums;
  /** Matrices that are stacked in `weights`, each with its own inputs; 1 of all others. */
  readonly stacked: number;
  /** What one step of a sum is worth in the output, one for each channel or one in all; null where the output is the sum. */
  readonly scales: Float32Array | null;
}

export interface Int8Layers {
  readonly layers: readonly Int8Layer[];
  /** Layers with s8 weights of which pairs may saturate, in operators whose sums cannot be had. */
  readonly unknown: readonly string[];
}

interface Stored {
  readonly integers: Int8Array;
  readonly dims: readonly number[];
}

const isInt8 = (tensor: TensorProto | undefined): tensor is TensorProto => tensor?.dataType === dataTypes.int8.number;

/** A constant of s8, also one whose rows and columns are exchanged. */
function readStored(name: string, graph: Graph): Stored | null {
  const producer = graph.producers.get(name);
  const constant = graph.constants.get(isTranspose(producer) ? producer.input[0]! : name);
  if (!isInt8(constant)) return null;
  const { data, dims } = graph.weights.read(constant);
  const integers = data as Int8Array;
  if (!isTranspose(producer)) return { integers, dims };
  const [rows, columns] = dims as [number, number];
  return dims.length === 2
    ? { integers: Int8Array.from(transposeIntegers(integers, rows, columns)), dims: [columns, rows] }
    : null;
}

const readFloats = (name: string, graph: Graph): Float32Array | null => {
  const constant = graph.constants.get(name);
  return constant === undefined ? null : graph.weights.floats(constant);
};

/** A layer between DequantizeLinear and QuantizeLinear. Undefined where it is none, null where it cannot be told. */
function readConverted(node: NodeProto, graph: Graph): Int8Layer | null | undefined {
  const [input, weight] = [graph.producers.get(node.input[0] ?? ''), graph.producers.get(node.input[1] ?? '')];
  if (operatorOf(node) === null || !isDequantize(input) || !isDequantize(weight)) return undefined;
  // Two activations are u8 x u8, which is added up in 32 bits.
  const stored = readStored(weight.input[0]!, graph);
  if (stored === null || (isConvolution(node) && isDepthwise(node, stored.dims))) return undefined;
  const isStacked = isMatMul(node) && stored.dims.length > 2;
  const order = isStacked ? stackedSums(stored.dims) : summationOrderOf(node, stored.dims);
  const [step, scales] = [readFloats(input.input[1]!, graph), readFloats(weight.input[1]!, graph)];
  // A transposed convolution has no int8 kernel.
  if (order === null) return undefined;
  if (step?.length !== 1 || scales === null) return null;
  // Blocks, or scales along the sum.
  if (scales.length !== 1 && scales.length !== order.channels) return null;
  const zeroPoint = input.input[2] ?? '';
  const factor = step[0]! * factorsOf(node).product;
  return {
    node,
    integers: input.input[0]!,
    zeroPoint: zeroPoint === '' ? null : zeroPoint,
    isSigned: isInt8(graph.constants.get(zeroPoint)),
    weights: stored.integers,
    dims: stored.dims,
    order,
    stacked: isConvolution(node) ? 1 : elementCount(stored.dims.slice(0, -2)),
    scales: scales.map((scale) => scale * factor),
  };
}

/** A product of integers. As above. */
function readProduct(node: NodeProto, graph: Graph): Int8Layer | undefined {
  const stored = isIntegerMatrixProduct(node) ? readStored(node.input[1]!, graph) : null;
  if (stored?.dims.length !== 2) return undefined;
  const zeroPoint = node.input[2] ?? '';
  return {
    node,
    integers: node.input[0]!,
    zeroPoint: zeroPoint === '' ? null : zeroPoint,
    isSigned: isInt8(graph.constants.get(zeroPoint)),
    weights: stored.integers,
    dims: stored.dims,
    order: stackedSums(stored.dims),
    stacked: 1,
    scales: null,
  };
}

const canAnySaturate = (weights: Int8Array, order: Sums): boolean => findSaturatingPairs(weights, order, 0) === null;

/** Whether pairs of the weights that an operator holds as integers may saturate. */
function mayPairsSaturate(node: NodeProto, graph: Graph): boolean {
  return (isIntegerConvolution(node) ? [] : (integerFormOf(node)?.weightInputs ?? [])).some((at) => {
    const stored = readStored(node.input[at] ?? '', graph);
    if (stored === null || stored.dims.length < 2) return false;
    const { integers, dims } = stored;
    if (!isStoredConvolution(node)) return canAnySaturate(integers, stackedSums(dims));
    return !isDepthwise(node, dims) && canAnySaturate(integers, summationOrder('Conv', dims, 0));
  });
}

/** @param unfused nodes that ONNX Runtime computes in float, between conversions. */
export function findInt8Layers(graph: Graph, unfused: ReadonlySet<string>): Int8Layers {
  const layers: Int8Layer[] = [];
  const unknown: string[] = [];
  for (const node of graph.nodes) {
    if (unfused.has(node.name)) continue;
    const converted = readConverted(node, graph);
    const found = converted ?? readProduct(node, graph);
    if (found !== undefined) layers.push(found);
    else if (converted === null || mayPairsSaturate(node, graph)) unknown.push(node.name);
  }
  return { layers, unknown };
}
