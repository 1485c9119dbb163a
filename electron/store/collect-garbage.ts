import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RemovedGarbage } from '../../shared/contract/results.ts';
import { say, type Sentence } from '../../shared/engine-texts/say.ts';
import { hashFileIfThere } from './artifacts.ts';
import { automaticBackupLockId } from './backups.ts';
import { readStore, writeStore, type Store } from './database.ts';
import { purgeRuns, removeUnchanged, type PurgedFile } from './delete-runs.ts';
import { nameOfGarbage, type Garbage } from './garbage.ts';
import { isOwnFile, isTemporaryName } from './own-files.ts';
import { forgetAbandonedFile, listAbandonedFiles } from './pending-files.ts';
import { outputPathsOf } from './output-paths.ts';
import { backupsFolder, modelsFolder } from './places.ts';
import { isRunAlive } from './run-lock.ts';
import { parseStoredRequest } from './stored-request.ts';
import { isStrayModelFolder, listEngineFolders, listNames, listStrayModelFolders, sizeOf } from './stray-folders.ts';
import { listTemporaryFiles } from './temporary-files.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** File systems may keep times no finer than this. */
const fileTimeToleranceMs = 2000;

/** No engine is there longer than this after its host was killed, also on a busy machine. */
const engineOutlivesMs = 60_000;

function describeFile(path: string, sha256: string | null, reason: Sentence): Garbage {
  return { kind: 'file', path, sha256, reason, sizeBytes: sizeOf(path) };
}

/** Runs that were deleted at least so many days ago. A clock that was set back makes none older. */
function listDeletedRuns(store: Store, deletedForDays: number): Garbage[] {
  const before = Date.now() - deletedForDays * dayMs;
  return readStore(store, (database) =>
    database
      .prepare<[number], { runId: string; deletedTimestampMs: number; sizeBytes: number }>(
        `select runId, deletedTimestampMs,
           coalesce((select sum(sizeBytes) from artifacts where artifacts.runKey = runs.runKey and kind <> 'export'), 0)
             + length(requestJson) + coalesce(length(documentJson), 0) as sizeBytes
         from runs join run_documents using (runKey)
         where deletedTimestampMs is not null and deletedTimestampMs <= ? order by deletedTimestampMs`,
      )
      .all(before),
  ).map(({ runId, deletedTimestampMs, sizeBytes }) => ({
    kind: 'deleted-run',
    runId,
    reason: say('garbageDeleted', { date: new Date(deletedTimestampMs).toISOString().slice(0, 10) }),
    sizeBytes,
  }));
}

function listAbandoned(store: Store): Garbage[] {
  const reasons = {
    import: say('garbageOfImport'),
    backup: say('garbageOfExport'),
    delete: say('garbageOfDeletion'),
  } as const;
  return listAbandonedFiles(store).flatMap(({ path, purpose, sha256 }) => {
    const reason = reasons[purpose];
    // A copy of a database has files of its own beside it while it is written.
    const besides = isTemporaryName(path) ? ['-journal', '-wal', '-shm'].map((suffix) => path + suffix) : [];
    const parts = [...listTemporaryFiles(path), ...besides.filter((part) => existsSync(part))].map((part) =>
      describeFile(part, null, reason),
    );
    const present = hashFileIfThere(path);
    // A file that is no longer what was announced is somebody else's by now; so is one that another import has recorded.
    const isAsAnnounced = sha256 === null ? isTemporaryName(path) : sha256 === present && isOwnFile(store, path);
    const isOurs = present !== null && isAsAnnounced && !isArtifact(store, path, present);
    return isOurs ? [...parts, describeFile(path, sha256, reason)] : parts;
  });
}

interface EndedRow {
  readonly runId: string;
  readonly status: string;
  readonly lastStage: string | null;
  readonly lastSeenTimestampMs: number;
  readonly requestJson: string;
}

/** What runs that failed or were stopped left where their model was to be. */
function listLeftByRuns(store: Store): Garbage[] {
  const rows = readStore(store, (database) =>
    database
      .prepare<[], EndedRow>(
        `select runId, status, lastStage, lastSeenTimestampMs, requestJson from runs join run_documents using (runKey)
         where status in ('failed', 'cancelled') and importedTimestampMs is null`,
      )
      .all(),
  );
  const found = new Map<string, Garbage>();
  const inProgress = new Set(listOutPathsInProgress(store));
  const searched = new Set(inProgress);
  for (const row of rows) {
    const request = parseStoredRequest(row.requestJson);
    if (request === null) continue;
    const outputPaths = outputPathsOf(request);
    const left = say(row.status === 'failed' ? 'garbageOfFailed' : 'garbageOfCancelled', { run: row.runId });
    for (const outPath of outputPaths) {
      if (searched.has(outPath)) continue;
      searched.add(outPath);
      for (const part of listTemporaryFiles(outPath)) found.set(part, describeFile(part, null, left));
    }
    // Models are written in the last stage. Whoever died there may have written them without telling; and the engine of whoever died before
    // outlives it by a moment, in which it may get there.
    const isLast = row.lastStage === 'judge';
    if (row.status === 'cancelled' && !isLast) continue;
    const latestMs = isLast ? Infinity : row.lastSeenTimestampMs + engineOutlivesMs;
    const written = outputPaths.filter((path) => !inProgress.has(path)).flatMap((path) => [path, `${path}.data`]);
    for (const path of written) {
      const status = statSync(path, { throwIfNoEntry: false });
      if (status?.isFile() !== true || status.mtimeMs < row.lastSeenTimestampMs - fileTimeToleranceMs) continue;
      if (status.mtimeMs > latestMs) continue;
      const sha256 = hashFileIfThere(path);
      if (sha256 === null || !isOwnFile(store, path)) continue;
      if (isArtifact(store, path, sha256) || isPending(store, path)) continue;
      found.set(path, describeFile(path, sha256, say('garbageOfUnrecorded', { run: row.runId })));
    }
  }
  return [...found.values()];
}

/** Another run may be writing to the same place at this moment: what lies there is then its own. */
function listOutPathsInProgress(store: Store): string[] {
  return readStore(store, (database) =>
    database
      .prepare<[], string>(`select requestJson from runs join run_documents using (runKey) where status = 'running'`)
      .pluck()
      .all(),
  ).flatMap((requestJson) => {
    const request = parseStoredRequest(requestJson);
    return request === null ? [] : outputPathsOf(request);
  });
}

function isArtifact(store: Store, path: string, sha256: string): boolean {
  return readStore(
    store,
    (database) =>
      database.prepare('select 1 from artifacts where path = ? and sha256 = ?').get(path, sha256) !== undefined,
  );
}

function isPending(store: Store, path: string): boolean {
  return readStore(
    store,
    (database) => database.prepare('select 1 from pending_files where path = ?').get(path) !== undefined,
  );
}

function listHalfBackups(store: Store): Garbage[] {
  if (isRunAlive(store.path, automaticBackupLockId)) return [];
  const folder = backupsFolder(store.path);
  return listNames(folder)
    .filter((name) => /\.tmp(-journal|-wal|-shm)?$/.test(name))
    .map((name) => describeFile(join(folder, name), null, say('garbageOfBackup')));
}

/** Everything that could go. */
export function listGarbage(store: Store, options: { readonly deletedForDays: number }): Garbage[] {
  const all = [
    ...listDeletedRuns(store, options.deletedForDays),
    ...listAbandoned(store),
    ...listLeftByRuns(store),
    ...listStrayModelFolders(store),
    ...listEngineFolders(store),
    ...listHalfBackups(store),
  ];
  const seen = new Set<string>();
  return all.filter((item) => {
    const name = nameOfGarbage(item);
    return !seen.has(name) && seen.add(name);
  });
}

/** Removes what `listGarbage` named. */
export function removeGarbage(store: Store, garbage: readonly Garbage[]): RemovedGarbage {
  const kept: { path: string; reason: Sentence }[] = [];
  let fileCount = 0;
  let sizeBytes = 0;
  const runIds = garbage.flatMap((item) => (item.kind === 'deleted-run' ? [item.runId] : []));
  const purged = runIds.length === 0 ? { runCount: 0, files: [] } : purgeRuns(store, runIds, { onlyDeleted: true });
  for (const file of purged.files) {
    if (file.outcome === 'removed') {
      fileCount += 1;
      sizeBytes += file.sizeBytes;
    } else if (file.outcome !== 'gone') kept.push({ path: file.path, reason: keptReasons[file.outcome] });
  }
  for (const item of garbage) {
    if (item.kind === 'deleted-run') continue;
    const outcome = removeOne(store, item);
    if (outcome === 'removed') {
      fileCount += 1;
      sizeBytes += item.sizeBytes;
    } else if (outcome !== 'gone') kept.push({ path: item.path, reason: keptReasons[outcome] });
  }
  const failed = new Set(kept.filter(({ reason }) => reason === keptReasons.failed).map(({ path }) => path));
  for (const { path } of listAbandonedFiles(store)) {
    if (!failed.has(path) && listTemporaryFiles(path).length === 0) forgetAbandonedFile(store, path);
  }
  return { runCount: purged.runCount, fileCount, sizeBytes, kept };
}

const keptReasons = {
  used: say('keptUsed'),
  changed: say('keptChanged'),
  failed: say('keptFailed'),
  foreign: say('keptForeign'),
} as const;

function removeOne(store: Store, item: Exclude<Garbage, { kind: 'deleted-run' }>): PurgedFile['outcome'] {
  if (item.kind === 'file' && item.sha256 !== null) return removeUnchanged(store, item.path, item.sha256, null);
  if (statSync(item.path, { throwIfNoEntry: false }) === undefined) return 'gone';
  if (item.kind === 'folder' && dirname(item.path) === modelsFolder(store.path)) {
    // An import announces its files before it makes their folder.
    return writeStore(store, () => (isStrayModelFolder(store, item.path) ? removeForGood(item.path) : 'used'));
  }
  return removeForGood(item.path);
}

function removeForGood(path: string): 'removed' | 'failed' {
  try {
    rmSync(path, { recursive: true, force: true });
    return 'removed';
  } catch {
    return 'failed';
  }
}
