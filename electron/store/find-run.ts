import { AppError } from '../../shared/app-error.ts';
import type { RunRow } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import { readStore, type Store } from './database.ts';
import { rowColumns, rowTables, toRow, type StoredRow } from './run-rows.ts';

/** A run as the store gives it back: its line in the list and, once it has ended, its document. */
export interface StoredRun {
  readonly summary: RunRow;
  readonly document: RunDocument | EndedRunDocument | null;
}

type DocumentRow = StoredRow & { readonly documentJson: string | null };

function parseDocument(store: Store, runId: string, json: string): RunDocument | EndedRunDocument {
  const value: unknown = JSON.parse(json);
  const parsed = runDocumentSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const ended = endedRunDocumentSchema.safeParse(value);
  if (ended.success) return ended.data;
  throw new AppError(
    'database-corrupt',
    tell('runDocumentUnreadable', {
      run: runId,
      path: store.path,
      field: parsed.error.issues[0]?.path.join('.') ?? 'unknown field',
      reason: parsed.error.issues[0]?.message ?? 'unreadable',
    }),
  );
}

/** The key of the run that was recorded last, of those that were not imported. */
export const lastMadeHere = `select max(runKey) from runs indexed by runsMadeHere
  where importedTimestampMs is null and deletedTimestampMs is null`;

/** One that is still going has nothing to tell yet: whoever says `latest` means the last that has ended, however it ended. */
const hasEnded = `status not in ('queued', 'running')`;

/**
 * Finds one run.
 * @param reference `latest` (of those that have ended the last one recorded here, else the newest; while none has ended, the
 *   one that is going), a run id, or the first characters of one (at least 4) that no other run shares.
 * @throws AppError `run-not-found`.
 */
export function findRun(store: Store, reference: string): StoredRun {
  const select = (where: string, ...parameters: string[]) =>
    readStore(store, (database) =>
      database
        .prepare<string[], DocumentRow>(
          `select ${rowColumns}, documentJson from ${rowTables} join run_documents using (runKey)
           where deletedTimestampMs is null and ${where} limit 2`,
        )
        .all(...parameters),
    );
  // `latest` in the order of recording: a clock that was set back must not bring an older run to the front.
  const rows =
    reference === 'latest'
      ? [
          ...select(`runKey = (${lastMadeHere} and ${hasEnded})`),
          ...select(`${hasEnded} order by startedTimestampMs desc, runKey desc`),
          ...select('true order by startedTimestampMs desc, runKey desc'),
        ].slice(0, 1)
      : select('runId >= ? and runId < ? order by runId', reference, `${reference}\u{10ffff}`);
  const [first, second] = rows;
  if (first === undefined) {
    const { path } = store;
    const said = reference === 'latest' ? tell('historyEmpty', { path }) : tell('noRunBegins', { reference, path });
    throw new AppError('run-not-found', said);
  }
  if (first.runId !== reference && reference !== 'latest' && reference.length < 4) {
    throw new AppError('run-not-found', tell('runReferenceTooShort', { reference }));
  }
  if (second !== undefined && first.runId !== reference) {
    throw new AppError(
      'run-not-found',
      tell('runReferenceAmbiguous', { reference, first: first.runId, second: second.runId }),
    );
  }
  const { documentJson, ...row } = first;
  return {
    summary: toRow(row),
    document: documentJson === null ? null : parseDocument(store, first.runId, documentJson),
  };
}

/**
 * @param reference a run id, or its first characters (at least 4).
 * @throws AppError `run-not-found`.
 */
export function findDeletedRunId(store: Store, reference: string): string {
  const found = readStore(store, (database) =>
    database
      .prepare<[string, string], string>(
        `select runId from runs where deletedTimestampMs is not null and runId >= ? and runId < ? order by runId limit 2`,
      )
      .pluck()
      .all(reference, `${reference}\u{10ffff}`),
  );
  const [first, second] = found;
  const isUnique = second === undefined || first === reference;
  if (first !== undefined && isUnique && (first === reference || reference.length >= 4)) return first;
  throw new AppError(
    'run-not-found',
    first === undefined
      ? tell('noDeletedRunBegins', { reference, path: store.path })
      : tell('deletedRunAmbiguous', { reference }),
  );
}
