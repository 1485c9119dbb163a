import { sampleSqnrLimitDb } from '../../../shared/units.ts';
import type { TaskLoss } from '../5-measure/task-loss.ts';
import { createQualityMeter, type Quality, type SampleOutputs } from '../metrics/output-quality.ts';
import type { OutputSource } from '../metrics/output-parts.ts';
import type { SampleLoss, Surrogate } from '../metrics/surrogate.ts';
import { mean } from '../tensor/statistics.ts';

/** How close a candidate is: by its outputs, and by what of them counts for the task. */
export interface CandidateQuality extends Quality {
  /** dB that candidates are compared by: of the task's loss where there is one, else `sqnrDb`. */
  readonly closenessDb: number;
  /** The same of each sample; `closenessDb` is their mean. */
  readonly comparedDb: readonly number[];
  /** In the unit of the surrogate, mean over samples; null where candidates are compared by SQNR. */
  readonly loss: { readonly surrogate: Surrogate; readonly value: number } | null;
}

/** A loss as the share of the most that can be lost, in dB, as SQNR is of noise: one objective exchanges either for speed and size. */
export function decibelsOf({ loss, most }: SampleLoss): number {
  const db = loss === 0 ? sampleSqnrLimitDb : -10 * Math.log10(loss / most);
  return Number.isNaN(db) ? -Infinity : Math.max(-sampleSqnrLimitDb, Math.min(sampleSqnrLimitDb, db));
}

interface MeterOptions extends OutputSource {
  readonly taskLoss?: TaskLoss | null;
  readonly rightClass?: (sample: number) => number | null;
}

/** Adds up how close one candidate is, sample by sample in their order. */
export function createCandidateMeter(first: SampleOutputs, classOutput: string | null, options: MeterOptions) {
  const { taskLoss = null, rightClass } = options;
  const outputs = createQualityMeter(first, classOutput, options, undefined, rightClass);
  const comparedDb: number[] = [];
  const losses: number[] = [];
  return {
    comparedDb,
    add(expected: SampleOutputs, actual: SampleOutputs): void {
      outputs.add(expected, actual);
      const loss = taskLoss?.of(comparedDb.length, expected, actual) ?? null;
      // Where the task says nothing of a sample its outputs do.
      const says = loss !== null && loss.most > 0;
      comparedDb.push(says ? decibelsOf(loss) : outputs.decibels.at(-1)!);
      if (says) losses.push(loss.loss);
    },
    quality: (): CandidateQuality => {
      const quality = outputs.quality();
      const loss = taskLoss === null || losses.length === 0 ? null : { surrogate: taskLoss.surrogate, value: mean(losses) }; // prettier-ignore
      return { ...quality, closenessDb: loss === null ? quality.sqnrDb : mean(comparedDb), comparedDb, loss };
    },
  };
}
