import { CancelledError, deserializeError, type AppErrorCode } from '../../shared/app-error.ts';
import { formatBytes } from '../../shared/units.ts';
import type { LabRun } from '../host/import-lab-run.ts';
import { settleLabJob, submitOwnJob } from '../host/settle-lab-job.ts';
import { connectLab, type Lab } from '../lab/connect-lab.ts';
import { hearJob } from '../lab/job-events.ts';
import { followJob, isEnded } from '../lab/job-states.ts';
import type { JobState } from '../lab/lab-messages.ts';
import type { Submission } from '../lab/submit-job.ts';
import type { Store } from '../store/database.ts';
import { labAddress, type LabOptions } from './lab-options.ts';
import type { CommonOptions } from './options.ts';
import { printNote } from './output.ts';
import { showProgress } from './progress.ts';

export async function withLab<Value>(options: LabOptions, work: (lab: Lab) => Promise<Value>): Promise<Value> {
  const lab = await connectLab(labAddress(options));
  try {
    return await work(lab);
  } finally {
    await lab.close();
  }
}

/** Shows how a job gets on until it has ended. @throws CancelledError when the person stops looking: the job goes on. */
export async function watchJob(
  lab: Lab,
  jobId: string,
  { quiet }: Pick<CommonOptions, 'quiet'>,
  signal: AbortSignal,
): Promise<JobState> {
  const progress = showProgress({ quiet: quiet === true });
  const stopHearing = hearJob(lab, jobId, progress.onEvent);
  const states: JobState[] = [];
  try {
    await followJob(lab, jobId, signal, (state) => {
      states.push(state);
      return isEnded(state);
    });
  } finally {
    stopHearing();
    progress.stop();
  }
  const last = states.at(-1);
  if (last !== undefined && isEnded(last)) return last;
  if (signal.aborted)
    printNote(
      `The job goes on without you: \`vernier lab fetch ${jobId.slice(0, 8)}\` brings its result, \`vernier lab cancel ${jobId.slice(0, 8)}\` ends it.`,
    );
  throw new CancelledError();
}

/** @throws the error of a job that did not end well. */
export function assertDone(state: JobState): void {
  if (state.phase === 'cancelled') throw new CancelledError();
  if (state.error !== null && state.phase === 'failed') {
    throw deserializeError({ ...state.error, code: state.error.code as AppErrorCode });
  }
}

/** Submits a job and says where it went. */
async function submitAndTell(
  store: Store,
  lab: Lab,
  submission: Submission,
  options: CommonOptions,
  signal: AbortSignal,
): Promise<JobState> {
  const { state, deviceCount } = await submitOwnJob(store, lab, submission, { name: '', notes: '' }, signal);
  if (options.quiet !== true) {
    const who =
      deviceCount === 0
        ? 'no device is there to take it yet'
        : `${deviceCount} ${deviceCount === 1 ? 'device' : 'devices'} can take it`;
    printNote(`Job ${state.jobId.slice(0, 8)} is queued: ${who}.`);
  }
  return state;
}

/** Submits, waits and takes the result into the history; a failure, with its reason, as well. */
export async function runOnLab(
  store: Store,
  lab: Lab,
  submission: Submission,
  options: CommonOptions,
  signal: AbortSignal,
): Promise<LabRun> {
  const queued = await submitAndTell(store, lab, submission, options, signal);
  const ended = await watchJob(lab, queued.jobId, options, signal);
  if (options.quiet !== true && ended.phase === 'done')
    printNote(`Done on ${ended.device ?? '?'}; fetching ${formatBytes(ended.result?.sizeBytes ?? 0)}.`);
  const run = await settleLabJob(store, lab, ended, signal);
  assertDone(ended);
  return run!;
}
