import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { groupIntoBatches, readBatch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { chooseClassOutput, describeScores } from '../metrics/class-scores.ts';
import type { OutputPair } from '../metrics/closeness.ts';
import { findOutputParts, splitParts, type OutputSource } from '../metrics/output-parts.ts';
import { floatTypes, toNumbers } from '../metrics/tensor-values.ts';
import { findFinalSoftmax, undoSoftmax } from '../metrics/undo-softmax.ts';
import { openSession, type Session } from '../runtime/session.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { createComparison, type ComparisonReport } from './comparison.ts';

export interface AccuracyOptions {
  /** Path of an .onnx file or its bytes. */
  readonly before: string | Uint8Array;
  readonly after: string | Uint8Array;
  readonly dataset: Dataset;
  /** The evaluation split: indices into the dataset. */
  readonly indices: readonly number[];
  /** Class index by dataset index (not by position in `indices`); null without labels. */
  readonly labels: Int32Array | null;
  readonly threads: number;
  /** Samples per run of the models, default 1; the dataset's fixed batch size wins. */
  readonly batchSize?: number;
  /** The output that holds the class scores, null where none does; see `chooseClassOutput` for the default. */
  readonly outputName?: string | null;
  /** What the outputs are made of, which may tell that one holds no scores, or several parts. */
  readonly source?: OutputSource;
  /** Values for symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AccuracyReport extends ComparisonReport {
  /** The output that was ranked; null where none holds class scores. */
  readonly classOutput: string | null;
}

/** The rows of one sample in every output of a batch. */
function sliceSample(name: string, tensor: Tensor, row: number, batchSize: number): ArrayLike<number> {
  const values = toNumbers(tensor);
  if (batchSize === 1) return values;
  if (tensor.dims[0] === undefined || tensor.dims[0] % batchSize !== 0) {
    throw new AppError(
      'data-shape-mismatch',
      `Output "${name}" has dimensions ${tensor.dims.join('x')}, which cannot be divided among ${batchSize} samples. ` +
        'Measure with a batch size of 1.',
    );
  }
  const size = values.length / batchSize;
  return values.slice(row * size, (row + 1) * size);
}

/** Which outputs are compared, checked to exist in both models. */
function chooseOutputs(before: Session, after: Session, { outputName, source, labels }: AccuracyOptions) {
  const classOutput =
    outputName === null
      ? null
      : chooseClassOutput(
          before.outputs,
          source === undefined ? null : { ...source, inputs: before.inputs, labelled: labels !== null },
          outputName,
        );
  const numeric = before.outputs.filter(({ dataType }) => dataType !== 'string' && dataType !== 'other');
  const floats = numeric.filter(({ dataType }) => floatTypes.includes(dataType));
  const comparedOutputs = (floats.length > 0 ? floats : numeric).map((output) => output.name);
  const fetched = [...new Set([...(classOutput === null ? [] : [classOutput]), ...comparedOutputs])];
  const missing = fetched.find((name) => !after.outputs.some((output) => output.name === name));
  if (missing !== undefined) {
    throw new AppError(
      'model-unsupported',
      `The compressed model lacks output "${missing}", so it cannot be compared.`,
    );
  }
  return { classOutput, comparedOutputs, fetched };
}

/**
 * Compares two models on the evaluation samples in one pass: each sample is read once, run through both, and forgotten.
 *
 * A row for every figure of `metrics/all.ts` that the outputs and the targets have, over the floating-point outputs (over all
 * where none is floating-point). Argmax ties go to the first index.
 *
 * @throws AppError `labels-malformed` for a label outside the model's classes; `model-run-failed` when a model gives no
 * finite output at all; `data-missing` without samples; `model-unsupported` when the outputs do not match.
 * @throws CancelledError between two batches.
 */
export async function measureAccuracy(options: AccuracyOptions): Promise<AccuracyReport> {
  const { dataset, indices, labels, signal, onProgress } = options;
  if (indices.length === 0) {
    throw new AppError(
      'data-missing',
      'There are no evaluation samples left to compare the models on. Give more data.',
    );
  }
  const batchSize = dataset.fixedBatchSize ?? options.batchSize ?? 1;
  const batches = groupIntoBatches(indices, batchSize);
  const startReading = (group: readonly number[]) => {
    const reading = readBatch(dataset, group, batchSize);
    // It may fail while the batch before it still runs; the failure is met when it is awaited.
    reading.catch(() => undefined);
    return reading;
  };
  const sessionOptions = { threads: options.threads, ...(options.dims === undefined ? {} : { dims: options.dims }) };
  const before = await openSession(options.before, sessionOptions);
  let after: Session | null = null;
  try {
    after = await openSession(options.after, sessionOptions);
    const { classOutput, comparedOutputs, fetched } = chooseOutputs(before, after, options);
    const { source } = options;
    const partsOf = comparedOutputs.map((name) => (source === undefined ? null : findOutputParts(source, name)));
    const softmaxes = comparedOutputs.map((name) =>
      source === undefined ? null : findFinalSoftmax(source.graph, name),
    );
    const partCount = partsOf.reduce((sum, parts) => sum + (parts?.lengths.length ?? 1), 0);
    const comparison = createComparison({ classOutput, labelled: labels !== null, partCount });
    let done = 0;
    let next = startReading(batches[0]!);
    for (const following of [...batches.slice(1), null]) {
      await yieldToEvents();
      if (signal?.aborted === true) throw new CancelledError();
      const batch = await next;
      // Decoding the next images overlaps with running this batch: native runs leave the thread pool free.
      if (following !== null) next = startReading(following);
      const mine = await before.run(batch.feeds, fetched);
      const theirs = await after.run(batch.feeds, fetched);
      for (const [row, index] of batch.indices.entries()) {
        const slice = (outputs: Record<string, Tensor>, name: string) =>
          sliceSample(name, outputs[name]!, row, batchSize);
        const values = comparedOutputs.map((name) => [slice(mine, name), slice(theirs, name)] as const);
        for (const [i, [own, other]] of values.entries()) {
          if (own.length === other.length) continue;
          throw new AppError(
            'model-unsupported',
            `Output "${comparedOutputs[i]!}" has ${own.length} values per sample in the original and ${other.length} in ` +
              'the compressed model, so they cannot be compared. Where a model selects what it found (NonMaxSuppression, ' +
              'NonZero), cut it before the selection.',
          );
        }
        const scores =
          classOutput === null
            ? null
            : {
                pair: [slice(mine, classOutput), slice(theirs, classOutput)] as const,
                layout: describeScores(mine[classOutput]!, batchSize),
              };
        const dimsOf = (output: number) => [1, ...mine[comparedOutputs[output]!]!.dims.slice(1)];
        const split = (pairs: readonly OutputPair[]) =>
          pairs.flatMap((pair, output) => splitParts(pair, dimsOf(output), partsOf[output]!));
        const scored = values.map((pair, output): OutputPair => {
          const softmax = softmaxes[output] ?? null;
          if (softmax === null || pair[0].length === 0) return pair;
          return [undoSoftmax(pair[0], dimsOf(output), softmax), undoSoftmax(pair[1], dimsOf(output), softmax)];
        });
        const label = labels === null ? null : labels[index]!;
        comparison.add({ index, scores, label, values: split(values), scored: split(scored) });
      }
      done += batch.indices.length;
      onProgress?.(done, indices.length);
    }
    return { ...comparison.report(), classOutput };
  } finally {
    await before.release();
    await after?.release();
  }
}
