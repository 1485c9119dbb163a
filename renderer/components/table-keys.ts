import type { KeyboardEvent } from 'react';
import type { TableTree } from './table-props.ts';
import type { RowActions } from './use-row-actions.ts';
import type { SortedRow } from './use-sorted-rows.ts';

/** What the keys move in. */
export interface KeyedRows {
  readonly count: number;
  /** The row that the keys start from; null before the first. */
  readonly cursor: number | null;
  /** How many rows Page Up and Page Down pass over. */
  readonly page: number;
  readonly isSelectable: boolean;
  /** Null where no row holds others. */
  readonly tree: KeyedTree | null;
}

export interface KeyedTree {
  readonly depthOf: (index: number) => number;
  /** Null for a row that holds nothing. */
  readonly isOpen: (index: number) => boolean | null;
}

export function keyedTreeOf<Row>(
  sorted: readonly SortedRow<Row>[],
  tree: TableTree<Row> | undefined,
): KeyedTree | null {
  if (tree === undefined) return null;
  return {
    depthOf: (index) => sorted[index]?.depth ?? 0,
    isOpen: (index) => {
      const row = sorted[index];
      return row === undefined || row.subRows.length === 0 ? null : tree.open.has(row.id);
    },
  };
}

/** Where a key leads from a row that may hold others: to another row, to showing what is in it, or nowhere. */
export function treeMove(key: string, cursor: number, tree: KeyedTree): number | 'open' | 'close' | null {
  const isOpen = tree.isOpen(cursor);
  if (key === 'ArrowRight') return isOpen === null ? null : isOpen ? cursor + 1 : 'open';
  if (key !== 'ArrowLeft') return null;
  if (isOpen === true) return 'close';
  const depth = tree.depthOf(cursor);
  for (let index = cursor - 1; index >= 0; index -= 1) if (tree.depthOf(index) < depth) return index;
  return null;
}

/** Arrow keys, Page Up/Down, Home and End move, Enter opens, Space selects; left and right close and open rows that hold others. */
export function onTableKey(
  event: KeyboardEvent,
  { count, cursor, page, isSelectable, tree }: KeyedRows,
  actions: RowActions,
  scrollTo: (index: number) => void,
): void {
  if (event.target !== event.currentTarget || count === 0 || event.altKey) return;
  const moves: Record<string, number> = {
    ArrowDown: (cursor ?? -1) + 1,
    ArrowUp: (cursor ?? 1) - 1,
    PageDown: (cursor ?? 0) + page,
    PageUp: (cursor ?? 0) - page,
    Home: 0,
    End: count - 1,
  };
  const inTree = tree === null || cursor === null ? null : treeMove(event.key, cursor, tree);
  const target = typeof inTree === 'number' ? inTree : moves[event.key];
  if (target !== undefined) {
    const index = Math.max(0, Math.min(count - 1, target));
    actions.activate(index);
    scrollTo(index);
  } else if (inTree !== null && cursor !== null) actions.fold(cursor, inTree === 'open');
  else if (event.key === 'Enter' && cursor !== null) actions.open(cursor);
  else if (event.key === ' ' && cursor !== null && isSelectable) actions.toggle(cursor, event.shiftKey);
  else return;
  event.preventDefault();
}
