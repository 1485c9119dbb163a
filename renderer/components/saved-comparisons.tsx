import { ActionIcon, Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SavedComparison } from '../../shared/contract/results.ts';
import { request } from '../api.ts';
import { useFailure, useUndo } from '../hooks/use-notify.tsx';
import { useRequest } from '../hooks/use-request.ts';
import { formatRoute } from '../route.ts';
import { Icon } from './icon.tsx';
import { ErrorNotice } from './notice.tsx';
import classes from './saved-comparisons.module.css';

/** Comparisons kept under a name, by the window or by `vernier compare --save`: to open again or to forget. */
export function SavedComparisons() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={320} trapFocus returnFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<Icon name="compare" />} onClick={() => setOpened(!opened)}>
          {t('comparisons.title')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" aria-label={t('comparisons.title')}>
        <ComparisonList onOpen={() => setOpened(false)} onRestored={() => setOpened(true)} />
      </Popover.Dropdown>
    </Popover>
  );
}

interface ComparisonListProps {
  readonly onOpen: () => void;
  /** A deletion was undone, by a button outside the list, which closes it: the list should show what is back. */
  readonly onRestored: () => void;
}

/** Asked for whenever it is opened: the command line may have saved some meanwhile. */
function ComparisonList({ onOpen, onRestored }: ComparisonListProps) {
  const { t } = useTranslation();
  const { value: saved, error, reload } = useRequest('comparisons.list', {});
  const offerUndo = useUndo();
  const fail = useFailure();

  function forget({ name, runIds }: SavedComparison): void {
    request('comparisons.delete', { name }).then(() => {
      reload();
      offerUndo(t('comparisons.deleted', { name }), async () => {
        await request('comparisons.save', { name, runIds: [...runIds] });
        reload();
        onRestored();
      });
    }, fail);
  }

  if (error !== null) return <ErrorNotice error={error} />;
  if (saved === null) return <span className="muted">{t('common.loading')}</span>;
  if (saved.length === 0) return <span className="muted">{t('comparisons.none')}</span>;
  return (
    <ul className={classes.list}>
      {saved.map((comparison) => (
        <li key={comparison.name} className={classes.item}>
          <a
            className={`clip ${classes.name}`}
            href={formatRoute({ page: 'compare', runIds: comparison.runIds })}
            title={comparison.name}
            onClick={onOpen}
          >
            {comparison.name}
          </a>
          <span className="muted">{t('comparisons.runs', { count: comparison.runIds.length })}</span>
          <ActionIcon
            variant="subtle"
            aria-label={t('comparisons.delete', { name: comparison.name })}
            onClick={() => forget(comparison)}
          >
            <Icon name="trash" />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
