import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { Lab } from './connect-lab.ts';
import { assertRoom } from '../engine/files/disk-room.ts';
import { fetchFiles, readFileSet } from './fetch-files.ts';
import type { JobState } from './lab-messages.ts';
import { openPartCache } from './part-cache.ts';

/** A result is a document, and a model no larger than what was sent for it. */
const documentLimitBytes = 256 << 20;

/** @returns Infinity where it cannot be told any more what was sent. */
async function mostBytesOf(lab: Lab, { inputs }: JobState): Promise<number> {
  const sent = await Promise.all(inputs.map((sha256) => readFileSet(lab, sha256)));
  return sent.reduce(
    (sum, set) => sum + (set === null ? Infinity : set.parts.reduce((bytes, part) => bytes + part.sizeBytes, 0)),
    documentLimitBytes,
  );
}

/**
 * Fetches the bundle of a job that is done and hands it to `use`; it is gone afterwards.
 * @throws AppError `lab-job` where it has none; those of `fetchFiles` and `use`.
 */
export async function withResult<Value>(
  lab: Lab,
  state: JobState,
  signal: AbortSignal,
  use: (bundlePath: string) => Promise<Value>,
): Promise<Value> {
  if (state.result === null) {
    throw new AppError('lab-job', tell('labJobWithoutResult', { job: state.jobId.slice(0, 8), phase: state.phase }));
  }
  if (state.result.sizeBytes > (await mostBytesOf(lab, state))) {
    throw new AppError('lab-job', tell('labResultOfOther', { job: state.jobId.slice(0, 8) }));
  }
  const folder = mkdtempSync(join(tmpdir(), 'vernier-lab-'));
  try {
    // As parts and as a file.
    assertRoom(folder, 2 * state.result.sizeBytes);
    const cache = openPartCache(join(folder, 'parts'), state.result.sizeBytes);
    await fetchFiles(lab, cache, state.result, join(folder, 'result'), signal);
    return await use(join(folder, 'result', 'result.vernier'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
