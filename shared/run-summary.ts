import type { Decision } from './decision.ts';
import type { MetricRow } from './metric-row.ts';
import type { RunStatus } from './run.ts';

/** One line of the history: enough to list, filter and compare runs without reading their documents. */
export interface RunSummary {
  readonly runId: string;
  readonly status: RunStatus;
  readonly startedTimestampMs: number;
  readonly durationMs: number | null;
  readonly modelPath: string;
  readonly modelSha256: string | null;
  readonly dataPath: string | null;
  readonly recipeName: string;
  readonly threads: number;
  readonly sizeBytesBefore: number | null;
  readonly sizeBytesAfter: number | null;
  /** before / after: above 1 means the compressed model is faster. */
  readonly speedupRatio: number | null;
  readonly latencyMedianMsBefore: number | null;
  readonly latencyMedianMsAfter: number | null;
  readonly accuracyMetric: 'top1' | 'agreement' | null;
  /** Shares 0–1; null when the data had no labels. */
  readonly accuracyBefore: number | null;
  readonly accuracyAfter: number | null;
  readonly top1AgreementShare: number | null;
  /** What was decided of it; null for runs that did not end, and for old ones that nobody has read since. */
  readonly decision: Decision | null;
  /** The figure it is judged by, as in `accuracy.metrics`; null where nothing was held against targets. */
  readonly mainMetric: string | null;
  readonly mainUnit: MetricRow['unit'] | null;
  readonly mainBefore: number | null;
  readonly mainAfter: number | null;
  /** Percentage points of a share, else percent of the original's figure; positive is worse. */
  readonly mainLossPercent: number | null;
  /** True when data was seeded noise: the accuracy columns then mean nothing. */
  readonly randomData: boolean;
  readonly gatesMet: boolean | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}
