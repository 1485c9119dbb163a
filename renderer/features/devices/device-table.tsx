import { useTranslation } from 'react-i18next';
import type { LabOverview } from '../../../shared/contract/lab-rows.ts';
import { Table } from '../../components/table.tsx';
import { useDeviceColumns } from './device-columns.tsx';
import classes from './devices-page.module.css';

/** A clock that is off by more is worth a word: times of its runs would be. */
const clockToleranceSeconds = 5;
const rowHeightPx = 28;

/** The machines, what they are, and what they do. */
export function DeviceTable({ overview }: { readonly overview: LabOverview | null }) {
  const { t } = useTranslation();
  const rows = overview?.devices ?? [];
  const columns = useDeviceColumns(overview);
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
