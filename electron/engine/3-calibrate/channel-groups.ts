import { findTransposedTables } from '../graph/transposed-constants.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';

/** Tensors whose channels can be scaled by one set of factors, and the layers that make up for it. */
export interface ChannelGroup {
  /** The quantized ones among the tensors that carry the same channels and are scaled together. */
  readonly tensors: readonly string[];
  /** All of them. */
  readonly members: readonly string[];
  readonly producers: readonly NodeProto[];
  readonly consumers: readonly NodeProto[];
  readonly channels: number;
}

/** What a node does with channels; tensors that are scaled nowhere are among the blocked ones. */
export interface ChannelRole {
  /** The output whose channels its constants make, so that they can divide them. */
  readonly makes?: string;
  /** The input whose channels its weights read, so that they can multiply them. */
  readonly reads?: string;
  /** Tensors that carry the same channels. */
  readonly joins?: readonly string[];
  readonly blocks?: readonly string[];
}

export interface GroupRules {
  /** Null of a node that allows no scaled channels in anything that it touches. */
  readonly roleOf: (node: NodeProto) => ChannelRole | null;
  readonly channelsOf: (tensor: string) => number | undefined;
  /** Tensors that get a range: the only ones whose channels are worth evening out. */
  readonly quantized: ReadonlySet<string>;
}

/** Weights a layer could rescale: a constant that nobody else reads, neither a node, nor a body, nor the model's user. */
export function ownConstant(graph: Graph, name: string | undefined): TensorProto | null {
  if (name === undefined || name === '') return null;
  const tensor = graph.constants.get(name);
  const isShared =
    graph.consumers.get(name)?.length !== 1 || graph.outputNames.has(name) || graph.capturedNames.has(name);
  return tensor?.dataType === 1 && !isShared && !graph.producers.has(name) ? tensor : null;
}

/** Weights that a layer alone has and that are no table's transpose: scaled, that would be stored a second time. */
export function createWeightOf(graph: Graph): (node: NodeProto) => TensorProto | null {
  const tied = findTransposedTables(graph);
  return ({ input }) => (tied.has(input[1] ?? '') ? null : ownConstant(graph, input[1]));
}

export const dimsIn =
  (shapes: Shapes) =>
  (name: string): readonly number[] =>
    shapes.get(name)?.dims ?? [];

/** Finds every set of tensors that only nodes with a role touch. */
export function collectChannelGroups(graph: Graph, { roleOf, channelsOf, quantized }: GroupRules): ChannelGroup[] {
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
  for (const node of graph.nodes) {
    const role = roleOf(node);
    const { makes, reads, joins = [], blocks = [] } = role ?? { blocks: [...node.input, ...node.output] };
    if (reads !== undefined) consumers.push([reads, node]);
    if (makes !== undefined) producers.set(makes, node);
    const last = joins.at(-1);
    for (const name of joins.slice(0, -1)) union(name, last!);
    for (const name of blocks) if (name !== '') blocked.add(name);
  }
  const sets = new Map<string, string[]>();
  for (const name of new Set([...parent.keys(), ...producers.keys(), ...consumers.map(([name]) => name)])) {
    const root = find(name);
    sets.set(root, [...(sets.get(root) ?? []), name]);
  }
  const groups: ChannelGroup[] = [];
  for (const members of sets.values()) {
    if (members.some((name) => blocked.has(name))) continue;
    const made = members.flatMap((name) => producers.get(name) ?? []);
    const used = consumers.filter(([name]) => members.includes(name)).map(([, node]) => node);
    const channels = channelsOf(members[0]!);
    const sameChannels = members.every((name) => channelsOf(name) === channels);
    const tensors = members.filter((name) => quantized.has(name));
    if (made.length === 0 || used.length === 0 || tensors.length === 0 || channels === undefined || !sameChannels)
      continue;
    groups.push({ tensors, members, producers: made, consumers: used, channels });
  }
  return groups;
}
