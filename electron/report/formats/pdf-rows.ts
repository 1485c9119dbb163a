import type { Content, CustomTableLayout, TableCell } from 'pdfmake';
import { wrapText, type Setting } from './pdf-text.ts';

/** A page break leaves at least this many rows of a table on either side of it. */
const keptRows = 3;

export interface RenderedBlock {
  readonly content: Content;
  /** What of it stays on the page of what leads to it; null where that is all of it. */
  readonly openingPt: number | null;
}

export interface RowsLayout {
  readonly sizePt: number;
  readonly widths: readonly number[];
  readonly paddingLeft: (column: number) => number;
  readonly paddingRight: (column: number) => number;
  readonly paddingY: number;
  /** Between two rows; 0 for none. */
  readonly lineWidthPt: number;
  readonly lineColor: string;
}

/** Rows at either end that are bound to each other: of a short table all rows. */
function boundCount(rowCount: number): number {
  return rowCount < 2 * keptRows ? rowCount : keptRows;
}

/** Several rows as one, which no page break parts; pdfmake knows no other way. */
function bindRows(rows: readonly TableCell[][], layout: RowsLayout): TableCell[] {
  const { paddingY, lineWidthPt, lineColor } = layout;
  const bound: TableCell = {
    colSpan: layout.widths.length,
    table: { widths: [...layout.widths], body: [...rows] },
    layout: {
      hLineWidth: (line) => (line === 0 || line === rows.length ? 0 : lineWidthPt),
      hLineColor: () => lineColor,
      vLineWidth: () => 0,
      paddingLeft: layout.paddingLeft,
      paddingRight: layout.paddingRight,
      paddingTop: () => paddingY,
      paddingBottom: () => paddingY,
    },
  };
  return [bound, ...layout.widths.slice(1).map(() => ({ text: '' }))];
}

/** The rows of a table with its ends bound. */
export function bindEnds(rows: readonly TableCell[][], layout: RowsLayout): TableCell[][] {
  if (rows.length === 0) return [];
  const count = boundCount(rows.length);
  if (count === rows.length) return [bindRows(rows, layout)];
  return [bindRows(rows.slice(0, count), layout), ...rows.slice(count, -count), bindRows(rows.slice(-count), layout)];
}

export type RowTexts = readonly { readonly text: string; readonly bold: boolean }[];

/** What the bound rows at the beginning are high, below a header where there is one; rather more than less. */
export function measureOpening(
  header: RowTexts | null,
  rows: readonly RowTexts[],
  { sizePt, widths, paddingY, lineWidthPt }: RowsLayout,
  { fonts, lead }: Setting,
): number {
  const opening = [...(header === null ? [] : [header]), ...rows.slice(0, boundCount(rows.length))];
  const linePt = sizePt * fonts.lineHeight * lead;
  const heightOf = (row: RowTexts) => {
    const lineCounts = row.map(
      ({ text, bold }, column) =>
        text.split('\n').flatMap((line) => wrapText(fonts, line, widths[column]!, sizePt, bold)).length,
    );
    return Math.max(...lineCounts) * linePt + 2 * paddingY + lineWidthPt;
  };
  // pdfmake may break a line where we do not.
  return opening.reduce((sum, row) => sum + heightOf(row), linePt);
}

/** For the table around bound rows: they bring their own space above and below. */
export function outerLayout(
  { paddingLeft, paddingRight, paddingY, lineWidthPt, lineColor }: RowsLayout,
  headerRows: 0 | 1,
): CustomTableLayout {
  const isBound = (row: number, rowCount: number) => row === headerRows || row === rowCount - 1;
  const padding = (row: number, { table }: { table: { body: unknown[] } }) =>
    isBound(row, table.body.length) ? 0 : paddingY;
  return {
    hLineWidth: () => lineWidthPt,
    hLineColor: () => lineColor,
    vLineWidth: () => 0,
    paddingLeft,
    paddingRight,
    paddingTop: padding,
    paddingBottom: padding,
  };
}
