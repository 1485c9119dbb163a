import { Button, Modal, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunRow } from '../../../shared/contract/results.ts';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { DecisionMark, runTitle } from '../../components/run-cells.tsx';
import { fileNameOf, formatTimestamp } from '../../format.ts';
import { useRequest } from '../../hooks/use-request.ts';
import { navigate } from '../../hooks/use-route.ts';
import { formatRoute } from '../../route.ts';
import classes from './compare-with.module.css';

const searchDelayMs = 150;
const shownRuns = 50;

/** Picks the run that this one is held against. */
export function CompareWith({ row }: { readonly row: RunRow }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" leftSection={<Icon name="compare" />} onClick={() => setOpen(true)}>
        {t('run.compareWith')}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('run.compareWithTitle', { name: runTitle(row) })}
        size="lg"
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <RunPicker row={row} />
      </Modal>
    </>
  );
}

/** Finished runs, those of the same model first: only they answer the same question. */
function RunPicker({ row }: { readonly row: RunRow }) {
  const { t, i18n } = useTranslation();
  const [text, setText] = useState('');
  const [searched] = useDebouncedValue(text, searchDelayMs);
  const found = useRequest('runs.list', { text: searched, status: 'done', limit: shownRuns });
  const runs = useMemo(() => {
    const others = (found.value?.rows ?? []).filter(({ runId }) => runId !== row.runId);
    const isOfThisModel = ({ modelSha256 }: RunRow): number => (modelSha256 === row.modelSha256 ? 0 : 1);
    return others.toSorted((left, right) => isOfThisModel(left) - isOfThisModel(right));
  }, [found.value, row]);
  const routeTo = (other: RunRow) => ({ page: 'compare' as const, runIds: [row.runId, other.runId] });
  if (found.error !== null) return <ErrorNotice error={found.error} />;
  return (
    <>
      <TextInput
        type="search"
        data-autofocus
        aria-label={t('history.search')}
        placeholder={t('history.search')}
        leftSection={<Icon name="search" size={14} />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          // What is listed is what was typed once the answer is there.
          if (event.key === 'Enter' && runs[0] !== undefined && searched === text) navigate(routeTo(runs[0]));
        }}
      />
      <ul className={classes.runs} aria-label={t('compare.runs')}>
        {runs.map((other) => (
          <li key={other.runId}>
            <a href={formatRoute(routeTo(other))} className={classes.run}>
              <span className={classes.name}>{runTitle(other)}</span>
              <DecisionMark decision={other.decision} />
              <span className={`muted ${classes.about}`}>
                {[
                  ...(other.modelSha256 === row.modelSha256
                    ? []
                    : [t('run.otherModel', { model: fileNameOf(other.modelPath) })]),
                  other.recipeName,
                  t('run.threads', { count: other.threads }),
                  formatTimestamp(other.startedTimestampMs, i18n.language),
                ].join(' · ')}
              </span>
            </a>
          </li>
        ))}
      </ul>
      {found.value !== null && runs.length === 0 && <p className="muted">{t('run.nothingToCompare')}</p>}
    </>
  );
}
