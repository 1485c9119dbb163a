import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { Lab } from './connect-lab.ts';
import { fetchFiles } from './fetch-files.ts';
import type { JobState } from './lab-messages.ts';
import { openPartCache } from './part-cache.ts';

/** A result is a document, and a model no larger than what was sent. */
const resultLimitBytes = 200e9;

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
  const folder = mkdtempSync(join(tmpdir(), 'vernier-lab-'));
  try {
    const cache = openPartCache(join(folder, 'parts'), resultLimitBytes);
    await fetchFiles(lab, cache, state.result, join(folder, 'result'), signal);
    return await use(join(folder, 'result', 'result.vernier'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
