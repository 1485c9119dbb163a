import { isStandardOp, soleConsumer, type Graph } from '../graph/graph.ts';
import { isAdd, isHomogeneousByValue, isMultiply } from '../graph/ops/arithmetic.ts';
import { changesDimensions, isLookup, isTranspose, permutationOf, readsShape } from '../graph/ops/layouts.ts';
import { isGemm, isMatMul, outputAxis } from '../graph/ops/linear-layers.ts';
import { scaleAndShift } from '../graph/ops/normalization.ts';
import type { Shapes } from '../graph/shapes.ts';
import { attributeInt } from '../onnx/attributes.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import {
  collectChannelGroups,
  createWeightOf,
  dimsIn,
  ownConstant,
  type ChannelGroup,
  type ChannelRole,
} from './channel-groups.ts';

/** A constant that a node reads, and the axis of it that channels lie on, from the end where it is below 0. */
export interface ChannelConstant {
  readonly position: number;
  readonly axis: number;
}

interface Rules {
  readonly graph: Graph;
  readonly dimsOf: (tensor: string) => readonly number[];
  readonly weightOf: ReturnType<typeof createWeightOf>;
}

const countOf = (dims: readonly bigint[]): number => Number(dims.reduce((product, dim) => product * dim, 1n));

/** Whether a constant of its own has a value for each of so many channels, or one in all. */
function hasValueByChannel({ graph }: Rules, name: string | undefined, channels: number | undefined): boolean {
  const tensor = ownConstant(graph, name);
  if (tensor === null || channels === undefined) return false;
  return Number(tensor.dims.at(-1) ?? 1) === channels || countOf(tensor.dims) === 1;
}

/** A layer of a constant weight of two axes or more: channels are columns of what it reads, and of what it hands out. */
function roleOfLayer(node: NodeProto, rules: Rules): ChannelRole | null {
  const [input, output] = [node.input[0] ?? '', node.output[0] ?? ''];
  const weight = rules.weightOf(node);
  const rank = rules.dimsOf(input).length;
  if (weight === null || weight.dims.length < 2 || rank < 2 || rules.graph.constants.has(input)) return null;
  if (isMatMul(node)) return { makes: output, reads: input };
  if (rank !== 2 || attributeInt(node, 'transA', 0) !== 0) return null;
  const hasBias = (node.input[2] ?? '') !== '';
  const bias = node.input[2];
  // What is added has to be divided with what the layer makes, not with what it reads.
  const isFixed = hasBias && !hasValueByChannel(rules, bias, rules.dimsOf(output).at(-1));
  return isFixed ? { reads: input, blocks: [output, bias!] } : { makes: output, reads: input };
}

/** The position of the constant among two operands; null where there is none, or nothing else. */
function constantOperand({ input }: NodeProto, { constants }: Graph): 0 | 1 | null {
  const [first, second] = [constants.has(input[0] ?? ''), constants.has(input[1] ?? '')];
  return first === second ? null : first ? 0 : 1;
}

function roleOfOperands(node: NodeProto, rules: Rules): ChannelRole | null {
  const { graph, dimsOf } = rules;
  const output = node.output[0] ?? '';
  const channels = dimsOf(output).at(-1);
  const position = constantOperand(node, graph);
  if (position === null) return isAdd(node) ? roleOfSum(node, rules) : roleOfGate(node, rules);
  const [name, input] = [node.input[position]!, node.input[1 - position]!];
  if (dimsOf(input).at(-1) !== channels) return null;
  if (isAdd(node)) {
    return hasValueByChannel(rules, name, channels) ? { makes: output, joins: [input, output] } : null;
  }
  const { dims } = graph.constants.get(name)!;
  // One factor for all channels, or one a row: they are what they were.
  if (Number(dims.at(-1) ?? 1) === 1) return { joins: [input, output] };
  return hasValueByChannel(rules, name, channels) ? { makes: output, blocks: [input] } : null;
}

function roleOfSum({ input, output }: NodeProto, { graph, dimsOf }: Rules): ChannelRole | null {
  const isPlain = input.every(
    (name) => !graph.constants.has(name) && dimsOf(name).join() === dimsOf(output[0]!).join(),
  );
  return isPlain ? { joins: [...input, output[0]!] } : null;
}

/** A product of two activations, as gated layers have them, carries the channels of one: of that which a layer made for it alone. */
function roleOfGate({ input, output }: NodeProto, rules: Rules): ChannelRole | null {
  const { graph, dimsOf } = rules;
  const isMade = (name: string): boolean => {
    const maker = graph.producers.get(name);
    const hasRole = (isMatMul(maker) || isGemm(maker) || isAdd(maker)) && isStandardOp(maker);
    return hasRole && soleConsumer(name, graph) !== null && dimsOf(name).join() === dimsOf(output[0]!).join();
  };
  const carrier = input.findLast(isMade);
  const other = input.find((name) => name !== carrier);
  return carrier === undefined || other === undefined ? null : { joins: [carrier, output[0]!], blocks: [other] };
}

function roleOfNormalization(node: NodeProto, positions: readonly number[], rules: Rules): ChannelRole | null {
  const [input, output] = [node.input[0] ?? '', node.output[0] ?? ''];
  const rank = rules.dimsOf(input).length;
  const channels = rules.dimsOf(input).at(-1);
  const axis = attributeInt(node, 'axis', -1);
  if (axis !== -1 && axis !== rank - 1) return null;
  const isKnown = positions.every((position) => {
    const name = node.input[position] ?? '';
    const tensor = rules.graph.constants.get(name);
    return name === '' || (tensor?.dataType === 1 && countOf(tensor.dims) === channels);
  });
  const others = node.input.filter((_, position) => !positions.includes(position));
  return isKnown ? { makes: output, blocks: [...others, ...node.output.slice(1)] } : null;
}

function roleOf(node: NodeProto, rules: Rules): ChannelRole | null {
  const { dimsOf } = rules;
  const [input, output] = [node.input[0] ?? '', node.output[0] ?? ''];
  const positions = scaleAndShift(node);
  if (positions !== null) return roleOfNormalization(node, positions, rules);
  if (!isStandardOp(node)) return null;
  if (isMatMul(node) || isGemm(node)) return roleOfLayer(node, rules);
  if (isAdd(node) || isMultiply(node)) return roleOfOperands(node, rules);
  if (readsShape(node)) return {};
  const rank = dimsOf(input).length;
  const carries =
    isHomogeneousByValue(node) ||
    (changesDimensions(node) && dimsOf(input).at(-1) === dimsOf(output).at(-1)) ||
    (isTranspose(node) && permutationOf(node, rank).at(-1) === rank - 1) ||
    (isLookup(node) && (attributeInt(node, 'axis', 0) + rank) % rank < rank - 1);
  return carries && !rules.graph.constants.has(input) ? { joins: [input, output] } : null;
}

/** Finds every set of tensors, channels on the last axis, that matrix products read and that constants before them can scale. */
export function findSmoothingGroups(graph: Graph, shapes: Shapes, quantized: ReadonlySet<string>): ChannelGroup[] {
  const dimsOf = dimsIn(shapes);
  const rules: Rules = { graph, dimsOf, weightOf: createWeightOf(graph) };
  const groups = collectChannelGroups(graph, {
    roleOf: (node) => roleOf(node, rules),
    channelsOf: (name) => dimsOf(name).at(-1),
    quantized,
  });
  return groups.filter((group) => readTensors(group).some((name) => quantized.has(name)));
}

/** What the products of a group read. */
export const readTensors = ({ consumers }: ChannelGroup): string[] => [
  ...new Set(consumers.map(({ input }) => input[0]!)),
];

/** The weight of a reader, by the channels that it reads. */
export const weightRead = (node: NodeProto): ChannelConstant => ({
  position: 1,
  axis: isGemm(node) ? 1 - outputAxis(node) : -2,
});

/** The constants that the channels of a producer's output are made by. */
export function constantsMaking(node: NodeProto, graph: Graph): readonly ChannelConstant[] {
  const last = (position: number): ChannelConstant => ({ position, axis: -1 });
  const given = (position: number): boolean => (node.input[position] ?? '') !== '';
  if (isMatMul(node)) return [last(1)];
  if (isGemm(node)) return [{ position: 1, axis: outputAxis(node) }, ...[2].filter(given).map(last)];
  return (scaleAndShift(node) ?? [constantOperand(node, graph)!]).filter(given).map(last);
}
