import type { Layer, RunDocument } from '../../../shared/run.ts';
import { modulesAround, openLevels, rootModule, type ModuleTree } from '../../../shared/network/module-tree.ts';
import { isReduced, precisionOf } from '../../../shared/precision.ts';

/** A row of the table of layers: a layer, or a module with the sums of what is in it in the shape of one. */
export interface LayerRow {
  readonly id: string;
  readonly layer: Layer;
  /** Its name within its module. */
  readonly label: string;
  readonly module: LayerModule | null;
}

export interface LayerModule {
  readonly id: string;
  readonly layers: readonly Layer[];
  readonly reducedCount: number;
  readonly rows: readonly LayerRow[];
}

export function layerRowId(name: string): string {
  return `n${name}`;
}

export function moduleRowId(id: string): string {
  return `m${id}`;
}

export function flatRows(layers: readonly Layer[]): LayerRow[] {
  return layers.map((layer) => ({ id: layerRowId(layer.name), layer, label: layer.name, module: null }));
}

function sumOf(layers: readonly Layer[], value: (layer: Layer) => number | null): number | null {
  return layers.reduce<number | null>((sum, layer) => {
    const own = value(layer);
    return own === null ? sum : (sum ?? 0) + own;
  }, null);
}

function leastOf(layers: readonly Layer[], value: (layer: Layer) => number | null): number | null {
  return layers.reduce<number | null>((least, layer) => {
    const own = value(layer);
    return own === null ? least : Math.min(least ?? own, own);
  }, null);
}

/** What a module costs: times, bytes and work added up, errors those of its worst layer. */
export function totalOf(name: string, layers: readonly Layer[]): Layer {
  // One that computes in fewer bits stands for all, where there is one: a module that got slower for it is marked as such a layer is.
  const typical = layers.find((layer) => isReduced(precisionOf(layer))) ?? layers[0]!;
  const add = (value: (layer: Layer) => number | null): number | null => sumOf(layers, value);
  const saturations = layers.flatMap(({ saturation }) => (saturation === null ? [] : [saturation]));
  return {
    ...typical,
    name,
    opType: '',
    inputShape: null,
    outputShape: null,
    reason: '',
    reasonSaid: null,
    effect: null,
    ran: null,
    outputTensor: null,
    parameters: add(({ parameters }) => parameters)!,
    macs: add(({ macs }) => macs)!,
    bytesBefore: add(({ bytesBefore }) => bytesBefore)!,
    bytesAfter: add(({ bytesAfter }) => bytesAfter)!,
    latencyBeforeMs: add(({ latencyBeforeMs }) => latencyBeforeMs),
    latencyAfterMs: add(({ latencyAfterMs }) => latencyAfterMs),
    sqnrDb: leastOf(layers, ({ sqnrDb }) => sqnrDb),
    introducedSqnrDb: leastOf(layers, ({ introducedSqnrDb }) => introducedSqnrDb),
    saturation:
      saturations.toSorted((left, right) => (left.sqnrDb ?? Infinity) - (right.sqnrDb ?? Infinity))[0] ?? null,
  };
}

/** Layers in their modules, in the order of the graph. @param layers those that the tree was made of, in its order. */
export function treeRows(tree: ModuleTree, layers: readonly Layer[], id = rootModule): LayerRow[] {
  return tree.modules.get(id)!.children.map((item): LayerRow => {
    if (item.kind === 'node') {
      const layer = layers[item.node]!;
      return { id: layerRowId(layer.name), layer, label: tree.labelOf.get(item.node)!, module: null };
    }
    const { label, nodes } = tree.modules.get(item.id)!;
    const inside = nodes.map((node) => layers[node]!);
    return {
      id: moduleRowId(item.id),
      layer: totalOf(item.id, inside),
      label,
      module: {
        id: item.id,
        layers: inside,
        reducedCount: inside.filter((layer) => isReduced(precisionOf(layer))).length,
        rows: treeRows(tree, layers, item.id),
      },
    };
  });
}

/** What a screen shows without scrolling. */
const usualRows = 40;

/** Modules that are open where nobody said otherwise: as many levels as fit, and those around the layer that is chosen. */
export function usualOpen(tree: ModuleTree, layers: RunDocument['layers'], active: string | null): Set<string> {
  const open = openLevels(tree, usualRows);
  const node = active === null ? -1 : layers.findIndex(({ name }) => name === active);
  if (node !== -1) for (const id of modulesAround(tree, { kind: 'node', node })) open.add(id);
  return open;
}

const everything = '*';
const nothing = '-';

const listIds = (ids: readonly string[]): string => ids.map((id) => encodeURIComponent(id)).join(',');

/** For an address: the modules that are open, or those that are not where they are fewer. */
export function formatOpen(open: ReadonlySet<string>, tree: ModuleTree): string {
  const ids = [...tree.modules.keys()].filter((id) => id !== rootModule);
  const [shown, hidden] = [ids.filter((id) => open.has(id)), ids.filter((id) => !open.has(id))];
  if (shown.length === 0) return nothing;
  return hidden.length < shown.length ? `${everything}${listIds(hidden)}` : listIds(shown);
}

/** Modules that an address names and the tree does not have are passed over. */
export function parseOpen(text: string, tree: ModuleTree): Set<string> {
  const isExcept = text.startsWith(everything);
  const named = new Set(
    (isExcept ? text.slice(everything.length) : text).split(',').flatMap((part) => {
      try {
        return [decodeURIComponent(part)];
      } catch {
        return [];
      }
    }),
  );
  return new Set([...tree.modules.keys()].filter((id) => id === rootModule || named.has(id) !== isExcept));
}
