import { readStore, type Store } from './database.ts';
import { findRun } from './find-run.ts';
import type { RunDocument } from '../../shared/run.ts';

/** Reading a document takes milliseconds; nobody has that many machines. */
const mostRuns = 200;

interface SameRun {
  readonly runId: string;
  readonly device: string | null;
}

/** Runs that finished with the same original and the same compressed model, newest first, and the device of the lab that each came from. */
function listSameRuns(store: Store, runId: string): SameRun[] {
  return readStore(store, (database) =>
    database
      .prepare<[string, number], SameRun>(
        `select other.runId as runId,
           (select tags.name from run_tags join tags using (tagKey)
            where run_tags.runKey = other.runKey and tags.name like 'device:%' limit 1) as device
         from runs as one join runs as other
           on other.originalModelKey = one.originalModelKey and other.compressedModelKey = one.compressedModelKey
         where one.runId = ? and other.status = 'done' and other.deletedTimestampMs is null
         order by other.startedTimestampMs desc limit ?`,
      )
      .all(runId, mostRuns),
  );
}

/**
 * Runs of one pair of models on several machines of a lab, the one named first.
 * @returns none where no lab had a part in it, or there is only one run.
 */
export function runsOnDevices(
  store: Store,
  runId: string,
): { readonly document: RunDocument; readonly tags: readonly string[] }[] {
  const found = listSameRuns(store, runId);
  if (found.length < 2 || found.every(({ device }) => device === null)) return [];
  const sorted = [...found.filter((run) => run.runId === runId), ...found.filter((run) => run.runId !== runId)];
  return sorted.flatMap(({ runId: other, device }) => {
    const { document } = findRun(store, other);
    return document?.status === 'done' ? [{ document, tags: device === null ? [] : [device] }] : [];
  });
}
