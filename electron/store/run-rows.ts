import type Database from 'better-sqlite3';
import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { RunRow, RunSortColumn } from '../../shared/contract.ts';
import type { RunStatus } from '../../shared/run.ts';
import { readStore, type Store } from './database.ts';
import { isLong, parseSearch, type SearchTerms } from './search.ts';

export interface RunFilter {
  /** Words that all must occur, as parts of name, notes, tags, paths, recipe, verdict, error or id (search.ts). */
  readonly text?: string | undefined;
  readonly status?: RunStatus | null | undefined;
  /** Words in the model's path, or the beginning of its sha256. */
  readonly model?: string | undefined;
  readonly starred?: boolean | null | undefined;
  readonly tag?: string | null | undefined;
  readonly sinceTimestampMs?: number | undefined;
  readonly untilTimestampMs?: number | undefined;
  /** The deleted runs in place of those that are there. */
  readonly deleted?: boolean | undefined;
  /** Newest first when left out. Runs that tie are in the order of their start, the same way round. */
  readonly sort?: { readonly column: RunSortColumn; readonly descending: boolean } | null | undefined;
  readonly offset?: number | undefined;
  /** All when left out. */
  readonly limit?: number | undefined;
}

/** Sort keys as SQL, each with the index that holds it in this order. */
const sorts: Readonly<Record<RunSortColumn, { readonly key: string; readonly index: string }>> = {
  startedTimestampMs: { key: 'startedTimestampMs', index: 'runsByStart' },
  name: { key: 'shownName collate nocase', index: 'runsByShownName' },
  status: { key: 'status', index: 'runsByStatus' },
  modelPath: { key: 'modelPath collate nocase', index: 'runsByModelPath' },
  recipeName: { key: 'recipeName collate nocase', index: 'runsByRecipeName' },
  durationMs: { key: 'durationMs', index: 'runsByDuration' },
  sizeBytesAfter: { key: 'sizeBytesAfter', index: 'runsBySizeAfter' },
  speedupRatio: { key: 'speedupRatio', index: 'runsBySpeedup' },
  latencyMedianMsAfter: { key: 'latencyMedianMsAfter', index: 'runsByLatencyAfter' },
  accuracyAfter: { key: 'accuracyAfter', index: 'runsByAccuracyAfter' },
  top1AgreementShare: { key: 'top1AgreementShare', index: 'runsByAgreement' },
};

/** Up to this many found runs are sorted by themselves; more are found again along the index of the sort. */
const fewRuns = 2000;

export const rowColumns = `runId, status, startedTimestampMs, durationMs, modelPath, models.sha256 as modelSha256, dataPath,
  recipeName, threads, sizeBytesBefore, sizeBytesAfter, speedupRatio, latencyMedianMsBefore, latencyMedianMsAfter,
  accuracyMetric, accuracyBefore, accuracyAfter, top1AgreementShare, randomData, gatesMet, errorCode, errorMessage,
  runs.name, starred, coalesce(notes.text, '') as notes,
  (select json_group_array(name) from (select tags.name from run_tags join tags using (tagKey)
   where run_tags.runKey = runs.runKey order by tags.name collate nocase)) as tagsJson`;

export const rowTables = `runs left join models on models.modelKey = originalModelKey left join notes using (runKey)`;

export type StoredRow = Omit<RunRow, 'randomData' | 'gatesMet' | 'tags' | 'starred'> & {
  readonly randomData: number;
  readonly gatesMet: number | null;
  readonly starred: number;
  readonly tagsJson: string;
};

export function toRow({ tagsJson, ...row }: StoredRow): RunRow {
  return {
    ...row,
    randomData: row.randomData === 1,
    gatesMet: row.gatesMet === null ? null : row.gatesMet === 1,
    starred: row.starred === 1,
    tags: JSON.parse(tagsJson) as string[],
  };
}

interface Conditions {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** At most this many runs fit; null when only the whole list tells. */
  readonly atMost: number | null;
}

/** A set of run keys as SQL, and how many they are. */
function countHits(database: Database.Database, terms: SearchTerms): number {
  const counts = [
    terms.trigrams === null
      ? null
      : database
          .prepare<[string], number>('select count(*) from run_trigrams where run_trigrams match ?')
          .pluck()
          .get(terms.trigrams),
    terms.words === null
      ? null
      : database
          .prepare<[string], number>('select count(*) from run_words where run_words match ?')
          .pluck()
          .get(terms.words),
  ];
  return Math.min(...counts.filter((count) => typeof count === 'number'));
}

function buildConditions(database: Database.Database, filter: RunFilter): Conditions {
  const sql = [filter.deleted === true ? 'deletedTimestampMs is not null' : 'deletedTimestampMs is null'];
  const parameters: Record<string, string | number> = {};
  let atMost: number | null = filter.deleted === true ? fewRuns : null;
  const narrow = (count: number) => (atMost = Math.min(atMost ?? count, count));
  const addSearch = (text: string, column: 'model' | null, otherwise: string) => {
    const terms = parseSearch(text, column);
    const name = column ?? 'text';
    const found = [
      ...(terms?.trigrams == null
        ? []
        : [`runKey in (select rowid from run_trigrams where run_trigrams match @${name})`]),
      ...(terms?.words == null ? [] : [`runKey in (select rowid from run_words where run_words match @${name}Words)`]),
    ];
    if (terms?.trigrams != null) parameters[name] = terms.trigrams;
    if (terms?.words != null) parameters[`${name}Words`] = terms.words;
    const alternatives = [found.length === 0 ? 'false' : found.join(' and '), ...(otherwise === '' ? [] : [otherwise])];
    sql.push(alternatives.length === 1 ? alternatives[0]! : `(${alternatives.join(' or ')})`);
    if (otherwise === '') narrow(terms === null ? 0 : countHits(database, terms));
  };
  if (filter.text !== undefined && filter.text.trim() !== '') {
    // Deleted runs are in no index; they are few.
    if (filter.deleted === true) {
      for (const [index, word] of filter.text.trim().split(/\s+/).entries()) {
        sql.push(
          `concat_ws(' ', runId, shownName, modelPath, dataPath, recipeName, errorMessage) like @word${index} escape '\\'`,
        );
        parameters[`word${index}`] = `%${escapeLike(word)}%`;
      }
    } else addSearch(filter.text, null, '');
  }
  if (filter.model !== undefined && filter.model.trim() !== '') {
    const model = filter.model.trim();
    const bySha256 = /^[0-9a-f]{4,64}$/i.test(model)
      ? `originalModelKey in (select modelKey from models where sha256 >= @modelSha256 and sha256 < @modelSha256End)`
      : '';
    if (bySha256 !== '') {
      parameters['modelSha256'] = model.toLowerCase();
      parameters['modelSha256End'] = `${model.toLowerCase()}g`;
    }
    if (filter.deleted === true || !model.split(/\s+/).every(isLong)) {
      sql.push(`(modelPath like @model escape '\\'${bySha256 === '' ? '' : ` or ${bySha256}`})`);
      parameters['model'] = `%${escapeLike(model)}%`;
    } else addSearch(model, 'model', bySha256);
  }
  if (filter.status != null) {
    sql.push('status = @status');
    parameters['status'] = filter.status;
    if (filter.deleted !== true) {
      narrow(
        database
          .prepare<[string], number>(
            `select count(*) from (select 1 from runs indexed by runsByStatus
             where status = ? and deletedTimestampMs is null limit ${fewRuns + 1})`,
          )
          .pluck()
          .get(filter.status)!,
      );
    }
  }
  if (filter.starred != null) {
    sql.push('starred = @starred');
    parameters['starred'] = filter.starred ? 1 : 0;
  }
  if (filter.tag != null) {
    sql.push('runKey in (select runKey from run_tags join tags using (tagKey) where tags.name = @tag)');
    parameters['tag'] = filter.tag;
    narrow(
      database
        .prepare<[string], number>('select count(*) from run_tags join tags using (tagKey) where tags.name = ?')
        .pluck()
        .get(filter.tag)!,
    );
  }
  if (filter.sinceTimestampMs !== undefined) {
    sql.push('startedTimestampMs >= @since');
    parameters['since'] = filter.sinceTimestampMs;
  }
  if (filter.untilTimestampMs !== undefined) {
    sql.push('startedTimestampMs < @until');
    parameters['until'] = filter.untilTimestampMs;
  }
  return { sql: sql.join(' and '), parameters, atMost };
}

/** Makes user text safe inside LIKE: % and _ mean themselves. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** A page of the history, and how many runs fit the filter in all. */
export function listRunRows(
  store: Store,
  filter: RunFilter = {},
): { readonly total: number; readonly rows: readonly RunRow[] } {
  const sort = sorts[filter.sort?.column ?? 'startedTimestampMs'];
  const direction = filter.sort?.descending === false ? 'asc' : 'desc';
  const order = [
    `${sort.key} ${direction} nulls last`,
    ...(sort === sorts.startedTimestampMs ? [] : [`startedTimestampMs ${direction}`]),
    `runKey ${direction}`,
  ].join(', ');
  return readStore(store, (database) => {
    const { sql, parameters, atMost } = buildConditions(database, filter);
    // Along an index a page costs what lies before it, in the index alone; a few runs are sorted faster without it.
    const along = atMost !== null && atMost <= fewRuns ? 'runs' : `runs indexed by ${sort.index}`;
    const page = { ...parameters, limit: filter.limit ?? -1, offset: filter.offset ?? 0 };
    const total = database
      .prepare<[typeof parameters], number>(`select count(*) from ${along} where ${sql}`)
      .pluck()
      .get(parameters)!;
    const rows = database
      .prepare<[typeof page], StoredRow>(
        `select ${rowColumns}
         from (select runKey from ${along} where ${sql} order by ${order} limit @limit offset @offset) as page
           cross join ${rowTables.replace('runs', 'runs using (runKey)')}
         order by ${order}`,
      )
      .all(page)
      .map(toRow);
    return { total, rows };
  });
}

/** The runs that fit, newest first unless the filter says otherwise. */
export function listRuns(store: Store, filter: RunFilter = {}): readonly RunRow[] {
  return listRunRows(store, filter).rows;
}

/** @throws AppError `run-not-found`. */
export function getRunRow(store: Store, runId: string): { readonly row: RunRow; readonly request: CompressRequest } {
  const stored = readStore(store, (database) =>
    database
      .prepare<[string], StoredRow & { readonly requestJson: string }>(
        `select ${rowColumns}, requestJson from ${rowTables} join run_documents using (runKey)
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
