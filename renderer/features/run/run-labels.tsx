import { TagsInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { formatDuration } from '../../../shared/units.ts';
import { fileNameOf, formatTimestamp } from '../../format.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { RunNotes } from './run-notes.tsx';
import { useRunUpdate } from './use-run-update.ts';
import classes from './run-page.module.css';

/** When and from what a run was made, and what people wrote on it. */
export function RunLabels({ row }: { row: RunRow }) {
  const { t, i18n } = useTranslation();
  const update = useRunUpdate(row.runId);
  const known = useRequest('runs.tags', {});
  const [tags, setTags] = useState<readonly string[]>(row.tags);
  return (
    <>
      <div className={classes.labels} data-line>
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
      </div>
      <RunNotes row={row} />
    </>
  );
}
