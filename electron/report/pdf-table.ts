import type { Content, CustomTableLayout, TableCell } from 'pdfmake';
import type { ReportFonts } from './fonts.ts';
import { colors, fits, fitWords, text, toneColors, type Setting, type TextProps } from './pdf-text.ts';
import { toCell, type Cell, type TableBlock, type TableColumn } from './report-document.ts';

const tableSizePt = 8.25;
const denseSizePt = 6.75;

interface TableMetrics {
  readonly sizePt: number;
  readonly paddingX: number;
  readonly paddingY: number;
}

const tableMetrics: TableMetrics = { sizePt: tableSizePt, paddingX: 5, paddingY: 2.3 };
const denseMetrics: TableMetrics = { sizePt: denseSizePt, paddingX: 3.2, paddingY: 1.6 };

/** A figure and the word to its right would else be as near to each other as two words. */
function extraPadding(table: TableBlock, column: number): number {
  const isAfterFigure = table.columns[column - 1]?.align === 'right';
  return isAfterFigure && table.columns[column]?.align !== 'right' ? 5 : 0;
}

/** Columns as wide as their widest cell; the filling ones share what is left. */
function measureColumns(table: TableBlock, metrics: TableMetrics, { fonts, widthPt }: Setting): number[] {
  const extra = table.columns.reduce((sum, _, index) => sum + extraPadding(table, index), 0);
  const available = widthPt - 2 * metrics.paddingX * table.columns.length - extra;
  const widestFixed = available * (table.columns.length > 6 ? 0.16 : 0.42);
  const widths = table.columns.map((column, index) => {
    if (column.fill !== undefined) return 0;
    let widest = fonts.measure(column.title, true);
    for (const row of table.rows) {
      const cell = toCell(row[index] ?? '');
      // No character is wider than two ems: what cannot be the widest needs no measuring.
      if (cell.text.length * 2 > widest) widest = Math.max(widest, fonts.measure(cell.text, cell.strong === true));
    }
    return Math.min(widest * metrics.sizePt + 0.5, widestFixed);
  });
  const rest = available - widths.reduce((sum, width) => sum + width, 0);
  const shares = table.columns.reduce((sum, column) => sum + (column.fill ?? 0), 0);
  const filled = widths.map((width, index) => {
    const { fill } = table.columns[index]!;
    return fill === undefined ? width : Math.max(30, (rest * fill) / shares);
  });
  return table.dense === true ? spreadUnused(table, filled, metrics, fonts) : filled;
}

/** Short names leave room in the filling columns of a dense table: all columns share it, so that none stands apart. */
function spreadUnused(
  table: TableBlock,
  widths: readonly number[],
  metrics: TableMetrics,
  fonts: ReportFonts,
): number[] {
  const natural = widths.map((width, index) => {
    if (table.columns[index]!.fill === undefined) return width;
    let widest = 8;
    for (const row of table.rows) {
      const cell = toCell(row[index] ?? '');
      if (cell.text.length * 2 > widest) widest = Math.max(widest, fonts.measure(cell.text, cell.strong === true));
    }
    return Math.min(width, widest * metrics.sizePt + 0.5);
  });
  const unused = widths.reduce((sum, width, index) => sum + width - natural[index]!, 0);
  const needs = widths.map((width, index) => table.columns[index]!.fill !== undefined && natural[index]! >= width);
  const needy = needs.filter(Boolean).length;
  return natural.map((width, index) =>
    needy > 0 ? width + (needs[index]! ? unused / needy : 0) : width + unused / natural.length,
  );
}

function tableCell(
  cell: Cell,
  column: TableColumn,
  widthPt: number,
  metrics: TableMetrics,
  { fonts }: Setting,
): TableCell {
  const bold = cell.strong === true;
  const tone = cell.tone ?? 'plain';
  const props: TextProps = {
    ...(column.align === 'right' && { alignment: 'right' as const }),
    // What fits is not searched for places to break it: a sixth of the time of a long table.
    ...((column.align === 'right' || fits(fonts, cell.text, widthPt, metrics.sizePt, bold)) && { noWrap: true }),
    ...(tone !== 'plain' && { color: toneColors[tone] }),
    ...(bold && { bold: true }),
  };
  return text(fonts, fitWords(fonts, cell.text, widthPt, metrics.sizePt, bold), props);
}

export function renderTable(table: TableBlock, setting: Setting): Content {
  const metrics = table.dense === true ? denseMetrics : tableMetrics;
  const widths = measureColumns(table, metrics, setting);
  const header = table.columns.map((column, index) =>
    text(setting.fonts, fitWords(setting.fonts, column.title, widths[index]!, metrics.sizePt, true), {
      bold: true,
      color: colors.mutedInk,
      ...(column.align === 'right' && { alignment: 'right' }),
    }),
  );
  const layout: CustomTableLayout = {
    hLineWidth: (line, node) => (line === 0 ? 0 : line === 1 || line === node.table.body.length ? 0.75 : 0.35),
    hLineColor: (line, node) => (line === 1 || line === node.table.body.length ? colors.before : colors.grid),
    vLineWidth: () => 0,
    // The outer edges of the text line up with the text above and below.
    paddingLeft: (column) => (column === 0 ? 0 : metrics.paddingX + extraPadding(table, column)),
    paddingRight: (column) => (column === table.columns.length - 1 ? 0 : metrics.paddingX),
    paddingTop: () => metrics.paddingY,
    paddingBottom: () => metrics.paddingY,
  };
  // What the outer cells do not use as padding goes to the first filling column.
  const filling = Math.max(
    0,
    table.columns.findIndex((column) => column.fill !== undefined),
  );
  widths[filling]! += 2 * metrics.paddingX;
  return {
    table: {
      headerRows: 1,
      dontBreakRows: true,
      keepWithHeaderRows: 1,
      widths,
      body: [
        header,
        ...table.rows.map((row) =>
          table.columns.map((column, index) =>
            tableCell(toCell(row[index] ?? ''), column, widths[index]!, metrics, setting),
          ),
        ),
      ],
    },
    layout,
    fontSize: metrics.sizePt,
    margin: [0, 2, 0, 10],
  };
}
