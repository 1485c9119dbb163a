import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatNumber } from '../../format.ts';
import type { LiveRange } from '../../live-run.ts';
import classes from './running-page.module.css';

/** What calibration has seen of each tensor so far. */
export function LiveRanges({ ranges }: { ranges: ReadonlyMap<string, LiveRange> }) {
  const { t } = useTranslation();
  const rows = useMemo(() => [...ranges.values()], [ranges]);
  const widest = useMemo(() => Math.max(1e-12, ...rows.map((range) => range.max - range.min)), [rows]);
  const columns = useMemo(
    (): TableColumn<LiveRange>[] => [
      { id: 'tensor', header: t('column.tensor'), width: 120, grow: 1, clip: 'middle', value: (range) => range.tensor },
      {
        id: 'min',
        header: t('column.min'),
        width: 84,
        align: 'end',
        value: (range) => range.min,
        render: (range) => formatNumber(range.min),
      },
      {
        id: 'max',
        header: t('column.max'),
        width: 100,
        align: 'end',
        value: (range) => range.max,
        render: (range) => formatNumber(range.max),
        heat: (range) => (range.max - range.min) / widest,
      },
    ],
    [t, widest],
  );
  return (
    <div className={classes.fill}>
      <Table
        label={t('running.ranges', { count: rows.length })}
        columns={columns}
        rows={rows}
        rowId={(range) => range.tensor}
        empty={t('running.noRanges')}
      />
    </div>
  );
}
