import Table from 'cli-table3';
import { cutText } from '../../shared/cut-text.ts';
import { dim, emphasize } from './output.ts';
import { toOneLine } from './terminal-text.ts';
import { isTerminal, textWidth, visibleLength, wrapText } from './wrap-text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes the width the other columns leave and wraps at words. */
  readonly fill?: true;
  /** In a terminal without room for all, columns that have one are left out, the smallest first. Others always stay. */
  readonly leaveOut?: number;
}

const narrowestFill = 24;
/** A column of words may be as narrow as this before anything runs over the edge. */
const narrowestText = 8;
const gap = 2;

/** Nobody reads a longer cell; names in files of strangers can have megabytes. */
const longestCell = 2000;
/** The layout of the table library takes time in the square of the rows, so it gets them by the piece. */
const rowsAtOnce = 200;

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
  const natural = columns.map((column, index) =>
    cells.reduce((widest, row) => Math.max(widest, visibleLength(row[index]!)), visibleLength(column.title)),
  );
  const kept = isTerminal() ? chooseColumns(columns, natural) : columns.map((_, index) => index);
  const lines = renderCells(
    kept.map((index) => columns[index]!),
    kept.map((index) => natural[index]!),
    cells.map((row) => kept.map((index) => row[index]!)),
  );
  const missing = columns.filter(({ title }, index) => title !== '' && !kept.includes(index));
  if (missing.length === 0) return lines.join('\n');
  const note = `Left out for lack of room: ${missing.map(({ title }) => title).join(', ')}.`;
  return [...lines, dim(wrapText(note, textWidth()))].join('\n');
}

function renderCells(
  columns: readonly Column[],
  natural: readonly number[],
  cells: readonly (readonly string[])[],
): string[] {
  const widths = chooseWidths(columns, natural);
  const wrapped = cells.map((row) => row.map((cell, index) => wrapText(cell, widths[index]!)));
  const [head, ...first] = renderRows(columns, widths, wrapped.slice(0, rowsAtOnce), true);
  const lines = [...first];
  for (let start = rowsAtOnce; start < wrapped.length; start += rowsAtOnce) {
    for (const line of renderRows(columns, widths, wrapped.slice(start, start + rowsAtOnce), false)) lines.push(line);
  }
  const width = lines.reduce((widest, line) => Math.max(widest, visibleLength(line)), visibleLength(head!));
  return [head!, '─'.repeat(width), ...lines];
}

/** The columns that a terminal has room for, a filling one at its narrowest. */
function chooseColumns(columns: readonly Column[], natural: readonly number[]): number[] {
  let kept = columns.map((_, index) => index);
  const needed = (): number =>
    kept.reduce((sum, index) => {
      const least = columns[index]!.fill === true ? Math.min(natural[index]!, narrowestFill) : natural[index]!;
      return sum + least + gap;
    }, -gap);
  const order = kept
    .filter((index) => columns[index]!.leaveOut !== undefined)
    .toSorted((left, right) => columns[left]!.leaveOut! - columns[right]!.leaveOut!);
  for (const index of order) {
    if (needed() <= textWidth()) break;
    kept = kept.filter((other) => other !== index);
  }
  return kept;
}

function chooseWidths(columns: readonly Column[], natural: readonly number[]): number[] {
  const widths = [...natural];
  const filling = columns.flatMap((column, index) => (column.fill === true ? [index] : []));
  const fixedWidth = widths.reduce((sum, width, index) => sum + (filling.includes(index) ? 0 : width), 0);
  // The last column has no gap behind it.
  const available = textWidth() - fixedWidth - gap * (columns.length - 1);
  const shares = shareWidth(
    filling.map((index) => widths[index]!),
    available,
  );
  for (const [position, index] of filling.entries()) widths[index] = shares[position]!;
  if (isTerminal()) narrowWords(columns, widths);
  return widths;
}

/** Takes what runs over the edge from the widest columns of words. */
function narrowWords(columns: readonly Column[], widths: number[]): void {
  const words = columns.flatMap(({ align }, index) => (align === 'right' ? [] : [index]));
  let over = widths.reduce((sum, width) => sum + width + gap, -gap) - textWidth();
  while (over > 0) {
    const widest = words.reduce((best, index) => (widths[index]! > widths[best]! ? index : best), words[0] ?? 0);
    if (words.length === 0 || widths[widest]! <= narrowestText) return;
    widths[widest]! -= 1;
    over -= 1;
  }
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
