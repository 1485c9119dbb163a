import { modulesAround } from '../../../shared/network/module-tree.ts';
import type { Box } from './layout.ts';
import { closedAll, type Mode } from './use-picture.ts';
import { usualOverlay } from './use-network-choices.ts';
import type { ShownNetwork } from './use-shown-network.ts';
import type { ViewMoves } from './use-view-moves.ts';

/** What a pointer, a key or a button does to the picture. */
export interface NetworkActions {
  readonly select: (id: string | null, how: 'stay' | 'show') => void;
  /** Opens or closes a module. */
  readonly toggle: (box: Pick<Box, 'id' | 'item'>) => void;
  readonly openAll: (all: boolean) => void;
  readonly nextFound: () => void;
  readonly changeMode: (mode: Mode) => void;
}

export function networkActions(
  shown: ShownNetwork,
  moves: ViewMoves,
  onActive: (name: string | null) => void,
  hasRun: boolean,
): NetworkActions {
  const { picture, drawn, layout, selection, found } = shown;
  const { activeNode } = selection;
  return {
    select: (id, how) => {
      selection.select(id === null ? null : (drawn.visible.items.get(id) ?? null));
      if (how === 'show' && id !== null) moves.show(id);
    },
    toggle: (box) => {
      if (box.item.kind !== 'module') return;
      const { id } = box.item;
      const open = new Set(picture.open);
      if (open.has(id)) {
        for (const inner of [...open]) if (inner === id || inner.startsWith(`${id}/`)) open.delete(inner);
        selection.selectModule(id);
        if (activeNode !== null && modulesAround(picture.tree, { kind: 'node', node: activeNode }).includes(id))
          onActive(null);
      } else open.add(id);
      const keep = layout?.boxes.find((other) => other.id === box.id);
      if (keep !== undefined) moves.keep(keep);
      picture.setOpen(open);
    },
    openAll: (all) => {
      if (!all) onActive(null);
      moves.begin();
      picture.setOpen(all ? new Set(picture.tree.modules.keys()) : closedAll);
    },
    nextFound: () => {
      const list = found === null ? [] : [...found].filter((index) => picture.visible.itemOf.has(index));
      if (list.length === 0) return;
      const at = activeNode === null ? -1 : list.indexOf(activeNode);
      const index = list[(at + 1) % list.length]!;
      selection.selectNode(index);
      moves.show(`n${index}`);
    },
    changeMode: (next) => {
      moves.begin();
      const wasUsual = shown.overlay === usualOverlay(shown.mode, hasRun);
      shown.setMode(next);
      if (wasUsual || next === 'difference' || next === 'both' || (shown.overlay === 'change' && hasRun)) {
        shown.setOverlay(usualOverlay(next, hasRun));
      }
    },
  };
}
