import type { ChartConfiguration } from 'chart.js';
import type { RunDocument } from '../run.ts';
import { axisTitle, baseOptions, type ChartStyle, noLegend, tickStyle } from './chart-style.ts';
import type { ChartTexts } from './chart-texts.ts';

/** How exactly every layer's output is kept, in the order of the graph; higher is better. Null without any figure. */
export function buildLayerSqnrChart(
  document: RunDocument,
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'scatter'> | null {
  const points = document.layers.flatMap((layer, index) =>
    layer.sqnrDb === null ? [] : [{ x: index + 1, y: layer.sqnrDb }],
  );
  if (points.length < 2) return null;
  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          label: texts.outputSqnrDb,
          data: points,
          showLine: true,
          borderWidth: points.length > 400 ? 0.6 : 1.25,
          borderColor: style.colors.after,
          backgroundColor: style.colors.after,
          pointRadius: points.length > 120 ? 0 : 2,
          pointBorderWidth: 0,
        },
      ],
    },
    options: {
      ...baseOptions(style),
      plugins: noLegend,
      scales: {
        x: {
          min: 0,
          max: document.layers.length + 1,
          title: axisTitle(texts.layerInGraphOrder, style),
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), maxTicksLimit: 12, precision: 0, includeBounds: false },
        },
        y: {
          title: axisTitle(texts.outputSqnrDb, style),
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), maxTicksLimit: 6 },
        },
      },
    },
  };
}
