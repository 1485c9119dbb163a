import type Database from 'better-sqlite3';
import { statSync } from 'node:fs';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';

/** An open history. Repository files (`runs.ts`, `artifacts.ts`) take it as their first argument. */
export interface Store {
  readonly path: string;
  readonly database: Database.Database;
  /** Why this history can be read but not written; null in the ordinary case. */
  readonly readOnlyReason: AppError | null;
  /** Which file it is, whatever its name; null for one that is not written. */
  readonly file: FileIdentity | null;
}

interface FileIdentity {
  readonly dev: number;
  readonly ino: number;
}

export function identifyFile(path: string): FileIdentity | null {
  const status = statSync(path, { throwIfNoEntry: false });
  return status === undefined ? null : { dev: status.dev, ino: status.ino };
}

function isErrorWithCode(error: unknown): error is Error & { code: string } {
  return error instanceof Error && typeof (error as { code?: unknown }).code === 'string';
}

/** Turns what SQLite (or the file system under it) reports into an error that says what to do next. */
export function toStoreError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !isErrorWithCode(error)) return error;
  const { code, message } = error;
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    const problem = tell('historyDamagedOrForeign', { path, reason: message });
    // Where the history is opened, more is said about what can be done (damage.ts).
    return new AppError('database-corrupt', tell('historyDamagedListed', { problem }), {
      cause: error,
      details: { problem },
    });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new AppError('database-busy', tell('historyBusy', { path }), { cause: error });
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
    return new AppError('disk-full', tell('historyDiskFull', { path }), { cause: error });
  }
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code.startsWith('SQLITE_READONLY') ||
    code.startsWith('SQLITE_IOERR') ||
    code === 'SQLITE_PERM' ||
    code === 'SQLITE_AUTH' ||
    /^E[A-Z]+$/.test(code)
  ) {
    return new AppError('database-unwritable', tell('historyNotOpened', { path, reason: message }), { cause: error });
  }
  return error;
}

/** Runs `work`, with anything SQLite throws made readable. */
export function withStoreErrors<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toStoreError(error, path);
  }
}

/** Refuses before any work is done when the history cannot be written. */
export function assertWritable(store: Store): void {
  if (store.readOnlyReason !== null) throw store.readOnlyReason;
}

/** Reads from the history. A newer schema may lack what this version asks for: that is then the reason given. */
export function readStore<T>(store: Store, work: (database: Database.Database) => T): T {
  return withStoreErrors(store.path, () => {
    try {
      return work(store.database);
    } catch (error) {
      if (store.readOnlyReason !== null && isErrorWithCode(error) && error.code === 'SQLITE_ERROR') {
        throw store.readOnlyReason;
      }
      throw error;
    }
  });
}

/**
 * A file that was moved away, deleted or replaced can still be written by whoever has it open, and nobody would ever read
 * what was written.
 */
function assertInPlace({ path, file }: Store): void {
  const now = identifyFile(path);
  if (file === null || (now?.dev === file.dev && now.ino === file.ino)) return;
  const said = now === null ? tell('historyMoved', { path }) : tell('historyReplaced', { path });
  throw new AppError('database-unwritable', said);
}

/** Writes to the history in one transaction, taken for writing at once so that two writers wait instead of failing. */
export function writeStore<T>(store: Store, work: (database: Database.Database) => T): T {
  assertWritable(store);
  return withStoreErrors(store.path, () => {
    assertInPlace(store);
    return store.database.transaction(() => work(store.database)).immediate();
  });
}

const prepared = new WeakMap<Database.Database, Map<string, Database.Statement>>();

/**
 * A statement that is prepared once per database. For whatever runs once per imported, finished or indexed run: prepared
 * statements are freed with the garbage, which does not see how much memory they hold. One place, one text: `pluck()` stays
 * set on the statement.
 */
export function prepareOnce<Parameters extends unknown[] | object = unknown[], Row = unknown>(
  database: Database.Database,
  sql: string,
): Parameters extends unknown[] ? Database.Statement<Parameters, Row> : Database.Statement<[Parameters], Row> {
  let statements = prepared.get(database);
  if (statements === undefined) prepared.set(database, (statements = new Map<string, Database.Statement>()));
  let statement = statements.get(sql);
  if (statement === undefined) statements.set(sql, (statement = database.prepare(sql)));
  return statement as ReturnType<typeof prepareOnce<Parameters, Row>>;
}
