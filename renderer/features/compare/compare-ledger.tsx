import { useTranslation } from 'react-i18next';
import { claimNames, type Agreement as RunAgreement, type LedgerRow } from '../../../shared/run.ts';
import { formatDecibels, formatLedgerValue, formatShare } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { formatPointChange, formatTimes, formatTimesInterval } from '../../format.ts';
import classes from './compare-page.module.css';
import type { ComparedRun } from './compared-run.ts';
import { RunMark } from './run-mark.tsx';

function claimOf(run: ComparedRun, claim: LedgerRow['claim']): LedgerRow | null {
  return run.document.ledger.find((row) => row.claim === claim) ?? null;
}

/** "−3.2 %": how much more or less than the first run's figure. */
function relative(value: number, baseline: number): string {
  if (baseline === 0) return '';
  const percent = (value / baseline - 1) * 100;
  if (Math.abs(percent) < 0.05) return '±0 %';
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`;
}

/** How often both models rank the same class first, and how close they are; the latter alone where no classes are ranked. */
function Agreement({ agreement: { top1, sqnrDb, cosine } }: { agreement: RunAgreement }) {
  const { t } = useTranslation();
  if (top1 === null) {
    return (
      <>
        <span className={classes.value}>{formatDecibels(sqnrDb)}</span>
        <span className={classes.detail}>
          {t('accuracy.cosine')} {cosine.toFixed(5)}
        </span>
      </>
    );
  }
  return (
    <>
      <span className={classes.value}>{formatShare(top1)}</span>
      <span className={classes.detail}>{formatDecibels(sqnrDb)}</span>
    </>
  );
}

export function CompareLedger({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const baseline = runs[0];
  if (baseline === undefined) return null;
  const isLabelled = runs.some(({ document }) => document.accuracy.after !== null);
  const ranksClasses = runs.some(({ document }) => document.accuracy.agreement.top1 !== null);
  return (
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
          {claimNames.map((claim) => {
            const base = claimOf(baseline, claim);
            return (
              <tr key={claim}>
                <th scope="row">
                  <Definition term={t(`claim.${claim}.name`)}>{t(`claim.${claim}.definition`)}</Definition>
                </th>
                {runs.map((run, index) => {
                  const row = claimOf(run, claim);
                  const unfair =
                    (claim === 'latencyMedianMs' || claim === 'peakMemoryBytes') &&
                    run.differences.some((found) => found.affects !== 'accuracy');
                  return (
                    <td key={run.runId} data-unfair={unfair || undefined}>
                      {row === null ? (
                        '–'
                      ) : (
                        <>
                          <span className={classes.value}>{formatLedgerValue(row.after, row.unit)}</span>{' '}
                          <span className={classes.ratio}>{formatTimes(row.ratio)}</span>
                          <span className={classes.detail}>
                            {[
                              formatTimesInterval(row.ratioCi95),
                              index > 0 && base !== null ? relative(row.after, base.after) : '',
                            ]
                              .filter((part) => part !== '')
                              .join(' · ')}
                          </span>
                        </>
                      )}
                    </td>
                  );
                })}
              </tr>
            );
          })}
          {isLabelled && (
            <tr>
              <th scope="row">{t('accuracy.top1')}</th>
              {runs.map((run) => {
                const { accuracy, data } = run.document;
                return (
                  <td
                    key={run.runId}
                    data-unfair={run.differences.some((found) => found.affects !== 'latency') || undefined}
                  >
                    {accuracy.after === null || accuracy.difference === null || data.random ? (
                      '–'
                    ) : (
                      <>
                        <span className={classes.value}>{formatShare(accuracy.after.value)}</span>{' '}
                        <span className={classes.ratio}>
                          {formatPointChange(accuracy.difference.value)} {t('verdict.points')}
                        </span>
                        <span className={classes.detail}>
                          {accuracy.difference.ci95.map(formatPointChange).join(' … ')}
                        </span>
                      </>
                    )}
                  </td>
                );
              })}
            </tr>
          )}
          <tr>
            <th scope="row">
              {ranksClasses ? (
                <Definition term={t('accuracy.sameClass')}>{t('definition.agreement')}</Definition>
              ) : (
                <Definition term={t('accuracy.sqnr')}>{t('definition.sqnr')}</Definition>
              )}
            </th>
            {runs.map((run) => (
              <td key={run.runId}>
                <Agreement agreement={run.document.accuracy.agreement} />
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
