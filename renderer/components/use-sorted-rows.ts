import {
  createExpandedRowModel,
  createSortedRowModel,
  rowExpandingFeature,
  rowSelectionFeature,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
  type RowSelectionState,
  type SortingState,
} from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import { compareCells, type CellValue } from './table-column.ts';
import type { TableProps } from './table-props.ts';

const features = tableFeatures({
  rowSortingFeature,
  rowSelectionFeature,
  rowExpandingFeature,
  sortedRowModel: createSortedRowModel(),
  expandedRowModel: createExpandedRowModel(),
});

export interface SortedRow<Row> {
  readonly id: string;
  readonly original: Row;
  /** Rows that it is in. */
  readonly depth: number;
  /** What it holds. */
  readonly subRows: readonly unknown[];
}

export interface SortedRows<Row> {
  readonly sorted: readonly SortedRow<Row>[];
  readonly sorting: SortingState;
  /** @param isAdded whether rows that are alike in the columns before are sorted by this one, too. */
  readonly toggleSorting: (columnId: string, isAdded: boolean) => void;
}

/** Rows in the order that a click on a header asks for, here or, with `onSort`, where they come from. */
export function useSortedRows<Row extends RowData>(props: TableProps<Row>): SortedRows<Row> {
  const { columns, selection, tree } = props;
  const [sorting, setSorting] = useState<SortingState>(
    props.initialSort === undefined ? [] : [{ id: props.initialSort.column, desc: props.initialSort.descending }],
  );
  const manual = props.onSort !== undefined;
  const { sort, sortedBy, onSortedBy } = props;
  const shownSorting: SortingState = useMemo(() => {
    const kept = manual ? (sort == null ? [] : [sort]) : sortedBy;
    // A link may name a column that is not here.
    const known = kept?.filter(({ column }) => columns.some(({ id }) => id === column));
    return known?.map(({ column, descending }) => ({ id: column, desc: descending })) ?? sorting;
  }, [manual, sort, sortedBy, sorting, columns]);
  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<typeof features, Row> => ({
        id: column.id,
        header: column.header,
        // Missing figures are undefined to TanStack, which then keeps them last in both directions.
        accessorFn: (row) => column.value(row) ?? undefined,
        sortUndefined: 'last',
        sortFn: (left, right, columnId) =>
          compareCells(left.getValue<CellValue | undefined>(columnId), right.getValue<CellValue | undefined>(columnId)),
        enableSorting: column.sortable !== false,
        sortDescFirst: column.align === 'end',
      })),
    [columns],
  );
  const rowSelection = useMemo<RowSelectionState>(() => {
    // Without what objects inherit: a row may be called `constructor`.
    const selected = Object.create(null) as RowSelectionState;
    for (const selectedId of selection?.ids ?? []) selected[selectedId] = true;
    return selected;
  }, [selection?.ids]);
  const expanded = useMemo(() => {
    const open = Object.create(null) as Record<string, boolean>;
    for (const id of tree?.open ?? []) open[id] = true;
    return open;
  }, [tree?.open]);
  const table = useTable({
    features,
    columns: definitions,
    data: props.rows,
    getRowId: props.rowId,
    manualSorting: manual,
    ...(tree !== undefined && { getSubRows: tree.childrenOf }),
    autoResetExpanded: false,
    state: { sorting: shownSorting, rowSelection, expanded },
    onSortingChange: (updater) => {
      const next = typeof updater === 'function' ? updater(shownSorting) : updater;
      const first = next[0];
      if (manual) props.onSort(first === undefined ? null : { column: first.id, descending: first.desc });
      else if (onSortedBy !== undefined) onSortedBy(next.map(({ id, desc }) => ({ column: id, descending: desc })));
      else setSorting(next);
    },
  });
  return {
    sorted: table.getRowModel().rows,
    sorting: shownSorting,
    toggleSorting: (columnId, isAdded) => table.getColumn(columnId)?.toggleSorting(undefined, isAdded && !manual),
  };
}
