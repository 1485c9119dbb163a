import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { groupIntoBatches, readBatch } from '../data/batch.ts';
import type { TaskName } from '../../../shared/tasks.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Targets } from '../data/targets.ts';
import type { OutputSource } from '../metrics/output-parts.ts';
import { findClassOutput, readOutputs } from '../metrics/read-outputs.ts';
import { findTargetKind } from '../metrics/target-kind.ts';
import { sampleDims } from '../metrics/task.ts';
import { closenessOutputs } from '../1-analyze/find-compared.ts';
import { openSession, type Session } from '../runtime/session.ts';
import type { Feeds, Tensor } from '../tensor/tensor.ts';
import { createComparison, type ComparisonReport } from './comparison.ts';
import { drawPictures, nameEvidence } from './sample-evidence.ts';
import { createSampleReader } from './read-sample.ts';

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
  /** What the model is for, where somebody said so; null for what outputs and targets tell. */
  readonly task?: TaskName | null;
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

/** What the data says is right, of the samples of one batch. */
async function readTargets(targets: Targets | null, indices: readonly number[]): Promise<(Tensor | null)[]> {
  if (targets === null) return indices.map(() => null);
  return Promise.all(indices.map((index) => targets.read(index)));
}

/** Which outputs are compared, checked to exist in both models. */
function chooseOutputs(before: Session, after: Session, { outputName, source, labels, task = null }: AccuracyOptions) {
  const classOutput =
    outputName === null
      ? null
      : findClassOutput(before.outputs, {
          origin: source === undefined ? null : { ...source, inputs: before.inputs },
          labelled: labels !== null,
          task,
          wanted: outputName,
        });
  const comparedOutputs = closenessOutputs(before.outputs);
  const fetched = [...new Set([...(classOutput === null ? [] : [classOutput]), ...comparedOutputs])];
  const missing = fetched.find((name) => !after.outputs.some((output) => output.name === name));
  if (missing !== undefined) {
    throw new AppError('model-unsupported', tell('compressedLacksOutput', { name: missing }));
  }
  return { classOutput, comparedOutputs, fetched };
}

/** What reads and compares the outputs, made of the first ones: only a run tells their sizes. */
function startComparing(
  outputs: Readonly<Record<string, Tensor>>,
  { comparedOutputs, fetched, ...chosen }: ReturnType<typeof chooseOutputs>,
  options: AccuracyOptions,
  { batchSize, feeds }: { readonly batchSize: number; readonly feeds: Feeds },
) {
  const { dataset, labels } = options;
  const facts = fetched.map((name) => ({
    name,
    dataType: outputs[name]!.dataType,
    dims: sampleDims(outputs[name]!.dims, batchSize),
  }));
  const reading = readOutputs(dataset, facts, {
    classOutput: chosen.classOutput,
    compared: comparedOutputs,
    task: options.task ?? null,
  });
  const { classOutput, vector, textOutput, nextOutput, tagOutput, answerOutputs, targets, targetUse } = reading;
  const vectorOutput = vector?.name ?? null;
  const pooling = vector?.ofTokens === true ? (dataset.tokens?.pooling ?? { kind: 'mean', source: null }) : null;
  const reader = createSampleReader({
    compared: comparedOutputs,
    classOutput,
    vectorOutput,
    pooling,
    textOutput,
    nextOutput,
    tagOutput,
    answerOutputs,
    targetUse,
    source: options.source,
    batchSize,
  });
  const task = targetUse?.task ?? null;
  const { partCount } = reader;
  const labelled = labels !== null;
  const targetName = targets?.name ?? null;
  return {
    classOutput,
    targetKind: findTargetKind(reading, facts, { dataset, feeds }),
    targets,
    reader,
    comparison: createComparison({
      classOutput,
      vectorOutput,
      pooling,
      readsTexts: textOutput !== null,
      predictsTokens: nextOutput !== null,
      tagsWords: tagOutput !== null,
      findsAnswers: answerOutputs !== null && dataset.answers != null,
      labelled,
      targetName,
      task,
      partCount,
      ...(dataset.scoredPairs == null ? {} : { scoredPairs: dataset.scoredPairs }),
      ...(dataset.classNames === undefined ? {} : { classNames: dataset.classNames }),
    }),
  };
}

/**
 * Compares two models on the evaluation samples in one pass: each sample is read once, run through both, and forgotten.
 *
 * A row for every figure of `metrics/all.ts` that the outputs and the targets have, over the floating-point outputs (over all
 * where none is floating-point). Argmax ties go to the first index.
 *
 * @throws AppError `labels-malformed` for a label outside the model's classes; `data-shape-mismatch` for targets of another size than the
 * output; `model-run-failed` when a model gives no
 * finite output at all; `data-missing` without samples; `model-unsupported` when the outputs do not match.
 * @throws CancelledError between two batches.
 */
export async function measureAccuracy(options: AccuracyOptions): Promise<AccuracyReport> {
  const { dataset, indices, labels, signal, onProgress } = options;
  if (indices.length === 0) {
    throw new AppError('data-missing', tell('noSamplesToCompare'));
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
    const chosen = chooseOutputs(before, after, options);
    let started: ReturnType<typeof startComparing> | null = null;
    let done = 0;
    let next = startReading(batches[0]!);
    for (const following of [...batches.slice(1), null]) {
      await yieldToEvents();
      if (signal?.aborted === true) throw new CancelledError();
      const batch = await next;
      // Decoding the next images overlaps with running this batch: native runs leave the thread pool free.
      if (following !== null) next = startReading(following);
      const mine = await before.run(batch.feeds, chosen.fetched);
      const theirs = await after.run(batch.feeds, chosen.fetched);
      started ??= startComparing(mine, chosen, options, { batchSize, feeds: batch.feeds });
      const targets = await readTargets(started.targets, batch.indices);
      for (const [row, index] of batch.indices.entries()) {
        const label = labels === null ? null : labels[index]!;
        started.comparison.add(
          started.reader.read(mine, theirs, {
            row,
            index,
            label,
            target: targets[row]!,
            words: dataset.tags?.of(index) ?? null,
            question: dataset.answers?.of(index) ?? null,
            rightText: dataset.texts?.targets?.[index] ?? null,
            tokens: dataset.tokens?.idsOf(index) ?? null,
          }),
        );
      }
      done += batch.indices.length;
      onProgress?.(done, indices.length);
    }
    const report = started!.comparison.report();
    const samples = await drawPictures(nameEvidence(report.samples, dataset), dataset, signal);
    const accuracy = { ...report.accuracy, targetKind: started!.targetKind };
    return { ...report, accuracy, samples, classOutput: started!.classOutput };
  } finally {
    await before.release();
    await after?.release();
  }
}
