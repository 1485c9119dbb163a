import type { Agreement } from '../../../shared/run.ts';
import { sampleSqnrLimitDb } from '../../../shared/units.ts';
import { createErrorSums, mean } from '../tensor/statistics.ts';

/** One output of one sample in both models. */
export type OutputPair = readonly [reference: ArrayLike<number>, compared: ArrayLike<number>];

/** Noise / signal: 0 where nothing differs, infinite where the reference is zero throughout. */
function noiseShareOf([reference, compared]: OutputPair): number {
  let signal = 0;
  let noise = 0;
  for (let index = 0; index < reference.length; index++) {
    signal += reference[index]! ** 2;
    noise += (reference[index]! - compared[index]!) ** 2;
  }
  return noise === 0 ? 0 : noise / signal;
}

/**
 * How close all outputs of one sample are, in dB: noise / signal is averaged over the outputs, so that every output counts
 * alike and boxes in pixels do not drown scores. Minus infinity where there is a NaN.
 */
export function sampleSqnrDb(outputs: readonly OutputPair[]): number {
  const shares = outputs.filter(([reference]) => reference.length > 0).map(noiseShareOf);
  const share = shares.reduce((sum, one) => sum + one, 0) / Math.max(1, shares.length);
  const db = share === 0 ? sampleSqnrLimitDb : -10 * Math.log10(share);
  return Number.isNaN(db) ? -Infinity : Math.max(-sampleSqnrLimitDb, Math.min(sampleSqnrLimitDb, db));
}

/** The mean of the tenth of the samples, one at least, whose outputs are furthest off: what a mean over all can hide. */
export function worstTenth(decibels: readonly number[]): number {
  const ascending = decibels.toSorted((left, right) => left - right);
  return mean(ascending.slice(0, Math.max(1, Math.ceil(decibels.length / 10))));
}

/** What is reported of outputs over many samples. */
export interface Closeness {
  add(outputs: readonly OutputPair[]): void;
  report(): Pick<Agreement, 'sqnrDb' | 'cosine'>;
}

/** One output: all samples as one long vector. */
function createClosenessOfOne(): Closeness {
  const sums = createErrorSums();
  return {
    add: ([output]) => sums.add(...output!),
    report: () => ({ sqnrDb: sums.sqnrDb(), cosine: sums.cosine() }),
  };
}

/** Several outputs: as candidates are compared, the mean over samples, in each of which every output counts alike. */
function createClosenessOfSeveral(): Closeness {
  const decibels: number[] = [];
  const cosines: number[] = [];
  let isIdentical = true;
  return {
    add: (outputs) => {
      decibels.push(sampleSqnrDb(outputs));
      for (const output of outputs) {
        if (output[0].length === 0) continue;
        const sums = createErrorSums();
        sums.add(...output);
        isIdentical &&= sums.sqnrDb() === null;
        cosines.push(sums.cosine());
      }
    },
    report: () => (isIdentical ? { sqnrDb: null, cosine: 1 } : { sqnrDb: mean(decibels), cosine: mean(cosines) }),
  };
}

export function createCloseness(outputCount: number): Closeness {
  return outputCount === 1 ? createClosenessOfOne() : createClosenessOfSeveral();
}
