import { setImmediate } from 'node:timers/promises';
import type { ReportFonts } from './fonts.ts';
import { layOutColumns, type Columns } from './pdf-columns.ts';
import { footerGapPt, footerOf, headerOf, headerTopPt, margin, runningSizePt } from './pdf-page.ts';
import { colors, toneColors, wrapText, type Setting } from './pdf-text.ts';
import { toCell, type LongTableSection, type ReportDocument, type TableBlock } from '../report-document.ts';

/**
 * A table of any length on pages of its own. pdfmake holds everything it lays out, 80 MB per 1,000 rows of layers; here a
 * row is laid out when it is drawn, on pdfkit's own document, which forgets a page when the next one begins.
 */
export interface LongTable {
  readonly pageCount: number;
  /** Draws all of it behind the pages there are. */
  readonly draw: (document: PDFKit.PDFDocument, firstPage: number, pageCount: number) => Promise<void>;
}

const titleSizePt = 13;
const introSizePt = 9;

interface Line {
  readonly text: string;
  readonly xPt: number;
  readonly bold: boolean;
  readonly color: string;
}

/** One row as it will be drawn: its lines, from the top one down. */
interface Row {
  readonly lines: readonly (readonly Line[])[];
  readonly heightPt: number;
}

type Cells = readonly { readonly text: string; readonly bold: boolean; readonly color: string }[];

function layOutRow(cells: Cells, table: TableBlock, columns: Columns, linePt: number, fonts: ReportFonts): Row {
  const { sizePt, widths, paddingLeft, paddingRight, paddingY } = columns;
  const lines: Line[][] = [];
  let leftPt = margin.left;
  for (const [index, cell] of cells.entries()) {
    const widthPt = widths[index]!;
    leftPt += paddingLeft[index]!;
    for (const [at, text] of wrapText(fonts, cell.text, widthPt, sizePt, cell.bold).entries()) {
      const isRight = table.columns[index]!.align === 'right';
      const xPt = isRight ? leftPt + widthPt - fonts.measure(text, cell.bold) * sizePt : leftPt;
      (lines[at] ??= []).push({ ...cell, text, xPt });
    }
    leftPt += widthPt + paddingRight[index]!;
  }
  return { lines, heightPt: lines.length * linePt + 2 * paddingY };
}

/** Where each page begins, and no more: the rows are laid out again when they are drawn. */
function findPageStarts(
  rowCount: number,
  heightOf: (index: number) => number,
  topsPt: { readonly first: number; readonly other: number },
  bottomPt: number,
): number[] {
  const starts = [0];
  let y = topsPt.first;
  for (let index = 0; index < rowCount; index += 1) {
    const heightPt = heightOf(index);
    if (y + heightPt > bottomPt && index > starts.at(-1)!) {
      starts.push(index);
      y = topsPt.other;
    }
    y += heightPt;
  }
  return starts;
}

export function layOutLongTable(
  report: ReportDocument,
  section: LongTableSection,
  setting: Setting,
  page: { readonly width: number; readonly height: number },
): LongTable {
  const { fonts, widthPt, lead } = setting;
  const [intro, table] = section.blocks;
  const columns = layOutColumns(table, setting);
  const { sizePt, paddingY } = columns;
  const lineOf = (size: number) => size * fonts.lineHeight * lead;
  const layOut = (cells: Cells) => layOutRow(cells, table, columns, lineOf(sizePt), fonts);
  const header = layOut(table.columns.map(({ title }) => ({ text: title, bold: true, color: colors.mutedInk })));
  const rowAt = (index: number) =>
    layOut(
      table.columns.map((_, column) => {
        const { text, strong, tone } = toCell(table.rows[index]![column] ?? '');
        return { text, bold: strong === true, color: toneColors[tone ?? 'plain'] };
      }),
    );

  const introLines = wrapText(fonts, intro.text, widthPt, introSizePt, false);
  const introBottomPt = margin.top + lineOf(titleSizePt) + 5 + introLines.length * lineOf(introSizePt) + 8;
  const bottomPt = page.height - margin.bottom;
  const topsPt = { first: introBottomPt + header.heightPt, other: margin.top + header.heightPt };
  const pageStarts = findPageStarts(table.rows.length, (index) => rowAt(index).heightPt, topsPt, bottomPt);

  const draw: LongTable['draw'] = async (document, firstPage, pageCount) => {
    const drawText = (text: string, xPt: number, topPt: number, size: number, bold: boolean, color: string) => {
      let x = xPt;
      document.fontSize(size).fillColor(color);
      for (const piece of fonts.split(text)) {
        document.font(fonts.files[piece.family][bold ? 'bold' : 'regular']);
        document.text(piece.text, x, topPt + fonts.ascent * size, { lineBreak: false, baseline: 'alphabetic' });
        x = document.x;
      }
    };
    const drawRule = (atPt: number, lineWidth: number, color: string) =>
      document
        .moveTo(margin.left, atPt)
        .lineTo(page.width - margin.right, atPt)
        .lineWidth(lineWidth)
        .stroke(color);
    const drawRow = (row: Row, topPt: number) => {
      for (const [at, line] of row.lines.entries()) {
        const lineTopPt = topPt + paddingY + at * lineOf(sizePt);
        for (const { text, xPt, bold, color } of line) drawText(text, xPt, lineTopPt, sizePt, bold, color);
      }
      return topPt + row.heightPt;
    };
    const drawRunning = ({ left, right }: { left: string; right: string }, topPt: number) => {
      const rightPt = page.width - margin.right - fonts.measure(right, false) * runningSizePt;
      drawText(left, margin.left, topPt, runningSizePt, false, colors.mutedInk);
      drawText(right, rightPt, topPt, runningSizePt, false, colors.mutedInk);
    };

    for (const [at, start] of pageStarts.entries()) {
      document.addPage({ size: [page.width, page.height] });
      drawRunning(headerOf(report, fonts, page.width), headerTopPt);
      drawRunning(footerOf(report, firstPage + at, pageCount), bottomPt + footerGapPt);
      let topPt = margin.top;
      if (at === 0) {
        document.outline.addItem(section.title);
        drawText(section.title, margin.left, topPt, titleSizePt, true, colors.ink);
        topPt += lineOf(titleSizePt) + 5;
        for (const line of introLines) {
          drawText(line, margin.left, topPt, introSizePt, false, toneColors[intro.tone ?? 'plain']);
          topPt += lineOf(introSizePt);
        }
        topPt = introBottomPt;
      }
      topPt = drawRow(header, topPt);
      drawRule(topPt, 0.75, colors.before);
      const end = pageStarts[at + 1] ?? table.rows.length;
      for (let index = start; index < end; index += 1) {
        topPt = drawRow(rowAt(index), topPt);
        const isLast = index === table.rows.length - 1;
        drawRule(topPt, isLast ? 0.75 : 0.35, isLast ? colors.before : colors.grid);
      }
      // A window goes on between two pages, and memory is given back.
      await setImmediate();
    }
  };
  return { pageCount: pageStarts.length, draw };
}
