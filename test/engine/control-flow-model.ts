import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
} from '../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../electron/engine/onnx/tensor-proto.ts';
import { dataTypes, type DataType } from '../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, noise, op } from './build-model.ts';

export const value = (name: string, dims: readonly number[], dataType: DataType = 'float32') =>
  create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: dataTypes[dataType].number,
          shape: { dim: dims.map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })) },
        },
      },
    },
  });

export function body(
  name: string,
  nodes: readonly NodeProto[],
  inputs: GraphProto['input'],
  outputs: GraphProto['output'],
): GraphProto {
  return create(GraphProtoSchema, { name, node: [...nodes], input: inputs, output: outputs });
}

export const graphAttribute = (name: string, g: GraphProto): AttributeProto =>
  create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g });

/**
 * x (1 x 8) goes n times through a layer in a Loop, then through two layers if its sum is positive, else through one. Weights are
 * in the main graph, as exporters write them.
 */
export function withBodies(): ModelProto {
  const row = [1, 8];
  const step = body(
    'step',
    [op('Gemm', 'state w b', 'next'), op('Identity', 'go', 'goes')],
    [value('trip', [], 'int64'), value('go', [], 'bool'), value('state', row)],
    [value('goes', [], 'bool'), value('next', row)],
  );
  const loop = op('Loop', 'n yes x', 'looped');
  loop.attribute.push(graphAttribute('body', step));
  const choose = op('If', 'positive', 'y');
  const twice = [op('Gemm', 'looped w b', 't1'), op('Gemm', 't1 v b', 't2')];
  choose.attribute.push(
    graphAttribute('then_branch', body('then', twice, [], [value('t2', row)])),
    graphAttribute('else_branch', body('else', [op('Gemm', 'looped v b', 'e1')], [], [value('e1', row)])),
  );
  const model = buildModel({
    inputs: { x: row },
    outputs: 'y',
    nodes: [loop, op('ReduceSum', 'x', 'sum', { keepdims: 0 }), op('Greater', 'sum zero', 'positive'), choose],
    weights: {
      w: noise([8, 8], 1, 0.3),
      v: noise([8, 8], 2, 0.3),
      b: noise([8], 3),
      zero: floats([], [0]),
    },
  });
  const graph = model.graph!;
  graph.input.push(value('n', [], 'int64'));
  graph.initializer.push(makeTensor('yes', { dataType: 'bool', dims: [], data: Uint8Array.of(1) }));
  return model;
}
