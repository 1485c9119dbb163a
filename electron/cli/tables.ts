import Table from 'cli-table3';
import { emphasize } from './output.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes the width the other columns leave and wraps at words. */
  readonly fill?: true;
}

const narrowestFill = 24;
const widestTable = 140;

function visibleLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what a colour sequence begins with
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

/** A plain table with one rule under its head: readable on screen, in a log and in an e-mail. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(visibleLength(column.title), ...rows.map((row) => visibleLength(row[index] ?? ''))),
  );
  const available = Math.min(process.stdout.columns || 120, widestTable);
  const taken = widths.reduce((sum, width, index) => sum + (columns[index]!.fill ? 0 : width) + 2, 0);
  const colWidths = columns.map((column, index) =>
    column.fill ? Math.min(widths[index]!, Math.max(narrowestFill, available - taken)) + 2 : widths[index]! + 2,
  );
  const table = new Table({
    head: columns.map((column) => emphasize(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths,
    wordWrap: true,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  for (const row of rows) table.push([...row]);
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  const rule = '─'.repeat(Math.max(...lines.map(visibleLength)));
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

export function renderTitle(text: string): string {
  return `\n${emphasize(text)}`;
}
