import type { Interval95 } from '../../../shared/run.ts';
import { createRandom } from '../tensor/random.ts';
import { quantileOfSorted } from '../tensor/statistics.ts';

/*
 * What the change between two models costs in accuracy on average, whatever it happened to cost on these samples: which of a few
 * samples with two classes almost level change sides is chance, how many do is not.
 */

/** The changes of a sample are those of its neighbours by lead: this share of all samples at either side, within these limits. */
const neighbourShare = 0.15;
const fewestNeighbours = 10;
const mostNeighbours = 100;
/** Fewer samples tell no distribution of changes. */
const fewestSamples = 37;
const resamples = 200;
/** Smaller probabilities are no float32 with all its digits. */
const smallestProbability = 2 ** -126;

/** By how much the labelled class leads the best other one (negative: trails it) in the original, and in the compressed model. */
interface Margin {
  readonly lead: number;
  readonly leadAfter: number;
}

export interface ExpectedDifference {
  /** Compressed - original, as a share of samples. */
  readonly value: number;
  /** 95 % bootstrap interval. */
  readonly ci95: Interval95;
}

function readsAsProbabilities(scores: ArrayLike<number>): boolean {
  let sum = 0;
  for (let index = 0; index < scores.length; index++) {
    if (!(scores[index]! >= 0 && scores[index]! <= 1)) return false;
    sum += scores[index]!;
  }
  return Math.abs(sum - 1) < 1e-3;
}

function bestOther(scores: ArrayLike<number>, label: number): number {
  let best = -1;
  for (let index = 0; index < scores.length; index++) {
    if (index !== label && (best === -1 || scores[index]! > scores[best]!)) best = index;
  }
  return best;
}

const asItIs = (score: number): number => score;
const logarithm = (probability: number): number => Math.log(Math.max(probability, smallestProbability));

/**
 * The margins of labelled samples. Where all scores are probabilities their logarithms are compared, whose differences are those
 * of the logits behind Softmax.
 */
export function createMargins() {
  const asTheyAre: Margin[] = [];
  const byLogarithm: Margin[] = [];
  let areProbabilities = true;
  return {
    add: (scores: ArrayLike<number>, otherScores: ArrayLike<number>, label: number) => {
      const leadIn = (values: ArrayLike<number>, read: (score: number) => number): number =>
        read(values[label]!) - read(values[bestOther(values, label)]!);
      const measure = (read: (score: number) => number): Margin => ({
        lead: leadIn(scores, read),
        leadAfter: leadIn(otherScores, read),
      });
      asTheyAre.push(measure(asItIs));
      areProbabilities &&= readsAsProbabilities(scores);
      if (areProbabilities) byLogarithm.push(measure(logarithm));
    },
    /** Null where too few samples have a finite lead. */
    expectedDifference: (): ExpectedDifference | null => expectDifference(areProbabilities ? byLogarithm : asTheyAre),
  };
}

/**
 * Every sample is given the changes of lead that its neighbours by lead had, its own among them (a triangular kernel over ranks): the
 * share of those that leave the labelled class in front is the probability that the compressed model gets it right. Nothing is assumed of
 * the changes: a lead that shrinks wherever the original is sure, and scores that a range has made equal, count where they fall.
 */
function expectDifference(all: readonly Margin[]): ExpectedDifference | null {
  // Nothing ranks NaN.
  const margins = all.filter(({ lead, leadAfter }) => Number.isFinite(lead) && Number.isFinite(leadAfter));
  if (margins.length < fewestSamples) return null;
  margins.sort((first, second) => first.lead - second.lead);
  const leads = Float64Array.from(margins, ({ lead }) => lead);
  const changes = Float64Array.from(margins, ({ lead, leadAfter }) => leadAfter - lead);
  const count = leads.length;
  const random = createRandom(0);
  const estimates = Float64Array.from({ length: resamples }, () => {
    const times = new Float64Array(count);
    for (let draw = 0; draw < count; draw++) {
      const index = Math.floor(random() * count);
      times[index] = times[index]! + 1;
    }
    return differenceOf(leads, changes, times);
  }).sort();
  return {
    value: differenceOf(leads, changes, new Float64Array(count).fill(1)),
    ci95: [quantileOfSorted(estimates, 0.025), quantileOfSorted(estimates, 0.975)],
  };
}

/** 1 for a labelled class in front, 0 for one behind; of equal scores the first index wins, which is either. */
const rightness = (lead: number): number => (lead > 0 ? 1 : lead === 0 ? 0.5 : 0);

/**
 * @param leads ascending.
 * @param times how often each sample counts.
 */
function differenceOf(leads: Float64Array, changes: Float64Array, times: Float64Array): number {
  const count = leads.length;
  const wanted = Math.min(mostNeighbours, Math.max(fewestNeighbours, Math.round(neighbourShare * count)));
  let difference = 0;
  let total = 0;
  for (let index = 0; index < count; index++) {
    if (times[index] === 0) continue;
    let right = 0;
    let weights = 0;
    const last = Math.min(count - 1, index + wanted);
    for (let other = Math.max(0, index - wanted); other <= last; other++) {
      const weight = times[other]! * (wanted + 1 - Math.abs(other - index));
      weights += weight;
      right += weight * rightness(leads[index]! + changes[other]!);
    }
    difference += times[index]! * (right / weights - rightness(leads[index]!));
    total += times[index]!;
  }
  return difference / total;
}
