import { groupIntoBatches } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import type { OutputPair } from '../metrics/closeness.ts';
import type { OutputSource } from '../metrics/output-parts.ts';
import type { SampleOutputs } from '../metrics/output-quality.ts';
import type { AnsweredSample, LossOf, ReadSurrogate, SampleLoss, Surrogate } from '../metrics/surrogate.ts';
import { surrogates } from '../metrics/surrogates.ts';
import { sampleDims } from '../metrics/task.ts';
import { findFinalSoftmax, undoSoftmax } from '../metrics/undo-softmax.ts';
import { mean } from '../tensor/statistics.ts';
import { toNumbers } from '../tensor/to-numbers.ts';

export interface TaskLossOptions {
  readonly dataset: Dataset;
  /** The samples that are compared, in the order of their batches. */
  readonly indices: readonly number[];
  readonly source: OutputSource;
}

/** What candidates lose in the terms of the task. */
export interface TaskLoss {
  readonly surrogate: Surrogate;
  /** Of one batch, mean over its samples; null where they have nothing to lose, or the model that is compared lacks the output. */
  readonly of: (batch: number, mine: SampleOutputs, theirs: SampleOutputs) => SampleLoss | null;
}

/** One row of a batch in both models. */
function readRow(
  { dataset, source }: TaskLossOptions,
  [mine, theirs]: readonly [SampleOutputs, SampleOutputs],
  row: number,
  index: number,
): AnsweredSample {
  const batchSize = dataset.fixedBatchSize ?? 1;
  const dimsOf = (output: string): readonly number[] => [1, ...sampleDims(mine[output]!.dims, batchSize)];
  const slice = (values: ArrayLike<number>): ArrayLike<number> => {
    const size = values.length / batchSize;
    return batchSize === 1 ? values : Float64Array.from({ length: size }, (_, at) => values[row * size + at]!);
  };
  const valuesOf = (output: string): OutputPair => [slice(toNumbers(mine[output]!)), slice(toNumbers(theirs[output]!))];
  return {
    has: (output) => mine[output] !== undefined && theirs[output] !== undefined,
    valuesOf,
    scoresOf: (output) => {
      const softmax = findFinalSoftmax(source.graph, output);
      const [own, other] = valuesOf(output);
      const dims = dimsOf(output);
      return softmax === null ? [own, other] : [undoSoftmax(own, dims, softmax), undoSoftmax(other, dims, softmax)];
    },
    dimsOf,
    tokens: dataset.tokens?.idsOf(index) ?? null,
  };
}

/**
 * What of a task candidates are compared by; null where nothing is known that follows its metric better than the SQNR of the outputs.
 * @param reading what the outputs are read as.
 */
export function createTaskLoss(
  options: TaskLossOptions,
  reading: ReadSurrogate = { nextOutput: options.dataset.tokens?.nextTokenOutput ?? null },
  known: readonly Surrogate[] = surrogates,
): TaskLoss | null {
  const batches = groupIntoBatches(options.indices, options.dataset.fixedBatchSize ?? 1);
  const found = known
    .map((surrogate) => ({ surrogate, lossOf: surrogate.read(reading) }))
    .find((one): one is { surrogate: Surrogate; lossOf: LossOf } => one.lossOf !== null);
  if (found === undefined) return null;
  return {
    surrogate: found.surrogate,
    of: (batch, mine, theirs) => {
      const losses = batches[batch]!.map((index, row) =>
        found.lossOf(readRow(options, [mine, theirs], row, index)),
      ).filter((loss) => loss !== null);
      if (losses.length === 0) return null;
      return { loss: mean(losses.map(({ loss }) => loss)), most: mean(losses.map(({ most }) => most)) };
    },
  };
}
