import { existsSync } from 'node:fs';
import { AppError } from '../../shared/app-error.ts';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { NewMeasurement } from '../../shared/new-measurement.ts';
import type { RunDocument } from '../../shared/run.ts';
import { withMeasurement } from '../engine/7-judge/renew-latency.ts';
import { assertMayBeModel } from '../engine/onnx/read-model.ts';
import { listArtifacts, selectModelFiles } from '../store/artifacts.ts';
import { assertWritable, type Store } from '../store/database.ts';
import { findRun } from '../store/find-run.ts';
import { getRunRow } from '../store/run-rows.ts';
import { renewRun } from '../store/runs.ts';
import type { EngineJob } from '../worker/protocol.ts';

export type MeasuringJob = Extract<EngineJob, { kind: 'measure-again' }>;

/** A run whose models are still there, and how they are timed once more. */
export interface Remeasurable {
  readonly runId: string;
  readonly name: string;
  /** As asked then, with the place where its compressed model lies now. */
  readonly request: CompressRequest;
  readonly job: MeasuringJob;
}

/**
 * What it takes to measure a run again, looked at before anything starts.
 * @throws AppError `run-not-found` for a run that measured nothing, `file-not-found` where a model is gone, or because the history cannot
 *   be written.
 */
export async function prepareMeasuring(store: Store, reference: string): Promise<Remeasurable> {
  assertWritable(store);
  const { summary, document } = findRun(store, reference);
  const { runId, name } = summary;
  if (document?.status !== 'done') throw new AppError('run-not-found', tell('runMeasuredNothing', { run: runId }));
  const { request } = getRunRow(store, runId);
  const { original, prepared, compressed } = document.model;
  const isThere = ({ path }: { readonly path: string }): boolean => existsSync(path);
  const outPath = selectModelFiles(listArtifacts(store, runId), isThere)[0]?.path ?? compressed.path;
  if (!existsSync(outPath)) {
    throw new AppError('file-not-found', tell('compressedModelGone', { path: outPath }));
  }
  await assertMayBeModel(request.modelPath);
  // An earlier version may have written it, which did not know what this one asks for.
  const whole = compressRequestSchema.strip().parse({ ...request, outPath });
  const before = {
    originalSha256: original.sha256,
    compressedSha256: compressed.sha256,
    timedPrepared: prepared?.changed === true && document.latency.prepared !== null,
    cpuModel: document.environment.cpuModel,
  };
  return { runId, name, request: whole, job: { kind: 'measure-again', request: whole, before } };
}

/** Measures it, and keeps the measurement with the run. */
export async function measureRunAgain(
  store: Store,
  { runId, request, job }: Remeasurable,
  runJob: (job: MeasuringJob) => Promise<NewMeasurement>,
): Promise<RunDocument> {
  const measured = await runJob(job);
  return renewRun(store, runId, (run) => withMeasurement(run, request.gates, measured));
}
