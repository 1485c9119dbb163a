import { agreementRowOf, type MetricName } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import type { Metric } from './metric.ts';
import { createPairedCounter } from './paired-share.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';

/*
 * Answers that stand in a text, scored as the evaluation script of SQuAD 2.0 does: without case, punctuation, articles and extra spaces;
 * of several right answers the best counts.
 */

const shared = { unit: 'share', higherIsBetter: true, against: 'targets' } as const;

export const answerF1: MetricName = {
  ...shared,
  metric: 'answerF1',
  label: 'answer F1',
  definition:
    'F1 of the words that the answer shares with a right one, mean over questions, as SQuAD computes it: without case, punctuation and articles.',
  zh: {
    label: '答案 F1',
    definition: '答案与正确答案共有词的 F1，取问题均值，与 SQuAD 的算法相同：不计大小写、标点与冠词。',
  },
};

export const answerMatch: MetricName = {
  ...shared,
  metric: 'answerMatch',
  label: 'exact match',
  definition:
    'Share of questions whose answer is a right one, as SQuAD compares them: without case, punctuation and articles.',
  zh: { label: '完全匹配率', definition: '答案正确的问题比例，与 SQuAD 的比较方式相同：不计大小写、标点与冠词。' },
};

export const sameAnswer: MetricName = {
  metric: 'sameAnswer',
  label: 'same answer',
  definition: 'Share of questions that both models answer alike. This is agreement with the original.',
  zh: { label: '答案相同', definition: '两个模型给出相同答案的问题比例。这是与原模型的一致程度。' },
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

/** Python's `string.punctuation`. */
const punctuation = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/g;
/** Whole words: a letter of any script beside one makes it part of another. */
const articles = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .replaceAll(punctuation, '')
    .replaceAll(articles, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '');

export const isMatch = (answer: string, right: string): boolean =>
  wordsOf(answer).join(' ') === wordsOf(right).join(' ');

/** F1 of the words of both; of no answer 1 if none is right. */
export function wordF1(answer: string, right: string): number {
  const [given, wanted] = [wordsOf(answer), wordsOf(right)];
  if (given.length === 0 || wanted.length === 0) return Number(given.length === wanted.length);
  const left = new Map<string, number>();
  for (const word of wanted) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of given) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    common++;
    left.set(word, count - 1);
  }
  return (2 * common) / (given.length + wanted.length);
}

/** Answers of which nothing is left are none; without any right one no answer is right. */
function rightOnes(targets: readonly string[]): readonly string[] {
  const kept = targets.filter((target) => wordsOf(target).length > 0);
  return kept.length === 0 ? [''] : kept;
}

/** Answers that models find in texts. */
export const answers: Metric = {
  names: [answerF1, answerMatch, sameAnswer],
  accepts: ({ findsAnswers = false }) => findsAnswers,
  start: () => {
    const words = createSampleSums();
    const matches = createPairedCounter(answerMatch);
    let [count, same, compared] = [0, 0, 0];
    return {
      add: ({ answer = null }) => {
        if (answer === null) return;
        const { read, targets } = answer;
        count++;
        if (read[0] === read[1]) same++;
        if (targets === null) return;
        compared++;
        const right = rightOnes(targets);
        const best = (own: string): number => Math.max(...right.map((one) => wordF1(own, one)));
        const [mine, theirs] = [best(read[0]), best(read[1])];
        const addition = (score: number): Addition => [
          [0, score],
          [1, 1],
        ];
        words.add(addition(mine), addition(theirs), [mine, theirs]);
        const isRight = (own: string): boolean => right.some((one) => isMatch(own, one));
        matches.add(isRight(read[0]), isRight(read[1]));
      },
      report: () => [
        ...[words.row(answerF1, ([sum, samples]) => sum! / samples!), compared === 0 ? null : matches.row()].filter(
          (row) => row !== null,
        ),
        ...(count === 0 ? [] : [agreementRowOf(sameAnswer, same / count, count, wilsonInterval(same, count))]),
      ],
    };
  },
};
