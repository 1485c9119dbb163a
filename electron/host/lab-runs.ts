import { setTimeout as wait } from 'node:timers/promises';
import { AppError, CancelledError } from '../../shared/app-error.ts';
import type { QueuedInLab } from '../../shared/contract/lab-rows.ts';
import type { EventBatch, LiveEvents, QueueEntry } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { EngineEvent, Stage } from '../../shared/events.ts';
import type { Lab } from '../lab/connect-lab.ts';
import { hearJob } from '../lab/job-events.ts';
import { cancelJob, isEnded, readJobState } from '../lab/job-states.ts';
import { describePlace, type JobState } from '../lab/lab-messages.ts';
import { keptDays } from '../lab/lab-names.ts';
import { assertSomeoneCan, type Submission } from '../lab/submit-job.ts';
import { listLabJobs, type OwnLabJob } from '../store/lab-jobs.ts';
import type { Store } from '../store/database.ts';
import type { LabConnection } from './lab-connection.ts';
import { LiveFeed } from './live-feed.ts';
import { recordUnsent, settleLabJob, settleLostJob, submitOwnJob } from './settle-lab-job.ts';

interface Item {
  /** As it was submitted; its `jobId` is empty until the server knows it. */
  readonly job: OwnLabJob;
  readonly live: LiveFeed;
  readonly controller: AbortController;
  phase: QueuedInLab['phase'];
  device: string | null;
  startedTimestampMs: number | null;
  stage: string | null;
  /** Somebody wants it gone, whether or not the server knows it. */
  isCancelled: boolean;
  retryAtMs: number;
  unsubscribe: (() => void) | null;
}

export interface LabRunsOptions {
  readonly store: Store;
  readonly connection: LabConnection;
  readonly onEvents: (runId: string, batch: EventBatch) => void;
  readonly onStatus: (runId: string, status: 'queued' | 'running' | 'ended') => void;
  readonly onChange: () => void;
}

/** Jobs are asked after in turn: a few each second however many there are. */
const askEveryMs = 400;
const askEachMs = 15;
const retryMs = 5000;

/** Runs of this history that other machines do: on their way, followed while the window is open, and taken in when they end. */
export class LabRuns {
  private readonly options: LabRunsOptions;
  private readonly items = new Map<string, Item>();
  private readonly closing = new AbortController();
  private following: Promise<void> | null = null;

  constructor(options: LabRunsOptions) {
    this.options = options;
  }

  /** Takes up what was submitted before, by another window or the command line. */
  resume(): void {
    if (!this.options.connection.isSetUp()) return;
    const known = new Set([...this.items.values()].map(({ job }) => job.jobId));
    const found = listLabJobs(this.options.store).filter(({ jobId }) => !known.has(jobId));
    for (const job of found) this.add(job, 'waiting');
    if (found.length > 0) this.options.onChange();
    this.follow();
  }

  /**
   * Sends a run to the lab: refused at once where nobody there could do it, its files go in the background.
   * @throws AppError `lab-version`, and those of the connection.
   */
  async submit(submission: Submission, marks: Pick<OwnLabJob['marks'], 'name' | 'notes'>): Promise<void> {
    const { kind, request, place, tags } = submission;
    await this.options.connection.ask((lab) => assertSomeoneCan(lab, place));
    const job = {
      jobId: '',
      kind,
      place: describePlace(place),
      submittedTimestampMs: Date.now(),
      request,
      marks: { ...marks, tags },
    };
    const item = this.add(job, 'uploading');
    this.options.onChange();
    void this.upload(item, submission);
  }

  list(): QueueEntry[] {
    return [...this.items.values()].map(({ job, phase, device, startedTimestampMs }) => ({
      runId: job.request.runId,
      work: job.kind,
      name: job.marks.name,
      status: phase === 'running' || phase === 'fetching' ? 'running' : 'queued',
      modelPath: job.request.modelPath,
      dataPath: job.request.data.path,
      recipeName: job.request.recipe.name,
      queuedTimestampMs: job.submittedTimestampMs,
      startedTimestampMs,
      lab: { jobId: job.jobId, place: job.place, device, phase },
    }));
  }

  live(runId: string): (LiveEvents & { readonly startedTimestampMs: number | null }) | null {
    const item = this.items.get(runId);
    return item === undefined ? null : { startedTimestampMs: item.startedTimestampMs, ...item.live.now() };
  }

  /** @returns false when the run is not in the lab (any more). */
  cancel(runId: string): boolean {
    const item = this.items.get(runId);
    if (item === undefined || item.phase === 'fetching') return false;
    item.isCancelled = true;
    item.controller.abort();
    item.retryAtMs = 0;
    return true;
  }

  /** Files on their way would be lost with the window; everything else goes on without it. */
  isUploading(): boolean {
    return [...this.items.values()].some(({ phase }) => phase === 'uploading');
  }

  /** Leaves the jobs to the lab. */
  async close(): Promise<void> {
    this.closing.abort();
    for (const item of this.items.values()) {
      item.unsubscribe?.();
      if (item.phase === 'uploading') item.controller.abort();
    }
    await this.options.connection.close();
    await Promise.race([this.following, wait(2000, undefined, { ref: false })]);
  }

  /** The lab is another one now, or none: what runs there is taken up again when it is back in the settings. */
  async reconnect(): Promise<void> {
    for (const [runId, item] of this.items) {
      if (item.phase === 'uploading') continue;
      item.unsubscribe?.();
      this.items.delete(runId);
    }
    this.options.onChange();
    await this.options.connection.close();
    this.resume();
  }

  private add(job: OwnLabJob, phase: QueuedInLab['phase']): Item {
    const { runId } = job.request;
    const item: Item = {
      job,
      live: new LiveFeed((batch) => this.options.onEvents(runId, batch)),
      controller: new AbortController(),
      phase,
      device: null,
      startedTimestampMs: null,
      stage: null,
      isCancelled: false,
      retryAtMs: 0,
      unsubscribe: null,
    };
    this.items.set(runId, item);
    this.options.onStatus(runId, 'queued');
    return item;
  }

  private remove(item: Item): void {
    const { runId } = item.job.request;
    item.unsubscribe?.();
    item.live.flush();
    if (this.items.get(runId) !== item) return;
    this.items.delete(runId);
    this.options.onStatus(runId, 'ended');
    this.options.onChange();
  }

  private async upload(item: Item, submission: Submission): Promise<void> {
    const { store, connection } = this.options;
    const { job } = item;
    try {
      const lab = await connection.open();
      const { state } = await submitOwnJob(store, lab, submission, job.marks, item.controller.signal);
      const { runId } = job.request;
      const sent: Item = { ...item, job: { ...job, jobId: state.jobId }, phase: 'waiting' };
      this.items.set(runId, sent);
      this.options.onChange();
      this.follow();
    } catch (error) {
      // Cancelled before the lab knew of it, it never was: as with a run of this machine that had not begun.
      if (!(error instanceof CancelledError) && !this.closing.signal.aborted) recordUnsent(store, job, error as Error);
      this.remove(item);
    }
  }

  private follow(): void {
    this.following ??= this.followAll().finally(() => {
      this.following = null;
    });
  }

  private async followAll(): Promise<void> {
    const { signal } = this.closing;
    const pause = (ms: number) => wait(ms, undefined, { signal, ref: false }).catch(() => undefined);
    while (!signal.aborted && [...this.items.values()].some(({ phase }) => phase !== 'uploading')) {
      try {
        const lab = await this.options.connection.open();
        for (const item of this.items.values()) {
          if (this.closing.signal.aborted) return;
          if (item.phase === 'uploading' || performance.now() < item.retryAtMs) continue;
          await this.look(lab, item);
        }
      } catch {
        // The lab is away, or not set up (any more): its page says so.
        await pause(retryMs);
      }
      await pause(Math.max(askEveryMs, askEachMs * this.items.size));
    }
  }

  private async look(lab: Lab, item: Item): Promise<void> {
    const { jobId, submittedTimestampMs } = item.job;
    if (item.isCancelled) await cancelJob(lab, jobId);
    const state = await readJobState(lab, jobId);
    if (state === null) {
      const isExpired = Date.now() - submittedTimestampMs > keptDays * 86_400_000;
      // Another lab's, perhaps, that the settings named when it was submitted.
      if (isExpired || item.isCancelled) this.giveUp(item);
      else item.retryAtMs = performance.now() + retryMs;
      return;
    }
    if (isEnded(state)) await this.settle(lab, item, state);
    else this.show(lab, item, state);
  }

  private giveUp(item: Item): void {
    const error = new AppError('lab-job', tell('labJobForgotten'));
    settleLostJob(this.options.store, item.job, error);
    this.remove(item);
  }

  private show(lab: Lab, item: Item, state: JobState): void {
    const phase = state.phase === 'running' ? 'running' : 'waiting';
    const isChanged = phase !== item.phase || state.device !== item.device;
    item.device = state.device;
    item.phase = phase;
    if (phase === 'running') {
      item.startedTimestampMs ??= Date.now();
      item.unsubscribe ??= hearJob(lab, item.job.jobId, (event) => this.tell(item, event));
    }
    if (state.stage !== null && state.stage !== item.stage) {
      // For who comes late: events are heard by those only who are there.
      this.tell(item, { type: 'progress', stage: state.stage as Stage, done: 0, total: 1, unit: '', detail: '' });
    }
    if (!isChanged) return;
    this.options.onStatus(item.job.request.runId, phase === 'running' ? 'running' : 'queued');
    this.options.onChange();
  }

  private tell(item: Item, event: EngineEvent): void {
    if (event.type === 'progress') item.stage = event.stage;
    item.live.add(event);
  }

  private async settle(lab: Lab, item: Item, state: JobState): Promise<void> {
    item.device = state.device;
    if (state.phase === 'done' && item.phase !== 'fetching') {
      item.phase = 'fetching';
      this.options.onChange();
    }
    try {
      await settleLabJob(this.options.store, lab, state, this.closing.signal);
    } catch (error) {
      if (this.closing.signal.aborted) return;
      const isStillOwed = listLabJobs(this.options.store).some(({ jobId }) => jobId === item.job.jobId);
      if (isStillOwed) {
        item.retryAtMs = performance.now() + retryMs;
        item.live.add({ type: 'log', level: 'warning', message: (error as Error).message });
        return;
      }
    }
    this.remove(item);
  }
}
