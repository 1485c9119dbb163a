import type { Diagnostic } from '../../../shared/run.ts';
import { lookUp } from '../../../shared/look-up.ts';
import type { GraphProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { attributeInt } from '../onnx/attributes.ts';
import { listConstants } from '../onnx/initializers.ts';
import { tensorByteLength, tensorElementCount } from '../onnx/tensor-proto.ts';
import { isStandardOp, subgraphsOf, type Graph } from '../graph/graph.ts';
import { elementCount } from '../tensor/tensor.ts';
import type { Shapes } from '../graph/shapes.ts';

const product = (dims: readonly number[]): number => elementCount(dims);

/**
 * Multiply-accumulates of one node (1 MAC = 2 FLOPs), from its actual shapes.
 * Conv: N*Cout*spatial_out*(Cin/groups)*kernel; ConvTranspose: N*Cin*spatial_in*(Cout/groups)*kernel;
 * Gemm/MatMul: M*N*K over the batch; LSTM, GRU, RNN: gates*hidden*(input+hidden) a step and direction; integer forms
 * (QLinearConv, MatMulInteger ...) as what they compute. Every other operator counts 0 by this definition, as in the
 * literature.
 * @returns null when a shape it needs is unknown, or the work lies inside control flow, where shapes are not observed.
 */
export function countMacs(node: NodeProto, shapes: Shapes): number | null {
  const integer = lookUp(integerForms, node.opType);
  if (!isStandardOp(node) && integer === undefined) return 0;
  const shapeOf = (name: string | undefined): readonly number[] | null => shapes.get(name ?? '')?.dims ?? null;
  const input = shapeOf(node.input[0]);
  const second = shapeOf(node.input[integer?.weightInput ?? 1]);
  const output = shapeOf(node.output.find((name) => name !== ''));
  switch (node.opType) {
    case 'Conv':
    case 'ConvInteger':
    case 'QLinearConv':
      // Weight: Cout x Cin/groups x kernel...
      return output === null || second === null ? null : product(output) * product(second.slice(1));
    case 'ConvTranspose':
      // Weight: Cin x Cout/groups x kernel...
      return input === null || second === null ? null : product(input) * product(second.slice(1));
    case 'Gemm':
    case 'QGemm': {
      if (input === null || output === null) return null;
      return product(output) * input[attributeInt(node, 'transA', 0) === 0 ? 1 : 0]!;
    }
    case 'MatMul':
    case 'MatMulInteger':
    case 'MatMulIntegerToFloat':
    case 'DynamicQuantizeMatMul':
    case 'QLinearMatMul':
      return input === null || output === null ? null : product(output) * (input.at(-1) ?? 1);
    case 'LSTM':
    case 'GRU':
    case 'RNN': {
      const recurrent = shapeOf(node.input[2]);
      if (input === null || second === null || recurrent === null) return null;
      // X: seq x batch x input (either layout); W: directions x gates*hidden x input; R: directions x gates*hidden x hidden.
      return input[0]! * input[1]! * (product(second) + product(recurrent));
    }
    default:
      return subgraphsOf(node).some(holdsWork) ? null : 0;
  }
}

/** Whether a body of control flow holds anything that counts multiply-accumulates. */
function holdsWork(graph: GraphProto): boolean {
  return graph.node.some((node) => countMacs(node, new Map()) !== 0);
}

/** Operators that hold their weights as integers: where the weight and an integer bias are; the rest are scales. */
const integerForms: Readonly<Record<string, { readonly weightInput: number; readonly biasInput?: number }>> = {
  QLinearConv: { weightInput: 3, biasInput: 8 },
  QLinearMatMul: { weightInput: 3 },
  ConvInteger: { weightInput: 1 },
  MatMulInteger: { weightInput: 1 },
  MatMulIntegerToFloat: { weightInput: 1 },
  DynamicQuantizeMatMul: { weightInput: 1 },
  QGemm: { weightInput: 3, biasInput: 6 },
};

const floatTypes: ReadonlySet<number> = new Set([1, 10, 11, 16]);
/** uint8, int8. */
const byteTypes: ReadonlySet<number> = new Set([2, 3]);

/** Operators whose floating-point constants are settings (bounds, fill values, scales) or counted at their readers. */
const settingOps: ReadonlySet<string> = new Set([
  'Clip', 'DequantizeLinear', 'OneHot', 'Pad', 'QuantizeLinear', 'Range', 'Resize', 'Transpose', 'Upsample',
]); // prettier-ignore

/** What can be seen from a node: its own graph's tensors, and around a body of control flow those outside. */
interface Scope {
  readonly constant: (name: string) => TensorProto | undefined;
  readonly producer: (name: string) => NodeProto | undefined;
  /** Whether a constant is the scale of some integers, though a node reads it that is neither Quantize- nor DequantizeLinear. */
  readonly isScale: (name: string) => boolean;
}

/** The stored values of a parameter: a floating-point constant, or the integers behind a DequantizeLinear. */
function storedValues(name: string, scope: Scope): TensorProto | undefined {
  const constant = scope.constant(name);
  if (constant !== undefined) return floatTypes.has(constant.dataType) ? constant : undefined;
  const producer = scope.producer(name);
  const source = producer?.input[0] ?? '';
  if (producer?.opType === 'QuantizeLinear') return scope.constant(source);
  // A layer tied to a table reads it transposed.
  if (producer?.opType !== 'DequantizeLinear' && producer?.opType !== 'Transpose') return undefined;
  const values = scope.constant(source);
  const isFloat = values !== undefined && floatTypes.has(values.dataType);
  if (values !== undefined) return isFloat || producer.opType === 'DequantizeLinear' ? values : undefined;
  return behindTranspose(source, scope) ?? storedValues(source, scope);
}

/** Integers of a table that a layer tied to it dequantizes transposed. */
function behindTranspose(name: string, scope: Scope): TensorProto | undefined {
  const producer = scope.producer(name);
  return producer?.opType === 'Transpose' ? scope.constant(producer.input[0] ?? '') : undefined;
}

/** The values a sparse weight stores; its zeros are not stored and count as nothing. */
function sparseValues(graph: GraphProto, name: string): TensorProto | undefined {
  return graph.sparseInitializer.find(({ values }) => values?.name === name)?.values;
}

function scopeOf(body: GraphProto, outer: Scope): Scope {
  const constants = listConstants(body);
  const producers = new Map(body.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  return {
    constant: (name) => constants.get(name) ?? sparseValues(body, name) ?? outer.constant(name),
    producer: (name) => producers.get(name) ?? outer.producer(name),
    isScale: outer.isScale,
  };
}

function collectParameters(node: NodeProto, scope: Scope, into: Set<TensorProto>): void {
  for (const body of subgraphsOf(node)) {
    const inside = scopeOf(body, scope);
    for (const inner of body.node) collectParameters(inner, inside, into);
  }
  if (settingOps.has(node.opType)) return;
  if (node.opType === 'Gather') {
    // A table of weights in 8 bits, dequantized behind the look-up; shapes and indices have wider types.
    const table = scope.constant(node.input[0] ?? '');
    if (table !== undefined && byteTypes.has(table.dataType) && table.dims.length > 1) into.add(table);
  }
  const integer = lookUp(integerForms, node.opType);
  const tensors =
    integer === undefined
      ? node.input.map((name) => (scope.isScale(name) ? undefined : storedValues(name, scope)))
      : [integer.weightInput, integer.biasInput].map((index) => scope.constant(node.input[index ?? -1] ?? ''));
  // A scalar is a setting too: an epsilon, a factor.
  for (const tensor of tensors) if (tensor !== undefined && tensor.dims.length > 0) into.add(tensor);
}

/**
 * Constants a node reads that count as parameters: floating-point ones, and integers that stand for them (behind a
 * DequantizeLinear or in an integer operator), those in its subgraphs included. Not shapes, axes, indices, scales, zero
 * points, bounds and other scalars. Each once.
 */
export function parametersOf(node: NodeProto, graph: Graph): TensorProto[] {
  const found = new Set<TensorProto>();
  const scope: Scope = {
    constant: (name) => graph.constants.get(name) ?? sparseValues(graph.model.graph!, name),
    producer: (name) => graph.producers.get(name),
    isScale: (name) =>
      (graph.consumers.get(name) ?? []).some(({ opType, input }) => opType === 'DequantizeLinear' && input[1] === name),
  };
  collectParameters(node, scope, found);
  return [...found];
}

export interface NodeCost {
  readonly parameters: number;
  readonly bytes: number;
  /** Null when a shape is unknown. */
  readonly macs: number | null;
}

export function costOf(node: NodeProto, graph: Graph, shapes: Shapes): NodeCost {
  const tensors = parametersOf(node, graph);
  return {
    parameters: tensors.reduce((sum, tensor) => sum + tensorElementCount(tensor), 0),
    bytes: tensors.reduce((sum, tensor) => sum + tensorByteLength(tensor), 0),
    macs: countMacs(node, shapes),
  };
}

/** Says so when a total leaves something out. */
export function noteUncounted(nodeMacs: readonly (number | null)[]): Diagnostic[] {
  const count = nodeMacs.filter((macs) => macs === null).length;
  if (count === 0) return [];
  return [
    {
      severity: 'warning',
      code: 'macs-incomplete',
      message: `The MACs of ${count} ${count === 1 ? 'node' : 'nodes'} are unknown and count as 0: they lie inside control flow or depend on shapes that are not known.`,
      node: null,
    },
  ];
}

export interface ParameterTotals {
  /** Every floating-point constant a node reads, once a reading node. */
  readonly raw: number;
  /** Each constant once. */
  readonly deduplicated: number;
}

export function totalParameters(graph: Graph): ParameterTotals {
  const count = (tensors: Iterable<TensorProto>): number =>
    [...tensors].reduce((sum, tensor) => sum + tensorElementCount(tensor), 0);
  const read = graph.nodes.flatMap((node) => parametersOf(node, graph));
  return { raw: count(read), deduplicated: count(new Set(read)) };
}

/** Bits of one element as stored, by TensorProto.DataType number. */
const bitsOfType: Readonly<Record<number, number>> = {
  1: 32, 2: 8, 3: 8, 4: 16, 5: 16, 6: 32, 7: 64, 9: 8, 10: 16, 11: 64, 12: 32, 13: 64, 16: 16, 17: 8, 18: 8, 19: 8, 20: 8,
  21: 4, 22: 4, 23: 4,
}; // prettier-ignore

export interface WeightInventory {
  /** Weight elements, each constant once. Scales, zero points, shapes and indices are no parameters. */
  readonly parameters: number;
  /** Sum of elements * bits / 32. */
  readonly fp32EquivalentParameters: number;
  readonly weightBytes: number;
  readonly quantizationBytes: number;
}

/** What a graph stores: weights (float, or integers behind a DequantizeLinear) apart from scales and zero points. */
export function takeInventory(graph: Graph): WeightInventory {
  const weights = new Set(graph.nodes.flatMap((node) => parametersOf(node, graph)));
  const quantization = new Set<TensorProto>();
  for (const node of graph.nodes) {
    if (node.opType !== 'QuantizeLinear' && node.opType !== 'DequantizeLinear') continue;
    for (const name of node.input.slice(1)) {
      const tensor = graph.constants.get(name);
      if (tensor !== undefined) quantization.add(tensor);
    }
  }
  let parameters = 0;
  let equivalent = 0;
  let weightBytes = 0;
  for (const tensor of weights) {
    const elements = tensorElementCount(tensor);
    parameters += elements;
    equivalent += (elements * (bitsOfType[tensor.dataType] ?? 32)) / 32;
    weightBytes += tensorByteLength(tensor);
  }
  let quantizationBytes = 0;
  for (const tensor of quantization) quantizationBytes += tensorByteLength(tensor);
  return { parameters, fp32EquivalentParameters: equivalent, weightBytes, quantizationBytes };
}
