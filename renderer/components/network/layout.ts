import { Graph, layout } from '@dagrejs/dagre';
import { itemId, rootModule, type Item } from '../../../shared/network/module-tree.ts';
import type { OpenModule, VisibleGraph } from '../../../shared/network/visible-graph.ts';

/*
 * Places for all that is seen of a network: every open module is laid out by itself, the inner ones first, and is then one box in
 * what is around it. So the time is that of many small graphs, and what did not change inside stays as it was.
 */

export interface Box {
  readonly id: string;
  readonly item: Item;
  readonly isOpen: boolean;
  /** Upper left corner, in units of a pixel at full size. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Line {
  /** Goes on from the border of a module to what is in it, or the other way. */
  readonly isContinued: boolean;
  readonly points: readonly (readonly [number, number])[];
  /** Edges of the network that it stands for, by their place. */
  readonly edges: readonly number[];
}

export interface NetworkLayout {
  /** Open modules before what is in them. */
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
}

export const nodeSize = { width: 158, height: 38 } as const;
export const moduleSize = { width: 178, height: 46 } as const;
export const titleHeight = 24;
const margin = 14;

/** Where edges enter and leave an open module. */
const portIds = { entry: 'entry', exit: 'exit' } as const;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A module laid out by itself: places of its items by their centres. */
interface Placed {
  readonly module: OpenModule;
  readonly centres: ReadonlyMap<string, Point>;
  readonly lines: readonly {
    readonly edges: readonly number[];
    readonly from: string;
    readonly to: string;
    readonly points: readonly Point[];
  }[];
  readonly entryX: number | null;
  readonly exitX: number | null;
  readonly width: number;
  readonly height: number;
}

function sizeOf(item: Item, placed: ReadonlyMap<string, Placed>): { width: number; height: number } {
  if (item.kind === 'node') return { ...nodeSize };
  const inner = placed.get(item.id);
  return inner === undefined ? { ...moduleSize } : { width: inner.width, height: inner.height };
}

function placeModule(module: OpenModule, placed: ReadonlyMap<string, Placed>): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'TB', nodesep: 22, ranksep: 30, edgesep: 12, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const item of module.items) graph.setNode(itemId(item), sizeOf(item, placed));
  const isRoot = module.id === rootModule;
  const hasEntry = !isRoot && module.entries.size > 0;
  const hasExit = !isRoot && module.exits.size > 0;
  const port = { width: 1, height: 1 };
  if (hasEntry) graph.setNode(portIds.entry, { ...port });
  if (hasExit) graph.setNode(portIds.exit, { ...port });
  const wanted: { readonly from: string; readonly to: string; readonly edges: readonly number[] }[] = [
    ...module.edges,
    ...(hasEntry ? [...module.entries].map(([to, edges]) => ({ from: portIds.entry, to, edges })) : []),
    ...(hasExit ? [...module.exits].map(([from, edges]) => ({ from, to: portIds.exit, edges })) : []),
  ];
  for (const { from, to } of wanted) graph.setEdge(from, to, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const centreOf = (id: string): Point => {
    const { x = 0, y = 0 } = graph.node(id) as { x?: number; y?: number };
    return { x, y: y + (isRoot ? 0 : titleHeight) };
  };
  const innerHeight = height + (isRoot ? 0 : titleHeight);
  const lines = wanted.map(({ from, to, edges }) => {
    const { points = [] } = graph.edge(from, to) as { points?: readonly Point[] };
    const moved = points.map(({ x, y }) => ({ x, y: y + (isRoot ? 0 : titleHeight) }));
    // From border to border.
    if (from === portIds.entry) moved.unshift({ x: centreOf(from).x, y: 0 });
    if (to === portIds.exit) moved.push({ x: centreOf(to).x, y: innerHeight });
    return { from, to, edges, points: moved };
  });
  return {
    module,
    centres: new Map(module.items.map((item) => [itemId(item), centreOf(itemId(item))])),
    lines,
    entryX: hasEntry ? centreOf(portIds.entry).x : null,
    exitX: hasExit ? centreOf(portIds.exit).x : null,
    width: Math.max(width, moduleSize.width),
    height: innerHeight,
  };
}

/** Lays everything out; what takes long is told of before each module, so that it can be given up. */
export function layoutNetwork(visible: Pick<VisibleGraph, 'modules'>): NetworkLayout {
  const placed = new Map<string, Placed>();
  for (const module of visible.modules) placed.set(module.id, placeModule(module, placed));
  const boxes: Box[] = [];
  const lines: Line[] = [];
  const put = ({ module, centres, lines: own }: Placed, left: number, top: number): void => {
    const corners = new Map<string, Placed | null>();
    const inner: (() => void)[] = [];
    for (const item of module.items) {
      const id = itemId(item);
      const size = sizeOf(item, placed);
      const centre = centres.get(id)!;
      const [x, y] = [left + centre.x - size.width / 2, top + centre.y - size.height / 2];
      const open = item.kind === 'module' ? (placed.get(item.id) ?? null) : null;
      corners.set(id, open);
      boxes.push({ id, item, isOpen: open !== null, x, y, ...size });
      if (open !== null) inner.push(() => put(open, x, y));
    }
    /** Edges meet the border of an open module where they go on inside. */
    const bend = (id: string, side: 'entry' | 'exit', point: Point): readonly [number, number] => {
      const open = corners.get(id);
      const portX = side === 'entry' ? open?.entryX : open?.exitX;
      if (open == null || portX == null) return [left + point.x, top + point.y];
      const centre = centres.get(id)!;
      const y = centre.y + ((side === 'entry' ? -1 : 1) * open.height) / 2;
      return [left + centre.x - open.width / 2 + portX, top + y];
    };
    for (const { from, to, edges, points } of own) {
      const isContinued = from === portIds.entry || to === portIds.exit;
      lines.push({
        isContinued,
        edges,
        points: points.map((point, index) =>
          index === 0
            ? bend(from, 'exit', point)
            : index === points.length - 1
              ? bend(to, 'entry', point)
              : ([left + point.x, top + point.y] as const),
        ),
      });
    }
    for (const open of inner) open();
  };
  const root = placed.get(rootModule)!;
  put(root, 0, 0);
  return { boxes, lines, width: root.width, height: root.height };
}
