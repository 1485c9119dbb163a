import type { OutputPair } from './closeness.ts';
import type { SampleLoss } from './surrogate.ts';

/** Scores of one sample that are looked at; of more every second, third, … place. Exponentials of 2 ** 20 scores take about 20 ms. */
const mostScores = 2 ** 20;

/** Where scores stand: `classes` at each of `places`, `inner` apart. */
export interface Scores {
  readonly classes: number;
  /** Places that count, each by where it stands among all. */
  readonly places: number;
  readonly first: number;
  readonly inner: number;
}

function logSum(scores: ArrayLike<number>, start: number, { classes, inner }: Scores): number {
  let most = -Infinity;
  for (let at = start, index = 0; index < classes; index++, at += inner) if (scores[at]! > most) most = scores[at]!;
  let sum = 0;
  for (let at = start, index = 0; index < classes; index++, at += inner) sum += Math.exp(scores[at]! - most);
  return most + Math.log(sum);
}

/**
 * Kullback-Leibler divergence of the second model's class probabilities from the first's, mean over places, in nats; the most is that of
 * a model that finds all classes alike probable.
 * @param pair scores, or logarithms of probabilities.
 */
export function divergenceOf([mine, theirs]: OutputPair, layout: Scores): SampleLoss | null {
  const { classes, places, first, inner } = layout;
  if (classes < 2 || places < 1) return null;
  const step = Math.max(1, Math.ceil((places * classes) / mostScores));
  let [loss, most, count] = [0, 0, 0];
  for (let place = first; place < first + places; place += step) {
    const start = Math.floor(place / inner) * classes * inner + (place % inner);
    const [own, other] = [logSum(mine, start, layout), logSum(theirs, start, layout)];
    for (let at = start, index = 0; index < classes; index++, at += inner) {
      const logProbability = mine[at]! - own;
      const probability = Math.exp(logProbability);
      // What has no probability adds nothing, whatever the other model says.
      if (!(probability > 0)) continue;
      loss += probability * (logProbability - (theirs[at]! - other));
      most += probability * (logProbability + Math.log(classes));
    }
    count++;
  }
  return { loss: Math.max(0, loss) / count, most: most / count };
}
