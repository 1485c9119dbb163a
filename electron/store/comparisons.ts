import { AppError } from '../../shared/app-error.ts';
import type { SavedComparison } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { readStore, writeStore, type Store } from './database.ts';

/** Keeps a comparison under a name, in place of an earlier one of that name. */
export function saveComparison(store: Store, name: string, runIds: readonly string[]): void {
  writeStore(store, (database) => {
    database.prepare('delete from comparisons where name = ?').run(name);
    const comparisonKey = database
      .prepare('insert into comparisons (name, createdTimestampMs) values (?, ?)')
      .run(name, Date.now()).lastInsertRowid;
    const insert = database.prepare(
      `insert into comparison_runs (comparisonKey, position, runKey) select ?, ?, runKey from runs where runId = ?`,
    );
    for (const [position, runId] of runIds.entries()) {
      if (insert.run(comparisonKey, position, runId).changes === 0) {
        throw new AppError('run-not-found', tell('runNotComparable', { run: runId, path: store.path }));
      }
    }
  });
}

export function listComparisons(store: Store): SavedComparison[] {
  return readStore(store, (database) =>
    database
      .prepare<[], Omit<SavedComparison, 'runIds'> & { readonly runIdsJson: string }>(
        `select name, createdTimestampMs,
           (select json_group_array(runId) from (
              select runId from comparison_runs join runs using (runKey)
              where comparison_runs.comparisonKey = comparisons.comparisonKey and deletedTimestampMs is null
              order by position)) as runIdsJson
         from comparisons order by name collate nocase`,
      )
      .all()
      .map(({ runIdsJson, ...saved }) => ({ ...saved, runIds: JSON.parse(runIdsJson) as string[] })),
  );
}

/** @returns whether there was one. */
export function forgetComparison(store: Store, name: string): boolean {
  return writeStore(
    store,
    (database) => database.prepare('delete from comparisons where name = ?').run(name).changes > 0,
  );
}
