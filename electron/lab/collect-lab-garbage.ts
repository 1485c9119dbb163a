import { z } from 'zod';
import type { Lab } from './connect-lab.ts';
import { isEnded, listJobStates } from './job-states.ts';
import { readFileSet } from './fetch-files.ts';
import { decode, type JobState } from './lab-messages.ts';
import { artifactBucket } from './lab-names.ts';
import { readLatest } from './read-bucket.ts';

export interface LabGarbage {
  readonly jobs: number;
  readonly objects: number;
  readonly sizeBytes: number;
}

/** Objects that came lately may belong to a job that is just being submitted. */
const youngMs = 3_600_000;

/** What the object store says of each. */
const objectSchema = z.object({
  name: z.string(),
  size: z.number().nonnegative(),
  deleted: z.boolean().default(false),
});

async function listObjects(lab: Lab): Promise<{ name: string; size: number; created: Date }[]> {
  const entries = await readLatest(lab, `OBJ_${artifactBucket}`, `$O.${artifactBucket}.M.`);
  return entries.flatMap(({ value, created }) => {
    const found = decode(objectSchema, value);
    return found === null || found.deleted ? [] : [{ ...found, created }];
  });
}

/**
 * Removes jobs that ended before `beforeTimestampMs` were submitted, and every artifact that no job left needs.
 * @param isDry counts only.
 */
export async function collectLabGarbage(lab: Lab, beforeTimestampMs: number, isDry: boolean): Promise<LabGarbage> {
  const states = await listJobStates(lab);
  const isOld = (state: JobState): boolean => isEnded(state) && state.submittedTimestampMs < beforeTimestampMs;
  const old = states.filter(isOld);
  const kept = states.filter((state) => !isOld(state));
  const needed = new Set<string>();
  for (const { inputs, result } of kept) {
    for (const sha256 of [...inputs, ...(result === null ? [] : [result.sha256])]) {
      if (needed.has(sha256)) continue;
      needed.add(sha256);
      for (const part of (await readFileSet(lab, sha256))?.parts ?? []) needed.add(part.sha256);
    }
  }
  const objects = (await listObjects(lab)).filter(
    ({ name, created }) => !needed.has(name) && Date.now() - created.getTime() > youngMs,
  );
  if (!isDry) {
    for (const { jobId } of old) await lab.jobs.purge(jobId);
    for (const { name } of objects) await lab.artifacts.delete(name);
  }
  return { jobs: old.length, objects: objects.length, sizeBytes: objects.reduce((sum, { size }) => sum + size, 0) };
}
