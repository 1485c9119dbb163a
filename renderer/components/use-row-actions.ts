import { useEffect, useMemo, useRef } from 'react';
import type { TableProps } from './table-props.ts';
import type { SortedRows } from './use-sorted-rows.ts';

/** What pointer and keys do to rows, by their place in the table; the same functions for as long as the table lives. */
export interface RowActions {
  readonly activate: (index: number) => void;
  readonly click: (index: number) => void;
  readonly open: (index: number) => void;
  /** Selects or not; with `range`, all rows from the last that was. */
  readonly toggle: (index: number, range: boolean) => void;
  /** Shows what a row holds, or no more. */
  readonly fold: (index: number, isOpen: boolean) => void;
  readonly sort: (columnId: string, isAdded: boolean) => void;
}

export function useRowActions<Row>(
  props: TableProps<Row>,
  rows: SortedRows<Row>,
  setFocusedIndex: (index: number) => void,
): RowActions {
  const anchor = useRef<number | null>(null);
  // The newest state for callbacks that must keep their identity, or every row would be drawn again.
  const latest = useRef({ props, rows });
  useEffect(() => {
    latest.current = { props, rows };
  });
  return useMemo(() => {
    const rowAt = (index: number) => latest.current.rows.sorted[index];
    const made: RowActions = {
      activate: (index) => {
        const row = rowAt(index);
        setFocusedIndex(index);
        if (row !== undefined) latest.current.props.onActivate?.(row.original);
      },
      click: (index) => {
        if (latest.current.props.openOnClick === true) made.open(index);
        else made.activate(index);
      },
      fold: (index, isOpen) => {
        const row = rowAt(index);
        if (row !== undefined && row.subRows.length > 0) latest.current.props.tree?.onOpen(row.original, isOpen);
      },
      sort: (columnId, isAdded) => latest.current.rows.toggleSorting(columnId, isAdded),
      open: (index) => {
        const row = rowAt(index);
        if (row !== undefined) latest.current.props.onOpen?.(row.original);
      },
      toggle: (index, range) => {
        const { selection } = latest.current.props;
        const row = rowAt(index);
        if (selection === undefined || row === undefined) return;
        const ids = new Set(selection.ids);
        const select = !ids.has(row.id);
        const from = range && anchor.current !== null ? anchor.current : index;
        for (let at = Math.min(from, index); at <= Math.max(from, index); at += 1) {
          const other = rowAt(at);
          if (other === undefined) continue;
          if (select) ids.add(other.id);
          else ids.delete(other.id);
        }
        anchor.current = index;
        selection.onChange(ids);
      },
    };
    return made;
  }, [setFocusedIndex]);
}
