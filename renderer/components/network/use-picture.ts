import { useMemo, useState } from 'react';
import { figuresOfModule, figuresOfNodes, convertsOnWay, type ModuleFigures } from '../../../shared/network/figures.ts';
import {
  buildModuleTree,
  modulesAround,
  openLevels,
  rootModule,
  type Item,
  type ModuleTree,
} from '../../../shared/network/module-tree.ts';
import {
  isInAfter,
  isInBefore,
  type NetworkEdge,
  type NetworkNode,
  type NodeState,
  type RunNetwork,
} from '../../../shared/network/network.ts';
import { visibleGraph, type VisibleGraph } from '../../../shared/network/visible-graph.ts';
import { describePrecision } from '../../../shared/precision.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { mostOpenItems } from './most-open-items.ts';
import type { Scale, Subject } from './overlay.ts';

export const modes = ['after', 'before', 'difference', 'both'] as const;
export type Mode = (typeof modes)[number];

export function isNodeShown(node: NetworkNode, mode: Mode): boolean {
  return mode === 'after' ? isInAfter(node) : mode === 'before' ? isInBefore(node) : true;
}

function isEdgeShown(edge: NetworkEdge, mode: Mode): boolean {
  return mode === 'after' ? edge.inAfter : mode === 'before' ? edge.inBefore : true;
}

export interface Picture {
  readonly tree: ModuleTree;
  readonly visible: VisibleGraph;
  readonly open: ReadonlySet<string>;
  readonly setOpen: (open: ReadonlySet<string>) => void;
  readonly scale: Scale;
  readonly converting: ReadonlySet<number>;
  readonly subjectOf: (item: Item, side: 'before' | 'after') => Subject;
  readonly moduleFigures: (id: string) => ModuleFigures;
  readonly nodeOf: ReadonlyMap<string, number>;
}

/** What became of most of a module that changed. */
function mainState(states: ModuleFigures['states']): NodeState {
  const changed = (['replaced', 'inserted', 'removed', 'folded'] as const).toSorted(
    (left, right) => (states[right] ?? 0) - (states[left] ?? 0),
  );
  return (states[changed[0]!] ?? 0) > 0 ? changed[0]! : 'kept';
}

function scaleOf(figures: ReturnType<typeof figuresOfNodes>): Scale {
  const most = (values: readonly number[]): number =>
    values.reduce((largest, value) => Math.max(largest, value), 0) || 1;
  const counts = new Map<string, number>();
  for (const { precision } of figures) {
    if (precision === null) continue;
    const text = describePrecision(precision);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return {
    mostMs: most(figures.map(({ beforeMs, afterMs }) => Math.max(beforeMs ?? 0, afterMs ?? 0))),
    mostBytes: most(figures.map(({ bytesBefore, bytesAfter }) => Math.max(bytesBefore, bytesAfter))),
    precisions: [...counts].toSorted(([, left], [, right]) => right - left).map(([text]) => text),
  };
}

/** Everything a picture of a network is made of but its places, for what is open and shown. */
export function usePicture(network: RunNetwork, run: RunDocument | null, mode: Mode, active: number | null): Picture {
  const figures = useMemo(() => figuresOfNodes(network, run), [network, run]);
  const tree = useMemo(() => {
    const shown = network.nodes.flatMap((node, index) => (isNodeShown(node, mode) ? [index] : []));
    return buildModuleTree(network, shown);
  }, [network, mode]);
  const [choice, setChoice] = useState<{ readonly tree: ModuleTree; readonly open: ReadonlySet<string> } | null>(null);
  const own = useMemo(() => {
    if (choice?.tree === tree) return choice.open;
    const first = openLevels(tree, mostOpenItems);
    // What was opened in another mode stays open.
    if (choice !== null) for (const id of choice.open) if (tree.modules.has(id)) first.add(id);
    return first;
  }, [choice, tree]);
  const open = useMemo(() => {
    const around =
      active !== null && tree.parentOf.has(active) ? modulesAround(tree, { kind: 'node', node: active }) : [];
    return around.every((id) => own.has(id)) ? own : new Set([...own, ...around]);
  }, [own, tree, active]);
  const visible = useMemo(
    () => visibleGraph(tree, open, network.edges, (edge) => isEdgeShown(edge, mode)),
    [tree, open, network, mode],
  );
  const moduleFigures = useMemo(() => {
    const known = new Map([...tree.modules].map(([id, { nodes }]) => [id, figuresOfModule(network, figures, nodes)]));
    return (id: string): ModuleFigures => known.get(id)!;
  }, [network, figures, tree]);
  return useMemo(() => {
    // Closed modules sum up: the ramp has to reach what they come to.
    const closed = [...visible.items.values()].flatMap((item) =>
      item.kind === 'module' && !open.has(item.id) ? [moduleFigures(item.id)] : [],
    );
    return {
      tree,
      visible,
      open,
      setOpen: (next) => setChoice({ tree, open: next }),
      scale: scaleOf([...figures, ...closed.map((sums) => ({ ...sums, cause: null }))]),
      converting: new Set(
        network.edges.flatMap((edge, index) => (convertsOnWay(network, figures, edge) ? [index] : [])),
      ),
      subjectOf: (item, side) =>
        item.kind === 'node'
          ? { figures: figures[item.node]!, state: network.nodes[item.node]!.state, side }
          : { figures: moduleFigures(item.id), state: mainState(moduleFigures(item.id).states), side },
      moduleFigures,
      nodeOf: new Map(
        network.nodes.flatMap((node, index) => (node.kind === 'operator' ? [[node.name, index] as const] : [])),
      ),
    };
  }, [network, figures, tree, visible, open, moduleFigures]);
}

export const closedAll: ReadonlySet<string> = new Set([rootModule]);
