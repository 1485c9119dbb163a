import type { Shapes } from '../graph/shapes.ts';
import { isStandardOp, namesCapturedBy, subgraphsOf, type Graph } from '../graph/graph.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { movesValues, picksByIndices, readsShape } from '../graph/ops/layouts.ts';
import { findsByValues, isTopK } from '../graph/ops/selection.ts';

const floatTypes: ReadonlySet<string | null> = new Set(['float32', 'float16', 'float64']);

/**
 * Where a model selects by values that int8 changes, so that the float and the int8 model may find different numbers of
 * things and their outputs cannot be held against each other.
 */
export interface Selection {
  /** The first node that selects. */
  readonly node: string;
  /** Where both models can be compared: what the selection reads, and outputs that do not come from it. */
  readonly tensors: readonly string[];
  /** Layers with weights that work on what was selected. */
  readonly weightedBehind: number;
}

export interface FoundSelection extends Omit<Selection, 'weightedBehind'> {
  /** Nodes that work on what was selected. */
  readonly behind: ReadonlySet<NodeProto>;
}

function selects(node: NodeProto): boolean {
  if (isStandardOp(node) && findsByValues(node)) return true;
  return subgraphsOf(node).some((inner) => inner.node.some(selects));
}

/** True where the order of what a node hands out follows from values that int8 changes. */
function putsInOrder(node: NodeProto, changed: ReadonlySet<string>): boolean {
  if (!isStandardOp(node)) return false;
  return isTopK(node) ? changed.has(node.input[0]!) : picksByIndices(node) && changed.has(node.input[1]!);
}

/**
 * @param changing nodes whose outputs int8 changes.
 * @returns null where no output of the model depends on such a selection.
 */
export function findSelection(graph: Graph, shapes: Shapes, changing: ReadonlySet<NodeProto>): FoundSelection | null {
  /** Tensors that hold other values in int8, and those of them that may hold another number of values. */
  const changed = new Set<string>();
  const selected = new Set<string>();
  /** Tensors in an order that may be another one in int8. */
  const ordered = new Set<string>();
  const behind = new Set<NodeProto>();
  /** What is left out has no name, so it must not stand for itself on both sides. */
  const named = (names: Iterable<string>): string[] => [...names].filter((name) => name !== '');
  const inputsOf = (node: NodeProto): string[] => named([...node.input, ...namesCapturedBy(node)]);
  let first: NodeProto | null = null;
  for (const node of graph.nodes) {
    const inputs = inputsOf(node);
    const readsChanged = inputs.some((name) => changed.has(name));
    const isSelecting = readsChanged && selects(node);
    if (isSelecting) first ??= node;
    if (isSelecting || inputs.some((name) => selected.has(name))) {
      behind.add(node);
      for (const name of named(node.output)) selected.add(name);
    }
    if (putsInOrder(node, changed) || inputs.some((name) => ordered.has(name))) {
      if (!readsShape(node)) for (const name of named(node.output)) ordered.add(name);
    }
    if (changing.has(node) || (readsChanged && !readsShape(node)) || behind.has(node)) {
      for (const name of named(node.output)) changed.add(name);
    }
  }
  if (first === null || ![...graph.outputNames].some((name) => selected.has(name))) return null;

  const beside = [...graph.outputNames].filter((name) => !selected.has(name));
  const tensors = new Set(beside.filter((name) => !ordered.has(name)));
  const seen = new Set<string>();
  const isFloat = (name: string): boolean => floatTypes.has(shapes.get(name)?.dataType ?? null);
  /**
   * What a selection reads may be indices or truth values: then the floats those were made of. Of parts of a tensor, such as the
   * slice of every class, the tensor itself, so that it counts once; and of what was put in order, or computed from that, the values
   * before it, for int8 may order them otherwise.
   */
  const addFloats = (name: string): void => {
    const waiting = [name];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next) || !changed.has(next) || selected.has(next)) continue;
      seen.add(next);
      const producer = graph.producers.get(next)!;
      const inputs = inputsOf(producer);
      const isMoved = isStandardOp(producer) && movesValues(producer) && inputs.some((input) => changed.has(input));
      if (isFloat(next) && !isMoved && !ordered.has(next)) tensors.add(next);
      else waiting.push(...inputs);
    }
  };
  for (const name of beside) if (ordered.has(name)) addFloats(name);
  for (const node of behind) for (const name of inputsOf(node)) addFloats(name);
  return { node: first.name, tensors: [...tensors], behind };
}
