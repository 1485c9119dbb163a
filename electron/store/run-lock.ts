import Database from 'better-sqlite3';
import { mkdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from './open-database.ts';

/**
 * Tells whether the process that owns a run is still there. Each running run holds an exclusive SQLite lock on an empty
 * file of its own beside the history. The operating system drops the lock when the process ends, however it ends, so
 * the answer is right after kill -9 and power loss, for reused process ids, and across containers that share a folder;
 * a process id with a start time is none of these on every platform.
 */
export interface RunLock {
  release(): void;
}

function lockFolder(databasePath: string): string {
  return `${databasePath}-running`;
}

function lockPath(databasePath: string, runId: string): string {
  return join(lockFolder(databasePath), `${runId}.lock`);
}

function removeLock(databasePath: string, runId: string): void {
  rmSync(lockPath(databasePath, runId), { force: true });
  try {
    rmdirSync(lockFolder(databasePath));
  } catch {
    // Other runs still have their locks in there.
  }
}

function tryLock(path: string): Database.Database | null {
  const database = openDatabase(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = memory');
    database.exec('begin exclusive');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return null;
    throw error;
  }
}

/** Held from before the run's row exists until after its final row is written. */
export function acquireRunLock(databasePath: string, runId: string): RunLock {
  let database: Database.Database | null = null;
  for (let attempt = 1; database === null; attempt += 1) {
    mkdirSync(lockFolder(databasePath), { recursive: true });
    try {
      database = tryLock(lockPath(databasePath, runId));
    } catch (error) {
      // Another process that just released the last lock may have removed the folder in between.
      if (attempt === 5) throw error;
    }
  }
  return {
    release: () => {
      database.close();
      removeLock(databasePath, runId);
    },
  };
}

/** True when some living process holds the run. Removes the lock file of a dead one. */
export function isRunAlive(databasePath: string, runId: string): boolean {
  const path = lockPath(databasePath, runId);
  let database: Database.Database | null;
  try {
    database = tryLock(path);
  } catch {
    // The folder is gone (better-sqlite3 then refuses) or the file cannot be opened: nobody can be holding it.
    return false;
  }
  if (database === null) return true;
  database.close();
  removeLock(databasePath, runId);
  return false;
}
