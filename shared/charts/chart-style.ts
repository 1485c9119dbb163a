/**
 * The charts of reports as data: pure functions from run documents to Chart.js configurations. Whoever draws them decides
 * about size, animation and responsiveness; reports draw them as SVG, without a browser.
 */

/** Safe for the common kinds of colour blindness: roles differ in lightness, one accent, and orange only for "worse". */
export interface ChartColors {
  readonly ink: string;
  readonly mutedInk: string;
  readonly grid: string;
  readonly surface: string;
  readonly before: string;
  /** The accent. */
  readonly after: string;
  readonly worse: string;
  /** Parts of a whole, from dark to light. */
  readonly parts: readonly string[];
}

export const lightChartColors: ChartColors = {
  ink: '#1c2530',
  mutedInk: '#5a6675',
  grid: '#e3e7ec',
  surface: '#ffffff',
  before: '#98a2b0',
  after: '#1763a6',
  worse: '#c2570c',
  parts: ['#123f6b', '#2f7fc1', '#7db4de', '#bcd8ee', '#98a2b1', '#d5dae0'],
};

export interface ChartStyle {
  readonly colors: ChartColors;
  readonly fontFamily: string;
  readonly fontSizePx: number;
}

/** The words in a chart, in the reader's language. */
export interface ChartTexts {
  readonly before: string;
  readonly after: string;
  readonly latencyMs: string;
  readonly shareOfIterations: string;
  readonly median: string;
  readonly speedup: string;
  readonly otherLayers: string;
  /** Bytes of a model file that belong to no layer: scales, graph, metadata. */
  readonly restOfFile: string;
  readonly layerInGraphOrder: string;
  readonly outputSqnrDb: string;
}

export function baseOptions(style: ChartStyle) {
  return {
    color: style.colors.mutedInk,
    font: { family: style.fontFamily, size: style.fontSizePx },
    layout: { padding: 2 },
  };
}

export function axisTitle(text: string, style: ChartStyle) {
  return {
    display: true,
    text,
    color: style.colors.mutedInk,
    font: { family: style.fontFamily, size: style.fontSizePx },
  };
}

export function tickStyle(style: ChartStyle) {
  return { color: style.colors.mutedInk, font: { family: style.fontFamily, size: style.fontSizePx } };
}

/** Texts that a plugin writes to the right of a point, at its height. Save and restore the context around it. */
export function setLabelStyle(ctx: CanvasRenderingContext2D, style: ChartStyle): void {
  ctx.font = `${style.fontSizePx}px ${style.fontFamily}`;
  ctx.fillStyle = style.colors.ink;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
}

export function legendOf(style: ChartStyle) {
  return {
    display: true,
    position: 'top' as const,
    align: 'start' as const,
    labels: {
      color: style.colors.ink,
      boxWidth: style.fontSizePx,
      boxHeight: style.fontSizePx * 0.7,
      padding: style.fontSizePx,
      font: { family: style.fontFamily, size: style.fontSizePx },
    },
  };
}

export const noLegend = { legend: { display: false } };

/** Long layer names keep their ends: the beginning says which block, the end which layer of it. */
export function shortenMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = Math.ceil((maxLength - 1) * 0.35);
  return `${text.slice(0, head)}…${text.slice(text.length - (maxLength - 1 - head))}`;
}
