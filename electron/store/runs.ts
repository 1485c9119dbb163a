import type Database from 'better-sqlite3';
import { hostname } from 'node:os';
import { AppError, type ErrorRecord } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { isReducedLayer } from '../../shared/precision.ts';
import {
  runDocumentSchema,
  runSchemaVersion,
  type EndedLogLine,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import { insertArtifact, type Artifact } from './artifacts.ts';
import { assertWritable, prepareOnce, writeStore, type Store } from './database.ts';
import { keepDataset, keepModel, keepRecipe } from './kept-once.ts';
import { mainFiguresOf } from './main-figures.ts';
import { acquireRunLock, type RunLock } from './run-lock.ts';
import { writeNotes, writeTags, type RunMarks } from './run-marks.ts';
import { indexRun } from './search.ts';
import { writeFigures } from './write-figures.ts';

/**
 * Part of a transaction: a run that has begun, here or (with `importedTimestampMs`) on another machine.
 * @returns its key.
 */
export function insertRun(
  database: Database.Database,
  request: CompressRequest,
  begun: {
    readonly startedTimestampMs: number;
    readonly importedTimestampMs: number | null;
    readonly processId: number;
    readonly marks: Partial<RunMarks>;
  },
): number {
  const runKey = Number(
    prepareOnce(
      database,
      `insert into runs (runId, status, startedTimestampMs, name, starred, importedTimestampMs, modelPath, dataPath,
           recipeName, recipeKey, threads, randomData, lastSeenTimestampMs, processId, hostName)
         values (@runId, 'running', @startedTimestampMs, @name, @starred, @importedTimestampMs, @modelPath, @dataPath,
           @recipeName, @recipeKey, @threads, @randomData, @startedTimestampMs, @processId, @hostName)`,
    ).run({
      runId: request.runId,
      startedTimestampMs: begun.startedTimestampMs,
      importedTimestampMs: begun.importedTimestampMs,
      name: begun.marks.name ?? '',
      starred: begun.marks.starred === true ? 1 : 0,
      modelPath: request.modelPath,
      dataPath: request.data.path,
      recipeName: request.recipe.name,
      recipeKey: keepRecipe(database, request.recipe),
      threads: request.threads,
      randomData: request.data.random ? 1 : 0,
      processId: begun.processId,
      hostName: hostname(),
    }).lastInsertRowid,
  );
  prepareOnce(database, 'insert into run_documents (runKey, requestJson) values (?, ?)').run(
    runKey,
    JSON.stringify(request),
  );
  writeNotes(database, runKey, begun.marks.notes ?? '', begun.startedTimestampMs);
  writeTags(database, runKey, begun.marks.tags ?? []);
  indexRun(database, runKey);
  return runKey;
}

/** @throws AppError `run-not-found`. */
function keyOf(store: Store, database: Database.Database, runId: string): number {
  const runKey = prepareOnce<[string], number>(database, 'select runKey from runs where runId = ?').pluck().get(runId);
  if (runKey !== undefined) return runKey;
  throw new AppError('run-not-found', tell('runDeletedMeanwhile', { run: runId, path: store.path }));
}

/**
 * Records that a run has begun, owned by this process until `finishRun` or the process's end.
 * @returns the lock to release after the final row is written.
 */
export function startRun(
  store: Store,
  request: CompressRequest,
  startedTimestampMs: number,
  marks: Partial<RunMarks> = {},
): RunLock {
  assertWritable(store);
  // Before the row exists, so that no other process ever sees a running run without its lock.
  const lock = acquireRunLock(store.path, request.runId);
  try {
    writeStore(store, (database) =>
      insertRun(database, request, { startedTimestampMs, importedTimestampMs: null, processId: process.pid, marks }),
    );
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

/** Notes how far a running run has got. */
export function noteStage(store: Store, runId: string, stage: string, timestampMs: number): void {
  writeStore(store, (database) =>
    prepareOnce(
      database,
      `update runs set lastStage = ?, lastSeenTimestampMs = ? where runId = ? and status = 'running'`,
    ).run(stage, timestampMs, runId),
  );
}

function writeDocument(database: Database.Database, runKey: number, document: RunDocument | EndedRunDocument): void {
  prepareOnce(database, 'update run_documents set documentJson = ? where runKey = ?').run(
    JSON.stringify(document),
    runKey,
  );
}

/** 1 or 0, as SQLite has it; null without gates. */
const gatesMetOf = ({ gates }: RunDocument): number | null =>
  gates.length === 0 ? null : gates.every(({ met }) => met) ? 1 : 0;

/** Stores a finished run: its document and everything derived from it, in one transaction. */
export function finishRun(store: Store, document: RunDocument, artifacts: readonly Artifact[]): void {
  writeStore(store, (database) => {
    const { runId, model, latency, accuracy } = document;
    const runKey = keyOf(store, database, runId);
    prepareOnce(
      database,
      `update runs set status = 'done', durationMs = @durationMs, dataPath = @dataPath,
           originalModelKey = @originalModelKey, compressedModelKey = @compressedModelKey, datasetKey = @datasetKey,
           sizeBytesBefore = @sizeBytesBefore, sizeBytesAfter = @sizeBytesAfter, speedupRatio = @speedupRatio,
           latencyMedianMsBefore = @latencyMedianMsBefore, latencyMedianMsAfter = @latencyMedianMsAfter,
           accuracyMetric = @accuracyMetric, accuracyBefore = @accuracyBefore, accuracyAfter = @accuracyAfter,
           top1AgreementShare = @top1AgreementShare, decision = @decision, mainMetric = @mainMetric, mainUnit = @mainUnit,
           mainBefore = @mainBefore, mainAfter = @mainAfter, mainLossPercent = @mainLossPercent, randomData = @randomData, gatesMet = @gatesMet,
           errorCode = null, errorMessage = null
         where runKey = @runKey`,
    ).run({
      runKey,
      durationMs: document.durationMs,
      originalModelKey: keepModel(database, model.original),
      compressedModelKey: keepModel(database, model.compressed),
      datasetKey: keepDataset(database, document.data),
      dataPath: document.data.path,
      sizeBytesBefore: model.original.sizeBytes,
      sizeBytesAfter: model.compressed.sizeBytes,
      speedupRatio: latency.speedup.ratio,
      latencyMedianMsBefore: latency.before.medianMs,
      latencyMedianMsAfter: latency.after.medianMs,
      accuracyMetric: accuracy.metric,
      accuracyBefore: accuracy.before?.value ?? null,
      accuracyAfter: accuracy.after?.value ?? null,
      top1AgreementShare: accuracy.agreement.top1,
      ...mainFiguresOf(document),
      randomData: document.data.random ? 1 : 0,
      gatesMet: gatesMetOf(document),
    });
    writeDocument(database, runKey, document);

    const insertLayer = prepareOnce(
      database,
      `insert into layers (runKey, position, name, opType, parameters, macs, weightBits, activationBits, quantized,
         reason, bytesBefore, bytesAfter, latencyMsBefore, latencyMsAfter, sqnrDb)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, layer] of document.layers.entries()) {
      insertLayer.run(
        runKey,
        position,
        layer.name,
        layer.opType,
        layer.parameters,
        layer.macs,
        layer.weightBits,
        layer.activationBits,
        isReducedLayer(layer) ? 1 : 0,
        layer.reason,
        layer.bytesBefore,
        layer.bytesAfter,
        layer.latencyBeforeMs,
        layer.latencyAfterMs,
        layer.sqnrDb,
      );
    }

    writeFigures(database, runKey, document);
    for (const artifact of artifacts) insertArtifact(database, runKey, artifact);
    indexRun(database, runKey);
  });
}

/**
 * Changes what a finished run says of its speed, in one transaction: what was read is what is changed, whoever else writes.
 * @param change gives the document as it is to be; layers and models stay.
 * @throws AppError `run-not-found` also for one that measured nothing.
 */
export function renewRun(store: Store, runId: string, change: (run: RunDocument) => RunDocument): RunDocument {
  return writeStore(store, (database) => {
    const runKey = keyOf(store, database, runId);
    const json = prepareOnce<[number], string | null>(
      database,
      'select documentJson from run_documents where runKey = ?',
    )
      .pluck()
      .get(runKey);
    const stored = runDocumentSchema.safeParse(JSON.parse(json ?? 'null'));
    if (!stored.success) throw new AppError('run-not-found', tell('runMeasuredNothing', { run: runId }));
    const document = change(stored.data);
    const { latency } = document;
    prepareOnce(
      database,
      `update runs set speedupRatio = @speedupRatio, latencyMedianMsBefore = @latencyMedianMsBefore,
           latencyMedianMsAfter = @latencyMedianMsAfter, decision = @decision, mainMetric = @mainMetric, mainUnit = @mainUnit,
           mainBefore = @mainBefore, mainAfter = @mainAfter, mainLossPercent = @mainLossPercent, gatesMet = @gatesMet
         where runKey = @runKey`,
    ).run({
      runKey,
      speedupRatio: latency.speedup.ratio,
      latencyMedianMsBefore: latency.before.medianMs,
      latencyMedianMsAfter: latency.after.medianMs,
      ...mainFiguresOf(document),
      gatesMet: gatesMetOf(document),
    });
    writeDocument(database, runKey, document);
    prepareOnce(database, 'delete from ledger where runKey = ?').run(runKey);
    prepareOnce(database, 'delete from samples where runKey = ?').run(runKey);
    writeFigures(database, runKey, document);
    indexRun(database, runKey);
    return document;
  });
}

/** Stores how a run ended when it did not finish. */
export function endRun(store: Store, document: EndedRunDocument): void {
  writeStore(store, (database) => {
    const runKey = keyOf(store, database, document.runId);
    prepareOnce(
      database,
      `update runs set status = @status, durationMs = @durationMs, errorCode = @errorCode,
           errorMessage = @errorMessage where runKey = @runKey`,
    ).run({
      runKey,
      status: document.status,
      durationMs: document.durationMs,
      errorCode: document.error.code,
      errorMessage: document.error.message,
    });
    writeDocument(database, runKey, document);
    indexRun(database, runKey);
  });
}

/** The document of a run that ended early. */
export function describeEndedRun(
  request: CompressRequest,
  ended: {
    readonly status: 'failed' | 'cancelled';
    readonly startedTimestampMs: number;
    readonly durationMs: number;
    readonly error: ErrorRecord;
    readonly log?: readonly EndedLogLine[];
  },
): EndedRunDocument {
  return {
    schemaVersion: runSchemaVersion,
    runId: request.runId,
    status: ended.status,
    startedTimestampMs: ended.startedTimestampMs,
    durationMs: ended.durationMs,
    recipe: request.recipe,
    threads: request.threads,
    modelPath: request.modelPath,
    dataPath: request.data.path,
    error: { ...ended.error, said: ended.error.said ?? null },
    log: [...(ended.log ?? [])],
  };
}
