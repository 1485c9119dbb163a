import { lastMadeHere } from './find-run.ts';
import { readStore, type Store } from './database.ts';

/** Clocks are set right by seconds all the time; that is no reason to speak. */
const toleratedMs = 60_000;

/**
 * A sentence when the clock says it is earlier than it was for the last run recorded here; null when it does not. Nothing
 * depends on the clock but the times that are shown and the order by them: `latest` is the run that was recorded last, and
 * durations come from another clock.
 */
export function describeClockProblem(store: Store, nowTimestampMs: number): string | null {
  const last = readStore(store, (database) =>
    database.prepare<[], number>(`select startedTimestampMs from runs where runKey = (${lastMadeHere})`).pluck().get(),
  );
  if (last === undefined || last - nowTimestampMs < toleratedMs) return null;
  const tell = (timestampMs: number) => new Date(timestampMs).toISOString().slice(0, 16).replace('T', ' ');
  return (
    `The clock of this machine says ${tell(nowTimestampMs)} UTC, but the history holds a run of ${tell(last)} UTC: ` +
    'it was set back, or was ahead then. This run is recorded all the same; `latest` means it, but in lists by time it stands ' +
    'below the other.'
  );
}
