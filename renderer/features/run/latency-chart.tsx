import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { nameCompression } from '../../../shared/name-compression.ts';
import { timesOfSpeedup } from '../../../shared/paired-times.ts';
import type { LatencySide, RunDocument } from '../../../shared/run.ts';
import { formatBytes, formatCount, formatMs } from '../../../shared/units.ts';
import { buildLatencyDistributionChart, latencySeriesOf } from '../../../shared/charts/latency-distribution.ts';
import { Chart } from '../../components/chart.tsx';
import { addTooltip } from '../../components/chart-tooltip.ts';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatTimes, formatTimesInterval } from '../../format.ts';

interface LatencyFigure {
  readonly figure: string;
  readonly before: string;
  /** Empty where the float model as prepared was not timed apart. */
  readonly prepared: string;
  readonly after: string;
}

const millisecondFigures = ['medianMs', 'meanMs', 'p90Ms', 'p95Ms', 'p99Ms', 'sessionLoadMs'] as const;

/** What of the speed-up is that of folding; empty for documents that do not tell. */
function useParts({ latency, model, layers }: RunDocument): string {
  const { t, i18n } = useTranslation();
  const means = nameCompression(layers, i18n.language === 'zh-CN' ? 'zh-CN' : 'en');
  if (latency.speedupParts === null) {
    return model.prepared?.changed === false ? ` ${t('latency.nothingFolded', { means })}` : '';
  }
  const { folding, compression } = latency.speedupParts;
  const parameters = {
    folding: formatTimes(folding.ratio),
    foldingInterval: formatTimesInterval(folding.ci95),
    compression: formatTimes(compression.ratio),
    compressionInterval: formatTimesInterval(compression.ci95),
    means,
  };
  return ` ${t('latency.parts', parameters)}`;
}

export function LatencyChart(props: { readonly document: RunDocument }) {
  const { latency } = props.document;
  const { t } = useTranslation();
  const { style, texts } = useChartStyle();
  const { before, prepared, after } = latency;
  const config = useMemo(() => {
    const series = latencySeriesOf(latency, style, texts);
    return addTooltip(buildLatencyDistributionChart(series, style, texts), {
      title: () => '',
      label: ({ datasetIndex, parsed: { x, y } }) =>
        `${series[datasetIndex]?.name ?? ''}: ${y!.toFixed(1)} % @ ${formatMs(x)}`,
    });
  }, [latency, style, texts]);
  const rows = useMemo((): LatencyFigure[] => {
    const row = (figure: string, value: (side: LatencySide) => string): LatencyFigure => ({
      figure,
      before: value(before),
      prepared: prepared === null ? '' : value(prepared),
      after: value(after),
    });
    return [
      ...millisecondFigures.map((key) => row(t(`latency.${key}`), (side) => formatMs(side[key]))),
      row(t('latency.peakMemoryBytes'), (side) => formatBytes(side.peakMemoryBytes)),
      row(t('latency.count'), (side) => formatCount(side.count)),
    ];
  }, [before, prepared, after, t]);
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
      ...(prepared === null
        ? []
        : [
            {
              id: 'prepared',
              header: t('variant.prepared'),
              width: 120,
              align: 'end' as const,
              value: (row: LatencyFigure) => row.prepared,
              sortable: false,
            },
          ]),
      { id: 'after', header: t('variant.after'), width: 100, align: 'end', value: (row) => row.after, sortable: false },
    ],
    [prepared, t],
  );
  const control =
    latency.resolution === null
      ? ''
      : ` ${t('latency.control', { interval: formatTimesInterval(latency.resolution.ci95) })}`;
  const swayed = timesOfSpeedup(latency).isEvened
    ? ` ${t('latency.swayed', { ratio: formatTimes(before.medianMs / after.medianMs) })}`
    : '';
  const parts = useParts(props.document);
  return (
    <Chart
      title={t('latency.title')}
      definition={t('latency.definition') + control + parts + swayed}
      summary={
        t('latency.summary', {
          before: formatMs(before.medianMs),
          after: formatMs(after.medianMs),
          ratio: formatTimes(latency.speedup.ratio),
        }) +
        parts +
        swayed
      }
      config={config}
      columns={columns}
      rows={rows}
      rowId={(row) => row.figure}
      height={276}
    />
  );
}
