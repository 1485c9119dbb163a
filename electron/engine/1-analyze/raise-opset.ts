import { create } from '@bufbuild/protobuf';
import type { Diagnostic } from '../../../shared/run.ts';
import { createNamer, subgraphsOfGraph } from '../graph/edit.ts';
import { opsetVersion } from '../graph/graph.ts';
import { attributeFloat, attributeInt } from '../onnx/attributes.ts';
import { OperatorSetIdProtoSchema, type ModelProto, type NodeProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import type { Shapes } from './shapes.ts';

/** The opset that brought per-channel QuantizeLinear and DequantizeLinear. */
export const perChannelOpset = 13;

/**
 * Operators whose nodes mean the same at every opset from the given one up to 13, by the version notes of the ONNX operator
 * documents: newer versions only added types, optional inputs or attributes with the old behaviour as default.
 */
const unchangedSince: Readonly<Record<string, number>> = {
  Abs: 6, Add: 7, And: 7, ArgMax: 1, AveragePool: 7, BatchNormalization: 9, Cast: 9, Ceil: 6, Concat: 4, Constant: 1,
  ConstantOfShape: 9, Conv: 1, ConvTranspose: 1, DepthToSpace: 1, Div: 7, Equal: 7, Erf: 9, Exp: 6, Expand: 8, Flatten: 1,
  Floor: 6, Gather: 1, Gemm: 7, GlobalAveragePool: 1, GlobalMaxPool: 1, Greater: 7, HardSigmoid: 6, Identity: 1, LRN: 1,
  LeakyRelu: 6, Less: 7, Log: 6, MatMul: 1, Max: 8, MaxPool: 1, Mean: 8, Min: 8, Mul: 7, Neg: 6, Not: 1, PRelu: 7, Pow: 7,
  Reciprocal: 6, Relu: 6, Reshape: 5, Shape: 1, Sigmoid: 6, SpaceToDepth: 1, Sqrt: 6, Sub: 7, Sum: 8, Tanh: 6, Tile: 6,
  Transpose: 1, Where: 9,
}; // prettier-ignore

/** Whether one node can be carried to opset 13, as is or rewritten by `rewriteNode`. */
function canRaise(node: NodeProto, opset: number, shapes: Shapes): boolean {
  if (node.domain !== '' && node.domain !== 'ai.onnx') return true;
  const since = unchangedSince[node.opType];
  if (since !== undefined) return opset >= since;
  if (node.opType === 'Clip') return opset >= 6;
  if (node.opType === 'Softmax' || node.opType === 'LogSoftmax') {
    // Before 13 everything from `axis` on was one row; the same thing only when that is the last axis.
    const rank = shapes.get(node.input[0] ?? '')?.dims.length;
    const axis = attributeInt(node, 'axis', 1);
    return rank !== undefined && (axis === rank - 1 || axis === -1);
  }
  return false;
}

/**
 * Raises an old model to opset 13 where every node means the same there, so that per-channel weights can use the standard
 * operators; otherwise leaves it, and the quantizer falls back to the com.microsoft ones. Changes `model` in place.
 */
export function raiseOpset(model: ModelProto, shapes: Shapes): Diagnostic[] {
  const opset = opsetVersion(model);
  const graph = model.graph!;
  if (opset >= perChannelOpset || model.functions.length > 0 || subgraphsOfGraph(graph).length > 0) return [];
  const blocking = graph.node.find((node) => !canRaise(node, opset, shapes));
  if (blocking !== undefined) {
    return [
      {
        severity: 'info',
        code: 'opset-kept',
        message: `Opset stays ${opset}: ${blocking.opType} changed its meaning before opset ${perChannelOpset}.`,
        node: blocking.name,
      },
    ];
  }
  const namer = createNamer(graph);
  for (const node of graph.node) {
    if (node.domain !== '' && node.domain !== 'ai.onnx') continue;
    if (node.opType === 'Clip' && opset < 11) {
      // Bounds were attributes before opset 11 and are inputs since.
      const bounds = [
        attributeFloat(node, 'min', -3.4028234663852886e38),
        attributeFloat(node, 'max', 3.4028234663852886e38),
      ];
      node.attribute = [];
      for (const [index, bound] of bounds.entries()) {
        const name = namer(`${node.name}_${index === 0 ? 'min' : 'max'}`);
        graph.initializer.push(makeTensor(name, { dataType: 'float32', dims: [], data: Float32Array.of(bound) }));
        node.input[index + 1] = name;
      }
    }
    if (
      (node.opType === 'Softmax' || node.opType === 'LogSoftmax') &&
      !node.attribute.some((entry) => entry.name === 'axis')
    ) {
      // The default axis was 1 and is -1 now; `canRaise` made sure that they are the same one.
      continue;
    }
    if (node.opType === 'BatchNormalization')
      node.attribute = node.attribute.filter((entry) => entry.name !== 'spatial');
  }
  model.opsetImport = [
    ...model.opsetImport.filter((entry) => entry.domain !== '' && entry.domain !== 'ai.onnx'),
    create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(perChannelOpset) }),
  ];
  return [
    {
      severity: 'info',
      code: 'opset-raised',
      message: `Opset ${opset} was raised to ${perChannelOpset}, where per-channel QuantizeLinear is standard; every node means the same there.`,
      node: null,
    },
  ];
}
