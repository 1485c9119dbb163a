import type Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { withStoreErrors, type Store } from './database.ts';
import { migrations } from './migrations/all.ts';
import { openDatabase } from './open-database.ts';
import { reconcileRuns } from './runs.ts';

/** "VRNR": marks the file as Vernier's, so that a wrong --database FILE never gets our tables. */
const applicationId = 0x56_52_4e_52;

/** How long a writer waits for another before it gives up. Every write here takes milliseconds. */
const busyTimeoutMs = 5000;

/** The history's place when nobody names one: VERNIER_DATABASE, else the platform's folder for user data. */
export function defaultDatabasePath(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['VERNIER_DATABASE'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  const home = environment['HOME'] ?? homedir();
  const fileName = 'vernier.db';
  if (platform === 'win32') {
    return join(environment['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Vernier', fileName);
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Vernier', fileName);
  const dataHome = environment['XDG_DATA_HOME'];
  // The XDG specification says to ignore relative paths.
  const base = dataHome?.startsWith('/') === true ? dataHome : join(home, '.local', 'share');
  return join(base, 'vernier', fileName);
}

function readUserVersion(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

function assertOurs(database: Database.Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) === applicationId) return;
  const objectCount = database.prepare('select count(*) from sqlite_schema').pluck().get() as number;
  if (objectCount === 0) return;
  throw new AppError(
    'database-corrupt',
    `"${path}" is an SQLite database of another program, not a Vernier history. Name another file with --database FILE.`,
  );
}

function migrate(database: Database.Database): void {
  while (readUserVersion(database) < migrations.length) {
    database
      .transaction(() => {
        // Read again inside the transaction: another process may have migrated while this one waited for the lock.
        const version = readUserVersion(database);
        const migration = migrations[version];
        if (migration === undefined) return;
        database.exec(migration.sql);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${version + 1}`);
      })
      .immediate();
  }
}

function openReadOnly(path: string, version: number): Store {
  const database = openDatabase(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  return {
    path,
    database,
    readOnlyReason: new AppError(
      'database-newer',
      `The history database "${path}" was written by a newer Vernier (schema ${version}, this one knows ` +
        `${migrations.length}). It can be read but not added to: update Vernier, or name another file with --database FILE.`,
    ),
  };
}

/** What could not be written now is settled by the next opening; reading the history must not depend on it. */
function settleDeadRuns(store: Store): void {
  try {
    reconcileRuns(store);
  } catch (error) {
    const canWait = error instanceof AppError && (error.code === 'disk-full' || error.code === 'database-busy');
    if (!canWait) throw error;
  }
}

/**
 * Opens the history, creating or migrating it as needed, and settles the runs whose process has died.
 * @param path absolute path; missing folders are created.
 * @throws AppError `database-corrupt`, `database-unwritable`, `database-busy` or `disk-full`.
 */
export function openStore(path: string): Store {
  return withStoreErrors(path, () => {
    mkdirSync(dirname(path), { recursive: true });
    const database = openDatabase(path, { timeout: busyTimeoutMs });
    try {
      assertOurs(database, path);
      const version = readUserVersion(database);
      if (version > migrations.length) {
        database.close();
        return openReadOnly(path, version);
      }
      // WAL: readers (the window, a second terminal) never wait for a running compression's writes, and an
      // interrupted write is rolled back by the next reader.
      database.pragma('journal_mode = wal');
      // FULL, not NORMAL: with WAL, NORMAL may lose the last commits to a power cut. A run takes minutes and commits a
      // handful of times, so the extra fsync costs nothing anyone could measure.
      database.pragma('synchronous = full');
      database.pragma('foreign_keys = on');
      migrate(database);
      const store: Store = { path, database, readOnlyReason: null };
      settleDeadRuns(store);
      return store;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/** Closes the history; SQLite folds the write-ahead log into the file when the last connection closes. */
export function closeStore(store: Store): void {
  store.database.close();
}
