import Database from 'better-sqlite3';
import { existsSync, mkdirSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { privateFolderMode } from '../engine/files/atomic-file.ts';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { openDatabase } from './open-database.ts';

/**
 * Tells whether the process that owns a run is still there. Each running run holds an exclusive SQLite lock on an empty
 * file of its own beside the history; so does whoever imports or makes a backup (pending-files.ts). The operating system
 * drops the lock when the process ends, however it ends, so the answer is right after kill -9 and power loss, for reused
 * process ids, and across containers that share a folder; a process id with a start time is none of these on every platform.
 */
export interface RunLock {
  release(): void;
}

/** SQLite closes a connection that nobody refers to when memory is tidied up, and its lock would be gone with it. */
const held = new Set<RunLock>();

function lockFolder(databasePath: string): string {
  return `${databasePath}-running`;
}

function lockPath(databasePath: string, runId: string): string {
  return join(lockFolder(databasePath), `${runId}.lock`);
}

function removeFolderIfEmpty(databasePath: string): void {
  try {
    rmdirSync(lockFolder(databasePath));
  } catch {
    // Other runs still have their locks in there, or it is gone already.
  }
}

/** Takes the lock, or returns null when another process keeps it for longer than `timeoutMs`. */
function tryLock(path: string, options: { readonly mustExist: boolean; readonly timeoutMs: number }): RunLock | null {
  const database = openDatabase(path, { timeout: options.timeoutMs, fileMustExist: options.mustExist });
  try {
    const { ino } = statSync(path);
    database.pragma('journal_mode = memory');
    database.exec('begin exclusive');
    // A sweep may have removed the file between opening and locking it: a lock that nobody else can see is none.
    if (statSync(path).ino === ino) return { release: () => database.close() };
  } catch (error) {
    const isHeld = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
    if (!isHeld && (error as NodeJS.ErrnoException).code !== 'ENOENT') {
      database.close();
      throw error;
    }
  }
  database.close();
  return null;
}

function removeLockFile(path: string, lock: RunLock): void {
  if (process.platform === 'win32') {
    // Windows does not remove open files.
    lock.release();
    rmSync(path, { force: true });
    return;
  }
  // Removed while it is still held, so that nobody can take it in between.
  rmSync(path, { force: true });
  lock.release();
}

/** Held from before the run's row exists until after its final row is written. */
export function acquireRunLock(databasePath: string, runId: string): RunLock {
  const path = lockPath(databasePath, runId);
  for (let attempt = 1; ; attempt += 1) {
    try {
      mkdirSync(lockFolder(databasePath), { recursive: true, mode: privateFolderMode });
      const lock = tryLock(path, { mustExist: false, timeoutMs: 500 });
      if (lock !== null) {
        held.add(lock);
        return {
          release: () => {
            held.delete(lock);
            removeLockFile(path, lock);
            removeFolderIfEmpty(databasePath);
          },
        };
      }
    } catch (error) {
      // Another process that just released the last lock may have removed the folder in between.
      if (attempt >= 10) throw error;
    }
    if (attempt >= 10) throw new AppError('database-busy', tell('historyLocked', { path }));
  }
}

/** True when some living process holds the run. */
export function isRunAlive(databasePath: string, runId: string): boolean {
  const path = lockPath(databasePath, runId);
  if (!existsSync(path)) return false;
  try {
    const lock = tryLock(path, { mustExist: true, timeoutMs: 0 });
    lock?.release();
    return lock === null && existsSync(path);
  } catch {
    // It went away or cannot be opened: nobody can be holding it.
    return false;
  }
}

/** True when a living process runs something, imports or makes a backup. */
export function isAnyoneAtWork(databasePath: string): boolean {
  const folder = lockFolder(databasePath);
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some(
    (name) => name.endsWith('.lock') && isRunAlive(databasePath, basename(name, '.lock')),
  );
}

/** Removes the lock files of processes that are gone. */
export function removeDeadLocks(databasePath: string): void {
  const folder = lockFolder(databasePath);
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    try {
      const lock = tryLock(path, { mustExist: true, timeoutMs: 0 });
      if (lock !== null) removeLockFile(path, lock);
    } catch {
      // Another process is removing it at the same time.
    }
  }
  removeFolderIfEmpty(databasePath);
}
