import { takeEnd } from '../../shared/cut-text.ts';

/** Columns as narrow as this hold one sign and stay so. */
export const iconWidthPx = 40;
export const leastWidthPx = 48;
export const mostWidthPx = 2000;
const stepPx = 8;
const largeStepPx = 40;

/** What a key on the edge behind a column makes of its width; null for a key that means nothing there. */
export function nextWidth(key: string, isLarge: boolean): ((widthPx: number) => number) | null {
  const step = isLarge ? largeStepPx : stepPx;
  switch (key) {
    case 'ArrowLeft':
      return (width) => Math.max(leastWidthPx, width - step);
    case 'ArrowRight':
      return (width) => Math.min(mostWidthPx, width + step);
    case 'Home':
      return () => leastWidthPx;
    default:
      return null;
  }
}

/** Shorter names are never cut. */
const shortName = 20;
const shortestTail = 8;
const longestTail = 14;

/**
 * A name in two, for an ellipsis between them: layers and paths differ at their end, and that begins where a part of the name does.
 * @returns the whole as its start where it is short.
 */
export function splitName(name: string): { readonly start: string; readonly end: string } {
  if (name.length <= shortName) return { start: name, end: '' };
  const part = name.slice(-longestTail).search(/[/\\.:]/);
  const length = part === -1 || longestTail - part < shortestTail ? longestTail - 2 : longestTail - part;
  const end = takeEnd(name, Math.min(length, name.length - 1));
  return { start: name.slice(0, name.length - end.length), end };
}
