/** One piece of a text set in one font. */
export interface TextPiece {
  readonly text: string;
  readonly family: string;
}

/** What the context must know about fonts; sizes and widths in pixels. */
export interface TextMeasure {
  measure(text: string, sizePx: number, bold: boolean): number;
  /** Height of capitals and digits as a share of the size. */
  readonly capHeightShare: number;
  readonly ascentShare: number;
  readonly descentShare: number;
  split(text: string): readonly TextPiece[];
}

export function fontSizeOf(font: string): number {
  return Number(/([\d.]+)px/.exec(font)?.[1] ?? 10);
}

export function isBoldFont(font: string): boolean {
  return /^\s*(?:\S+\s+)*(?:bold|[6-9]00)\b/.test(font);
}

/** Where a text begins that is to stand at a point: its left end, and its baseline. */
export function placeText(
  text: { readonly widthPx: number; readonly sizePx: number; readonly align: string; readonly baseline: string },
  fonts: TextMeasure,
  x: number,
  y: number,
): { readonly left: number; readonly baseline: number } {
  let left = x;
  if (text.align === 'center') left = x - text.widthPx / 2;
  else if (text.align === 'right' || text.align === 'end') left = x - text.widthPx;
  let baseline = y;
  if (text.baseline === 'middle') baseline = y + (fonts.capHeightShare * text.sizePx) / 2;
  else if (text.baseline === 'top') baseline = y + fonts.ascentShare * text.sizePx;
  else if (text.baseline === 'bottom') baseline = y - fonts.descentShare * text.sizePx;
  return { left, baseline };
}
