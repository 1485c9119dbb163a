import type { GraphProto, NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { listConstants } from '../onnx/initializers.ts';
import { tensorByteLength, tensorElementCount } from '../onnx/tensor-proto.ts';
import { subgraphsOf, type Graph } from '../graph/graph.ts';
import { integerFormOf, operatorOf } from '../graph/ops/all.ts';
import { viewOf, widenedWeight } from '../graph/widened.ts';
import type { Shapes } from '../graph/shapes.ts';
import { countMacs } from './macs.ts';
import { isCast, isDequantize, isQuantize, isQuantizeOrDequantize } from '../graph/ops/conversions.ts';
import { isLookup, isTranspose } from '../graph/ops/layouts.ts';

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

/** The stored values of a parameter: a floating-point constant, or the integers that a DequantizeLinear, or a product, makes floats of. */
function storedValues(name: string, scope: Scope): TensorProto | undefined {
  const constant = scope.constant(name);
  if (constant !== undefined) return floatTypes.has(constant.dataType) ? constant : undefined;
  const producer = scope.producer(name);
  const widened = widenedWeight(producer, scope);
  if (widened !== null) return scope.constant(widened.integers);
  const source = producer?.input[0] ?? '';
  if (isQuantize(producer)) return scope.constant(source);
  // A layer tied to a table reads it transposed.
  if (!isDequantize(producer) && !isTranspose(producer)) return undefined;
  const values = scope.constant(source);
  const isFloat = values !== undefined && floatTypes.has(values.dataType);
  if (values !== undefined) return isFloat || isDequantize(producer) ? values : undefined;
  return behindTranspose(source, scope) ?? storedValues(source, scope);
}

/** Integers of a table that a layer tied to it dequantizes transposed. */
function behindTranspose(name: string, scope: Scope): TensorProto | undefined {
  const producer = scope.producer(name);
  return isTranspose(producer) ? scope.constant(producer.input[0] ?? '') : undefined;
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

function collectParameters(node: NodeProto, scope: Scope, into: Map<TensorProto, Parameter>): void {
  for (const body of subgraphsOf(node)) {
    const inside = scopeOf(body, scope);
    for (const inner of body.node) collectParameters(inner, inside, into);
  }
  if (settingOps.has(node.opType)) return;
  const add = (tensor: TensorProto | undefined): void => {
    // A scalar is a setting: an epsilon, a factor.
    if (tensor === undefined || tensor.dims.length === 0 || into.has(tensor)) return;
    into.set(tensor, {
      tensor,
      reader: node,
      elements: tensorElementCount(tensor),
      bits: bitsOfType[tensor.dataType] ?? 32,
    });
  };
  if (isLookup(node)) {
    // A table of weights in 8 bits, dequantized behind the look-up; shapes and indices have wider types.
    const table = scope.constant(node.input[0] ?? '');
    if (table !== undefined && byteTypes.has(table.dataType) && table.dims.length > 1) add(table);
  }
  const form = integerFormOf(node);
  if (form === null) {
    for (const name of node.input) if (!scope.isScale(name)) add(storedValues(name, scope));
    return;
  }
  const packed = operatorOf(node)?.packed;
  for (const index of form.weightInputs) {
    const tensor = scope.constant(node.input[index] ?? '');
    const elements = tensor === undefined ? null : (packed?.elements(node, tensor) ?? null);
    if (tensor === undefined || packed === undefined || elements === null) add(tensor);
    else into.set(tensor, { tensor, reader: node, elements, bits: packed.bits(node) });
  }
  add(scope.constant(node.input[form.biasInput ?? -1] ?? ''));
}

/** A stored tensor that counts as parameters. */
export interface Parameter {
  readonly tensor: TensorProto;
  /** The first node that reads it: the one asked about, or one in its bodies. */
  readonly reader: NodeProto;
  /** Weights it holds: more than its elements where several are packed into one. */
  readonly elements: number;
  readonly bits: number;
}

/**
 * Constants a node reads that count as parameters: floating-point ones, and integers that stand for them (behind a
 * DequantizeLinear or in an integer operator), those in its subgraphs included. Not shapes, axes, indices, scales, zero
 * points, bounds and other scalars. Each once.
 */
export function parametersOf(node: NodeProto, graph: Graph): Parameter[] {
  const found = new Map<TensorProto, Parameter>();
  const scope: Scope = {
    constant: (name) => graph.constants.get(name) ?? sparseValues(graph.model.graph!, name),
    producer: (name) => graph.producers.get(name),
    isScale: (name) =>
      (graph.consumers.get(name) ?? []).some(
        (user) =>
          (isDequantize(user) && user.input[1] === name) ||
          widenedWeight(user, viewOf(graph))?.scale === name ||
          (isCast(user) && isPackedScale(user.output[0]!, graph)),
      ),
  };
  collectParameters(node, scope, found);
  return [...found.values()];
}

/** Whether packed weights have their scales in a tensor, which may be stored as float16 and widened. */
function isPackedScale(name: string, graph: Graph): boolean {
  return (graph.consumers.get(name) ?? []).some((user) => {
    const scaleInput = operatorOf(user)?.packed?.scaleInput;
    return scaleInput !== undefined && user.input[scaleInput] === name;
  });
}

export interface NodeCost {
  readonly parameters: number;
  readonly bytes: number;
  /** Null when a shape is unknown. */
  readonly macs: number | null;
}

export function costOf(node: NodeProto, graph: Graph, shapes: Shapes): NodeCost {
  const parameters = parametersOf(node, graph);
  return {
    parameters: parameters.reduce((sum, { elements }) => sum + elements, 0),
    bytes: parameters.reduce((sum, { tensor }) => sum + tensorByteLength(tensor), 0),
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
  const count = (parameters: Iterable<Parameter>): number =>
    [...parameters].reduce((sum, { elements }) => sum + elements, 0);
  const read = graph.nodes.flatMap((node) => parametersOf(node, graph));
  return { raw: count(read), deduplicated: count(eachOnce(read).values()) };
}

function eachOnce(parameters: readonly Parameter[]): Map<TensorProto, Parameter> {
  return new Map(parameters.map((parameter) => [parameter.tensor, parameter]));
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

/** Names of scales and zero points. */
function quantizationInputs(node: NodeProto, graph: Graph): string[] {
  if (isQuantizeOrDequantize(node)) return node.input.slice(1);
  const widened = widenedWeight(node, viewOf(graph));
  if (widened !== null) return [widened.scale];
  const packed = operatorOf(node)?.packed;
  return packed === undefined || integerFormOf(node) === null
    ? []
    : [packed.scaleInput, packed.zeroPointInput].map((index) => {
        const name = node.input[index] ?? '';
        const producer = graph.producers.get(name);
        return isCast(producer) ? producer.input[0]! : name;
      });
}

/** What a graph stores: weights (float, or integers behind a DequantizeLinear) apart from scales and zero points. */
export function takeInventory(graph: Graph): WeightInventory {
  const weights = eachOnce(graph.nodes.flatMap((node) => parametersOf(node, graph)));
  const quantization = new Set<TensorProto>();
  for (const node of graph.nodes) {
    for (const name of quantizationInputs(node, graph)) {
      const tensor = graph.constants.get(name);
      if (tensor !== undefined) quantization.add(tensor);
    }
  }
  let parameters = 0;
  let equivalent = 0;
  let weightBytes = 0;
  for (const { tensor, elements, bits } of weights.values()) {
    parameters += elements;
    equivalent += (elements * bits) / 32;
    weightBytes += tensorByteLength(tensor);
  }
  let quantizationBytes = 0;
  for (const tensor of quantization) quantizationBytes += tensorByteLength(tensor);
  return { parameters, fp32EquivalentParameters: equivalent, weightBytes, quantizationBytes };
}
