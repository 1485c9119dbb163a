import { useEffect, useState } from 'react';
import type { EngineEvent } from '../../shared/events.ts';
import { onHostEvent, request } from '../api.ts';
import { applyEvents, emptyLiveRun, type LiveRun } from '../live-run.ts';

const updateEveryMs = 200;

/** What a run reports, gathered and shown five times a second; starts with what was reported before the page opened. */
export function useLiveRun(runId: string | null): LiveRun {
  const [shown, setShown] = useState<{ readonly runId: string | null; readonly run: LiveRun }>({
    runId,
    run: emptyLiveRun,
  });
  useEffect(() => {
    if (runId === null) return;
    let pending: EngineEvent[] = [];
    let timer: number | null = null;
    let replayed = false;
    let stopped = false;
    function flush(): void {
      timer = null;
      if (stopped || !replayed || pending.length === 0) return;
      const events = pending;
      pending = [];
      setShown((old) => ({ runId, run: applyEvents(old.runId === runId ? old.run : emptyLiveRun, events) }));
    }
    const stopListening = onHostEvent('run.events', (payload) => {
      if (payload.runId !== runId) return;
      for (const event of payload.events) pending.push(event);
      timer ??= window.setTimeout(flush, updateEveryMs);
    });
    request('run.live', { runId }).then(
      (live) => {
        // Events that arrived meanwhile are in the answer as well.
        replayed = true;
        pending = [];
        if (!stopped) setShown({ runId, run: applyEvents(emptyLiveRun, live.events) });
      },
      () => {
        // A run that ended between two messages has nothing to replay.
        replayed = true;
        flush();
      },
    );
    return () => {
      stopped = true;
      stopListening();
      if (timer !== null) window.clearTimeout(timer);
    };
  }, [runId]);
  return shown.runId === runId ? shown.run : emptyLiveRun;
}
