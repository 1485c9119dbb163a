import { Worker } from 'node:worker_threads';
import { AppError, deserializeError, type SerializedError } from '../../shared/app-error.ts';
import { siblingEntry } from '../engine/runtime/child-process.ts';
import type { DatabaseCopy } from './copy-database.ts';

/**
 * `copyDatabase` in a thread of its own: copying and checking a history of 100,000 runs takes seconds, during which a
 * window would stand still.
 * @throws AppError as `copyFailure` words it.
 */
export async function copyElsewhere(copy: DatabaseCopy): Promise<void> {
  const thread = new Worker(siblingEntry(import.meta.url, 'copy-thread'), { workerData: copy });
  const failure = await new Promise<SerializedError | null>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    // Too late to matter where it has answered.
    thread.once('exit', (code) =>
      reject(new AppError('internal', `The copy "${copy.path}" was given up (exit code ${code}).`)),
    );
  });
  if (failure !== null) throw deserializeError(failure);
}
