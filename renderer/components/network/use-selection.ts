import { useMemo, useState } from 'react';
import { itemId, type Item } from '../../../shared/network/module-tree.ts';
import type { RunNetwork } from '../../../shared/network/network.ts';
import type { Picture } from './use-picture.ts';

export interface Selection {
  /** Index of the selected layer; null while something else is selected. */
  readonly activeNode: number | null;
  readonly itemIn: (picture: Picture) => Item | null;
  readonly select: (item: Item | null) => void;
  /** Marks a module and leaves the layer as it is. */
  readonly selectModule: (id: string) => void;
  readonly selectNode: (index: number) => void;
}

/** One layer, module, input or output. Layers are kept by whoever shows the network, the rest here. */
export function useSelection(
  network: RunNetwork,
  active: string | null,
  onActive: (name: string | null) => void,
): Selection {
  const [moduleId, setModuleId] = useState<string | null>(null);
  const [terminal, setTerminal] = useState<number | null>(null);
  const indexByName = useMemo(
    () => new Map(network.nodes.map((node, index) => [`${node.kind} ${node.name}`, index])),
    [network],
  );
  const activeNode = moduleId !== null || active === null ? null : (indexByName.get(`operator ${active}`) ?? null);
  return {
    activeNode,
    itemIn: ({ tree }) => {
      if (moduleId !== null && tree.modules.has(moduleId)) return { kind: 'module', id: moduleId };
      const node = terminal ?? activeNode;
      return node === null ? null : { kind: 'node', node };
    },
    select: (item) => {
      setModuleId(item?.kind === 'module' ? item.id : null);
      const node = item?.kind === 'node' ? network.nodes[item.node]! : null;
      setTerminal(item?.kind === 'node' && node?.kind !== 'operator' ? item.node : null);
      if (item?.kind !== 'module') onActive(node?.kind === 'operator' ? node.name : null);
    },
    selectModule: setModuleId,
    selectNode: (index) => {
      const node = network.nodes[index]!;
      setModuleId(null);
      if (node.kind === 'operator') onActive(node.name);
    },
  };
}

/** The box that shows an item: its own, or the closed module around it. */
export function boxIdOf(item: Item | null, { visible }: Picture): string | null {
  if (item === null) return null;
  return item.kind === 'module' ? itemId(item) : (visible.itemOf.get(item.node) ?? null);
}
