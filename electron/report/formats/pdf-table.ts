import type { Content, TableCell } from 'pdfmake';
import { layOutColumns } from './pdf-columns.ts';
import { bindEnds, measureOpening, outerLayout, type RenderedBlock, type RowsLayout } from './pdf-rows.ts';
import { colors, fits, fitWords, text, toneColors, type Setting, type TextProps } from './pdf-text.ts';
import { toCell, type Cell, type TableBlock, type TableColumn } from '../report-document.ts';

function tableCell(cell: Cell, column: TableColumn, widthPt: number, sizePt: number, { fonts }: Setting): TableCell {
  const bold = cell.strong === true;
  const tone = cell.tone ?? 'plain';
  const props: TextProps = {
    ...(column.align === 'right' && { alignment: 'right' as const }),
    // What fits is not searched for places to break it.
    ...((column.align === 'right' || fits(fonts, cell.text, widthPt, sizePt, bold)) && { noWrap: true }),
    ...(tone !== 'plain' && { color: toneColors[tone] }),
    ...(bold && { bold: true }),
  };
  return text(fonts, fitWords(fonts, cell.text, widthPt, sizePt, bold), props);
}

export function renderTable(table: TableBlock, setting: Setting): RenderedBlock {
  const { sizePt, paddingY, widths, paddingLeft, paddingRight } = layOutColumns(table, setting);
  const header = table.columns.map((column, index) =>
    text(setting.fonts, fitWords(setting.fonts, column.title, widths[index]!, sizePt, true), {
      bold: true,
      color: colors.mutedInk,
      ...(column.align === 'right' && { alignment: 'right' }),
    }),
  );
  const layout: RowsLayout = {
    sizePt,
    widths,
    paddingLeft: (column) => paddingLeft[column]!,
    paddingRight: (column) => paddingRight[column]!,
    paddingY,
    lineWidthPt: 0.35,
    lineColor: colors.grid,
  };
  const rows = table.rows.map((row) =>
    table.columns.map((column, index) => tableCell(toCell(row[index] ?? ''), column, widths[index]!, sizePt, setting)),
  );
  const isStrong = (line: number, lineCount: number) => line === 1 || line === lineCount;
  const content: Content = {
    table: {
      headerRows: 1,
      dontBreakRows: true,
      keepWithHeaderRows: 1,
      widths: [...widths],
      body: [header, ...bindEnds(rows, layout)],
    },
    layout: {
      ...outerLayout(layout, 1),
      hLineWidth: (line, node) => (line === 0 ? 0 : isStrong(line, node.table.body.length) ? 0.75 : layout.lineWidthPt),
      hLineColor: (line, node) => (isStrong(line, node.table.body.length) ? colors.before : colors.grid),
    },
    fontSize: sizePt,
    margin: [0, 2, 0, 10],
  };
  const openingPt = measureOpening(
    table.columns.map(({ title }) => ({ text: title, bold: true })),
    table.rows.map((row) => row.map(toCell).map(({ text, strong }) => ({ text, bold: strong === true }))),
    layout,
    setting,
  );
  return { content, openingPt };
}
