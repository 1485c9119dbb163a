import { Button, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ExportFormat } from '../../../shared/contract/requests.ts';
import { describeWinner, winnerOf } from '../../../shared/winner.ts';
import { ExportMenu } from '../../components/export-menu.tsx';
import { Icon } from '../../components/icon.tsx';
import { MoreMenu } from '../../components/more-menu.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { runTitle } from '../../components/run-cells.tsx';
import { SavedComparisons } from '../../components/saved-comparisons.tsx';
import { useAppState } from '../../hooks/use-app-state.ts';
import { navigate } from '../../hooks/use-route.ts';
import { formatRoute } from '../../route.ts';
import { CompareLatency } from './compare-latency.tsx';
import { CompareLayers } from './compare-layers.tsx';
import { CompareLedger } from './compare-ledger.tsx';
import { CompareNetworks } from './compare-networks.tsx';
import { CompareScatter } from './compare-scatter.tsx';
import type { ComparedRun } from './compared-run.ts';
import { RunList } from './run-list.tsx';
import { SaveComparison } from './save-comparison.tsx';
import { useComparedRuns } from './use-compared-runs.ts';
import classes from './compare-page.module.css';

const formats: readonly ExportFormat[] = ['pdf', 'html', 'md', 'csv', 'json'];

export function ComparePage({ runIds }: { runIds: readonly string[] }) {
  const { t } = useTranslation();
  const { runs, loading, error, setBaseline } = useComparedRuns(runIds);
  const back = (
    <Button variant="default" onClick={() => navigate({ page: 'history' })}>
      {t('compare.back')}
    </Button>
  );
  if (error !== null || loading || runs.length < 2) {
    return (
      <Page title={t('compare.title')} actions={back}>
        {error !== null ? (
          <ErrorNotice error={error} />
        ) : loading && runIds.length > 0 ? (
          <Loader size="sm" role="status" aria-label={t('common.loading')} />
        ) : (
          <TooFew runIds={runIds} />
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
          <CompareNetworks runs={runs} />
          <SavedComparisons />
          <SaveComparison runIds={runs.map((run) => run.runId)} />
          <ExportMenu runIds={runs.map((run) => run.runId)} formats={formats} />
          <MoreMenu />
        </>
      }
    >
      {runIds.length > runs.length && (
        <Notice tone="info">{t('compare.leftOut', { count: runIds.length - runs.length })}</Notice>
      )}
      <RunList runs={runs} onBaseline={setBaseline} />
      <WinnerLine runs={runs} />
      <UnfairNotices runs={runs} />
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

/** Fewer than two have finished; those that are still to come are named. */
function TooFew({ runIds }: { readonly runIds: readonly string[] }) {
  const { t } = useTranslation();
  const { queue } = useAppState();
  const waiting = queue.filter(({ runId }) => runIds.includes(runId));
  return (
    <Notice
      tone="info"
      title={waiting.length > 0 ? t('compare.waiting', { count: waiting.length }) : t('compare.tooFew')}
    >
      {waiting.length === 0
        ? t('compare.tooFewHint')
        : waiting.map((entry) => (
            <a key={entry.runId} href={formatRoute({ page: 'run', runId: entry.runId })} className={classes.waiting}>
              {runTitle(entry)} · {t(`status.${entry.status}`)}
            </a>
          ))}
    </Notice>
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

/** What makes a run no fair match for the baseline. */
function UnfairNotices({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  return runs
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
    ));
}
