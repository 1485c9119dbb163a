import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { RunSortColumn } from '../../shared/contract/requests.ts';
import type { RunRow } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { RunStatus } from '../../shared/run.ts';
import { readStore, type Store } from './database.ts';
import { collectHits } from './run-hits.ts';
import { parseStoredRequest } from './stored-request.ts';

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
  decision: { key: 'decision', index: 'runsByDecision' },
  mainLossPercent: { key: 'mainLossPercent', index: 'runsByMainLoss' },
  accuracyAfter: { key: 'accuracyAfter', index: 'runsByAccuracyAfter' },
  top1AgreementShare: { key: 'top1AgreementShare', index: 'runsByAgreement' },
};

export const rowColumns = `runId, status, startedTimestampMs, durationMs, modelPath, models.sha256 as modelSha256, dataPath,
  recipeName, threads, sizeBytesBefore, sizeBytesAfter, speedupRatio, latencyMedianMsBefore, latencyMedianMsAfter,
  accuracyMetric, accuracyBefore, accuracyAfter, top1AgreementShare, decision, mainMetric, mainUnit, mainBefore,
  mainAfter, mainLossPercent, randomData, gatesMet, errorCode, errorMessage,
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
  readonly sql: readonly string[];
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** What the columns of every sort index tell: these cost no look at the run itself. */
function buildConditions(filter: RunFilter): Conditions {
  const sql = ['deletedTimestampMs is null'];
  const parameters: Record<string, string | number> = {};
  if (filter.status != null) {
    sql.push('status = @status');
    parameters['status'] = filter.status;
  }
  if (filter.starred != null) {
    sql.push('starred = @starred');
    parameters['starred'] = filter.starred ? 1 : 0;
  }
  if (filter.sinceTimestampMs !== undefined) {
    sql.push('startedTimestampMs >= @since');
    parameters['since'] = filter.sinceTimestampMs;
  }
  if (filter.untilTimestampMs !== undefined) {
    sql.push('startedTimestampMs < @until');
    parameters['until'] = filter.untilTimestampMs;
  }
  return { sql, parameters };
}

/** Deleted runs are few and in no index: their rows are read. */
function buildDeletedConditions(filter: RunFilter): Conditions {
  const { sql, parameters } = buildConditions(filter);
  const words = (filter.text ?? '').split(/\s+/).filter((word) => word !== '');
  const texts = `concat_ws(' ', runId, shownName, modelPath, dataPath, recipeName, errorMessage)`;
  return {
    sql: [
      ...sql.slice(1),
      'deletedTimestampMs is not null',
      ...words.map((_, index) => `${texts} like @word${index} escape '\\'`),
      ...(filter.model === undefined ? [] : [`modelPath like @model escape '\\'`]),
      ...(filter.tag == null
        ? []
        : ['runKey in (select runKey from run_tags join tags using (tagKey) where tags.name = @tag)']),
    ],
    parameters: {
      ...parameters,
      ...Object.fromEntries(words.map((word, index) => [`word${index}`, `%${escapeLike(word)}%`])),
      ...(filter.model === undefined ? {} : { model: `%${escapeLike(filter.model)}%` }),
      ...(filter.tag == null ? {} : { tag: filter.tag }),
    },
  };
}

/** Makes user text safe inside LIKE: % and _ mean themselves. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/**
 * What looking up and sorting a hit costs, in steps along an index. Measured on 100,000 runs; nothing depends on its being
 * exact but the time of the pages in between.
 */
const stepsPerHit = 8;

interface PageQuery {
  readonly sort: (typeof sorts)[RunSortColumn];
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** Runs that tie are in the order of their start, and those of one millisecond in the order of recording. */
function orderBy({ sort, descending }: Pick<PageQuery, 'sort' | 'descending'>, nulls: 'first' | 'last'): string {
  const direction = descending ? 'desc' : 'asc';
  const keys = sort === sorts.startedTimestampMs ? [sort.key] : [sort.key, 'startedTimestampMs'];
  return [
    `${keys[0]} ${direction} nulls ${nulls}`,
    ...keys.slice(1).map((key) => `${key} ${direction}`),
    `runKey ${direction}`,
  ].join(', ');
}

/** The keys of a page as SQL. Its second half is reached from the end. */
function selectPage(from: string, where: string, total: number, page: PageQuery): string {
  const end = Math.min(page.offset + page.limit, total);
  const isFromEnd = page.offset > total - end;
  const order = isFromEnd ? orderBy({ ...page, descending: !page.descending }, 'first') : orderBy(page, 'last');
  const offset = isFromEnd ? total - end : page.offset;
  return `select runKey from ${from} ${where} order by ${order} limit ${Math.max(0, end - page.offset)} offset ${offset}`;
}

/** A page of the history, and how many runs fit the filter in all. */
export function listRunRows(
  store: Store,
  filter: RunFilter = {},
): { readonly total: number; readonly rows: readonly RunRow[] } {
  return readStore(store, (database) => {
    const isDeleted = filter.deleted === true;
    const { sql, parameters } = isDeleted ? buildDeletedConditions(filter) : buildConditions(filter);
    const where = `where ${sql.join(' and ')}`;
    const hitCount = isDeleted ? null : collectHits(database, filter);
    const fromHits = 'hits cross join runs using (runKey)';
    const along = (index: string) => {
      if (isDeleted) return 'runs';
      return `runs indexed by ${index}${hitCount === null ? '' : ' cross join hits using (runKey)'}`;
    };
    const count = (from: string, ...conditions: [string, typeof parameters]) =>
      database
        .prepare<[typeof parameters], number>(`select count(*) from ${from} ${conditions[0]}`)
        .pluck()
        .get(conditions[1])!;

    const runCount = count('runs indexed by runsByStart', 'where deletedTimestampMs is null', {});
    const hitsAreFew = hitCount !== null && hitCount * stepsPerHit < runCount;
    const total =
      hitCount !== null && sql.length === 1
        ? hitCount
        : count(
            hitsAreFew ? fromHits : along(filter.status == null ? 'runsByStart' : 'runsByStatus'),
            where,
            parameters,
          );

    const page: PageQuery = {
      sort: sorts[filter.sort?.column ?? 'startedTimestampMs'],
      descending: filter.sort?.descending !== false,
      offset: filter.offset ?? 0,
      limit: filter.limit ?? total,
    };
    const end = Math.min(page.offset + page.limit, total);
    const stepsAlong = (Math.min(end, total - page.offset) * runCount) / Math.max(1, total);
    const from = hitCount !== null && hitCount * stepsPerHit < stepsAlong ? fromHits : along(page.sort.index);
    const rows = database
      .prepare<[typeof parameters], StoredRow>(
        `select ${rowColumns} from (${selectPage(from, where, total, page)}) as page
           cross join ${rowTables.replace('runs', 'runs using (runKey)')}
         order by ${orderBy(page, 'last')}`,
      )
      .all(parameters)
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
    throw new AppError('run-not-found', tell('runMissingOrDeleted', { run: runId, path: store.path }));
  }
  const { requestJson, ...row } = stored;
  const request = parseStoredRequest(requestJson);
  if (request === null) {
    throw new AppError('database-corrupt', tell('storedRequestUnknown', { run: runId, path: store.path }));
  }
  return { row: toRow(row), request };
}
