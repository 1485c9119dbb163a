import { useEffect, useState } from 'react';
import { onHostEvent, request } from '../api.ts';
import { followRun } from '../follow-run.ts';
import { emptyLiveRun, type LiveRun } from '../live-run.ts';

/** What a run has reported so far, also before the page opened. */
export function useLiveRun(runId: string | null): LiveRun {
  const [shown, setShown] = useState<{ readonly runId: string | null; readonly run: LiveRun }>({
    runId,
    run: emptyLiveRun,
  });
  useEffect(() => {
    if (runId === null) return;
    return followRun(
      {
        ask: () => request('run.live', { runId }),
        listen: (listener) =>
          onHostEvent('run.events', (payload) => {
            if (payload.runId === runId) listener(payload);
          }),
      },
      (run) => setShown({ runId, run }),
    );
  }, [runId]);
  return shown.runId === runId ? shown.run : emptyLiveRun;
}
