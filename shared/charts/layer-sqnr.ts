import type { ChartConfiguration } from 'chart.js';
import { breakOf, errorOverDepth } from '../error-depth.ts';
import type { Layer } from '../run.ts';
import { axisTitle, baseOptions, type ChartStyle, legendOf, noLegend, tickStyle } from './chart-style.ts';
import type { ChartTexts } from './chart-texts.ts';
import './markers-plugin.ts';

/**
 * How exactly every layer's output is kept, in the order of the graph: as it arrives there, and what the layer does to exact inputs;
 * higher is better. Where the error grows most is marked. Null without any figure.
 * @param labelled whether the mark has the layer's name: reports say it beside.
 */
export function buildLayerSqnrChart(
  { layers }: { readonly layers: readonly Layer[] },
  style: ChartStyle,
  texts: ChartTexts,
  labelled = false,
): ChartConfiguration<'scatter'> | null {
  const points = errorOverDepth(layers);
  if (points.length < 2) return null;
  const introduced = points.filter(({ introducedSqnrDb }) => introducedSqnrDb !== null);
  const broken = breakOf(points);
  const line = (label: string, color: string, data: { x: number; y: number }[], dash: number[]) => ({
    label,
    data,
    showLine: true,
    borderWidth: points.length > 400 ? 0.6 : 1.25,
    borderColor: color,
    borderDash: dash,
    backgroundColor: color,
    pointRadius: points.length > 120 ? 0 : 2,
    pointBorderWidth: 0,
  });
  const { colors } = style;
  return {
    type: 'scatter',
    data: {
      datasets: [
        line(texts.outputSqnrDb, colors.after, points.map(({ position: x, sqnrDb: y }) => ({ x, y })), []), // prettier-ignore
        ...(introduced.length === 0
          ? []
          : [
              line(
                texts.introducedSqnrDb,
                colors.before,
                introduced.map(({ position: x, introducedSqnrDb: y }) => ({ x, y: y! })),
                [3, 3],
              ),
            ]),
      ],
    },
    options: {
      ...baseOptions(style),
      interaction: { mode: 'nearest', axis: 'x', intersect: false },
      plugins: {
        ...(introduced.length === 0 ? noLegend : { legend: legendOf(style) }),
        markers: {
          lines:
            broken === null
              ? []
              : [
                  {
                    axis: 'x',
                    value: broken.point.position,
                    color: colors.worse,
                    dashed: true,
                    ...(labelled ? { label: broken.point.name } : {}),
                  },
                ],
        },
      },
      scales: {
        x: {
          min: 0,
          max: layers.length + 1,
          title: axisTitle(texts.layerInGraphOrder, style),
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), maxTicksLimit: 12, precision: 0, includeBounds: false },
        },
        y: {
          title: axisTitle('dB', style),
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), maxTicksLimit: 6 },
        },
      },
    },
  };
}
