import { takeStart } from '../../../shared/cut-text.ts';
import {
  longestNodeName,
  mostNetworkEdges,
  mostNetworkNodes,
  type Network,
  type NetworkEdge,
  type NetworkNode,
} from '../../../shared/network/network.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { tensorByteLength } from '../onnx/tensor-proto.ts';
import { pairGraphs, type ComparedNode, type TensorNames } from './compare-graphs.ts';
import { namesCapturedBy, type Graph } from './graph.ts';
import { modulePathsOf } from './module-paths.ts';
import { isCast, isConversion, isDequantize } from './ops/conversions.ts';

/*
 * Two graphs as one network: every node once, every edge with the sides that have it. Linear in both graphs.
 */

/** Longest chain of conversions that one edge stands for. */
const longestWalk = 64;

/** Where a value comes from, past conversions. */
interface Feed {
  readonly producer: NodeProto | null;
  readonly tensor: string;
  readonly storedAs: string | null;
}

interface Side {
  readonly graph: Graph;
  /** Conversions that belong to an edge. */
  readonly isOnEdge: (node: NodeProto) => boolean;
}

/** @returns null where the value is a constant. */
function feedOf(tensor: string, { graph, isOnEdge }: Side, names: TensorNames): Feed | null {
  let name = tensor;
  let storedAs: string | null = null;
  for (let step = 0; step < longestWalk; step++) {
    if (graph.constants.has(name)) return null;
    const producer = graph.producers.get(name);
    if (producer === undefined || !isOnEdge(producer)) return { producer: producer ?? null, tensor: name, storedAs };
    const zeroPoint = graph.constants.get(producer.input[2] ?? '');
    if (!isCast(producer)) storedAs ??= zeroPoint === undefined ? 'uint8' : names.typeOf(zeroPoint);
    name = producer.input[0] ?? '';
  }
  return null;
}

/** Bytes of the constants that a node reads, past what widens them. */
function constantBytes(node: NodeProto | null, graph: Graph): number {
  if (node === null) return 0;
  let bytes = 0;
  for (const input of new Set(node.input)) {
    const producer = graph.producers.get(input);
    const own = producer !== undefined && (isDequantize(producer) || isCast(producer)) ? producer.input : [input];
    for (const name of own) {
      const constant = graph.constants.get(name);
      if (constant !== undefined) bytes += tensorByteLength(constant);
    }
  }
  return bytes;
}

const cutName = (name: string): string => takeStart(name, longestNodeName);

function toNode({ before, after, difference }: ComparedNode, path: readonly string[], graphs: Graphs): NetworkNode {
  const own = (before ?? after)!;
  return {
    kind: 'operator',
    name: cutName(own.name === '' ? (own.output[0] ?? '') : own.name),
    opType: own.opType,
    path,
    state: difference.state,
    into: difference.into === null ? null : cutName(difference.into),
    changes: difference.changes.map(cutName),
    bytesBefore: constantBytes(before, graphs.before),
    bytesAfter: constantBytes(after, graphs.after),
  };
}

interface Graphs {
  readonly before: Graph;
  readonly after: Graph;
}

/** Inputs or outputs of both models, by name. */
function terminals(kind: 'input' | 'output', { before, after }: Graphs): NetworkNode[] {
  const namesOf = (graph: Graph) => new Set(kind === 'input' ? graph.inputNames : graph.outputNames);
  const [own, other] = [namesOf(before), namesOf(after)];
  return [...new Set([...own, ...other])].map((name) => ({
    kind,
    name: cutName(name),
    opType: '',
    path: [],
    state: !own.has(name) ? 'inserted' : other.has(name) ? 'kept' : 'removed',
    into: null,
    changes: [],
    bytesBefore: 0,
    bytesAfter: 0,
  }));
}

/** Edges by their ends, gathered from both sides. */
class EdgeList {
  readonly edges = new Map<string, { -readonly [Key in keyof NetworkEdge]: NetworkEdge[Key] }>();
  cut = 0;

  add(from: number, to: number, side: 'inBefore' | 'inAfter', storedAs: string | null): void {
    const key = `${from} ${to}`;
    const known = this.edges.get(key);
    if (known === undefined && this.edges.size >= mostNetworkEdges) {
      this.cut += 1;
      return;
    }
    const edge = known ?? { from, to, inBefore: false, inAfter: false, storedAs: null };
    edge[side] = true;
    if (side === 'inAfter') edge.storedAs ??= storedAs;
    this.edges.set(key, edge);
  }
}

/** What a node reads: its inputs, and what its bodies capture. */
function readsOf(node: NodeProto): string[] {
  return [...node.input, ...namesCapturedBy(node)].filter((name) => name !== '');
}

function collectEdges(
  nodes: readonly ComparedNode[],
  graphs: Graphs,
  places: Places,
  isInserted: (node: NodeProto) => boolean,
  names: TensorNames,
): EdgeList {
  const list = new EdgeList();
  const plain = (node: NodeProto): boolean => isConversion(node) && !isCast(node);
  const sides = [
    ['before', 'inBefore', plain],
    ['after', 'inAfter', (node: NodeProto) => plain(node) || (isCast(node) && isInserted(node))],
  ] as const;
  for (const [side, flag, isOnEdge] of sides) {
    const graph = graphs[side];
    const connect = (tensor: string, to: number): void => {
      const feed = feedOf(tensor, { graph, isOnEdge }, names);
      if (feed === null) return;
      const from = feed.producer === null ? places.inputs.get(feed.tensor) : places.ofNode.get(feed.producer);
      if (from !== undefined && from !== to) list.add(from, to, flag, feed.storedAs);
    };
    for (const pair of nodes) {
      const node = pair[side];
      const to = node === null ? undefined : places.ofNode.get(node);
      if (to !== undefined) for (const tensor of readsOf(node!)) connect(tensor, to);
    }
    for (const [name, to] of places.outputs) if (graph.outputNames.has(name)) connect(name, to);
  }
  return list;
}

/** Where nodes of either graph stand in the network. */
interface Places {
  readonly ofNode: ReadonlyMap<NodeProto, number>;
  readonly inputs: ReadonlyMap<string, number>;
  readonly outputs: ReadonlyMap<string, number>;
}

/** The network of two graphs, the second made of the first; of one where both are the same. */
export function drawNetwork(before: Graph, after: Graph, names: TensorNames): Network {
  const graphs = { before, after };
  const pairs = pairGraphs(before, after, names);
  const inserted = new Set(pairs.flatMap((pair) => (pair.before === null ? [pair.after!] : [])));
  const isDrawn = ({ before: own, after: other }: ComparedNode): boolean => {
    const node = (own ?? other)!;
    return !isConversion(node) || (isCast(node) && !inserted.has(node));
  };
  const drawn = pairs.filter(isDrawn);
  const [inputs, outputs] = [terminals('input', graphs), terminals('output', graphs)];
  const room = Math.max(0, mostNetworkNodes - inputs.length - outputs.length);
  const kept = drawn.slice(0, room);
  const paths = modulePathsOf(kept, graphs);
  const nodes = [...inputs, ...kept.map((pair) => toNode(pair, paths.get(pair) ?? [], graphs)), ...outputs];
  const ofNode = new Map<NodeProto, number>();
  for (const [index, pair] of kept.entries()) {
    if (pair.before !== null) ofNode.set(pair.before, inputs.length + index);
    if (pair.after !== null) ofNode.set(pair.after, inputs.length + index);
  }
  const indexByName = (terminal: readonly NetworkNode[], start: number) =>
    new Map(terminal.map(({ name }, index) => [name, start + index]));
  const places = {
    ofNode,
    inputs: indexByName(inputs, 0),
    outputs: indexByName(outputs, inputs.length + kept.length),
  };
  const list = collectEdges(kept, graphs, places, (node) => inserted.has(node), names);
  return { nodes, edges: [...list.edges.values()], cut: { nodes: drawn.length - kept.length, edges: list.cut } };
}
