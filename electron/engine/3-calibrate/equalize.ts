import type { Shapes } from '../graph/shapes.ts';
import { copyMessage } from '../graph/edit.ts';
import { indexGraph, isStandardOp, type Graph } from '../graph/graph.ts';
import { findTransposedTables } from '../graph/transposed-constants.ts';
import { attributeFloat, attributeInt } from '../onnx/attributes.ts';
import type { Steps } from '../job/steps.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { makeTensor } from '../onnx/tensor-proto.ts';
import { channelLayout } from '../tensor/quantization.ts';
import { isAdd, isClip, isHomogeneous } from '../graph/ops/arithmetic.ts';
import { isReshapeOrFlatten } from '../graph/ops/layouts.ts';
import { isConvolution, isGemm, outputAxis } from '../graph/ops/linear-layers.ts';

/**
 * Cross-layer equalization: channels of an activation that is quantized with one scale are brought to similar ranges, by
 * dividing the weights that make a channel and multiplying the weights that read it. The float model computes the same.
 * Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019), section 4.1, with measured
 * activation ranges and a migration strength as in Xiao et al., "SmoothQuant" (2023), equation 4.
 */
export interface ChannelGroup {
  /** The quantized ones among the tensors that carry the same channels on axis 1 and are scaled together. */
  readonly tensors: readonly string[];
  readonly producers: readonly NodeProto[];
  readonly consumers: readonly NodeProto[];
  readonly channels: number;
}

/** 1 would flatten the activations altogether and leave all unevenness to the weights. */
const migrationStrength = 0.5;
/** A channel is scaled by at most this factor against the largest one. */
const largestFactor = 1000;

/**
 * A ReLU with an upper end (ReLU6). It caps a scaled channel at `max * factor`, and a factor is never below the channel's
 * share of the tensor's largest value, which is at most `max`: nothing that was observed is cut off, only what the channel's
 * own range would not have held either.
 */
function isCappedRelu(node: NodeProto, graph: Graph): boolean {
  if (!isClip(node)) return false;
  const lower = graph.constants.get(node.input[1] ?? '');
  return lower === undefined ? attributeFloat(node, 'min', -1) === 0 : graph.weights.floats(lower)[0] === 0;
}

/** Weights a layer could rescale: a constant that nobody else reads, neither a node, nor a body, nor the model's user. */
function ownConstant(graph: Graph, name: string | undefined): TensorProto | null {
  if (name === undefined || name === '') return null;
  const tensor = graph.constants.get(name);
  const isShared =
    graph.consumers.get(name)?.length !== 1 || graph.outputNames.has(name) || graph.capturedNames.has(name);
  return tensor?.dataType === 1 && !isShared && !graph.producers.has(name) ? tensor : null;
}

function canRescale(graph: Graph, node: NodeProto): boolean {
  if (!isStandardOp(node) || ownConstant(graph, node.input[1]) === null) return false;
  if ((node.input[2] ?? '') !== '') {
    // A Gemm bias may differ from row to row; only one with a value a channel, or one in all, scales with the channels.
    const bias = ownConstant(graph, node.input[2]);
    if (bias === null || bias.dims.slice(0, -1).some((dim) => dim !== 1n)) return false;
  }
  if (isConvolution(node)) return true;
  return isGemm(node) && attributeInt(node, 'transA', 0) === 0;
}

/**
 * Finds every set of tensors that only rescalable layers and homogeneous operators touch.
 * @param quantized tensors that get a range: the only ones whose channels are worth evening out.
 */
export function findChannelGroups(graph: Graph, shapes: Shapes, quantized: ReadonlySet<string>): ChannelGroup[] {
  const parent = new Map<string, string>();
  const find = (name: string): string => {
    let root = name;
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root)) root = next;
    return root;
  };
  const union = (first: string, second: string): void => {
    const root = find(second);
    parent.set(find(first), root);
    // A root that no layer touches is a member all the same: what blocks it blocks them all.
    parent.set(root, root);
  };
  const blocked = new Set<string>([...graph.inputNames, ...graph.outputNames, ...graph.capturedNames]);
  const producers = new Map<string, NodeProto>();
  const consumers: [string, NodeProto][] = [];
  const dimsOf = (name: string): readonly number[] => shapes.get(name)?.dims ?? [];
  /** Changed, they would be no transposes of their tables any more, and stored a second time. */
  const tied = findTransposedTables(graph);
  for (const node of graph.nodes) {
    const [input, output] = [node.input[0] ?? '', node.output[0] ?? ''];
    if (canRescale(graph, node) && !tied.has(node.input[1]!)) {
      consumers.push([input, node]);
      producers.set(output, node);
      if (isGemm(node) && dimsOf(input).length !== 2) blocked.add(input);
      continue;
    }
    const standard = isStandardOp(node);
    const keepsFactors = isHomogeneous(node) || isCappedRelu(node, graph);
    if (standard && keepsFactors && node.output.length === 1) {
      union(input, output);
      continue;
    }
    const isPlainAdd =
      standard &&
      isAdd(node) &&
      node.input.every((name) => !graph.constants.has(name) && dimsOf(name).join() === dimsOf(output).join());
    if (isPlainAdd) {
      for (const name of node.input) union(name, output);
      continue;
    }
    // N x C x 1 x 1 to N x C: every element keeps its channel.
    const from = dimsOf(input);
    const to = dimsOf(output);
    const dropsOnes =
      from.length > 2 && to.length === 2 && from[1] === to[1] && from.slice(2).every((dim) => dim === 1);
    if (standard && isReshapeOrFlatten(node) && dropsOnes) {
      union(input, output);
      continue;
    }
    for (const name of [...node.input, ...node.output]) if (name !== '') blocked.add(name);
  }
  const members = new Map<string, string[]>();
  for (const name of new Set([...parent.keys(), ...producers.keys(), ...consumers.map(([name]) => name)])) {
    const root = find(name);
    members.set(root, [...(members.get(root) ?? []), name]);
  }
  const groups: ChannelGroup[] = [];
  for (const tensors of members.values()) {
    if (tensors.some((name) => blocked.has(name))) continue;
    const made = tensors.flatMap((name) => producers.get(name) ?? []);
    const used = consumers.filter(([name]) => tensors.includes(name)).map(([, node]) => node);
    const channels = dimsOf(tensors[0]!)[1];
    const sameChannels = tensors.every((name) => dimsOf(name)[1] === channels);
    const ranged = tensors.filter((name) => quantized.has(name));
    if (made.length === 0 || used.length === 0 || ranged.length === 0 || channels === undefined || !sameChannels)
      continue;
    groups.push({ tensors: ranged, producers: made, consumers: used, channels });
  }
  return groups;
}

/**
 * Multiplies the slices of a weight along `axis` by factors.
 * @param firstOf place in `factors` that the channels of a block begin at; with groups, blocks differ in that.
 */
function scaleAxis(
  data: Float32Array,
  dims: readonly number[],
  axis: number,
  factors: Float64Array,
  firstOf: (block: number) => number = () => 0,
): Float32Array<ArrayBuffer> {
  const { outer, channels, inner } = channelLayout(dims, axis);
  const result = new Float32Array(data.length);
  for (let block = 0; block < outer; block++) {
    const [start, first] = [block * channels * inner, firstOf(block)];
    if (inner === 1) {
      for (let channel = 0; channel < channels; channel++) {
        result[start + channel] = data[start + channel]! * factors[first + channel]!;
      }
      continue;
    }
    for (let channel = 0; channel < channels; channel++) {
      const by = factors[first + channel]!;
      const from = start + channel * inner;
      for (let index = from; index < from + inner; index++) result[index] = data[index]! * by;
    }
  }
  return result;
}

/**
 * Equalizes the groups whose channel ranges were measured, a step each. Returns a new model that shares everything else with the old.
 * @param channelMaxAbs largest magnitude per channel, by tensor.
 */
export function* equalizeChannels(
  prepared: OnnxModel,
  groups: readonly ChannelGroup[],
  channelMaxAbs: ReadonlyMap<string, Float64Array>,
): Steps<OnnxModel> {
  const graph = indexGraph(prepared);
  const replaced = new Map<string, TensorProto>();
  const read = (name: string): { data: Float32Array; dims: number[] } => {
    const tensor = replaced.get(name) ?? graph.constants.get(name)!;
    return { data: graph.weights.floats(tensor), dims: tensor.dims.map(Number) };
  };
  const write = (name: string, data: Float32Array, dims: number[]): void => {
    replaced.set(name, makeTensor(name, { dataType: 'float32', dims, data }));
  };
  for (const [index, group] of groups.entries()) {
    yield index;
    const ranges = new Float64Array(group.channels);
    for (const tensor of group.tensors) {
      channelMaxAbs.get(tensor)?.forEach((value, channel) => (ranges[channel] = Math.max(ranges[channel]!, value)));
    }
    const largest = ranges.reduce((first, second) => Math.max(first, second), 0);
    if (largest === 0) continue;
    const factors = ranges.map((range) =>
      range === 0 ? 1 : Math.max(1 / largestFactor, range / largest) ** migrationStrength,
    );
    const inverse = factors.map((factor) => 1 / factor);
    for (const node of group.producers) {
      const weight = read(node.input[1]!);
      const axis = outputAxis(node);
      write(node.input[1]!, scaleAxis(weight.data, weight.dims, axis, inverse), weight.dims);
      const biasName = node.input[2] ?? '';
      if (biasName === '') continue;
      const bias = read(biasName);
      const single = bias.data.length === 1;
      const values = single ? new Float32Array(group.channels).fill(bias.data[0]!) : bias.data;
      write(
        biasName,
        values.map((value, channel) => value / factors[channel]!),
        single ? [group.channels] : bias.dims,
      );
    }
    for (const node of group.consumers) {
      const weight = read(node.input[1]!);
      if (isGemm(node)) {
        const axis = 1 - outputAxis(node);
        write(node.input[1]!, scaleAxis(weight.data, weight.dims, axis, factors), weight.dims);
        continue;
      }
      // Conv weight: Cout x Cin/groups x kernel; output channel block decides which group's inputs these are.
      const convGroups = attributeInt(node, 'group', 1);
      const [outputs, inputs] = weight.dims as [number, number];
      const perGroup = outputs / convGroups;
      const firstOf = (output: number): number => Math.floor(output / perGroup) * inputs;
      write(node.input[1]!, scaleAxis(weight.data, weight.dims, 1, factors, firstOf), weight.dims);
    }
  }
  const source = prepared.proto.graph!;
  const initializer = source.initializer.map((tensor) => replaced.get(tensor.name) ?? tensor);
  return { ...prepared, proto: copyMessage(prepared.proto, { graph: copyMessage(source, { initializer }) }) };
}
