import { indexGraph } from '../graph/graph.ts';
import type { Steps } from '../job/steps.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import { channelLayout, channelMaxAbs as largestByChannel } from '../tensor/quantization.ts';
import type { ChannelGroup } from './channel-groups.ts';
import { ScaledConstants } from './scaled-constants.ts';
import { constantsMaking, readTensors, weightRead, type ChannelConstant } from './smoothing-groups.ts';

/*
 * SmoothQuant: what a matrix product reads is divided channel by channel, and its weight multiplied, so that a few loud channels do not
 * decide the one scale that all of them share. Xiao et al., "SmoothQuant: Accurate and Efficient Post-Training Quantization for Large
 * Language Models" (2023), equation 4: s_j = max|X_j|^a / max|W_j|^(1 - a), a being the strength. The division is part of the constants
 * before the product (section 4, "Applying SmoothQuant"), so the float model computes the same in the same time.
 */

/** What `auto` tries: from the paper's usual strength to what it takes where a few channels outdo all others. */
export const triedStrengths = [0.5, 0.65, 0.8] as const;
/** Channels whose loudest is so many times as large as the middle one are worth a try: those of noise behind a normalization reach 2. */
const unevenRatio = 4;

/** Largest magnitude by channel of what the products of a group read; null where it was not seen. */
function largestRead(group: ChannelGroup, channelMaxAbs: ReadonlyMap<string, Float64Array>): Float64Array | null {
  const seen = readTensors(group).map((tensor) => channelMaxAbs.get(tensor));
  if (seen.some((maxAbs) => maxAbs?.length !== group.channels)) return null;
  const largest = new Float64Array(group.channels);
  for (const maxAbs of seen) maxAbs!.forEach((value, index) => (largest[index] = Math.max(largest[index]!, value)));
  return largest;
}

/** Whether a few channels of a group are far louder than the others. */
export function isUneven(group: ChannelGroup, channelMaxAbs: ReadonlyMap<string, Float64Array>): boolean {
  const sorted = largestRead(group, channelMaxAbs)?.toSorted() ?? new Float64Array();
  const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
  return middle > 0 && sorted.at(-1)! >= unevenRatio * middle;
}

const axisIn = ({ axis }: ChannelConstant, dims: readonly number[]): number => (axis < 0 ? dims.length + axis : axis);

/** Largest magnitude of the weights that each channel is multiplied by. */
function largestWeights(consumers: readonly NodeProto[], channels: number, constants: ScaledConstants): Float64Array {
  const largest = new Float64Array(channels);
  for (const node of consumers) {
    const constant = weightRead(node);
    const name = node.input[constant.position]!;
    const [dims, data] = [constants.dimsOf(name), constants.read(name)];
    const ofNode = largestByChannel(data, channelLayout(dims, axisIn(constant, dims)));
    ofNode.forEach((value, channel) => (largest[channel] = Math.max(largest[channel]!, value)));
  }
  return largest;
}

/** Equation 4; 1 for a channel that is always zero or that nothing reads. */
export function smoothingFactors(inputs: Float64Array, weights: Float64Array, strength: number): Float64Array {
  return inputs.map((input, channel) => {
    const factor = input ** strength / weights[channel]! ** (1 - strength);
    return Number.isFinite(factor) && factor > 0 && input > 0 && weights[channel]! > 0 ? factor : 1;
  });
}

/** Divides what the constants of a producer make, channel by channel. */
function divideMade(node: NodeProto, factors: Float64Array, constants: ScaledConstants): void {
  const inverse = factors.map((factor) => 1 / factor);
  for (const constant of constantsMaking(node, constants.graph)) {
    const name = constants.ownInput(node, constant.position);
    const [dims, data] = [constants.dimsOf(name), constants.read(name)];
    if (data.length === 1 && factors.length > 1) {
      constants.write(name, [factors.length], new Float32Array(factors.length).fill(data[0]!));
      constants.scale(name, 0, inverse);
    } else constants.scale(name, axisIn(constant, dims), inverse);
  }
}

/**
 * Smooths the groups whose channels were measured, a step each. Returns a new model that shares everything else with the old.
 * @param channelMaxAbs largest magnitude per channel, by tensor.
 * @param strength from 0, where all unevenness stays with the activations, to 1, where all of it goes to the weights.
 */
export function* smoothChannels(
  prepared: OnnxModel,
  groups: readonly ChannelGroup[],
  channelMaxAbs: ReadonlyMap<string, Float64Array>,
  strength: number,
): Steps<OnnxModel> {
  const constants = new ScaledConstants(prepared, indexGraph(prepared));
  for (const [index, group] of groups.entries()) {
    yield index;
    const inputs = largestRead(group, channelMaxAbs);
    if (inputs === null) continue;
    const weights = largestWeights(group.consumers, group.channels, constants);
    const factors = smoothingFactors(inputs, weights, strength);
    for (const node of group.producers) divideMade(node, factors, constants);
    for (const node of group.consumers) {
      const constant = weightRead(node);
      const name = node.input[constant.position]!;
      constants.scale(name, axisIn(constant, constants.dimsOf(name)), factors);
    }
  }
  return constants.model();
}
