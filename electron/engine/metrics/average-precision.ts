import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import type { ComparedTarget, Metric } from './metric.ts';
import { compareByResampling, type Weights } from './resampling.ts';

export const meanAveragePrecision: MetricName = {
  metric: 'meanAveragePrecision',
  label: 'mean average precision',
  definition:
    'Mean over labels of average precision: the sum over score thresholds of precision times the gain in recall. Equal scores share a threshold. Labels that no sample has are left out.',
  zh: {
    label: '平均精度均值',
    definition:
      '各标签平均精度的均值：各阈值处的精确率乘以召回率增量之和，得分相同者归于同一阈值。没有样本具有的标签不计。',
  },
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
};

/** Scores kept: half a gigabyte. */
const mostScores = 1 << 26;

/** One label's scores of both models, highest first: which of them, and whether the label is right there. */
interface Ranking {
  readonly samples: Int32Array;
  readonly areAfter: Uint8Array;
  readonly scores: Float64Array;
  readonly areRight: Uint8Array;
}

function rank(scored: readonly ComparedTarget[], label: number): Ranking {
  const entries = scored.flatMap(({ outputs, values }, sample) =>
    outputs.map((output, model) => ({ sample, model, score: output[label]!, isRight: values[label]! > 0 })),
  );
  entries.sort((left, right) => right.score - left.score);
  return {
    samples: Int32Array.from(entries, ({ sample }) => sample),
    areAfter: Uint8Array.from(entries, ({ model }) => model),
    scores: Float64Array.from(entries, ({ score }) => score),
    areRight: Uint8Array.from(entries, ({ isRight }) => Number(isRight)),
  };
}

/** Average precision by the weights of samples; NaN where none is right. */
function averagePrecision({ samples, areAfter, scores, areRight }: Ranking, model: 0 | 1, weights: Weights): number {
  let [found, right, gained, pending] = [0, 0, 0, 0];
  for (let at = 0; at < samples.length; at++) {
    const weight = weights(samples[at]!)[areAfter[at] === model ? 0 : 1];
    found += weight;
    if (areRight[at] === 1) {
      right += weight;
      pending += weight;
    }
    if (scores[at] === scores[at + 1] || pending === 0) continue;
    gained += (pending * right) / found;
    pending = 0;
  }
  return gained / right;
}

function meanOf(rankings: readonly Ranking[], model: 0 | 1, weights: Weights): number {
  let [total, labels] = [0, 0];
  for (const ranking of rankings) {
    const value = averagePrecision(ranking, model, weights);
    if (Number.isNaN(value)) continue;
    total += value;
    labels++;
  }
  return total / labels;
}

/** Share of pairs of a right and a wrong label that the scores of one sample order. */
function orderedShare(output: ArrayLike<number>, values: ArrayLike<number>): number {
  let [ordered, pairs] = [0, 0];
  for (let right = 0; right < values.length; right++) {
    if (!(values[right]! > 0)) continue;
    for (let wrong = 0; wrong < values.length; wrong++) {
      if (values[wrong]! > 0) continue;
      pairs++;
      if (output[right]! > output[wrong]!) ordered++;
    }
  }
  return pairs === 0 ? 1 : ordered / pairs;
}

/** Several labels a sample, each right or not. */
export const averagePrecisions: Metric = {
  names: [meanAveragePrecision],
  accepts: ({ task }) => task === 'multi-label',
  start: () => {
    const scored: ComparedTarget[] = [];
    let [betterBefore, betterAfter] = [0, 0];
    let kept = 0;
    return {
      add: ({ target, isFinite }) => {
        if (target === null || !isFinite || (kept += 2 * target.values.length) > mostScores) return;
        const [own, other] = target.outputs.map((output) => orderedShare(output, target.values)) as [number, number];
        if (own > other) betterBefore++;
        if (other > own) betterAfter++;
        // Outputs may be views of memory that is used again.
        const [mine, theirs] = target.outputs;
        scored.push({ ...target, outputs: [Float32Array.from(mine), Float32Array.from(theirs)] });
      },
      report: (): MetricRow[] => {
        if (scored.length === 0) return [];
        const rankings = Array.from({ length: scored[0]!.values.length }, (_, label) => rank(scored, label));
        const row = compareByResampling(meanAveragePrecision, {
          count: scored.length,
          betterBefore,
          betterAfter,
          steps: 4 * scored.length * rankings.length,
          evaluate: (weights) => [meanOf(rankings, 0, weights), meanOf(rankings, 1, weights)],
        });
        return row === null ? [] : [row];
      },
    };
  },
};
