import { fork } from 'node:child_process';
import {
  AppError,
  CancelledError,
  deserializeError,
  serializeError,
  type SerializedError,
} from '../../../shared/app-error.ts';
import { readTold, tell, type Told } from '../../../shared/engine-texts/tell.ts';

/**
 * Helper processes of the engine (latency, per-layer profile). Inside Electron's utilityProcess only the main process can
 * fork, so the engine never forks itself: its host hands it a `SpawnChild`. On Node that is `spawnNodeChild`.
 */
export type SpawnChild = (entry: URL, name: string) => ChildHandle;

/** One helper process as its host sees it. Messages are structured clones (typed arrays survive). */
export interface ChildHandle {
  readonly pid: number | undefined;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, also when the process could not be started (then both arguments are null). */
  onExit(listener: (code: number | null, signal: string | null) => void): void;
  /** Ends the process at once, whatever it does: native code does not look at polite requests. */
  kill(): void;
  /** The end of what the process wrote to its standard error: the reason of a crash, where the host can tell. */
  readonly recentErrorOutput?: () => string;
}

const keptErrorOutputLength = 2000;

/**
 * `SpawnChild` of plain Node. The child's standard output is dropped (native libraries print there, and the parent's may
 * be a JSON document); its standard error is kept for the message of a crash.
 */
export const spawnNodeChild: SpawnChild = (entry) => {
  const child = fork(entry, {
    serialization: 'advanced',
    // Not the parent's: an inherited --inspect or --cpu-prof would disturb what is measured.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // ONNX Runtime 1.29 and later reports models and runs to Microsoft unless told not to before its first session: that
    // would break the promise that nothing leaves the machine, and its uploader would run beside what is measured.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  let errorOutput = '';
  let ended: readonly [number | null, string | null] | null = null;
  const exitListeners: ((code: number | null, signal: string | null) => void)[] = [];
  const end = (code: number | null, signal: string | null) => {
    if (ended !== null) return;
    ended = [code, signal];
    for (const listener of exitListeners) listener(code, signal);
  };
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => (errorOutput = (errorOutput + text).slice(-keptErrorOutputLength)));
  // `close` comes after `exit` and the end of standard error, so a crash is reported with its last words.
  child.on('close', end);
  child.on('error', (error) => {
    errorOutput += error.message;
    // Errors of a started process (a message to a dead one) are followed by its exit; a failed start is not.
    if (child.pid === undefined) end(null, null);
  });
  return {
    pid: child.pid,
    send: (message) => {
      // A message to a process that is gone is no error of its own: its exit tells the story.
      if (child.connected) child.send(message as object, () => undefined);
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      if (ended === null) exitListeners.push(listener);
      else listener(...ended);
    },
    kill: () => child.kill('SIGKILL'),
    recentErrorOutput: () => errorOutput,
  };
};

/** The URL of a helper's entry next to the calling module: `.ts` in the source tree, `.js` once types are stripped. */
export function siblingEntry(moduleUrl: string, name: string): URL {
  return new URL(`./${name}${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl);
}

/** What a helper can be asked: name of the call to its request and reply. */
export type CallTable<Calls> = {
  readonly [Name in keyof Calls]: { readonly request: unknown; readonly reply: unknown };
};

/** The engine's end of a conversation with one helper process. One call at a time. */
export interface Child<Calls extends CallTable<Calls>> {
  readonly pid: number | undefined;
  /**
   * @throws AppError what the helper threw, or `engine-crashed` with the exit code or signal when it died.
   * @throws CancelledError when the signal given at the start was aborted; the process is then already being killed.
   */
  call<Name extends keyof Calls & string>(name: Name, request: Calls[Name]['request']): Promise<Calls[Name]['reply']>;
  /** Kills the process if it still runs and waits until it is gone. */
  stop(): Promise<void>;
}

interface CallMessage {
  readonly call: string;
  readonly request: unknown;
}

type ReplyMessage = { readonly reply: unknown } | { readonly error: SerializedError };

function crashError(task: Told, code: number | null, signal: string | null, errorOutput: string): AppError {
  const lastLine = errorOutput.trim().split('\n').at(-1)?.trim() ?? '';
  const how =
    signal !== null
      ? tell('processBySignal', { signal })
      : code !== null
        ? tell('processByCode', { code })
        : tell('processNotBegun');
  const advice = signal === 'SIGKILL' ? tell('adviceMemory') : tell('adviceCrash');
  const said =
    lastLine === ''
      ? tell('processEnded', { task, how, advice })
      : tell('processEndedSaying', { task, how, words: lastLine.slice(0, 300), advice });
  const details = { process: readTold(task, 'en'), exitCode: code, signal, errorOutput };
  return new AppError('engine-crashed', said, { details });
}

/**
 * Starts a helper process and wraps it into typed calls.
 * @param task what it does and for which variant: `the latency of "after"`.
 */
export function startChild<Calls extends CallTable<Calls>>(
  spawn: SpawnChild,
  entry: URL,
  task: Told,
  signal?: AbortSignal,
): Child<Calls> {
  if (signal?.aborted === true) throw new CancelledError();
  let handle: ChildHandle;
  try {
    handle = spawn(entry, readTold(task, 'en'));
  } catch (error) {
    throw new AppError(
      'engine-crashed',
      tell('processNotStarted', { task, reason: error instanceof Error ? error.message : String(error) }),
      { cause: error, details: { process: readTold(task, 'en') } },
    );
  }
  let pending: { resolve: (value: unknown) => void; reject: (error: Error) => void } | null = null;
  let failure: Error | null = null;
  let exited = false;
  const fail = (error: Error) => {
    failure ??= error;
    pending?.reject(failure);
    pending = null;
  };
  const cancel = () => {
    fail(new CancelledError());
    handle.kill();
  };
  signal?.addEventListener('abort', cancel, { once: true });
  const gone = new Promise<void>((resolve) => {
    handle.onExit((code, exitSignal) => {
      exited = true;
      signal?.removeEventListener('abort', cancel);
      fail(crashError(task, code, exitSignal, handle.recentErrorOutput?.() ?? ''));
      resolve();
    });
  });
  handle.onMessage((message) => {
    const reply = message as ReplyMessage;
    const waiting = pending;
    pending = null;
    if ('error' in reply) waiting?.reject(deserializeError(reply.error));
    else waiting?.resolve(reply.reply);
  });
  return {
    pid: handle.pid,
    call: (callName, request) =>
      new Promise((resolve, reject) => {
        if (failure !== null) {
          reject(failure);
          return;
        }
        pending = { resolve, reject };
        handle.send({ call: callName, request } satisfies CallMessage);
      }),
    stop: async () => {
      failure ??= new AppError('internal', tell('processStopped', { task }));
      if (!exited) handle.kill();
      await gone;
    },
  };
}

/** A helper's end of the wire, the same under Node's fork and Electron's utilityProcess. */
export interface HelperPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
}

interface ElectronPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  start(): void;
}

/** Electron's process.parentPort in a utility process. */
interface ElectronParentPort {
  once(event: 'message', listener: (event: { readonly ports: readonly ElectronPort[] }) => void): void;
}

/** The main process starts the helper and hands it a port to the engine; what is said before that waits. */
function connectToEngine(parentPort: ElectronParentPort): HelperPort {
  let port: ElectronPort | null = null;
  const unsent: unknown[] = [];
  const listeners: ((message: unknown) => void)[] = [];
  parentPort.once('message', ({ ports }) => {
    port = ports[0]!;
    port.on('message', ({ data }) => {
      for (const listener of listeners) listener(data);
    });
    port.start();
    for (const message of unsent.splice(0)) port.postMessage(message);
  });
  return {
    send: (message) => {
      if (port === null) unsent.push(message);
      else port.postMessage(message);
    },
    onMessage: (listener) => listeners.push(listener),
  };
}

/** For a helper's entry. Under Node the helper exits when its parent does, even when that was killed outright. */
export function connectToParent(): HelperPort {
  const electronPort = (process as { readonly parentPort?: ElectronParentPort }).parentPort;
  if (electronPort !== undefined) return connectToEngine(electronPort);
  if (process.send === undefined) throw new AppError('internal', tell('helperStartedAlone'));
  // The channel closes with the parent whatever ended it; without this a killed parent would leave its helpers behind.
  process.on('disconnect', () => process.exit(0));
  return {
    send: (message) => process.send?.(message),
    onMessage: (listener) => process.on('message', listener),
  };
}

/** Serves the calls of `startChild`. Errors thrown by a handler reach the caller with their code. */
export function answerCalls<Calls extends CallTable<Calls>>(
  port: HelperPort,
  handlers: { readonly [Name in keyof Calls]: (request: Calls[Name]['request']) => Promise<Calls[Name]['reply']> },
): void {
  port.onMessage((message) => {
    const { call, request } = message as CallMessage;
    const handler = (handlers as Record<string, (request: unknown) => Promise<unknown>>)[call];
    const answer =
      handler === undefined
        ? Promise.reject(new AppError('internal', tell('unknownCall', { call })))
        : handler(request);
    answer.then(
      (reply) => port.send({ reply } satisfies ReplyMessage),
      (error: unknown) => port.send({ error: serializeError(error) } satisfies ReplyMessage),
    );
  });
}
