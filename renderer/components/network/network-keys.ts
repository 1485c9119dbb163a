import type { KeyboardEvent } from 'react';
import { modulesAround } from '../../../shared/network/module-tree.ts';
import type { CanvasHandle } from './canvas-handle.ts';
import type { Box } from './layout.ts';
import type { NetworkActions } from './network-actions.ts';
import type { ShownNetwork } from './use-shown-network.ts';

type Arrow = 'ArrowDown' | 'ArrowUp' | 'ArrowLeft' | 'ArrowRight';

/** The item nearest to one side of another, on about the same height. */
function besides(boxes: readonly Box[], own: Box, direction: -1 | 1): Box | null {
  const centre = ({ x, width }: Box): number => x + width / 2;
  const others = boxes.filter(
    (box) => !box.isOpen && box.id !== own.id && Math.abs(box.y + box.height / 2 - own.y - own.height / 2) < 60,
  );
  const ahead = others.filter((box) => direction * (centre(box) - centre(own)) > 1);
  return (
    ahead.toSorted((left, right) => Math.abs(centre(left) - centre(own)) - Math.abs(centre(right) - centre(own)))[0] ??
    null
  );
}

/** The box that an arrow leads to; the first where none is selected. */
function boxTowards(key: Arrow, { layout, drawn, selectedId }: ShownNetwork): string | undefined {
  const boxes = layout?.boxes ?? [];
  const own = boxes.find(({ id }) => id === selectedId) ?? null;
  if (own === null) return boxes.find(({ isOpen }) => !isOpen)?.id;
  if (key === 'ArrowDown') return drawn.visible.next.get(own.id)?.[0];
  if (key === 'ArrowUp') return drawn.visible.previous.get(own.id)?.[0];
  return besides(boxes, own, key === 'ArrowLeft' ? -1 : 1)?.id;
}

/** Keys of the picture work wherever the focus is in it, but in fields. */
export function onNetworkKey(
  event: KeyboardEvent,
  shown: ShownNetwork,
  actions: NetworkActions,
  parts: { readonly canvas: CanvasHandle | null; readonly search: HTMLInputElement | null },
): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
  const { selected, picture } = shown;
  const { canvas, search } = parts;
  const go = (key: Arrow) => (): void => {
    const next = boxTowards(key, shown);
    if (next !== undefined) actions.select(next, 'show');
  };
  const byKey: Readonly<Record<string, () => void>> = {
    ArrowDown: go('ArrowDown'),
    ArrowUp: go('ArrowUp'),
    ArrowLeft: go('ArrowLeft'),
    ArrowRight: go('ArrowRight'),
    Enter: () => {
      const own = shown.layout?.boxes.find(({ id }) => id === shown.selectedId);
      if (own?.item.kind === 'module') actions.toggle(own);
    },
    Backspace: () => {
      const around = selected === null ? undefined : modulesAround(picture.tree, selected).at(-1);
      if (around !== undefined) actions.toggle({ id: `m${around}`, item: { kind: 'module', id: around } });
    },
    Escape: () => {
      shown.setQuery('');
      actions.select(null, 'stay');
    },
    '/': () => search?.focus(),
    '+': () => canvas?.zoomBy(1.3),
    '-': () => canvas?.zoomBy(1 / 1.3),
    '0': () => canvas?.fit(),
  };
  const action = byKey[event.key];
  if (action === undefined) return;
  event.preventDefault();
  action();
}
