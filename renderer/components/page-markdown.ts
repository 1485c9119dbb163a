import { Fragment, isValidElement, type ReactNode } from 'react';
import { escapeMarkdown, markdownTable } from '../../shared/escape-markdown.ts';
import type { TableColumn } from './table-column.ts';

/*
 * The view on screen as Markdown, read from the page itself: every view has it, in its language, with what is filtered and sorted as
 * it is shown. Tables draw only the rows in view, so they leave here how the whole of them is written.
 */

const writers = new WeakMap<Element, () => string>();

/** @returns for a ref of the element with `role="grid"`. */
export function writeGridWith(element: Element, write: () => string): void {
  writers.set(element, write);
}

/** Rows of one table; more help nobody in a comment or a chat. */
const mostRows = 500;

/** What is drawn where that is text; null where a component decides. */
function textOfNode(node: ReactNode): string | null {
  if (node === null || node === undefined || typeof node === 'boolean') return '';
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) {
    const parts = node.map((part) => textOfNode(part as ReactNode));
    return parts.includes(null) ? null : parts.join('');
  }
  if (!isValidElement<{ readonly children?: ReactNode }>(node)) return null;
  return typeof node.type === 'string' || node.type === Fragment ? textOfNode(node.props.children) : null;
}

/** What a cell says, where a component draws it, too. */
export function cellText<Row>(column: TableColumn<Row>, row: Row): string {
  const drawn = column.shown?.(row) ?? textOfNode(column.render?.(row) ?? null);
  return drawn === null || drawn === '' ? (column.text?.(row) ?? String(column.value(row) ?? '')) : drawn;
}

/** Columns that say nothing, as those of stars that nobody gave, are left out. */
export function writeRows<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const texts = rows.slice(0, mostRows).map((row) => columns.map((column) => escapeMarkdown(cellText(column, row))));
  const kept = [...columns.keys()].filter((index) => texts.some((cells) => cells[index] !== ''));
  const table = markdownTable(
    kept.map((index) => escapeMarkdown(columns[index]!.header)),
    texts.map((cells) => kept.map((index) => cells[index]!)),
    kept.map((index) => columns[index]!.align === 'end'),
  );
  return rows.length > mostRows ? `${table}\n\n… ${rows.length - mostRows}` : table;
}

/** What is there to act on, and what only helps to see. */
const passedOver =
  'input, textarea, select, svg, canvas:not([role=img]), nav, .mantine-Button-root, .mantine-Switch-root, [aria-hidden=true], [role=tablist], [role=radiogroup], [role=toolbar], [data-uncopied]';

function isPassedOver(element: Element): boolean {
  if (element.matches(passedOver) || !element.checkVisibility()) return true;
  // Terms with a definition and titles of charts are buttons for the keyboard alone; others do something.
  return element.matches('button') && !element.matches('[data-term]');
}

/** Stands between what is drawn on lines of its own. */
const lineEnd = '\n';

function linesIn(element: Element): string {
  let text = '';
  for (const child of element.childNodes) {
    // Line breaks of the source are spaces.
    if (child instanceof Text) text += child.data.replace(/\s+/g, ' ');
    else if (child instanceof HTMLElement && !isPassedOver(child)) {
      const isInline = getComputedStyle(child).display.startsWith('inline');
      text += isInline ? linesIn(child) : `${lineEnd}${linesIn(child)}${lineEnd}`;
    }
  }
  return text;
}

function lineOf(element: Element): string {
  const parts = linesIn(element).split(lineEnd).map((part) => part.trim()); // prettier-ignore
  return escapeMarkdown(parts.filter((part) => part !== '').join(' · '));
}

function tableOf(table: HTMLTableElement): string {
  const cells = (row: HTMLTableRowElement) => [...row.cells].map((cell) => lineOf(cell));
  const [head, ...rows] = [...table.rows];
  if (head === undefined) return '';
  return markdownTable(
    cells(head),
    rows.map(cells),
    [...head.cells].map((cell) => getComputedStyle(cell).textAlign === 'end'),
  );
}

function factsOf(list: Element): string {
  const lines: string[] = [];
  for (const child of list.querySelectorAll('dt, dd')) {
    const text = lineOf(child);
    if (child.matches('dt')) lines.push(`- ${text}`);
    else if (text !== '') lines.push(`${lines.pop() ?? '-'}: ${text}`);
  }
  return lines.join('\n');
}

function blockOf(element: Element): string | null {
  const write = writers.get(element);
  if (write !== undefined) return write();
  if (/^H[1-4]$/.test(element.tagName)) return `${'#'.repeat(Number(element.tagName[1]))} ${lineOf(element)}`;
  if (element instanceof HTMLTableElement) return tableOf(element);
  if (element.matches('dl')) return factsOf(element);
  if (element.matches('ul, ol')) return [...element.children].map((item) => `- ${lineOf(item)}`).join('\n');
  if (element.matches('figcaption')) return `### ${lineOf(element)}`;
  if (element.matches('[role=img]')) {
    return escapeMarkdown(element.closest<HTMLElement>('[data-summary]')?.dataset['summary'] ?? '');
  }
  if (element.matches('p')) return lineOf(element);
  if (element.matches('[data-line]')) return `- ${lineOf(element)}`;
  if (element.matches('[data-markdown]')) return (element as HTMLElement).dataset['markdown'] ?? '';
  return null;
}

function gather(element: Element, blocks: string[]): void {
  for (const child of element.children) {
    if (!(child instanceof HTMLElement) || isPassedOver(child)) continue;
    const block = blockOf(child);
    const isLeaf =
      block === null && [...child.childNodes].some((node) => node instanceof Text && node.data.trim() !== '');
    if (block !== null) blocks.push(block);
    else if (isLeaf) blocks.push(lineOf(child));
    else gather(child, blocks);
  }
}

/** @param address where the view can be seen again. */
export function pageAsMarkdown(main: Element, address: string): string {
  const blocks: string[] = [];
  gather(main, blocks);
  const isItem = (block: string): boolean => block.startsWith('- ');
  const text = blocks
    .filter((block) => block.trim() !== '')
    .reduce((before, block, index, all) => {
      const between = index === 0 ? '' : isItem(block) && isItem(all[index - 1]!) ? '\n' : '\n\n';
      return before + between + block;
    }, '');
  return `${text}\n\n<${address}>\n`;
}
