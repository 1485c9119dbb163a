import Chart from 'chart.js/auto';
import { endLabelsPlugin } from '../../../shared/charts/end-labels-plugin.ts';
import { hatchPlugin } from '../../../shared/charts/hatch-plugin.ts';
import { markersPlugin } from '../../../shared/charts/markers-plugin.ts';
import type { ChartBlock } from '../report-document.ts';
import { SvgContext } from './svg-context.ts';
import type { TextMeasure } from './svg-text.ts';

Chart.register(endLabelsPlugin, hatchPlugin, markersPlugin);

/** Draws a Chart.js configuration as SVG, without a browser: everything in it is a path or a text. */
export function renderChart(chart: ChartBlock, text: TextMeasure, idPrefix: string): string {
  const context = new SvgContext(chart.widthPx, chart.heightPx, text, idPrefix);
  const drawn = new Chart(context.canvas as never, {
    ...chart.config,
    options: { ...chart.config.options, animation: false, responsive: false, devicePixelRatio: 1, events: [] },
  });
  try {
    return context.toSvg(chart.title, chart.description);
  } finally {
    drawn.destroy();
  }
}
