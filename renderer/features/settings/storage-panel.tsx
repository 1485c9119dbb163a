import { Button, Group, Modal, NumberInput, Stack } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { GarbageItem, RemovedGarbage } from '../../../shared/contract/results.ts';
import { formatBytes } from '../../../shared/units.ts';
import { request } from '../../api.ts';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Panel } from '../../components/page.tsx';
import { Table } from '../../components/table.tsx';
import type { TableColumn } from '../../components/table-column.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import { notify, useFailure } from '../../hooks/use-notify.tsx';
import { useRequest } from '../../hooks/use-request.ts';
import classes from './settings-page.module.css';

/** As `vernier gc` has it: whoever deleted a run may want it back for a while. */
const usualDeletedForDays = 30;
const mostDays = 10_000;

/** What nothing needs any more: looked for, shown with its size, and removed once the user agrees. */
export function StoragePanel() {
  const { t } = useTranslation();
  const [days, setDays] = useState(usualDeletedForDays);
  const [looking, setLooking] = useState(false);
  return (
    <Panel title={t('storage.title')}>
      <div className={classes.fields}>
        <p className="muted">{t('storage.explanation')}</p>
        <NumberInput
          size="xs"
          label={t('storage.deletedForDays')}
          description={t('storage.deletedForDaysHelp')}
          min={0}
          max={mostDays}
          clampBehavior="strict"
          allowDecimal={false}
          value={days}
          onChange={(value) => typeof value === 'number' && setDays(value)}
        />
        <div>
          <Button variant="default" leftSection={<Icon name="search" />} onClick={() => setLooking(true)}>
            {t('storage.look')}
          </Button>
        </div>
      </div>
      {looking && <GarbageDialog deletedForDays={days} onClose={() => setLooking(false)} />}
    </Panel>
  );
}

function GarbageDialog({ deletedForDays, onClose }: { deletedForDays: number; onClose: () => void }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const fail = useFailure();
  const found = useRequest('garbage.list', { deletedForDays });
  const [removing, setRemoving] = useState(false);
  const [kept, setKept] = useState<RemovedGarbage['kept']>([]);
  const items = found.value ?? [];
  const sizeBytes = items.reduce((sum, item) => sum + item.sizeBytes, 0);
  const columns = useMemo(
    (): TableColumn<GarbageItem>[] => [
      {
        id: 'name',
        header: t('storage.what'),
        width: 260,
        grow: 1,
        clip: 'middle',
        value: (item) => item.name,
        render: (item) => (item.kind === 'deleted-run' ? t('storage.run', { id: item.name.slice(0, 8) }) : item.name),
      },
      { id: 'reason', header: t('storage.why'), width: 220, grow: 1, value: (item) => engineText(item.reason) },
      {
        id: 'size',
        header: t('picker.size'),
        width: 90,
        align: 'end',
        value: (item) => item.sizeBytes,
        render: (item) => formatBytes(item.sizeBytes),
      },
    ],
    [t, engineText],
  );

  function remove(): void {
    setRemoving(true);
    request('garbage.remove', { deletedForDays, names: items.map((item) => item.name) })
      .then((removed) => {
        notify({
          message: t('storage.removed', {
            runs: removed.runCount,
            files: removed.fileCount,
            size: formatBytes(removed.sizeBytes),
          }),
        });
        if (removed.kept.length === 0) onClose();
        else {
          setKept(removed.kept);
          found.reload();
        }
      }, fail)
      .finally(() => setRemoving(false));
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('storage.look')}
      size="xl"
      centered
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Stack gap="sm">
        {found.error !== null && <ErrorNotice error={found.error} />}
        <div className={classes.garbage}>
          <Table
            label={t('storage.found')}
            columns={columns}
            rows={items}
            rowId={(item) => item.name}
            empty={found.loading ? t('common.loading') : t('storage.nothing')}
          />
        </div>
        {kept.length > 0 && (
          <Notice tone="info" title={t('storage.kept')}>
            <ul className={classes.kept}>
              {kept.map(({ path, reason }) => (
                <li key={path}>
                  <span className="mono">{path}</span> <span className="muted">{engineText(reason)}</span>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <Group justify="flex-end" gap="xs">
          {items.length > 0 && (
            <span className="muted" role="status">
              {t('storage.total', { count: items.length, size: formatBytes(sizeBytes) })}
            </span>
          )}
          <Button variant="default" onClick={onClose}>
            {t(items.length > 0 ? 'common.cancel' : 'common.close')}
          </Button>
          <Button disabled={items.length === 0} loading={removing} leftSection={<Icon name="trash" />} onClick={remove}>
            {t('storage.remove')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
