import { itemId, rootModule, type Item, type ModuleTree } from './module-tree.ts';
import type { NetworkEdge } from './network.ts';

/*
 * What of a network is seen while some modules are open: the items of each open module, and the edges between them. An edge that
 * crosses the border of an open module goes on inside it.
 */

export interface VisibleEdge {
  /** Ids of items of the same open module. */
  readonly from: string;
  readonly to: string;
  /** Edges of the network that it stands for, by their place. */
  readonly edges: readonly number[];
}

export interface OpenModule {
  readonly id: string;
  readonly items: readonly Item[];
  readonly edges: readonly VisibleEdge[];
  /** Items that are fed from without, and such that feed what is without, with the edges that do it. */
  readonly entries: ReadonlyMap<string, readonly number[]>;
  readonly exits: ReadonlyMap<string, readonly number[]>;
}

export interface VisibleGraph {
  /** Inner ones before those around them; the root last. */
  readonly modules: readonly OpenModule[];
  /** The item that stands for a node: itself, or the closed module around it. */
  readonly itemOf: ReadonlyMap<number, string>;
  readonly items: ReadonlyMap<string, Item>;
  /** Items that an item feeds, and that feed it, in order. */
  readonly next: ReadonlyMap<string, readonly string[]>;
  readonly previous: ReadonlyMap<string, readonly string[]>;
}

interface Place {
  readonly id: string;
  /** Open modules around it, the root first. */
  readonly around: readonly string[];
}

interface Draft {
  readonly items: readonly Item[];
  readonly edges: Map<string, { readonly from: string; readonly to: string; readonly edges: number[] }>;
  readonly entries: Map<string, number[]>;
  readonly exits: Map<string, number[]>;
}

function push<Key>(map: Map<Key, number[]>, key: Key, value: number): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

/** Places of all nodes, and the open modules, outer ones first. */
function findPlaces({ modules }: ModuleTree, open: ReadonlySet<string>) {
  const places = new Map<number, Place>();
  const drafts = new Map<string, Draft>();
  const items = new Map<string, Item>();
  const visit = (id: string, around: readonly string[]): void => {
    const inner = [...around, id];
    const { children } = modules.get(id)!;
    drafts.set(id, { items: children, edges: new Map(), entries: new Map(), exits: new Map() });
    for (const child of children) {
      items.set(itemId(child), child);
      if (child.kind === 'node') places.set(child.node, { id: itemId(child), around: inner });
      else if (open.has(child.id)) visit(child.id, inner);
      else for (const node of modules.get(child.id)!.nodes) places.set(node, { id: itemId(child), around: inner });
    }
  };
  visit(rootModule, []);
  return { places, drafts, items };
}

/** Draws an edge through all open modules that it enters or leaves. */
function addEdge(index: number, from: Place, to: Place, drafts: ReadonlyMap<string, Draft>): void {
  let shared = 0;
  while (shared < from.around.length && from.around[shared] === to.around[shared]) shared += 1;
  const standIn = ({ id, around }: Place, depth: number): string => (depth < around.length ? `m${around[depth]!}` : id);
  const ends = [standIn(from, shared), standIn(to, shared)] as const;
  const { edges } = drafts.get(from.around[shared - 1]!)!;
  const key = ends.join('\n');
  const known = edges.get(key);
  if (known === undefined) edges.set(key, { from: ends[0], to: ends[1], edges: [index] });
  else known.edges.push(index);
  for (let depth = shared; depth < from.around.length; depth++) {
    push(drafts.get(from.around[depth]!)!.exits, standIn(from, depth + 1), index);
  }
  for (let depth = shared; depth < to.around.length; depth++) {
    push(drafts.get(to.around[depth]!)!.entries, standIn(to, depth + 1), index);
  }
}

/** @param edges those that are shown have true in `isShown`. */
export function visibleGraph(
  tree: ModuleTree,
  open: ReadonlySet<string>,
  edges: readonly NetworkEdge[],
  isShown: (edge: NetworkEdge) => boolean,
): VisibleGraph {
  const { places, drafts, items } = findPlaces(tree, open);
  const [next, previous] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  const link = (map: Map<string, Set<string>>, from: string, to: string): void => {
    const known = map.get(from);
    if (known === undefined) map.set(from, new Set([to]));
    else known.add(to);
  };
  for (const [index, edge] of edges.entries()) {
    const [from, to] = [places.get(edge.from), places.get(edge.to)];
    if (from === undefined || to === undefined || from.id === to.id || !isShown(edge)) continue;
    addEdge(index, from, to, drafts);
    link(next, from.id, to.id);
    link(previous, to.id, from.id);
  }
  const toLists = (map: Map<string, Set<string>>) => new Map([...map].map(([id, others]) => [id, [...others]]));
  return {
    modules: [...drafts].reverse().map(([id, draft]) => ({ id, ...draft, edges: [...draft.edges.values()] })),
    itemOf: new Map([...places].map(([node, { id }]) => [node, id])),
    items,
    next: toLists(next),
    previous: toLists(previous),
  };
}
