import type Database from 'better-sqlite3';
import { existsSync, readdirSync, statSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, temporaryName } from '../engine/files/atomic-file.ts';
import { copyFailure, publishCopy, removeCopy } from './copy-database.ts';
import { copyElsewhere } from './copy-elsewhere.ts';
import { withStoreErrors, type Store } from './database.ts';
import { backupsFolder } from './places.ts';
import { announceFile, beginFileWork, settleFiles } from './pending-files.ts';
import { makeOwnFile, makeOwnFolder } from './private-files.ts';
import { acquireRunLock, isRunAlive } from './run-lock.ts';

/**
 * Copies of the history. A copy is taken through SQLite while others go on writing, checked from its first page to its
 * last, and only then given its name: a damaged history never replaces a good backup.
 */

/** Held by whoever makes an automatic backup. */
export const automaticBackupLockId = 'automatic-backup';

/** A day between automatic backups; this many are kept, and of those made before a migration or a restore as many again. */
const betweenBackupsMs = 24 * 60 * 60 * 1000;
const keptBackups = 5;

/**
 * Why a backup was made: by the clock, or because something was about to happen that has no way back. `damaged` is no
 * backup but the history that one took the place of.
 */
export type BackupOccasion = 'daily' | 'before-migration' | 'before-restore' | 'damaged';

export interface AutomaticBackup {
  readonly path: string;
  readonly occasion: BackupOccasion;
  readonly createdTimestampMs: number;
  readonly sizeBytes: number;
}

const namePattern =
  /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z-(daily|before-migration|before-restore|damaged)\.db$/;

export function nameBackup(timestampMs: number, occasion: BackupOccasion): string {
  return `${new Date(timestampMs).toISOString().replaceAll(':', '-').replace('.', '-')}-${occasion}.db`;
}

/** Newest first, by the time in their names: what copies and synchronizes files changes those of the file system. */
export function listBackups(databasePath: string): AutomaticBackup[] {
  const folder = backupsFolder(databasePath);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name): AutomaticBackup[] => {
      const match = namePattern.exec(name);
      if (match === null) return [];
      const [, date, hours, minutes, seconds, milliseconds, occasion] = match;
      const path = join(folder, name);
      return [
        {
          path,
          occasion: occasion as BackupOccasion,
          createdTimestampMs: Date.parse(`${date}T${hours}:${minutes}:${seconds}.${milliseconds}Z`),
          sizeBytes: statSync(path, { throwIfNoEntry: false })?.size ?? 0,
        },
      ];
    })
    .toSorted((a, b) => b.createdTimestampMs - a.createdTimestampMs);
}

/**
 * Copies the history to a file while it stays in use; an existing file is replaced once the copy is whole.
 * @throws AppError `disk-full`, `write-failed`, `database-corrupt`.
 */
export async function backUpTo(store: Store, path: string): Promise<{ readonly sizeBytes: number }> {
  const temporaryPath = temporaryName(path);
  // A history that cannot be written can still be copied.
  const work = store.readOnlyReason === null ? beginFileWork(store) : null;
  try {
    if (work !== null) announceFile(store, work, { path: temporaryPath, purpose: 'backup', sha256: null });
    makeFolder(dirname(path));
    makeOwnFile(temporaryPath);
    if (work === null) {
      // Perhaps in a folder where no second connection can be opened.
      await store.database.backup(temporaryPath);
      publishCopy(temporaryPath, path, store.path);
    } else await copyElsewhere({ databasePath: store.path, temporaryPath, path });
    if (work !== null) settleFiles(store, work, [temporaryPath]);
  } catch (error) {
    removeCopy(temporaryPath);
    throw copyFailure(error, path);
  } finally {
    work?.release();
  }
  return { sizeBytes: statSync(path).size };
}

/** Removes the oldest automatic backups: of the daily ones, and of the others, the newest stay. */
function removeOldBackups(databasePath: string): void {
  const all = listBackups(databasePath);
  const isDaily = (backup: AutomaticBackup) => backup.occasion === 'daily';
  for (const kind of [all.filter(isDaily), all.filter((backup) => !isDaily(backup))]) {
    for (const { path } of kind.slice(keptBackups)) removeCopy(path);
  }
}

/** @returns false when the disk has no room for a second copy of the history. */
function hasRoomFor(databasePath: string): boolean {
  const { bavail, bsize } = statfsSync(dirname(databasePath));
  return bavail * bsize > 2 * statSync(databasePath).size;
}

/** True when there is no automatic backup of the last day. One from the future was made before the clock was set back. */
function isDue(databasePath: string, timestampMs: number): boolean {
  const newest = listBackups(databasePath).find(({ occasion }) => occasion === 'daily');
  return newest === undefined || Math.abs(timestampMs - newest.createdTimestampMs) >= betweenBackupsMs;
}

/**
 * Makes the day's automatic backup if there is none yet. Called when something worth keeping was recorded.
 * @returns its path; null when none was due, another process is at it, or there is no room.
 * @throws AppError as `backUpTo`.
 */
export async function backUpDaily(store: Store): Promise<string | null> {
  const now = Date.now();
  if (store.readOnlyReason !== null || !isDue(store.path, now) || isRunAlive(store.path, automaticBackupLockId))
    return null;
  if (!hasRoomFor(store.path)) return null;
  const lock = acquireRunLock(store.path, automaticBackupLockId);
  const path = join(backupsFolder(store.path), nameBackup(now, 'daily'));
  const temporaryPath = temporaryName(path);
  try {
    // Another process may have made it between the first look and the lock.
    if (!isDue(store.path, now)) return null;
    makeOwnFolder(dirname(path));
    makeOwnFile(temporaryPath);
    await copyElsewhere({ databasePath: store.path, temporaryPath, path });
    removeOldBackups(store.path);
    return path;
  } catch (error) {
    removeCopy(temporaryPath);
    throw copyFailure(error, path);
  } finally {
    lock.release();
  }
}

/**
 * Makes a copy before something that has no way back, and at once.
 * @throws AppError as `backUpTo`.
 */
export function backUpBefore(database: Database.Database, databasePath: string, occasion: BackupOccasion): string {
  const path = join(backupsFolder(databasePath), nameBackup(Date.now(), occasion));
  const temporaryPath = temporaryName(path);
  const lock = acquireRunLock(databasePath, automaticBackupLockId);
  try {
    makeOwnFolder(dirname(path));
    makeOwnFile(temporaryPath);
    withStoreErrors(databasePath, () => database.prepare('vacuum into ?').run(temporaryPath));
    publishCopy(temporaryPath, path, databasePath);
    removeOldBackups(databasePath);
    return path;
  } catch (error) {
    removeCopy(temporaryPath);
    throw copyFailure(error, path);
  } finally {
    lock.release();
  }
}
