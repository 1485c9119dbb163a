import type Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { assertWritable, readStore, writeStore, type Store } from './database.ts';
import { acquireRunLock, isRunAlive, type RunLock } from './run-lock.ts';

/**
 * Files that are being written or removed outside the database. Each is named in it before it is touched and struck off
 * when that is done, in the transaction that makes the result part of the history: what a killed process leaves behind is
 * then in the list, and nobody holds its owner's lock.
 */
export interface PendingFile {
  readonly path: string;
  /** `backup` stands for every copy that is written for elsewhere: of the history, of runs, of reports. */
  readonly purpose: 'import' | 'backup' | 'delete';
  readonly sha256: string | null;
}

/** Someone at work on pending files; the lock tells the others that this is so. */
export interface FileWork {
  readonly ownerId: string;
  release(): void;
}

export function beginFileWork(store: Store): FileWork {
  assertWritable(store);
  const ownerId = `files-${randomUUID()}`;
  const lock: RunLock = acquireRunLock(store.path, ownerId);
  return { ownerId, release: () => lock.release() };
}

/** Part of a transaction. A path that an earlier, dead process left in the list is taken over. */
export function insertPendingFile(database: Database.Database, work: FileWork, file: PendingFile): void {
  database
    .prepare(
      `insert or replace into pending_files (path, ownerId, purpose, sha256, createdTimestampMs) values (?, ?, ?, ?, ?)`,
    )
    .run(file.path, work.ownerId, file.purpose, file.sha256, Date.now());
}

/** Part of a transaction, or one of its own through `settleFiles`. */
export function deletePendingFiles(database: Database.Database, work: FileWork, paths: readonly string[]): void {
  database
    .prepare('delete from pending_files where ownerId = ? and path in (select value from json_each(?))')
    .run(work.ownerId, JSON.stringify(paths));
}

export function announceFile(store: Store, work: FileWork, file: PendingFile): void {
  writeStore(store, (database) => insertPendingFile(database, work, file));
}

export function settleFiles(store: Store, work: FileWork, paths: readonly string[]): void {
  writeStore(store, (database) => deletePendingFiles(database, work, paths));
}

/** What processes that are gone have left in the list. */
export function listAbandonedFiles(store: Store): PendingFile[] {
  const rows = readStore(store, (database) =>
    database
      .prepare<[], PendingFile & { readonly ownerId: string }>(
        'select path, ownerId, purpose, sha256 from pending_files order by path',
      )
      .all(),
  );
  return rows
    .filter(({ ownerId }) => !isRunAlive(store.path, ownerId))
    .map(({ path, purpose, sha256 }) => ({ path, purpose, sha256 }));
}

export function forgetAbandonedFile(store: Store, path: string): void {
  writeStore(store, (database) => database.prepare('delete from pending_files where path = ?').run(path));
}

/**
 * Announces files while `write` writes them under temporary names (engine/files/atomic-file.ts): killed, it leaves nothing
 * that `vernier gc` does not know of. A history that cannot be written announces nothing.
 */
export async function withAnnouncedFiles<Result>(
  store: Store,
  paths: readonly string[],
  write: () => Result | Promise<Result>,
): Promise<Result> {
  if (store.readOnlyReason !== null) return write();
  const work = beginFileWork(store);
  try {
    writeStore(store, (database) => {
      for (const path of paths) insertPendingFile(database, work, { path, purpose: 'backup', sha256: null });
    });
    return await write();
  } finally {
    settleFiles(store, work, paths);
    work.release();
  }
}
