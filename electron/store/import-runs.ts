import { isDeepStrictEqual } from 'node:util';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import { writeStore, type Store } from './database.ts';
import type { RunMarks } from './run-marks.ts';
import { endRun, finishRun, insertRun } from './runs.ts';
import { indexRun } from './search.ts';

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
      .prepare<[string], { runKey: number; documentJson: string | null; deletedTimestampMs: number | null }>(
        'select runKey, documentJson, deletedTimestampMs from runs join run_documents using (runKey) where runId = ?',
      )
      .get(runId);
    if (present !== undefined) {
      if (!isSameRun(present.documentJson, document)) return 'conflict';
      if (present.deletedTimestampMs === null) return 'present';
      database.prepare('update runs set deletedTimestampMs = null where runKey = ?').run(present.runKey);
      indexRun(database, present.runKey);
      return 'restored';
    }
    insertRun(database, reconstructRequest(document), {
      startedTimestampMs: document.startedTimestampMs,
      importedTimestampMs: Date.now(),
      processId: 0,
      marks,
    });
    // Inside this transaction, so that nobody ever sees the run as a running one.
    if (document.status === 'done') finishRun(store, document, []);
    else endRun(store, document);
    return 'added';
  });
}
