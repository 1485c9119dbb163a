import type { ChartData, ChartOptions } from 'chart.js';
import type { TFunction } from 'i18next';
import { formatMs, formatShare } from '../../../shared/units.ts';
import type { Palette } from '../../theme.ts';
import type { LayerKind } from './group-layers.ts';

/** What is drawn: kinds of layers, and the sums of their times. */
export interface TimePlan {
  readonly kinds: readonly LayerKind[];
  readonly totals: { readonly before: number; readonly after: number };
  readonly palette: Palette;
  readonly t: TFunction;
}

export function timeData({ kinds, totals, palette, t }: TimePlan): ChartData<'bar'> {
  return {
    labels: [t('variant.before'), t('variant.after')],
    datasets: kinds.map((kind, index) => ({
      label: kind.opType,
      data: [
        totals.before === 0 ? 0 : kind.timeBeforeMs / totals.before,
        totals.after === 0 ? 0 : kind.timeAfterMs / totals.after,
      ],
      backgroundColor: palette.series[index % palette.series.length] ?? palette.before,
      borderColor: palette.surface,
      borderWidth: { left: 0, right: 1, top: 0, bottom: 0 },
      maxBarThickness: 34,
    })),
  };
}

export function timeOptions({ kinds, palette, t }: TimePlan): ChartOptions<'bar'> {
  return {
    indexAxis: 'y',
    scales: {
      x: {
        type: 'linear',
        stacked: true,
        min: 0,
        max: 1,
        title: { display: true, text: t('axis.shareOfTime') },
        ticks: { callback: (value) => `${Math.round(Number(value) * 100)} %` },
      },
      y: { type: 'category', stacked: true, grid: { display: false }, ticks: { color: palette.text } },
    },
    plugins: {
      tooltip: {
        callbacks: {
          label: (item) => {
            const kind = kinds[item.datasetIndex];
            const ms = item.dataIndex === 0 ? kind?.timeBeforeMs : kind?.timeAfterMs;
            return `${item.dataset.label ?? ''}: ${formatShare(Number(item.parsed.x))}, ${formatMs(ms ?? null)}`;
          },
        },
      },
    },
  };
}
