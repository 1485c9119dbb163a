import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { buildLatencyDistributionChart } from '../../../shared/charts/latency-distribution.ts';
import { formatMs } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import { useChartStyle } from '../../components/use-chart-style.ts';
import type { TableColumn } from '../../components/table-column.ts';
import { formatTimes, formatTimesInterval } from '../../format.ts';
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

/** Latency of every compressed model over one axis; each run has its own colour and its own dashes. */
export function CompareLatency({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const { style, texts } = useChartStyle();
  const config = useMemo(
    () =>
      addTooltip(
        buildLatencyDistributionChart(
          runs.map(({ letter, color, document: { latency } }, index) => ({
            name: letter,
            samplesMs: latency.after.samplesMs,
            medianMs: latency.after.medianMs,
            color,
            dash: dashes[index % dashes.length]!,
          })),
          style,
          texts,
        ),
        {
          title: () => '',
          label: ({ datasetIndex, parsed: { x, y } }) =>
            `${runs[datasetIndex]?.letter ?? ''}: ${y!.toFixed(1)} % @ ${formatMs(x)}`,
        },
      ),
    [runs, style, texts],
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
      config={config}
      columns={columns}
      rows={runs}
      rowId={(run) => run.runId}
      height={260}
    />
  );
}
