import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { Accuracy, Diagnostic, Estimate } from '../../../shared/run.ts';
import { groupIntoBatches, readBatch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { openSession, type Session } from '../runtime/session.ts';
import {
  createErrorSums,
  mcnemarExact,
  pairedDifferenceInterval,
  wilsonInterval,
  type PairedCounts,
} from '../tensor/statistics.ts';
import { elementCount, type Tensor } from '../tensor/tensor.ts';
import { toNumbers } from './tensor-values.ts';

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
  /** The output that holds the class scores; see `chooseClassOutput` for the default. */
  readonly outputName?: string;
  /** Values for symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AccuracyReport {
  readonly accuracy: Accuracy;
  /** The output that was ranked. */
  readonly classOutput: string;
  /** `output-not-finite`, `labels-not-used`. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * How the values of one sample's output are read as scores: one ranking of `classes` at each of `positions`. `inner` is the
 * distance between the scores of neighbouring classes: 1, or the number of pixels where the class axis comes before them.
 */
interface ScoreLayout {
  readonly classes: number;
  readonly positions: number;
  readonly inner: number;
  /** The values are class indices already (an integer output such as ArgMax's). */
  readonly areClasses: boolean;
}

const floatTypes: readonly string[] = ['float32', 'float16', 'float64'];

/**
 * The output taken for class scores: the only output; else the first floating-point output of rank 2 (N x C); else the
 * first floating-point output; else the first.
 */
export function chooseClassOutput(outputs: Session['outputs'], wanted?: string): string {
  if (wanted !== undefined) {
    if (outputs.some((output) => output.name === wanted)) return wanted;
    const names = outputs.map((output) => `"${output.name}"`).join(', ');
    throw new AppError('options-invalid', `The model has no output "${wanted}"; its outputs are ${names}.`);
  }
  const floats = outputs.filter((output) => floatTypes.includes(output.dataType));
  const chosen =
    outputs.length === 1 ? outputs[0] : (floats.find((output) => output.dims.length === 2) ?? floats[0] ?? outputs[0]);
  if (chosen === undefined)
    throw new AppError('model-unsupported', 'The model has no output, so nothing can be compared.');
  return chosen.name;
}

/**
 * Where the classes are in an output with these dimensions (the batch dimension included):
 * N x C – axis 1; N x T x C – the last axis, one decision per position (sequences); N x C x H x W and above – axis 1, one
 * decision per pixel; a lone vector of a model without a batch dimension – all of it; one value per sample – a yes or no.
 */
function describeScores(tensor: Tensor, batchSize: number): ScoreLayout {
  const { dims } = tensor;
  const count = elementCount(dims) / batchSize;
  if (!floatTypes.includes(tensor.dataType)) return { classes: 1, positions: count, inner: 1, areClasses: true };
  const classes = dims.length <= 1 ? count : dims.length === 3 ? dims[2]! : dims[1]!;
  return {
    classes,
    positions: classes === 0 ? 0 : count / classes,
    inner: elementCount(dims.slice(dims.length === 3 ? 3 : 2)),
    areClasses: false,
  };
}

/** True where an output gives one ranking of at least two classes, or one class index, per sample. */
function hasOneDecision(layout: ScoreLayout): boolean {
  return layout.positions === 1 && (layout.areClasses || layout.classes > 1);
}

/**
 * The first-ranked class at one position: the first index among equal highest scores; for one value per sample whether it
 * is above `threshold`. -1 when a score is NaN: such an output decides nothing, so it agrees with nothing.
 */
function predictClass(scores: ArrayLike<number>, layout: ScoreLayout, position: number, threshold: number): number {
  const { classes, inner } = layout;
  if (layout.areClasses) return scores[position]!;
  if (classes === 1) return Number.isNaN(scores[position]!) ? -1 : scores[position]! > threshold ? 1 : 0;
  const start = Math.floor(position / inner) * classes * inner + (position % inner);
  let best = 0;
  for (let index = 0; index < classes; index++) {
    const score = scores[start + index * inner]!;
    if (Number.isNaN(score)) return -1;
    if (score > scores[start + best * inner]!) best = index;
  }
  return best;
}

/** Share of the positions where both outputs decide alike. */
function shareOfEqualDecisions(
  scores: ArrayLike<number>,
  otherScores: ArrayLike<number>,
  layout: ScoreLayout,
  threshold: number,
): number {
  let equal = 0;
  for (let position = 0; position < layout.positions; position++) {
    const decided = predictClass(scores, layout, position, threshold);
    if (decided !== -1 && decided === predictClass(otherScores, layout, position, threshold)) equal++;
  }
  // An empty output: both models found nothing here.
  return layout.positions === 0 ? 1 : equal / layout.positions;
}

/** Rank of a class, 0 being first; of equal scores the lower index ranks higher. Infinity when a score is NaN. */
function rankClass(scores: ArrayLike<number>, label: number): number {
  const own = scores[label]!;
  let rank = 0;
  for (let index = 0; index < scores.length; index++) {
    const score = scores[index]!;
    if (Number.isNaN(score)) return Infinity;
    if (score > own || (score === own && index < label)) rank++;
  }
  return rank;
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
  readonly scores: ArrayLike<number>;
  readonly otherScores: ArrayLike<number>;
  readonly values: readonly (readonly [ArrayLike<number>, ArrayLike<number>])[];
}

/** Everything the comparison keeps between samples: counts and sums, never outputs. */
function createComparison(classOutput: string, labels: Int32Array | null) {
  const top1 = createPairedCounter();
  const top5 = createPairedCounter();
  const sums = createErrorSums();
  const nonFiniteBefore: NonFinite = { count: 0, firstIndex: -1 };
  const nonFiniteAfter: NonFinite = { count: 0, firstIndex: -1 };
  let count = 0;
  let finiteCount = 0;
  let agreement = 0;
  let comparedValues = 0;
  // One value per sample is cut at 0 (a logit) or 0.5 (a probability); which it is, only all of them together tell.
  let agreementAsProbability = 0;
  let looksLikeProbability = true;
  let layout: ScoreLayout | null = null;

  const note = (found: NonFinite, index: number) => {
    if (found.count === 0) found.firstIndex = index;
    found.count++;
  };
  const addLabel = (
    label: number,
    { index, scores, otherScores }: SampleOutputs,
    { classes, areClasses }: ScoreLayout,
  ) => {
    if (areClasses) {
      top1.add(scores[0] === label, otherScores[0] === label);
      return;
    }
    if (!(label >= 0 && label < classes)) {
      throw new AppError(
        'labels-malformed',
        `Sample ${index} has label ${label}, but output "${classOutput}" ranks classes 0 to ${classes - 1}. ` +
          'Number the labels as the model does.',
      );
    }
    const rank = rankClass(scores, label);
    const otherRank = rankClass(otherScores, label);
    top1.add(rank === 0, otherRank === 0);
    top5.add(rank < 5, otherRank < 5);
  };

  return {
    add: (sample: SampleOutputs, sampleLayout: ScoreLayout) => {
      const { index, scores, otherScores, values } = sample;
      layout = sampleLayout;
      count++;
      for (const [mine] of values) comparedValues += mine.length;
      agreement += shareOfEqualDecisions(scores, otherScores, layout, 0);
      if (layout.classes === 1 && !layout.areClasses) {
        agreementAsProbability += shareOfEqualDecisions(scores, otherScores, layout, 0.5);
        for (let i = 0; i < scores.length; i++) looksLikeProbability &&= scores[i]! >= 0 && scores[i]! <= 1;
      }
      if (labels !== null && hasOneDecision(layout)) addLabel(labels[index]!, sample, layout);
      const finiteBefore = values.every(([mine]) => isFiniteThroughout(mine));
      const finiteAfter = values.every(([, theirs]) => isFiniteThroughout(theirs));
      if (!finiteBefore) note(nonFiniteBefore, index);
      if (!finiteAfter) note(nonFiniteAfter, index);
      if (finiteBefore && finiteAfter) {
        finiteCount++;
        for (const [mine, theirs] of values) sums.add(mine, theirs);
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
      if (finiteCount === 0 || layout === null) {
        const model = nonFiniteBefore.count === count ? 'original' : 'compressed';
        throw new AppError(
          'model-run-failed',
          `The ${model} model gives NaN or infinity for every evaluation sample. Check the preprocessing of the data; if ` +
            'the original is fine, exclude layers with extreme ranges from quantization.',
        );
      }
      const labelled = labels !== null && hasOneDecision(layout);
      const isProbability = layout.classes === 1 && !layout.areClasses && looksLikeProbability;
      const { before, after, difference } = top1.estimates();
      const { onlyFirst, onlySecond } = top1.counts;
      const diagnostics: Diagnostic[] = [];
      if (nonFiniteBefore.count > 0) diagnostics.push(describeNonFinite('original', nonFiniteBefore, count));
      if (nonFiniteAfter.count > 0) diagnostics.push(describeNonFinite('compressed', nonFiniteAfter, count));
      if (labels !== null && !labelled) {
        diagnostics.push({
          severity: 'warning',
          code: 'labels-not-used',
          message:
            `Output "${classOutput}" does not rank classes once per sample, so the labels could not be used: agreement ` +
            'is reported instead of accuracy.',
          node: null,
        });
      }
      const agreementReport = {
        top1: (isProbability ? agreementAsProbability : agreement) / count,
        sqnrDb: sums.sqnrDb(),
        cosine: sums.cosine(),
        count,
      };
      const withoutLabels = { before: null, after: null, difference: null, top5: null, mcnemar: null };
      const withLabels = {
        before,
        after,
        difference,
        top5: layout.classes >= fewestClassesForTop5 ? top5.estimates() : null,
        mcnemar: { onlyBefore: onlyFirst, onlyAfter: onlySecond, pValue: mcnemarExact(onlyFirst, onlySecond) },
      };
      const accuracy: Accuracy = labelled
        ? { metric: 'top1', count, ...withLabels, agreement: agreementReport }
        : { metric: 'agreement', count, ...withoutLabels, agreement: agreementReport };
      return { accuracy, classOutput, diagnostics };
    },
  };
}

/** Which outputs are compared, checked to exist in both models. */
function chooseOutputs(before: Session, after: Session, outputName: string | undefined) {
  const classOutput = chooseClassOutput(before.outputs, outputName);
  const numeric = before.outputs.filter(({ dataType }) => dataType !== 'string' && dataType !== 'other');
  const floats = numeric.filter(({ dataType }) => floatTypes.includes(dataType));
  const comparedOutputs = (floats.length > 0 ? floats : numeric).map((output) => output.name);
  const fetched = [...new Set([classOutput, ...comparedOutputs])];
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
 * with Newcombe's interval, and McNemar's exact test. Always: the share of equal first-ranked classes (per sample the share
 * of its positions, where an output decides more than once), SQNR in dB and cosine, both over all floating-point outputs
 * of all samples taken as one long vector (over all outputs where none is floating-point). Argmax ties go to the first
 * index. One value per sample is a yes or no: above 0.5 if every value of the original lies in [0, 1], else above 0.
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
    const { classOutput, comparedOutputs, fetched } = chooseOutputs(before, after, options.outputName);
    const comparison = createComparison(classOutput, labels);
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
        const scores = slice(mine, classOutput);
        const otherScores = slice(theirs, classOutput);
        comparison.add({ index, scores, otherScores, values }, describeScores(mine[classOutput]!, batchSize));
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
