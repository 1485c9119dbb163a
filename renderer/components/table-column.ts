import type { ReactNode } from 'react';

export type CellValue = string | number | boolean | null;

/** One column: what a row is worth in it for sorting and copying, and how it looks. */
export interface TableColumn<Row> {
  readonly id: string;
  readonly header: string;
  /** Shown one hover or focus away from the header. */
  readonly definition?: string;
  readonly value: (row: Row) => CellValue;
  /** Defaults to the value as text. */
  readonly render?: (row: Row) => ReactNode;
  /** What a reader sees, where a component draws it. */
  readonly shown?: (row: Row) => string;
  /** What copying gives; defaults to the value. */
  readonly text?: (row: Row) => string;
  /** Numbers are aligned at the end. */
  readonly align?: 'start' | 'end';
  /** Where text that does not fit is cut: names of layers and paths differ at their end, and begin alike. */
  readonly clip?: 'middle' | 'end';
  /** The least, in pixels. */
  readonly width: number;
  /** Share of the width that is left over; 0.5 unless said. */
  readonly grow?: number;
  /** Draws a bar behind the figure: 0–1 of the cell's width; null draws none. */
  readonly heat?: (row: Row) => number | null;
  readonly sortable?: boolean;
  /** False for the column without which the table makes no sense. */
  readonly hideable?: boolean;
  readonly initiallyHidden?: boolean;
  /** Makes room for the others where the table is too narrow for all, until the user asks for it. */
  readonly yields?: boolean;
}

function cellText<Row>(column: TableColumn<Row>, row: Row): string {
  const text = column.text?.(row) ?? String(column.value(row) ?? '');
  return text.replaceAll(/[\t\n\r]+/g, ' ');
}

/** Tab-separated text with a header, as spreadsheets paste it. */
export function toTabSeparated<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map((column) => column.header).join('\t')];
  for (const row of rows) lines.push(columns.map((column) => cellText(column, row)).join('\t'));
  return `${lines.join('\n')}\n`;
}

/** Ascending; missing values last whatever the direction. */
export function compareCells(left: CellValue | undefined, right: CellValue | undefined): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), undefined, { numeric: true });
}
