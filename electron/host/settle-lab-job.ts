import { basename, join } from 'node:path';
import { AppError, recordError, type AppErrorCode } from '../../shared/app-error.ts';
import { quoteText, tell } from '../../shared/engine-texts/tell.ts';
import type { Lab } from '../lab/connect-lab.ts';
import { describePlace, type JobState } from '../lab/lab-messages.ts';
import { submitJob, type Submission } from '../lab/submit-job.ts';
import type { Store } from '../store/database.ts';
import { importRun } from '../store/import-runs.ts';
import { findLabJob, forgetLabJob, keepLabJob, type OwnLabJob } from '../store/lab-jobs.ts';
import { modelsFolder } from '../store/places.ts';
import { updateMarks } from '../store/run-marks.ts';
import { describeEndedRun } from '../store/runs.ts';
import { importLabRun, type LabRun } from './import-lab-run.ts';

/** What no later try can mend. */
const lostCodes: ReadonlySet<AppErrorCode> = new Set([
  'lab-artifact',
  'lab-job',
  'bundle-malformed',
  'bundle-unsafe',
] as const);

/** Submits a job and remembers it, so that whoever opens this history next finds its end. @throws AppError, CancelledError as `submitJob`. */
export async function submitOwnJob(
  store: Store,
  lab: Lab,
  submission: Submission,
  marks: Pick<OwnLabJob['marks'], 'name' | 'notes'>,
  signal: AbortSignal,
): Promise<{ readonly state: JobState; readonly deviceCount: number }> {
  const { kind, request, place, tags } = submission;
  const known: string[] = [];
  try {
    return await submitJob(lab, submission, signal, (state) => {
      const { jobId, submittedTimestampMs } = state;
      known.push(jobId);
      keepLabJob(store, {
        jobId,
        kind,
        place: describePlace(place),
        submittedTimestampMs,
        request,
        marks: { ...marks, tags },
      });
    });
  } catch (error) {
    for (const jobId of known) forgetLabJob(store, jobId);
    throw error;
  }
}

/**
 * Takes the end of a job into the history, once whoever does so: its result, marked as it was submitted here, or why it has none.
 * @returns null for a job that did not end well.
 * @throws AppError as `importLabRun`; the job is then still to be settled, unless its result is lost for good.
 */
export async function settleLabJob(
  store: Store,
  lab: Lab,
  state: JobState,
  signal: AbortSignal,
): Promise<LabRun | null> {
  const own = findLabJob(store, state.jobId);
  if (state.phase === 'done') {
    try {
      const run = await importLabRun(
        store,
        lab,
        state,
        own === null ? null : placeOf(store, own),
        signal,
        own?.request,
      );
      if (own !== null) addMarks(store, own);
      forgetLabJob(store, state.jobId);
      return run;
    } catch (error) {
      const isLost = error instanceof AppError && lostCodes.has(error.code);
      if (own !== null && isLost) recordEnd(store, own, state, 'failed', error);
      throw error;
    }
  }
  if (own !== null && (state.phase === 'failed' || state.phase === 'cancelled')) {
    recordEnd(store, own, state, state.phase, reasonOf(state));
  }
  return null;
}

/** A job that the server does not know any more: it was removed there, or expired. */
export function settleLostJob(store: Store, own: OwnLabJob, error: AppError): void {
  recordEnd(store, own, null, 'failed', error);
}

/** A run that never reached the lab. */
export function recordUnsent(store: Store, job: OwnLabJob, error: Error): void {
  recordEnd(store, job, null, 'failed', error);
}

function reasonOf({ phase, error }: JobState): AppError {
  if (error !== null && phase === 'failed')
    return new AppError(error.code as AppErrorCode, error.said ?? quoteText(error.message));
  return new AppError('lab-job', tell('labJobCancelled'));
}

/** Where the model goes beside the place that imports have; null where that is the same, and for a proof, which makes none. */
function placeOf(store: Store, { kind, request }: OwnLabJob): string | null {
  const { outPath, runId } = request;
  return kind === 'prove' || outPath === join(modelsFolder(store.path), runId, basename(outPath)) ? null : outPath;
}

function addMarks(store: Store, { request, marks }: OwnLabJob): void {
  updateMarks(store, request.runId, (present) => ({
    name: present.name === '' ? marks.name : present.name,
    notes: present.notes === '' ? marks.notes : present.notes,
    tags: [...new Set([...present.tags, ...marks.tags])],
  }));
}

function recordEnd(
  store: Store,
  { jobId, request, marks, submittedTimestampMs }: OwnLabJob,
  state: JobState | null,
  status: 'failed' | 'cancelled',
  error: unknown,
): void {
  const device = state?.device ?? null;
  const document = describeEndedRun(request, {
    status,
    startedTimestampMs: submittedTimestampMs,
    // Another machine's clock measured none of it: from the submission to the news of its end.
    durationMs: Math.max(0, Date.now() - submittedTimestampMs),
    error: recordError(error),
  });
  const tags = [...marks.tags, ...(device === null ? [] : [`device:${device}`])];
  // One that is there already was recorded by another process a moment ago.
  importRun(store, document, { ...marks, tags }, [], request);
  forgetLabJob(store, jobId);
}
