import type Database from 'better-sqlite3';
import { rmSync } from 'node:fs';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { publishFile } from '../engine/files/atomic-file.ts';
import { toStoreError } from './database.ts';
import { openDatabase } from './open-database.ts';

/** What is copied, where it is written, and what it is called once it is whole. */
export interface DatabaseCopy {
  readonly databasePath: string;
  readonly temporaryPath: string;
  readonly path: string;
}

/**
 * Copies a database that stays in use, checks the copy and gives it its name. Reads and writes all of it: seconds for a
 * large history, which is why it is done in a thread of its own (copy-elsewhere.ts).
 */
export async function copyDatabase({ databasePath, temporaryPath, path }: DatabaseCopy): Promise<void> {
  const source = openDatabase(databasePath, { fileMustExist: true, timeout: 5000 });
  try {
    await source.backup(temporaryPath);
  } finally {
    source.close();
  }
  publishCopy(temporaryPath, path, databasePath);
}

/** Makes a copy an ordinary file of its own, without a write-ahead log, and reads all of it once. */
export function checkCopy(path: string, originalPath: string): void {
  const copy = openDatabase(path);
  try {
    copy.pragma('journal_mode = delete');
    const found = copy.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') {
      throw new AppError('database-corrupt', tell('backupOfDamaged', { path: originalPath, problem: String(found) }));
    }
    // What was being written while the copy was made is no affair of the copy.
    clearPendingFiles(copy);
  } finally {
    copy.close();
  }
}

/** Part of putting a copy in the place of a history, or making one: versions before the third have no such table. */
export function clearPendingFiles(database: Database.Database): void {
  if (hasTable(database, 'pending_files')) database.exec('delete from pending_files');
}

function hasTable(database: Database.Database, name: string): boolean {
  return database.prepare(`select 1 from sqlite_schema where type = 'table' and name = ?`).get(name) !== undefined;
}

/** A copy that was not finished, with what SQLite keeps beside it. */
export function removeCopy(path: string): void {
  for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(path + suffix, { force: true });
}

/** Checks a copy of `originalPath` and gives it its name. */
export function publishCopy(temporaryPath: string, path: string, originalPath: string): void {
  checkCopy(temporaryPath, originalPath);
  publishFile(temporaryPath, path);
}

/** Says of a failed copy what could not be written: the copy, not the history. */
export function copyFailure(error: unknown, path: string): unknown {
  if (error instanceof AppError) return error;
  const code = (error as { code?: unknown }).code;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError('disk-full', tell('backupDiskFull', { path }), {
      cause: error,
    });
  }
  if (typeof code === 'string' && (/^E[A-Z]+$/.test(code) || /^SQLITE_(CANTOPEN|IOERR|READONLY)/.test(code))) {
    return new AppError('write-failed', tell('backupNotWritten', { path, reason: (error as Error).message }), {
      cause: error,
    });
  }
  return toStoreError(error, path);
}
