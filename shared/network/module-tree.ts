import { cutText } from '../cut-text.ts';
import { makeVisible } from '../make-visible.ts';
import type { Network } from './network.ts';

/*
 * Nodes of a network in the modules that hold them. Modules with one node in them are that node, and levels too long to be seen at
 * once are cut into parts.
 */

/** Something drawn: a node of the network, or a module with all in it. */
export type Item = { readonly kind: 'node'; readonly node: number } | { readonly kind: 'module'; readonly id: string };

export interface Module {
  /** Unique in the tree; '' is the root. */
  readonly id: string;
  readonly label: string;
  readonly parent: string | null;
  readonly children: readonly Item[];
  /** Nodes in it, however deep. */
  readonly nodes: readonly number[];
}

export interface ModuleTree {
  readonly modules: ReadonlyMap<string, Module>;
  /** The module that a node is directly in. */
  readonly parentOf: ReadonlyMap<number, string>;
  /** What a node is called in its module: its own module's name where it was alone in one, the end of its name otherwise. */
  readonly labelOf: ReadonlyMap<number, string>;
}

export const rootModule = '';
/** More at once nobody sees, and laying them out takes too long. */
const longestLevel = 150;
const shortestPart = 24;
const longestLabel = 80;

export function itemId(item: Item): string {
  return item.kind === 'node' ? `n${item.node}` : `m${item.id}`;
}

interface Leaf {
  readonly node: number;
  readonly label: string;
}

interface Draft {
  readonly label: string;
  readonly entries: (Leaf | Draft)[];
  readonly byLabel: Map<string, Draft>;
}

const draftOf = (label: string): Draft => ({ label, entries: [], byLabel: new Map() });

function collect(shown: readonly number[], nodes: Network['nodes']): Draft {
  const root = draftOf('');
  for (const node of shown) {
    const { name, path } = nodes[node]!;
    let current = root;
    for (const label of path) {
      let inner = current.byLabel.get(label);
      if (inner === undefined) {
        inner = draftOf(label);
        current.byLabel.set(label, inner);
        current.entries.push(inner);
      }
      current = inner;
    }
    current.entries.push({ node, label: lastSegment(name) });
  }
  return root;
}

/** The end of a name behind its modules, ready to be shown. */
function lastSegment(name: string): string {
  const end = name.slice(name.lastIndexOf('/', name.length - 2) + 1);
  return cutText(makeVisible(end === '' ? name : end), longestLabel);
}

/** What a module is where it holds only one thing. */
function simplify(draft: Draft, isRoot: boolean): Leaf | Draft {
  const entries = draft.entries.map((entry) => ('node' in entry ? entry : simplify(entry, false)));
  const [first] = entries;
  if (!isRoot && entries.length === 1) {
    return 'node' in first! ? { ...first, label: draft.label } : { ...first!, label: `${draft.label}/${first!.label}` };
  }
  return { ...draft, entries: inParts(entries) };
}

/** Neighbours in parts of about the root of their number, named by their places. */
function inParts(entries: (Leaf | Draft)[]): (Leaf | Draft)[] {
  if (entries.length <= longestLevel) return entries;
  const size = Math.max(shortestPart, Math.ceil(Math.sqrt(entries.length)));
  const parts: Draft[] = [];
  for (let start = 0; start < entries.length; start += size) {
    const part = entries.slice(start, start + size);
    parts.push({ ...draftOf(`${start + 1}–${start + part.length}`), entries: part });
  }
  return parts;
}

function numberModules(root: Draft): ModuleTree {
  const modules = new Map<string, Module>();
  const parentOf = new Map<number, string>();
  const labelOf = new Map<number, string>();
  const add = (draft: Draft, id: string, parent: string | null): number[] => {
    const children: Item[] = [];
    const nodes: number[] = [];
    for (const entry of draft.entries) {
      if ('node' in entry) {
        children.push({ kind: 'node', node: entry.node });
        nodes.push(entry.node);
        parentOf.set(entry.node, id);
        labelOf.set(entry.node, entry.label);
        continue;
      }
      const base = id === '' ? entry.label : `${id}/${entry.label}`;
      let inner = base;
      for (let suffix = 2; modules.has(inner) || inner === ''; suffix++) inner = `${base}#${suffix}`;
      // Taken before its own are named.
      modules.set(inner, { id: inner, label: entry.label, parent: id, children: [], nodes: [] });
      children.push({ kind: 'module', id: inner });
      for (const node of add(entry, inner, id)) nodes.push(node);
    }
    modules.set(id, { id, label: draft.label, parent, children, nodes });
    return nodes;
  };
  add(root, rootModule, null);
  return { modules, parentOf, labelOf };
}

/** Places of nodes in the order of the graph; what was inserted stands behind what feeds it. */
function orderOf({ nodes, edges }: Pick<Network, 'nodes' | 'edges'>): number[] {
  const places = nodes.map((_, index) => index);
  const feeds = new Map<number, number[]>();
  for (const { from, to } of edges) {
    if (nodes[to]!.state !== 'inserted' || nodes[to]!.kind !== 'operator') continue;
    feeds.set(to, [...(feeds.get(to) ?? []), from]);
  }
  for (const [node, sources] of [...feeds].toSorted(([left], [right]) => left - right)) {
    const last = sources.reduce((most, source) => Math.max(most, places[source]!), 0);
    places[node] = last + (node + 1) / (nodes.length + 2) / (nodes.length + 2);
  }
  return places;
}

/** The modules of those nodes that are shown. */
export function buildModuleTree(network: Pick<Network, 'nodes' | 'edges'>, shown: readonly number[]): ModuleTree {
  const places = orderOf(network);
  const ordered = shown.toSorted((left, right) => places[left]! - places[right]!);
  return numberModules(simplify(collect(ordered, network.nodes), true) as Draft);
}

/** Modules around a node or module, the outermost first, without the root. */
export function modulesAround({ modules, parentOf }: ModuleTree, item: Item): string[] {
  const around: string[] = [];
  let current = item.kind === 'node' ? (parentOf.get(item.node) ?? null) : (modules.get(item.id)?.parent ?? null);
  while (current !== null && current !== rootModule) {
    around.unshift(current);
    current = modules.get(current)?.parent ?? null;
  }
  return around;
}

/** As many whole levels of modules, opened, as show no more than `most` items. */
export function openLevels({ modules }: ModuleTree, most: number): Set<string> {
  const open = new Set<string>([rootModule]);
  let level: readonly Item[] = modules.get(rootModule)?.children ?? [];
  let shown = level.length;
  for (;;) {
    const inner = level.flatMap((item) => (item.kind === 'module' ? [modules.get(item.id)!] : []));
    const added = inner.reduce((sum, { children }) => sum + children.length, 0);
    if (inner.length === 0 || shown + added > most) return open;
    for (const { id } of inner) open.add(id);
    shown += added;
    level = inner.flatMap(({ children }) => children);
  }
}
