import { say } from '../../../shared/engine-texts/say.ts';
import type { Accuracy, Estimate } from '../../../shared/accuracy.ts';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { findRow, type Interval95, type MetricRow } from '../../../shared/metric-row.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import type { SampleEvidence } from '../../../shared/sample-evidence.ts';
import { metrics } from '../metrics/all.ts';
import { firstClass, hasOneDecision } from '../metrics/class-scores.ts';
import { sampleSqnrDb, worstTenth, type OutputPair } from '../metrics/closeness.ts';
import { createMargins } from '../metrics/margins.ts';
import type { MetricFacts, MetricSample } from '../metrics/metric.ts';
import { createSameness } from '../metrics/sameness.ts';
import { createSampleEvidence } from './sample-evidence.ts';
import { mean } from '../tensor/statistics.ts';

/** A sample as it comes from both models. */
export interface ComparedSample extends Omit<MetricSample, 'isFinite'> {
  /** As `values`, probabilities as the scores they were made of: saturated ones hide what differs. */
  readonly scored: readonly OutputPair[];
}

export interface ComparisonReport {
  readonly accuracy: Accuracy;
  /** `output-not-finite`, `labels-not-used`, `output-constant`, `one-class`. */
  readonly diagnostics: readonly Diagnostic[];
  /** Without names. */
  readonly samples: SampleEvidence;
}

/** Samples whose outputs hold NaN or infinity. */
interface NonFinite {
  count: number;
  firstIndex: number;
}

function isFiniteThroughout(values: ArrayLike<number>): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

function describeNonFinite(model: 'original' | 'compressed', found: NonFinite, total: number): Diagnostic {
  return {
    severity: model === 'original' ? 'warning' : 'error',
    code: 'output-not-finite',
    message: say(model === 'original' ? 'originalNotFinite' : 'compressedNotFinite', {
      count: found.count,
      all: total,
      first: found.firstIndex,
    }),
    node: null,
  };
}

function describeUnusedTargets(name: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'targets-not-used',
    message: say('targetsUnused', { name }),
    node: null,
  };
}

function describeUnusedLabels(classOutput: string | null): Diagnostic {
  return {
    severity: 'warning',
    code: 'labels-not-used',
    message: classOutput === null ? say('labelsUnused') : say('labelsUnusedAt', { output: classOutput }),
    node: null,
  };
}

const describePooling = (output: string, { kind, source }: NonNullable<MetricFacts['pooling']>): Diagnostic => ({
  severity: 'info',
  code: 'vectors-averaged',
  message:
    source === null ? say('vectorsAveraged', { output }) : say('vectorsPooled', { output, pooling: kind, source }),
  node: null,
});

/** What cannot be compared at all. */
function assertComparable(count: number, comparedValues: number, finiteCount: number, isOriginal: boolean): void {
  if (comparedValues === 0) {
    throw new AppError('model-run-failed', tell('emptyOutputsEverywhere', { count }));
  }
  if (finiteCount > 0) return;
  throw new AppError(
    'model-run-failed',
    tell(isOriginal ? 'originalGivesNothingFinite' : 'compressedGivesNothingFinite'),
  );
}

/** What is said of two models besides the rows. */
interface Details extends Pick<Accuracy, 'count' | 'expectedDifference' | 'expectedDifferenceCi95'> {
  readonly decisions: number;
  readonly decibels: readonly number[];
}

const estimateOf = (value: number | null, ci95: Interval95 | null): Estimate | null =>
  value === null || ci95 === null ? null : { value, ci95 };

function sidesOf(row: MetricRow | null): Accuracy['top5'] {
  const before = estimateOf(row?.before ?? null, row?.beforeCi95 ?? null);
  const after = estimateOf(row?.after ?? null, row?.afterCi95 ?? null);
  const difference = estimateOf(row?.difference ?? null, row?.ci95 ?? null);
  return before === null || after === null || difference === null ? null : { before, after, difference };
}

/** The rows, and the fields of earlier versions that say the same of classes. */
function accuracyOf(rows: readonly MetricRow[], details: Details): Accuracy {
  const { count, expectedDifference, expectedDifferenceCi95, decisions, decibels } = details;
  const [first, agreed] = [findRow({ metrics: rows }, 'top1'), findRow({ metrics: rows }, 'agreement')];
  const test = first?.test ?? null;
  return {
    metric: first === null ? 'agreement' : 'top1',
    count,
    ...(sidesOf(first) ?? { before: null, after: null, difference: null }),
    top5: sidesOf(findRow({ metrics: rows }, 'top5')),
    mcnemar: test === null ? null : { onlyBefore: test.betterBefore, onlyAfter: test.betterAfter, pValue: test.pValue },
    expectedDifference,
    expectedDifferenceCi95,
    agreement: {
      top1: agreed?.after ?? null,
      decisions: agreed === null ? null : decisions,
      sqnrDb: findRow({ metrics: rows }, 'sqnrDb')?.after ?? null,
      cosine: findRow({ metrics: rows }, 'cosine')?.after ?? 0,
      samples: { meanSqnrDb: mean(decibels), worstTenthSqnrDb: worstTenth(decibels) },
      count,
    },
    closedLoop: null,
    targetKind: null,
    metrics: [...rows],
  };
}

/** Everything the comparison keeps between samples: what the metrics count, margins and what spoils the figures; never outputs. */
export function createComparison(facts: MetricFacts) {
  const running = metrics.filter((metric) => metric.accepts(facts)).map((metric) => metric.start(facts));
  const margins = createMargins();
  const sameness = createSameness();
  const evidence = createSampleEvidence();
  const nonFiniteBefore: NonFinite = { count: 0, firstIndex: -1 };
  const nonFiniteAfter: NonFinite = { count: 0, firstIndex: -1 };
  const decibels: number[] = [];
  let count = 0;
  let comparedValues = 0;
  let decisions = 0;

  const noteFinite = (found: NonFinite, outputs: readonly ArrayLike<number>[], index: number): boolean => {
    if (outputs.every(isFiniteThroughout)) return true;
    if (found.count === 0) found.firstIndex = index;
    found.count++;
    return false;
  };

  return {
    /** @throws AppError `labels-malformed` for a label outside the model's classes. */
    add: ({ scored, ...sample }: ComparedSample) => {
      const { index, scores, values, label } = sample;
      count++;
      for (const [mine] of values) comparedValues += mine.length;
      const finiteBefore = noteFinite(
        nonFiniteBefore,
        values.map(([mine]) => mine),
        index,
      );
      const finiteAfter = noteFinite(
        nonFiniteAfter,
        values.map(([, theirs]) => theirs),
        index,
      );
      const isFinite = finiteBefore && finiteAfter;
      for (const metric of running) metric.add({ ...sample, isFinite });
      const decibelsOfSample = isFinite ? sampleSqnrDb(scored) : null;
      if (decibelsOfSample !== null) decibels.push(decibelsOfSample);
      evidence.add({ ...sample, isFinite }, decibelsOfSample);
      // An empty output is the one decision that there is nothing.
      if (scores !== null) decisions += Math.max(1, scores.layout.positions);
      const decides = scores !== null && hasOneDecision(scores.layout);
      sameness.add(
        values.map(([mine]) => mine),
        decides ? firstClass(scores.pair[0], scores.layout) : null,
      );
      if (label !== null && decides && scores.layout.classes > 1) margins.add(...scores.pair, label);
    },

    report: (): ComparisonReport => {
      assertComparable(count, comparedValues, decibels.length, nonFiniteBefore.count === count);
      const rows = running.flatMap((metric) => metric.report());
      const diagnostics: Diagnostic[] = [];
      if (nonFiniteBefore.count > 0) diagnostics.push(describeNonFinite('original', nonFiniteBefore, count));
      if (nonFiniteAfter.count > 0) diagnostics.push(describeNonFinite('compressed', nonFiniteAfter, count));
      const usesTargets = rows.some(({ against }) => against === 'targets');
      if (facts.targetName !== null && (facts.task === null || !usesTargets))
        diagnostics.push(describeUnusedTargets(facts.targetName));
      if (facts.labelled && !usesTargets) diagnostics.push(describeUnusedLabels(facts.classOutput));
      if (facts.pooling != null) diagnostics.push(describePooling(facts.vectorOutput!, facts.pooling));
      diagnostics.push(...sameness.report());
      const expected = facts.labelled ? margins.expectedDifference() : null;
      const accuracy = accuracyOf(rows, {
        count,
        decisions,
        decibels,
        expectedDifference: expected?.value ?? null,
        expectedDifferenceCi95: expected?.ci95 ?? null,
      });
      return { accuracy, diagnostics, samples: evidence.report() };
    },
  };
}
