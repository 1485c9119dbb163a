import { createRequire } from 'node:module';
import type * as pdfMakeTypes from 'pdfmake';
import type { Content, CustomTableLayout, TableCell, TCreatedPdf } from 'pdfmake';
import { lightChartColors } from '../../shared/charts.ts';
import { assertNever } from '../../shared/app-error.ts';
import { renderChart } from './chart-svg.ts';
import { openFonts, type ReportFonts } from './fonts.ts';
import {
  toCell,
  type Block,
  type Cell,
  type ChartBlock,
  type Figure,
  type ReportDocument,
  type Section,
  type TableBlock,
  type TableColumn,
  type Tone,
} from './report-document.ts';

type TDocumentDefinitions = Parameters<typeof pdfMakeTypes.createPdf>[0];
type TFontDictionary = Parameters<typeof pdfMakeTypes.setFonts>[0];
type ContentText = Extract<Content, { text: unknown }>;

interface PdfMake {
  setFonts(fonts: TFontDictionary): void;
  setUrlAccessPolicy(callback: (url: string) => boolean): void;
  setLocalAccessPolicy(callback: (path: string) => boolean): void;
  createPdf(document: TDocumentDefinitions): TCreatedPdf & { getBuffer(): Promise<Buffer> };
}

// pdfmake is CommonJS whose exports are found only at run time; its types describe them as named exports of a module.
const pdfMake = createRequire(import.meta.url)('pdfmake') as PdfMake;

/** Points (1/72 inch). */
const pageSizesPt = { A4: { width: 595.28, height: 841.89 }, Letter: { width: 612, height: 792 } } as const;
const margin = { left: 48, top: 52, right: 48, bottom: 48 };

const colors = {
  ...lightChartColors,
  rule: '#c9d0d8',
  softSurface: '#f4f6f8',
  good: '#1763a6',
  bad: '#a8320a',
  warning: '#8a5a00',
};

const toneColors: Readonly<Record<Tone, string>> = {
  plain: colors.ink,
  good: colors.good,
  bad: colors.bad,
  warning: colors.warning,
  muted: colors.mutedInk,
};

const verdictSurfaces = { good: '#eaf2fa', bad: '#fbeee8', warning: '#fbf4e3' } as const;

const bodySizePt = 9;
const tableSizePt = 8.25;
const denseSizePt = 6.75;

/** What every function that makes content needs. */
interface Setting {
  readonly fonts: ReportFonts;
  readonly widthPt: number;
  /** Counts charts, so that their clip paths have ids of their own. */
  readonly nextChart: () => number;
}

type TextProps = Omit<ContentText, 'text'> & {
  readonly width?: number | 'auto' | '*';
  readonly outline?: boolean;
  readonly outlineText?: string;
};

/** A figure and its unit stay on one line. */
function bindUnits(value: string): string {
  return value.replace(/(\d) (?=(?:%|ms|s|min|h|k?B|MB|GB|dB|[MGT]|points|个百分点)(?![A-Za-z]))/g, '$1\u00a0');
}

/** A text in as many fonts as it needs. */
function text(fonts: ReportFonts, value: string, props: TextProps = {}): ContentText {
  const pieces = fonts.split(bindUnits(value));
  const [only] = pieces;
  if (pieces.length <= 1 && (only === undefined || only.family === fonts.primary)) {
    return { text: only?.text ?? '', ...props };
  }
  return { text: pieces.map((piece) => ({ text: piece.text, font: piece.family })), ...props };
}

const breakAfter = /[/._:\-,;\\]/;

/** Breaks a word that is wider than its column: after a separator where there is one, else anywhere. */
function breakWord(fonts: ReportFonts, word: string, widthEm: number, bold: boolean): string {
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  let lastBreak = -1;
  for (const character of word) {
    const advance = fonts.measure(character, bold);
    if (lineWidth + advance > widthEm && line !== '') {
      // A break that leaves less than a third of the line is worse than one inside a name.
      const end = lastBreak > line.length / 3 ? lastBreak : line.length;
      lines.push(line.slice(0, end));
      line = line.slice(end);
      lineWidth = fonts.measure(line, bold);
      lastBreak = -1;
    }
    line += character;
    lineWidth += advance;
    if (breakAfter.test(character)) lastBreak = line.length;
  }
  return [...lines, line].join('\n');
}

/** pdfmake breaks lines between words only; what is left over would stick out of its column. */
function fitWords(fonts: ReportFonts, value: string, widthPt: number, sizePt: number, bold: boolean): string {
  const widthEm = widthPt / sizePt;
  // Two ems are the widest character there is: most texts need no measuring.
  if (value.length * 2 <= widthEm || fonts.measure(value, bold) <= widthEm) return value;
  return (
    value
      // Chinese breaks between any two characters, which pdfmake knows.
      .split(/( |(?<=[\u2e80-\u9fff\uff00-\uffef])|(?=[\u2e80-\u9fff\uff00-\uffef]))/)
      .map((word) => (fonts.measure(word, bold) > widthEm ? breakWord(fonts, word, widthEm, bold) : word))
      .join('')
  );
}

interface TableMetrics {
  readonly sizePt: number;
  readonly paddingX: number;
  readonly paddingY: number;
}

const tableMetrics: TableMetrics = { sizePt: tableSizePt, paddingX: 5, paddingY: 2.3 };
const denseMetrics: TableMetrics = { sizePt: denseSizePt, paddingX: 3.2, paddingY: 1.6 };

/** Columns as wide as their widest cell; the filling ones share what is left. */
function measureColumns(table: TableBlock, metrics: TableMetrics, { fonts, widthPt }: Setting): number[] {
  const available = widthPt - 2 * metrics.paddingX * table.columns.length;
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
    ...(column.align === 'right' && { alignment: 'right' as const, noWrap: true }),
    ...(tone !== 'plain' && { color: toneColors[tone] }),
    ...(bold && { bold: true }),
  };
  return text(fonts, fitWords(fonts, cell.text, widthPt, metrics.sizePt, bold), props);
}

function renderTable(table: TableBlock, setting: Setting): Content {
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
    paddingLeft: (column) => (column === 0 ? 0 : metrics.paddingX),
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

function renderChartBlock(chart: ChartBlock, { fonts, widthPt, nextChart }: Setting): Content {
  const svg = renderChart(chart, fonts.textMeasure, `chart${nextChart()}`);
  return {
    stack: [
      // pdfmake's SVG reader takes `title` and `desc` for content it does not know.
      { svg: svg.replace(/<title>.*?<\/desc>/s, ''), width: widthPt },
      ...(chart.note === undefined
        ? []
        : [text(fonts, chart.note, { fontSize: 7.5, color: colors.mutedInk, margin: [0, 2, 0, 0] })]),
    ],
    margin: [0, 2, 0, 10],
  };
}

function renderFigures(figures: readonly Figure[], { fonts }: Setting): Content {
  return {
    columns: figures.map((figure) => ({
      width: '*',
      stack: [
        text(fonts, figure.label, { fontSize: 8, color: colors.mutedInk }),
        text(fonts, figure.value, {
          fontSize: 19,
          bold: true,
          color: toneColors[figure.tone ?? 'plain'],
          margin: [0, -1, 0, -1],
        }),
        text(fonts, figure.detail, { fontSize: 8, color: colors.mutedInk }),
      ],
    })),
    columnGap: 16,
    margin: [0, 4, 0, 14],
  };
}

/** Two columns of label and text, without rules. */
function renderPairs(
  pairs: readonly { readonly label: string; readonly value: string; readonly code?: true }[],
  labelWidthPt: number,
  sizePt: number,
  bold: boolean,
  { fonts, widthPt }: Setting,
): Content {
  const valueWidth = widthPt - labelWidthPt - 10;
  return {
    table: {
      dontBreakRows: true,
      widths: [labelWidthPt, valueWidth],
      body: pairs.map(({ label, value }) => [
        text(
          fonts,
          fitWords(fonts, label, labelWidthPt, sizePt, bold),
          bold ? { bold: true } : { color: colors.mutedInk },
        ),
        text(fonts, fitWords(fonts, value, valueWidth, sizePt, false)),
      ]),
    },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      paddingLeft: () => 0,
      paddingRight: (column) => (column === 0 ? 10 : 0),
      paddingTop: () => (bold ? 2 : 1),
      paddingBottom: () => (bold ? 2 : 1),
    },
    fontSize: sizePt,
    margin: [0, 2, 0, 10],
  };
}

function renderBlock(block: Block, setting: Setting): Content {
  const { fonts } = setting;
  switch (block.kind) {
    case 'paragraph':
      return text(fonts, fitWords(fonts, block.text, setting.widthPt, bodySizePt, false), {
        color: toneColors[block.tone ?? 'plain'],
        margin: [0, 0, 0, 6],
      });
    case 'heading':
      return text(fonts, block.text, { bold: true, fontSize: 10, margin: [0, 6, 0, 4] });
    case 'verdict':
      return {
        table: {
          widths: [2.5, '*'],
          body: [
            [
              { text: '', fillColor: toneColors[block.tone] },
              {
                stack: block.lines.map((line, index) =>
                  text(fonts, line, { bold: index > 0, margin: [0, 0, 0, index < block.lines.length - 1 ? 4 : 0] }),
                ),
                fillColor: verdictSurfaces[block.tone],
                fontSize: 10,
              },
            ],
          ],
        },
        layout: {
          hLineWidth: () => 0,
          vLineWidth: () => 0,
          paddingLeft: (column) => (column === 0 ? 0 : 10),
          paddingRight: (column) => (column === 0 ? 0 : 10),
          paddingTop: () => 8,
          paddingBottom: () => 8,
        },
        margin: [0, 0, 0, 12],
      };
    case 'figures':
      return renderFigures(block.figures, setting);
    case 'facts':
      return renderPairs(block.facts, 82, 8, false, setting);
    case 'definitions':
      return renderPairs(
        block.items.map(([label, value]) => ({ label, value })),
        118,
        8,
        true,
        setting,
      );
    case 'list':
      return { ul: block.items.map((item) => text(fonts, item)), margin: [0, 0, 0, 8] };
    case 'table':
      return renderTable(block, setting);
    case 'chart':
      return renderChartBlock(block, setting);
    default:
      return assertNever(block);
  }
}

/** Blocks of up to this many rows stay on one page with the heading above them. */
const keptRows = 24;

function isKeptTogether(block: Block): boolean {
  return block.kind !== 'table' || block.rows.length <= keptRows;
}

/** A heading never stands alone at the foot of a page: it is held together with its text and the first chart or table. */
function renderSection(section: Section, setting: Setting, pageBreak: TextProps): Content[] {
  const { fonts } = setting;
  const heading = text(fonts, section.title, {
    fontSize: 13,
    bold: true,
    color: colors.ink,
    margin: [0, 10, 0, 5],
    outline: true,
    outlineText: section.title,
    ...pageBreak,
  });
  const firstBig = section.blocks.findIndex((block) => block.kind !== 'paragraph');
  const keptCount = firstBig === -1 ? section.blocks.length : firstBig + 1;
  const last = section.blocks[keptCount - 1];
  const canKeep = last !== undefined && isKeptTogether(last) && section.breakBefore !== true;
  const blocks = section.blocks.map((block) => renderBlock(block, setting));
  if (!canKeep) return [heading, ...blocks];
  return [{ unbreakable: true, stack: [heading, ...blocks.slice(0, keptCount)] }, ...blocks.slice(keptCount)];
}

function renderTitle(report: ReportDocument, { fonts, widthPt }: Setting): Content[] {
  return [
    text(fonts, report.kind, { fontSize: 9, bold: true, color: colors.after }),
    text(fonts, fitWords(fonts, report.title, widthPt, 22, true), { fontSize: 22, bold: true, margin: [0, 1, 0, 0] }),
    text(fonts, `${report.subtitle} · ${report.author}`, { fontSize: 9, color: colors.mutedInk, margin: [0, 1, 0, 8] }),
    {
      canvas: [{ type: 'line', x1: 0, y1: 0, x2: widthPt, y2: 0, lineWidth: 0.75, lineColor: colors.rule }],
      margin: [0, 0, 0, 2],
    },
  ];
}

/** Cuts a text to a width, with an ellipsis. */
function cutText(fonts: ReportFonts, value: string, widthPt: number, sizePt: number): string {
  if (fonts.measure(value, false) * sizePt <= widthPt) return value;
  let cut = value;
  while (cut !== '' && fonts.measure(`${cut}…`, false) * sizePt > widthPt) cut = Array.from(cut).slice(0, -1).join('');
  return `${cut}…`;
}

/**
 * Renders a report as PDF: vector text in embedded fonts, vector charts, bookmarks, repeated table heads, page numbers. The
 * same report gives the same bytes.
 */
export async function renderPdf(report: ReportDocument): Promise<Buffer> {
  const fonts = openFonts(report.language);
  const page = pageSizesPt[report.pageSize];
  let chartCount = 0;
  const nextChart = () => (chartCount += 1);
  const portrait: Setting = { fonts, widthPt: page.width - margin.left - margin.right, nextChart };
  const landscape: Setting = { fonts, widthPt: page.height - margin.left - margin.right, nextChart };

  const content: Content[] = renderTitle(report, portrait);
  let isWide = false;
  for (const [index, section] of report.sections.entries()) {
    const wide = section.wide === true;
    const turns = wide !== isWide;
    const pageBreak: TextProps =
      turns || (section.breakBefore === true && index > 0)
        ? { pageBreak: 'before', ...(turns && { pageOrientation: wide ? 'landscape' : 'portrait' }) }
        : {};
    const sectionContent = renderSection(section, wide ? landscape : portrait, pageBreak);
    content.push(...sectionContent);
    isWide = wide;
  }
  // The space behind the last table may not fit on its page: it would begin another, empty one.
  const last = content.at(-1) as { margin?: unknown };
  last.margin = [0, 2, 0, 0];

  pdfMake.setFonts(
    Object.fromEntries(
      Object.entries(fonts.files).map(([family, { regular, bold }]) => [family, { normal: regular, bold }]),
    ),
  );
  // Nothing but our own fonts is read, and nothing is fetched, whatever a name in a report looks like.
  const fontPaths = new Set(Object.values(fonts.files).flatMap(({ regular, bold }) => [regular, bold]));
  pdfMake.setUrlAccessPolicy(() => false);
  pdfMake.setLocalAccessPolicy((path) => fontPaths.has(path));

  const created = new Date(report.createdTimestampMs);
  const small = { fontSize: 7.5, color: colors.mutedInk };
  const definition: TDocumentDefinitions = {
    pageSize: report.pageSize.toUpperCase() as 'A4' | 'LETTER',
    pageMargins: [margin.left, margin.top, margin.right, margin.bottom],
    version: '1.7',
    language: report.language,
    displayTitle: true,
    info: {
      title: `${report.title} – ${report.kind}`,
      author: report.author,
      subject: report.subtitle,
      keywords: report.keywords.join(', '),
      creator: report.author,
      producer: 'pdfmake',
      // Of the run: the same run makes the same bytes at any later time.
      creationDate: created,
      modDate: created,
    },
    defaultStyle: {
      font: fonts.primary,
      fontSize: bodySizePt,
      color: colors.ink,
      lineHeight: report.language === 'zh-CN' ? 1.08 : 1.12,
    },
    content,
    header: (currentPage, _pageCount, pageSize) =>
      currentPage === 1
        ? ''
        : {
            columns: [
              text(
                fonts,
                cutText(
                  fonts,
                  `${report.title} – ${report.kind}`,
                  (pageSize.width - margin.left - margin.right) * 0.6,
                  7.5,
                ),
                {
                  ...small,
                  width: '*',
                },
              ),
              text(fonts, report.subtitle, { ...small, width: 'auto', alignment: 'right' }),
            ],
            margin: [margin.left, 26, margin.right, 0],
          },
    footer: (currentPage, pageCount) => ({
      columns: [
        text(fonts, report.author, { ...small, width: '*' }),
        text(fonts, report.labels.page(currentPage, pageCount), { ...small, width: 'auto', alignment: 'right' }),
      ],
      margin: [margin.left, 14, margin.right, 0],
    }),
  };
  return pdfMake.createPdf(definition).getBuffer();
}
