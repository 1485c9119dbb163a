import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { Accuracy, Diagnostic, Estimate } from '../../../shared/run.ts';
import { groupIntoBatches, readBatch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { mcnemarExact, mean, pairedDifferenceInterval, type PairedCounts } from '../tensor/statistics.ts';
import type { Tensor } from '../tensor/tensor.ts';
import {
  chooseClassOutput,
  createAgreementCounter,
  describeScores,
  firstClass,
  hasOneDecision,
  rankClass,
  type ScoreLayout,
} from '../metrics/class-scores.ts';
import { createCloseness, sampleSqnrDb, worstTenth, type OutputPair } from '../metrics/closeness.ts';
import { createMargins } from '../metrics/margins.ts';
import { findOutputParts, splitParts, type OutputSource } from '../metrics/output-parts.ts';
import { createSameness } from '../metrics/sameness.ts';
import { floatTypes, toNumbers } from '../metrics/tensor-values.ts';
import { findFinalSoftmax, undoSoftmax } from '../metrics/undo-softmax.ts';

/** Top-5 among fewer classes than this says nothing. */
const fewestClassesForTop5 = 10;

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

export interface AccuracyReport {
  readonly accuracy: Accuracy;
  /** The output that was ranked; null where none holds class scores. */
  readonly classOutput: string | null;
  /** `output-not-finite`, `labels-not-used`, `output-constant`, `one-class`. */
  readonly diagnostics: readonly Diagnostic[];
}

function isFiniteThroughout(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
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

function estimateShare(successes: number, count: number): Estimate {
  return { value: count === 0 ? 0 : successes / count, ci95: wilsonInterval(successes, count) };
}

function estimateDifference(counts: PairedCounts): Estimate {
  const { both, onlyFirst, onlySecond, neither } = counts;
  const count = both + onlyFirst + onlySecond + neither;
  return {
    value: count === 0 ? 0 : (onlySecond - onlyFirst) / count,
    ci95: pairedDifferenceInterval(counts),
  };
}

function createPairedCounter() {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  return {
    counts,
    add: (first: boolean, second: boolean) => {
      counts[first ? (second ? 'both' : 'onlyFirst') : second ? 'onlySecond' : 'neither']++;
    },
    estimates: () => {
      const count = counts.both + counts.onlyFirst + counts.onlySecond + counts.neither;
      return {
        before: estimateShare(counts.both + counts.onlyFirst, count),
        after: estimateShare(counts.both + counts.onlySecond, count),
        difference: estimateDifference(counts),
      };
    },
  };
}

/** Samples whose outputs hold NaN or infinity. */
interface NonFinite {
  count: number;
  firstIndex: number;
}

function describeNonFinite(model: 'original' | 'compressed', found: NonFinite, total: number): Diagnostic {
  return {
    severity: model === 'original' ? 'warning' : 'error',
    code: 'output-not-finite',
    message:
      `The ${model} model gives NaN or infinity for ${found.count} of ${total} evaluation samples (first: sample ` +
      `${found.firstIndex}). They are left out of SQNR and cosine, and a NaN among the scores counts as wrong.`,
    node: null,
  };
}

/** Outputs of one sample in both models. */
interface SampleOutputs {
  readonly index: number;
  /** Null where no output holds class scores. */
  readonly scores: { readonly pair: OutputPair; readonly layout: ScoreLayout } | null;
  readonly values: readonly OutputPair[];
  /** The same, probabilities as the scores they were made of: saturated ones hide what differs. */
  readonly scored: readonly OutputPair[];
}

function describeUnusedLabels(classOutput: string | null): Diagnostic {
  return {
    severity: 'warning',
    code: 'labels-not-used',
    message:
      classOutput === null
        ? 'No compared output ranks classes once per sample, so the labels could not be used: agreement is reported instead of accuracy.'
        : `Output "${classOutput}" does not rank classes once per sample, so the labels could not be used: agreement is reported instead of accuracy.`,
    node: null,
  };
}

/** Everything the comparison keeps between samples: counts, sums and margins, never outputs. */
function createComparison(classOutput: string | null, outputCount: number, labels: Int32Array | null) {
  const top1 = createPairedCounter();
  const top5 = createPairedCounter();
  const margins = createMargins();
  const sameness = createSameness();
  const agreement = createAgreementCounter();
  const closeness = createCloseness(outputCount);
  const nonFiniteBefore: NonFinite = { count: 0, firstIndex: -1 };
  const nonFiniteAfter: NonFinite = { count: 0, firstIndex: -1 };
  let count = 0;
  let finiteCount = 0;
  const decibels: number[] = [];
  let comparedValues = 0;
  let layout: ScoreLayout | null = null;

  const note = (found: NonFinite, index: number) => {
    if (found.count === 0) found.firstIndex = index;
    found.count++;
  };
  const addLabel = (
    label: number,
    index: number,
    [scores, otherScores]: OutputPair,
    { classes, areClasses }: ScoreLayout,
  ) => {
    if (areClasses) {
      top1.add(scores[0] === label, otherScores[0] === label);
      return;
    }
    if (!(label >= 0 && label < classes)) {
      throw new AppError(
        'labels-malformed',
        `Sample ${index} has label ${label}, but output "${classOutput!}" ranks classes 0 to ${classes - 1}. ` +
          'Number the labels as the model does.',
      );
    }
    const rank = rankClass(scores, label);
    const otherRank = rankClass(otherScores, label);
    top1.add(rank === 0, otherRank === 0);
    top5.add(rank < 5, otherRank < 5);
    if (classes > 1) margins.add(scores, otherScores, label);
  };

  return {
    add: ({ index, scores, values, scored }: SampleOutputs) => {
      count++;
      for (const [mine] of values) comparedValues += mine.length;
      if (scores !== null) {
        layout = scores.layout;
        agreement.add(...scores.pair, layout);
        if (labels !== null && hasOneDecision(layout)) addLabel(labels[index]!, index, scores.pair, layout);
      }
      const decides = scores !== null && hasOneDecision(scores.layout);
      sameness.add(
        values.map(([mine]) => mine),
        decides ? firstClass(scores.pair[0], scores.layout) : null,
      );
      const finiteBefore = values.every(([mine]) => isFiniteThroughout(mine));
      const finiteAfter = values.every(([, theirs]) => isFiniteThroughout(theirs));
      if (!finiteBefore) note(nonFiniteBefore, index);
      if (!finiteAfter) note(nonFiniteAfter, index);
      if (finiteBefore && finiteAfter) {
        finiteCount++;
        closeness.add(values);
        decibels.push(sampleSqnrDb(scored));
      }
    },

    report: (): AccuracyReport => {
      if (comparedValues === 0) {
        throw new AppError(
          'model-run-failed',
          `Both models give empty outputs for all ${count} evaluation samples, so there is nothing to compare. Give data in which ` +
            'the model finds something, or cut it before the selection (NonMaxSuppression, NonZero).',
        );
      }
      if (finiteCount === 0) {
        const model = nonFiniteBefore.count === count ? 'original' : 'compressed';
        throw new AppError(
          'model-run-failed',
          `The ${model} model gives NaN or infinity for every evaluation sample. Check the preprocessing of the data; if ` +
            'the original is fine, exclude layers with extreme ranges from quantization.',
        );
      }
      const ranked = layout !== null && hasOneDecision(layout) ? layout : null;
      const { before, after, difference } = top1.estimates();
      const { onlyFirst, onlySecond } = top1.counts;
      const diagnostics: Diagnostic[] = [];
      if (nonFiniteBefore.count > 0) diagnostics.push(describeNonFinite('original', nonFiniteBefore, count));
      if (nonFiniteAfter.count > 0) diagnostics.push(describeNonFinite('compressed', nonFiniteAfter, count));
      if (labels !== null && ranked === null) diagnostics.push(describeUnusedLabels(classOutput));
      diagnostics.push(...sameness.report());
      const agreementReport = {
        top1: agreement.share(),
        decisions: agreement.decisions(),
        ...closeness.report(),
        samples: { meanSqnrDb: mean(decibels), worstTenthSqnrDb: worstTenth(decibels) },
        count,
      };
      const withoutLabels = {
        before: null,
        after: null,
        difference: null,
        top5: null,
        mcnemar: null,
        expectedDifference: null,
        expectedDifferenceCi95: null,
      };
      const expected = margins.expectedDifference();
      const accuracy: Accuracy =
        labels !== null && ranked !== null
          ? {
              metric: 'top1',
              count,
              before,
              after,
              difference,
              top5: ranked.classes >= fewestClassesForTop5 ? top5.estimates() : null,
              mcnemar: { onlyBefore: onlyFirst, onlyAfter: onlySecond, pValue: mcnemarExact(onlyFirst, onlySecond) },
              expectedDifference: expected?.value ?? null,
              expectedDifferenceCi95: expected?.ci95 ?? null,
              agreement: agreementReport,
              closedLoop: null,
            }
          : { metric: 'agreement', count, ...withoutLabels, agreement: agreementReport, closedLoop: null };
      return { accuracy, classOutput, diagnostics };
    },
  };
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
 * With labels: top-1 (and top-5 from 10 classes) of both with Wilson 95 % intervals, the paired difference after - before
 * with Newcombe's interval, McNemar's exact test, and the difference that the changes of the scores make on average. Where an output ranks classes: the share of equal first-ranked ones (per
 * sample the share of its positions, where an output decides more than once). Always: SQNR in dB and cosine of the
 * floating-point outputs (of all where none is floating-point), see `createCloseness`. Argmax ties go to the first index.
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
    const comparison = createComparison(classOutput, partCount, labels);
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
        comparison.add({ index, scores, values: split(values), scored: split(scored) });
      }
      done += batch.indices.length;
      onProgress?.(done, indices.length);
    }
    return comparison.report();
  } finally {
    await before.release();
    await after?.release();
  }
}
