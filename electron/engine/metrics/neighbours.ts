import { agreementRowOf, type MetricName } from '../../../shared/metric-row.ts';
import { bootstrapInterval, mean } from '../tensor/statistics.ts';
import type { Metric } from './metric.ts';

export const vectorCosine: MetricName = {
  metric: 'vectorCosine',
  label: 'cosine of vectors',
  definition:
    "Cosine of the angle between both models' vectors of a sample, mean over samples. Agreement with the original.",
  unit: '',
  higherIsBetter: true,
  against: 'original',
};

export const keptNeighbours: MetricName = {
  metric: 'keptNeighbours',
  label: 'same nearest neighbours',
  definition:
    "Share of the nearest neighbours of a sample among the evaluation samples (by cosine, 10 or a quarter of them) that are the original's, mean over samples. Agreement with the original.",
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

function toUnit(vector: ArrayLike<number>): Float32Array {
  let squares = 0;
  for (let index = 0; index < vector.length; index++) squares += vector[index]! ** 2;
  const length = Math.sqrt(squares);
  return Float32Array.from(vector, (value) => (length === 0 ? 0 : value / length));
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index++) sum += left[index]! * right[index]!;
  return sum;
}

/** The nearest others of one of the vectors; of equal ones the first. */
function nearest(vectors: readonly Float32Array[], of: number, count: number): Set<number> {
  const own = vectors[of]!;
  const near = vectors.map((other, index) => ({ index, cosine: index === of ? -Infinity : dot(own, other) }));
  near.sort((left, right) => right.cosine - left.cosine || left.index - right.index);
  return new Set(near.slice(0, count).map(({ index }) => index));
}

/** What becomes of vectors that are compared with each other: embeddings, features. */
export const neighbours: Metric = {
  names: [keptNeighbours, vectorCosine],
  accepts: ({ vectorOutput }) => vectorOutput !== null,
  start: () => {
    const vectors: (readonly [before: Float32Array, after: Float32Array])[] = [];
    return {
      add: ({ vector, isFinite }) => {
        if (vector === null || !isFinite) return;
        const room = Math.min(mostSamples, Math.sqrt(mostProducts / Math.max(1, vector[0].length)));
        if (vectors.length < room) vectors.push([toUnit(vector[0]), toUnit(vector[1])]);
      },
      report: () => {
        const count = vectors.length;
        if (count < fewestSamples || vectors.some(([own]) => own.length !== vectors[0]![0].length)) return [];
        const wanted = Math.min(usualNeighbours, Math.floor(count / 4));
        const [before, after] = [vectors.map(([own]) => own), vectors.map(([, other]) => other)];
        const kept = vectors.map((_, sample) => {
          const own = nearest(before, sample, wanted);
          return [...nearest(after, sample, wanted)].filter((index) => own.has(index)).length / wanted;
        });
        const cosines = vectors.map(([own, other]) => dot(own, other));
        return [
          agreementRowOf(keptNeighbours, mean(kept), count, bootstrapInterval(kept, mean)),
          agreementRowOf(vectorCosine, mean(cosines), count, bootstrapInterval(cosines, mean)),
        ];
      },
    };
  },
};
