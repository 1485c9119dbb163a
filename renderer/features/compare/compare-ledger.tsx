import { Switch } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { claimNames } from '../../../shared/run.ts';
import { formatLedgerValue } from '../../../shared/units.ts';
import { Definition } from '../../components/definition.tsx';
import { formatTimes, formatTimesInterval } from '../../format.ts';
import classes from './compare-page.module.css';
import { bestOfClaim, claimOf, differingClaims, isClaimProven, isOtherModel, relativeChange } from './compare-rows.ts';
import type { ComparedRun } from './compared-run.ts';
import { LedgerRow } from './ledger-row.tsx';
import { RunMark } from './run-mark.tsx';
import { AgreementRow, TaskRow } from './task-rows.tsx';

export function CompareLedger({ runs }: { runs: readonly ComparedRun[] }) {
  const { t } = useTranslation();
  const [onlyDifferences, setOnlyDifferences] = useState(true);
  const baseline = runs[0];
  if (baseline === undefined) return null;
  const shown = onlyDifferences ? differingClaims(runs) : claimNames;
  const hidden = claimNames.length - shown.length;
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
              <ClaimRow key={claim} claim={claim} runs={runs} baseline={baseline} />
            ))}
            <TaskRow runs={runs} />
            <AgreementRow runs={runs} />
          </tbody>
        </table>
      </div>
    </>
  );
}

function ClaimRow(props: {
  readonly claim: (typeof claimNames)[number];
  readonly runs: readonly ComparedRun[];
  readonly baseline: ComparedRun;
}) {
  const { t } = useTranslation();
  const { claim, runs, baseline } = props;
  /** Against the first run: speed by the paired ratio of each, which the hour and the machine touch least. */
  const changeOf = (run: ComparedRun): string => {
    const [row, base] = [claimOf(run, claim), claimOf(baseline, claim)];
    if (run === baseline || row === null || base === null || isOtherModel(run)) return '';
    return claim === 'latencyMedianMs'
      ? t('compare.speedupChange', { change: relativeChange(row.ratio, base.ratio) })
      : relativeChange(row.after, base.after);
  };
  const best = bestOfClaim(runs, claim);
  const bestRow = best === null ? null : claimOf(runs[best]!, claim);
  return (
    <LedgerRow
      head={<Definition term={t(`claim.${claim}.name`)}>{t(`claim.${claim}.definition`)}</Definition>}
      runs={runs}
      best={best}
      isBestProven={bestRow !== null && isClaimProven(runs[best!]!, bestRow)}
      isUnfair={(run) =>
        isOtherModel(run) ||
        ((claim === 'latencyMedianMs' || claim === 'peakMemoryBytes') &&
          run.differences.some(({ affects }) => affects !== 'accuracy'))
      }
      cell={(run) => {
        const row = claimOf(run, claim);
        if (row === null) return '–';
        const details = [formatTimesInterval(row.ratioCi95), changeOf(run)];
        return (
          <>
            <span className={classes.value}>{formatLedgerValue(row.after, row.unit)}</span>{' '}
            <span className={classes.ratio}>{formatTimes(row.ratio)}</span>
            <span className={classes.detail}>{details.filter((part) => part !== '').join(' · ')}</span>
          </>
        );
      }}
    />
  );
}
