import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDocument } from '../../../shared/run.ts';
import { formatMs, formatShare } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { foldRest, groupByKind, type LayerKind } from './group-layers.ts';

/** Where the time goes, by operator: two bars of a hundred percent. */
export function TimeChart({ document }: { document: RunDocument }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const kinds = useMemo(
    () =>
      foldRest(
        groupByKind(document.layers, (kind) => kind.timeBeforeMs + kind.timeAfterMs).filter(
          (kind) => kind.timeBeforeMs + kind.timeAfterMs > 0,
        ),
        6,
        t('chart.otherLayers'),
      ),
    [document.layers, t],
  );
  const totals = useMemo(
    () => ({
      before: kinds.reduce((sum, kind) => sum + kind.timeBeforeMs, 0),
      after: kinds.reduce((sum, kind) => sum + kind.timeAfterMs, 0),
    }),
    [kinds],
  );
  const data = useMemo(
    (): ChartData<'bar'> => ({
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
    }),
    [kinds, totals, palette, t],
  );
  const options = useMemo(
    (): ChartOptions<'bar'> => ({
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
    }),
    [kinds, palette, t],
  );
  const columns = useMemo((): TableColumn<LayerKind>[] => {
    const share = (value: number, total: number): string => formatShare(total === 0 ? null : value / total);
    return [
      { id: 'kind', header: t('column.op'), width: 110, grow: 1, value: (kind) => kind.opType },
      {
        id: 'before',
        header: t('variant.before'),
        width: 84,
        align: 'end',
        value: (kind) => kind.timeBeforeMs,
        render: (kind) => formatMs(kind.timeBeforeMs),
      },
      {
        id: 'shareBefore',
        header: t('column.share'),
        width: 70,
        align: 'end',
        value: (kind) => kind.timeBeforeMs,
        render: (kind) => share(kind.timeBeforeMs, totals.before),
      },
      {
        id: 'after',
        header: t('variant.after'),
        width: 84,
        align: 'end',
        value: (kind) => kind.timeAfterMs,
        render: (kind) => formatMs(kind.timeAfterMs),
      },
      {
        id: 'shareAfter',
        header: t('column.share'),
        width: 70,
        align: 'end',
        value: (kind) => kind.timeAfterMs,
        render: (kind) => share(kind.timeAfterMs, totals.after),
      },
    ];
  }, [t, totals]);
  const { beforeSumMs, afterSumMs } = document.profile;
  return (
    <Chart
      title={t('time.title')}
      definition={t('time.definition', {
        beforeSum: formatMs(beforeSumMs),
        before: formatMs(document.latency.before.medianMs),
        afterSum: formatMs(afterSumMs),
        after: formatMs(document.latency.after.medianMs),
      })}
      summary={kinds
        .map((kind) => `${kind.opType}: ${formatMs(kind.timeBeforeMs)} → ${formatMs(kind.timeAfterMs)}`)
        .join('; ')}
      config={{ type: 'bar', data, options }}
      columns={columns}
      rows={kinds}
      rowId={(kind) => kind.opType}
      height={176}
    />
  );
}
