import { setTimeout as wait } from 'node:timers/promises';
import type { KvEntry } from '@nats-io/kv';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { Lab } from './connect-lab.ts';
import { z } from 'zod';
import { decode, decodeShown, jobStateSchema, type JobState } from './lab-messages.ts';
import { jobBucket } from './lab-names.ts';
import { listKeys, readBucket } from './read-bucket.ts';
import { afterBreaks } from './upload-files.ts';

/*
 * What became of each job: one record on the server, changed only from the state that was read. Whoever loses a race reads anew and decides
 * anew, so a job delivered twice is recorded once.
 */

export const isEnded = ({ phase }: JobState): boolean =>
  phase === 'done' || phase === 'failed' || phase === 'cancelled';

function isConflict(error: unknown): boolean {
  return (error as { code?: unknown }).code === 10071 || /wrong last sequence/i.test((error as Error).message);
}

function parse(entry: KvEntry | null): JobState | null {
  if (entry === null || entry.operation !== 'PUT') return null;
  return decodeShown(jobStateSchema, entry.value);
}

export async function readJobState(lab: Lab, jobId: string): Promise<JobState | null> {
  return afterBreaks(lab, null, async () => parse(await lab.jobs.get(jobId)));
}

export async function createJobState(lab: Lab, state: JobState): Promise<void> {
  await afterBreaks(lab, null, () => lab.jobs.put(state.jobId, JSON.stringify(state)));
}

/**
 * @param decide the changes to what is there now; null to leave it. Called again when somebody else was faster.
 * @returns the record as it is afterwards, and whether this call changed it; null where there is none.
 */
export async function changeJobState(
  lab: Lab,
  jobId: string,
  decide: (state: JobState) => Partial<JobState> | null,
): Promise<{ readonly state: JobState; readonly isChanged: boolean } | null> {
  for (;;) {
    const entry = await afterBreaks(lab, null, () => lab.jobs.get(jobId));
    const state = parse(entry);
    if (entry === null || state === null) return null;
    const changes = decide(state);
    if (changes === null) return { state, isChanged: false };
    // What another build keeps there stays.
    const changed = { ...decode(z.record(z.string(), z.unknown()), entry.value), ...state, ...changes };
    const isWritten = await afterBreaks(lab, null, async () => {
      try {
        await lab.jobs.update(jobId, JSON.stringify(changed), entry.revision);
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    });
    if (isWritten) return { state: changed, isChanged: true };
  }
}

/** Every job the server knows, newest first. */
export async function listJobStates(lab: Lab): Promise<JobState[]> {
  const states = (await readBucket(lab, jobBucket))
    .map(({ value }) => decodeShown(jobStateSchema, value))
    .filter((state) => state !== null);
  return states.sort((a, b) => b.submittedTimestampMs - a.submittedTimestampMs);
}

/** Of ids that begin alike so many are looked at. */
const mostAlike = 100;

/** By its id or how that begins. @throws AppError `lab-job` where there is none, or several. */
export async function findJob(lab: Lab, reference: string): Promise<JobState> {
  const keys = reference === '' ? [] : (await listKeys(lab, jobBucket)).filter((key) => key.startsWith(reference));
  // Of the few that begin so, those that were not removed.
  const states = await Promise.all(keys.slice(0, mostAlike).map((key) => readJobState(lab, key)));
  const found = states.filter((state) => state !== null);
  if (found.length === 1) return found[0]!;
  throw new AppError(
    'lab-job',
    found.length === 0
      ? tell('labJobUnknown', { job: reference })
      : tell('labJobAmbiguous', { job: reference, count: found.length }),
  );
}

/** Ends a job that has not ended. @returns false where it had. */
export async function cancelJob(lab: Lab, jobId: string): Promise<boolean> {
  const changed = await changeJobState(lab, jobId, (state) => (isEnded(state) ? null : { phase: 'cancelled' }));
  return changed?.isChanged === true;
}

/** A cancel has to be heard within a second. */
const askEveryMs = 250;

/**
 * Calls back with the state of one job, at first and whenever it has changed, until `onState` says true or the signal aborts.
 * Asked for rather than watched: a watch of a server that was started anew may stay silent for half a minute.
 */
export async function followJob(
  lab: Lab,
  jobId: string,
  signal: AbortSignal,
  onState: (state: JobState) => boolean,
): Promise<void> {
  let revision = -1;
  while (!signal.aborted) {
    const entry = await afterBreaks(lab, signal, () => lab.jobs.get(jobId));
    const state = parse(entry);
    if (entry !== null && state !== null && entry.revision !== revision) {
      revision = entry.revision;
      if (onState(state)) return;
    }
    await wait(askEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
