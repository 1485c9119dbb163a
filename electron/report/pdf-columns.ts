import type { ReportFonts } from './fonts.ts';
import type { Setting } from './pdf-text.ts';
import { toCell, type TableBlock } from './report-document.ts';

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
  const widestFixed = available * (columns.length > 6 ? 0.16 : 0.42);
  const fixed = columns.map(({ fill, title }, index) =>
    fill === undefined
      ? Math.min(measureWidest(table, index, fonts.measure(title, true), fonts) * sizePt + 0.5, widestFixed)
      : 0,
  );
  const rest = available - fixed.reduce((sum, width) => sum + width, 0);
  const shares = columns.reduce((sum, { fill }) => sum + (fill ?? 0), 0);
  const filled = fixed.map((width, index) => {
    const { fill } = columns[index]!;
    return fill === undefined ? width : Math.max(30, (rest * fill) / shares);
  });
  const widths = table.dense === true ? spreadUnused(table, filled, sizePt, fonts) : filled;
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

/** Short names leave room in the filling columns of a dense table: all columns share it, so that none stands apart. */
function spreadUnused(table: TableBlock, widths: readonly number[], sizePt: number, fonts: ReportFonts): number[] {
  const natural = widths.map((width, index) =>
    table.columns[index]!.fill === undefined
      ? width
      : Math.min(width, measureWidest(table, index, 8, fonts) * sizePt + 0.5),
  );
  const unused = widths.reduce((sum, width, index) => sum + width - natural[index]!, 0);
  const needs = widths.map((width, index) => table.columns[index]!.fill !== undefined && natural[index]! >= width);
  const needy = needs.filter(Boolean).length;
  return natural.map((width, index) =>
    needy > 0 ? width + (needs[index]! ? unused / needy : 0) : width + unused / natural.length,
  );
}
