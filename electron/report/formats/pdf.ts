import { createRequire } from 'node:module';
import type * as pdfMakeTypes from 'pdfmake';
import type { Content, TCreatedPdf } from 'pdfmake';
import { openFonts } from './fonts.ts';
import { bodySizePt, renderBlock } from './pdf-blocks.ts';
import { layOutLongTable } from './pdf-long-table.ts';
import {
  footerGapPt,
  footerOf,
  headerOf,
  headerTopPt,
  margin,
  pageSizesPt,
  runningSizePt,
  type RunningText,
} from './pdf-page.ts';
import type { RenderedBlock } from './pdf-rows.ts';
import { colors, fitWords, text, type Setting } from './pdf-text.ts';
import type { ReportDocument, Section } from '../report-document.ts';

type TDocumentDefinitions = Parameters<typeof pdfMakeTypes.createPdf>[0];
type TFontDictionary = Parameters<typeof pdfMakeTypes.setFonts>[0];

interface PdfMake {
  setFonts(fonts: TFontDictionary): void;
  setUrlAccessPolicy(callback: (url: string) => boolean): void;
  setLocalAccessPolicy(callback: (path: string) => boolean): void;
  createPdf(document: TDocumentDefinitions, options: { readonly fontLayoutCache: boolean }): TCreatedPdf;
}

// pdfmake is CommonJS whose exports are found only at run time; its types describe them as named exports of a module.
const pdfMake = createRequire(import.meta.url)('pdfmake') as PdfMake;

/** Line height as a multiple of the font's own. */
const leads = { en: 1.12, 'zh-CN': 1.08 } as const;

/**
 * What leads to a block stays on one page with it: with all of a block that cannot be parted, with the first rows of others.
 * For those it takes the space they need as well, and gives it back.
 */
function joinLead(lead: readonly Content[], { content, openingPt }: RenderedBlock): Content[] {
  if (lead.length === 0) return [content];
  if (openingPt === null) return [{ unbreakable: true, stack: [...lead, content] }];
  const space: Content = { text: '', fontSize: 0, margin: [0, 0, 0, openingPt] };
  return [
    { unbreakable: true, stack: [...lead, space] },
    { stack: [content], margin: [0, -openingPt, 0, 0] },
  ];
}

function renderSection(section: Section, setting: Setting): Content[] {
  const title = text(setting.fonts, section.title, {
    fontSize: 13,
    bold: true,
    color: colors.ink,
    margin: [0, 10, 0, 5],
    outline: true,
    outlineText: section.title,
  });
  const contents: Content[] = [];
  /** Title, heading and the text below it, until what they lead to. */
  let lead: Content[] = [title];
  for (const block of section.blocks) {
    const rendered = renderBlock(block, setting);
    if (block.kind === 'heading' || (block.kind === 'paragraph' && lead.length > 0)) {
      lead.push(rendered.content);
    } else {
      contents.push(...joinLead(lead, rendered));
      lead = [];
    }
  }
  return lead.length === 0 ? contents : [...contents, { unbreakable: true, stack: lead }];
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

/** The space behind the last block may not fit on its page: it would begin another, empty one. */
function dropSpaceBehind(content: Content): void {
  const node = content as { stack?: Content[]; margin: [number, number, number, number] };
  if (node.stack === undefined) node.margin[3] = 0;
  else dropSpaceBehind(node.stack.at(-1)!);
}

/** Both ends of a line, at the head or the foot of a page. */
function renderRunning({ left, right }: RunningText, topPt: number, { fonts }: Setting): Content {
  const small = { fontSize: runningSizePt, color: colors.mutedInk };
  return {
    columns: [
      text(fonts, left, { ...small, width: '*' }),
      text(fonts, right, { ...small, width: 'auto', alignment: 'right' }),
    ],
    margin: [margin.left, topPt, margin.right, 0],
  };
}

async function readAll(document: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  document.end();
  for await (const chunk of document) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Renders a report as PDF: vector text in embedded fonts, vector charts, bookmarks, repeated table heads, page numbers. The
 * same report gives the same bytes.
 */
export async function renderPdf(report: ReportDocument): Promise<Buffer> {
  const fonts = openFonts(report.language);
  const page = pageSizesPt[report.pageSize];
  const lead = leads[report.language];
  let chartCount = 0;
  const nextChart = () => (chartCount += 1);
  const portrait: Setting = { fonts, widthPt: page.width - margin.left - margin.right, lead, nextChart };
  const landscape: Setting = { fonts, widthPt: page.height - margin.left - margin.right, lead, nextChart };

  const content: Content[] = [
    ...renderTitle(report, portrait),
    ...report.sections.flatMap((section) => renderSection(section, portrait)),
  ];
  dropSpaceBehind(content.at(-1)!);
  const turnedPage = { width: page.height, height: page.width };
  const longTable = report.longTable === null ? null : layOutLongTable(report, report.longTable, landscape, turnedPage);
  const longPages = longTable?.pageCount ?? 0;

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
  let laidOutPages = 0;
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
    defaultStyle: { font: fonts.primary, fontSize: bodySizePt, color: colors.ink, lineHeight: lead },
    content,
    header: (currentPage, _pageCount, { width }) =>
      currentPage === 1 ? '' : renderRunning(headerOf(report, fonts, width), headerTopPt, portrait),
    footer: (currentPage, pageCount) => {
      laidOutPages = pageCount;
      return renderRunning(footerOf(report, currentPage, pageCount + longPages), footerGapPt, portrait);
    },
  };
  // Glyphs of every text that was ever measured would be kept.
  const document = await pdfMake.createPdf(definition, { fontLayoutCache: false }).getStream();
  await longTable?.draw(document, laidOutPages + 1, laidOutPages + longPages);
  return readAll(document);
}
