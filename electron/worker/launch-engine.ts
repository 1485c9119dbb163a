import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineMessage, HostMessage } from './protocol.ts';

export interface LaunchOptions {
  /** Folder for everything temporary; the host removes it afterwards. */
  readonly scratch: string;
  /** What the engine process may hold, all of it, in 10^6 bytes. */
  readonly memoryMb: number;
  /** What its JavaScript may hold of that; null for Node's own limit. */
  readonly heapMb: number | null;
  /** The engine process's file; tests give their own. */
  readonly entryPath?: string | undefined;
}

/** How an engine process ended. */
export interface EngineExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stdout and stderr: where the reason of a crash stands. */
  readonly output: string;
}

/** One engine process as its host sees it, however it was started. */
export interface EngineHandle {
  /** A message to a process that has just died is dropped: its exit is what is then reported. */
  send(message: HostMessage): void;
  onMessage(listener: (message: EngineMessage) => void): void;
  /** Called once, when the process is gone and has said its last words, or could not be started. */
  onExit(listener: (exit: EngineExit) => void): void;
  /** Ends the process and everything it started at once: native code does not look at polite requests. */
  kill(): void;
}

/** Starts an engine process. Electron's main process has its own way (`electron/main/launch-utility-engine.ts`). */
export type LaunchEngine = (options: LaunchOptions) => EngineHandle;

/** How much of the engine's last words is kept for the reason of a crash. */
export const outputTailLength = 16_384;

/** A stray process that inherited the engine's output must not keep the host waiting for its end. */
export const outputWaitMs = 200;

/** What every way of starting an engine puts into its environment. */
export function engineEnvironment({ scratch, memoryMb }: LaunchOptions): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(inherited),
    TMPDIR: scratch,
    TMP: scratch,
    TEMP: scratch,
    VERNIER_SCRATCH: scratch,
    VERNIER_HOST_PID: String(process.pid),
    VERNIER_MEMORY_CAP_MB: String(memoryMb),
  };
}

/** The JavaScript heap is collected in time to stay below the user's cap; for all other memory see watch-engine.ts. */
export function engineFlags({ heapMb }: LaunchOptions): string[] {
  return heapMb === null ? [] : [`--max-old-space-size=${heapMb}`];
}

/** The engine on plain Node, in a process group of its own. */
export const launchNodeEngine: LaunchEngine = (options) => {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const entryPath = options.entryPath ?? fileURLToPath(new URL(`./engine-process.${extension}`, import.meta.url));
  const child = fork(entryPath, [], {
    serialization: 'advanced',
    execArgv: engineFlags(options),
    // A session of its own: Ctrl-C in the terminal reaches the host only, which then asks the engine to stop.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: engineEnvironment(options),
  });

  let output = '';
  const keepTail = (chunk: string) => {
    output = (output + chunk).slice(-outputTailLength);
  };
  child.stdout?.setEncoding('utf8').on('data', keepTail);
  child.stderr?.setEncoding('utf8').on('data', keepTail);

  const killGroup = () => {
    if (process.platform === 'win32' || child.pid === undefined) return;
    try {
      // The engine leads its own process group, so this reaches the measuring processes it started as well.
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // None left.
    }
  };

  let exit: EngineExit | null = null;
  const exitListeners: ((exit: EngineExit) => void)[] = [];
  const end = (code: number | null, signal: NodeJS.Signals | null) => {
    if (exit !== null) return;
    exit = { code, signal, output };
    // Measuring processes that outlived the engine would otherwise go on using the CPU.
    killGroup();
    for (const listener of exitListeners) listener(exit);
  };
  child.on('error', (error) => {
    keepTail(`${error.message}\n`);
    // Errors of a started process (a message to a dead one) are followed by its exit; a failed start is not.
    if (child.pid === undefined) end(null, null);
  });
  // `close` comes after `exit`, when the output was read to its end.
  child.on('close', end);
  child.on('exit', (code, signal) => setTimeout(() => end(code, signal), outputWaitMs));

  return {
    send: (message) => {
      if (child.connected) child.send(message, () => undefined);
    },
    onMessage: (listener) => child.on('message', listener),
    onExit: (listener) => {
      if (exit === null) exitListeners.push(listener);
      else listener(exit);
    },
    kill: () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      killGroup();
      child.kill('SIGKILL');
    },
  };
};
