import type { Content } from 'pdfmake';
import { assertNever } from '../../../shared/app-error.ts';
import { renderChart } from './chart-svg.ts';
import { bindEnds, measureOpening, outerLayout, type RenderedBlock, type RowsLayout } from './pdf-rows.ts';
import { renderTable } from './pdf-table.ts';
import { colors, fitWords, text, toneColors, type Setting } from './pdf-text.ts';
import type { Block, ChartBlock, Figure } from '../report-document.ts';

export const bodySizePt = 9;
const verdictSurfaces = { good: '#eaf2fa', bad: '#fbeee8', warning: '#fbf4e3' } as const;

function renderChartBlock(chart: ChartBlock, { fonts, widthPt, nextChart }: Setting): Content {
  const svg = renderChart(chart, fonts.textMeasure, `chart${nextChart()}`);
  return {
    stack: [
      // pdfmake's SVG reader takes `title` and `desc` for content it does not know; its fonts are the ones measured with.
      { svg: svg.replace(/<title>.*?<\/desc>| textLength="[^"]*" lengthAdjust="[^"]*"/gs, ''), width: widthPt },
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

interface Pair {
  readonly label: string;
  readonly value: string;
}

/** What has no label of its own says more of what stands above it. */
function joinUnlabelled(pairs: readonly Pair[]): Pair[] {
  const joined: Pair[] = [];
  for (const pair of pairs) {
    const above = pair.label === '' ? joined.pop() : undefined;
    joined.push(above === undefined ? pair : { label: above.label, value: `${above.value}\n${pair.value}` });
  }
  return joined;
}

/** Two columns of label and text, without rules. */
function renderPairs(
  pairs: readonly Pair[],
  labelWidthPt: number,
  sizePt: number,
  bold: boolean,
  setting: Setting,
): RenderedBlock {
  const { fonts, widthPt } = setting;
  const valueWidth = widthPt - labelWidthPt - 10;
  const layout: RowsLayout = {
    sizePt,
    widths: [labelWidthPt, valueWidth],
    paddingLeft: () => 0,
    paddingRight: (column) => (column === 0 ? 10 : 0),
    paddingY: bold ? 2 : 1,
    lineWidthPt: 0,
    lineColor: colors.grid,
  };
  const rows = pairs.map(({ label, value }) => [
    text(fonts, fitWords(fonts, label, labelWidthPt, sizePt, bold), bold ? { bold: true } : { color: colors.mutedInk }),
    text(fonts, fitWords(fonts, value, valueWidth, sizePt, false)),
  ]);
  const content: Content = {
    table: { dontBreakRows: true, widths: [labelWidthPt, valueWidth], body: bindEnds(rows, layout) },
    layout: outerLayout(layout, 0),
    fontSize: sizePt,
    margin: [0, 2, 0, 10],
  };
  const texts = pairs.map(({ label, value }) => [
    { text: label, bold },
    { text: value, bold: false },
  ]);
  return { content, openingPt: measureOpening(null, texts, layout, setting) };
}

function renderWhole(block: Exclude<Block, { kind: 'facts' | 'definitions' | 'table' }>, setting: Setting): Content {
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
        unbreakable: true,
        table: {
          widths: [2.5, '*'],
          body: [
            [
              { text: '', fillColor: toneColors[block.tone] },
              {
                stack: [
                  ...(block.title === undefined
                    ? []
                    : [
                        text(fonts, block.title, {
                          bold: true,
                          fontSize: 16,
                          color: toneColors[block.tone],
                          margin: [0, 0, 0, 4],
                        }),
                      ]),
                  ...block.lines.map((line, index) =>
                    text(fonts, fitWords(fonts, line, setting.widthPt - 24, 10, index > 0), {
                      bold: index > 0,
                      margin: [0, 0, 0, index < block.lines.length - 1 ? 4 : 0],
                    }),
                  ),
                ],
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
    case 'list':
      return { ul: block.items.map((item) => text(fonts, item)), margin: [0, 0, 0, 8] };
    case 'chart':
      return renderChartBlock(block, setting);
    default:
      return assertNever(block);
  }
}

export function renderBlock(block: Block, setting: Setting): RenderedBlock {
  switch (block.kind) {
    case 'table':
      return renderTable(block, setting);
    case 'facts':
      return renderPairs(joinUnlabelled(block.facts), 82, 8, false, setting);
    case 'definitions': {
      const pairs = block.items.map(([label, value]) => ({ label, value }));
      return renderPairs(pairs, 118, 8, true, setting);
    }
    default:
      return { content: renderWhole(block, setting), openingPt: null };
  }
}
