import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount, formatMs } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import type { LiveRun } from '../../live-run.ts';

interface LatencyLine {
  readonly variant: string;
  readonly count: number;
  readonly medianMs: number | null;
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Spikes of a busy machine must not squeeze all other dots into one line. */
function shownMaximum(values: readonly number[]): number {
  if (values.length === 0) return 1;
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) * 0.97)]! * 1.3;
}

/** One dot an inference, of every model, as they are timed. */
export function LiveLatency({ live }: { live: LiveRun }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const { before, prepared, after } = live.latency;
  const isTimedApart = prepared.count > 0;
  const data = useMemo((): ChartData<'scatter'> => {
    const points = (samples: typeof before) => {
      const first = samples.count - samples.newestMs.length;
      return samples.newestMs.map((y, index) => ({ x: first + index, y }));
    };
    return {
      datasets: [
        {
          label: t('variant.before'),
          data: points(before),
          backgroundColor: palette.before,
          pointRadius: 1.8,
          pointStyle: 'rect',
        },
        ...(isTimedApart
          ? [
              {
                label: t('variant.prepared'),
                data: points(prepared),
                backgroundColor: palette.prepared,
                pointRadius: 1.8,
                pointStyle: 'triangle' as const,
              },
            ]
          : []),
        { label: t('variant.after'), data: points(after), backgroundColor: palette.after, pointRadius: 1.8 },
      ],
    };
  }, [before, prepared, after, isTimedApart, palette, t]);
  const maximum = useMemo(
    () => shownMaximum([...before.newestMs, ...prepared.newestMs, ...after.newestMs]),
    [before, prepared, after],
  );
  const options = useMemo(
    (): ChartOptions<'scatter'> => ({
      scales: {
        x: {
          type: 'linear',
          title: { display: true, text: t('running.inference') },
          min: Math.max(0, Math.min(before.count, after.count) - 400),
          ticks: { precision: 0 },
        },
        y: {
          type: 'linear',
          min: 0,
          max: maximum,
          title: { display: true, text: 'ms' },
          ticks: { includeBounds: false },
        },
      },
      plugins: { tooltip: { enabled: false } },
    }),
    [t, maximum, before.count, after.count],
  );
  const rows: LatencyLine[] = [
    { variant: t('variant.before'), count: before.count, medianMs: medianOf(before.newestMs) },
    ...(isTimedApart
      ? [{ variant: t('variant.prepared'), count: prepared.count, medianMs: medianOf(prepared.newestMs) }]
      : []),
    { variant: t('variant.after'), count: after.count, medianMs: medianOf(after.newestMs) },
  ];
  const columns = useMemo(
    (): TableColumn<LatencyLine>[] => [
      { id: 'variant', header: t('column.variant'), width: 120, grow: 1, value: (row) => row.variant },
      { id: 'count', header: t('column.count'), width: 90, align: 'end', value: (row) => row.count },
      {
        id: 'median',
        header: t('column.medianNewest'),
        width: 140,
        align: 'end',
        value: (row) => row.medianMs,
        render: (row) => formatMs(row.medianMs),
      },
    ],
    [t],
  );
  return (
    <>
      <Chart
        title={t('running.latency')}
        definition={t('running.latencyDefinition')}
        summary={rows.map((row) => `${row.variant}: ${formatMs(row.medianMs)}`).join('; ')}
        config={{ type: 'scatter', data, options }}
        columns={columns}
        rows={rows}
        rowId={(row) => row.variant}
        height={before.count + after.count === 0 ? 286 : 244}
        empty={before.count + after.count === 0 ? t('running.noLatency') : null}
      />
      <p className="muted" hidden={before.count + after.count === 0}>
        {rows.map((row) => `${row.variant} ${formatMs(row.medianMs)} (n = ${formatCount(row.count)})`).join(' · ')}
      </p>
    </>
  );
}
