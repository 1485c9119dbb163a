import { useState } from 'react';
import type { QueueEntry } from '../../shared/contract/results.ts';
import type { Stage } from '../../shared/events.ts';
import { nextTimeLeft, remainingMs, stagesOf, type LiveRun, type TimeLeft } from '../live-run.ts';

/** What is left of a run, going down from one look to the next, and the stage by which it went up where it did. */
export function useTimeLeft(
  entry: QueueEntry,
  live: LiveRun,
  elapsedMs: number,
): { readonly leftMs: number; readonly longer: Stage | null } | null {
  const [shown, setShown] = useState<TimeLeft | null>(null);
  const next = nextTimeLeft(shown, remainingMs(live, elapsedMs, stagesOf(entry)), elapsedMs, live.stage);
  if (next !== shown) setShown(next);
  return next === null ? null : { leftMs: Math.max(0, next.endMs - elapsedMs), longer: next.longer };
}
