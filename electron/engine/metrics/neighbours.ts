import { agreementRowOf, type MetricName } from '../../../shared/metric-row.ts';
import { mean } from '../tensor/statistics.ts';
import type { Metric, MetricFacts } from './metric.ts';
import { cosineOf, nearestOf, toUnit, type UnitVector } from './nearest.ts';
import { compareRanks } from './rank-correlation.ts';
import { meanInterval } from './resampling.ts';
import { compareRetrieval, recalls } from './retrieval.ts';

export const vectorCosine: MetricName = {
  metric: 'vectorCosine',
  label: 'cosine of vectors',
  definition:
    "Cosine of the angle between the two models' vectors of a sample, mean over samples. This is agreement with the original.",
  zh: {
    label: '向量余弦相似度',
    definition: '两个模型对同一样本的向量之间夹角的余弦，取样本均值。这是与原模型的一致程度。',
  },
  unit: '',
  higherIsBetter: true,
  against: 'original',
};

export const keptNeighbours: MetricName = {
  metric: 'keptNeighbours',
  label: 'same nearest neighbours',
  definition:
    "Share of a sample's nearest neighbours in the original that stay its nearest neighbours, by cosine. 10 neighbours count, or a quarter of the evaluation samples. Mean over samples. This is agreement with the original.",
  zh: {
    label: '近邻保持率',
    definition:
      '每个样本在评估样本中的近邻（按余弦，取 10 个或样本数的四分之一）与原模型相同的比例，取样本均值。这是与原模型的一致程度。',
  },
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

const usualNeighbours = 10;
/** A neighbour among fewer samples is no news. */
const fewestSamples = 8;
/** Products that comparing every sample with every other may take. */
const mostProducts = 2.5e8;
const mostSamples = 4000;

interface KeptVectors {
  readonly index: number;
  readonly label: number | null;
  readonly before: UnitVector;
  readonly after: UnitVector;
}

/** What both models' cosines of texts that belong together say, against the scores that people gave. */
function comparePairs(pairs: NonNullable<MetricFacts['scoredPairs']>, vectors: readonly KeptVectors[]) {
  const kept = new Map(vectors.map((one) => [one.index, one]));
  return compareRanks(
    pairs.flatMap(({ first, second, score }) => {
      const [own, other] = [kept.get(first), kept.get(second)];
      if (own === undefined || other === undefined) return [];
      return [{ before: cosineOf(own.before, other.before), after: cosineOf(own.after, other.after), target: score }];
    }),
  );
}

/** How many of the original's neighbours are kept, and how far vectors turned. */
function compareWithOriginal(vectors: readonly KeptVectors[]) {
  const count = vectors.length;
  if (count < fewestSamples) return [];
  const wanted = Math.min(usualNeighbours, Math.floor(count / 4));
  const [before, after] = [vectors.map((one) => one.before), vectors.map((one) => one.after)];
  const kept = vectors.map((_, sample) => {
    const own = new Set(nearestOf(before, sample, wanted));
    return nearestOf(after, sample, wanted).filter((index) => own.has(index)).length / wanted;
  });
  const cosines = vectors.map((one) => cosineOf(one.before, one.after));
  return [
    agreementRowOf(keptNeighbours, mean(kept), count, meanInterval(kept)),
    agreementRowOf(vectorCosine, mean(cosines), count, meanInterval(cosines, [-1, 1])),
  ];
}

/** What becomes of vectors that are compared with each other: embeddings, features. */
export const neighbours: Metric = {
  // Spearman's correlation is named where single numbers have it.
  names: [...recalls, keptNeighbours, vectorCosine],
  accepts: ({ vectorOutput }) => vectorOutput !== null,
  start: ({ scoredPairs = null }) => {
    const vectors: KeptVectors[] = [];
    return {
      add: ({ vector, isFinite, index, label }) => {
        if (vector === null || !isFinite) return;
        const room = Math.min(mostSamples, Math.sqrt(mostProducts / Math.max(1, vector[0].length)));
        if (vectors.length < room) vectors.push({ index, label, before: toUnit(vector[0]), after: toUnit(vector[1]) });
      },
      report: () => {
        if (vectors.some(({ before }) => before.length !== vectors[0]!.before.length)) return [];
        const paired = scoredPairs === null ? null : comparePairs(scoredPairs, vectors);
        const labelled = vectors.flatMap((one) => (one.label === null ? [] : [{ ...one, label: one.label }]));
        return [...(paired === null ? [] : [paired]), ...compareRetrieval(labelled), ...compareWithOriginal(vectors)];
      },
    };
  },
};
