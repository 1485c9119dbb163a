import { mainRow } from './metric-row.ts';
import { isMachineBusy, largestSpeedup, safeSpeedup } from './busy-machine.ts';
import type { Environment, Interval95, RunDocument } from './run.ts';

/** What makes a later run worse than the baseline; null means: not judged. */
export interface RegressionThresholds {
  /** Largest accepted loss of accuracy (top-1, or agreement where there are no labels), in percentage points. */
  readonly maxAccuracyDropPoints: number | null;
  /** Largest accepted loss of speed-up, in percent of the baseline's. */
  readonly maxSpeedupDropPercent: number | null;
  /** Largest accepted growth of the compressed model, in percent of the baseline's. */
  readonly maxSizeGrowthPercent: number | null;
}

const differenceNames = [
  'model',
  'evaluation-data',
  'random-data',
  'threads',
  'batch',
  'busy-machine',
  'cpu',
  'onnx-runtime',
] as const;
/** Why figures of two runs do not answer the same question. */
export type DifferenceName = (typeof differenceNames)[number];

export interface RunBesideBaseline {
  readonly runId: string;
  readonly isBaseline: boolean;
  readonly sizeBytes: number;
  /** before / after of this run: both models measured in the same minutes on the same machine. */
  readonly speedupRatio: number;
  readonly speedupCi95: Interval95;
  readonly latencyMedianMs: number;
  readonly peakMemoryBytes: number;
  /** The figure against targets that is a share, as in `accuracy.metrics`; `agreement` where there is none. */
  readonly metric: string;
  /** Share 0–1 of the compressed model; null where no classes are ranked. */
  readonly accuracyShare: number | null;
  readonly accuracyCi95: Interval95 | null;
  readonly sqnrDb: number | null;
  /** Against the baseline; zero or 1 for the baseline itself. Null where the two measured different things. */
  readonly accuracyChangePoints: number | null;
  readonly speedupChangePercent: number;
  /**
   * The change that a limit is held against: as measured, or where a machine was busy the worst that can be behind it.
   */
  readonly safeSpeedupChangePercent: number;
  readonly sizeChangePercent: number;
  /** What differs from the baseline beside the recipe. */
  readonly differences: readonly DifferenceName[];
}

export interface Regression {
  readonly runId: string;
  readonly measure: 'accuracy' | 'speedup' | 'size';
  /** Percentage points for accuracy, percent for the others; null when it could not be judged. */
  readonly actual: number | null;
  readonly limit: number;
  /** Where a busy machine made the judged figure worse than the measured one: the measured one. */
  readonly measured: number | null;
}

export interface Comparison {
  readonly baselineRunId: string;
  readonly runs: readonly RunBesideBaseline[];
  readonly regressions: readonly Regression[];
}

function sameMachine(a: Environment, b: Environment): boolean {
  return a.cpuModel === b.cpuModel && a.cores === b.cores;
}

function findDifferences(run: RunDocument, baseline: RunDocument): DifferenceName[] {
  const found: Record<DifferenceName, boolean> = {
    model: run.model.original.sha256 !== baseline.model.original.sha256,
    'evaluation-data': run.data.evaluationSha256 !== baseline.data.evaluationSha256,
    'random-data': run.data.random || baseline.data.random,
    threads: run.latency.threads !== baseline.latency.threads,
    batch: run.latency.batchSize !== baseline.latency.batchSize,
    'busy-machine': isMachineBusy(run.latency) || isMachineBusy(baseline.latency),
    cpu: !sameMachine(run.environment, baseline.environment),
    'onnx-runtime': run.environment.onnxRuntimeVersion !== baseline.environment.onnxRuntimeVersion,
  };
  return differenceNames.filter((name) => found[name]);
}

function accuracyOf({ accuracy }: RunDocument): Pick<RunBesideBaseline, 'metric' | 'accuracyShare' | 'accuracyCi95'> {
  const row = mainRow(accuracy);
  return row === null || row.unit !== 'share'
    ? { metric: 'agreement', accuracyShare: accuracy.agreement.top1, accuracyCi95: null }
    : { metric: row.metric, accuracyShare: row.after, accuracyCi95: row.afterCi95 };
}

function describeRun(run: RunDocument, baseline: RunDocument): RunBesideBaseline {
  const own = accuracyOf(run);
  const reference = accuracyOf(baseline);
  const isBaseline = run === baseline;
  const differences = isBaseline ? [] : findDifferences(run, baseline);
  const sameQuestion =
    own.metric === reference.metric &&
    !differences.includes('evaluation-data') &&
    !differences.includes('random-data') &&
    // Agreement is with the original model: it says nothing across two originals.
    (own.metric !== 'agreement' || !differences.includes('model'));
  const sizeBytes = run.model.compressed.sizeBytes;
  return {
    runId: run.runId,
    isBaseline,
    sizeBytes,
    speedupRatio: run.latency.speedup.ratio,
    speedupCi95: run.latency.speedup.ci95,
    latencyMedianMs: run.latency.after.medianMs,
    peakMemoryBytes: run.latency.after.peakMemoryBytes,
    ...own,
    sqnrDb: run.accuracy.agreement.sqnrDb,
    accuracyChangePoints:
      sameQuestion && own.accuracyShare !== null && reference.accuracyShare !== null
        ? 100 * (own.accuracyShare - reference.accuracyShare)
        : null,
    speedupChangePercent: 100 * (run.latency.speedup.ratio / baseline.latency.speedup.ratio - 1),
    safeSpeedupChangePercent: isBaseline ? 0 : 100 * (safeSpeedup(run.latency) / largestSpeedup(baseline.latency) - 1),
    sizeChangePercent: 100 * (sizeBytes / baseline.model.compressed.sizeBytes - 1),
    differences,
  };
}

/** Shares and ratios are sums of decimal fractions: a loss that equals the limit is within it. */
const rounding = 1e-9;

function findRegressions(run: RunBesideBaseline, thresholds: RegressionThresholds): Regression[] {
  const { runId } = run;
  const { maxAccuracyDropPoints, maxSpeedupDropPercent, maxSizeGrowthPercent } = thresholds;
  const found: Regression[] = [];
  if (maxAccuracyDropPoints !== null) {
    // What cannot be compared has not passed: silence must not pass a build.
    const actual = run.accuracyChangePoints === null ? null : -run.accuracyChangePoints;
    if (actual === null || actual > maxAccuracyDropPoints + rounding) {
      found.push({ runId, measure: 'accuracy', actual, limit: maxAccuracyDropPoints, measured: null });
    }
  }
  if (maxSpeedupDropPercent !== null && -run.safeSpeedupChangePercent > maxSpeedupDropPercent + rounding) {
    const measured = run.differences.includes('busy-machine') ? -run.speedupChangePercent : null;
    const actual = -run.safeSpeedupChangePercent;
    found.push({ runId, measure: 'speedup', actual, limit: maxSpeedupDropPercent, measured });
  }
  if (maxSizeGrowthPercent !== null && run.sizeChangePercent > maxSizeGrowthPercent + rounding) {
    found.push({ runId, measure: 'size', actual: run.sizeChangePercent, limit: maxSizeGrowthPercent, measured: null });
  }
  return found;
}

/**
 * Compares finished runs with the first of them, the baseline. Speed is compared by each run's own paired ratio, not by
 * milliseconds: those also contain the hour and the machine.
 */
export function compareRuns(documents: readonly RunDocument[], thresholds: RegressionThresholds): Comparison {
  const baseline = documents[0]!;
  const runs = documents.map((document) => describeRun(document, baseline));
  return {
    baselineRunId: baseline.runId,
    runs,
    regressions: runs.slice(1).flatMap((run) => findRegressions(run, thresholds)),
  };
}
