import { create } from '@bufbuild/protobuf';
import { copyMessage, cutModel, makeNode } from '../graph/edit.ts';
import { isQuantizeOrDequantize } from '../graph/ops/conversions.ts';
import { ValueInfoProtoSchema, type GraphProto, type ValueInfoProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import { sortNodes } from '../onnx/sort-nodes.ts';
import { makeTensor } from '../onnx/tensor-proto.ts';
import { dataTypes } from '../tensor/tensor.ts';
import { buildAloneModel, prefix } from './alone-model.ts';
import type { TensorPair } from './layer-error.ts';

/*
 * One graph that is any mix of a float model and its compressed one: behind each layer a switch hands on what either makes of the
 * same input. So one session answers what the output becomes with only this layer compressed, or with all but this one, by a
 * vector of booleans; nothing is built or loaded anew.
 */

/** The input that holds a boolean for each switch. */
export const switchesInput = 'vernier/switches';
const chosen = (tensor: string): string => `vernier/chosen/${tensor}`;

export interface SwitchedModel {
  readonly model: OnnxModel;
  /** Float tensors that have a switch, by its index: true hands on what the compressed layer makes. */
  readonly tensors: readonly string[];
  /** Where each of the compared tensors is found, in their order. */
  readonly outputs: readonly string[];
  /** Of the tensors those that low-bit layers hand out in float, which no pair names. */
  readonly ends: readonly string[];
}

/**
 * @param compared float tensors by which both models are compared.
 * @returns null where both cannot stand in one graph (see `buildAloneModel`).
 */
export function buildSwitchedModel(
  float: OnnxModel,
  compressed: OnnxModel,
  pairs: readonly TensorPair[],
  compared: readonly string[],
): SwitchedModel | null {
  const made = new Set(
    compressed.proto.graph!.node.filter((node) => !isQuantizeOrDequantize(node)).flatMap(({ output }) => output),
  );
  // Where the compressed model has a tensor in float too, its layer hands it out so, and those who read it round it or not.
  const isReadAsFloat = (tensor: string): boolean => made.has(tensor);
  const rounded = pairs.filter(({ before, after }) => before === after || !isReadAsFloat(before));
  const ends = findFloatEnds(float, compressed, rounded);
  const alone = buildAloneModel(float, compressed, [
    ...pairs,
    ...ends.map((tensor) => ({ before: tensor, after: tensor })),
  ]);
  if (alone === null || alone.pairs.length === 0) return null;
  const graph = alone.model.proto.graph!;
  const computed = new Set(float.proto.graph!.node.flatMap(({ output }) => output));
  // An input has no float form that could be chosen: it is rounded by the layers that read it.
  const handedOut = new Set(
    [...rounded, ...ends.map((tensor) => ({ after: tensor }))].map(({ after }) => prefix + after),
  );
  const switched = alone.pairs.filter(({ before, after }) => computed.has(before) && handedOut.has(after));
  const hasSwitch = new Set(switched.map(({ before }) => before));
  const redirect = (tensor: string): string => (hasSwitch.has(tensor) ? chosen(tensor) : tensor);
  const nodes = graph.node.map((node) => copyMessage(node, { input: node.input.map(redirect) }));
  const switches = switched.flatMap(({ before, after }, index) => [
    makeNode(
      'Gather',
      `vernier/gather/${index}`,
      [switchesInput, `vernier/index/${index}`],
      [`vernier/switch/${index}`],
    ),
    makeNode('Where', `vernier/where/${index}`, [`vernier/switch/${index}`, after, before], [chosen(before)]),
  ]);
  const whole: GraphProto = copyMessage(graph, {
    input: [...graph.input, describeSwitches(switched.length)],
    node: [...nodes, ...switches],
    initializer: [
      ...graph.initializer,
      ...switched.map((_, index) =>
        makeTensor(`vernier/index/${index}`, {
          dataType: 'int64',
          dims: [],
          data: BigInt64Array.of(BigInt(index)),
        }),
      ),
    ],
  });
  const outputs = compared.map(redirect);
  const proto = copyMessage(alone.model.proto, { graph: whole });
  sortNodes(proto);
  return {
    model: { ...alone.model, proto: cutModel(proto, outputs) },
    tensors: switched.map(({ before }) => before),
    outputs,
    ends,
  };
}

/**
 * What low-bit layers hand out in float, as the last before a Softmax does, has no low-bit tensor: both models have it by one name. Layers
 * that both have alike, as that Softmax, read nothing but what both have.
 */
function findFloatEnds(float: OnnxModel, compressed: OnnxModel, pairs: readonly TensorPair[]): string[] {
  const { input, initializer, node } = float.proto.graph!;
  const computed = new Set(node.flatMap(({ output }) => output));
  const exact = new Set(['', ...[...input, ...initializer].map(({ name }) => name), ...computed]);
  const known = new Set(pairs.map(({ before }) => before));
  return compressed.proto
    .graph!.node.filter((made) => !isQuantizeOrDequantize(made) && made.input.some((name) => !exact.has(name)))
    .flatMap(({ output }) => output.filter((name) => name !== '' && computed.has(name) && !known.has(name)));
}

function describeSwitches(count: number): ValueInfoProto {
  const dim = [{ value: { case: 'dimValue' as const, value: BigInt(count) } }];
  return create(ValueInfoProtoSchema, {
    name: switchesInput,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes.bool.number, shape: { dim } } } },
  });
}
