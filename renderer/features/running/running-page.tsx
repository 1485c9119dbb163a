import { Button, Loader, Progress } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { QueueEntry } from '../../../shared/contract/results.ts';
import type { Stage } from '../../../shared/events.ts';
import { formatCount } from '../../../shared/units.ts';
import { Icon } from '../../components/icon.tsx';
import { Notice } from '../../components/notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { fileNameOf, formatSeconds } from '../../format.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useLiveRun } from '../../hooks/use-live-run.ts';
import { useEngineText, useErrorText } from '../../hooks/use-engine-text.ts';
import { useFailure } from '../../hooks/use-notify.tsx';
import { useTimeLeft } from '../../hooks/use-time-left.ts';
import { useNow } from '../../hooks/use-now.ts';
import { request } from '../../api.ts';
import { overallProgress, stageProgress, stagesOf, type LiveRun } from '../../live-run.ts';
import { useLabText } from '../../hooks/use-place-name.ts';
import { LiveSearch } from './live-search.tsx';
import { LiveLatency } from './live-latency.tsx';
import { LiveRanges } from './live-ranges.tsx';
import classes from './running-page.module.css';

/** Stages that end with what they have when somebody says that it is enough. */
const canStop = (stage: Stage | null): boolean => stage === 'calibrate' || stage === 'quantize';

export function RunningPage({ entry }: { entry: QueueEntry }) {
  const { t, i18n } = useTranslation();
  const live = useLiveRun(entry.runId);
  const progressText = useProgressText();
  const labText = useLabText();
  const waiting = entry.status === 'queued';
  const now = useNow(!waiting);
  const { cancelRun, ...state } = useAppState();
  const cancelling = state.cancelling.has(entry.runId);
  const elapsedMs = entry.startedTimestampMs === null ? 0 : Math.max(0, now - entry.startedTimestampMs);
  const planned = stagesOf(entry);
  const isMeasuring = entry.work !== 'compress';
  const left = useTimeLeft(entry, live, elapsedMs);
  const isSearching = live.stage === 'quantize' && live.candidates.length > 0;

  return (
    <Page
      fill
      title={
        <div className={classes.titles}>
          <h1 className={classes.heading}>{runTitle(entry)}</h1>
          <span className="muted clip">
            {fileNameOf(entry.modelPath)} · {entry.recipeName}
            {entry.dataPath !== null && ` · ${fileNameOf(entry.dataPath)}`}
            {entry.work === 'measure' && ` · ${t('running.measuring')}`}
            {entry.work === 'prove' && ` · ${t('devices.kind.prove')}`}
            {entry.lab !== null && ` · ${labText(entry.lab)}`}
          </span>
        </div>
      }
      actions={
        <>
          {canStop(live.stage) && !cancelling && entry.lab === null && <EnoughButton runId={entry.runId} />}
          <Button
            variant="default"
            size="sm"
            disabled={cancelling}
            onClick={() => cancelRun(entry.runId)}
            leftSection={cancelling ? <Loader size={14} /> : <Icon name="stop" />}
          >
            {cancelling ? t('running.cancelling') : t('running.cancel')}
          </Button>
        </>
      }
    >
      {waiting ? (
        <Notice tone="info" title={entry.lab === null ? t('running.waiting') : t(`devices.phase.${entry.lab.phase}`)}>
          {entry.lab === null ? t('running.waitingHint') : t(`devices.phaseHint.${entry.lab.phase}`)}
        </Notice>
      ) : (
        <>
          <Panel label={t('running.progress')}>
            <div className={classes.overall}>
              <Progress
                className={classes.bar}
                value={overallProgress(live, planned) * 100}
                size="md"
                aria-label={t('running.progressOf', { name: runTitle(entry) })}
                transitionDuration={200}
              />
              <strong className={`numeric ${classes.percent}`}>
                {Math.round(overallProgress(live, planned) * 100)} %
              </strong>
              <span className={`numeric ${classes.times}`}>
                {t('running.elapsed', { time: formatSeconds(elapsedMs, i18n.language) })}
                {left !== null && !cancelling && (
                  <>
                    {' · '}
                    {t('running.remaining', { time: formatSeconds(left.leftMs, i18n.language) })}
                    {left.longer !== null && ` · ${t('running.longer', { stage: t(`stage.${left.longer}`) })}`}
                  </>
                )}
              </span>
            </div>
            <Stages live={live} planned={planned} />
            <p className={`muted clip ${classes.detail}`} role="status">
              {cancelling ? t('running.cancelling') : progressText(live)}
            </p>
            {entry.lab !== null && <p className="muted">{t(`devices.phaseHint.${entry.lab.phase}`)}</p>}
          </Panel>
          <div className={classes.columns} data-measuring={isMeasuring || undefined}>
            <Panel className={classes.chart}>
              {isSearching ? <LiveSearch live={live} /> : <LiveLatency live={live} />}
            </Panel>
            {!isMeasuring && (
              <Panel title={t('running.ranges', { count: live.ranges.size })} className={classes.ranges}>
                <LiveRanges ranges={live.ranges} />
              </Panel>
            )}
            <Panel title={t('running.log')} className={classes.logPanel}>
              <LogView live={live} />
            </Panel>
          </div>
        </>
      )}
    </Page>
  );
}

/** Ends the search of a run, which goes on with the best so far. */
function EnoughButton({ runId }: { runId: string }) {
  const { t } = useTranslation();
  const fail = useFailure();
  const [said, setSaid] = useState(false);
  const stop = (): void => {
    setSaid(true);
    request('run.enough', { runId }).catch((error: unknown) => {
      setSaid(false);
      fail(error, t('running.enoughFailed'));
    });
  };
  return (
    <Button variant="light" size="sm" disabled={said} onClick={stop} title={t('running.enoughHint')}>
      {said ? t('running.enoughSaid') : t('running.enough')}
    </Button>
  );
}

/** Progress in words: the engine's own where the window has none. */
function useProgressText(): (live: LiveRun) => string {
  const { t, i18n } = useTranslation();
  const engineText = useEngineText();
  const translated = (key: string, otherwise: string): string =>
    i18n.exists(key) ? t(key as 'running.starting') : otherwise;
  return ({ stage, done, total, unit, detail }) => {
    if (stage === null) return t('running.starting');
    const amount =
      total <= 1
        ? ''
        : unit === 'per mille'
          ? `${Math.round((done / total) * 100)} %`
          : `${formatCount(done)} / ${formatCount(total)} ${translated(`progress.unit.${unit}`, unit)}`;
    const key = detail.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return [t(`stage.${stage}`), amount, translated(`progress.detail.${key}`, engineText(detail))]
      .filter((part) => part !== '')
      .join(' · ');
  };
}

function Stages({ live, planned }: { live: LiveRun; planned: readonly Stage[] }) {
  const { t } = useTranslation();
  return (
    <ol className={classes.stages} aria-label={t('running.stages')}>
      {planned.map((stage) => {
        const state = stage === live.stage ? 'current' : live.finishedStages.has(stage) ? 'done' : 'waiting';
        return (
          <li
            key={stage}
            className={classes.stage}
            data-state={state}
            aria-current={state === 'current' ? 'step' : undefined}
          >
            <span className={classes.stageBar} aria-hidden="true">
              <span
                style={{ width: state === 'done' ? '100%' : state === 'current' ? `${stageProgress(live) * 100}%` : 0 }}
              />
            </span>
            <span className={classes.stageName}>
              {state === 'done' && <Icon name="check" size={12} />}
              {t(`stage.${stage}`)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function LogView({ live }: { live: LiveRun }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const errorText = useErrorText();
  // Newest first: what matters is in view without following the scroll bar.
  const lines = useMemo(() => [...live.log].reverse(), [live.log]);
  return (
    <div className={classes.log} role="log" aria-label={t('running.log')} tabIndex={0} aria-live="off">
      {live.diagnostics.map((diagnostic) => (
        <div
          key={`${diagnostic.code} ${diagnostic.node ?? ''} ${diagnostic.message}`}
          data-level={diagnostic.severity}
          className={classes.line}
        >
          {diagnostic.severity !== 'info' && <Icon name="warning" size={12} />}{' '}
          {engineText(diagnostic.message, diagnostic.said)}
        </div>
      ))}
      {lines.map((line) => (
        <div key={line.number} data-level={line.level} className={classes.line}>
          {errorText(line)}
        </div>
      ))}
      {lines.length === 0 && live.diagnostics.length === 0 && <span className="muted">{t('running.noLog')}</span>}
    </div>
  );
}
