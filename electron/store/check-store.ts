import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { adviseOnDamage } from './damage.ts';
import { readStore, writeStore } from './database.ts';
import { openDatabase } from './open-database.ts';
import { closeStore, openStore } from './open.ts';

export interface StoreHealth {
  readonly path: string;
  readonly sqliteVersion: string;
  readonly runCount: number | null;
  /** Null when the history can be read and written. */
  readonly problem: string | null;
}

function readSqliteVersion(): string {
  const database = openDatabase(':memory:');
  const version = database.prepare<[], string>('select sqlite_version()').pluck().get();
  database.close();
  return version ?? 'unknown';
}

/** Opens the history, reads all of it once and takes the write lock: everything a run will need of it. */
export function checkStore(path: string): StoreHealth {
  const sqliteVersion = readSqliteVersion();
  try {
    const store = openStore(path);
    try {
      const check = readStore(store, (database) => database.pragma('quick_check(1)', { simple: true }));
      if (check !== 'ok') {
        throw adviseOnDamage(
          new AppError('database-corrupt', tell('historyDamagedProblem', { path, problem: String(check) })),
          path,
        );
      }
      const runCount = readStore(store, (database) =>
        database.prepare<[], number>('select count(*) from runs').pluck().get(),
      );
      writeStore(store, () => undefined);
      return { path, sqliteVersion, runCount: runCount ?? 0, problem: null };
    } finally {
      closeStore(store);
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { path, sqliteVersion, runCount: null, problem: error.message };
  }
}
