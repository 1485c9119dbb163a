import type { EventBatch, LiveEvents } from '../shared/contract/results.ts';
import { applyEvents, emptyLiveRun, type LiveRun } from './live-run.ts';

/** The two ways on which a run's events come; neither waits for the other. */
export interface RunSource {
  /** All there was until now. */
  readonly ask: () => Promise<LiveEvents>;
  /** Whatever comes from now on. @returns what stops listening. */
  readonly listen: (listener: (batch: EventBatch) => void) => () => void;
}

const updateEveryMs = 200;

/**
 * Gathers what a run reports, each event once and in order, and shows it five times a second: what was reported before, then
 * what comes. Where something is missing, for a browser's connection was lost meanwhile, all is asked for again.
 * @returns what stops following.
 */
export function followRun({ ask, listen }: RunSource, show: (run: LiveRun) => void): () => void {
  let run = emptyLiveRun;
  /** Events of the run that are in `run`. */
  let count = 0;
  let waiting: EventBatch[] = [];
  let asking = false;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function showWaiting(): void {
    for (const { first, events } of waiting) {
      run = applyEvents(run, events.slice(Math.max(0, count - first)));
      count = Math.max(count, first + events.length);
    }
    waiting = [];
    show(run);
  }

  async function catchUp(): Promise<void> {
    asking = true;
    // Of a run that ended meanwhile, or without a connection, there is no more to know than what came.
    const live = await ask().catch(() => null);
    asking = false;
    if (stopped) return;
    if (live !== null && live.count > count) {
      run = applyEvents(emptyLiveRun, live.events);
      count = live.count;
    }
    showWaiting();
  }

  function isMissing(): boolean {
    let end = count;
    return waiting.some(({ first, events }) => {
      const isGap = first > end;
      end = Math.max(end, first + events.length);
      return isGap;
    });
  }

  const stopListening = listen((batch) => {
    waiting.push(batch);
    timer ??= setTimeout(() => {
      timer = null;
      if (asking || waiting.length === 0) return;
      if (isMissing()) void catchUp();
      else showWaiting();
    }, updateEveryMs);
  });
  void catchUp();
  return () => {
    stopped = true;
    stopListening();
    if (timer !== null) clearTimeout(timer);
  };
}
