import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import {
  buildSizeByKindChart,
  nameSizeKind,
  sumSizeByKind,
  type SizeKind,
} from '../../../shared/charts/size-by-kind.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { formatBytes } from '../../../shared/units.ts';
import { addTooltip } from '../../components/chart-tooltip.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useChartStyle } from '../../components/use-chart-style.ts';
import { formatTimes } from '../../format.ts';

const ratioOf = (kind: SizeKind): number | null => (kind.bytesAfter === 0 ? null : kind.bytesBefore / kind.bytesAfter);

export function SizeChart({ document }: { document: RunDocument }) {
  const { t } = useTranslation();
  const { style, texts } = useChartStyle();
  const kinds = useMemo(() => sumSizeByKind(document), [document]);
  const config = useMemo(
    () =>
      addTooltip(buildSizeByKindChart(document, style, texts), {
        label: (item) => `${item.dataset.label ?? ''}: ${formatBytes(Number(item.parsed.x))}`,
      }),
    [document, style, texts],
  );
  const columns = useMemo(
    (): TableColumn<SizeKind>[] => [
      { id: 'kind', header: t('column.op'), width: 120, grow: 1, value: (kind) => nameSizeKind(kind, texts) },
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
        value: ratioOf,
        render: (kind) => formatTimes(ratioOf(kind)),
      },
    ],
    [t, texts],
  );
  return (
    <Chart
      title={t('size.title')}
      definition={t('size.definition')}
      summary={kinds
        .map(
          (kind) => `${nameSizeKind(kind, texts)}: ${formatBytes(kind.bytesBefore)} → ${formatBytes(kind.bytesAfter)}`,
        )
        .join('; ')}
      config={config}
      columns={columns}
      rows={kinds}
      rowId={(kind) => nameSizeKind(kind, texts)}
    />
  );
}
