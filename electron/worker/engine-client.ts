import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError, assertNever, CancelledError, deserializeError } from '../../shared/app-error.ts';
import type { OnEvent } from '../../shared/events.ts';
import type { EngineJob, EngineJobKind, EngineJobResults, EngineMessage, HostMessage } from './protocol.ts';

export interface EngineJobOptions {
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** The engine process's file; tests give their own. */
  readonly entryPath?: string;
  /** Time to stop by itself after a cancel, before it is killed. Inside one native call it cannot hear us. */
  readonly graceMs?: number;
}

const defaultGraceMs = 600;

/** A stray process that inherited the engine's output must not keep the host waiting for its end. */
const outputWaitMs = 200;

/** How much of the engine's last words is kept for the reason of a crash. */
const outputTailLength = 16_384;

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    // The engine leads its own process group, so this reaches the measuring processes it started as well.
    if (process.platform !== 'win32') process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Gone in the meantime.
  }
  child.kill('SIGKILL');
}

/** Says why a process that gave no answer ended. */
export function describeCrash(code: number | null, signal: NodeJS.Signals | null, output: string): AppError {
  const details = { exitCode: code, signal, output: output.slice(-2000) };
  const outOfHeap = /heap out of memory|bad_alloc|Fatal process out of memory|Cannot allocate memory/i.test(output);
  if (outOfHeap || signal === 'SIGKILL') {
    const how = outOfHeap ? '' : ' (the system killed the process, which it does when memory runs out)';
    return new AppError(
      'out-of-memory',
      `The engine ran out of memory${how}. Close other programs, or use fewer or smaller samples.`,
      { details },
    );
  }
  const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
  const lastLine = output
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
  const said = lastLine === undefined ? '' : ` Its last words: ${lastLine.slice(0, 300)}`;
  return new AppError(
    'engine-crashed',
    `The engine ended unexpectedly (${how}).${said} The model may hit a fault in ONNX Runtime; \`vernier doctor\` checks the installation.`,
    { details },
  );
}

/**
 * Runs one job in an engine process of its own, so that a crash or running out of memory there is an error here.
 * @throws CancelledError when `signal` was aborted; AppError for everything else.
 */
export async function runEngineJob<Kind extends EngineJobKind>(
  job: Extract<EngineJob, { kind: Kind }>,
  options: EngineJobOptions,
): Promise<EngineJobResults[Kind]> {
  if (options.signal.aborted) throw new CancelledError();
  // Everything temporary goes here, so that a killed engine leaves nothing behind.
  const scratch = mkdtempSync(join(tmpdir(), 'vernier-'));
  try {
    return (await runInProcess(job, options, scratch)) as EngineJobResults[Kind];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function runInProcess(
  job: EngineJob,
  options: EngineJobOptions,
  scratch: string,
): Promise<EngineJobResults[EngineJobKind]> {
  const { signal, onEvent } = options;
  const entryPath = options.entryPath ?? fileURLToPath(new URL('./engine-process.ts', import.meta.url));
  const child = fork(entryPath, [], {
    serialization: 'advanced',
    execArgv: [],
    // A session of its own: Ctrl-C in the terminal reaches the host only, which then asks the engine to stop.
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, TMPDIR: scratch, TMP: scratch, TEMP: scratch, VERNIER_SCRATCH: scratch },
  });

  let output = '';
  const keepTail = (chunk: string) => {
    output = (output + chunk).slice(-outputTailLength);
  };
  child.stdout?.setEncoding('utf8').on('data', keepTail);
  child.stderr?.setEncoding('utf8').on('data', keepTail);

  return new Promise((resolve, reject) => {
    let killTimer: NodeJS.Timeout | undefined;
    let settle: (() => void) | null = null;

    /** Decides the outcome; it is delivered when the process is gone, so that no file is touched afterwards. */
    const decide = (outcome: () => void) => {
      settle ??= outcome;
      killGroup(child);
    };
    const send = (message: HostMessage) => {
      // A send to a process that has just died fails; its exit is what we then report.
      if (child.connected) child.send(message, () => undefined);
    };
    const cancel = () => {
      send({ type: 'cancel' });
      killTimer = setTimeout(() => decide(() => reject(new CancelledError())), options.graceMs ?? defaultGraceMs);
    };

    child.on('message', (message: EngineMessage) => {
      switch (message.type) {
        case 'event':
          if (settle !== null || signal.aborted) return;
          try {
            onEvent(message.event);
          } catch (error) {
            // A host that cannot take the news ends the job, not itself.
            decide(() => reject(error));
          }
          return;
        case 'result':
          decide(() => resolve(message.result));
          return;
        case 'error': {
          // Whatever breaks while stopping is a consequence of stopping.
          const error = signal.aborted ? new CancelledError() : deserializeError(message.error);
          decide(() => reject(error));
          return;
        }
        default:
          assertNever(message);
      }
    });
    let ended = false;
    const end = (code: number | null, exitSignal: NodeJS.Signals | null) => {
      if (ended) return;
      ended = true;
      clearTimeout(killTimer);
      signal.removeEventListener('abort', cancel);
      // Measuring processes that outlived the engine would otherwise go on using the CPU.
      if (process.platform !== 'win32' && child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // None left.
        }
      }
      if (settle !== null) settle();
      else reject(signal.aborted ? new CancelledError() : describeCrash(code, exitSignal, output));
    };
    child.on('error', (error) => {
      settle ??= () =>
        reject(new AppError('engine-crashed', `The engine process failed: ${error.message}`, { cause: error }));
      if (child.pid === undefined) end(null, null);
    });
    // `close` comes after `exit`, when the output was read to its end: that is where the reason of a crash stands.
    child.on('close', end);
    child.on('exit', (code, exitSignal) => {
      setTimeout(() => end(code, exitSignal), outputWaitMs);
    });

    signal.addEventListener('abort', cancel, { once: true });
    send({ type: 'start', job });
  });
}
