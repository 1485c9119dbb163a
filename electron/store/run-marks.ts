import type Database from 'better-sqlite3';
import { AppError } from '../../shared/app-error.ts';
import type { RunRow } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { prepareOnce, readStore, writeStore, type Store } from './database.ts';
import { getRunRow } from './run-rows.ts';
import { indexRun } from './search.ts';

/** What people add to a run. */
export interface RunMarks {
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly starred: boolean;
}

/** Part of a transaction; whoever calls it indexes the run afterwards. */
export function writeNotes(database: Database.Database, runKey: number, text: string, timestampMs: number): void {
  if (text === '') {
    prepareOnce(database, 'delete from notes where runKey = ?').run(runKey);
    return;
  }
  prepareOnce(
    database,
    `insert into notes (runKey, text, changedTimestampMs) values (?, ?, ?)
       on conflict (runKey) do update set text = excluded.text, changedTimestampMs = excluded.changedTimestampMs
       where text <> excluded.text`,
  ).run(runKey, text, timestampMs);
}

/** Part of a transaction; whoever calls it indexes the run afterwards. Tags nobody uses any more go with it. */
export function writeTags(database: Database.Database, runKey: number, tags: readonly string[]): void {
  prepareOnce(database, 'delete from run_tags where runKey = ?').run(runKey);
  const addTag = prepareOnce(database, 'insert into tags (name) values (?) on conflict do nothing');
  const addToRun = prepareOnce(
    database,
    'insert into run_tags (runKey, tagKey) select ?, tagKey from tags where name = ? on conflict do nothing',
  );
  for (const tag of tags) {
    if (tag === '') continue;
    addTag.run(tag);
    addToRun.run(runKey, tag);
  }
  removeUnusedTags(database);
}

export function removeUnusedTags(database: Database.Database): void {
  database.exec('delete from tags where not exists (select 1 from run_tags where run_tags.tagKey = tags.tagKey)');
}

/**
 * @param decide the changes, or what makes them of the marks there are: inside the transaction, so that nothing another
 *   window or command line does at the same time is lost.
 * @throws AppError `run-not-found`.
 */
export function updateMarks(
  store: Store,
  runId: string,
  decide: Partial<RunMarks> | ((marks: RunMarks) => Partial<RunMarks>),
): RunRow {
  writeStore(store, (database) => {
    const changes = typeof decide === 'function' ? decide(getRunRow(store, runId).row) : decide;
    const runKey = prepareOnce<[string], number>(
      database,
      'select runKey from runs where runId = ? and deletedTimestampMs is null',
    )
      .pluck()
      .get(runId);
    if (runKey === undefined) {
      throw new AppError('run-not-found', tell('runMissingOrDeleted', { run: runId, path: store.path }));
    }
    if (changes.name !== undefined)
      prepareOnce(database, 'update runs set name = ? where runKey = ?').run(changes.name, runKey);
    if (changes.starred !== undefined) {
      prepareOnce(database, 'update runs set starred = ? where runKey = ?').run(changes.starred ? 1 : 0, runKey);
    }
    if (changes.notes !== undefined) writeNotes(database, runKey, changes.notes, Date.now());
    if (changes.tags !== undefined) writeTags(database, runKey, changes.tags);
    indexRun(database, runKey);
  });
  return getRunRow(store, runId).row;
}

/** Every tag in use, in alphabetical order. */
export function listTags(store: Store): string[] {
  return readStore(store, (database) =>
    prepareOnce<[], string>(
      database,
      `select name from tags
         where exists (select 1 from run_tags join runs using (runKey)
                       where run_tags.tagKey = tags.tagKey and deletedTimestampMs is null)
         order by name collate nocase`,
    )
      .pluck()
      .all(),
  );
}
