import type { ChartData, ChartOptions } from 'chart.js';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Layer } from '../../../shared/run.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { formatTimes } from '../../format.ts';
import { foldRest, groupByKind, type LayerKind } from './group-layers.ts';

export function SizeChart({ layers }: { layers: readonly Layer[] }) {
  const { t } = useTranslation();
  const palette = usePalette();
  const kinds = useMemo(
    () =>
      foldRest(
        groupByKind(layers, (kind) => kind.bytesBefore).filter((kind) => kind.bytesBefore + kind.bytesAfter > 0),
        6,
        t('chart.otherKinds'),
      ),
    [layers, t],
  );
  const data = useMemo(
    (): ChartData<'bar'> => ({
      labels: kinds.map((kind) => kind.opType),
      datasets: [
        {
          label: t('variant.before'),
          data: kinds.map((kind) => kind.bytesBefore),
          backgroundColor: palette.before,
          maxBarThickness: 14,
        },
        {
          label: t('variant.after'),
          data: kinds.map((kind) => kind.bytesAfter),
          backgroundColor: palette.after,
          maxBarThickness: 14,
        },
      ],
    }),
    [kinds, palette, t],
  );
  const options = useMemo(
    (): ChartOptions<'bar'> => ({
      indexAxis: 'y',
      scales: {
        x: {
          type: 'linear',
          beginAtZero: true,
          title: { display: true, text: t('axis.weightBytes') },
          ticks: { maxTicksLimit: 6, callback: (value) => formatBytes(Number(value)) },
        },
        y: { type: 'category', grid: { display: false }, ticks: { color: palette.text } },
      },
      plugins: {
        tooltip: {
          callbacks: { label: (item) => `${item.dataset.label ?? ''}: ${formatBytes(Number(item.parsed.x))}` },
        },
      },
    }),
    [palette, t],
  );
  const columns = useMemo(
    (): TableColumn<LayerKind>[] => [
      { id: 'kind', header: t('column.op'), width: 120, grow: 1, value: (kind) => kind.opType },
      { id: 'count', header: t('column.layers'), width: 70, align: 'end', value: (kind) => kind.count },
      {
        id: 'before',
        header: t('variant.before'),
        width: 90,
        align: 'end',
        value: (kind) => kind.bytesBefore,
        render: (kind) => formatBytes(kind.bytesBefore),
      },
      {
        id: 'after',
        header: t('variant.after'),
        width: 90,
        align: 'end',
        value: (kind) => kind.bytesAfter,
        render: (kind) => formatBytes(kind.bytesAfter),
      },
      {
        id: 'ratio',
        header: t('column.ratio'),
        width: 76,
        align: 'end',
        value: (kind) => (kind.bytesAfter === 0 ? null : kind.bytesBefore / kind.bytesAfter),
        render: (kind) => formatTimes(kind.bytesAfter === 0 ? null : kind.bytesBefore / kind.bytesAfter),
      },
    ],
    [t],
  );
  return (
    <Chart
      title={t('size.title')}
      definition={t('size.definition')}
      summary={kinds
        .map((kind) => `${kind.opType}: ${formatBytes(kind.bytesBefore)} → ${formatBytes(kind.bytesAfter)}`)
        .join('; ')}
      type="bar"
      data={data}
      options={options}
      columns={columns}
      rows={kinds}
      rowId={(kind) => kind.opType}
    />
  );
}
