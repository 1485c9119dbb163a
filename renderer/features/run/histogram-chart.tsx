import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TensorRange } from '../../../shared/run.ts';
import { formatCount } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatNumber } from '../../format.ts';

interface Bin {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** What a layer's output was seen to hold, and the part of it that the chosen range keeps. */
export function HistogramChart({ range }: { range: TensorRange }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const bins = useMemo((): Bin[] => {
    const width = (range.max - range.min) / Math.max(1, range.histogram.length);
    return range.histogram.map((count, index) => ({
      index,
      from: range.min + index * width,
      to: range.min + (index + 1) * width,
      count,
    }));
  }, [range]);
  const data = useMemo(
    (): ChartData<'bar', { x: number; y: number }[]> => ({
      datasets: [
        {
          label: t('histogram.values'),
          // A logarithmic axis cannot show nothing; half a value is drawn as a line's width of nothing.
          data: bins.map((bin) => ({ x: (bin.from + bin.to) / 2, y: bin.count === 0 ? Number.NaN : bin.count })),
          backgroundColor: bins.map((bin) =>
            bin.to < range.low || bin.from > range.high ? palette.warning : palette.before,
          ),
          barPercentage: 1,
          categoryPercentage: 1,
        },
      ],
    }),
    [bins, range, palette, t],
  );
  const options = useMemo((): ChartOptions<'bar'> => {
    const margin = (range.max - range.min) * 0.03 || 1;
    return {
      scales: {
        x: {
          type: 'linear',
          offset: false,
          min: Math.min(range.min, range.low) - margin,
          max: Math.max(range.max, range.high) + margin,
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
        markers: {
          lines: [
            { axis: 'x', value: range.low, color: palette.accent, label: formatNumber(range.low) },
            { axis: 'x', value: range.high, color: palette.accent, label: formatNumber(range.high) },
          ],
        },
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
  }, [bins, range, palette, t]);
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
      title={t('histogram.title')}
      definition={t('histogram.definition')}
      summary={t('histogram.summary', {
        tensor: range.tensor,
        min: formatNumber(range.min),
        max: formatNumber(range.max),
        low: formatNumber(range.low),
        high: formatNumber(range.high),
      })}
      type="bar"
      data={data as unknown as ChartData<'bar'>}
      options={options}
      columns={columns}
      rows={bins}
      rowId={(bin) => String(bin.index)}
      height={180}
    />
  );
}
