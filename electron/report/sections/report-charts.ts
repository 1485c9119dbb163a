import type { ChartConfiguration } from 'chart.js';
import { lightChartColors, type ChartStyle } from '../../../shared/charts/chart-style.ts';
import type { ReportLanguage } from '../../../shared/report-options.ts';
import type { ChartBlock } from '../report-document.ts';

/** Printed at 3/4 of a pixel per point: 8 pt of type. */
export const reportChartStyle = (language: ReportLanguage): ChartStyle => ({
  colors: lightChartColors,
  fontFamily: language === 'zh-CN' ? 'Noto Sans SC' : 'Noto Sans',
  fontSizePx: 10.5,
  timesSign: 'x',
});

/** The text width of a portrait page. */
const chartWidthPx = 680;

export function chartBlock(
  config: unknown,
  chart: { title: string; description: string; heightPx: number; note?: string },
): ChartBlock {
  return { kind: 'chart', config: config as ChartConfiguration, widthPx: chartWidthPx, ...chart };
}
