import { parentPort, Worker, workerData } from 'node:worker_threads';
import { AppError, deserializeError, serializeError, type SerializedError } from '../../../shared/app-error.ts';

type Answer<Result> = { readonly result: Result } | { readonly error: SerializedError };

/**
 * Has a thread of its own do something that takes seconds of a core, during which a window or a server would stand still.
 * @param entry a file that ends in `answerAsThread`.
 * @param data what it gets; must survive structured cloning, as must what it answers.
 * @param task what it does, in words for the user.
 * @throws AppError what the thread threw; `out-of-memory` or `internal` when it ended without an answer.
 */
export async function runInThread<Result>(entry: URL, data: unknown, task: string): Promise<Result> {
  const thread = new Worker(entry, { workerData: data });
  const answer = await new Promise<Answer<Result>>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new AppError(
              'out-of-memory',
              `There was not enough memory for ${task}. Close other programs, or take less at once.`,
            )
          : error,
      ),
    );
    // Too late to matter where it has answered.
    thread.once('exit', (code) => reject(new AppError('internal', `${task} was given up (exit code ${code}).`)));
  });
  if ('error' in answer) throw deserializeError(answer.error);
  return answer.result;
}

/** In the thread: does the one thing it was started for, answers, and lets the thread end. */
export function answerAsThread(work: (data: never) => Promise<unknown>): void {
  const answer = (message: Answer<unknown>) => parentPort?.postMessage(message);
  work(workerData as never).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: serializeError(error) }),
  );
}
