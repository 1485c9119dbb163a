import type Database from 'better-sqlite3';
import { existsSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { hashFileIfThere } from './artifacts.ts';
import { readStore, writeStore, type Store } from './database.ts';
import { outputPathsSql } from './output-paths.ts';
import { modelsFolder } from './places.ts';
import { isOwnFile } from './own-files.ts';
import { beginFileWork, deletePendingFiles, insertPendingFile, type FileWork } from './pending-files.ts';
import { isRunAlive } from './run-lock.ts';
import { removeUnusedTags } from './run-marks.ts';
import { indexRun, removeFromIndex } from './search.ts';

/** Hides runs from every list. Their rows, documents and files stay, so that `restoreRuns` can bring them back. */
export function hideRuns(store: Store, runIds: readonly string[], timestampMs: number): number {
  return setDeleted(store, runIds, timestampMs);
}

export function restoreRuns(store: Store, runIds: readonly string[]): number {
  return setDeleted(store, runIds, null);
}

function setDeleted(store: Store, runIds: readonly string[], timestampMs: number | null): number {
  return writeStore(store, (database) => {
    const runKeys = database
      .prepare<[number | null, string, number], number>(
        `update runs set deletedTimestampMs = ?
         where runId in (select value from json_each(?)) and (deletedTimestampMs is null) = ? returning runKey`,
      )
      .pluck()
      .all(timestampMs, JSON.stringify(runIds), timestampMs === null ? 0 : 1);
    for (const runKey of runKeys) indexRun(database, runKey);
    return runKeys.length;
  });
}

export interface PurgedFile {
  readonly path: string;
  readonly sizeBytes: number;
  /** `used`: another run needs it; `changed`: it is no longer what Vernier wrote; `failed`: it could not be removed. */
  readonly outcome: 'removed' | 'used' | 'changed' | 'foreign' | 'gone' | 'failed';
}

export interface PurgedRuns {
  readonly runCount: number;
  readonly files: readonly PurgedFile[];
}

interface OwnedFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

export interface PurgeOptions {
  /** Only of those that are deleted now: somebody may have brought others back. */
  readonly onlyDeleted?: boolean;
}

/**
 * Removes runs for good, and the compressed models they wrote: those that no other run has written or started from, and
 * that are byte for byte what Vernier wrote. Exported reports belong to whoever asked for them and stay.
 * @throws AppError `options-invalid` when one of them is still running.
 */
export function purgeRuns(store: Store, runIds: readonly string[], options: PurgeOptions = {}): PurgedRuns {
  const work = beginFileWork(store);
  try {
    const { runCount, files } = writeStore(store, (database) => deleteRows(database, work, runIds, options));
    // Looked at before the first of them goes: a data file is known by the model beside it.
    const own = new Set(files.map(({ path }) => path).filter((path) => isOwnFile(store, path) || !existsSync(path)));
    const purged = files.map((file): PurgedFile => {
      const { path, sha256, sizeBytes } = file;
      const outcome = own.has(path) ? removeUnchanged(store, path, sha256, work.ownerId) : 'foreign';
      return { path, sizeBytes, outcome };
    });
    // What could not be removed stays in the list, for `vernier gc` to name.
    const settled = purged.filter(({ outcome }) => outcome !== 'failed').map(({ path }) => path);
    writeStore(store, (database) => deletePendingFiles(database, work, settled));
    return { runCount, files: purged };
  } finally {
    work.release();
  }
}

/** The rows go, and in the same transaction the files that have to go are named. */
function deleteRows(
  database: Database.Database,
  work: FileWork,
  runIds: readonly string[],
  { onlyDeleted = false }: PurgeOptions,
): { readonly runCount: number; readonly files: readonly OwnedFile[] } {
  const runs = database
    .prepare<[string], { runKey: number; runId: string; status: string }>(
      `select runKey, runId, status from runs where runId in (select value from json_each(?))
         ${onlyDeleted ? 'and deletedTimestampMs is not null' : ''}`,
    )
    .all(JSON.stringify(runIds));
  const running = runs.find(({ status }) => status === 'running' || status === 'queued');
  if (running !== undefined) {
    throw new AppError('options-invalid', tell('runGoingNotDeleted', { run: running.runId }));
  }
  const runKeys = JSON.stringify(runs.map(({ runKey }) => runKey));
  const files = database
    .prepare<{ runKeys: string }, OwnedFile>(
      `select path, sha256, sizeBytes from artifacts
       where kind <> 'export' and runKey in (select value from json_each(@runKeys))
       group by path, sha256 order by path`,
    )
    .all({ runKeys });
  for (const { path, sha256 } of files) insertPendingFile(database, work, { path, purpose: 'delete', sha256 });
  const deleteRun = database.prepare('delete from runs where runKey = ?');
  for (const { runKey } of runs) {
    removeFromIndex(database, runKey);
    deleteRun.run(runKey);
  }
  removeUnusedNouns(database);
  return { runCount: runs.length, files };
}

/** Models, data sets, recipes, tags and comparisons that no run is left of. */
function removeUnusedNouns(database: Database.Database): void {
  database.exec(`
    delete from models where not exists (select 1 from runs where originalModelKey = modelKey)
      and not exists (select 1 from runs where compressedModelKey = modelKey);
    delete from datasets where not exists (select 1 from runs where runs.datasetKey = datasets.datasetKey);
    delete from recipes where not exists (select 1 from runs where runs.recipeKey = recipes.recipeKey);
    delete from comparisons where (select count(*) from comparison_runs
      where comparison_runs.comparisonKey = comparisons.comparisonKey) < 2;
  `);
  removeUnusedTags(database);
}

/**
 * Removes a file while it is what `sha256` says and nothing needs it, and the folder that Vernier made for it alone. Both
 * are looked at and it is removed in one transaction: whoever records a file looks in one, too, whether it is there.
 * @param ownerId of whoever removes it; others that are at work on it keep it.
 */
export function removeUnchanged(
  store: Store,
  path: string,
  sha256: string,
  ownerId: string | null,
): PurgedFile['outcome'] {
  if (readStore(store, (database) => isNeeded(store, database, path, sha256, ownerId))) return 'used';
  let hashed;
  try {
    hashed = statSync(path, { throwIfNoEntry: false });
    const present = hashFileIfThere(path);
    if (hashed === undefined || present === null) return 'gone';
    if (present !== sha256) return 'changed';
  } catch {
    return 'failed';
  }
  const outcome = writeStore(store, (database): PurgedFile['outcome'] => {
    if (isNeeded(store, database, path, sha256, ownerId)) return 'used';
    try {
      const now = statSync(path, { throwIfNoEntry: false });
      if (now === undefined) return 'gone';
      if (now.ino !== hashed.ino || now.mtimeMs !== hashed.mtimeMs) return 'changed';
      rmSync(path, { force: true });
      return 'removed';
    } catch {
      return 'failed';
    }
  });
  if (outcome === 'removed') removeOwnFolder(store, dirname(path));
  return outcome;
}

/** Whether a run has written this file, started from it or is about to write it, or somebody else is at work on it. */
function isNeeded(
  store: Store,
  database: Database.Database,
  path: string,
  sha256: string,
  ownerId: string | null,
): boolean {
  const isRecorded = database
    .prepare<{ path: string; sha256: string }>(
      `select 1 where exists (select 1 from artifacts where path = @path and sha256 = @sha256)
         or exists (select 1 from runs where modelPath = @path)
         or exists (select 1 from runs join run_documents using (runKey) where status = 'running'
                    and @path in ${outputPathsSql})`,
    )
    .get({ path, sha256 });
  if (isRecorded !== undefined) return true;
  const atWork = database.prepare<[string], string>('select ownerId from pending_files where path = ?').pluck();
  const worker = atWork.get(path);
  return worker !== undefined && worker !== ownerId && isRunAlive(store.path, worker);
}

/** The folder of one run beside the history, once it is empty. */
function removeOwnFolder(store: Store, folder: string): void {
  if (dirname(folder) !== modelsFolder(store.path)) return;
  try {
    rmdirSync(folder);
  } catch {
    // Something else lies in it: then it stays.
  }
}
