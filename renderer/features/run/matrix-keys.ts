import type { KeyboardEvent } from 'react';

/** Where a key leads from a cell of a matrix of so many rows and columns; null where it leads nowhere. */
export function cellTowards(
  key: string,
  [row, column]: readonly [row: number, column: number],
  size: number,
  isControl: boolean,
): readonly [row: number, column: number] | null {
  const last = size - 1;
  const within = (value: number): number => Math.max(0, Math.min(last, value));
  const byKey: Readonly<Record<string, readonly [number, number]>> = {
    ArrowUp: [within(row - 1), column],
    ArrowDown: [within(row + 1), column],
    ArrowLeft: [row, within(column - 1)],
    ArrowRight: [row, within(column + 1)],
    PageUp: [within(row - 10), column],
    PageDown: [within(row + 10), column],
    Home: [isControl ? 0 : row, 0],
    End: [isControl ? last : row, last],
  };
  return byKey[key] ?? null;
}

/** Moves the focus, and the one stop for Tab with it; Enter and Space choose. */
export function onMatrixKey(
  event: KeyboardEvent,
  grid: HTMLElement,
  size: number,
  choose: (element: Element) => void,
): void {
  const from = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[data-column]') : null;
  if (from === null || event.altKey || event.metaKey) return;
  if (event.key === 'Enter' || event.key === ' ') choose(from);
  else {
    const place = [Number(from.dataset['row']), Number(from.dataset['column'])] as const;
    const to = cellTowards(event.key, place, size, event.ctrlKey);
    if (to === null) return;
    const next = grid.querySelector<HTMLElement>(`[data-row="${to[0]}"][data-column="${to[1]}"]`);
    for (const stop of grid.querySelectorAll<HTMLElement>('td[tabindex="0"]')) stop.tabIndex = -1;
    if (next !== null) next.tabIndex = 0;
    next?.focus();
  }
  event.preventDefault();
}
