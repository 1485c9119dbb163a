import type Database from 'better-sqlite3';
import { AppError } from '../../shared/app-error.ts';
import { findNewestBackup } from './restore-backup.ts';

/** What the check at every start may take. Tens of megabytes are read whole in it. */
const checkBudgetMs = 100;

/**
 * Reads as many tables as can be read in a tenth of a second, the smallest first: damage is found when the history is
 * opened rather than by the run that cannot be recorded. Of larger histories the daily backup reads everything, and so
 * does `vernier doctor`.
 * @throws AppError `database-corrupt`.
 */
export function assertUndamaged(database: Database.Database, path: string): void {
  const started = performance.now();
  // Root pages are handed out in the order in which tables are made, so the schema's order is as good as any but for
  // the three that hold a row per layer, iteration and document.
  const tables = database
    .prepare<[], string>(
      `select name from sqlite_schema where type = 'table' and sql not like 'create virtual%'
       order by name in ('samples', 'run_documents', 'layers', 'run_trigrams_data'), rowid`,
    )
    .pluck()
    .all();
  for (const table of tables) {
    if (performance.now() - started > checkBudgetMs) return;
    const found = database.pragma(`quick_check('${table}')`, { simple: true });
    if (found !== 'ok') {
      throw new AppError('database-corrupt', `The history database "${path}" is damaged (${table}: ${String(found)}).`);
    }
  }
}

/** The same error, with what can be done about it: a backup, where there is one that can be restored. */
export function offerBackup(error: AppError, path: string): AppError {
  const backup = findNewestBackup(path);
  if (backup === null) return error;
  const when = new Date(backup.createdTimestampMs).toISOString().slice(0, 16).replace('T', ' ');
  const [what] = error.message.split(' Move it away');
  return new AppError(
    'database-corrupt',
    `${what} There is a backup of ${when} UTC with ${backup.runCount} ${backup.runCount === 1 ? 'run' : 'runs'}: ` +
      `\`vernier restore latest\` brings it back and keeps the damaged file (for another history than the usual one, ` +
      `add --database "${path}").`,
    {
      cause: error,
      details: {
        backup: { databasePath: path, path: backup.path, createdTimestampMs: backup.createdTimestampMs },
      },
    },
  );
}

export interface DamagedHistory {
  readonly databasePath: string;
  /** Of the backup. */
  readonly path: string;
  readonly createdTimestampMs: number;
}

/** The backup that `offerBackup` wrote into an error; null when it found none. */
export function findDamaged(error: AppError): DamagedHistory | null {
  return (error.details['backup'] as DamagedHistory | undefined) ?? null;
}
