import { useMemo } from 'react';
import { buildModuleTree, modulesAround, rootModule } from '../../../shared/network/module-tree.ts';
import { networkOfLayers } from '../../../shared/network/network-of-layers.ts';
import type { Layer, RunDocument } from '../../../shared/run.ts';
import type { TableTree } from '../../components/table-props.ts';
import { useViewChoice } from '../../hooks/use-view-choice.ts';
import { formatOpen, moduleRowId, parseOpen, treeRows, usualOpen, type LayerRow } from './layer-tree.ts';

export interface LayerTree {
  readonly rows: readonly LayerRow[];
  readonly table: TableTree<LayerRow>;
  /** Opens what is around a layer that was chosen elsewhere. */
  readonly reveal: (name: string) => void;
  readonly openAll: () => void;
  readonly closeAll: () => void;
}

const childrenOf = (row: LayerRow): readonly LayerRow[] | undefined => row.module?.rows;

/**
 * The layers that are shown in their modules, as the network's picture has them; which are open is in the address.
 * @param shown null where layers are shown in a list.
 */
export function useLayerTree(
  document: RunDocument,
  shown: readonly Layer[] | null,
  active: string | null,
): LayerTree | null {
  const [openText, setOpen] = useViewChoice('open', '', 'replace');
  const { layers } = document;
  const isTree = shown !== null;
  const network = useMemo(() => (isTree ? networkOfLayers(document) : null), [document, isTree]);
  const tree = useMemo(() => {
    if (network === null || shown === null) return null;
    const isShown = new Set(shown);
    return buildModuleTree(network, [...layers.keys()].filter((index) => isShown.has(layers[index]!))); // prettier-ignore
  }, [network, shown, layers]);
  const rows = useMemo(() => (tree === null ? [] : treeRows(tree, layers)), [tree, layers]);
  // What is found by a filter is to be seen.
  const isFiltered = shown !== null && shown.length < layers.length;
  const open = useMemo(() => {
    if (tree === null) return new Set<string>();
    if (openText !== '') return parseOpen(openText, tree);
    return isFiltered ? new Set(tree.modules.keys()) : usualOpen(tree, layers, active);
    // A choice that follows opens by itself what it needs.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [tree, openText, isFiltered, layers]);
  return useMemo(() => {
    if (tree === null) return null;
    const change = (next: ReadonlySet<string>): void => setOpen(formatOpen(next, tree));
    return {
      rows,
      table: {
        childrenOf,
        open: new Set([...open].map(moduleRowId)),
        onOpen: ({ module }, isOpen) => {
          if (module === null) return;
          const next = new Set(open);
          if (isOpen) next.add(module.id);
          else next.delete(module.id);
          change(next);
        },
      },
      reveal: (name) => {
        const node = layers.findIndex((layer) => layer.name === name);
        if (tree.parentOf.has(node)) change(new Set([...open, ...modulesAround(tree, { kind: 'node', node })]));
      },
      openAll: () => change(new Set(tree.modules.keys())),
      closeAll: () => change(new Set([rootModule])),
    };
  }, [tree, rows, open, layers, setOpen]);
}
