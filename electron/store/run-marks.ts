import type Database from 'better-sqlite3';

/** What people add to a run. */
export interface RunMarks {
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly starred: boolean;
}

/** Part of the transaction that records a new run. */
export function insertMarks(database: Database.Database, runId: string, marks: Partial<RunMarks>): void {
  database
    .prepare(`insert into run_marks (runId, name, notes, tagsJson, starred, searchText) values (?, ?, ?, ?, ?, '')`)
    .run(runId, marks.name ?? '', marks.notes ?? '', JSON.stringify(marks.tags ?? []), marks.starred === true ? 1 : 0);
  indexRun(database, runId);
}

/** Part of every transaction that changes what a run can be found by. */
export function indexRun(database: Database.Database, runId: string): void {
  const words = database
    .prepare<[string], Record<string, string | null>>(
      `select runId, name, notes, (select group_concat(value, char(10)) from json_each(tagsJson)) as tags, modelPath,
         dataPath, recipeName, errorMessage, json_extract(documentJson, '$.verdict[0]') as verdict,
         json_extract(documentJson, '$.verdict[1]') as verdictDetail
       from runs join run_marks using (runId) where runId = ?`,
    )
    .get(runId);
  if (words === undefined) return;
  const text = Object.values(words)
    .filter((word) => word !== null && word !== '')
    .join('\n')
    .toLowerCase();
  database.prepare('update run_marks set searchText = ? where runId = ?').run(text, runId);
}
