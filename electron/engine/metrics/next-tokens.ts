import { agreementRowOf, type Interval95, type MetricName, type MetricRow } from '../../../shared/metric-row.ts';
import { bootstrapInterval } from '../tensor/statistics.ts';
import { divergenceOf } from './divergence.ts';
import type { Metric, NextTokens } from './metric.ts';
import { withOpenSamples } from './resampling.ts';
import { createSampleSums, type Addition } from './sample-sums.ts';
import type { Surrogate } from './surrogate.ts';

export const perplexity: MetricName = {
  metric: 'perplexity',
  label: 'perplexity',
  definition:
    'e to the mean negative log probability of each token of the evaluation texts, given the tokens before it in its sample. The first token of a sample is not predicted.',
  zh: {
    label: '困惑度',
    definition:
      '模型对评估文本中每个词元（给定同一样本中其前的词元）的负对数概率取均值，再取 e 的该次幂。样本的第一个词元不预测。',
  },
  unit: '',
  higherIsBetter: false,
  against: 'targets',
};

export const tokenDivergence: MetricName = {
  metric: 'klDivergence',
  label: 'KL divergence',
  definition:
    "Kullback-Leibler divergence of the compressed model's next-token probabilities from the original's, in nats, mean over predicted tokens. This is agreement with the original.",
  zh: {
    label: 'KL 散度',
    definition:
      '压缩后模型的下一词元概率相对原模型的 KL 散度（单位 nat），取所预测词元的均值。这是与原模型的一致程度。',
  },
  unit: '',
  higherIsBetter: false,
  against: 'original',
};

export const sameNextToken: MetricName = {
  metric: 'sameNextToken',
  label: 'same next token',
  definition:
    'Share of predicted tokens for which both models rank the same token first. This is agreement with the original.',
  zh: { label: '下一词元相同', definition: '两个模型排在首位的下一词元相同的比例。这是与原模型的一致程度。' },
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

/** What one model says of one place: the largest score, its token, and the logarithm of the sum of exponentials. */
function readPlace(scores: ArrayLike<number>, start: number, vocabulary: number) {
  let best = 0;
  for (let token = 1; token < vocabulary; token++) if (scores[start + token]! > scores[start + best]!) best = token;
  const most = scores[start + best]!;
  let sum = 0;
  for (let token = 0; token < vocabulary; token++) sum += Math.exp(scores[start + token]! - most);
  return { best, logSum: most + Math.log(sum) };
}

interface SampleSums {
  /** Predicted tokens. */
  count: number;
  /** Negative log probabilities of the right tokens. */
  before: number;
  after: number;
  divergence: number;
  same: number;
}

/** Sums over the tokens of one sample that are predicted: all but the first. */
export function sumSample({ pair: [mine, theirs], vocabulary, ids, start }: NextTokens): SampleSums {
  const sums: SampleSums = { count: 0, before: 0, after: 0, divergence: 0, same: 0 };
  for (let at = 0; at + 1 < ids.length; at++) {
    const offset = (start + at) * vocabulary;
    const [own, other] = [readPlace(mine, offset, vocabulary), readPlace(theirs, offset, vocabulary)];
    const right = ids[at + 1]!;
    sums.count++;
    sums.before += own.logSum - mine[offset + right]!;
    sums.after += other.logSum - theirs[offset + right]!;
    sums.same += Number(own.best === other.best);
    for (let token = 0; token < vocabulary; token++) {
      const logProbability = mine[offset + token]! - own.logSum;
      const probability = Math.exp(logProbability);
      // What has no probability adds nothing, whatever the other model says.
      if (probability > 0) sums.divergence += probability * (logProbability - (theirs[offset + token]! - other.logSum));
    }
  }
  return sums;
}

/** Drawing whole samples: the tokens of one go together. */
function ratioInterval(samples: readonly SampleSums[], part: 'divergence' | 'same'): Interval95 | null {
  if (samples.length < 2) return null;
  const sumOf = (key: 'count' | typeof part) => samples.reduce((total, sample) => total + sample[key], 0);
  // Where nothing differs, what is left open has a limit for a share alone.
  if (part === 'same' && sumOf(part) === sumOf('count')) return withOpenSamples(1, samples.length, [0, 1]);
  if (part === 'divergence' && sumOf(part) === 0) return null;
  return bootstrapInterval([...samples.keys()], (drawn) => {
    let [sum, count] = [0, 0];
    for (const sample of drawn) {
      sum += samples[sample]![part];
      count += samples[sample]!.count;
    }
    return sum / count;
  });
}

function agreementOf(name: MetricName, samples: readonly SampleSums[], part: 'divergence' | 'same'): MetricRow {
  const [sum, count] = [part, 'count' as const].map((key) =>
    samples.reduce((total, sample) => total + sample[key], 0),
  ) as [number, number];
  return agreementRowOf(name, sum / count, samples.length, ratioInterval(samples, part));
}

export const tokenSurrogate: Surrogate = {
  label: tokenDivergence.label,
  definition: tokenDivergence.definition,
  zh: tokenDivergence.zh,
  unit: 'nat',
  read: ({ nextOutput }) =>
    nextOutput === null
      ? null
      : ({ has, scoresOf, dimsOf, tokens }) =>
          tokens === null || !has(nextOutput)
            ? null
            : divergenceOf(scoresOf(nextOutput), {
                classes: dimsOf(nextOutput).at(-1)!,
                places: tokens.ids.length - 1,
                first: tokens.start,
                inner: 1,
              }),
};

/** How well causal language models know what comes next, and how alike they are about it. */
export const nextTokens: Metric = {
  names: [perplexity, tokenDivergence, sameNextToken],
  accepts: ({ predictsTokens }) => predictsTokens,
  start: () => {
    const likelihood = createSampleSums();
    const samples: SampleSums[] = [];
    return {
      add: ({ next }) => {
        if (next === null) return;
        const sums = sumSample(next);
        if (sums.count === 0 || !Number.isFinite(sums.before) || !Number.isFinite(sums.after)) return;
        const addition = (loss: number): Addition => [
          [0, loss],
          [1, sums.count],
        ];
        likelihood.add(addition(sums.before), addition(sums.after), [-sums.before, -sums.after]);
        samples.push(sums);
      },
      report: () => {
        if (samples.length === 0) return [];
        const row = likelihood.row(perplexity, ([loss, count]) => Math.exp(loss! / count!));
        return [
          ...(row === null ? [] : [row]),
          agreementOf(tokenDivergence, samples, 'divergence'),
          agreementOf(sameNextToken, samples, 'same'),
        ];
      },
    };
  },
};
