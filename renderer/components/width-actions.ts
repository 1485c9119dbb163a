import type { KeyboardEvent, MouseEvent, SyntheticEvent } from 'react';
import { leastWidthPx, mostWidthPx, nextWidth } from './column-width.ts';
import { fittingWidth } from './fitting-width.ts';
import type { TableColumn } from './table-column.ts';

/** What pointer and keys do to the edge behind a column; the same functions for as long as the table lives. */
export interface WidthActions {
  /** Whatever follows can be undone by Escape. */
  readonly focus: () => void;
  readonly drag: (columnId: string, event: MouseEvent<HTMLElement>) => void;
  /** After a drag, or a click that moved nothing. */
  readonly settle: (event: MouseEvent<HTMLElement>) => void;
  readonly fit: (columnId: string, event: SyntheticEvent<HTMLElement>) => void;
  readonly key: (columnId: string, event: KeyboardEvent<HTMLElement>) => void;
}

type Sizing = Readonly<Record<string, number>>;

/** Of TanStack's table: what is asked of it here. */
interface SizedTable {
  readonly atoms: { readonly columnSizing: { readonly get: () => Sizing } };
  readonly setColumnSizing: (change: Record<string, number> | ((old: Sizing) => Record<string, number>)) => void;
  readonly getFlatHeaders: () => readonly {
    readonly column: { readonly id: string };
    readonly getResizeHandler: () => (event: unknown) => void;
  }[];
}

export interface SizedColumns<Row> {
  readonly table: SizedTable;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
}

/** Widths of the columns up to this one, as they are drawn: what is left of an edge stays while that moves. */
function drawnWidths(edge: HTMLElement, columnId: string): Record<string, number> {
  const drawn: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const cell of edge.closest('[role=row]')?.querySelectorAll<HTMLElement>('[data-column]') ?? []) {
    const id = cell.dataset['column']!;
    drawn[id] = Math.round(cell.offsetWidth);
    if (id === columnId) break;
  }
  return drawn;
}

/** @returns the actions, and what tells them of the newest state: they keep their identity. */
export function makeWidthActions<Row>(first: SizedColumns<Row>): {
  readonly actions: WidthActions;
  readonly follow: (newest: SizedColumns<Row>) => void;
} {
  let latest = first;
  let before: { readonly sizing: Sizing; readonly clientX: number } = { sizing: {}, clientX: 0 };
  const sizingNow = (): Sizing => latest.table.atoms.columnSizing.get();
  const setWidth = (columnId: string, edge: HTMLElement, change: (drawn: number) => number): void => {
    const drawn = drawnWidths(edge, columnId);
    const width = Math.max(leastWidthPx, Math.min(mostWidthPx, change(drawn[columnId]!)));
    latest.table.setColumnSizing((old) => ({ ...old, ...drawn, [columnId]: width }));
  };
  const undo = (): void => {
    // Let go where it began: TanStack listens for the mouse as long as it drags.
    document.dispatchEvent(new window.MouseEvent('mouseup', { clientX: before.clientX }));
    latest.table.setColumnSizing({ ...before.sizing });
  };
  const fit = (columnId: string, event: SyntheticEvent<HTMLElement>): void => {
    const column = latest.columns.find(({ id }) => id === columnId);
    if (column === undefined) return;
    const edge = event.currentTarget;
    setWidth(columnId, edge, () => fittingWidth(edge, column, latest.rows));
  };
  const actions: WidthActions = {
    fit,
    focus: () => {
      before = { ...before, sizing: sizingNow() };
    },
    drag: (columnId, event) => {
      if (event.button !== 0) return;
      // Selects no text; the focus that comes with a click is given by hand.
      event.preventDefault();
      event.currentTarget.focus();
      before = { sizing: sizingNow(), clientX: event.clientX };
      const { table } = latest;
      const drawn = drawnWidths(event.currentTarget, columnId);
      table.setColumnSizing((old) => ({ ...old, ...drawn }));
      const header = table.getFlatHeaders().find(({ column }) => column.id === columnId);
      header?.getResizeHandler()(event.nativeEvent);
    },
    settle: (event) => {
      if (event.clientX === before.clientX) latest.table.setColumnSizing({ ...before.sizing });
    },
    key: (columnId, event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      const change = nextWidth(event.key, event.shiftKey);
      if (event.key === 'Escape') undo();
      else if (event.key === 'Enter') fit(columnId, event);
      else if (change !== null) setWidth(columnId, event.currentTarget, change);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
  return {
    actions,
    follow: (newest) => {
      latest = newest;
    },
  };
}
