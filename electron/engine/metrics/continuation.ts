import { agreementRowOf, type MetricName, type MetricRow } from '../../../shared/metric-row.ts';
import { mean } from '../tensor/statistics.ts';
import { meanInterval } from './resampling.ts';

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
    'Both models continue the beginnings of evaluation texts, always with the token they rank first. Counted is the share of what they write before they first differ, mean over texts. This is agreement with the original.',
  zh: {
    label: '续写相同',
    definition:
      '两个模型从评估文本的开头续写，每次取排在首位的词元：首次出现差异之前所写内容的比例，取各文本的均值。这是与原模型的一致程度。',
  },
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

export const firstDifference: MetricName = {
  metric: 'firstDifference',
  label: 'tokens until they differ',
  definition:
    'Number of tokens that both models write alike before they first differ, mean over texts. Each writes 32 at most, or up to the length of the longest text. This is agreement with the original.',
  zh: {
    label: '首次出现差异前的词元数',
    definition:
      '两个模型首次出现差异之前写出的相同词元数（至多 32 个，或到最长文本的长度），取各文本的均值。这是与原模型的一致程度。',
  },
  unit: '',
  higherIsBetter: true,
  against: 'original',
};

/** Empty where nothing was written. */
export function continuationRows(found: readonly Continuation[]): MetricRow[] {
  if (found.length === 0) return [];
  const rowOf = (name: MetricName, values: readonly number[], most: number): MetricRow =>
    agreementRowOf(name, mean(values), values.length, values.length < 2 ? null : meanInterval(values, [0, most]));
  return [
    rowOf(
      sameContinuation,
      found.map(({ same, asked }) => same / asked),
      1,
    ),
    rowOf(
      firstDifference,
      found.map(({ same }) => same),
      Math.max(...found.map(({ asked }) => asked)),
    ),
  ];
}
