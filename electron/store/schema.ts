import type Database from 'better-sqlite3';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { backUpBefore } from './backups.ts';
import { migrations } from './migrations/all.ts';
import { hasCurrentIndex, rebuildIndex } from './search.ts';

/** "VRNR": marks the file as Vernier's, so that a wrong --database FILE never gets our tables. */
export const applicationId = 0x56_52_4e_52;

export function readUserVersion(database: Database.Database): number {
  return database.pragma('user_version', { simple: true }) as number;
}

export function assertOurs(database: Database.Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) === applicationId) return;
  const objectCount = database.prepare('select count(*) from sqlite_schema').pluck().get() as number;
  if (objectCount === 0) return;
  throw new AppError('database-corrupt', tell('historyOfOtherProgram', { path }), {
    details: { isOfAnotherProgram: true },
  });
}

/** True for the error of `assertOurs`: nothing of ours is damaged, and nothing may be put in the place of that file. */
export function isOfAnotherProgram(error: AppError): boolean {
  return error.details['isOfAnotherProgram'] === true;
}

/** Brings a history to the newest form, one version after the other, after a copy of it was made. */
export function migrate(database: Database.Database, path: string): void {
  const version = readUserVersion(database);
  if (version < migrations.length) {
    if (version > 0) backUpBefore(database, path, 'before-migration');
    // Tables are rebuilt under the same name: no row may go because the old one of its parent does. The references are
    // checked before the transaction ends.
    database.pragma('foreign_keys = off');
    while (readUserVersion(database) < migrations.length) migrateOnce(database);
    database.pragma('foreign_keys = on');
  }
  if (hasCurrentIndex(database)) return;
  database.transaction(() => rebuildIndex(database)).immediate();
}

function migrateOnce(database: Database.Database): void {
  database
    .transaction(() => {
      // Read again inside the transaction: another process may have migrated while this one waited for the lock.
      const version = readUserVersion(database);
      const migration = migrations[version];
      if (migration === undefined) return;
      database.exec(migration.sql);
      migration.fill?.(database);
      const [orphan] = database.pragma('foreign_key_check') as { table: string; parent: string }[];
      if (orphan !== undefined) {
        throw new AppError(
          'database-corrupt',
          tell('historyRowOrphaned', { table: orphan.table, path: database.name, parent: orphan.parent }),
        );
      }
      database.pragma(`application_id = ${applicationId}`);
      database.pragma(`user_version = ${version + 1}`);
    })
    .immediate();
}
