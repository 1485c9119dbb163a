import { create } from '@bufbuild/protobuf';
import { isStandardDomain } from './tensors-of.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  TensorProtoSchema,
  TensorProto_DataType,
} from './proto/onnx_pb.js';
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from './proto/onnx_pb.js';

/** A stored value written as a node: no layer, for its bytes and parameters count at the layers that read it. */
export function isConstantNode({ domain, opType }: NodeProto): boolean {
  return opType === 'Constant' && isStandardDomain(domain);
}

/** The value of a Constant node as a tensor named after the node's output; undefined for strings and sparse values. */
function constantValue(node: NodeProto, name: string): TensorProto | undefined {
  const make = (
    dims: bigint[],
    dataType: TensorProto_DataType,
    data: Partial<Pick<TensorProto, 'floatData' | 'int64Data'>>,
  ) => create(TensorProtoSchema, { name, dims, dataType, ...data });
  const attributeOf = (wanted: string, type: AttributeType): AttributeProto | undefined =>
    node.attribute.find(
      (attribute) =>
        attribute.name === wanted &&
        attribute.refAttrName === '' &&
        (attribute.type === type || attribute.type === AttributeType.UNDEFINED),
    );
  const tensor = attributeOf('value', AttributeType.TENSOR)?.t;
  if (tensor !== undefined) {
    // The tensor inside is often nameless. A shallow copy takes the output's name: same arrays, same bytes.
    return tensor.name === name ? tensor : Object.assign(create(TensorProtoSchema), tensor, { name });
  }
  const float = attributeOf('value_float', AttributeType.FLOAT);
  if (float !== undefined) return make([], TensorProto_DataType.FLOAT, { floatData: [float.f] });
  const floats = attributeOf('value_floats', AttributeType.FLOATS)?.floats;
  if (floats !== undefined) return make([BigInt(floats.length)], TensorProto_DataType.FLOAT, { floatData: floats });
  const int = attributeOf('value_int', AttributeType.INT);
  if (int !== undefined) return make([], TensorProto_DataType.INT64, { int64Data: [int.i] });
  const ints = attributeOf('value_ints', AttributeType.INTS)?.ints;
  if (ints !== undefined) return make([BigInt(ints.length)], TensorProto_DataType.INT64, { int64Data: ints });
  return undefined;
}

/**
 * Every constant of the main graph by tensor name: initializers and the values of Constant nodes, in that order, so
 * that weights count whichever way an exporter wrote them. Views of the model's bytes, never copies. Sparse
 * initializers and Constant nodes holding strings by attribute or sparse values are left out.
 */
export function listConstants(graph: Pick<GraphProto, 'initializer' | 'node'>): Map<string, TensorProto> {
  const constants = new Map<string, TensorProto>();
  for (const tensor of graph.initializer) constants.set(tensor.name, tensor);
  for (const node of graph.node) {
    const name = node.output[0];
    if (!isConstantNode(node) || name === undefined || name === '') continue;
    const value = constantValue(node, name);
    if (value !== undefined) constants.set(name, value);
  }
  return constants;
}
