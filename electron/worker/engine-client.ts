import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, assertNever, CancelledError, deserializeError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { OnEvent } from '../../shared/events.ts';
import type { AllowedFolders } from '../engine/files/allowed-folders.ts';
import { engineFolderPrefix } from '../engine/runtime/engine-folder.ts';
import { defaultLimits } from './engine-limits.ts';
import { launchNodeEngine, type LaunchEngine } from './launch-engine.ts';
import type { EngineJob, EngineJobKind, EngineJobResults } from './protocol.ts';
import { memoryCapWords } from './watch-engine.ts';

export interface EngineJobOptions {
  readonly signal: AbortSignal;
  /** Aborted when the best that a search has found so far is good enough. */
  readonly enough?: AbortSignal;
  readonly onEvent: OnEvent;
  /** The engine process's file; tests give their own. */
  readonly entryPath?: string;
  /** How the process is started; plain Node's way when left out. */
  readonly launch?: LaunchEngine;
  /** What the engine process may hold in 10^6 bytes; the usual share of the machine's memory when null or left out. */
  readonly memoryMb?: number | null;
  /** How long the job may take; the usual time for its kind when null or left out. */
  readonly timeLimitSeconds?: number | null;
  /** What the engine may read and write besides its own temporary folder; everything when left out. */
  readonly allowedFolders?: AllowedFolders;
  /** Time to stop by itself after a cancel, before it is killed. Inside one native call it cannot hear us. */
  readonly graceMs?: number;
}

/**
 * Between batches it answers within milliseconds; inside a long call into ONNX Runtime it would not within seconds. Asking is a
 * courtesy: whatever it leaves when it is killed, the host clears.
 */
const defaultGraceMs = 150;

/** Says why a process that gave no answer ended. */
export function describeCrash(code: number | null, signal: NodeJS.Signals | null, output: string): AppError {
  const details = { exitCode: code, signal, output: output.slice(-2000) };
  const capped = new RegExp(`${memoryCapWords}: (\\d+) of (\\d+) MB`).exec(output);
  if (capped !== null) {
    return new AppError('out-of-memory', tell('engineOverMemoryLimit', { needed: capped[1]!, limit: capped[2]! }), {
      details,
    });
  }
  const outOfHeap = /heap out of memory|bad_alloc|Fatal process out of memory|Cannot allocate memory/i.test(output);
  if (outOfHeap || signal === 'SIGKILL') {
    const said = outOfHeap ? tell('engineOutOfMemory') : tell('engineKilledForMemory');
    return new AppError('out-of-memory', said, { details });
  }
  const how =
    signal === null ? tell('endedByCode', { code: String(code ?? 'unknown') }) : tell('endedBySignal', { signal });
  const lastLine = output
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
  const said =
    lastLine === undefined
      ? tell('engineEnded', { how })
      : tell('engineEndedSaying', { how, words: lastLine.slice(0, 300) });
  return new AppError('engine-crashed', said, { details });
}

function tooLong(seconds: number): AppError {
  return new AppError('time-limit', tell('timeLimitReached', { seconds }), { details: { seconds } });
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
  const ofRun = isCompression(job) ? `${job.request.runId}-` : '';
  const scratch = mkdtempSync(join(tmpdir(), `${engineFolderPrefix}${ofRun}`));
  try {
    return (await runInProcess(job, options, scratch)) as EngineJobResults[Kind];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function isCompression(job: EngineJob): job is Extract<EngineJob, { kind: 'compress' }> {
  return job.kind === 'compress';
}

function runInProcess(
  job: EngineJob,
  options: EngineJobOptions,
  scratch: string,
): Promise<EngineJobResults[EngineJobKind]> {
  const { signal, onEvent } = options;
  const launch = options.launch ?? launchNodeEngine;
  const usual = defaultLimits(job);
  const seconds = options.timeLimitSeconds ?? usual.seconds;
  const heapMb = options.memoryMb ?? null;
  const engine = launch({ scratch, memoryMb: heapMb ?? usual.memoryMb, heapMb, entryPath: options.entryPath });

  return new Promise((resolve, reject) => {
    let killTimer: NodeJS.Timeout | undefined;
    let limitTimer: NodeJS.Timeout | undefined;
    let settle: (() => void) | null = null;

    /** Decides the outcome; it is delivered when the process is gone, so that no file is touched afterwards. */
    const decide = (outcome: () => void) => {
      settle ??= outcome;
      engine.kill();
    };
    const cancel = () => {
      engine.send({ type: 'cancel' });
      killTimer = setTimeout(() => decide(() => reject(new CancelledError())), options.graceMs ?? defaultGraceMs);
    };

    const stopSearch = (): void => engine.send({ type: 'enough' });

    engine.onMessage((message) => {
      switch (message.type) {
        case 'event':
          if (settle !== null || signal.aborted) return;
          try {
            onEvent(message.event);
          } catch (error) {
            // A host that cannot take the news ends the job, not itself.
            decide(() => reject(error instanceof Error ? error : new Error(String(error))));
          }
          return;
        case 'result':
          decide(() => resolve(message.result));
          return;
        case 'error': {
          // Whatever breaks while stopping is a consequence of stopping.
          const error = signal.aborted ? new CancelledError() : deserializeError(message.error);
          decide(() => reject(error instanceof Error ? error : new Error(String(error))));
          return;
        }
        case 'spawn-child':
        case 'kill-child':
          // For the host that starts the engine's helpers (Electron's main process); on Node it starts them itself.
          return;
        default:
          assertNever(message);
      }
    });
    engine.onExit(({ code, signal: exitSignal, output }) => {
      clearTimeout(killTimer);
      clearTimeout(limitTimer);
      signal.removeEventListener('abort', cancel);
      options.enough?.removeEventListener('abort', stopSearch);
      if (settle !== null) settle();
      else reject(signal.aborted ? new CancelledError() : describeCrash(code, exitSignal, output));
    });

    signal.addEventListener('abort', cancel, { once: true });
    options.enough?.addEventListener('abort', stopSearch, { once: true });
    if (seconds !== null) limitTimer = setTimeout(() => decide(() => reject(tooLong(seconds))), seconds * 1000);
    engine.send({ type: 'start', job, allowedFolders: options.allowedFolders ?? null });
  });
}
