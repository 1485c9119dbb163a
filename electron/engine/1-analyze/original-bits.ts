import { subgraphsOf, type Graph } from '../graph/graph.ts';
import { integerFormOf } from '../graph/ops/all.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { isFloatTensor } from '../onnx/tensor-proto.ts';
import { dataTypes } from '../tensor/tensor.ts';
import { parametersOf } from './cost.ts';
import { isDequantize } from '../graph/ops/conversions.ts';

/** Bits of what a node computes with. */
export interface NodeBits {
  readonly weightBits: number;
  readonly activationBits: number;
}

/** Bits of a value as it is stored: that of the integers where a DequantizeLinear made it, float32 where nobody knows. */
function storedBits(name: string, graph: Graph, shapes: Shapes): number {
  const producer = graph.producers.get(name);
  const source = isDequantize(producer) ? producer.input[0]! : name;
  const dataType = shapes.get(source)?.dataType ?? null;
  return dataType === null ? 32 : dataTypes[dataType].bytesPerElement * 8;
}

/**
 * Bits a node of the user's model has before anything is done to it: half floats, integers of a model that came quantized, packed
 * weights. The weight is the parameter with the most elements; of two activations it is the second.
 */
export function originalBits(node: NodeProto, graph: Graph, shapes: Shapes): NodeBits {
  const activationBits = integerFormOf(node)?.activationBits ?? storedBits(node.input[0] ?? '', graph, shapes);
  const [largest] = parametersOf(node, graph).toSorted((left, right) => right.elements - left.elements);
  const second = node.input[1] ?? '';
  const ofOperand = second === '' ? activationBits : storedBits(second, graph, shapes);
  // What control flow reads itself are conditions and counts.
  if (subgraphsOf(node).length > 0) return { weightBits: largest?.bits ?? 32, activationBits: largest?.bits ?? 32 };
  if (largest === undefined) return { weightBits: ofOperand, activationBits };
  // Both are of one type, which ONNX Runtime hides where it computes half floats in float32.
  const isFloat = isFloatTensor(largest.tensor);
  return {
    weightBits: largest.bits,
    activationBits: isFloat ? Math.min(activationBits, largest.bits) : activationBits,
  };
}
