import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMs } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatTimes, formatTimesInterval } from '../../format.ts';
import { distributionsOf } from '../../statistics.ts';
import type { ComparedRun } from './compared-run.ts';

const dashes: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [10, 4],
  [4, 4],
  [1, 3],
  [12, 3, 3, 3],
];

const bins = 160;

/** Latency of every compressed model over one axis; each run has its own colour and its own dashes. */
export function CompareLatency({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const distributions = useMemo(
    () =>
      distributionsOf(
        runs.map((run) => run.document.latency.after.samplesMs),
        bins,
      ),
    [runs],
  );
  const data = useMemo(
    (): ChartData<'scatter'> => ({
      datasets: runs.map((run, index) => ({
        label: run.letter,
        data: [...(distributions.curves[index] ?? [])],
        borderColor: run.color,
        backgroundColor: run.color,
        borderWidth: 1.75,
        borderDash: [...(dashes[index % dashes.length] ?? [])],
        pointRadius: 0,
        showLine: true,
        stepped: 'middle' as const,
      })),
    }),
    [runs, distributions],
  );
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
        tooltip: {
          callbacks: { title: () => '', label: (item) => `${item.dataset.label ?? ''}: ${formatMs(item.parsed.x)}` },
        },
      },
    }),
    [distributions, t],
  );
  const columns = useMemo((): TableColumn<ComparedRun>[] => {
    const ms = (id: 'medianMs' | 'p90Ms' | 'p95Ms'): TableColumn<ComparedRun> => ({
      id,
      header: t(`latency.${id}`),
      width: 84,
      align: 'end',
      value: (run) => run.document.latency.after[id],
      render: (run) => formatMs(run.document.latency.after[id]),
    });
    return [
      { id: 'run', header: t('column.run'), width: 120, grow: 1, value: (run) => `${run.letter} · ${run.title}` },
      ms('medianMs'),
      ms('p90Ms'),
      ms('p95Ms'),
      {
        id: 'speedup',
        header: t('column.speedup'),
        width: 84,
        align: 'end',
        value: (run) => run.document.latency.speedup.ratio,
        render: (run) => formatTimes(run.document.latency.speedup.ratio),
      },
      {
        id: 'interval',
        header: t('column.interval'),
        width: 120,
        align: 'end',
        value: (run) => formatTimesInterval(run.document.latency.speedup.ci95),
        sortable: false,
      },
    ];
  }, [t]);
  return (
    <Chart
      title={t('compare.latency')}
      definition={t('compare.latencyDefinition')}
      summary={runs.map((run) => `${run.letter}: ${formatMs(run.document.latency.after.medianMs)}`).join('; ')}
      type="scatter"
      data={data}
      options={options}
      columns={columns}
      rows={runs}
      rowId={(run) => run.runId}
      height={260}
    />
  );
}
