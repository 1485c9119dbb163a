import type { Interval95, MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { bootstrapInterval, median } from '../tensor/statistics.ts';

const shared = { unit: '', against: 'original' } as const;

export const timeToFirstToken: MetricName = {
  ...shared,
  metric: 'timeToFirstToken',
  label: 'time to first token, ms',
  definition:
    'Milliseconds to read the beginning of a text with an empty cache and rank the next token, median over texts. Both models take turns in one process.',
  zh: {
    label: '首词元时间（毫秒）',
    definition: '以空缓存读入文本开头并给出下一词元所需的毫秒数，取各文本的中位数。两个模型在同一进程中轮流运行。',
  },
  higherIsBetter: false,
};

export const tokensPerSecond: MetricName = {
  ...shared,
  metric: 'tokensPerSecond',
  label: 'tokens per second',
  definition:
    'Tokens per second that follow one by one, with the cache of keys and values fed back at each step, median over texts. Both models take turns in one process.',
  zh: {
    label: '每秒词元数',
    definition: '逐个给出后续词元的每秒数量，键值缓存逐步回馈，取各文本的中位数。两个模型在同一进程中轮流运行。',
  },
  higherIsBetter: true,
};

/** What one model took for one text. */
export interface DecodedText {
  readonly firstMs: number;
  readonly perSecond: number;
}

export type DecodedPair = readonly [before: DecodedText, after: DecodedText];

/** Fewer vary nobody knows how. */
const fewestTexts = 5;

function rowOf(name: MetricName, pairs: readonly DecodedPair[], part: keyof DecodedText): MetricRow {
  const middle = (model: 0 | 1, drawn: Iterable<number>): number =>
    median(Array.from(drawn, (text) => pairs[text]![model][part]));
  const texts = [...pairs.keys()];
  const intervalOf = (value: (drawn: Iterable<number>) => number): Interval95 => bootstrapInterval(texts, value);
  const [before, after] = [middle(0, texts), middle(1, texts)];
  return {
    ...name,
    before,
    after,
    beforeCi95: intervalOf((drawn) => middle(0, drawn)),
    afterCi95: intervalOf((drawn) => middle(1, drawn)),
    difference: after - before,
    // Both models' times of a text are drawn together.
    ci95: intervalOf((drawn) => middle(1, drawn) - middle(0, drawn)),
    test: null,
    count: pairs.length,
    classes: [],
  };
}

/** Empty for too few texts. */
export function decodingRows(pairs: readonly DecodedPair[]): MetricRow[] {
  if (pairs.length < fewestTexts) return [];
  return [rowOf(timeToFirstToken, pairs, 'firstMs'), rowOf(tokensPerSecond, pairs, 'perSecond')];
}
