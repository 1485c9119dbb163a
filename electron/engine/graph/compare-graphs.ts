import { equals } from '@bufbuild/protobuf';
import type { NodeDifference } from '../../../shared/model-diff.ts';
import { AttributeProtoSchema, type AttributeProto, type NodeProto, type TensorProto } from '../onnx/proto/onnx_pb.js';
import { isConstantNode } from '../onnx/initializers.ts';
import type { Graph } from './graph.ts';
import { isConversion, isDequantize } from './ops/conversions.ts';
import { viewOf, widenedWeight } from './widened.ts';

/*
 * What became of each node of one graph in another: by names, by the tensors they hand out, and then by what feeds them. Linear in
 * both graphs.
 */

/** Longest chain of conversions, or of nodes that are gone, that is followed. */
const longestWalk = 64;
const mostUsers = 64;

/** Element types by their number in a TensorProto. */
export interface TensorNames {
  readonly typeOf: (tensor: TensorProto) => string;
  readonly areEqual: (before: TensorProto, after: TensorProto) => boolean;
}

const computing = ({ nodes }: Graph): NodeProto[] => nodes.filter((node) => !isConstantNode(node));

/** By a key that only one node has; nodes of the other graph that are taken already, or whose key is not unique, stay alone. */
function pairBy(
  before: readonly NodeProto[],
  after: readonly NodeProto[],
  keyOf: (node: NodeProto) => string | null,
  pairs: Pairs,
): void {
  const byKey = new Map<string, NodeProto | null>();
  for (const node of after) {
    if (pairs.beforeOf.has(node)) continue;
    const key = keyOf(node);
    if (key !== null) byKey.set(key, byKey.has(key) ? null : node);
  }
  const wanted = new Map<string, NodeProto | null>();
  for (const node of before) {
    if (pairs.afterOf.has(node)) continue;
    const key = keyOf(node);
    if (key !== null) wanted.set(key, wanted.has(key) ? null : node);
  }
  for (const [key, node] of wanted) {
    const other = byKey.get(key) ?? null;
    if (node !== null && other !== null) pairs.add(node, other);
  }
}

class Pairs {
  readonly afterOf = new Map<NodeProto, NodeProto>();
  readonly beforeOf = new Map<NodeProto, NodeProto>();

  add(before: NodeProto, after: NodeProto): void {
    this.afterOf.set(before, after);
    this.beforeOf.set(after, before);
  }
}

/** Where a value comes from, past conversions. */
interface Source {
  readonly constant: TensorProto | null;
  readonly producer: NodeProto | null;
  /** The tensor of the model's own inputs, or of nothing known. */
  readonly name: string;
  /** Type that it is stored in on the way; null where nothing converts it. */
  readonly storedAs: string | null;
}

function sourceOf(tensor: string, graph: Graph, names: TensorNames): Source {
  let name = tensor;
  let storedAs: string | null = null;
  for (let step = 0; step < longestWalk; step++) {
    const constant = graph.constants.get(name) ?? null;
    if (constant !== null) return { constant, producer: null, name, storedAs };
    const producer = graph.producers.get(name) ?? null;
    const widened = widenedWeight(producer ?? undefined, viewOf(graph));
    if (widened !== null) {
      storedAs = names.typeOf(graph.constants.get(widened.integers)!);
      name = widened.integers;
      continue;
    }
    if (producer === null || !isConversion(producer)) return { constant: null, producer, name, storedAs };
    const zeroPoint = graph.constants.get(producer.input[2] ?? '');
    if (isDequantize(producer)) storedAs = zeroPoint === undefined ? 'integers' : names.typeOf(zeroPoint);
    name = producer.input[0] ?? '';
  }
  return { constant: null, producer: null, name, storedAs };
}

/** What feeds a node, as a key that is the same in both graphs where all of it is paired. */
function feedKey(
  node: NodeProto,
  graph: Graph,
  pairs: Pairs,
  side: 'before' | 'after',
  names: TensorNames,
): string | null {
  const parts: string[] = [node.domain, node.opType];
  for (const input of node.input) {
    const { constant, producer, name } = sourceOf(input, graph, names);
    if (constant !== null) parts.push('constant');
    else if (producer === null) parts.push(`input ${name}`);
    else {
      const before = side === 'before' ? producer : pairs.beforeOf.get(producer);
      if (before === undefined || (side === 'before' && !pairs.afterOf.has(producer))) return null;
      parts.push(`node ${before.output[0] ?? ''} ${producer.output.indexOf(name)}`);
    }
  }
  return parts.join('\n');
}

/** What reads a tensor, past conversions; null where that are too many to tell apart. */
function usersOf(tensor: string, graph: Graph): ReadonlySet<NodeProto> | null {
  const users = new Set<NodeProto>();
  const queue = [tensor];
  for (const name of queue) {
    for (const user of graph.consumers.get(name) ?? []) {
      if (isConversion(user)) queue.push(user.output[0] ?? '');
      else users.add(user);
    }
    if (users.size > mostUsers || queue.length > mostUsers) return null;
  }
  return users;
}

/** In the order of the second graph, so that what is paired makes what it feeds comparable. */
function pairByFeeds(before: Graph, after: Graph, pairs: Pairs, names: TensorNames): void {
  for (const node of computing(after)) {
    if (pairs.beforeOf.has(node)) continue;
    const key = feedKey(node, after, pairs, 'after', names);
    const fed = node.input.map((input) => sourceOf(input, after, names)).find(({ constant }) => constant === null);
    if (key === null || fed === undefined) continue;
    const producer = fed.producer === null ? undefined : pairs.beforeOf.get(fed.producer);
    const tensor = producer === undefined ? fed.name : producer.output[fed.producer!.output.indexOf(fed.name)];
    const alike = (users: ReadonlySet<NodeProto> | null, graph: Graph, side: 'before' | 'after'): NodeProto[] =>
      [...(users ?? [])].filter(
        (user) =>
          !(side === 'before' ? pairs.afterOf : pairs.beforeOf).has(user) &&
          feedKey(user, graph, pairs, side, names) === key,
      );
    const [candidate, ...others] = alike(usersOf(tensor ?? '', before), before, 'before');
    const rivals = alike(usersOf(fed.name, after), after, 'after');
    if (candidate !== undefined && others.length === 0 && rivals.length === 1) pairs.add(candidate, node);
  }
}

function pairNodes(before: Graph, after: Graph, names: TensorNames): Pairs {
  const pairs = new Pairs();
  const [first, second] = [computing(before), computing(after)];
  pairBy(first, second, ({ name, domain, opType }) => (name === '' ? null : `${domain} ${opType} ${name}`), pairs);
  pairBy(first, second, ({ output, domain, opType }) => `${domain} ${opType} ${output[0] ?? ''}`, pairs);
  pairByFeeds(before, after, pairs, names);
  pairBy(first, second, ({ name }) => (name === '' ? null : name), pairs);
  return pairs;
}

function changedAttributes(before: NodeProto, after: NodeProto): string[] {
  const named = (node: NodeProto): Map<string, AttributeProto> =>
    // NOTSET is how writers spell out that an attribute is not set.
    new Map(
      node.attribute
        .filter(({ s }) => Buffer.from(s).toString('latin1') !== 'NOTSET')
        .map((attribute) => [attribute.name, attribute]),
    );
  const [own, other] = [named(before), named(after)];
  return [...new Set([...own.keys(), ...other.keys()])].filter((name) => {
    const [left, right] = [own.get(name), other.get(name)];
    return left === undefined || right === undefined || !equals(AttributeProtoSchema, left, right);
  });
}

function changesOf(before: NodeProto, after: NodeProto, graphs: readonly [Graph, Graph], names: TensorNames): string[] {
  const changes: string[] = [];
  if (before.opType !== after.opType || before.domain !== after.domain)
    changes.push(`operator: ${before.opType} -> ${after.opType}`);
  const attributes = changedAttributes(before, after);
  if (attributes.length > 0) changes.push(`attributes: ${attributes.join(', ')}`);
  const sources = [before, after].map((node, index) =>
    node.input.map((input) => sourceOf(input, graphs[index]!, names)),
  );
  const [own, other] = sources as [Source[], Source[]];
  if (own.length !== other.length) changes.push(`inputs: ${own.length} -> ${other.length}`);
  for (const [index, left] of own.entries()) {
    const right = other[index];
    if (right === undefined) continue;
    const [from, to] = [left, right].map((source) =>
      source.constant === null ? source.storedAs : names.typeOf(source.constant),
    );
    const what = left.constant === null ? `input ${index}` : index === 0 ? 'constant' : `weights ${index}`;
    if (from !== to) changes.push(`${what}: ${from ?? 'float'} -> ${to ?? 'float'}`);
    else if (left.constant !== null && right.constant !== null && !names.areEqual(left.constant, right.constant))
      changes.push(`${what}: other values`);
  }
  return changes;
}

/** The nearest paired node that a gone one leads back or on to; null where there is none. */
function nearestPaired(node: NodeProto, graph: Graph, pairs: Pairs): NodeProto | null {
  let current: NodeProto | undefined = node;
  for (let step = 0; current !== undefined && step < longestWalk; step++) {
    const paired = pairs.afterOf.get(current);
    if (paired !== undefined) return paired;
    const input: string | undefined = current.input.find(
      (name) => graph.producers.has(name) && !graph.constants.has(name),
    );
    current = input === undefined ? undefined : graph.producers.get(input);
  }
  current = node;
  for (let step = 0; current !== undefined && step < longestWalk; step++) {
    const paired = pairs.afterOf.get(current);
    if (paired !== undefined) return paired;
    current = graph.consumers.get(current.output[0] ?? '')?.[0];
  }
  return null;
}

const nameOf = (node: NodeProto): { name: string; opType: string } => ({
  // Nodes need no name; what they hand out has one.
  name: node.name === '' ? (node.output[0] ?? '') : node.name,
  opType: node.opType,
});

/** A node on either side, and what became of it. */
export interface ComparedNode {
  readonly before: NodeProto | null;
  readonly after: NodeProto | null;
  readonly difference: Omit<NodeDifference, 'path'>;
}

/** What became of every node of `before`, in its order, and then what is new in `after`, in its order. */
export function pairGraphs(before: Graph, after: Graph, names: TensorNames): ComparedNode[] {
  const pairs = pairNodes(before, after, names);
  const changes = new Map<NodeProto, string[]>();
  for (const [node, other] of pairs.afterOf) changes.set(other, changesOf(node, other, [before, after], names));
  const fixed = new Set<string>(before.constants.keys());
  const gone = (node: NodeProto): ComparedNode['difference'] => {
    const shared = { before: nameOf(node), after: null, changes: [] };
    // In the order of the graph: what comes of constants alone is one.
    if (node.input.length > 0 && node.input.every((input) => input === '' || fixed.has(input))) {
      for (const output of node.output) fixed.add(output);
      return { state: 'folded', ...shared, into: null };
    }
    const into = nearestPaired(node, before, pairs);
    return into === null || changes.get(into)!.length === 0
      ? { state: 'removed', ...shared, into: null }
      : { state: 'folded', ...shared, into: nameOf(into).name };
  };
  const own = computing(before).map((node): ComparedNode => {
    const other = pairs.afterOf.get(node);
    if (other === undefined) return { before: node, after: null, difference: gone(node) };
    const changed = changes.get(other)!;
    const state = changed.length === 0 ? 'kept' : 'replaced';
    const difference = { state, before: nameOf(node), after: nameOf(other), into: null, changes: changed } as const;
    return { before: node, after: other, difference };
  });
  const inserted = computing(after)
    .filter((node) => !pairs.beforeOf.has(node))
    .map((node): ComparedNode => ({
      before: null,
      after: node,
      difference: { state: 'inserted', before: null, after: nameOf(node), into: null, changes: [] },
    }));
  return [...own, ...inserted];
}
