import type { Interval95, MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { createRandom } from '../tensor/random.ts';
import { normalBelow, quantileOfSorted } from '../tensor/statistics.ts';

/*
 * Figures that are a function of sums over samples, whatever it is: a mean error, a squared one under a root, an F1 of true and false
 * positives. Their intervals come from drawing samples anew, both models' together; their test from swapping the models at random.
 */

/** What a sample adds to the sums: slot and amount. */
export type Addition = readonly (readonly [slot: number, amount: number])[];

/** Sums that are added up in all draws together: draws get fewer where a sample adds to many slots. */
const mostAdditions = 60e6;
const [fewestDraws, mostDraws] = [200, 2000];
/** Below this many samples nobody knows how the figure varies. */
const fewestSamples = 3;

/** Additions of one model, in one piece of memory. */
function createLedger() {
  const starts = [0];
  const slots: number[] = [];
  const amounts: number[] = [];
  return {
    add: (addition: Addition) => {
      for (const [slot, amount] of addition) {
        slots.push(slot);
        amounts.push(amount);
      }
      starts.push(slots.length);
    },
    size: () => slots.length,
    /** Slots are numbered from 0. */
    width: () => slots.reduce((most, slot) => Math.max(most, slot + 1), 0),
    addTo: (sums: Float64Array, sample: number, times: number) => {
      for (let at = starts[sample]!; at < starts[sample + 1]!; at++) {
        const slot = slots[at]!;
        sums[slot] = sums[slot]! + times * amounts[at]!;
      }
    },
  };
}

/**
 * Where to cut the distribution of draws: a little further out than 2.5 %, as few samples vary less than what they are drawn from
 * (Hesterberg 2015, "expanded percentile").
 */
function tailOf(count: number): number {
  const z = 1.959963984540054;
  const degrees = count - 1;
  // Cornish and Fisher's expansion of Student's quantile.
  const t = z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
  return normalBelow(-Math.sqrt(count / degrees) * t);
}

function intervalOf(draws: Float64Array, count: number): Interval95 | null {
  const known = draws.filter((value) => Number.isFinite(value)).sort();
  if (count < fewestSamples || known.length < draws.length / 2) return null;
  const tail = tailOf(count);
  return [quantileOfSorted(known, tail), quantileOfSorted(known, 1 - tail)];
}

export interface SampleSums {
  /** @param scores how each model did on this sample alone, higher being better; only which is higher counts. */
  readonly add: (before: Addition, after: Addition, scores: readonly [before: number, after: number]) => void;
  /**
   * The figure of both models, with percentile bootstrap intervals (95 %, seeded) and the paired approximate randomization test (Noreen
   * 1989): in what share of random swaps of the two models is their difference at least as large?
   * @param value the figure from the sums; NaN where they have none. Must not keep its argument.
   * @returns null where there are no samples, or one of the models has no such figure.
   */
  readonly row: (name: MetricName, value: (sums: Float64Array) => number) => MetricRow | null;
}

export function createSampleSums(): SampleSums {
  const [before, after] = [createLedger(), createLedger()];
  let count = 0;
  let [betterBefore, betterAfter] = [0, 0];

  function draw(value: (sums: Float64Array) => number) {
    const width = Math.max(before.width(), after.width());
    const [mine, theirs] = [new Float64Array(width), new Float64Array(width)];
    const weigh = (weights: (sample: number) => readonly [own: number, other: number]) => {
      mine.fill(0);
      theirs.fill(0);
      for (let sample = 0; sample < count; sample++) {
        const [own, other] = weights(sample);
        if (own !== 0) {
          before.addTo(mine, sample, own);
          after.addTo(theirs, sample, own);
        }
        if (other !== 0) {
          after.addTo(mine, sample, other);
          before.addTo(theirs, sample, other);
        }
      }
      return [value(mine), value(theirs)] as const;
    };
    return weigh;
  }

  const drawCount = (): number => {
    const cost = Math.max(1, before.size() + after.size());
    return Math.max(fewestDraws, Math.min(mostDraws, Math.floor(mostAdditions / cost)));
  };

  return {
    add: (mine, theirs, [own, other]) => {
      count++;
      before.add(mine);
      after.add(theirs);
      if (own > other) betterBefore++;
      if (other > own) betterAfter++;
    },
    row: (name, value) => {
      if (count === 0) return null;
      const weigh = draw(value);
      const [own, other] = weigh(() => [1, 0]);
      if (!Number.isFinite(own) || !Number.isFinite(other)) return null;
      const draws = drawCount();
      const random = createRandom(0);
      const [befores, afters, differences] = [0, 1, 2].map(() => new Float64Array(draws)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const times = new Float64Array(count);
      let asLarge = 0;
      for (let index = 0; index < draws; index++) {
        times.fill(0);
        for (let drawn = 0; drawn < count; drawn++) {
          const sample = Math.floor(random() * count);
          times[sample] = times[sample]! + 1;
        }
        [befores[index], afters[index]] = weigh((sample) => [times[sample]!, 0]) as [number, number];
        differences[index] = afters[index]! - befores[index]!;
        const swapped = weigh(() => (random() < 0.5 ? [1, 0] : [0, 1]));
        // Sums in another order differ in their last digits.
        if (!(Math.abs(swapped[1] - swapped[0]) < Math.abs(other - own) * (1 - 1e-9))) asLarge++;
      }
      return {
        ...name,
        before: own,
        after: other,
        beforeCi95: intervalOf(befores, count),
        afterCi95: intervalOf(afters, count),
        difference: other - own,
        ci95: intervalOf(differences, count),
        test: { name: 'paired randomization', pValue: (asLarge + 1) / (draws + 1), betterBefore, betterAfter },
        count,
      };
    },
  };
}
