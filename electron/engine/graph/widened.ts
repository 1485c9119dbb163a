import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import type { Graph } from './graph.ts';
import { isMultiply } from './ops/arithmetic.ts';
import { isCast } from './ops/conversions.ts';
import { isTranspose } from './ops/layouts.ts';

/** What can be seen of a graph's tensors. */
export interface TensorView {
  readonly constant: (name: string) => TensorProto | undefined;
  readonly producer: (name: string) => NodeProto | undefined;
}

/** Integers that stand for a weight, and the scales that they are multiplied by. */
export interface WidenedWeight {
  readonly integers: string;
  readonly scale: string;
}

export const viewOf = ({ constants, producers }: Pick<Graph, 'constants' | 'producers'>): TensorView => ({
  constant: (name) => constants.get(name),
  producer: (name) => producers.get(name),
});

/** int8 as a TensorProto.DataType. */
const int8Type = 3;

/**
 * The weight that a product of a cast and of scales makes, as the scheme `int8-weights` stores it; null where a node is something else.
 * A cast of integers that the graph computes is none.
 */
export function widenedWeight(node: NodeProto | undefined, { constant, producer }: TensorView): WidenedWeight | null {
  if (!isMultiply(node)) return null;
  const [values, scale] = node.input as [string, string];
  const cast = producer(values);
  if (!isCast(cast) || constant(scale) === undefined) return null;
  const source = cast.input[0]!;
  const transpose = producer(source);
  // A layer tied to a table reads it transposed.
  const integers = isTranspose(transpose) ? transpose.input[0]! : source;
  return constant(integers)?.dataType === int8Type ? { integers, scale } : null;
}
