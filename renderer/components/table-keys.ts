import type { KeyboardEvent } from 'react';
import type { RowActions } from './use-row-actions.ts';

/** What the keys move in. */
export interface KeyedRows {
  readonly count: number;
  /** The row that the keys start from; null before the first. */
  readonly cursor: number | null;
  /** How many rows Page Up and Page Down pass over. */
  readonly page: number;
  readonly isSelectable: boolean;
}

/** Arrow keys, Page Up/Down, Home and End move, Enter opens, Space selects. */
export function onTableKey(
  event: KeyboardEvent,
  { count, cursor, page, isSelectable }: KeyedRows,
  actions: RowActions,
  scrollTo: (index: number) => void,
): void {
  if (event.target !== event.currentTarget || count === 0) return;
  const moves: Record<string, number> = {
    ArrowDown: (cursor ?? -1) + 1,
    ArrowUp: (cursor ?? 1) - 1,
    PageDown: (cursor ?? 0) + page,
    PageUp: (cursor ?? 0) - page,
    Home: 0,
    End: count - 1,
  };
  const target = moves[event.key];
  if (target !== undefined) {
    const index = Math.max(0, Math.min(count - 1, target));
    actions.activate(index);
    scrollTo(index);
  } else if (event.key === 'Enter' && cursor !== null) actions.open(cursor);
  else if (event.key === ' ' && cursor !== null && isSelectable) actions.toggle(cursor, event.shiftKey);
  else return;
  event.preventDefault();
}
