import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { makeFolder, privateFolderMode } from '../engine/files/atomic-file.ts';
import { assertOwnSchema } from './check-schema.ts';
import { adviseOnDamage, assertUndamaged } from './damage.ts';
import { identifyFile, withStoreErrors, type Store } from './database.ts';
import { migrations } from './migrations/all.ts';
import { openDatabase, openInMemory } from './open-database.ts';
import { defaultDatabasePath } from './places.ts';
import { makeOwnFile, makeOwnFolder } from './private-files.ts';
import { reconcileRuns } from './reconcile-runs.ts';
import { assertOurs, isOfAnotherProgram, migrate, readUserVersion } from './schema.ts';

/** How long a writer waits for another before it gives up. Every write here takes milliseconds. */
const busyTimeoutMs = 5000;

function openReadOnly(path: string, readOnlyReason: AppError): Store {
  const database = openDatabase(path, { readonly: true, fileMustExist: true, timeout: busyTimeoutMs });
  try {
    // A write-ahead log needs its folder even to be read; one that was closed in order can do without.
    database.prepare('select count(*) from sqlite_schema').get();
    assertOwnSchema(database, path, readUserVersion(database));
    return { path, database, readOnlyReason, file: null };
  } catch (error) {
    database.close();
    const isFolderReadOnly = (error as { code?: unknown }).code === 'SQLITE_CANTOPEN' && !existsSync(`${path}-wal`);
    if (!isFolderReadOnly) throw error;
    return { path, database: openInMemory(path), readOnlyReason, file: null };
  }
}

function openNewer(path: string, version: number): Store {
  return openReadOnly(
    path,
    new AppError('database-newer', tell('historyNewer', { path, version, known: migrations.length })),
  );
}

/** Whether it failed for want of permission, and not in the middle of writing. */
function isReadOnly({ code, cause }: AppError): boolean {
  const reason = String((cause as { code?: unknown } | undefined)?.code);
  return code === 'database-unwritable' && /^(SQLITE_(READONLY|CANTOPEN|PERM)|EACCES|EPERM|EROFS)/.test(reason);
}

/** A history on a medium or in a folder that cannot be written is still worth reading. */
function openUnwritable(path: string, error: AppError): Store {
  const store = openReadOnly(
    path,
    new AppError('database-unwritable', tell('historyReadOnly', { path }), { cause: error }),
  );
  const version = readUserVersion(store.database);
  if (version >= migrations.length) return store;
  store.database.close();
  throw new AppError('database-unwritable', tell('historyOldAndReadOnly', { path, version }), { cause: error });
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

function openWritable(path: string): Store {
  const folder = dirname(path);
  if (folder === dirname(defaultDatabasePath())) makeOwnFolder(folder);
  else makeFolder(folder, privateFolderMode);
  makeOwnFile(path);
  const database = openDatabase(path, { timeout: busyTimeoutMs });
  try {
    assertOurs(database, path);
    // Seen at one moment: another process may be creating or migrating it.
    const look = database.transaction(() => {
      const found = readUserVersion(database);
      if (found > migrations.length) return found;
      assertOwnSchema(database, path, found);
      assertUndamaged(database, path);
      return found;
    });
    const version = look.deferred();
    if (version > migrations.length) {
      database.close();
      return openNewer(path, version);
    }
    // WAL: readers (the window, a second terminal) never wait for a running compression's writes, and an
    // interrupted write is rolled back by the next reader.
    database.pragma('journal_mode = wal');
    // FULL, not NORMAL: with WAL, NORMAL may lose the last commits to a power cut. A run takes minutes and commits a
    // handful of times, so the extra fsync costs nothing anyone could measure.
    database.pragma('synchronous = full');
    migrate(database, path);
    database.pragma('foreign_keys = on');
    const store: Store = { path, database, readOnlyReason: null, file: identifyFile(path) };
    settleDeadRuns(store);
    return store;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Opens the history, creating or migrating it as needed, and settles the runs whose process has died. One that cannot be
 * written, or that a newer Vernier wrote, is opened for reading (`readOnlyReason`).
 * @param path absolute path; missing folders are created.
 * @throws AppError `database-corrupt` (`findDamaged` tells what can be done about it), `database-unwritable`,
 *   `database-busy` or `disk-full`.
 */
export function openStore(path: string): Store {
  try {
    return withStoreErrors(path, () => openWritable(path));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === 'database-corrupt') throw isOfAnotherProgram(error) ? error : adviseOnDamage(error, path);
    if (!isReadOnly(error) || !existsSync(path)) throw error;
    try {
      return openUnwritable(path, error);
    } catch (second) {
      throw second instanceof AppError ? second : error;
    }
  }
}

/** Closes the history; SQLite folds the write-ahead log into the file when the last connection closes. */
export function closeStore(store: Store): void {
  store.database.close();
}
