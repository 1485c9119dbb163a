import { darkChartColors, lightChartColors, type ChartColors } from '../../../shared/charts/chart-style.ts';
import { assertNever } from '../../../shared/app-error.ts';
import { renderChart } from './chart-svg.ts';
import { openFonts, type ReportFonts } from './fonts.ts';
import {
  allSections,
  toCell,
  type Block,
  type ReportDocument,
  type Section,
  type TableBlock,
} from '../report-document.ts';
import { escapeXml } from './escape-xml.ts';

/** Colours of charts become CSS variables, so that they follow the reader's light or dark setting. */
function colorVariables(colors: ChartColors): string {
  const { parts, errors, ...single } = colors;
  return [
    ...Object.entries(single).map(([name, value]) => `--${name}:${value}`),
    ...parts.map((value, index) => `--part${index}:${value}`),
    ...errors.map((value, index) => `--error${index}:${value}`),
  ].join(';');
}

function useVariables(svg: string): string {
  const { parts, errors, ...single } = lightChartColors;
  const names = new Map<string, string>([
    ...Object.entries(single).map(([name, value]): [string, string] => [value, name]),
    ...parts.map((value, index): [string, string] => [value, `part${index}`]),
    ...errors.map((value, index): [string, string] => [value, `error${index}`]),
  ]);
  return svg.replace(/(fill|stroke)="(#[0-9a-f]{6})"/g, (whole, kind: string, color: string) => {
    const name = names.get(color);
    return name === undefined ? whole : `${kind}="var(--${name})"`;
  });
}

const styleSheet = `
:root{color-scheme:light dark;${colorVariables(lightChartColors)};--rule:#c9d0d8;--soft:#f4f6f8;--good:${lightChartColors.after};--bad:#a8320a;--warning:#8a5a00;--good-soft:#eaf2fa;--bad-soft:#fbeee8;--warning-soft:#fbf4e3}
@media screen and (prefers-color-scheme:dark){:root{${colorVariables(darkChartColors)};--rule:#3d4856;--soft:#1d242c;--good:${darkChartColors.after};--bad:#f08a5d;--warning:#e0b455;--good-soft:#152a3d;--bad-soft:#3a2017;--warning-soft:#352a12}}
*{box-sizing:border-box}
body{margin:0;background:var(--surface);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",sans-serif}
main,header{max-width:60rem;margin:0 auto;padding:0 1.5rem}
header{padding-top:2.5rem;border-bottom:0}
header p{margin:0}
.kind{color:var(--after);font-weight:600}
h1{font-size:2rem;line-height:1.2;margin:.1rem 0 .2rem;overflow-wrap:anywhere}
.subtitle,.muted{color:var(--mutedInk)}
nav{border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);margin:1.25rem 0 0;padding:.5rem 0;font-size:.85rem;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem}
nav a{color:var(--after);text-decoration:none}
nav a:hover{text-decoration:underline}
section{margin:2.2rem 0;scroll-margin-top:1rem}
h2{font-size:1.25rem;margin:0 0 .6rem}
h3{font-size:1rem;margin:1rem 0 .4rem}
summary{cursor:pointer}
summary h2{display:inline}
details[open] summary{margin-bottom:.6rem}
p{margin:.5rem 0;max-width:48rem}
.good{color:var(--good)}.bad{color:var(--bad)}.warning{color:var(--warning)}
.verdict{border-left:4px solid;padding:.8rem 1.1rem;border-radius:0 4px 4px 0}
.verdict.good{background:var(--good-soft)}.verdict.bad{background:var(--bad-soft)}.verdict.warning{background:var(--warning-soft)}
.verdict p{color:var(--ink);margin:.15rem 0;max-width:none}
.verdict p:last-child{font-weight:600}
.verdict .decision{font-size:1.5rem;font-weight:600;line-height:1.2}
.verdict .decision.good{color:var(--good)}.verdict .decision.bad{color:var(--bad)}.verdict .decision.warning{color:var(--warning)}
.figures{display:flex;flex-wrap:wrap;gap:1rem 3.5rem;margin:1.2rem 0;padding:0}
.figures div{display:flex;flex-direction:column}
.figures dt,.figures .detail{color:var(--mutedInk);font-size:.85rem}
.figures dd{margin:0}
.figures .value{font-size:2rem;font-weight:600;line-height:1.2}
.scroll{overflow-x:auto;margin:.8rem 0}
table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums}
th{text-align:left;color:var(--mutedInk);font-weight:600;border-bottom:1px solid var(--before);vertical-align:bottom;background:var(--surface)}
th,td{padding:.3rem .6rem}
th:first-child,td:first-child{padding-left:0}
th:last-child,td:last-child{padding-right:0}
td{border-bottom:1px solid var(--grid);vertical-align:top}
tbody tr:last-child td{border-bottom-color:var(--before)}
.number{text-align:right;white-space:nowrap}
.code{overflow-wrap:anywhere}
th.number{white-space:normal}
.code,.text{min-width:10rem}
.dense{font-size:.78rem}
.dense th,.dense td{padding:.15rem .45rem}
.dense td:not(.code):not(.text){white-space:nowrap}
.strong{font-weight:600}
.pairs{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.2rem 1.2rem;margin:.8rem 0;font-size:.875rem}
.pairs dt{color:var(--mutedInk)}
.pairs.definitions dt{color:var(--ink);font-weight:600}
.pairs dd{margin:0;overflow-wrap:anywhere}
figure{margin:1rem 0}
figure svg{width:100%;height:auto;max-width:51rem;display:block}
figure text{font-family:inherit}
figcaption{color:var(--mutedInk);font-size:.8rem}
@media (max-width:40rem){.pairs{grid-template-columns:1fr;gap:0}.pairs dd{margin-bottom:.5rem}main,header{padding:0 1rem}header{padding-top:1.5rem}}
footer{max-width:60rem;margin:0 auto;padding:1rem 1.5rem 2.5rem;color:var(--mutedInk);font-size:.85rem}
@media print{
@page{margin:16mm 15mm}
body{font-size:9.5pt}
main,header,footer{max-width:none;padding:0}
nav{display:none}
section{margin:1.2rem 0}
h2,summary,h2+p{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
figure,.verdict,.figures,tr{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
.dense{font-size:6.5pt}
.dense th,.dense td{padding:.1rem .25rem}
.dense .code{min-width:9rem}.dense .text{min-width:6rem}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
}`.trim();

function renderTable(table: TableBlock): string {
  const classOf = (index: number, extra = ''): string => {
    const column = table.columns[index]!;
    const classes = [
      column.align === 'right' ? 'number' : '',
      column.code === true ? 'code' : column.fill !== undefined ? 'text' : '',
      extra,
    ].filter((name) => name !== '');
    return classes.length === 0 ? '' : ` class="${classes.join(' ')}"`;
  };
  const head = table.columns.map((column, index) => `<th scope="col"${classOf(index)}>${escapeXml(column.title)}</th>`);
  const rows = table.rows.map((row) => {
    const cells = table.columns.map((_, index) => {
      const cell = toCell(row[index] ?? '');
      const extra = [
        cell.tone === undefined || cell.tone === 'plain' ? '' : cell.tone,
        cell.strong === true ? 'strong' : '',
      ]
        .filter((name) => name !== '')
        .join(' ');
      return `<td${classOf(index, extra)}>${escapeXml(cell.text)}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  return (
    `<div class="scroll" tabindex="0"><table${table.dense === true ? ' class="dense"' : ''}><thead><tr>${head.join('')}</tr></thead>` +
    `<tbody>\n${rows.join('\n')}\n</tbody></table></div>`
  );
}

function renderPairs(pairs: readonly (readonly [string, string])[], definitions: boolean): string {
  const rows = pairs.map(([term, value]) => `<dt>${escapeXml(term)}</dt><dd>${escapeXml(value)}</dd>`);
  return `<dl class="pairs${definitions ? ' definitions' : ''}">${rows.join('\n')}</dl>`;
}

function renderBlock(block: Block, fonts: ReportFonts, nextChart: () => number): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p${block.tone === undefined || block.tone === 'plain' ? '' : ` class="${block.tone}"`}>${escapeXml(block.text)}</p>`;
    case 'heading':
      return `<h3>${escapeXml(block.text)}</h3>`;
    case 'verdict':
      return `<div class="verdict ${block.tone}">${block.title === undefined ? '' : `<p class="decision ${block.tone}">${escapeXml(block.title)}</p>`}${block.lines.map((line) => `<p>${escapeXml(line)}</p>`).join('')}</div>`;
    case 'figures': {
      const figures = block.figures.map(
        ({ label, value, detail, tone }) =>
          `<div><dt>${escapeXml(label)}</dt><dd class="value ${tone ?? 'plain'}">${escapeXml(value)}</dd><dd class="detail">${escapeXml(detail)}</dd></div>`,
      );
      return `<dl class="figures">${figures.join('')}</dl>`;
    }
    case 'facts':
      return renderPairs(
        block.facts.map(({ label, value }) => [label, value]),
        false,
      );
    case 'definitions':
      return renderPairs(block.items, true);
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escapeXml(item)}</li>`).join('')}</ul>`;
    case 'table':
      return renderTable(block);
    case 'chart': {
      const svg = useVariables(renderChart(block, fonts.textMeasure, `chart${nextChart()}`));
      const note = block.note === undefined ? '' : `<figcaption>${escapeXml(block.note)}</figcaption>`;
      return `<figure>${svg}${note}</figure>`;
    }
    default:
      return assertNever(block);
  }
}

function renderSection(section: Section, fonts: ReportFonts, nextChart: () => number): string {
  const blocks = section.blocks.map((block) => renderBlock(block, fonts, nextChart)).join('\n');
  const title = `<h2>${escapeXml(section.title)}</h2>`;
  const body =
    section.collapsed === true ? `<details><summary>${title}</summary>\n${blocks}\n</details>` : `${title}\n${blocks}`;
  return `<section id="${section.id}">${body}</section>`;
}

/** Renders a report as one HTML file that needs nothing else: no network, no scripts, light or dark, fit to print. */
export function renderHtml(report: ReportDocument): string {
  const fonts = openFonts(report.language);
  let chartCount = 0;
  const nextChart = () => (chartCount += 1);
  const contents = allSections(report).map((section) => `<a href="#${section.id}">${escapeXml(section.title)}</a>`);
  return `<!doctype html>
<html lang="${report.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${escapeXml(report.author)}">
<meta name="date" content="${new Date(report.createdTimestampMs).toISOString()}">
<title>${escapeXml(report.title)} – ${escapeXml(report.kind)}</title>
<style>
${styleSheet}
</style>
</head>
<body>
<header>
<p class="kind">${escapeXml(report.kind)}</p>
<h1>${escapeXml(report.title)}</h1>
<p class="subtitle">${escapeXml(report.subtitle)} · ${escapeXml(report.author)}</p>
<nav aria-label="${escapeXml(report.labels.contents)}">${contents.join('\n')}</nav>
</header>
<main>
${allSections(report)
  .map((section) => renderSection(section, fonts, nextChart))
  .join('\n')}
</main>
<footer>${escapeXml(report.author)} · ${escapeXml(report.subtitle)}</footer>
</body>
</html>
`;
}
