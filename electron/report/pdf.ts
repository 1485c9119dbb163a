import { createRequire } from 'node:module';
import type * as pdfMakeTypes from 'pdfmake';
import type { Content, TCreatedPdf } from 'pdfmake';
import { openFonts } from './fonts.ts';
import { bodySizePt, renderBlock } from './pdf-blocks.ts';
import { colors, cutText, fitWords, text, type Setting, type TextProps } from './pdf-text.ts';
import type { Block, ReportDocument, Section } from './report-document.ts';

type TDocumentDefinitions = Parameters<typeof pdfMakeTypes.createPdf>[0];
type TFontDictionary = Parameters<typeof pdfMakeTypes.setFonts>[0];

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

/** Blocks of up to this many rows stay on one page with the heading above them. */
const keptRows = 24;

function isKeptTogether(block: Block): boolean {
  return block.kind !== 'table' || block.rows.length <= keptRows;
}

/** Of a long list of facts its heading needs the beginning by its side; the rest may go over the page. */
const leadingFacts = 6;

function splitFacts(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block): Block[] => {
    if (block.kind !== 'facts' || block.facts.length <= leadingFacts) return [block];
    return [
      { kind: 'facts', facts: block.facts.slice(0, leadingFacts), continued: true },
      { kind: 'facts', facts: block.facts.slice(leadingFacts) },
    ];
  });
}

/** A heading inside a section and what it heads stay on one page. */
function keepHeadings(blocks: readonly Block[], setting: Setting): Content[] {
  const contents: Content[] = [];
  for (const [index, block] of blocks.entries()) {
    const above = blocks[index - 1];
    const content = renderBlock(block, setting);
    if (above?.kind === 'heading') contents.push({ unbreakable: true, stack: [contents.pop()!, content] });
    else contents.push(content);
  }
  return contents;
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
  const parts = splitFacts(section.blocks);
  const firstBig = parts.findIndex((block) => block.kind !== 'paragraph' && block.kind !== 'heading');
  const keptCount = firstBig === -1 ? parts.length : firstBig + 1;
  const last = parts[keptCount - 1];
  const render = (from: number, to?: number) => keepHeadings(parts.slice(from, to), setting);
  if (section.breakBefore === true || last === undefined) return [heading, ...render(0)];
  // A table too long for any page begins at the top of one.
  if (!isKeptTogether(last)) return [{ ...heading, pageBreak: 'before' }, ...render(0)];
  return [{ unbreakable: true, stack: [heading, ...render(0, keptCount)] }, ...render(keptCount)];
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
