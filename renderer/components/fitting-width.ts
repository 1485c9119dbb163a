import { cellText } from './page-markdown.ts';
import type { TableColumn } from './table-column.ts';

const paddingPx = 16;
const sortMarkPx = 14;

function fontOf(element: Element): string {
  const { fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(element);
  return `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
}

/** How wide a column has to be for all that is in it, drawn or not. @param edge in its header. */
export function fittingWidth<Row>(edge: HTMLElement, column: TableColumn<Row>, rows: readonly Row[]): number {
  const head = edge.closest('[role=columnheader]')!;
  const place = [...head.parentElement!.children].indexOf(head);
  const contents = [...(edge.closest('[role=grid], [role=treegrid]')?.querySelectorAll('[role=rowgroup] > [role=row]') ?? [])]
    .flatMap((row) => [...(row.children[place]?.querySelectorAll<HTMLElement>('[data-content]') ?? [])]); // prettier-ignore
  const context = document.createElement('canvas').getContext('2d');
  let widest = 0;
  if (context !== null) {
    context.font = fontOf(head);
    widest = context.measureText(column.header).width + (column.sortable === false ? 0 : sortMarkPx);
    const [first] = contents;
    if (first !== undefined) {
      context.font = fontOf(first);
      for (const row of rows) widest = Math.max(widest, context.measureText(cellText(column, row)).width);
    }
  }
  // What components draw, and what stands before it, has a width of its own.
  for (const content of contents) {
    const indent = content.offsetLeft - paddingPx / 2;
    widest = Math.max(widest, content.scrollWidth + Math.max(0, content.dataset['content'] === 'start' ? indent : 0));
  }
  return Math.ceil(widest) + paddingPx;
}
