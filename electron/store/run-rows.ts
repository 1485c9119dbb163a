import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { RequestParameters, RunRow, RunSortColumn } from '../../shared/contract.ts';
import { readStore, writeStore, type Store } from './database.ts';
import { indexRun, type RunMarks } from './run-marks.ts';
import { escapeLike, summaryColumns, toSummary, type SummaryRow } from './runs.ts';

/** Sort keys as SQL; names that people did not give fall back to what they see instead, the model's file name. */
const sortExpressions: Readonly<Record<RunSortColumn, string>> = {
  startedTimestampMs: 'startedTimestampMs',
  name: `case name when '' then modelPath else name end collate nocase`,
  status: 'status',
  modelPath: 'modelPath collate nocase',
  recipeName: 'recipeName collate nocase',
  durationMs: 'durationMs',
  sizeBytesAfter: 'sizeBytesAfter',
  speedupRatio: 'speedupRatio',
  latencyMedianMsAfter: 'latencyMedianMsAfter',
  accuracyAfter: 'accuracyAfter',
  top1AgreementShare: 'top1AgreementShare',
};

const rowColumns = `${summaryColumns}, name, notes, tagsJson, starred`;

type StoredRow = SummaryRow & {
  readonly name: string;
  readonly notes: string;
  readonly tagsJson: string;
  readonly starred: number;
};

function toRow({ name, notes, tagsJson, starred, ...summary }: StoredRow): RunRow {
  return { ...toSummary(summary), name, notes, tags: JSON.parse(tagsJson) as string[], starred: starred === 1 };
}

/** A page of the history, and how many runs fit the filter in all. */
export function listRunRows(
  store: Store,
  filter: RequestParameters<'runs.list'>,
): { readonly total: number; readonly rows: readonly RunRow[] } {
  const conditions = ['deletedTimestampMs is null'];
  const parameters: Record<string, string | number> = {};
  for (const [index, word] of filter.text.toLowerCase().split(/\s+/).entries()) {
    if (word === '') continue;
    conditions.push(`searchText like @word${index} escape '\\'`);
    parameters[`word${index}`] = `%${escapeLike(word)}%`;
  }
  if (filter.status !== null) {
    conditions.push('status = @status');
    parameters['status'] = filter.status;
  }
  if (filter.starred !== null) {
    conditions.push('starred = @starred');
    parameters['starred'] = filter.starred ? 1 : 0;
  }
  if (filter.tag !== null) {
    conditions.push('exists (select 1 from json_each(tagsJson) where value = @tag)');
    parameters['tag'] = filter.tag;
  }
  const from = `from runs join run_marks using (runId) where ${conditions.join(' and ')}`;
  const sort = filter.sort ?? { column: 'startedTimestampMs', descending: true };
  const order = `${sortExpressions[sort.column]} ${sort.descending ? 'desc' : 'asc'} nulls last`;
  return readStore(store, (database) => ({
    total: database.prepare<[typeof parameters], number>(`select count(*) ${from}`).pluck().get(parameters) ?? 0,
    rows: database
      .prepare<[typeof parameters], StoredRow>(
        `select ${rowColumns} ${from} order by ${order}, startedTimestampMs desc, runs.rowid desc
         limit @limit offset @offset`,
      )
      .all({ ...parameters, limit: filter.limit, offset: filter.offset })
      .map(toRow),
  }));
}

/** @throws AppError `run-not-found`. */
export function getRunRow(store: Store, runId: string): { readonly row: RunRow; readonly request: CompressRequest } {
  const stored = readStore(store, (database) =>
    database
      .prepare<[string], StoredRow & { readonly requestJson: string }>(
        `select ${rowColumns}, requestJson from runs join run_marks using (runId)
         where runId = ? and deletedTimestampMs is null`,
      )
      .get(runId),
  );
  if (stored === undefined) {
    throw new AppError('run-not-found', `There is no run ${runId} in "${store.path}": it may have been deleted.`);
  }
  const { requestJson, ...row } = stored;
  return { row: toRow(row), request: JSON.parse(requestJson) as CompressRequest };
}

/** @throws AppError `run-not-found`. */
export function updateMarks(store: Store, runId: string, changes: Partial<RunMarks>): RunRow {
  const { row } = getRunRow(store, runId);
  const marks = { ...row, ...changes };
  writeStore(store, (database) => {
    database
      .prepare('update run_marks set name = ?, notes = ?, tagsJson = ?, starred = ? where runId = ?')
      .run(marks.name, marks.notes, JSON.stringify(marks.tags), marks.starred ? 1 : 0, runId);
    indexRun(database, runId);
  });
  return getRunRow(store, runId).row;
}

/** Hides runs from every list. Their rows, documents and files stay, so that `restoreRuns` can bring them back. */
export function hideRuns(store: Store, runIds: readonly string[], timestampMs: number): number {
  return setDeleted(store, runIds, timestampMs);
}

export function restoreRuns(store: Store, runIds: readonly string[]): number {
  return setDeleted(store, runIds, null);
}

function setDeleted(store: Store, runIds: readonly string[], timestampMs: number | null): number {
  return writeStore(
    store,
    (database) =>
      database
        .prepare(
          `update run_marks set deletedTimestampMs = ?
           where runId in (select value from json_each(?)) and (deletedTimestampMs is null) = ?`,
        )
        .run(timestampMs, JSON.stringify(runIds), timestampMs === null ? 0 : 1).changes,
  );
}

/** Every tag in use, in alphabetical order. */
export function listTags(store: Store): string[] {
  return readStore(store, (database) =>
    database
      .prepare<[], string>(
        `select distinct value from run_marks, json_each(tagsJson) where deletedTimestampMs is null
         order by value collate nocase`,
      )
      .pluck()
      .all(),
  );
}
