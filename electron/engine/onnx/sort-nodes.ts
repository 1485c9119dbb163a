import { AppError } from '../../../shared/app-error.ts';
import { joinTold, tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { describeNode } from './attributes.ts';
import type { GraphProto, ModelProto, NodeProto } from './proto/onnx_pb.js';
import { subgraphs } from './tensors-of.ts';

/** More nodes of a cycle than this are not named. */
const mostNamed = 8;

/**
 * Puts every node behind those that make what it uses: in the graph, in the bodies of If, Loop and Scan, in functions.
 * ONNX demands that order, and some converters do not keep it. Nodes that are in order keep their places.
 * @returns true when something was moved.
 * @throws AppError `model-malformed` where nodes wait for each other.
 */
export function sortNodes(model: ModelProto): boolean {
  let moved = false;
  const sort = (owner: { node: NodeProto[] }, given: readonly string[], where: Told, depth: number): Set<string> => {
    const freeNames = owner.node.map((node) => namesUsed(node, depth));
    const order = findOrder(owner.node, freeNames, new Set(given), where);
    if (order !== null) {
      owner.node = order;
      moved = true;
    }
    return new Set(freeNames.flatMap((names) => [...names]));
  };
  /** What a node reads: its inputs, and what the graphs within it take from outside. */
  const namesUsed = (node: NodeProto, depth: number): Set<string> => {
    const names = new Set(node.input.filter((name) => name !== ''));
    // Deeper graphs are refused by the check that follows.
    if (depth >= deepestSorted) return names;
    for (const graph of subgraphs(node.attribute)) {
      const given = givenNames(graph);
      const taken = sort(graph, given, tell('placeSubgraph', { node: describeNode(node) }), depth + 1);
      for (const { name } of graph.output) taken.add(name);
      const own = new Set([...given, ...graph.node.flatMap(({ output }) => output)]);
      for (const name of taken) if (!own.has(name)) names.add(name);
    }
    return names;
  };
  if (model.graph !== undefined) sort(model.graph, givenNames(model.graph), tell('placeGraph'), 0);
  for (const entry of model.functions) sort(entry, entry.input, tell('placeFunction', { name: entry.name }), 0);
  return moved;
}

const deepestSorted = 64;

/** Names that are there before any node has run. */
function givenNames(graph: GraphProto): string[] {
  return [
    ...graph.input.map(({ name }) => name),
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
  ];
}

/** Nodes in an order in which they can run, as close to the given one as can be; null when that one will do. */
function findOrder(
  nodes: readonly NodeProto[],
  used: readonly Set<string>[],
  given: ReadonlySet<string>,
  where: Told,
): NodeProto[] | null {
  const producers = new Map<string, number>();
  // A value defined twice is refused by the check that follows.
  for (const [index, node] of nodes.entries()) for (const name of node.output) producers.set(name, index);
  const needs = used.map((names) =>
    [...names]
      .map((name) => (given.has(name) ? undefined : producers.get(name)))
      .filter((index) => index !== undefined),
  );
  if (needs.every((indices, index) => indices.every((needed) => needed < index))) return null;
  const order: NodeProto[] = [];
  const states = new Uint8Array(nodes.length);
  for (const start of nodes.keys()) visit(start);
  return order;

  /** Depth first with a stack of its own: a chain of nodes may be longer than the stack of calls is deep. */
  function visit(start: number): void {
    const path = states[start] === unseen ? [{ index: start, next: 0 }] : [];
    while (path.length > 0) {
      const top = path.at(-1)!;
      states[top.index] = waiting;
      const needed = needs[top.index]![top.next++];
      if (needed === undefined) {
        states[top.index] = placed;
        order.push(nodes[top.index]!);
        path.pop();
      } else if (states[needed] === unseen) {
        path.push({ index: needed, next: 0 });
      } else if (states[needed] === waiting) {
        const from = path.findIndex(({ index }) => index === needed);
        throw cycle(
          path.slice(from).map(({ index }) => nodes[index]!),
          where,
        );
      }
    }
  }
}

const unseen = 0;
const waiting = 1;
const placed = 2;

function cycle(nodes: readonly NodeProto[], where: Told): AppError {
  // Walked from user to producer; told in the order in which values flow.
  const named = joinTold('names', nodes.slice(-mostNamed).reverse().map(describeNode));
  const more = nodes.length - mostNamed;
  const told = more > 0 ? tell('nodesAndMore', { nodes: named, count: more }) : named;
  return new AppError('model-malformed', tell('nodesInCircle', { place: where, nodes: told }));
}
