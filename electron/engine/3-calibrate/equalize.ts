import type { Shapes } from '../graph/shapes.ts';
import { indexGraph, isStandardOp, type Graph } from '../graph/graph.ts';
import { attributeFloat, attributeInt } from '../onnx/attributes.ts';
import type { Steps } from '../job/steps.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { isAdd, isClip, isHomogeneous } from '../graph/ops/arithmetic.ts';
import { isReshapeOrFlatten } from '../graph/ops/layouts.ts';
import { isConvolution, isGemm, outputAxis } from '../graph/ops/linear-layers.ts';
import {
  collectChannelGroups,
  createWeightOf,
  dimsIn,
  ownConstant,
  type ChannelGroup,
  type ChannelRole,
} from './channel-groups.ts';
import { ScaledConstants } from './scaled-constants.ts';

/*
 * Cross-layer equalization: channels of an activation that is quantized with one scale are brought to similar ranges, by
 * dividing the weights that make a channel and multiplying the weights that read it. The float model computes the same.
 * Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction" (2019), section 4.1, with measured
 * activation ranges and a migration strength as in Xiao et al., "SmoothQuant" (2023), equation 4.
 */

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

/** Whether a layer whose weights are its own can scale what it adds, too. */
function canRescale(graph: Graph, node: NodeProto): boolean {
  if ((node.input[2] ?? '') !== '') {
    // A Gemm bias may differ from row to row; only one with a value a channel, or one in all, scales with the channels.
    const bias = ownConstant(graph, node.input[2]);
    if (bias === null || bias.dims.slice(0, -1).some((dim) => dim !== 1n)) return false;
  }
  if (isConvolution(node)) return true;
  return isGemm(node) && attributeInt(node, 'transA', 0) === 0;
}

/** Finds every set of tensors, channels on axis 1, that only rescalable layers and homogeneous operators touch. */
export function findChannelGroups(graph: Graph, shapes: Shapes, quantized: ReadonlySet<string>): ChannelGroup[] {
  const dimsOf = dimsIn(shapes);
  const weightOf = createWeightOf(graph);
  const roleOf = (node: NodeProto): ChannelRole | null => {
    if (!isStandardOp(node)) return null;
    const [input, output] = [node.input[0] ?? '', node.output[0] ?? ''];
    if (weightOf(node) !== null && canRescale(graph, node)) {
      const isFlat = isGemm(node) && dimsOf(input).length !== 2;
      return { makes: output, reads: input, blocks: isFlat ? [input] : [] };
    }
    const keepsFactors = isHomogeneous(node) || isCappedRelu(node, graph);
    if (keepsFactors && node.output.length === 1) return { joins: [input, output] };
    const isPlainAdd =
      isAdd(node) &&
      node.input.every((name) => !graph.constants.has(name) && dimsOf(name).join() === dimsOf(output).join());
    if (isPlainAdd) return { joins: [...node.input, output] };
    // N x C x 1 x 1 to N x C: every element keeps its channel.
    const [from, to] = [dimsOf(input), dimsOf(output)];
    const dropsOnes =
      from.length > 2 && to.length === 2 && from[1] === to[1] && from.slice(2).every((dim) => dim === 1);
    return isReshapeOrFlatten(node) && dropsOnes ? { joins: [input, output] } : null;
  };
  return collectChannelGroups(graph, { roleOf, channelsOf: (name) => dimsOf(name)[1], quantized });
}

/** The factor that each channel of a group is divided by; null where all are zero. */
function chooseFactors(
  { tensors, channels }: ChannelGroup,
  channelMaxAbs: ReadonlyMap<string, Float64Array>,
): Float64Array | null {
  const ranges = new Float64Array(channels);
  for (const tensor of tensors) {
    channelMaxAbs.get(tensor)?.forEach((value, channel) => (ranges[channel] = Math.max(ranges[channel]!, value)));
  }
  const largest = ranges.reduce((first, second) => Math.max(first, second), 0);
  if (largest === 0) return null;
  return ranges.map((range) => (range === 0 ? 1 : Math.max(1 / largestFactor, range / largest) ** migrationStrength));
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
  const constants = new ScaledConstants(prepared, indexGraph(prepared));
  for (const [index, group] of groups.entries()) {
    yield index;
    const factors = chooseFactors(group, channelMaxAbs);
    if (factors === null) continue;
    const inverse = factors.map((factor) => 1 / factor);
    for (const node of group.producers) {
      constants.scale(node.input[1]!, outputAxis(node), inverse);
      const bias = node.input[2] ?? '';
      if (bias === '') continue;
      const data = constants.read(bias);
      const single = data.length === 1;
      const values = single ? new Float32Array(group.channels).fill(data[0]!) : data;
      constants.write(
        bias,
        single ? [group.channels] : constants.dimsOf(bias),
        values.map((value, channel) => value / factors[channel]!),
      );
    }
    for (const node of group.consumers) {
      const weight = node.input[1]!;
      if (isGemm(node)) {
        constants.scale(weight, 1 - outputAxis(node), factors);
        continue;
      }
      // Conv weight: Cout x Cin/groups x kernel; output channel block decides which group's inputs these are.
      const convGroups = attributeInt(node, 'group', 1);
      const [outputs, inputs] = constants.dimsOf(weight) as [number, number];
      const perGroup = outputs / convGroups;
      constants.scale(weight, 1, factors, (output) => Math.floor(output / perGroup) * inputs);
    }
  }
  return constants.model();
}
