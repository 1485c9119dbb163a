import { readdirSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { EngineJob } from './protocol.ts';

/**
 * What an engine may take when nobody says otherwise: a stranger's model of a few hundred bytes may ask for all the memory there
 * is, or never end. Looking at something is done beside other work and answers at once, or never; a run has the machine.
 */
const lookMemoryShare = 0.5;
const runMemoryShare = 0.8;

const lookSeconds = 30;
/** A large model takes its time: it is read, folded, written, read again and run. */
const lookBytesPerSecond = 10_000_000;

export interface EngineLimits {
  /** What the engine process may hold, all of it, in 10^6 bytes. */
  readonly memoryMb: number;
  /** Null for no limit: a run is waited for, and can be cancelled. */
  readonly seconds: number | null;
}

function machineMemoryBytes(): number {
  // Of a container; 0 or astronomical where there is no limit.
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}

/** The model's file and those beside it whose names begin like its: external data is called so. */
function modelBytes(modelPath: string): number {
  const stem = basename(modelPath, extname(modelPath));
  try {
    return readdirSync(dirname(modelPath))
      .filter((name) => name.startsWith(stem))
      .map((name) => statSync(join(dirname(modelPath), name), { throwIfNoEntry: false }))
      .reduce((sum, found) => sum + (found?.isFile() === true ? found.size : 0), 0);
  } catch {
    // What cannot be read is the engine's to explain.
    return 0;
  }
}

/** Models that are only looked at; null for a job that has the machine. */
function lookedAt(job: EngineJob): readonly string[] | null {
  switch (job.kind) {
    case 'inspect':
    case 'preview':
      return [job.modelPath];
    case 'plan':
      return [job.request.modelPath];
    case 'diff':
      return job.modelPaths;
    case 'network':
      return job.models.map(({ path }) => path);
    default:
      return null;
  }
}

/** The limits of a job, by what it does and on which machine. */
export function defaultLimits(job: EngineJob): EngineLimits {
  const modelPaths = lookedAt(job);
  const share = modelPaths === null ? runMemoryShare : lookMemoryShare;
  return {
    memoryMb: Math.round((share * machineMemoryBytes()) / 1e6),
    seconds:
      modelPaths === null
        ? null
        : Math.round(modelPaths.reduce((sum, path) => sum + modelBytes(path) / lookBytesPerSecond, lookSeconds)),
  };
}
