import { assertNever } from '../../../shared/app-error.ts';
import { escapeMarkdown, markdownTable } from '../../../shared/escape-markdown.ts';
import {
  allSections,
  toCell,
  type Block,
  type ReportDocument,
  type Section,
  type TableBlock,
} from '../report-document.ts';

const toneMarks = { good: '✅ ', bad: '❌ ', warning: '⚠️ ' } as const;

/** A comment on a pull request may hold 65,536 characters: a longer table is cut, and says so. */
const maxRows = 200;

function renderTable(table: TableBlock, moreRows: (count: number) => string): string {
  const shown = table.rows.slice(0, maxRows);
  const text = markdownTable(
    table.columns.map((column) => escapeMarkdown(column.title)),
    shown.map((cells) =>
      table.columns.map((_, index) => {
        const cell = toCell(cells[index] ?? '');
        const text = escapeMarkdown(cell.text);
        return cell.strong === true && text !== '' ? `**${text}**` : text;
      }),
    ),
    table.columns.map((column) => column.align === 'right'),
  );
  const left = table.rows.length - shown.length;
  return left === 0 ? text : `${text}\n\n${moreRows(left)}`;
}

function renderBlock(block: Block, moreRows: (count: number) => string): string {
  switch (block.kind) {
    case 'paragraph':
      return escapeMarkdown(block.text);
    case 'heading':
      return `#### ${escapeMarkdown(block.text)}`;
    case 'verdict':
      return [
        ...(block.title === undefined ? [] : [`> ${toneMarks[block.tone]}**${escapeMarkdown(block.title)}**`]),
        ...block.lines.map((line, index) => {
          const text = escapeMarkdown(line);
          return `> ${index === block.lines.length - 1 ? `${block.title === undefined ? toneMarks[block.tone] : ''}**${text}**` : text}`;
        }),
      ].join('\n>\n');
    case 'figures':
      return block.figures
        .map(({ label, value, detail, tone = 'plain' }) => {
          const mark = tone === 'good' || tone === 'bad' || tone === 'warning' ? toneMarks[tone] : '';
          return `- ${mark}${escapeMarkdown(label)}: **${escapeMarkdown(value)}**, ${escapeMarkdown(detail)}`;
        })
        .join('\n');
    case 'facts':
      return block.facts
        .map(({ label, value, code }) => {
          const text = code === true && !value.includes('`') ? `\`${value}\`` : escapeMarkdown(value);
          return label === '' ? `  ${text}` : `- ${escapeMarkdown(label)}: ${text}`;
        })
        .join('\n');
    case 'definitions':
      return block.items.map(([term, text]) => `- **${escapeMarkdown(term)}**: ${escapeMarkdown(text)}`).join('\n');
    case 'list':
      return block.items.map((item) => `- ${escapeMarkdown(item)}`).join('\n');
    case 'table':
      return renderTable(block, moreRows);
    case 'chart':
      return '';
    default:
      return assertNever(block);
  }
}

/** What a reviewer wants to see at once; the rest is one click away, and reference matter stays in the other formats. */
const openSections = new Set(['summary', 'ledger', 'accuracy', 'comparison', 'comparability']);
const leftOut = new Set(['method', 'recipe', 'layer-quality']);

function renderSection(section: Section, moreRows: (count: number) => string): string {
  const isOpen = openSections.has(section.id);
  const hasTable = section.blocks.some((block) => block.kind === 'table');
  const blocks = section.blocks
    // Definitions would push the table they belong to out of sight.
    .filter((block) => !isOpen || (block.kind !== 'definitions' && block.kind !== 'facts'))
    // Without a table the chart is the section: what it shows is said in words.
    .map((block) =>
      block.kind === 'chart' && !hasTable ? escapeMarkdown(block.description) : renderBlock(block, moreRows),
    )
    .filter((text) => text !== '');
  if (blocks.length === 0) return '';
  const body = blocks.join('\n\n');
  if (section.id === 'summary') return body;
  if (isOpen) return `### ${escapeMarkdown(section.title)}\n\n${body}`;
  return `<details>\n<summary>${escapeMarkdown(section.title)}</summary>\n\n${body}\n\n</details>`;
}

/** Renders a report as GitHub-flavoured Markdown for a pull request. */
export function renderMarkdown(report: ReportDocument): string {
  const moreRows = (count: number) => report.labels.moreRows(count);
  const sections = allSections(report)
    .filter((section) => !leftOut.has(section.id))
    .map((section) => renderSection(section, moreRows))
    .filter((text) => text !== '');
  return [
    `## ${escapeMarkdown(report.title)} – ${escapeMarkdown(report.kind)}`,
    ...sections,
    `<sub>${escapeMarkdown(report.subtitle)} · ${escapeMarkdown(report.author)}</sub>`,
    '',
  ].join('\n\n');
}
