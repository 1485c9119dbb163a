import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Latency, LatencySide } from '../../../shared/run.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatTimes, formatTimesInterval } from '../../format.ts';
import { distributionsOf } from '../../statistics.ts';

interface LatencyFigure {
  readonly figure: string;
  readonly before: string;
  readonly after: string;
}

const millisecondFigures = ['medianMs', 'meanMs', 'p90Ms', 'p95Ms', 'p99Ms', 'sessionLoadMs'] as const;

export function LatencyChart({ latency }: { latency: Latency }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const { before, after } = latency;
  const distributions = useMemo(() => distributionsOf([before.samplesMs, after.samplesMs]), [before, after]);
  const data = useMemo((): ChartData<'scatter'> => {
    const style = (color: string) => ({
      borderColor: color,
      backgroundColor: color,
      borderWidth: 1.75,
      pointRadius: 0,
      pointHitRadius: 6,
      showLine: true,
      stepped: 'middle' as const,
    });
    return {
      datasets: [
        { label: t('variant.before'), data: [...(distributions.curves[0] ?? [])], ...style(palette.before) },
        { label: t('variant.after'), data: [...(distributions.curves[1] ?? [])], ...style(palette.after) },
      ],
    };
  }, [distributions, palette, t]);
  const options = useMemo(
    (): ChartOptions<'scatter'> => ({
      scales: {
        x: {
          type: 'linear',
          min: distributions.low,
          max: distributions.high,
          title: { display: true, text: t('axis.latencyMs') },
          ticks: { maxTicksLimit: 8 },
        },
        y: {
          type: 'linear',
          min: 0,
          title: { display: true, text: t('axis.shareOfInferences') },
          ticks: { maxTicksLimit: 5, callback: (value) => `${Math.round(Number(value) * 100)} %` },
        },
      },
      plugins: {
        markers: {
          lines: [
            {
              axis: 'x',
              value: before.medianMs,
              color: palette.before,
              label: formatMs(before.medianMs),
              dashed: true,
            },
            { axis: 'x', value: after.medianMs, color: palette.after, label: formatMs(after.medianMs), dashed: true },
          ],
        },
        tooltip: {
          callbacks: {
            title: () => '',
            label: (item) =>
              `${item.dataset.label ?? ''}: ${(Number(item.parsed.y) * 100).toFixed(1)} % @ ${formatMs(item.parsed.x)}`,
          },
        },
      },
    }),
    [distributions, before, after, palette, t],
  );
  const rows = useMemo((): LatencyFigure[] => {
    const row = (figure: string, value: (side: LatencySide) => string): LatencyFigure => ({
      figure,
      before: value(before),
      after: value(after),
    });
    return [
      ...millisecondFigures.map((key) => row(t(`latency.${key}`), (side) => formatMs(side[key]))),
      row(t('latency.peakMemoryBytes'), (side) => formatBytes(side.peakMemoryBytes)),
      row(t('latency.count'), (side) => formatCount(side.count)),
    ];
  }, [before, after, t]);
  const columns = useMemo(
    (): TableColumn<LatencyFigure>[] => [
      { id: 'figure', header: t('column.figure'), width: 140, grow: 1, value: (row) => row.figure, sortable: false },
      {
        id: 'before',
        header: t('variant.before'),
        width: 100,
        align: 'end',
        value: (row) => row.before,
        sortable: false,
      },
      { id: 'after', header: t('variant.after'), width: 100, align: 'end', value: (row) => row.after, sortable: false },
    ],
    [t],
  );
  const control =
    latency.resolution === null
      ? ''
      : ` ${t('latency.control', { interval: formatTimesInterval(latency.resolution.ci95) })}`;
  return (
    <Chart
      title={t('latency.title')}
      definition={t('latency.definition') + control}
      summary={t('latency.summary', {
        before: formatMs(before.medianMs),
        after: formatMs(after.medianMs),
        ratio: formatTimes(latency.speedup.ratio),
      })}
      type="scatter"
      data={data}
      options={options}
      columns={columns}
      rows={rows}
      rowId={(row) => row.figure}
      height={276}
    />
  );
}
