import { existsSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AppError, saidOf } from '../../shared/app-error.ts';
import { tell, type Told } from '../../shared/engine-texts/tell.ts';
import { makeFolder, privateFolderMode, publishFile, syncFolder, temporaryName } from '../engine/files/atomic-file.ts';
import { backUpBefore, listBackups, nameBackup } from './backups.ts';
import { checkCopy, clearPendingFiles, copyFailure, removeCopy } from './copy-database.ts';
import { findForeignSchema } from './check-schema.ts';
import { toStoreError, withStoreErrors } from './database.ts';
import { migrations } from './migrations/all.ts';
import { openDatabase } from './open-database.ts';
import { backupsFolder } from './places.ts';
import { makeOwnFile, makeOwnFolder } from './private-files.ts';
import { isAnyoneAtWork } from './run-lock.ts';
import { applicationId, readUserVersion } from './schema.ts';

/** Copied at a time; other work of the process goes on in between. */
const pagesPerStep = 100;

export interface BackupContents {
  readonly path: string;
  readonly schemaVersion: number;
  readonly runCount: number;
}

/**
 * Reads a backup from its first page to its last.
 * @throws AppError `file-not-found`, `database-corrupt` or `database-newer`.
 */
export function examineBackup(path: string): BackupContents {
  if (!existsSync(path)) throw new AppError('file-not-found', tell('backupMissing', { path }));
  const damaged = (what: Told, cause?: unknown) =>
    new AppError('database-corrupt', tell('backupUnusable', { path, what }), {
      cause,
    });
  let database;
  try {
    database = openDatabase(path, { readonly: true, fileMustExist: true });
  } catch (error) {
    throw damaged(saidOf(error), error);
  }
  try {
    if (database.pragma('application_id', { simple: true }) !== applicationId) throw damaged(tell('backupNoHistory'));
    const schemaVersion = readUserVersion(database);
    if (schemaVersion > migrations.length) {
      throw new AppError(
        'database-newer',
        tell('backupNewer', { path, version: schemaVersion, known: migrations.length }),
      );
    }
    const foreign = findForeignSchema(database, schemaVersion);
    if (foreign !== null) throw damaged(foreign);
    const found = database.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw damaged(tell('backupDamaged', { problem: String(found) }));
    const there = schemaVersion < 3 ? '' : ' where deletedTimestampMs is null';
    const runCount = database.prepare<[], number>(`select count(*) from runs${there}`).pluck().get() ?? 0;
    return { path, schemaVersion, runCount };
  } catch (error) {
    throw error instanceof AppError ? error : damaged(saidOf(error), error);
  } finally {
    database.close();
  }
}

/** Whether the history can be read from its first page to its last. */
function isHealthy(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    const database = openDatabase(path, { timeout: 5000 });
    try {
      return (
        database.pragma('application_id', { simple: true }) === applicationId &&
        database.pragma('quick_check(1)', { simple: true }) === 'ok'
      );
    } finally {
      database.close();
    }
  } catch (error) {
    const readable = toStoreError(error, path);
    if (readable instanceof AppError && readable.code === 'database-busy') throw readable;
    return false;
  }
}

function assertNobodyAtWork(databasePath: string): void {
  if (!isAnyoneAtWork(databasePath)) return;
  throw new AppError('database-busy', tell('historyInUse', { path: databasePath }));
}

export interface RestoredBackup extends BackupContents {
  /** Where the history of before is kept; null when there was none. */
  readonly previousPath: string | null;
}

/**
 * Puts a backup in the place of the history; what was there is kept among the automatic backups. A healthy history is
 * replaced through SQLite, in one transaction, so that other processes see either; a damaged one is moved aside.
 * @throws AppError `database-busy` when a run, an import or a backup is going on; those of `examineBackup`.
 */
export async function restoreBackup(databasePath: string, backupPath: string): Promise<RestoredBackup> {
  const contents = examineBackup(backupPath);
  assertNobodyAtWork(databasePath);
  const previousPath = isHealthy(databasePath)
    ? await replaceHealthy(databasePath, backupPath)
    : await replaceDamaged(databasePath, backupPath);
  return { ...contents, previousPath };
}

async function replaceHealthy(databasePath: string, backupPath: string): Promise<string> {
  for (;;) {
    const previousPath = await replaceUnlessChanged(databasePath, backupPath);
    if (previousPath !== null) return previousPath;
    // It may have been a run that began.
    assertNobodyAtWork(databasePath);
  }
}

/** Stops a copy that must not be finished. */
class ChangedMeanwhile extends Error {}

/** @returns where the history of before is kept; null when somebody wrote to it after it was kept: nothing was replaced. */
async function replaceUnlessChanged(databasePath: string, backupPath: string): Promise<string | null> {
  const live = openDatabase(databasePath, { timeout: 5000 });
  const source = openDatabase(backupPath, { readonly: true, fileMustExist: true });
  const readVersion = () => live.pragma('data_version', { simple: true });
  try {
    const keptVersion = readVersion();
    const previousPath = backUpBefore(live, databasePath, 'before-restore');
    let isChecked = false;
    await source.backup(databasePath, {
      progress: () => {
        // Before the first page, when the history is already locked: nobody can write to it any more.
        if (!isChecked && readVersion() !== keptVersion) throw new ChangedMeanwhile();
        isChecked = true;
        return pagesPerStep;
      },
    });
    // Files that were at work elsewhere are no affair of this history.
    clearPendingFiles(live);
    return previousPath;
  } catch (error) {
    if (error instanceof ChangedMeanwhile) return null;
    throw toStoreError(error, databasePath);
  } finally {
    source.close();
    live.close();
  }
}

async function replaceDamaged(databasePath: string, backupPath: string): Promise<string | null> {
  const temporaryPath = temporaryName(databasePath);
  const source = openDatabase(backupPath, { readonly: true, fileMustExist: true });
  try {
    makeFolder(dirname(databasePath), privateFolderMode);
    makeOwnFile(temporaryPath);
    await source.backup(temporaryPath);
    // Before the damaged history goes: a copy that is no better must not leave its place empty.
    checkCopy(temporaryPath, backupPath);
    const movedTo = withStoreErrors(databasePath, () => moveAside(databasePath));
    publishFile(temporaryPath, databasePath);
    return movedTo;
  } catch (error) {
    removeCopy(temporaryPath);
    throw copyFailure(error, databasePath);
  } finally {
    source.close();
  }
}

/**
 * Makes room for an empty history: the damaged one is kept among the automatic backups.
 * @returns where; null when there is none.
 * @throws AppError `database-busy` as `restoreBackup`, or `database-unwritable`.
 */
export function setDamagedAside(databasePath: string): string | null {
  assertNobodyAtWork(databasePath);
  return withStoreErrors(databasePath, () => moveAside(databasePath));
}

/** The log goes first: left beside another database, it would be taken for that one's. */
function moveAside(databasePath: string): string | null {
  if (!existsSync(databasePath)) return null;
  const folder = backupsFolder(databasePath);
  makeOwnFolder(folder);
  const target = join(folder, nameBackup(Date.now(), 'damaged'));
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(databasePath + suffix)) renameSync(databasePath + suffix, target + suffix);
  }
  // Kept for certain before anything takes its place.
  syncFolder(folder);
  return target;
}

/** The newest automatic backup that can be restored; null when there is none. */
export function findNewestBackup(
  databasePath: string,
): (BackupContents & { readonly createdTimestampMs: number }) | null {
  for (const backup of listBackups(databasePath)) {
    if (backup.occasion === 'damaged') continue;
    try {
      return { ...examineBackup(backup.path), createdTimestampMs: backup.createdTimestampMs };
    } catch (error) {
      // The one before may be better.
      if (!(error instanceof AppError)) throw error;
    }
  }
  return null;
}
