import { ActionIcon, Button, Progress, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { QueueEntry } from '../../../shared/contract/results.ts';
import { Icon } from '../../components/icon.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { StageText } from '../../components/stage-text.tsx';
import { fileNameOf, formatSeconds } from '../../format.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useLiveRun } from '../../hooks/use-live-run.ts';
import { useNow } from '../../hooks/use-now.ts';
import { overallProgress, remainingMs, stagesOf } from '../../live-run.ts';
import { formatRoute, newExperimentRoute } from '../../route.ts';
import { useLabText } from '../../hooks/use-place-name.ts';
import classes from './queue-page.module.css';

/** What runs now and what waits: one at a time, or they would measure each other. */
export function QueuePage() {
  const { t } = useTranslation();
  const { queue } = useAppState();
  return (
    <Page
      title={t('navigation.queue')}
      actions={
        <Button
          component="a"
          href={formatRoute(newExperimentRoute)}
          variant="default"
          leftSection={<Icon name="add" />}
        >
          {t('navigation.experiment')}
        </Button>
      }
    >
      {queue.length === 0 ? (
        <Panel>
          <div className={classes.empty}>
            <h2>{t('queue.emptyTitle')}</h2>
            <p className="muted">{t('queue.emptyText')}</p>
          </div>
        </Panel>
      ) : (
        <>
          {queue.some(({ lab }) => lab === null) && <p className="muted">{t('queue.explanation')}</p>}
          <ol className={classes.list}>
            {queue.map((entry, index) => (
              <QueueItem
                key={entry.runId}
                entry={entry}
                position={queue.slice(0, index).filter(({ lab }) => lab === null).length}
              />
            ))}
          </ol>
        </>
      )}
    </Page>
  );
}

function QueueItem({ entry, position }: { entry: QueueEntry; position: number }) {
  const { t, i18n } = useTranslation();
  const { cancelRun, ...state } = useAppState();
  const cancelling = state.cancelling.has(entry.runId);
  const labText = useLabText();
  const running = entry.status === 'running';
  const live = useLiveRun(running ? entry.runId : null);
  const now = useNow(running);
  const elapsedMs = entry.startedTimestampMs === null ? 0 : Math.max(0, now - entry.startedTimestampMs);
  const remaining = remainingMs(live, elapsedMs, stagesOf(entry));
  return (
    <li className={classes.item}>
      <span className={classes.position} aria-hidden="true">
        {running ? <Icon name="play" /> : entry.lab === null ? position : <Icon name="devices" />}
      </span>
      <a className={classes.link} href={formatRoute({ page: 'run', runId: entry.runId })}>
        <strong className="clip">{runTitle(entry)}</strong>
        <span className="muted clip">
          {entry.work === 'measure' && `${t('measure.again')} · `}
          {entry.work === 'prove' && `${t('devices.kind.prove')} · `}
          {fileNameOf(entry.modelPath)} · {entry.recipeName}
          {entry.lab !== null && ` · ${labText(entry.lab)}`}
        </span>
      </a>
      <div className={classes.progress}>
        {running ? (
          <>
            <Progress
              value={overallProgress(live, stagesOf(entry)) * 100}
              aria-label={t('running.progressOf', { name: runTitle(entry) })}
            />
            <span className="muted">
              <StageText runId={entry.runId} live={live} />
              {remaining !== null &&
                !cancelling &&
                ` · ${t('running.remaining', { time: formatSeconds(remaining, i18n.language) })}`}
            </span>
          </>
        ) : (
          <span className="muted">
            {cancelling
              ? t('running.cancelling')
              : entry.lab === null
                ? t('status.queued')
                : t(`devices.phase.${entry.lab.phase}`)}
          </span>
        )}
      </div>
      <Tooltip label={t('running.cancel')}>
        <ActionIcon
          aria-label={t('queue.cancel', { name: runTitle(entry) })}
          loading={cancelling}
          onClick={() => cancelRun(entry.runId)}
        >
          <Icon name="close" />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
