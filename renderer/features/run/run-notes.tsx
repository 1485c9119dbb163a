import { ActionIcon, Textarea, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { Icon } from '../../components/icon.tsx';
import { Markdown } from '../../components/markdown.tsx';
import { useRunUpdate } from './use-run-update.ts';
import classes from './run-page.module.css';

/** What people wrote on a run: read as Markdown, written as text of as many lines as it has. */
export function RunNotes({ row }: { readonly row: RunRow }) {
  const { t } = useTranslation();
  const update = useRunUpdate(row.runId);
  const [notes, setNotes] = useState(row.notes);
  const [isEditing, setEditing] = useState(false);
  if (!isEditing && notes.trim() !== '') {
    return (
      <div className={classes.notes}>
        <div className={classes.notesText} data-markdown={notes}>
          <Markdown text={notes} />
        </div>
        <Tooltip label={t('run.editNote')}>
          <ActionIcon aria-label={t('run.editNote')} onClick={() => setEditing(true)}>
            <Icon name="edit" />
          </ActionIcon>
        </Tooltip>
      </div>
    );
  }
  return (
    <div className={classes.notes}>
      <Textarea
        size="xs"
        className={classes.notesText}
        classNames={{ input: classes.quiet }}
        aria-label={t('run.notes')}
        placeholder={t('run.addNote')}
        autosize
        autoFocus={isEditing}
        minRows={1}
        maxRows={14}
        maxLength={20_000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
        onFocus={() => setEditing(true)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.blur();
        }}
        onBlur={() => {
          setEditing(false);
          // What could not be kept stays in the field, to be copied or tried again.
          if (notes !== row.notes) update({ notes }, () => setEditing(true));
        }}
      />
    </div>
  );
}
