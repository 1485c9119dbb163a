import { mean } from '../tensor/statistics.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { createAgreementCounter, describeScores } from './class-scores.ts';
import { sampleSqnrDb, worstTenth, type OutputPair } from './closeness.ts';
import { findOutputParts, splitParts, type OutputSource } from './output-parts.ts';
import { toNumbers } from '../tensor/to-numbers.ts';
import { findFinalSoftmax, undoSoftmax } from './undo-softmax.ts';

export interface Quality {
  /** dB; Infinity when identical. */
  readonly sqnrDb: number;
  /** dB; the mean of the worst tenth of the samples. */
  readonly worstTenthDb: number;
  /** Null where no output ranks classes. */
  readonly top1Agreement: number | null;
  /** dB of each sample; `sqnrDb` is their mean. */
  readonly decibels: readonly number[];
}

/** Outputs of one sample, by name. */
export type SampleOutputs = Readonly<Record<string, Tensor>>;

/**
 * How close a candidate's outputs are to the float model's: the mean over samples of the SQNR in dB, so that a few samples
 * with large outputs do not decide alone, and the share of samples with the same first-ranked class. Probabilities are
 * compared as the scores they were made of.
 * @param compared outputs, by default those of float32.
 */
export function createQualityMeter(
  first: SampleOutputs,
  classOutput: string | null,
  source: OutputSource,
  compared: readonly string[] = Object.keys(first).filter((name) => first[name]!.dataType === 'float32'),
) {
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
      if (classOutput !== null) agreement.add(...pairOf(classOutput), describeScores(expected[classOutput]!, 1));
    },
    quality: (): Quality => ({
      sqnrDb: mean(decibels),
      worstTenthDb: worstTenth(decibels),
      top1Agreement: agreement.share(),
      decibels,
    }),
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
