import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { attributeInt } from '../onnx/attributes.ts';
import { tensorByteLength, tensorElementCount } from '../onnx/tensor-proto.ts';
import { isStandardOp, type Graph } from '../graph/graph.ts';
import { elementCount } from '../tensor/tensor.ts';
import type { Shapes } from './shapes.ts';

const product = (dims: readonly number[]): number => elementCount(dims);

/**
 * Multiply-accumulates of one node (1 MAC = 2 FLOPs), from its actual shapes.
 * Conv: N*Cout*spatial_out*(Cin/groups)*kernel; ConvTranspose: N*Cin*spatial_in*(Cout/groups)*kernel;
 * Gemm/MatMul: M*N*K over the batch; LSTM, GRU, RNN: gates*hidden*(input+hidden) a step and direction.
 * Every other operator counts 0 by this definition, as in the literature.
 * @returns null when a shape it needs is unknown.
 */
export function countMacs(node: NodeProto, shapes: Shapes): number | null {
  if (!isStandardOp(node)) return 0;
  const shapeOf = (name: string | undefined): readonly number[] | null => shapes.get(name ?? '')?.dims ?? null;
  const input = shapeOf(node.input[0]);
  const second = shapeOf(node.input[1]);
  const output = shapeOf(node.output.find((name) => name !== ''));
  switch (node.opType) {
    case 'Conv':
      // Weight: Cout x Cin/groups x kernel...
      return output === null || second === null ? null : product(output) * product(second.slice(1));
    case 'ConvTranspose':
      // Weight: Cin x Cout/groups x kernel...
      return input === null || second === null ? null : product(input) * product(second.slice(1));
    case 'Gemm': {
      if (input === null || output === null) return null;
      return product(output) * input[attributeInt(node, 'transA', 0) === 0 ? 1 : 0]!;
    }
    case 'MatMul':
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
      return 0;
  }
}

const floatTypes: ReadonlySet<number> = new Set([1, 10, 11, 16]);

/** Constants a node reads that count as parameters: floating-point ones, not shapes, axes or indices. */
export function parametersOf(node: NodeProto, graph: Graph): TensorProto[] {
  const seen = new Set<string>();
  const result: TensorProto[] = [];
  for (const name of node.input) {
    const tensor = graph.constants.get(name);
    if (tensor === undefined || seen.has(name) || !floatTypes.has(tensor.dataType)) continue;
    seen.add(name);
    result.push(tensor);
  }
  return result;
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

export interface ParameterTotals {
  /** Every floating-point constant a node reads, once a reading node. */
  readonly raw: number;
  /** Each constant once. */
  readonly deduplicated: number;
}

export function totalParameters(graph: Graph): ParameterTotals {
  let raw = 0;
  let deduplicated = 0;
  const seen = new Set<string>();
  for (const node of graph.nodes) {
    for (const tensor of parametersOf(node, graph)) {
      // Constant nodes carry no tensor name of their own; identity of the object is as good.
      const count = tensorElementCount(tensor);
      raw += count;
      const key = node.input.find((name) => graph.constants.get(name) === tensor)!;
      if (seen.has(key)) continue;
      seen.add(key);
      deduplicated += count;
    }
  }
  return { raw, deduplicated };
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
  const weights = new Map<string, TensorProto>();
  const quantization = new Map<string, TensorProto>();
  for (const node of graph.nodes) {
    const isQuantizer = node.opType === 'QuantizeLinear' || node.opType === 'DequantizeLinear';
    node.input.forEach((name, index) => {
      const tensor = graph.constants.get(name);
      if (tensor === undefined) return;
      if (isQuantizer) (index === 0 ? weights : quantization).set(name, tensor);
      else if (floatTypes.has(tensor.dataType)) weights.set(name, tensor);
    });
  }
  let parameters = 0;
  let equivalent = 0;
  let weightBytes = 0;
  for (const tensor of weights.values()) {
    const elements = tensorElementCount(tensor);
    parameters += elements;
    equivalent += (elements * (bitsOfType[tensor.dataType] ?? 32)) / 32;
    weightBytes += tensorByteLength(tensor);
  }
  let quantizationBytes = 0;
  for (const tensor of quantization.values()) quantizationBytes += tensorByteLength(tensor);
  return { parameters, fp32EquivalentParameters: equivalent, weightBytes, quantizationBytes };
}
