import Table from 'cli-table3';
import { emphasize } from './output.ts';

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

function visibleLength(text: string): number {
  // eslint-disable-next-line no-control-regex -- the escape character is what a colour sequence begins with
  return text.replace(/\u001b\[[0-9;]*m/g, '').length;
}

/** Breaks at spaces, and inside a word (a long layer name or path) only when it fits no line. */
function wrapText(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && visibleLength(last) + 1 + visibleLength(word) <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
      continue;
    }
    let rest = word;
    for (; visibleLength(rest) > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
    lines.push(rest);
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
  const widths = columns.map((column, index) =>
    Math.max(visibleLength(column.title), ...rows.map((row) => visibleLength(row[index] ?? ''))),
  );
  const filling = columns.flatMap((column, index) => (column.fill === true ? [index] : []));
  const fixedWidth = widths.reduce((sum, width, index) => sum + (filling.includes(index) ? 0 : width), 0);
  const available = Math.min(process.stdout.columns || defaultWidth, widestTable) - fixedWidth - 2 * columns.length;
  const shares = shareWidth(
    filling.map((index) => widths[index]!),
    available,
  );
  for (const [position, index] of filling.entries()) widths[index] = shares[position]!;
  const table = new Table({
    head: columns.map((column) => emphasize(column.title)),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: widths.map((width) => width + 2),
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
  for (const row of rows) table.push(row.map((cell, index) => wrapText(cell, widths[index]!)));
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
