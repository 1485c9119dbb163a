import type { TensorProto } from '../onnx/proto/onnx_pb.js';
import { tensorByteLength } from '../onnx/tensor-proto.ts';
import { dataTypes } from '../tensor/tensor.ts';
import type { TensorNames } from './compare-graphs.ts';
import type { Graph } from './graph.ts';

const typeNames = new Map<number, string>(Object.entries(dataTypes).map(([name, { number }]) => [number, name]));

/** How the tensors of two graphs are compared, wherever their bytes lie. */
export function tensorNamesOf(before: Pick<Graph, 'weights'>, after: Pick<Graph, 'weights'>): TensorNames {
  return {
    typeOf: ({ dataType }: TensorProto) => typeNames.get(dataType) ?? `type ${dataType}`,
    areEqual: (left, right) =>
      left.dims.join() === right.dims.join() &&
      tensorByteLength(left) === tensorByteLength(right) &&
      Buffer.compare(before.weights.bytes(left), after.weights.bytes(right)) === 0,
  };
}
