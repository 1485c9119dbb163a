import { sql as runs } from './0001-runs.ts';
import { sql as runMarks } from './0002-run-marks.ts';
import { sql as nouns } from './0003-nouns.ts';
import { sql as madeHere } from './0004-made-here.ts';
import { sql as preparedModels } from './0005-prepared-models.ts';
import { fill as fillDecisions, sql as decisions } from './0006-decisions.ts';
import { sql as labJobs } from './0007-lab-jobs.ts';
import type Database from 'better-sqlite3';

/**
 * Every migration, in order. Forward only: a published one is never edited, a mistake is corrected by the next. The
 * database's `user_version` is the number of migrations it has seen.
 */
export const migrations: readonly {
  readonly name: string;
  readonly sql: string;
  /** What SQL cannot work out of the rows that are there. */
  readonly fill?: (database: Database.Database) => void;
}[] = [
  { name: '0001-runs', sql: runs },
  { name: '0002-run-marks', sql: runMarks },
  { name: '0003-nouns', sql: nouns },
  { name: '0004-made-here', sql: madeHere },
  { name: '0005-prepared-models', sql: preparedModels },
  { name: '0006-decisions', sql: decisions, fill: fillDecisions },
  { name: '0007-lab-jobs', sql: labJobs },
];
