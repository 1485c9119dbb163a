import { useTranslation } from 'react-i18next';
import { mainRow, type MetricRow } from '../../../shared/metric-row.ts';
import type { Agreement as RunAgreement } from '../../../shared/run.ts';
import { formatDecibels, formatMetric, formatShare } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { formatMetricSign } from '../../format.ts';
import { useMetricWords } from '../../hooks/use-engine-text.ts';
import classes from './compare-page.module.css';
import { isTaskProven, surelyBest } from './compare-rows.ts';
import type { ComparedRun } from './compared-run.ts';
import { LedgerRow } from './ledger-row.tsx';

const affectsAccuracy = (run: ComparedRun) => run.differences.some(({ affects }) => affects !== 'latency');

/** The run that surely does the task best; null where none does, or they do not do the same. */
function bestAtTask(
  runs: readonly ComparedRun[],
  tasks: readonly (MetricRow | null)[],
  task: MetricRow,
): number | null {
  const isOneTask = tasks.every((row) => row?.metric === task.metric) && !runs.some(affectsAccuracy);
  if (!isOneTask) return null;
  return surelyBest(
    tasks.map((row) => {
      if (row === null || row.ci95 === null) return null;
      return row.higherIsBetter ? row.ci95 : [-row.ci95[1], -row.ci95[0]];
    }),
  );
}

/** How well each does what it is for; nothing where no run says. */
export function TaskRow({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const metricWords = useMetricWords();
  const tasks = runs.map(({ document }) => (document.data.random ? null : mainRow(document.accuracy)));
  const task = tasks.find((row) => row !== null) ?? null;
  if (task === null) return null;
  const best = bestAtTask(runs, tasks, task);
  const { label, definition } = metricWords(task);
  return (
    <LedgerRow
      head={<Definition term={label}>{definition}</Definition>}
      runs={runs}
      best={best}
      isBestProven={best !== null && isTaskProven(runs[best]!, tasks[best]!)}
      isUnfair={affectsAccuracy}
      cell={(_, index) => {
        const row = tasks[index] ?? null;
        if (row === null || row.difference === null) return '–';
        const unit = row.unit === 'share' ? ` ${t('verdict.points')}` : '';
        return (
          <>
            <span className={classes.value}>{formatMetric(row.after, row.unit)}</span>{' '}
            <span className={classes.ratio}>
              {formatMetricSign(row.difference, row.unit)}
              {unit}
            </span>
            <span className={classes.detail}>
              {(row.ci95 ?? []).map((end) => formatMetricSign(end, row.unit)).join(' … ')}
            </span>
          </>
        );
      }}
    />
  );
}

/** How close the outputs of each are to its original's. */
export function AgreementRow({ runs }: { readonly runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const ranksClasses = runs.some(({ document }) => document.accuracy.agreement.top1 !== null);
  return (
    <LedgerRow
      head={
        ranksClasses ? (
          <Definition term={t('accuracy.sameClass')}>{t('definition.agreement')}</Definition>
        ) : (
          <Definition term={t('accuracy.sqnr')}>{t('definition.sqnr')}</Definition>
        )
      }
      runs={runs}
      best={null}
      isBestProven={false}
      isUnfair={affectsAccuracy}
      cell={(run) => <Agreement agreement={run.document.accuracy.agreement} />}
    />
  );
}

/** How often both models rank the same class first, and how close they are; the latter alone where no classes are ranked. */
function Agreement({ agreement: { top1, sqnrDb, cosine } }: { agreement: RunAgreement }) {
  const { t } = useTranslation();
  return (
    <>
      <span className={classes.value}>{top1 === null ? formatDecibels(sqnrDb) : formatShare(top1)}</span>
      <span className={classes.detail}>
        {top1 === null ? `${t('accuracy.cosine')} ${cosine.toFixed(5)}` : `SQNR ${formatDecibels(sqnrDb)}`}
      </span>
    </>
  );
}
