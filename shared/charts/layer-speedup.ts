import type { ChartConfiguration, LogarithmicScale } from 'chart.js';
import type { Layer } from '../run.ts';
import { formatMs } from '../units.ts';
import {
  axisTitle,
  baseOptions,
  type ChartStyle,
  formatTimesOf,
  noLegend,
  shortenMiddle,
  tickStyle,
} from './chart-style.ts';
import type { ChartTexts } from './chart-texts.ts';
import './end-labels-plugin.ts';
import './markers-plugin.ts';

/** before / after of one layer's time; null when either side was not measured or is too short to divide by. */
export function layerSpeedup(layer: Layer): number | null {
  const { latencyBeforeMs: before, latencyAfterMs: after } = layer;
  return before === null || after === null || before <= 0 || after <= 0 ? null : before / after;
}

/** Layers whose time is known on both sides, the ones that took longest in the original first. */
export function slowestLayers(layers: readonly Layer[], count: number): Layer[] {
  return layers
    .filter((layer) => layerSpeedup(layer) !== null)
    .toSorted((a, b) => b.latencyBeforeMs! - a.latencyBeforeMs!)
    .slice(0, count);
}

const ratioTicks = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16, 32];

function setRatioTicks(axis: unknown): void {
  const scale = axis as LogarithmicScale;
  scale.ticks = ratioTicks.filter((value) => value >= scale.min && value <= scale.max).map((value) => ({ value }));
}

export interface LayerSpeedupLayout {
  /** `named`: a line a layer, with its name and ratio. `compact`: a column a layer, for many or in little room. */
  readonly kind: 'named' | 'compact';
  /** Write the times behind the ratio of a named layer: where nobody can point at it. */
  readonly withTimes?: boolean;
  /** Stands out from the others. */
  readonly active?: string | null;
}

/** Room for so many named layers, the axis included. */
export function heightOfNamedLayers(count: number): number {
  return 56 + count * 19;
}

/** before / after per layer around 1x, on a logarithmic axis so that twice as fast and half as fast look alike. */
export function buildLayerSpeedupChart(
  layers: readonly Layer[],
  style: ChartStyle,
  texts: ChartTexts,
  { kind, withTimes = false, active = null }: LayerSpeedupLayout,
): ChartConfiguration<'bar', [number, number][]> {
  const { colors, timesSign } = style;
  const ratios = layers.map((layer) => layerSpeedup(layer) ?? 1);
  const lowest = Math.min(1, ...ratios);
  const highest = Math.max(1, ...ratios);
  const isNamed = kind === 'named';
  const ratioAxis = {
    type: 'logarithmic' as const,
    min: Math.min(0.8, lowest * 0.9),
    // Room for the figures behind the longest bar.
    max: highest * (isNamed ? Math.max(1.6, (highest / Math.min(0.8, lowest)) ** (withTimes ? 0.45 : 0.2)) : 1.1),
    // In little room the heading says it.
    title: { ...axisTitle(texts.speedup, style), display: isNamed },
    afterBuildTicks: setRatioTicks,
    grid: { color: colors.grid },
    border: { display: false },
    ticks: {
      ...tickStyle(style),
      callback: (value: number | string) =>
        `${Number(value) < 1 ? `1/${Math.round(1 / Number(value))}` : String(value)}${timesSign}`,
    },
  };
  const layerAxis = {
    grid: { display: false },
    border: { display: false },
    ticks: { ...tickStyle(style), color: colors.ink, autoSkip: false, display: isNamed },
  };
  return {
    type: 'bar',
    data: {
      labels: layers.map((layer) => shortenMiddle(layer.name, 38)),
      datasets: [
        {
          label: texts.speedup,
          data: ratios.map((ratio): [number, number] => (ratio >= 1 ? [1, ratio] : [ratio, 1])),
          backgroundColor: layers.map((layer, index) => {
            const color = ratios[index]! >= 1 ? colors.after : colors.worse;
            return active === null || layer.name === active ? color : `${color}73`;
          }),
          barPercentage: 0.72,
          categoryPercentage: 0.9,
          maxBarThickness: 16,
          minBarLength: isNamed ? 1 : 2,
        },
      ],
    },
    options: {
      ...baseOptions(style),
      indexAxis: isNamed ? 'y' : 'x',
      // Bars may be a pixel wide or no higher: what stands beside one counts as it.
      interaction: { mode: 'index', axis: isNamed ? 'y' : 'x', intersect: false },
      plugins: {
        ...noLegend,
        markers: { lines: [{ axis: isNamed ? 'x' : 'y', value: 1, color: colors.mutedInk }] },
        endLabels: {
          labels: isNamed
            ? layers.map((layer, index) => ({
                text: `${formatTimesOf(ratios[index]!, style)}${withTimes ? `   ${formatMs(layer.latencyBeforeMs)} → ${formatMs(layer.latencyAfterMs)}` : ''}`,
                value: Math.max(1, ratios[index]!),
              }))
            : [],
          color: colors.ink,
        },
      },
      scales: isNamed ? { x: ratioAxis, y: layerAxis } : { x: layerAxis, y: ratioAxis },
    },
  };
}
