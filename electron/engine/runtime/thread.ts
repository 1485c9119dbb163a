import { parentPort, Worker, workerData } from 'node:worker_threads';
import { AppError, deserializeError, serializeError, type SerializedError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';

type Answer<Result> = { readonly result: Result } | { readonly error: SerializedError };

function explainThreadError(error: NodeJS.ErrnoException, task: Told): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return new AppError('out-of-memory', tell('memoryShortForTask', { task }));
}

/**
 * Has a thread of its own do something that takes seconds of a core, during which a window or a server would stand still.
 * @param entry a file that ends in `answerAsThread`.
 * @param data what it gets; must survive structured cloning, as must what it answers.
 * @param task what it does.
 * @throws AppError what the thread threw; `out-of-memory` or `internal` when it ended without an answer.
 */
export async function runInThread<Result>(entry: URL, data: unknown, task: Told): Promise<Result> {
  const thread = new Worker(entry, { workerData: data });
  const answer = await new Promise<Answer<Result>>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', (error: NodeJS.ErrnoException) => reject(explainThreadError(error, task)));
    // Too late to matter where it has answered.
    thread.once('exit', (code) => reject(new AppError('internal', tell('taskGivenUp', { task, code }))));
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

/** Functions that a thread offers; each gets one value and answers one. */
export type ThreadCalls = Readonly<Record<string, (data: never) => Promise<unknown>>>;

/** A thread that stays until it is closed. */
export interface ServingThread<Calls extends ThreadCalls> {
  /** @throws AppError what the thread threw; `out-of-memory` or `internal` when it ended without an answer. */
  call<Name extends string & keyof Calls>(
    name: Name,
    data: Parameters<Calls[Name]>[0],
  ): Promise<Awaited<ReturnType<Calls[Name]>>>;
  close(): void;
}

interface Call {
  readonly id: number;
  readonly name: string;
  readonly data: unknown;
}

/**
 * As `runInThread`, for several questions about one thing that the thread keeps.
 * @param entry a file that ends in `serveAsThread`.
 * @param memoryMb JavaScript heap that the thread may use, in 10^6 bytes.
 */
export function openThread<Calls extends ThreadCalls>(entry: URL, task: Told, memoryMb: number): ServingThread<Calls> {
  const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: memoryMb } });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let calls = 0;
  const giveUp = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  thread.on('message', ({ id, ...answer }: Answer<unknown> & { readonly id: number }) => {
    const call = waiting.get(id);
    waiting.delete(id);
    if ('error' in answer) call?.reject(deserializeError(answer.error));
    else call?.resolve(answer.result);
  });
  thread.on('error', (error: NodeJS.ErrnoException) => giveUp(explainThreadError(error, task)));
  thread.on('exit', (code) => giveUp(new AppError('internal', tell('taskGivenUp', { task, code }))));
  return {
    call: (name, data) =>
      new Promise((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
        thread.postMessage({ id, name, data } satisfies Call);
      }),
    close: () => void thread.terminate(),
  };
}

/** In the thread: answers each call with the function of its name, one after the other. */
export function serveAsThread(calls: ThreadCalls): void {
  let last: Promise<unknown> = Promise.resolve();
  parentPort?.on('message', ({ id, name, data }: Call) => {
    last = last.then(async () => {
      const answer: Answer<unknown> = await calls[name]!(data as never).then(
        (result) => ({ result }),
        (error: unknown) => ({ error: serializeError(error) }),
      );
      parentPort?.postMessage({ id, ...answer });
    });
  });
}
