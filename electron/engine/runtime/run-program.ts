import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/** A program of the user's, to be run once. */
export interface Program {
  readonly command: string;
  readonly parameters: readonly string[];
  /** What it is for people, as they named it. */
  readonly name: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it may read and write; also for what it writes meanwhile. */
  readonly folder: string;
  readonly timeLimitSeconds: number;
  /** What it may hold; half of the machine's memory when left out. */
  readonly memoryBytes?: number;
  readonly signal: AbortSignal;
}

/** All that a program needs to start; tokens, keys and what else an environment holds stay behind. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'SystemRoot', 'USERPROFILE', 'PATHEXT', 'ComSpec', 'VIRTUAL_ENV'];
const memoryShare = 0.5;
const lookEveryMs = 50;
const keptOutputLength = 4000;

function cleanEnvironment({ folder, environment }: Program): Record<string, string> {
  const kept = passedOn.flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]] as const],
  );
  return {
    ...Object.fromEntries(kept),
    TMPDIR: folder,
    TEMP: folder,
    TMP: folder,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    ...environment,
  };
}

/** What a process holds; null where the system does not tell without help. */
function residentBytes(pid: number): number | null {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return Number.isFinite(pages) ? pages * 4096 : null;
  } catch {
    return null;
  }
}

/**
 * Runs a program to its end, without a shell, with an environment of its own, and ends it when it takes too long or too much memory
 * (half of the machine's; only on Linux, where the system tells).
 * @throws AppError `options-invalid` where it cannot be started, `time-limit`, `out-of-memory`, `engine-crashed` with its last words;
 * CancelledError.
 */
export async function runProgram(program: Program): Promise<void> {
  const { command, parameters, name, signal, timeLimitSeconds } = program;
  if (signal.aborted) throw new CancelledError();
  const child = spawn(command, parameters, {
    env: cleanEnvironment(program),
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let output = '';
  const keep = (text: string): void => void (output = (output + text).slice(-keptOutputLength));
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  const mostBytes = program.memoryBytes ?? memoryShare * totalmem();
  await new Promise<void>((resolve, reject) => {
    let ended: Error | null = null;
    const end = (error: Error): void => {
      ended ??= error;
      child.kill('SIGKILL');
    };
    const cancel = (): void => end(new CancelledError());
    const limit = setTimeout(() => {
      end(new AppError('time-limit', tell('metricTookTooLong', { name, seconds: timeLimitSeconds })));
    }, timeLimitSeconds * 1000);
    const look = setInterval(() => {
      if ((residentBytes(child.pid ?? 0) ?? 0) <= mostBytes) return;
      end(
        new AppError(
          'out-of-memory',
          tell('metricTookTooMuchMemory', { name, megabytes: Math.round(mostBytes / 1e6) }),
        ),
      );
    }, lookEveryMs);
    signal.addEventListener('abort', cancel, { once: true });
    const settle = (error: Error | null): void => {
      clearTimeout(limit);
      clearInterval(look);
      signal.removeEventListener('abort', cancel);
      child.stdout.destroy();
      child.stderr.destroy();
      if (error === null) resolve();
      else reject(error);
    };
    child.on('error', (error) => {
      settle(
        ended ?? new AppError('options-invalid', tell('metricNotStarted', { name, command, reason: error.message })),
      );
    });
    // Its last words may come after its end; a process of its own that holds on to them must not keep us waiting.
    child.on('exit', (code, exitSignal) => {
      setTimeout(() => settle(ended ?? describeEnd(name, code, exitSignal, output)), 50);
    });
  });
}

function describeEnd(name: string, code: number | null, signal: string | null, output: string): AppError | null {
  if (code === 0) return null;
  const how = signal === null ? tell('endedByCode', { code: code ?? 'unknown' }) : tell('endedBySignal', { signal });
  const lines = output.split('\n').map((line) => line.trim());
  const last = lines.findLast((line) => line !== '') ?? 'nothing';
  return new AppError('engine-crashed', tell('metricEndedBadly', { name, how, words: last.slice(0, 300) }), {
    details: { output },
  });
}
