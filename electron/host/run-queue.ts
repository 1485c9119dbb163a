import { AppError, CancelledError, failureOf } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { EventBatch, LiveEvents, QueueEntry } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { EngineEvent, OnEvent } from '../../shared/events.ts';
import type { RunMarks } from '../store/run-marks.ts';
import { LiveFeed } from './live-feed.ts';

export interface QueuedRun {
  readonly request: CompressRequest;
  readonly marks: Partial<RunMarks>;
  /** Done in place of the run itself, which is over: its models are measured again. */
  readonly task?: (signals: RunSignals, onEvent: OnEvent) => Promise<void>;
}

export interface RunSignals {
  readonly signal: AbortSignal;
  /** Aborted when the best that the search has found so far is good enough. */
  readonly enough: AbortSignal;
}

export interface RunQueueOptions {
  /** Does and records one run. Its failure is its own affair: it is recorded, and the queue goes on. */
  readonly perform: (run: QueuedRun, signals: RunSignals, onEvent: OnEvent) => Promise<void>;
  readonly onEvents: (runId: string, batch: EventBatch) => void;
  readonly onStatus: (runId: string, status: 'queued' | 'running' | 'ended') => void;
  readonly onChange: (entries: readonly QueueEntry[]) => void;
}

interface Item extends QueuedRun {
  readonly queuedTimestampMs: number;
  readonly controller: AbortController;
  readonly enough: AbortController;
  readonly ended: PromiseWithResolvers<undefined>;
  startedTimestampMs: number | null;
  readonly live: LiveFeed;
}

/** One run at a time: two at once would falsify each other's latencies. */
export class RunQueue {
  private readonly options: RunQueueOptions;
  private readonly items: Item[] = [];
  private current: Promise<void> | null = null;
  private closed = false;

  constructor(options: RunQueueOptions) {
    this.options = options;
  }

  /**
   * @returns what settles when it is over, rejected where it failed or was cancelled.
   * @throws AppError where the queue is closed, or the run is in it.
   */
  add(run: QueuedRun): Promise<undefined> {
    if (this.closed) throw new AppError('internal', tell('vernierClosing'));
    const { runId } = run.request;
    if (this.items.some(({ request }) => request.runId === runId))
      throw new AppError('options-invalid', tell('runStillGoing', { run: runId }));
    const ended = Promise.withResolvers<undefined>();
    // Whoever does not wait for it learns of its end by events.
    ended.promise.catch(() => undefined);
    this.items.push({
      ...run,
      queuedTimestampMs: Date.now(),
      controller: new AbortController(),
      enough: new AbortController(),
      ended,
      startedTimestampMs: null,
      live: new LiveFeed((batch) => this.options.onEvents(run.request.runId, batch)),
    });
    this.options.onStatus(run.request.runId, 'queued');
    this.options.onChange(this.list());
    this.current ??= this.work();
    return ended.promise;
  }

  list(): QueueEntry[] {
    return this.items.map(({ request, marks, task, queuedTimestampMs, startedTimestampMs }) => ({
      runId: request.runId,
      work: task === undefined ? 'compress' : 'measure',
      name: marks.name ?? '',
      status: startedTimestampMs === null ? 'queued' : 'running',
      modelPath: request.modelPath,
      dataPath: request.data.path,
      recipeName: request.recipe.name,
      lab: null,
      queuedTimestampMs,
      startedTimestampMs,
    }));
  }

  /** What a run in the queue has reported; null when it is not (or no longer) in it. */
  live(runId: string): (LiveEvents & { readonly startedTimestampMs: number | null }) | null {
    const item = this.items.find(({ request }) => request.runId === runId);
    if (item === undefined) return null;
    return { startedTimestampMs: item.startedTimestampMs, ...item.live.now() };
  }

  /** @returns false when the run is not in the queue (any more). A running one ends within the engine's grace period. */
  cancel(runId: string): boolean {
    const index = this.items.findIndex(({ request }) => request.runId === runId);
    const item = this.items[index];
    if (item === undefined) return false;
    item.controller.abort();
    if (item.startedTimestampMs === null) {
      this.items.splice(index, 1);
      item.ended.reject(new CancelledError());
      this.options.onStatus(runId, 'ended');
      this.options.onChange(this.list());
    }
    return true;
  }

  /** @returns false when the run does not run (any more). */
  stopSearch(runId: string): boolean {
    const item = this.items.find(({ request }) => request.runId === runId);
    if (item === undefined || item.startedTimestampMs === null) return false;
    item.enough.abort();
    return true;
  }

  /** Cancels everything and waits until the last engine is gone and its end recorded. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { request } of [...this.items]) this.cancel(request.runId);
    await this.current;
  }

  private async work(): Promise<void> {
    for (let item = this.items[0]; item !== undefined; item = this.items[0]) {
      await this.perform(item);
      this.items.shift();
      this.options.onStatus(item.request.runId, 'ended');
      this.options.onChange(this.list());
    }
    this.current = null;
  }

  private async perform(item: Item): Promise<void> {
    const { runId } = item.request;
    item.startedTimestampMs = Date.now();
    this.options.onStatus(runId, 'running');
    this.options.onChange(this.list());
    const onEvent = (event: EngineEvent) => item.live.add(event);
    try {
      const signals = { signal: item.controller.signal, enough: item.enough.signal };
      await (item.task === undefined ? this.options.perform(item, signals, onEvent) : item.task(signals, onEvent));
      item.ended.resolve(undefined);
    } catch (error) {
      item.ended.reject(error);
      if (!(error instanceof CancelledError)) {
        onEvent({ type: 'log', level: 'warning', ...failureOf(error) });
      }
    } finally {
      item.live.flush();
    }
  }
}
