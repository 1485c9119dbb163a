import type { ChartData, ChartOptions } from 'chart.js';
import type { TFunction } from 'i18next';
import type { Marker } from '../../../shared/charts/markers-plugin.ts';
import { formatCount } from '../../../shared/units.ts';
import { formatNumber } from '../../format.ts';
import type { Palette } from '../../theme.ts';

export interface Bin {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Distribution {
  readonly min: number;
  readonly max: number;
  /** Counts of equal bins over [min, max]. */
  readonly histogram: readonly number[];
}

/** A range that was chosen for the values; what lies outside of all of them is cut off. */
export interface ChosenRange {
  readonly low: number;
  readonly high: number;
}

/** What is drawn; values between `low` and `high` are kept. */
export interface HistogramPlan {
  readonly bins: readonly Bin[];
  readonly distribution: Distribution;
  readonly chosen: readonly ChosenRange[];
  readonly low: number;
  readonly high: number;
  readonly palette: Palette;
  readonly t: TFunction;
}

export function binsOf(distribution: Distribution): Bin[] {
  const { min, max, histogram } = distribution;
  const width = (max - min) / Math.max(1, histogram.length);
  return histogram.map((count, index) => ({
    index,
    from: min + index * width,
    to: min + (index + 1) * width,
    count,
  }));
}

export function histogramData(plan: HistogramPlan): ChartData<'bar', { x: number; y: number }[]> {
  const { bins, low, high, palette, t } = plan;
  return {
    datasets: [
      {
        label: t('histogram.values'),
        // A logarithmic axis cannot show nothing; half a value is drawn as a line's width of nothing.
        data: bins.map((bin) => ({ x: (bin.from + bin.to) / 2, y: bin.count === 0 ? Number.NaN : bin.count })),
        backgroundColor: bins.map((bin) => (bin.to < low || bin.from > high ? palette.warning : palette.before)),
        barPercentage: 1,
        categoryPercentage: 1,
      },
    ],
  };
}

export function histogramOptions(plan: HistogramPlan): ChartOptions<'bar'> {
  const { bins, distribution, chosen, low, high, palette, t } = plan;
  const margin = (distribution.max - distribution.min) * 0.03 || 1;
  const edges = chosen.flatMap((range): Marker[] =>
    [range.low, range.high].map((value) => ({
      axis: 'x',
      value,
      color: palette.accent,
      label: formatNumber(value),
      dashed: range !== chosen[0],
    })),
  );
  return {
    scales: {
      x: {
        type: 'linear',
        offset: false,
        min: Math.min(distribution.min, low) - margin,
        max: Math.max(distribution.max, high) + margin,
        title: { display: true, text: t('axis.value') },
        ticks: { maxTicksLimit: 6, callback: (value) => formatNumber(Number(value)) },
      },
      y: {
        type: 'logarithmic',
        min: 0.7,
        title: { display: true, text: t('axis.count') },
        ticks: {
          maxTicksLimit: 4,
          callback: (value) => (Number.isInteger(Math.log10(Number(value))) ? formatCount(Number(value)) : null),
        },
      },
    },
    plugins: {
      legend: { display: false },
      markers: { lines: edges },
      tooltip: {
        callbacks: {
          title: (items) => {
            const bin = bins[items[0]?.dataIndex ?? -1];
            return bin === undefined ? '' : `${formatNumber(bin.from)} … ${formatNumber(bin.to)}`;
          },
          label: (item) => formatCount(Number(item.parsed.y)),
        },
      },
    },
  };
}
