import { Button } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeMatrix, matrixColumns } from '../../../shared/device-matrix-texts.ts';
import type { DeviceRow } from '../../../shared/device-matrix.ts';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { Panel } from '../../components/page.tsx';
import { DecisionMark } from '../../components/run-cells.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useFailure } from '../../hooks/use-notify.tsx';
import { navigate } from '../../hooks/use-route.ts';
import { useLab } from '../../hooks/use-lab.ts';
import classes from './run-page.module.css';

const rowHeightPx = 28;
const widths: Readonly<Record<string, number>> = {
  device: 96,
  cpu: 120,
  dotProduct: 104,
  speedup: 84,
  interval: 118,
  latency: 150,
  task: 158,
  taskInterval: 110,
  memory: 80,
  size: 64,
  decision: 100,
};
const yielding: ReadonlySet<string> = new Set(['memory', 'cpu', 'taskInterval']);

/** The same model on the machines of the lab, the worst first; and the way to measure it on those that are there. */
export function DevicesTab({ runId, rows }: { readonly runId: string; readonly rows: readonly DeviceRow[] }) {
  const { t, i18n } = useTranslation();
  const { settings } = useAppState();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const columns = useMemo(
    () =>
      matrixColumns(rows, language).map(({ id, title, align, text }): TableColumn<DeviceRow> => ({
        id,
        header: title,
        align,
        width: widths[id] ?? 90,
        ...(id === 'cpu' || id === 'device' ? { grow: 1 } : {}),
        ...(yielding.has(id) ? { yields: true } : {}),
        ...(id === 'device' ? { hideable: false } : {}),
        value: text,
        ...(id === 'decision' ? { render: (row) => <DecisionMark decision={row.decision} /> } : {}),
      })),
    [rows, language],
  );
  return (
    <Panel title={t('run.tab.devices')} actions={settings.lab === null ? undefined : <ProveButton runId={runId} />}>
      {rows.length === 0 ? (
        <p className="muted">{t('devices.notProven')}</p>
      ) : (
        <>
          <p className={classes.matrixVerdict}>{describeMatrix(rows, language)}</p>
          <div className={classes.matrix} style={{ height: (Math.min(12, rows.length) + 3) * rowHeightPx }}>
            <Table
              label={t('run.tab.devices')}
              columns={columns}
              rows={rows}
              rowId={(row) => row.runId}
              activeId={runId}
              withTools
              openOnClick
              onOpen={(row) => navigate({ page: 'run', runId: row.runId, tab: 'devices' })}
            />
          </div>
        </>
      )}
    </Panel>
  );
}

/** Measures the compressed model on every device that is there. */
function ProveButton({ runId }: { readonly runId: string }) {
  const { t } = useTranslation();
  const { overview, error } = useLab();
  const fail = useFailure();
  const [isSending, setSending] = useState(false);
  const places = (overview?.devices ?? []).filter((device) => !device.isOtherVersion).map(({ name }) => name);
  const prove = (): void => {
    setSending(true);
    request('lab.prove', { runId, places })
      .then(() => navigate({ page: 'queue' }), fail)
      .finally(() => setSending(false));
  };
  return (
    <Button
      variant="default"
      size="xs"
      loading={isSending}
      disabled={places.length === 0}
      leftSection={<Icon name="devices" />}
      onClick={prove}
    >
      {overview === null && error === null
        ? t('common.loading')
        : places.length === 0
          ? t('devices.noneToProve')
          : t('devices.prove', { count: places.length })}
    </Button>
  );
}
