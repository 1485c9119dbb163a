import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { compareByResampling } from './resampling.ts';

/*
 * Figures that are a function of sums over samples, whatever it is: a mean error, a squared one under a root, an F1 of true and false
 * positives.
 */

/** What a sample adds to the sums: slot and amount. */
export type Addition = readonly (readonly [slot: number, amount: number])[];

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

const areEqual = (one: Addition, other: Addition): boolean =>
  one.length === other.length && one.every(([slot, amount], at) => slot === other[at]![0] && amount === other[at]![1]);

export interface SampleSums {
  /** @param scores how each model did on this sample alone, higher being better; only which is higher counts. */
  readonly add: (before: Addition, after: Addition, scores: readonly [before: number, after: number]) => void;
  /**
   * As `compareByResampling` has it.
   * @param value the figure from the sums; NaN where they have none. Must not keep its argument.
   * @param flip as `ResampledFigure` has it.
   */
  readonly row: (name: MetricName, value: (sums: Float64Array) => number, flip?: number) => MetricRow | null;
  /** The sums of both models over all samples. */
  readonly totals: () => readonly [before: Float64Array, after: Float64Array];
}

export function createSampleSums(): SampleSums {
  const [before, after] = [createLedger(), createLedger()];
  let [count, differing] = [0, 0];
  let [betterBefore, betterAfter] = [0, 0];
  const zeros = () => new Float64Array(Math.max(before.width(), after.width()));
  return {
    totals: () => {
      const [mine, theirs] = [zeros(), zeros()];
      for (let sample = 0; sample < count; sample++) {
        before.addTo(mine, sample, 1);
        after.addTo(theirs, sample, 1);
      }
      return [mine, theirs];
    },
    add: (mine, theirs, [own, other]) => {
      count++;
      if (!areEqual(mine, theirs)) differing++;
      before.add(mine);
      after.add(theirs);
      if (own > other) betterBefore++;
      if (other > own) betterAfter++;
    },
    row: (name, value, flip) => {
      const [mine, theirs] = [zeros(), zeros()];
      return compareByResampling(name, {
        count,
        differing,
        ...(flip === undefined ? {} : { flip }),
        betterBefore,
        betterAfter,
        steps: before.size() + after.size(),
        evaluate: (weights) => {
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
          return [value(mine), value(theirs)];
        },
      });
    },
  };
}
