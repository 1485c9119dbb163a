import type { Gates } from '../../../shared/compress-request.ts';
import { describeMeasurement, replaces, type NewMeasurement } from '../../../shared/new-measurement.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { judgeGates } from './drop-gates.ts';
import { latencyRows } from './ledger.ts';
import { judgeVerdict } from './verdict.ts';

/**
 * A run with one more measurement of its models' speed: told beside the others, and what follows from the one that decides made anew.
 * @param gates those that the run was asked to hold.
 */
export function withMeasurement(run: RunDocument, gates: Gates, measured: NewMeasurement): RunDocument {
  const decides = replaces(measured.latency, run.latency);
  const first = { measuredTimestampMs: run.startedTimestampMs + Math.round(run.durationMs), latency: run.latency };
  const earlier = run.measurements.length > 0 ? run.measurements : [describeMeasurement(first, true)];
  const measurements = [
    ...earlier.map((one) => ({ ...one, decides: one.decides && !decides })),
    describeMeasurement(measured, decides),
  ];
  return decides ? judgeAnew({ ...run, measurements, latency: measured.latency }, gates) : { ...run, measurements };
}

function judgeAnew(run: RunDocument, asked: Gates): RunDocument {
  const { accuracy, data, latency, model, diagnostics, tolerances, layers } = run;
  const rows = new Map(latencyRows(latency).map((row) => [row.claim, row]));
  const ledger = run.ledger.map((row) => rows.get(row.claim) ?? row);
  const sizeRatio = model.compressed.sizeBytes / model.original.sizeBytes;
  const gates = judgeGates(asked, { accuracy, data, latency, sizeRatio });
  const verdict = judgeVerdict(ledger, latency, accuracy, data, gates, diagnostics, tolerances, layers);
  return { ...run, ledger, gates, verdict };
}
