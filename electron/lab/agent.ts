import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, CancelledError, recordError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { EngineEvent } from '../../shared/events.ts';
import { makeVisible } from '../../shared/make-visible.ts';
import { vernierVersion } from '../engine/runtime/environment.ts';
import type { Lab } from './connect-lab.ts';
import { differenceOf } from './job-difference.ts';
import { JobSpeaker } from './job-events.ts';
import { changeJobState, followJob, isEnded } from './job-states.ts';
import {
  decode,
  jobHeaderSchema,
  jobSchema,
  type FileSetReference,
  type JobState,
  type LabJob,
} from './lab-messages.ts';
import { labProtocol, maxAttempts } from './lab-names.ts';
import { openPartCache } from './part-cache.ts';
import { registerDevice, type Registration } from './register-device.ts';
import { runLabJob, type LabWorkplace } from './run-lab-job.ts';
import { openQueues, takeJob } from './take-job.ts';
import { denialOf } from './upload-files.ts';

export interface AgentOptions {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Of this agent alone. */
  readonly folder: string;
  readonly cacheBytes: number;
  readonly memoryMb: number | null;
  readonly timeLimitSeconds: number | null;
  readonly signal: AbortSignal;
  /** What it does, for the log. */
  readonly onLog: (line: string) => void;
  readonly entryPath?: string;
  /** Another version than this one's; tests give it. */
  readonly version?: string;
}

/** What another try, on this or another machine, may make good. */
const passing: ReadonlySet<string> = new Set([
  'engine-crashed',
  'out-of-memory',
  'disk-full',
  'internal',
  'lab-unreachable',
  'lab-cache-full',
]);

interface Agent extends AgentOptions {
  readonly lab: Lab;
  readonly registration: Registration;
  readonly place: LabWorkplace;
}

/**
 * Takes jobs one at a time until the signal aborts. The machine is the job's while it runs.
 * @throws AppError `lab-name-taken`, `lab-denied`; those of files that cannot be written.
 */
export async function runAgent(lab: Lab, options: AgentOptions): Promise<void> {
  const lost = new AbortController();
  const registration = await registerDevice(lab, options, (error) => {
    lost.abort(error);
  });
  const signal = AbortSignal.any([options.signal, lost.signal]);
  const { name, folder, cacheBytes, memoryMb, timeLimitSeconds, entryPath } = options;
  const cache = openPartCache(join(folder, 'cache'), cacheBytes);
  const place = { lab, deviceName: name, cache, jobFolder: join(folder, 'job'), memoryMb, timeLimitSeconds, entryPath };
  const agent: Agent = { ...options, signal, lab, registration, place };
  try {
    await takeJobs(agent);
  } finally {
    await registration.leave();
  }
  if (lost.signal.aborted) throw lost.signal.reason as AppError;
}

async function takeJobs(agent: Agent): Promise<void> {
  const { lab, signal, name, labels, onLog } = agent;
  let queues: Consumer[] | null = null;
  let jobsDone = 0;
  while (!signal.aborted) {
    try {
      queues ??= await openQueues(lab, name, labels);
      const message = await takeJob(lab, queues, signal);
      if (message !== null) {
        await handle(agent, message);
        jobsDone++;
        // It may wait for days now, too idle to collect what the job left.
        await globalThis.gc?.({ type: 'major', execution: 'async', flavor: 'last-resort' });
        await agent.registration.update({ state: 'idle', jobId: null, jobTitle: null, jobsDone });
      } else if (lab.connection.isClosed()) {
        throw new AppError('lab-unreachable', tell('labClosed', { server: lab.server }));
      }
    } catch (error) {
      if (lab.connection.isClosed()) throw error;
      // An account that may not take jobs waits for nothing.
      const denied = denialOf(lab, error);
      if (denied !== null) throw denied;
      onLog(`waiting for the server: ${(error as Error).message}`);
      // Queues may have to be made again, where a server came back without its files.
      queues = null;
      await wait(1000, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Reads a message that anybody may have written. */
async function handle(agent: Agent, message: JsMsg): Promise<void> {
  const { onLog, version = vernierVersion } = agent;
  const header = decode(jobHeaderSchema, message.data);
  if (header === null) {
    onLog('dropped a message that is no job');
    message.term();
    return;
  }
  const { jobId } = header;
  if (header.protocol !== labProtocol || header.vernierVersion !== version) {
    await fail(
      agent,
      jobId,
      new AppError(
        'lab-version',
        tell('labJobVersion', {
          version: header.vernierVersion,
          protocol: header.protocol,
          device: agent.name,
          other: version,
          otherProtocol: labProtocol,
        }),
      ),
    );
    message.term();
    return;
  }
  const job = decode(jobSchema, message.data);
  if (job === null) {
    const difference = differenceOf(message.data);
    await fail(
      agent,
      jobId,
      new AppError('lab-job', tell('labJobUnreadable', { device: agent.name, version, difference })),
    );
    message.term();
    return;
  }
  await claim(agent, message, job);
}

async function fail({ lab, name, onLog }: Agent, jobId: string, error: Error): Promise<void> {
  const failed = { phase: 'failed', device: name, error: recordError(error) } as const;
  onLog(`job ${jobId.slice(0, 8)}: refused: ${makeVisible(error.message)}`);
  await changeJobState(lab, jobId, (state) => (isEnded(state) ? null : failed));
}

/** Starts a job that has not ended and was not started too often: whoever changes its state has it. */
async function claim(agent: Agent, message: JsMsg, job: LabJob): Promise<void> {
  const { lab, name, registration, onLog } = agent;
  const claimed = await changeJobState(lab, job.jobId, (state) => {
    if (isEnded(state)) return null;
    if (state.attempt >= maxAttempts) return { phase: 'failed', error: state.error ?? lostThrice() };
    const attempt = state.attempt + 1;
    return { phase: 'running', attempt, device: name, instance: registration.instance, stage: null };
  });
  const state = claimed?.state;
  if (state === undefined || claimed?.isChanged !== true || state.phase !== 'running') {
    onLog(`job ${job.jobId.slice(0, 8)} ${claimed === null ? 'has no record that can be read' : 'has ended already'}`);
    await acknowledge(message);
    return;
  }
  onLog(`job ${job.jobId.slice(0, 8)}: ${state.kind} ${makeVisible(state.title)}, try ${state.attempt}`);
  await registration.update({ state: 'busy', jobId: job.jobId, jobTitle: state.title });
  await work(agent, message, job, state.attempt);
}

function lostThrice() {
  return recordError(new AppError('lab-job', tell('labJobLost', { count: maxAttempts })));
}

async function acknowledge(message: JsMsg): Promise<void> {
  // Without an answer the message comes again, finds the job ended, and goes.
  await message.ackAck().catch(() => undefined);
}

async function work(agent: Agent, message: JsMsg, job: LabJob, attempt: number): Promise<void> {
  const { lab, place, signal, onLog, registration } = agent;
  const stop = new AbortController();
  const watching = new AbortController();
  const working = setInterval(() => message.working(), lab.timing.jobWaitMs / 3);
  const isMine = (state: JobState): boolean =>
    state.phase === 'running' && state.attempt === attempt && state.instance === registration.instance;
  // Cancelled by a client, or given to another agent after a silence: no longer ours either way.
  const watch = followCancel(lab, job.jobId, watching.signal, isMine, stop);
  const speaker = new JobSpeaker(lab, job.jobId);
  let result: FileSetReference | null = null;
  let error: Error | null = null;
  try {
    const onEvent = tellProgress(lab, speaker, job.jobId, isMine);
    result = await runLabJob(place, job, AbortSignal.any([signal, stop.signal]), onEvent);
  } catch (caught) {
    error = caught as Error;
  } finally {
    clearInterval(working);
    speaker.flush();
    watching.abort();
    await watch;
  }
  if (result !== null) {
    const done = { phase: 'done', result, error: null, stage: null } as const;
    const changed = await changeJobState(lab, job.jobId, (state) => (isMine(state) ? done : null));
    onLog(
      `job ${job.jobId.slice(0, 8)}: ${changed?.isChanged === true ? 'done' : 'ended elsewhere meanwhile, result dropped'}`,
    );
    await acknowledge(message);
    return;
  }
  if (signal.aborted) {
    // The agent is being stopped, not the job: another may have it at once, and this was no try of its own.
    await changeJobState(lab, job.jobId, (state) =>
      isMine(state) ? { phase: 'queued', attempt: attempt - 1, device: null } : null,
    );
    message.nak();
    // A server that is away never answers; it gives the job to another by itself.
    await Promise.race([lab.connection.flush().catch(() => undefined), wait(1000)]);
    return;
  }
  if (error instanceof CancelledError) {
    onLog(`job ${job.jobId.slice(0, 8)}: cancelled`);
    await acknowledge(message);
    return;
  }
  await settleFailure(agent, message, job.jobId, error ?? new Error('no result'), attempt, isMine);
}

async function settleFailure(
  { lab, onLog }: Agent,
  message: JsMsg,
  jobId: string,
  error: Error,
  attempt: number,
  isMine: (state: JobState) => boolean,
): Promise<void> {
  const record = recordError(error);
  const isFinal = attempt >= maxAttempts || !passing.has(record.code);
  onLog(`job ${jobId.slice(0, 8)}: ${isFinal ? 'failed' : `try ${attempt} failed`}: ${makeVisible(record.message)}`);
  const changes = { phase: isFinal ? 'failed' : 'queued', error: record, stage: null } as const;
  await changeJobState(lab, jobId, (state) => (isMine(state) ? changes : null));
  if (isFinal) await acknowledge(message);
  else message.nak();
}

async function followCancel(
  lab: Lab,
  jobId: string,
  signal: AbortSignal,
  isMine: (state: JobState) => boolean,
  stop: AbortController,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await followJob(lab, jobId, signal, (state) => {
        if (isMine(state)) return false;
        stop.abort();
        return true;
      });
      if (stop.signal.aborted) return;
    } catch {
      // The server is away: it is asked again when it is back.
    }
    await wait(500, undefined, { signal }).catch(() => undefined);
  }
}

/** Says how a job gets on: every event to whoever listens, each stage into its state. */
function tellProgress(
  lab: Lab,
  speaker: JobSpeaker,
  jobId: string,
  isMine: (state: JobState) => boolean,
): (event: EngineEvent) => void {
  let stage: string | null = null;
  return (event) => {
    speaker.add(event);
    if (event.type !== 'progress' || event.stage === stage) return;
    stage = event.stage;
    const reached = event.stage;
    void changeJobState(lab, jobId, (state) => (isMine(state) ? { stage: reached } : null)).catch(() => undefined);
  };
}
