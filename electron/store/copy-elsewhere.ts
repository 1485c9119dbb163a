import { tell } from '../../shared/engine-texts/tell.ts';
import { siblingEntry } from '../engine/runtime/child-process.ts';
import { runInThread } from '../engine/runtime/thread.ts';
import type { DatabaseCopy } from './copy-database.ts';

/**
 * `copyDatabase` in a thread of its own: copying and checking a history of 100,000 runs takes seconds.
 * @throws AppError as `copyFailure` words it.
 */
export function copyElsewhere(copy: DatabaseCopy): Promise<void> {
  return runInThread(siblingEntry(import.meta.url, 'copy-thread'), copy, tell('taskCopy', { path: copy.path }));
}
