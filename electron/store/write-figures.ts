import type Database from 'better-sqlite3';
import type { RunDocument } from '../../shared/run.ts';
import { prepareOnce } from './database.ts';

/** Part of a transaction: ledger and timed runs, which may be measured anew. */
export function writeFigures(
  database: Database.Database,
  runKey: number,
  { ledger, latency }: Pick<RunDocument, 'ledger' | 'latency'>,
): void {
  const insertLedgerRow = prepareOnce(
    database,
    `insert into ledger (runKey, position, claim, valueBefore, valuePrepared, valueAfter, ratio, ratioLow, ratioHigh, unit)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [position, row] of ledger.entries()) {
    const [low, high] = row.ratioCi95 ?? [null, null];
    const { claim, before, prepared, after, ratio, unit } = row;
    insertLedgerRow.run(runKey, position, claim, before, prepared, after, ratio, low, high, unit);
  }

  const insertSample = prepareOnce(
    database,
    'insert into samples (runKey, variant, position, latencyMs) values (?, ?, ?, ?)',
  );
  for (const variant of ['before', 'after'] as const) {
    for (const [position, latencyMs] of latency[variant].samplesMs.entries()) {
      insertSample.run(runKey, variant, position, latencyMs);
    }
  }
}
