import { TagsInput, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { formatDuration } from '../../../shared/units.ts';
import { fileNameOf, formatTimestamp } from '../../format.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { useRunUpdate } from './use-run-update.ts';
import classes from './run-page.module.css';

/** When and from what a run was made, and what people wrote on it. */
export function RunLabels({ row }: { row: RunRow }) {
  const { t, i18n } = useTranslation();
  const update = useRunUpdate(row.runId);
  const known = useRequest('runs.tags', {});
  const [tags, setTags] = useState<readonly string[]>(row.tags);
  const [notes, setNotes] = useState(row.notes);
  return (
    <div className={classes.labels}>
      <span className={classes.source}>
        {fileNameOf(row.modelPath)} · {row.recipeName} · {t('run.threads', { count: row.threads })} ·{' '}
        {formatTimestamp(row.startedTimestampMs, i18n.language)}
        {row.durationMs !== null && ` · ${formatDuration(row.durationMs, i18n.language)}`}
      </span>
      <TagsInput
        size="xs"
        className={classes.tags}
        classNames={{ input: classes.quiet }}
        aria-label={t('run.tags')}
        placeholder={tags.length === 0 ? t('run.addTag') : ''}
        maxTags={50}
        data={[...(known.value ?? [])]}
        value={[...tags]}
        onChange={(value) => {
          setTags(value);
          update({ tags: value }, () => setTags(tags));
        }}
      />
      <Textarea
        size="xs"
        className={classes.notes}
        classNames={{ input: classes.quiet }}
        aria-label={t('run.notes')}
        placeholder={t('run.addNote')}
        rows={1}
        resize="vertical"
        maxLength={20_000}
        value={notes}
        onChange={(event) => setNotes(event.currentTarget.value)}
        onBlur={() => {
          // What could not be kept stays in the field, to be copied or tried again.
          if (notes !== row.notes) update({ notes });
        }}
      />
    </div>
  );
}
