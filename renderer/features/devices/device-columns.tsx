import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { LabDeviceRow, LabOverview } from '../../../shared/contract/lab-rows.ts';
import { formatBytes } from '../../../shared/units.ts';
import type { TableColumn } from '../../components/table-column.ts';
import classes from './devices-page.module.css';

/** What columns are made from. */
interface ColumnFacts {
  readonly t: TFunction;
  /** How far a device is with its job; empty where it has none. */
  readonly stageOf: (row: LabDeviceRow) => string;
}

export function useDeviceColumns(overview: LabOverview | null): TableColumn<LabDeviceRow>[] {
  const { t } = useTranslation();
  return useMemo(() => {
    const stageOf = ({ jobId }: LabDeviceRow): string => {
      const stage = overview?.jobs.find((job) => job.jobId === jobId)?.stage ?? null;
      return stage === null ? '' : ` · ${t(`stage.${stage}`)}`;
    };
    return columns.map((make) => make({ t, stageOf }));
  }, [t, overview]);
}

const columns: readonly ((facts: ColumnFacts) => TableColumn<LabDeviceRow>)[] = [
  ({ t }) => ({
    id: 'name',
    header: t('devices.column.name'),
    width: 110,
    grow: 0.6,
    hideable: false,
    value: (row) => row.name,
  }),
  ({ t }) => ({
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
  }),
  ({ t, stageOf }) => ({
    id: 'job',
    header: t('devices.column.runs'),
    width: 120,
    grow: 1,
    value: (row) => row.jobTitle,
    render: (row) => (row.jobTitle === null ? '' : `${row.jobTitle}${stageOf(row)}`),
  }),
  ({ t }) => ({
    id: 'cpu',
    header: t('environment.cpu'),
    width: 120,
    grow: 1,
    value: (row) => row.cpuModel,
  }),
  ({ t }) => ({
    id: 'cores',
    header: t('devices.column.cores'),
    width: 58,
    align: 'end',
    value: (row) => row.cores,
  }),
  ({ t }) => ({
    id: 'memory',
    header: t('devices.column.memory'),
    width: 76,
    align: 'end',
    yields: true,
    value: (row) => row.memoryBytes,
    render: (row) => formatBytes(row.memoryBytes),
  }),
  ({ t }) => ({
    id: 'int8',
    header: t('devices.column.int8'),
    definition: t('devices.int8Definition'),
    width: 106,
    value: (row) => row.hasInt8DotProduct,
    render: (row) => (
      <span title={row.features.join(' ')}>{t(row.hasInt8DotProduct ? 'common.yes' : 'common.no')}</span>
    ),
  }),
  ({ t }) => ({
    id: 'features',
    header: t('environment.flags'),
    width: 140,
    initiallyHidden: true,
    value: (row) => row.features.join(' '),
  }),
  ({ t }) => ({
    id: 'labels',
    header: t('devices.column.labels'),
    width: 90,
    grow: 0.6,
    value: (row) => row.labels.join(' '),
  }),
  () => ({
    id: 'version',
    header: 'Vernier',
    width: 70,
    yields: true,
    value: (row) => row.vernierVersion,
  }),
  () => ({
    id: 'onnxRuntime',
    header: 'ONNX Runtime',
    width: 96,
    initiallyHidden: true,
    value: (row) => row.onnxRuntimeVersion,
  }),
  ({ t }) => ({
    id: 'os',
    header: t('environment.os'),
    width: 140,
    initiallyHidden: true,
    value: (row) => row.os,
  }),
  ({ t }) => ({
    id: 'done',
    header: t('devices.column.done'),
    width: 70,
    align: 'end',
    yields: true,
    value: (row) => row.jobsDone,
  }),
  ({ t }) => ({
    id: 'seen',
    header: t('devices.column.seen'),
    width: 84,
    align: 'end',
    value: (row) => row.secondsSinceSeen,
    render: (row) => t('devices.secondsAgo', { seconds: Math.round(row.secondsSinceSeen) }),
  }),
];
