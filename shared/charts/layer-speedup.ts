import type { Chart, ChartConfiguration, LogarithmicScale, Plugin } from 'chart.js';
import type { Layer, RunDocument } from '../run.ts';
import { formatMs, formatRatio } from '../units.ts';
import {
  axisTitle,
  baseOptions,
  type ChartStyle,
  type ChartTexts,
  noLegend,
  setLabelStyle,
  shortenMiddle,
  tickStyle,
} from './chart-style.ts';

/** Writes a short text behind the end of every bar. */
function barEndLabels(labels: readonly string[], style: ChartStyle): Plugin<'bar'> {
  return {
    id: 'barEndLabels',
    afterDatasetsDraw: (chart: Chart<'bar'>) => {
      const { ctx } = chart;
      ctx.save();
      setLabelStyle(ctx, style);
      chart.getDatasetMeta(0).data.forEach((bar, index) => {
        const { x, y, base } = bar.getProps(['x', 'y', 'base'], true) as { x: number; y: number; base: number };
        ctx.fillText(labels[index] ?? '', Math.max(x, base) + 4, y);
      });
      ctx.restore();
    },
  };
}

/** Layers whose time is known on both sides, the ones that took longest in the original first. */
export function slowestLayers(document: RunDocument, count: number): Layer[] {
  return document.layers
    .filter((layer) => (layer.latencyBeforeMs ?? 0) > 0 && (layer.latencyAfterMs ?? 0) > 0)
    .toSorted((a, b) => b.latencyBeforeMs! - a.latencyBeforeMs!)
    .slice(0, count);
}

const ratioTicks = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32];

function setRatioTicks(axis: unknown): void {
  const scale = axis as LogarithmicScale;
  scale.ticks = ratioTicks.filter((value) => value >= scale.min && value <= scale.max).map((value) => ({ value }));
}

function formatTickRatio(value: number | string): string {
  return `${Number(value) < 1 ? `1/${Math.round(1 / Number(value))}` : String(value)}x`;
}

/** before / after per layer around 1x, on a logarithmic axis so that twice as fast and half as fast look alike. */
export function buildLayerSpeedupChart(
  layers: readonly Layer[],
  style: ChartStyle,
  texts: ChartTexts,
): ChartConfiguration<'bar', [number, number][]> {
  const ratios = layers.map((layer) => layer.latencyBeforeMs! / layer.latencyAfterMs!);
  const lowest = Math.min(1, ...ratios);
  const highest = Math.max(1, ...ratios);
  const labels = layers.map(
    (layer, index) =>
      `${formatRatio(ratios[index]!)}   ${formatMs(layer.latencyBeforeMs)} → ${formatMs(layer.latencyAfterMs)}`,
  );
  return {
    type: 'bar',
    data: {
      labels: layers.map((layer) => shortenMiddle(layer.name, 38)),
      datasets: [
        {
          label: texts.speedup,
          data: ratios.map((ratio): [number, number] => (ratio >= 1 ? [1, ratio] : [ratio, 1])),
          backgroundColor: ratios.map((ratio) => (ratio >= 1 ? style.colors.after : style.colors.worse)),
          barPercentage: 0.72,
          categoryPercentage: 0.9,
          minBarLength: 1,
        },
      ],
    },
    options: {
      ...baseOptions(style),
      indexAxis: 'y',
      plugins: noLegend,
      scales: {
        x: {
          type: 'logarithmic',
          min: Math.min(0.8, lowest * 0.9),
          // Room for the figures behind the longest bar.
          max: highest * Math.max(1.6, (highest / Math.min(0.8, lowest)) ** 0.45),
          title: axisTitle(texts.speedup, style),
          afterBuildTicks: setRatioTicks,
          grid: { color: style.colors.grid },
          border: { display: false },
          ticks: { ...tickStyle(style), callback: formatTickRatio },
        },
        y: {
          grid: { display: false },
          border: { color: style.colors.mutedInk },
          ticks: { ...tickStyle(style), color: style.colors.ink, autoSkip: false },
        },
      },
    },
    plugins: [barEndLabels(labels, style)],
  };
}
