import type { Command } from 'commander';
import { CancelledError, deserializeError, type AppErrorCode } from '../../shared/app-error.ts';
import { formatBytes } from '../../shared/units.ts';
import type { LabRun } from '../host/import-lab-run.ts';
import { settleLabJob, submitOwnJob } from '../host/settle-lab-job.ts';
import { connectLab, type Lab, type LabAddress } from '../lab/connect-lab.ts';
import { followJob, isEnded } from '../lab/job-states.ts';
import { decode, labEventSchema, type JobState } from '../lab/lab-messages.ts';
import { eventSubject } from '../lab/lab-names.ts';
import type { Submission } from '../lab/submit-job.ts';
import type { Store } from '../store/database.ts';
import { UsageError } from './exit-code.ts';
import { resolvePath, type CommonOptions } from './options.ts';
import { printNote } from './output.ts';
import { showProgress } from './progress.ts';
import type { Stage } from '../../shared/events.ts';

export interface LabOptions {
  readonly server?: string;
  readonly creds?: string;
  readonly user?: string;
  readonly passwordFile?: string;
  readonly tokenFile?: string;
  readonly tlsCa?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export function addLabOptions(command: Command): Command {
  return command
    .option(
      '--server <url>',
      'the lab server, nats://HOST:4222; several of a cluster comma-separated (default: VERNIER_LAB)',
    )
    .option('--creds <file>', 'credentials file of NATS')
    .option('--user <name>', 'user, with --password-file')
    .option('--password-file <file>', 'file with the password')
    .option('--token-file <file>', 'file with a token')
    .option('--tls-ca <file>', "certificate of the authority that signed the server's")
    .option('--tls-cert <file>', 'certificate of this machine')
    .option('--tls-key <file>', 'its key');
}

/** @throws UsageError where no server is named. */
export function labAddress(options: LabOptions): LabAddress {
  const server = options.server ?? process.env['VERNIER_LAB'];
  if (server === undefined || server === '') {
    throw new UsageError('Name the lab server with --server nats://HOST:4222, or in VERNIER_LAB (docs/lab.md).');
  }
  const file = (path: string | undefined) => (path === undefined ? undefined : resolvePath(path));
  return {
    server,
    credsPath: file(options.creds),
    user: options.user,
    passwordPath: file(options.passwordFile),
    tokenPath: file(options.tokenFile),
    tlsCaPath: file(options.tlsCa),
    tlsCertPath: file(options.tlsCert),
    tlsKeyPath: file(options.tlsKey),
  };
}

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
  const events = lab.connection.subscribe(eventSubject(jobId), {
    callback: (_error, message) => {
      const event = decode(labEventSchema, message.data);
      if (event !== null) progress.onEvent({ type: 'progress', ...event, stage: event.stage as Stage });
    },
  });
  const states: JobState[] = [];
  try {
    await followJob(lab, jobId, signal, (state) => {
      states.push(state);
      return isEnded(state);
    });
  } finally {
    events.unsubscribe();
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
