import { Button, Loader } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeWinner, winnerOf } from '../../../shared/winner.ts';
import type { ExportFormat } from '../../../shared/contract/requests.ts';
import type { RunDetails } from '../../../shared/contract/results.ts';
import { AppError } from '../../../shared/app-error.ts';
import { useAppState } from '../../hooks/use-app-state.ts';
import { useHostEvent } from '../../hooks/use-host-event.ts';
import { request } from '../../api.ts';
import { ExportMenu } from '../../components/export-menu.tsx';
import { Icon } from '../../components/icon.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { SavedComparisons } from '../../components/saved-comparisons.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { usePalette } from '../../components/use-palette.ts';
import { navigate } from '../../hooks/use-route.ts';
import { formatRoute } from '../../route.ts';
import { findDifferences } from './comparability.ts';
import classes from './compare-page.module.css';
import { CompareLatency } from './compare-latency.tsx';
import { CompareLayers } from './compare-layers.tsx';
import { CompareLedger } from './compare-ledger.tsx';
import { CompareScatter } from './compare-scatter.tsx';
import type { ComparedRun } from './compared-run.ts';
import { RunMark } from './run-mark.tsx';
import { SaveComparison } from './save-comparison.tsx';

const mostRuns = 8;
const formats: readonly ExportFormat[] = ['pdf', 'html', 'md', 'csv', 'json'];

/** A run that has not begun is in no history yet: null. */
function getUnlessWaiting(runId: string): Promise<RunDetails | null> {
  return request('runs.get', { runId }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'run-not-found') return null;
    throw error;
  });
}

export function ComparePage({ runIds }: { runIds: readonly string[] }) {
  const { t } = useTranslation();
  const [loaded, setLoaded] = useState<readonly RunDetails[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [version, setVersion] = useState(0);
  useHostEvent('run.changed', ({ runId }) => {
    if (runIds.includes(runId)) setVersion((before) => before + 1);
  });
  useEffect(() => {
    let current = true;
    Promise.all(runIds.slice(0, mostRuns).map((runId) => getUnlessWaiting(runId))).then(
      (details) => {
        if (current) setLoaded(details.filter((one) => one !== null));
      },
      (reason: unknown) => {
        if (current) setError(reason instanceof Error ? reason : new Error(String(reason)));
      },
    );
    return () => {
      current = false;
    };
  }, [runIds, version]);
  const { queue } = useAppState();
  const waiting = queue.filter(({ runId }) => runIds.includes(runId));
  const [baselineId, setBaselineId] = useState<string | null>(runIds[0] ?? null);
  const palette = usePalette();
  const runs = useMemo((): ComparedRun[] => {
    const done = (loaded ?? []).flatMap((details) =>
      details.document?.status === 'done' ? [{ row: details.row, document: details.document }] : [],
    );
    const ordered = [...done].sort(
      (left, right) => Number(right.row.runId === baselineId) - Number(left.row.runId === baselineId),
    );
    const baseline = ordered[0];
    return ordered.map(({ row, document }, index) => ({
      runId: row.runId,
      title: runTitle(row),
      letter: String.fromCharCode(65 + index),
      color: palette.series[index % palette.series.length] ?? palette.accent,
      document,
      differences: baseline === undefined || index === 0 ? [] : findDifferences(baseline.document, document),
    }));
  }, [loaded, baselineId, palette]);

  const back = (
    <Button variant="default" onClick={() => navigate({ page: 'history' })}>
      {t('compare.back')}
    </Button>
  );
  if (error !== null || loaded === null || runs.length < 2) {
    return (
      <Page title={t('compare.title')} actions={back}>
        {error !== null ? (
          <ErrorNotice error={error} />
        ) : loaded === null && runIds.length > 0 ? (
          <Loader size="sm" role="status" aria-label={t('common.loading')} />
        ) : (
          <Notice
            tone="info"
            title={waiting.length > 0 ? t('compare.waiting', { count: waiting.length }) : t('compare.tooFew')}
          >
            {waiting.length === 0
              ? t('compare.tooFewHint')
              : waiting.map((entry) => (
                  <a
                    key={entry.runId}
                    href={formatRoute({ page: 'run', runId: entry.runId })}
                    className={classes.waiting}
                  >
                    {runTitle(entry)} · {t(`status.${entry.status}`)}
                  </a>
                ))}
          </Notice>
        )}
      </Page>
    );
  }
  return (
    <Page
      title={t('compare.titleOf', { count: runs.length })}
      actions={
        <>
          {back}
          <SavedComparisons />
          <SaveComparison runIds={runs.map((run) => run.runId)} />
          <ExportMenu runIds={runs.map((run) => run.runId)} formats={formats} />
        </>
      }
    >
      {runIds.length > runs.length && (
        <Notice tone="info">{t('compare.leftOut', { count: runIds.length - runs.length })}</Notice>
      )}
      <ul className={classes.runs} aria-label={t('compare.runs')}>
        {runs.map((run, index) => (
          <li key={run.runId} className={classes.run}>
            <span className={classes.runHead}>
              <RunMark run={run} />
              <a
                href={formatRoute({ page: 'run', runId: run.runId })}
                className={`clip ${classes.runName}`}
                title={run.title}
              >
                {run.title}
              </a>
            </span>
            <span className="muted clip">
              {run.document.recipe.name} · {t('run.threads', { count: run.document.threads })}
            </span>
            {index === 0 ? (
              <span className={classes.baseline}>{t('compare.baseline')}</span>
            ) : (
              <Button
                variant="subtle"
                size="compact-xs"
                className={classes.makeBaseline}
                onClick={() => setBaselineId(run.runId)}
              >
                {t('compare.makeBaseline')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <WinnerLine runs={runs} />
      {runs
        .filter((run) => run.differences.length > 0)
        .map((run) => (
          <Notice key={run.runId} tone="warning" title={t('compare.unfair', { letter: run.letter })}>
            <ul className={classes.reasons}>
              {run.differences.map((found) => (
                <li key={found.difference}>
                  {t(`compare.difference.${found.difference}`, { baseline: found.baseline, other: found.other })}{' '}
                  <span className="muted">{t(`compare.affects.${found.affects}`)}</span>
                </li>
              ))}
            </ul>
          </Notice>
        ))}
      <Panel title={t('ledger.title')}>
        <CompareLedger runs={runs} />
      </Panel>
      <div className={classes.charts}>
        <Panel label={t('compare.latency')}>
          <CompareLatency runs={runs} />
        </Panel>
        <Panel label={t('compare.scatter')}>
          <CompareScatter runs={runs} />
        </Panel>
      </div>
      <Panel title={t('compare.layers')}>
        <div className={classes.layers}>
          <CompareLayers runs={runs} />
        </div>
      </Panel>
    </Page>
  );
}

/** Which to ship, and why not the others. */
function WinnerLine({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { i18n } = useTranslation();
  const language = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  const winner = winnerOf(runs.map(({ document }) => document));
  return (
    <p className={classes.winner} data-found={winner.index !== null || undefined}>
      <Icon name={winner.index === null ? 'info' : 'check'} size={16} />
      {describeWinner(
        winner,
        runs.map(({ letter }) => letter),
        language,
      )}
    </p>
  );
}
