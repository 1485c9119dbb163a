import { mean } from '../tensor/statistics.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { createAgreementCounter, describeScores, firstClass, hasOneDecision } from './class-scores.ts';
import { createMargins } from './margins.ts';
import { sampleSqnrDb, worstTenth, type OutputPair } from './closeness.ts';
import { findOutputParts, splitParts, type OutputSource } from './output-parts.ts';
import { toNumbers } from '../tensor/to-numbers.ts';
import { comparedTypes } from './float-types.ts';
import { findFinalSoftmax, undoSoftmax } from './undo-softmax.ts';

export interface Quality {
  /** dB; Infinity when identical. */
  readonly sqnrDb: number;
  /** dB; the mean of the worst tenth of the samples. */
  readonly worstTenthDb: number;
  /** Null where no output ranks classes. */
  readonly top1Agreement: number | null;
  /**
   * Share of right answers that is lost on average (`createMargins`); of answers like the original's where nobody said which are right.
   * Left out where it is not asked for, or nothing ranks classes; the share that differs where there are too few samples for more.
   */
  readonly lossShare?: number;
  /** dB of each sample; `sqnrDb` is their mean. */
  readonly decibels: readonly number[];
}

/** Outputs of one sample, by name. */
export type SampleOutputs = Readonly<Record<string, Tensor>>;

/**
 * How close a candidate's outputs are to the float model's: the mean over samples of the SQNR in dB, so that a few samples
 * with large outputs do not decide alone, and the share of samples with the same first-ranked class. Probabilities are
 * compared as the scores they were made of.
 * @param compared outputs, by default those of float32 and float16.
 * @param rightClass of a sample by its place, null where nobody knows; given where it is asked for what answers are lost.
 */
export function createQualityMeter(
  first: SampleOutputs,
  classOutput: string | null,
  source: OutputSource,
  compared: readonly string[] = Object.keys(first).filter((name) => comparedTypes.includes(first[name]!.dataType)),
  rightClass?: (sample: number) => number | null,
) {
  const margins = createMargins();
  const agreement = createAgreementCounter();
  const parts = new Map(compared.map((name) => [name, findOutputParts(source, name)]));
  const softmaxes = new Map(compared.map((name) => [name, findFinalSoftmax(source.graph, name)]));
  const decibels: number[] = [];
  return {
    decibels,
    add(expected: SampleOutputs, actual: SampleOutputs): void {
      const pairOf = (name: string): OutputPair => [toNumbers(expected[name]!), toNumbers(actual[name]!)];
      const scoresOf = (name: string): OutputPair => {
        const softmax = softmaxes.get(name) ?? null;
        const [before, after] = pairOf(name);
        const { dims } = expected[name]!;
        return softmax === null
          ? [before, after]
          : [undoSoftmax(before, dims, softmax), undoSoftmax(after, dims, softmax)];
      };
      decibels.push(
        sampleSqnrDb(
          compared.flatMap((name) => splitParts(scoresOf(name), expected[name]!.dims, parts.get(name) ?? null)),
        ),
      );
      if (classOutput === null) return;
      const [scores, layout] = [pairOf(classOutput), describeScores(expected[classOutput]!, 1)];
      agreement.add(...scores, layout);
      if (rightClass === undefined || !hasOneDecision(layout) || layout.areClasses) return;
      const right = rightClass(decibels.length - 1) ?? firstClass(scores[0], layout);
      if (right >= 0 && right < layout.classes) margins.add(...scores, right);
    },
    quality: (): Quality => {
      const share = agreement.share();
      const quality = { sqnrDb: mean(decibels), worstTenthDb: worstTenth(decibels), top1Agreement: share, decibels };
      if (rightClass === undefined || share === null) return quality;
      const expected = margins.expectedDifference();
      return { ...quality, lossShare: expected === null ? 1 - share : -expected.value };
    },
  };
}

/** Fewer samples than this say nothing for sure. */
const leastForCertainty = 12;

/** True where the same samples of a rival are closer on average by more than three standard errors. */
export function isSurelyBehind(decibels: readonly number[], rival: readonly number[]): boolean {
  const count = decibels.length;
  if (count < leastForCertainty) return false;
  const differences = decibels.map((db, sample) => db - rival[sample]!);
  const average = mean(differences);
  const variance = differences.reduce((sum, difference) => sum + (difference - average) ** 2, 0) / (count - 1);
  return average + 3 * Math.sqrt(variance / count) < 0;
}
