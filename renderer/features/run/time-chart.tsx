import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunDocument } from '../../../shared/run.ts';
import { formatMs, formatShare } from '../../../shared/units.ts';
import { Chart } from '../../components/chart.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { usePalette } from '../../components/use-palette.ts';
import { foldRest, groupByKind, type LayerKind } from './group-layers.ts';
import { timeData, timeOptions } from './time-config.ts';

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
  const plan = useMemo(() => ({ kinds, totals, palette, t }), [kinds, totals, palette, t]);
  const data = useMemo(() => timeData(plan), [plan]);
  const options = useMemo(() => timeOptions(plan), [plan]);
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
