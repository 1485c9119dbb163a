import type { ReportFonts } from './fonts.ts';
import type { Setting } from './pdf-text.ts';
import { toCell, type TableBlock } from '../report-document.ts';

export interface Columns {
  readonly sizePt: number;
  /** Above and below the text of a row. */
  readonly paddingY: number;
  /** Of the text in each column, and what is left and right of it. */
  readonly widths: readonly number[];
  readonly paddingLeft: readonly number[];
  readonly paddingRight: readonly number[];
}

const ordinary = { sizePt: 8.25, paddingX: 5, paddingY: 2.3 };
const dense = { sizePt: 6.75, paddingX: 3.2, paddingY: 1.6 };

/** What a filling column needs at least, in ems: below it the others are narrowed. */
const leastShareEm = 12;

const sumOf = (widths: readonly number[]) => widths.reduce((sum, width) => sum + width, 0);

/** A figure and the word to its right would else be as near to each other as two words. */
function extraPadding(table: TableBlock, column: number): number {
  const isAfterFigure = table.columns[column - 1]?.align === 'right';
  return isAfterFigure && table.columns[column]?.align !== 'right' ? 5 : 0;
}

/** The widest text of a column, in ems, and at least `atLeast`. */
function measureWidest(table: TableBlock, column: number, atLeast: number, fonts: ReportFonts): number {
  let widest = atLeast;
  for (const row of table.rows) {
    const cell = toCell(row[column] ?? '');
    // No character is wider than two ems: what cannot be the widest needs no measuring.
    if (cell.text.length * 2 > widest) widest = Math.max(widest, fonts.measure(cell.text, cell.strong === true));
  }
  return widest;
}

/** Columns as wide as their widest cell; the filling ones share what is left. */
export function layOutColumns(table: TableBlock, { fonts, widthPt }: Setting): Columns {
  const { columns } = table;
  const { sizePt, paddingX, paddingY } = table.dense === true ? dense : ordinary;
  const extra = columns.reduce((sum, _, index) => sum + extraPadding(table, index), 0);
  const available = widthPt - 2 * paddingX * columns.length - extra;
  const natural = columns.map(({ fill, title }, index) =>
    fill === undefined ? measureWidest(table, index, fonts.measure(title, true), fonts) * sizePt + 0.5 : 0,
  );
  const shares = columns.reduce((sum, { fill }) => sum + (fill ?? 0), 0);
  const isTooWide = sumOf(natural) + shares * leastShareEm * sizePt > available;
  const widestFixed = isTooWide ? available * (columns.length > 6 ? 0.16 : 0.42) : Infinity;
  const fixed = natural.map((width) => Math.min(width, widestFixed));
  const rest = available - sumOf(fixed);
  const filled = fixed.map((width, index) => {
    const { fill } = columns[index]!;
    return fill === undefined ? width : Math.max(30, (rest * fill) / shares);
  });
  const widths = spreadUnused(table, filled, sizePt, fonts);
  // The outer edges of the text line up with the text above and below; what that frees goes to the first filling column.
  const filling = columns.findIndex(({ fill }) => fill !== undefined);
  widths[Math.max(0, filling)]! += 2 * paddingX;
  const last = columns.length - 1;
  return {
    sizePt,
    paddingY,
    widths,
    paddingLeft: columns.map((_, index) => (index === 0 ? 0 : paddingX + extraPadding(table, index))),
    paddingRight: columns.map((_, index) => (index === last ? 0 : paddingX)),
  };
}

/**
 * What short texts leave of a filling column goes to those that need it. Of a dense table all columns share it where none
 * does, so that none stands apart.
 */
function spreadUnused(table: TableBlock, widths: readonly number[], sizePt: number, fonts: ReportFonts): number[] {
  const natural = widths.map((width, index) =>
    table.columns[index]!.fill === undefined
      ? width
      : Math.min(width, measureWidest(table, index, 8, fonts) * sizePt + 0.5),
  );
  const needs = widths.map((width, index) => table.columns[index]!.fill !== undefined && natural[index]! >= width);
  const needy = needs.filter(Boolean).length;
  if (needy === 0 && table.dense !== true) return [...widths];
  const unused = widths.reduce((sum, width, index) => sum + width - natural[index]!, 0);
  const isServed = (index: number) => needy === 0 || needs[index]!;
  const servedCount = needy === 0 ? widths.length : needy;
  return natural.map((width, index) => width + (isServed(index) ? unused / servedCount : 0));
}
