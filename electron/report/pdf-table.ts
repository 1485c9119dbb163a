import type { Content, CustomTableLayout, TableCell } from 'pdfmake';
import { layOutColumns } from './pdf-columns.ts';
import { colors, fits, fitWords, text, toneColors, type Setting, type TextProps } from './pdf-text.ts';
import { toCell, type Cell, type TableBlock, type TableColumn } from './report-document.ts';

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

export function renderTable(table: TableBlock, setting: Setting): Content {
  const { sizePt, paddingY, widths, paddingLeft, paddingRight } = layOutColumns(table, setting);
  const header = table.columns.map((column, index) =>
    text(setting.fonts, fitWords(setting.fonts, column.title, widths[index]!, sizePt, true), {
      bold: true,
      color: colors.mutedInk,
      ...(column.align === 'right' && { alignment: 'right' }),
    }),
  );
  const layout: CustomTableLayout = {
    hLineWidth: (line, node) => (line === 0 ? 0 : line === 1 || line === node.table.body.length ? 0.75 : 0.35),
    hLineColor: (line, node) => (line === 1 || line === node.table.body.length ? colors.before : colors.grid),
    vLineWidth: () => 0,
    paddingLeft: (column) => paddingLeft[column]!,
    paddingRight: (column) => paddingRight[column]!,
    paddingTop: () => paddingY,
    paddingBottom: () => paddingY,
  };
  return {
    table: {
      headerRows: 1,
      dontBreakRows: true,
      keepWithHeaderRows: 1,
      widths: [...widths],
      body: [
        header,
        ...table.rows.map((row) =>
          table.columns.map((column, index) =>
            tableCell(toCell(row[index] ?? ''), column, widths[index]!, sizePt, setting),
          ),
        ),
      ],
    },
    layout,
    fontSize: sizePt,
    margin: [0, 2, 0, 10],
  };
}
