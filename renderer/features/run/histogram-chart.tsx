import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { Marker } from '../../../shared/charts/markers-plugin.ts';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatNumber } from '../../format.ts';

interface Bin {
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

/** How often values were seen, and the part of them that the chosen ranges keep. */
export function HistogramChart(props: {
  readonly title: string;
  readonly definition: string;
  readonly summary: string;
  readonly distribution: Distribution;
  readonly chosen: readonly ChosenRange[];
}) {
  const { t } = useTranslation();
  const { distribution, chosen } = props;
  const low = Math.min(...chosen.map((range) => range.low));
  const high = Math.max(...chosen.map((range) => range.high));
  const palette = usePalette();
  const bins = useMemo((): Bin[] => {
    const { min, max, histogram } = distribution;
    const width = (max - min) / Math.max(1, histogram.length);
    return histogram.map((count, index) => ({
      index,
      from: min + index * width,
      to: min + (index + 1) * width,
      count,
    }));
  }, [distribution]);
  const data = useMemo(
    (): ChartData<'bar', { x: number; y: number }[]> => ({
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
    }),
    [bins, low, high, palette, t],
  );
  const options = useMemo((): ChartOptions<'bar'> => {
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
  }, [bins, distribution, chosen, low, high, palette, t]);
  const columns = useMemo(
    (): TableColumn<Bin>[] => [
      {
        id: 'from',
        header: t('column.from'),
        width: 90,
        grow: 1,
        align: 'end',
        value: (bin) => bin.from,
        render: (bin) => formatNumber(bin.from),
      },
      {
        id: 'to',
        header: t('column.to'),
        width: 90,
        grow: 1,
        align: 'end',
        value: (bin) => bin.to,
        render: (bin) => formatNumber(bin.to),
      },
      {
        id: 'count',
        header: t('column.count'),
        width: 100,
        align: 'end',
        value: (bin) => bin.count,
        render: (bin) => formatCount(bin.count),
      },
    ],
    [t],
  );
  return (
    <Chart
      title={props.title}
      definition={props.definition}
      summary={props.summary}
      config={{ type: 'bar', data, options }}
      columns={columns}
      rows={bins}
      rowId={(bin) => String(bin.index)}
      height={144}
    />
  );
}
