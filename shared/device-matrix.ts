import { decisionOf, type Decided, type Decision } from './decision.ts';
import { lossOf, mainRow, type MetricRow } from './metric-row.ts';
import type { Interval95, RunDocument } from './run.ts';
import { featuresOf } from './device-features.ts';

/** One compressed model on several machines: a row for each, worst first. */
export interface DeviceRow {
  readonly device: string;
  readonly runId: string;
  readonly cpuModel: string;
  readonly hasInt8DotProduct: boolean;
  readonly decision: Decision;
  /** The axis that speaks against it most; null where none does. */
  readonly fault: 'size' | 'speed' | 'task' | null;
  readonly speedup: { readonly ratio: number; readonly ci95: Interval95 };
  readonly latencyBeforeMs: number;
  readonly latencyAfterMs: number;
  readonly peakMemoryBytes: number;
  /** The first figure of the task; null where only agreement was measured. */
  readonly metric: MetricRow | null;
  readonly sqnrDb: number | null;
  readonly sizeRatio: number;
}

/** A run, and the tags that say which device it came from. */
export interface PlacedRun {
  readonly document: RunDocument;
  readonly tags: readonly string[];
}

/** What loses the task outweighs what is slow, and that what is large. */
function faultOf({ task, speed, size }: Decided): DeviceRow['fault'] {
  const axes = [task, speed, size];
  return (axes.find(({ state }) => state === 'bad') ?? axes.find(({ state }) => state === 'unproven'))?.axis ?? null;
}

const badness: Readonly<Record<Decision, number>> = { doNotShip: 0, notProven: 1, ship: 2 };

/** The device's name in the lab; its processor where it has none. */
export function deviceOf({ document, tags }: PlacedRun): string {
  const tag = tags.find((text) => text.startsWith('device:'));
  return tag === undefined ? document.environment.cpuModel : tag.slice('device:'.length);
}

/**
 * Rows for the runs of one pair of models: the latest of each device; worst decision first, then the larger loss, then the slower.
 * Runs of another pair than the first are left out.
 */
export function deviceMatrix(runs: readonly PlacedRun[]): DeviceRow[] {
  const first = runs[0]?.document.model;
  const latest = new Map<string, PlacedRun>();
  for (const run of runs) {
    const { original, compressed } = run.document.model;
    if (original.sha256 !== first?.original.sha256 || compressed.sha256 !== first.compressed.sha256) continue;
    const key = deviceOf(run);
    const present = latest.get(key);
    if (present === undefined || present.document.startedTimestampMs <= run.document.startedTimestampMs)
      latest.set(key, run);
  }
  const rows = [...latest].map(([device, { document }]): DeviceRow => {
    const { latency, accuracy, environment, model, runId } = document;
    const decided = decisionOf(document);
    return {
      device,
      runId,
      cpuModel: environment.cpuModel,
      hasInt8DotProduct: featuresOf(environment).int8DotProduct,
      decision: decided.decision,
      fault: faultOf(decided),
      speedup: latency.speedup,
      latencyBeforeMs: latency.before.medianMs,
      latencyAfterMs: latency.after.medianMs,
      peakMemoryBytes: latency.after.peakMemoryBytes,
      metric: mainRow(accuracy),
      sqnrDb: accuracy.agreement.sqnrDb,
      sizeRatio: model.original.sizeBytes / model.compressed.sizeBytes,
    };
  });
  const loss = ({ metric, sqnrDb }: DeviceRow): number =>
    (metric === null ? null : lossOf(metric)) ?? -(sqnrDb ?? Infinity);
  return rows.sort(
    (a, b) => badness[a.decision] - badness[b.decision] || loss(b) - loss(a) || a.speedup.ratio - b.speedup.ratio,
  );
}
