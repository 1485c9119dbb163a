import { decisionOf } from '../../../shared/decision.ts';
import type { ClaimName, LedgerRow } from '../../../shared/run.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import { claimNames } from '../../../shared/run.ts';
import type { ComparedRun } from './compared-run.ts';

/** Figures of several runs in one row: which is the best, and whether they differ at all. */

/** How much more or less than the first run's figure: "−3.2 %". Empty where the two do not go together. */
export function relativeChange(value: number, baseline: number): string {
  if (baseline === 0) return '';
  const percent = (value / baseline - 1) * 100;
  return Math.abs(percent) < 0.05 ? '±0 %' : `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(1)} %`;
}

export const isOtherModel = (run: ComparedRun): boolean => run.differences.some(({ affects }) => affects === 'both');

export function claimOf(run: ComparedRun, claim: ClaimName): LedgerRow | null {
  return run.document.ledger.find((row) => row.claim === claim) ?? null;
}

/** The one whose interval lies beyond all others'; null where none is surely the best. */
export function surelyBest(intervals: readonly (readonly [number, number] | null)[]): number | null {
  if (intervals.length < 2 || intervals.some((interval) => interval === null)) return null;
  const best = intervals.findIndex((interval, index) =>
    intervals.every((other, place) => place === index || interval![0] > other![1]),
  );
  return best === -1 ? null : best;
}

/** Which run has the best figure of a claim; what is computed is exact, speed is told by the paired ratio. */
export function bestOfClaim(runs: readonly ComparedRun[], claim: ClaimName): number | null {
  if (runs.some(isOtherModel) || claim === 'macs') return null;
  if (claim === 'latencyMedianMs') return surelyBest(runs.map(({ document }) => document.latency.speedup.ci95));
  // Of one measurement each, without an interval.
  if (claim === 'peakMemoryBytes') return null;
  return surelyBest(
    runs.map((run) => {
      const row = claimOf(run, claim);
      return row === null ? null : [-row.after, -row.after];
    }),
  );
}

/** Whether a figure is proven better than the original's: being the best of several is not. */
export function isClaimProven({ document }: ComparedRun, row: LedgerRow): boolean {
  return row.claim === 'latencyMedianMs'
    ? decisionOf(document).speed.state === 'good' && document.latency.speedup.ci95[0] > 1
    : row.ratio > 1;
}

/** Whether the task is proven to be done within what is tolerated, and not surely worse than by the original. */
export function isTaskProven({ document }: ComparedRun, row: MetricRow): boolean {
  if (decisionOf(document).task.state !== 'good' || row.ci95 === null) return false;
  const [low, high] = row.ci95;
  return row.higherIsBetter ? high >= 0 : low <= 0;
}

/** Claims in which the runs are not all alike. */
export function differingClaims(runs: readonly ComparedRun[]): readonly ClaimName[] {
  return claimNames.filter((claim) => {
    const rows = runs.map((run) => claimOf(run, claim));
    return rows.some((row) => row?.after !== rows[0]?.after || row?.ratio !== rows[0]?.ratio);
  });
}
