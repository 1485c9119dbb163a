import type { OutputPair } from './closeness.ts';
import type { OutputReading } from './read-outputs.ts';

/** What one sample loses, and what it would lose if the compressed model said nothing of it: in one unit, which the surrogate names. */
export interface SampleLoss {
  readonly loss: number;
  readonly most: number;
}

/** One sample as both models answered it. */
export interface AnsweredSample {
  /** Whether both models have an output: those that are compared in front of a selection lack their own. */
  readonly has: (output: string) => boolean;
  /** An output of both models. */
  readonly valuesOf: (output: string) => OutputPair;
  /** The same; probabilities that a Softmax made as the scores that it made them of. */
  readonly scoresOf: (output: string) => OutputPair;
  /** Of that, with a dimension of samples that is 1. */
  readonly dimsOf: (output: string) => readonly number[];
  /** The tokens of a text and where they stand among those that were fed; null where the sample is none. */
  readonly tokens: { readonly ids: Int32Array; readonly start: number; readonly fed: number } | null;
}

/** What a surrogate may look at to see whether the outputs are of its task. */
export type ReadSurrogate = Pick<OutputReading, 'nextOutput'> & Partial<OutputReading>;

/** Null where the sample has nothing to lose. */
export type LossOf = (sample: AnsweredSample) => SampleLoss | null;

/**
 * A loss in the terms of a task that needs no targets and changes smoothly, so that a few samples tell two candidates apart: what a
 * search compares them by, where that follows the task's metric better than the SQNR of the outputs does (`npm run bench:surrogate`).
 */
export interface Surrogate {
  readonly label: string;
  readonly definition: string;
  readonly zh: { readonly label: string; readonly definition: string };
  /** Of the loss; empty for a plain number. */
  readonly unit: 'nat' | '';
  /** @returns null where the outputs are not of this task. */
  readonly read: (reading: ReadSurrogate) => LossOf | null;
}
