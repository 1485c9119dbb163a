import { agreementRowOf, type MetricName } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { editDistance } from './ctc.ts';
import type { Metric } from './metric.ts';
import { createPairedCounter } from './paired-share.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

const shared = { unit: 'share', against: 'targets' } as const;

export const characterErrorRate: MetricName = {
  ...shared,
  metric: 'cer',
  label: 'character error rate',
  definition:
    'Characters to insert, delete or replace to turn what was read into the right texts, over the characters of the right texts.',
  zh: {
    label: '字符错误率',
    definition: '将读出的文本改为正确文本所需插入、删除或替换的字符数，除以正确文本的字符数。',
  },
  higherIsBetter: false,
};

export const wordErrorRate: MetricName = {
  ...shared,
  metric: 'wer',
  label: 'word error rate',
  definition: 'The character error rate counted in words, which white space separates.',
  zh: { label: '词错误率', definition: '与字符错误率相同，但以空白分隔的词计。' },
  higherIsBetter: false,
};

export const exactMatch: MetricName = {
  ...shared,
  metric: 'exactMatch',
  label: 'exact match',
  definition: 'Share of samples whose text was read without an error.',
  zh: { label: '完全匹配率', definition: '文本读取无误的样本比例。' },
  higherIsBetter: true,
};

export const sameText: MetricName = {
  metric: 'sameText',
  label: 'same text',
  definition: 'Share of samples in which both models read the same text. This is agreement with the original.',
  zh: { label: '文本相同', definition: '两个模型读出相同文本的样本比例。这是与原模型的一致程度。' },
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

const wordsOf = (text: string): string[] => text.split(/\s+/u).filter((word) => word !== '');
const rateOf = ([errors, length]: ArrayLike<number> & Iterable<number>): number => errors! / length!;

/** Texts read out of images or sound. */
export const transcripts: Metric = {
  names: [characterErrorRate, wordErrorRate, exactMatch, sameText],
  accepts: ({ readsTexts }) => readsTexts,
  start: () => {
    const [characters, words] = [createSampleSums(), createSampleSums()];
    const exact = createPairedCounter(exactMatch);
    let [count, same, compared] = [0, 0, 0];
    return {
      add: ({ text }) => {
        if (text === null) return;
        const { read, target } = text;
        count++;
        if (read[0] === read[1]) same++;
        if (target === null) return;
        compared++;
        for (const [sums, split] of [
          [characters, (own: string) => Array.from(own)],
          [words, wordsOf],
        ] as const) {
          const right = split(target);
          const [mine, theirs] = read.map((own) => editDistance(split(own), right)) as [number, number];
          const addition = (errors: number): Addition => [
            [0, errors],
            [1, right.length],
          ];
          sums.add(addition(mine), addition(theirs), [-mine, -theirs]);
        }
        exact.add(read[0] === target, read[1] === target);
      },
      report: () => [
        ...[
          characters.row(characterErrorRate, rateOf),
          words.row(wordErrorRate, rateOf),
          compared === 0 ? null : exact.row(),
        ].filter((row) => row !== null),
        ...(count === 0 ? [] : [agreementRowOf(sameText, same / count, count, wilsonInterval(same, count))]),
      ],
    };
  },
};
