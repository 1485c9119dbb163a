import { basename } from 'node:path';
import type { HostEvents } from '../../shared/contract/events.ts';
import type { Settings } from '../../shared/contract/requests.ts';
import type { QueueEntry } from '../../shared/contract/results.ts';

/** A run shorter than this needs no notification: the user is still looking. */
export const longRunMs = 20_000;

const titles = {
  done: { en: 'Experiment finished', 'zh-CN': '实验已完成' },
  failed: { en: 'Experiment failed', 'zh-CN': '实验失败' },
} as const;

/** What the desktop says about the end of a run; null when there is nobody to tell, or nothing they do not know. */
export function announceEnd(end: {
  readonly entry: QueueEntry;
  readonly status: HostEvents['run.changed']['status'];
  /** The window has the focus. */
  readonly isWatched: boolean;
  readonly endedTimestampMs: number;
  readonly language: Settings['language'];
}): { readonly title: string; readonly body: string } | null {
  const { entry, status, language } = end;
  // Who cancels a run knows that it ended.
  if (status !== 'done' && status !== 'failed') return null;
  const tookMs = end.endedTimestampMs - (entry.startedTimestampMs ?? end.endedTimestampMs);
  if (end.isWatched || tookMs < longRunMs) return null;
  return { title: titles[status][language], body: entry.name === '' ? basename(entry.modelPath) : entry.name };
}
