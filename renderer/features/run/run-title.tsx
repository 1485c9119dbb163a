import { ActionIcon, TextInput, Tooltip, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { Icon } from '../../components/icon.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { useRunUpdate } from './use-run-update.ts';
import classes from './run-page.module.css';

/** The name, which is also where it is changed, and the star. */
export function RunTitle({ row }: { row: RunRow }) {
  const { t } = useTranslation();
  const update = useRunUpdate(row.runId);
  const [name, setName] = useState(row.name);
  const [starred, setStarred] = useState(row.starred);
  function save(): void {
    if (name.trim() !== row.name) update({ name: name.trim() }, () => setName(row.name));
  }
  const starLabel = starred ? t('run.unstar') : t('run.star');
  return (
    <>
      <VisuallyHidden component="h1">{runTitle({ ...row, name })}</VisuallyHidden>
      <Tooltip label={starLabel}>
        <ActionIcon
          aria-label={starLabel}
          aria-pressed={starred}
          className={classes.star}
          data-on={starred || undefined}
          onClick={() => {
            setStarred(!starred);
            update({ starred: !starred }, () => setStarred(starred));
          }}
        >
          <Icon name="star" filled={starred} />
        </ActionIcon>
      </Tooltip>
      <TextInput
        className={classes.titleInput}
        aria-label={t('run.name')}
        placeholder={runTitle({ ...row, name: '' })}
        maxLength={200}
        value={name}
        title={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
    </>
  );
}
