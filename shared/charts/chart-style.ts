import type { Chart } from 'chart.js';
import { formatRatio } from '../units.ts';

/**
 * Charts as data: pure functions from run documents to Chart.js configurations, the same for the window and for reports.
 * Whoever draws them decides about size and animation; the window adds what a pointer can ask, reports draw them as SVG,
 * without a browser.
 */

/** Safe for the common kinds of colour blindness: roles differ in lightness, one accent, and orange only for "worse". */
export interface ChartColors {
  readonly ink: string;
  readonly mutedInk: string;
  readonly grid: string;
  readonly surface: string;
  readonly before: string;
  /** Between the two, and drawn dashed. */
  readonly prepared: string;
  /** The accent. */
  readonly after: string;
  readonly worse: string;
  /** Parts of a whole, from dark to light. */
  readonly parts: readonly string[];
  /** Errors, from hardly any to ruined: four bands, each a step in lightness, too. */
  readonly errors: readonly string[];
  /** Where there is no figure to colour by, and what belongs to nothing. */
  readonly unknown: string;
  readonly rest: string;
}

export const lightChartColors: ChartColors = {
  ink: '#171b20',
  mutedInk: '#59626c',
  grid: '#e1e4e8',
  surface: '#ffffff',
  before: '#7d8792',
  prepared: '#2a8f6d',
  after: '#0072b2',
  worse: '#a84300',
  parts: ['#004b75', '#0072b2', '#56a8d6', '#a9d3ec', '#98a2b1', '#d5dae0'],
  errors: ['#9fcdea', '#f2d48f', '#e38b3e', '#a33a00'],
  unknown: '#c3cad2',
  rest: '#e9ecef',
};

export const darkChartColors: ChartColors = {
  ink: '#e3e7ea',
  mutedInk: '#9aa4ae',
  grid: '#2a3037',
  surface: '#171b1f',
  before: '#8c97a2',
  prepared: '#4cc39b',
  after: '#56b4e9',
  worse: '#f0894a',
  parts: ['#a6d8f6', '#56b4e9', '#2b82ba', '#1f587e', '#5b6672', '#3a424b'],
  errors: ['#2b6690', '#7c6428', '#c0702c', '#ff9d63'],
  unknown: '#4a535d',
  rest: '#2d343b',
};

export interface ChartStyle {
  readonly colors: ChartColors;
  readonly fontFamily: string;
  readonly fontSizePx: number;
  /** Behind a ratio. */
  readonly timesSign: 'x' | '×';
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

/** What plugins write in: the font of the chart they draw on. */
export function canvasFont({ options: { font } }: Chart): string {
  const { size, family } = font as { size: number; family: string };
  return `${size}px ${family}`;
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

export function formatTimesOf(ratio: number, { timesSign }: ChartStyle): string {
  return formatRatio(ratio).replace(/x$/, timesSign);
}

export const noLegend = { legend: { display: false } };

/** Long layer names keep their ends: the beginning says which block, the end which layer of it. */
export function shortenMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const head = Math.ceil((maxLength - 1) * 0.35);
  return `${text.slice(0, head)}…${text.slice(text.length - (maxLength - 1 - head))}`;
}
