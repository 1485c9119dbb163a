import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LabDeviceRow, LabOverview } from '../../../shared/contract/results.ts';
import { formatBytes } from '../../../shared/units.ts';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import classes from './devices-page.module.css';

/** A clock that is off by more is worth a word: times of its runs would be. */
const clockToleranceSeconds = 5;
const rowHeightPx = 28;

/** The machines, what they are, and what they do. */
export function DeviceTable({ overview }: { readonly overview: LabOverview | null }) {
  const { t } = useTranslation();
  const rows = overview?.devices ?? [];
  const columns = useMemo((): TableColumn<LabDeviceRow>[] => {
    const stageOf = ({ jobId }: LabDeviceRow): string => {
      const stage = overview?.jobs.find((job) => job.jobId === jobId)?.stage ?? null;
      return stage === null ? '' : ` · ${t(`stage.${stage}`)}`;
    };
    return [
      {
        id: 'name',
        header: t('devices.column.name'),
        width: 110,
        grow: 0.6,
        hideable: false,
        value: (row) => row.name,
      },
      {
        id: 'state',
        header: t('devices.column.state'),
        width: 116,
        value: (row) => row.state,
        render: (row) => (
          <span className={classes.state} data-state={row.isOtherVersion ? 'other' : row.state}>
            <span className={classes.dot} aria-hidden="true" />
            {row.isOtherVersion ? t('devices.otherVersion') : t(`devices.state.${row.state}`)}
          </span>
        ),
      },
      {
        id: 'job',
        header: t('devices.column.runs'),
        width: 120,
        grow: 1,
        value: (row) => row.jobTitle,
        render: (row) => (row.jobTitle === null ? '' : `${row.jobTitle}${stageOf(row)}`),
      },
      { id: 'cpu', header: t('environment.cpu'), width: 120, grow: 1, value: (row) => row.cpuModel },
      {
        id: 'cores',
        header: t('devices.column.cores'),
        width: 58,
        align: 'end',
        value: (row) => row.cores,
      },
      {
        id: 'memory',
        header: t('devices.column.memory'),
        width: 76,
        align: 'end',
        yields: true,
        value: (row) => row.memoryBytes,
        render: (row) => formatBytes(row.memoryBytes),
      },
      {
        id: 'int8',
        header: t('devices.column.int8'),
        definition: t('devices.int8Definition'),
        width: 106,
        value: (row) => row.hasInt8DotProduct,
        render: (row) => (
          <span title={row.features.join(' ')}>{t(row.hasInt8DotProduct ? 'common.yes' : 'common.no')}</span>
        ),
      },
      {
        id: 'features',
        header: t('environment.flags'),
        width: 140,
        initiallyHidden: true,
        value: (row) => row.features.join(' '),
      },
      {
        id: 'labels',
        header: t('devices.column.labels'),
        width: 90,
        grow: 0.6,
        value: (row) => row.labels.join(' '),
      },
      {
        id: 'version',
        header: 'Vernier',
        width: 70,
        yields: true,
        value: (row) => row.vernierVersion,
      },
      {
        id: 'onnxRuntime',
        header: 'ONNX Runtime',
        width: 96,
        initiallyHidden: true,
        value: (row) => row.onnxRuntimeVersion,
      },
      { id: 'os', header: t('environment.os'), width: 140, initiallyHidden: true, value: (row) => row.os },
      {
        id: 'done',
        header: t('devices.column.done'),
        width: 70,
        align: 'end',
        yields: true,
        value: (row) => row.jobsDone,
      },
      {
        id: 'seen',
        header: t('devices.column.seen'),
        width: 84,
        align: 'end',
        value: (row) => row.secondsSinceSeen,
        render: (row) => t('devices.secondsAgo', { seconds: Math.round(row.secondsSinceSeen) }),
      },
    ];
  }, [t, overview]);
  const late = rows.filter(({ clockAheadSeconds }) => Math.abs(clockAheadSeconds) > clockToleranceSeconds);
  return (
    <>
      <div
        className={classes.table}
        style={{ height: (Math.min(12, Math.max(2, rows.length)) + 2) * rowHeightPx + 12 }}
      >
        <Table
          label={t('navigation.devices')}
          columns={columns}
          rows={rows}
          rowId={(row) => row.name}
          withTools
          empty={overview === null ? t('common.loading') : t('devices.none')}
        />
      </div>
      {late.map(({ name, clockAheadSeconds }) => (
        <p key={name} className={`muted ${classes.note}`}>
          {t(clockAheadSeconds > 0 ? 'devices.clockAhead' : 'devices.clockBehind', {
            name,
            seconds: Math.abs(Math.round(clockAheadSeconds)),
          })}
        </p>
      ))}
    </>
  );
}
