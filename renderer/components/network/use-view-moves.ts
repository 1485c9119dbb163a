import { useEffect, useRef, type RefObject } from 'react';
import type { CanvasHandle } from './canvas-handle.ts';
import type { Box } from './layout.ts';
import type { ShownNetwork } from './use-shown-network.ts';

/** What moves the view once the new picture is there: the box that was toggled stays, a selection is brought into sight. */
export interface ViewMoves {
  readonly keep: (box: Box) => void;
  readonly show: (id: string) => void;
  readonly begin: () => void;
}

export function useViewMoves(
  canvas: RefObject<CanvasHandle | null>,
  active: string | null,
  { layout, isBusy, selectedId, selection: { activeNode } }: ShownNetwork,
): ViewMoves {
  const pending = useRef<{ readonly keep: Box } | { readonly show: string } | 'begin' | null>('begin');
  useEffect(() => {
    if (layout === null || isBusy || canvas.current === null || pending.current === null) return;
    const wanted = pending.current;
    pending.current = null;
    if (wanted === 'begin') {
      canvas.current.begin();
      const box = layout.boxes.find(({ id }) => id === selectedId);
      if (box !== undefined) canvas.current.centreOn(box);
    } else if ('show' in wanted) {
      const box = layout.boxes.find(({ id }) => id === wanted.show);
      if (box !== undefined) canvas.current.centreOn(box);
    } else {
      const box = layout.boxes.find(({ id }) => id === wanted.keep.id);
      const { scale } = canvas.current.view();
      if (box !== undefined) canvas.current.moveBy(scale * (wanted.keep.x - box.x), scale * (wanted.keep.y - box.y));
    }
  });
  // A selection that came from elsewhere, as from the table, is brought into sight.
  const lastActive = useRef(active);
  useEffect(() => {
    if (lastActive.current === active) return;
    lastActive.current = active;
    if (activeNode !== null && pending.current === null) {
      const box = layout?.boxes.find(({ id }) => id === `n${activeNode}`);
      if (box === undefined) pending.current = { show: `n${activeNode}` };
    }
  }, [active, activeNode, layout]);
  return {
    keep: (box) => {
      pending.current = { keep: box };
    },
    show: (id) => {
      pending.current = { show: id };
    },
    begin: () => {
      pending.current = 'begin';
    },
  };
}
