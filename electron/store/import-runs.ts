import { hostname } from 'node:os';
import { isDeepStrictEqual } from 'node:util';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import { writeStore, type Store } from './database.ts';
import { indexRun, insertMarks, type RunMarks } from './run-marks.ts';
import { endRun, finishRun } from './runs.ts';

/** `conflict`: a run of this id is here and says something else. It stays as it is. */
export type ImportOutcome = 'added' | 'restored' | 'present' | 'conflict';

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
    gates: Object.fromEntries(done?.gates.map((gate) => [gate.name, gate.limit]) ?? []),
  });
}

/** Compared as read by this version: key order, and fields only a newer one knows, make no difference. */
function isSameRun(storedJson: string | null, document: RunDocument | EndedRunDocument): boolean {
  if (storedJson === null) return false;
  const schema = document.status === 'done' ? runDocumentSchema : endedRunDocumentSchema;
  const stored = schema.safeParse(JSON.parse(storedJson));
  return stored.success && isDeepStrictEqual(stored.data, document);
}

/**
 * Takes over a run of another history, in one transaction. Doing so again changes nothing; marks people made here are
 * never replaced by those of the other machine.
 */
export function importRun(
  store: Store,
  document: RunDocument | EndedRunDocument,
  marks: Partial<RunMarks>,
): ImportOutcome {
  const { runId } = document;
  return writeStore(store, (database): ImportOutcome => {
    const present = database
      .prepare<[string], { documentJson: string | null; deletedTimestampMs: number | null }>(
        'select documentJson, deletedTimestampMs from runs join run_marks using (runId) where runId = ?',
      )
      .get(runId);
    if (present !== undefined) {
      if (!isSameRun(present.documentJson, document)) return 'conflict';
      if (present.deletedTimestampMs === null) return 'present';
      database.prepare('update run_marks set deletedTimestampMs = null where runId = ?').run(runId);
      return 'restored';
    }
    const request = reconstructRequest(document);
    database
      .prepare(
        `insert into runs (runId, status, startedTimestampMs, modelPath, dataPath, recipeName, threads, randomData,
           lastSeenTimestampMs, processId, hostName, requestJson)
         values (@runId, 'running', @startedTimestampMs, @modelPath, @dataPath, @recipeName, @threads, @randomData,
           @startedTimestampMs, 0, @hostName, @requestJson)`,
      )
      .run({
        runId,
        startedTimestampMs: document.startedTimestampMs,
        modelPath: request.modelPath,
        dataPath: request.data.path,
        recipeName: request.recipe.name,
        threads: request.threads,
        randomData: request.data.random ? 1 : 0,
        hostName: hostname(),
        requestJson: JSON.stringify(request),
      });
    insertMarks(database, runId, marks);
    // Inside this transaction, so that nobody ever sees the run as a running one.
    if (document.status === 'done') finishRun(store, document, []);
    else endRun(store, document);
    indexRun(database, runId);
    return 'added';
  });
}
