import type Database from 'better-sqlite3';
import { AppError, type Failure, showTold } from '../../shared/app-error.ts';
import { tell, type Told } from '../../shared/engine-texts/tell.ts';
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
      throw new AppError('database-corrupt', tell('historyTableDamaged', { path, table, problem: String(found) }));
    }
  }
}

export interface DamagedHistory {
  readonly databasePath: string;
  /** What was found. */
  readonly problem: Failure;
  /** The newest backup that can be restored; null when there is none. */
  readonly backup: { readonly path: string; readonly createdTimestampMs: number; readonly runCount: number } | null;
}

/** The error of a damaged history with what can be done about it: a backup, where there is one that can be restored. */
export function adviseOnDamage(error: AppError, databasePath: string): AppError {
  const backup = findNewestBackup(databasePath);
  const problem = (error.details['problem'] as Told | undefined) ?? error.said;
  const [when] = backup === null ? [] : [new Date(backup.createdTimestampMs).toISOString().slice(0, 16)];
  const said =
    backup === null || when === undefined
      ? tell('damagedWithoutBackup', { problem, path: databasePath })
      : tell('damagedWithBackup', {
          problem,
          when: when.replace('T', ' '),
          count: backup.runCount,
          path: databasePath,
        });
  const damaged: DamagedHistory = { databasePath, problem: showTold(problem), backup };
  return new AppError('database-corrupt', said, { cause: error, details: { damaged } });
}

/** What `adviseOnDamage` wrote into an error; null for any other error. */
export function findDamaged(error: unknown): DamagedHistory | null {
  if (!(error instanceof AppError)) return null;
  return (error.details['damaged'] as DamagedHistory | undefined) ?? null;
}
