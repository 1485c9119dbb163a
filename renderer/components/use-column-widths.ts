import { useDebouncedCallback } from '@mantine/hooks';
import {
  columnResizingFeature,
  columnSizingFeature,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from '@tanstack/react-table';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { useAppState } from '../hooks/use-app-state.ts';
import { iconWidthPx, leastWidthPx, mostWidthPx } from './column-width.ts';
import type { TableColumn } from './table-column.ts';
import type { VisibleColumns } from './use-visible-columns.ts';
import { makeWidthActions, type WidthActions } from './width-actions.ts';

const features = tableFeatures({ columnSizingFeature, columnResizingFeature });
const noRows: never[] = [];
const keptAfterMs = 300;

export interface ColumnWidths {
  /** Of columns that were given one, in pixels. */
  readonly widths: Readonly<Record<string, number>>;
  readonly isResizing: boolean;
  readonly actions: WidthActions;
  readonly reset: () => void;
}

/**
 * Widths of columns by mouse and keys, by TanStack Table's column sizing.
 * @param keptAs the table's name in the settings; without one, widths last as long as the table is there.
 */
export function useColumnWidths<Row extends RowData>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  keptAs: string | undefined,
): ColumnWidths {
  const { settings, changeSettings } = useAppState();
  const definitions = useMemo(
    () =>
      columns.map(({ id, width }): ColumnDef<typeof features, Row> => ({
        id,
        size: width,
        minSize: Math.min(width, leastWidthPx),
        maxSize: mostWidthPx,
        enableResizing: width > iconWidthPx,
      })),
    [columns],
  );
  const kept = keptAs === undefined ? undefined : settings.columnWidths[keptAs];
  const table = useTable({
    features,
    columns: definitions,
    data: noRows,
    columnResizeMode: 'onChange',
    initialState: { columnSizing: { ...kept } },
  });
  const { columnSizing } = table.state;
  const isResizing = table.state.columnResizing.isResizingColumn !== false;
  const keep = useDebouncedCallback(
    (widths: Readonly<Record<string, number>>) => {
      if (keptAs === undefined) return;
      const { [keptAs]: _before, ...others } = settings.columnWidths;
      const whole = Object.entries(widths).map(([id, width]) => [id, Math.round(width)] as const);
      changeSettings({
        columnWidths: whole.length === 0 ? others : { ...others, [keptAs]: Object.fromEntries(whole) },
      });
    },
    { delay: keptAfterMs, flushOnUnmount: true },
  );
  const first = useRef(columnSizing);
  useEffect(() => {
    if (isResizing || columnSizing === first.current) return;
    first.current = columnSizing;
    keep(columnSizing);
  }, [columnSizing, isResizing, keep]);

  const [{ actions, follow }] = useState(() => makeWidthActions<Row>({ table, columns, rows }));
  useEffect(() => follow({ table, columns, rows }));
  const { resetColumnSizing } = table;
  const reset = useMemo(() => () => resetColumnSizing(true), [resetColumnSizing]);
  return { widths: columnSizing, isResizing, actions, reset };
}

/** Widths are the page's to find, and may change by themselves; who moves an edge without seeing it is told. */
export function useEdgeValues<Row>(scroller: RefObject<HTMLElement | null>, { visible }: VisibleColumns<Row>): void {
  useLayoutEffect(() => {
    const observer = new ResizeObserver((entries) => {
      for (const { target } of entries) {
        const width = String((target as HTMLElement).offsetWidth);
        target.querySelector('[role=separator]')?.setAttribute('aria-valuenow', width);
      }
    });
    for (const edge of scroller.current?.querySelectorAll('[role=separator]') ?? []) {
      edge.setAttribute('aria-valuenow', String(edge.parentElement!.offsetWidth));
      observer.observe(edge.parentElement!);
    }
    return () => observer.disconnect();
  }, [scroller, visible]);
}
