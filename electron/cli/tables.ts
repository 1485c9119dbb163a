import Table from 'cli-table3';
import { cutText } from '../../shared/cut-text.ts';
import { emphasize } from './output.ts';
import { toOneLine } from './terminal-text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes the width the other columns leave and wraps at words. */
  readonly fill?: true;
}

const narrowestFill = 24;
/** Where nobody tells how wide the output is: a pipe, a file, a log. */
const defaultWidth = 120;
const widestTable = 160;

/** Nobody reads a longer cell; names in files of strangers can have megabytes. */
const longestCell = 2000;
/** The layout of the table library takes time in the square of the rows, so it gets them by the piece. */
const rowsAtOnce = 200;

/** How wide running text and tables may be. */
export function textWidth(): number {
  return Math.min(process.stdout.columns || defaultWidth, widestTable);
}

function visibleLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what a colour sequence begins with
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

/** Breaks at spaces, and inside a word (a long layer name or path) only when it fits no line. */
export function wrapText(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && visibleLength(last) + 1 + visibleLength(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
      continue;
    }
    let start = 0;
    for (let rest = visibleLength(word); rest > width; rest -= width) lines.push(word.slice(start, (start += width)));
    lines.push(word.slice(start));
  }
  return lines.join('\n');
}

/** Shares what the fixed columns leave among the filling ones; a narrow one passes its rest on to the wider. */
function shareWidth(wanted: readonly number[], available: number): number[] {
  const widths: number[] = Array<number>(wanted.length).fill(0);
  const order = wanted.map((_, index) => index).toSorted((a, b) => wanted[a]! - wanted[b]!);
  let rest = available;
  for (const [position, index] of order.entries()) {
    const share = Math.max(narrowestFill, Math.floor(rest / (order.length - position)));
    widths[index] = Math.min(wanted[index]!, share);
    rest -= widths[index];
  }
  return widths;
}

/** A plain table with one rule under its head: readable on screen, in a log and in an e-mail. */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((_, index) => toOneLine(cutText(row[index] ?? '', longestCell))));
  const widths = chooseWidths(columns, cells);
  const wrapped = cells.map((row) => row.map((cell, index) => wrapText(cell, widths[index]!)));
  const [head, ...first] = renderRows(columns, widths, wrapped.slice(0, rowsAtOnce), true);
  const lines = [...first];
  for (let start = rowsAtOnce; start < wrapped.length; start += rowsAtOnce) {
    for (const line of renderRows(columns, widths, wrapped.slice(start, start + rowsAtOnce), false)) lines.push(line);
  }
  const width = lines.reduce((widest, line) => Math.max(widest, visibleLength(line)), visibleLength(head!));
  return [head, '─'.repeat(width), ...lines].join('\n');
}

function chooseWidths(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  const widths = columns.map((column, index) =>
    rows.reduce((widest, row) => Math.max(widest, visibleLength(row[index]!)), visibleLength(column.title)),
  );
  const filling = columns.flatMap((column, index) => (column.fill === true ? [index] : []));
  const fixedWidth = widths.reduce((sum, width, index) => sum + (filling.includes(index) ? 0 : width), 0);
  const available = textWidth() - fixedWidth - 2 * columns.length;
  const shares = shareWidth(
    filling.map((index) => widths[index]!),
    available,
  );
  for (const [position, index] of filling.entries()) widths[index] = shares[position]!;
  return widths;
}

/** Lines of some rows of a table; `widths` are those of the whole. */
function renderRows(
  columns: readonly Column[],
  widths: readonly number[],
  rows: readonly (readonly string[])[],
  withHead: boolean,
): string[] {
  const table = new Table({
    ...(withHead ? { head: columns.map((column) => emphasize(column.title)) } : {}),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths.map((width) => width + 2),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
    chars: noLines,
  });
  table.push(...rows.map((row) => [...row]));
  return (
    table
      .toString()
      // The library closes colours at the end of every cell with codes of its own; all that came in are ours and closed.
      .replace(plainStyle, '')
      .split('\n')
      .map((line) => line.trimEnd())
  );
}

// eslint-disable-next-line no-control-regex -- the escape character is what a colour sequence begins with
const plainStyle = /\u001b\[\d*m/g;

const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map((part) => [part, '']),
);

export function renderTitle(text: string): string {
  return `\n${emphasize(text)}`;
}
