import type { ChartData, ChartOptions } from 'chart.js';
import type { TFunction } from 'i18next';
import { formatBytes, formatMs, formatShare } from '../../../shared/units.ts';
import type { Palette } from '../../theme.ts';
import { axisFormats, type Axis, type Placed } from './scatter-points.ts';

/** Percent with as many digits as tell neighbouring ticks apart: runs often differ by less than a tenth of a point. */
function shareTick(value: number, ticks: readonly { readonly value: number }[]): string {
  const step = Math.abs((ticks[1]?.value ?? 0) - (ticks[0]?.value ?? 0)) * 100;
  const digits = step === 0 ? 1 : Math.max(0, Math.min(3, Math.ceil(-Math.log10(step) - 1e-9)));
  return `${(value * 100).toFixed(digits)} %`;
}

/** Runs of equal accuracy lie on one line, not on a wide empty axis; no share is above one. */
function shareBounds(shares: readonly number[]): { readonly min: number; readonly max: number } {
  const [low, high] = [Math.min(...shares), Math.max(...shares)];
  const room = Math.max(0.005, (high - low) * 0.25);
  return { min: Math.max(0, low - room), max: Math.min(1, high + room) };
}

/** Everything that is drawn. */
export interface ScatterPlan {
  readonly placed: readonly Placed[];
  readonly front: readonly Placed[];
  readonly horizontal: Axis;
  readonly vertical: Axis;
  /** Whether accuracy is of labels, not of agreement. */
  readonly labelled: boolean;
  readonly palette: Palette;
  readonly t: TFunction;
}

export function scatterData({ placed, front, vertical, palette, t }: ScatterPlan): ChartData<'scatter'> {
  return {
    datasets: [
      {
        label: t('compare.runs'),
        data: placed.map(({ x, y }) => ({ x, y })),
        pointRadius: 6,
        pointHoverRadius: 8,
        pointStyle: placed.map((point) => (point.isOriginal ? 'rect' : 'circle')),
        pointBackgroundColor: placed.map((point) => point.color),
        pointBorderColor: palette.surface,
        pointBorderWidth: 1,
      },
      {
        label: t('compare.front'),
        data: front.map(({ x, y }) => ({ x, y })),
        showLine: true,
        stepped: vertical === 'accuracy' ? ('before' as const) : ('after' as const),
        borderColor: palette.strongBorder,
        borderDash: [4, 3],
        borderWidth: 1.5,
        pointRadius: 0,
        pointHitRadius: 0,
      },
    ],
  };
}

export function scatterOptions(plan: ScatterPlan): ChartOptions<'scatter'> {
  const { horizontal, vertical, placed, labelled, palette, t } = plan;
  const scale = (axis: Axis) => ({
    type: 'linear' as const,
    ...(axis === 'accuracy' ? shareBounds(placed.map((point) => point.accuracy ?? 0)) : { grace: '12%' }),
    title: { display: true, text: axis === 'accuracy' && !labelled ? t('axis.agreement') : t(`axis.${axis}`) },
    ticks: {
      maxTicksLimit: 6,
      callback: (value: string | number, _index: number, ticks: readonly { readonly value: number }[]) =>
        axis === 'accuracy' ? shareTick(Number(value), ticks) : axisFormats[axis](Number(value)),
    },
  });
  return {
    scales: { x: scale(horizontal), y: scale(vertical) },
    plugins: {
      legend: { display: false },
      pointLabels: { labels: placed.map((point) => point.label), color: palette.text },
      tooltip: {
        filter: (item) => item.datasetIndex === 0,
        callbacks: {
          label: (item) => {
            const point = placed[item.dataIndex];
            if (point === undefined) return '';
            const accuracy = point.accuracy === null ? '' : `, ${formatShare(point.accuracy)}`;
            return `${point.label}: ${formatBytes(point.size)}, ${formatMs(point.latency)}${accuracy}`;
          },
        },
      },
    },
  };
}
