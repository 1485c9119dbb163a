import { tell, type Told } from '../../shared/engine-texts/tell.ts';
import { lastMadeHere } from './find-run.ts';
import { readStore, type Store } from './database.ts';

/** Clocks are set right by seconds all the time; that is no reason to speak. */
const toleratedMs = 60_000;

/**
 * What to say when the clock says it is earlier than it was for the last run recorded here; null when it does not. Nothing
 * depends on the clock but the times that are shown and the order by them: `latest` is the run that was recorded last, and
 * durations come from another clock.
 */
export function describeClockProblem(store: Store, nowTimestampMs: number): Told | null {
  const last = readStore(store, (database) =>
    database.prepare<[], number>(`select startedTimestampMs from runs where runKey = (${lastMadeHere})`).pluck().get(),
  );
  if (last === undefined || last - nowTimestampMs < toleratedMs) return null;
  const format = (timestampMs: number) => new Date(timestampMs).toISOString().slice(0, 16).replace('T', ' ');
  return tell('clockSetBack', { now: format(nowTimestampMs), last: format(last) });
}
