import { normalBelow } from '../tensor/statistics.ts';

/*
 * What noise of the size measured costs in accuracy on average, whatever it happened to cost on these samples.
 */

/** Samples with the smallest margins, which decide: the noise is measured on this share of them, and on no fewer than this. */
const decidingShare = 0.25;
const fewestDeciding = 10;

/** By how much the labelled class leads the best other one (negative: trails it), and by how much that changes. */
interface Margin {
  readonly lead: number;
  readonly change: number;
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

/**
 * The margins of labelled samples. A sample whose labelled class leads the best other one by m changes sides with probability
 * normalBelow(-|m| / s), where s is the root mean square of the change of that difference between both models, taken over the
 * quarter of samples with the smallest |m|. Where all scores are probabilities their logarithms are compared, whose differences
 * are those of the logits behind Softmax.
 */
export function createMargins() {
  const asTheyAre: Margin[] = [];
  const byLogarithm: Margin[] = [];
  let areProbabilities = true;
  return {
    add: (scores: ArrayLike<number>, otherScores: ArrayLike<number>, label: number) => {
      const rival = bestOther(scores, label);
      const measure = (read: (score: number) => number): Margin => {
        const lead = read(scores[label]!) - read(scores[rival]!);
        return { lead, change: read(otherScores[label]!) - read(otherScores[rival]!) - lead };
      };
      asTheyAre.push(measure((score) => score));
      areProbabilities &&= readsAsProbabilities(scores);
      if (areProbabilities) byLogarithm.push(measure(Math.log));
    },
    /** Compressed - original, as a share of samples; null where too few samples decide. */
    expectedDifference: (): number | null => expectDifference(areProbabilities ? byLogarithm : asTheyAre),
  };
}

function expectDifference(all: readonly Margin[]): number | null {
  // A probability of 0 has no logarithm, and nothing ranks NaN.
  const margins = all.filter(({ lead, change }) => Number.isFinite(lead) && Number.isFinite(change));
  const closest = [...margins].sort((first, second) => Math.abs(first.lead) - Math.abs(second.lead));
  const deciding = closest.slice(0, Math.ceil(decidingShare * closest.length));
  if (deciding.length < fewestDeciding) return null;
  const noise = Math.sqrt(deciding.reduce((sum, { change }) => sum + change ** 2, 0) / deciding.length);
  if (noise === 0) return 0;
  const gains = margins.map(({ lead }) => -Math.sign(lead) * normalBelow(-Math.abs(lead) / noise));
  return gains.reduce((sum, gain) => sum + gain, 0) / margins.length;
}
