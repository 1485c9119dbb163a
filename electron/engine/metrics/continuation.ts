import { agreementRowOf, type MetricName, type MetricRow } from '../../../shared/metric-row.ts';
import { bootstrapInterval, mean } from '../tensor/statistics.ts';

/** How far the continuation of one text was the same. */
export interface Continuation {
  /** Tokens before both models differ for the first time. */
  readonly same: number;
  /** Tokens that were to be written. */
  readonly asked: number;
}

export const sameContinuation: MetricName = {
  metric: 'sameContinuation',
  label: 'same continuation',
  definition:
    'Both models write on after the beginnings of evaluation texts, always the token they rank first: the share of what they write before they differ for the first time, mean over texts. Agreement with the original.',
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

/** @returns null where nothing was written. */
export function continuationRow(found: readonly Continuation[]): MetricRow | null {
  if (found.length === 0) return null;
  const shares = found.map(({ same, asked }) => same / asked);
  const interval = shares.length < 2 ? null : bootstrapInterval(shares, mean);
  return agreementRowOf(sameContinuation, mean(shares), shares.length, interval);
}
