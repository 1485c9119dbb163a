import { Switch } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { mainRow } from '../../../shared/metric-row.ts';
import { claimNames, type Agreement as RunAgreement } from '../../../shared/run.ts';
import { formatDecibels, formatLedgerValue, formatMetric, formatShare } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatMetricSign, formatTimes, formatTimesInterval } from '../../format.ts';
import { useEngineText } from '../../hooks/use-engine-text.ts';
import classes from './compare-page.module.css';
import { bestOfClaim, claimOf, differingClaims, isOtherModel, relativeChange, surelyBest } from './compare-rows.ts';
import type { ComparedRun } from './compared-run.ts';
import { RunMark } from './run-mark.tsx';

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

function Row(props: {
  readonly head: ReactNode;
  readonly runs: readonly ComparedRun[];
  readonly best: number | null;
  readonly isUnfair: (run: ComparedRun) => boolean;
  readonly cell: (run: ComparedRun, index: number) => ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <tr>
      <th scope="row">{props.head}</th>
      {props.runs.map((run, index) => (
        <td
          key={run.runId}
          data-unfair={props.isUnfair(run) || undefined}
          data-best={index === props.best || undefined}
        >
          {index === props.best && (
            <span className={classes.best} title={t('compare.best')}>
              <Icon name="check" size={12} />
              <span className={classes.hidden}>{t('compare.best')}</span>
            </span>
          )}
          {props.cell(run, index)}
        </td>
      ))}
    </tr>
  );
}

export function CompareLedger({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const engineText = useEngineText();
  const [onlyDifferences, setOnlyDifferences] = useState(true);
  const baseline = runs[0];
  if (baseline === undefined) return null;
  const tasks = runs.map(({ document }) => (document.data.random ? null : mainRow(document.accuracy)));
  const task = tasks.find((row) => row !== null) ?? null;
  const isOneTask =
    tasks.every((row) => row?.metric === task?.metric) &&
    !runs.some(({ differences }) => differences.some(({ affects }) => affects !== 'latency'));
  const ranksClasses = runs.some(({ document }) => document.accuracy.agreement.top1 !== null);
  const shown = onlyDifferences ? differingClaims(runs) : claimNames;
  const hidden = claimNames.length - shown.length;
  const affectsAccuracy = (run: ComparedRun) => run.differences.some(({ affects }) => affects !== 'latency');
  /** Against the first run: speed by the paired ratio of each, which the hour and the machine touch least. */
  const changeOf = (run: ComparedRun, claim: (typeof claimNames)[number]): string => {
    const [row, base] = [claimOf(run, claim), claimOf(baseline, claim)];
    if (run === baseline || row === null || base === null || isOtherModel(run)) return '';
    return claim === 'latencyMedianMs'
      ? t('compare.speedupChange', { change: relativeChange(row.ratio, base.ratio) })
      : relativeChange(row.after, base.after);
  };
  return (
    <>
      <Switch
        size="xs"
        className={classes.switch}
        checked={onlyDifferences}
        onChange={(event) => setOnlyDifferences(event.currentTarget.checked)}
        label={`${t('compare.onlyDifferences')}${hidden > 0 ? ` (${t('compare.hiddenRows', { count: hidden })})` : ''}`}
      />
      <div className={classes.ledgerScroll} tabIndex={0} role="region" aria-label={t('ledger.title')}>
        <table className={classes.ledger}>
          <thead>
            <tr>
              <th scope="col">{t('column.claim')}</th>
              {runs.map((run) => (
                <th key={run.runId} scope="col">
                  <RunMark run={run} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((claim) => (
              <Row
                key={claim}
                head={<Definition term={t(`claim.${claim}.name`)}>{t(`claim.${claim}.definition`)}</Definition>}
                runs={runs}
                best={bestOfClaim(runs, claim)}
                isUnfair={(run) =>
                  isOtherModel(run) ||
                  ((claim === 'latencyMedianMs' || claim === 'peakMemoryBytes') &&
                    run.differences.some(({ affects }) => affects !== 'accuracy'))
                }
                cell={(run) => {
                  const row = claimOf(run, claim);
                  if (row === null) return '–';
                  const details = [formatTimesInterval(row.ratioCi95), changeOf(run, claim)];
                  return (
                    <>
                      <span className={classes.value}>{formatLedgerValue(row.after, row.unit)}</span>{' '}
                      <span className={classes.ratio}>{formatTimes(row.ratio)}</span>
                      <span className={classes.detail}>{details.filter((part) => part !== '').join(' · ')}</span>
                    </>
                  );
                }}
              />
            ))}
            {task !== null && (
              <Row
                head={<Definition term={engineText(task.label)}>{engineText(task.definition)}</Definition>}
                runs={runs}
                best={
                  isOneTask
                    ? surelyBest(
                        tasks.map((row) => {
                          if (row === null || row.ci95 === null) return null;
                          return row.higherIsBetter ? row.ci95 : [-row.ci95[1], -row.ci95[0]];
                        }),
                      )
                    : null
                }
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
            )}
            <Row
              head={
                ranksClasses ? (
                  <Definition term={t('accuracy.sameClass')}>{t('definition.agreement')}</Definition>
                ) : (
                  <Definition term={t('accuracy.sqnr')}>{t('definition.sqnr')}</Definition>
                )
              }
              runs={runs}
              best={null}
              isUnfair={affectsAccuracy}
              cell={(run) => <Agreement agreement={run.document.accuracy.agreement} />}
            />
          </tbody>
        </table>
      </div>
    </>
  );
}
