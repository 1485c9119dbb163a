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

export const firstDifference: MetricName = {
  metric: 'firstDifference',
  label: 'tokens until they differ',
  definition:
    'Tokens that both models write alike before they differ for the first time (32 at most, or to the length of the longest text), mean over texts. Agreement with the original.',
  unit: '',
  higherIsBetter: true,
  against: 'original',
};

/** Empty where nothing was written. */
export function continuationRows(found: readonly Continuation[]): MetricRow[] {
  if (found.length === 0) return [];
  const rowOf = (name: MetricName, values: readonly number[]): MetricRow =>
    agreementRowOf(name, mean(values), values.length, values.length < 2 ? null : bootstrapInterval(values, mean));
  return [
    rowOf(
      sameContinuation,
      found.map(({ same, asked }) => same / asked),
    ),
    rowOf(
      firstDifference,
      found.map(({ same }) => same),
    ),
  ];
}
