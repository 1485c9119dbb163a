import { ActionIcon, Tooltip } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LabJobRow, LabOverview } from '../../../shared/contract/lab-rows.ts';
import { Icon } from '../../components/icon.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { formatTimestamp } from '../../format.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { navigate } from '../../hooks/use-route.ts';
import classes from './devices-page.module.css';
import { usePlaceName } from '../../hooks/use-place-name.ts';

const rowHeightPx = 28;

/** What the lab has to do, whoever submitted it; what came from here can be opened and cancelled. */
export function JobTable({ overview }: { readonly overview: LabOverview | null }) {
  const { t, i18n } = useTranslation();
  const { queue, cancelling, cancelRun } = useAppState();
  const placeName = usePlaceName();
  const rows = overview?.jobs ?? [];
  const own = useMemo(() => new Set(queue.map(({ runId }) => runId)), [queue]);
  const columns: TableColumn<LabJobRow>[] = [
    { id: 'title', header: t('column.model'), width: 150, grow: 1, hideable: false, value: (row) => row.title },
    { id: 'kind', header: t('devices.column.kind'), width: 96, value: (row) => t(`devices.kind.${row.kind}`) },
    { id: 'place', header: t('devices.column.place'), width: 110, value: (row) => placeName(row.place) },
    {
      id: 'state',
      header: t('devices.column.state'),
      width: 130,
      grow: 0.6,
      value: (row) => row.phase,
      render: (row) =>
        row.phase === 'queued'
          ? t('status.queued')
          : `${row.device ?? ''}${row.stage === null ? '' : ` · ${t(`stage.${row.stage}`)}`}`,
    },
    {
      id: 'attempt',
      header: t('devices.column.attempt'),
      width: 60,
      align: 'end',
      yields: true,
      value: (row) => row.attempt,
    },
    { id: 'by', header: t('devices.column.by'), width: 110, grow: 0.4, yields: true, value: (row) => row.submittedBy },
    {
      id: 'submitted',
      header: t('devices.column.submitted'),
      width: 122,
      align: 'end',
      value: (row) => row.submittedTimestampMs,
      render: (row) => formatTimestamp(row.submittedTimestampMs, i18n.language),
    },
    {
      id: 'cancel',
      header: '✕',
      width: 36,
      sortable: false,
      value: () => '',
      render: (row) =>
        own.has(row.runId) ? (
          <Tooltip label={t('running.cancel')}>
            <ActionIcon
              size="xs"
              tabIndex={-1}
              aria-label={t('queue.cancel', { name: row.title })}
              loading={cancelling.has(row.runId)}
              onClick={(event) => {
                event.stopPropagation();
                cancelRun(row.runId);
              }}
            >
              <Icon name="close" size={14} />
            </ActionIcon>
          </Tooltip>
        ) : (
          ''
        ),
    },
  ];
  return (
    <div className={classes.table} style={{ height: (Math.min(14, Math.max(2, rows.length)) + 1) * rowHeightPx + 8 }}>
      <Table
        label={t('devices.queue')}
        columns={columns}
        rows={rows}
        rowId={(row) => row.jobId}
        onOpen={(row) => {
          if (own.has(row.runId)) navigate({ page: 'run', runId: row.runId });
        }}
        empty={overview === null ? t('common.loading') : t('devices.noJobs')}
      />
    </div>
  );
}
