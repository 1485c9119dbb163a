import type Database from 'better-sqlite3';
import { isDeepStrictEqual } from 'node:util';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import type { ImportedRun } from '../../shared/contract/results.ts';
import { withoutPictures } from '../../shared/sample-evidence.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import { insertArtifact, type Artifact } from './artifacts.ts';
import { prepareOnce, readStore, writeStore, type Store } from './database.ts';
import { writeNotes, writeTags, type RunMarks } from './run-marks.ts';
import { endRun, finishRun, insertRun } from './runs.ts';
import { indexRun } from './search.ts';

export type ImportOutcome = ImportedRun['outcome'];

/** What the run was asked for, as far as its document tells: enough to show and to start again from. */
function reconstructRequest(document: RunDocument | EndedRunDocument): CompressRequest {
  const done = document.status === 'done' ? document : null;
  const modelPath = done?.model.original.path ?? (document as EndedRunDocument).modelPath;
  return compressRequestSchema.parse({
    runId: document.runId,
    modelPath,
    outPath: done?.model.compressed.path ?? modelPath.replace(/\.onnx$/i, '') + '.int8.onnx',
    data: {
      path: done === null ? (document as EndedRunDocument).dataPath : done.data.path,
      random: done?.data.random ?? false,
    },
    recipe: document.recipe,
    threads: document.threads,
    seed: done?.data.seed ?? 0,
    gates: gatesOf(done?.gates ?? []),
  });
}

/** The limits that a run was held against. */
function gatesOf(gates: RunDocument['gates']): Record<string, unknown> {
  const drops = gates.filter(({ name }) => name === 'maxDrop');
  return {
    ...Object.fromEntries(gates.filter(({ name }) => name !== 'maxDrop').map(({ name, limit }) => [name, limit])),
    maxDrops: Object.fromEntries(drops.map(({ metric, limit }) => [metric ?? '', limit])),
  };
}

/**
 * Compared as read by this version: key order, fields only a newer one knows, and pictures, which bundles may leave out, make no
 * difference.
 */
function isSameRun(storedJson: string | null, document: RunDocument | EndedRunDocument): boolean {
  if (storedJson === null) return false;
  const schema = document.status === 'done' ? runDocumentSchema : endedRunDocumentSchema;
  const stored = schema.safeParse(JSON.parse(storedJson));
  return stored.success && isDeepStrictEqual(withoutPictures(stored.data), withoutPictures(document));
}

/** Whether a run of this id is here that says something else. */
export function conflictsWith(store: Store, document: RunDocument | EndedRunDocument): boolean {
  const present = readStore(store, (database) => selectPresent(database, document.runId));
  return present !== undefined && !isSameRun(present.documentJson, document);
}

interface PresentRun {
  readonly runKey: number;
  readonly documentJson: string | null;
  readonly deletedTimestampMs: number | null;
}

function selectPresent(database: Database.Database, runId: string): PresentRun | undefined {
  return prepareOnce<[string], PresentRun>(
    database,
    'select runKey, documentJson, deletedTimestampMs from runs join run_documents using (runKey) where runId = ?',
  ).get(runId);
}

/**
 * Takes over a run of another history, with the model files that came with it, in one transaction. Doing so again changes
 * nothing: what people noted here is never replaced by what they noted on the other machine, only added to.
 * @param request what was asked for, where it was asked for here; else it is made of the document.
 */
export function importRun(
  store: Store,
  document: RunDocument | EndedRunDocument,
  marks: Partial<RunMarks>,
  artifacts: readonly Artifact[] = [],
  request: CompressRequest | null = null,
): ImportOutcome {
  const { runId } = document;
  return writeStore(store, (database): ImportOutcome => {
    const present = selectPresent(database, runId);
    if (present !== undefined) {
      if (!isSameRun(present.documentJson, document)) return 'conflict';
      for (const artifact of artifacts) insertArtifact(database, present.runKey, artifact);
      const isMerged = mergeMarks(database, present.runKey, marks);
      if (present.deletedTimestampMs !== null) {
        prepareOnce(database, 'update runs set deletedTimestampMs = null where runKey = ?').run(present.runKey);
      }
      indexRun(database, present.runKey);
      return present.deletedTimestampMs !== null ? 'restored' : isMerged ? 'merged' : 'present';
    }
    const runKey = insertRun(database, request ?? reconstructRequest(document), {
      startedTimestampMs: document.startedTimestampMs,
      importedTimestampMs: Date.now(),
      processId: 0,
      marks,
    });
    // Inside this transaction, so that nobody ever sees the run as a running one.
    if (document.status === 'done') finishRun(store, document, []);
    else endRun(store, document);
    for (const artifact of artifacts) insertArtifact(database, runKey, artifact);
    return 'added';
  });
}

/** @returns whether the run got something it did not have. A star is one's own and is not taken over. */
function mergeMarks(database: Database.Database, runKey: number, marks: Partial<RunMarks>): boolean {
  const here = prepareOnce<[number], { name: string; hasNotes: number; tagsJson: string }>(
    database,
    `select name, exists (select 1 from notes where notes.runKey = runs.runKey) as hasNotes,
         (select json_group_array(tags.name) from run_tags join tags using (tagKey)
          where run_tags.runKey = runs.runKey) as tagsJson
       from runs where runKey = ?`,
  ).get(runKey)!;
  const name = here.name === '' ? (marks.name ?? '') : '';
  const notes = here.hasNotes === 0 ? (marks.notes ?? '') : '';
  const tagsHere = JSON.parse(here.tagsJson) as string[];
  const newTags = (marks.tags ?? []).filter((tag) => tag !== '' && !tagsHere.includes(tag));
  if (name !== '') prepareOnce(database, 'update runs set name = ? where runKey = ?').run(name, runKey);
  if (notes !== '') writeNotes(database, runKey, notes, Date.now());
  if (newTags.length > 0) writeTags(database, runKey, [...tagsHere, ...newTags]);
  return name !== '' || notes !== '' || newTags.length > 0;
}
