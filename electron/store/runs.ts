import { mainFiguresOf } from './main-figures.ts';
import type Database from 'better-sqlite3';
import { hostname } from 'node:os';
import { AppError, type ErrorRecord, recordError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { Recipe } from '../../shared/recipe.ts';
import {
  runDocumentSchema,
  runSchemaVersion,
  type DataFacts,
  type EndedRunDocument,
  type ModelFacts,
  type RunDocument,
} from '../../shared/run.ts';
import { outputPathsOf } from './output-paths.ts';
import { insertArtifact, type Artifact } from './artifacts.ts';
import { assertWritable, prepareOnce, readStore, writeStore, type Store } from './database.ts';
import { acquireRunLock, isRunAlive, removeDeadLocks, type RunLock } from './run-lock.ts';
import { writeNotes, writeTags, type RunMarks } from './run-marks.ts';
import { parseStoredRequest } from './stored-request.ts';
import { indexRun } from './search.ts';
import { removeHalfWrittenFiles } from './temporary-files.ts';

/** Part of a transaction: where a recipe is kept once, however many runs followed it. */
function keepRecipe(database: Database.Database, recipe: Recipe): number {
  const recipeJson = JSON.stringify(recipe);
  prepareOnce(database, 'insert into recipes (recipeJson) values (?) on conflict do nothing').run(recipeJson);
  return prepareOnce<[string], number>(database, 'select recipeKey from recipes where recipeJson = ?')
    .pluck()
    .get(recipeJson)!;
}

/** Part of a transaction: where a model is kept once, wherever copies of it lie. */
function keepModel(database: Database.Database, facts: ModelFacts): number {
  prepareOnce(
    database,
    `insert into models (sha256, sizeBytes, opset, producer, inputsJson, outputsJson) values (?, ?, ?, ?, ?, ?)
       on conflict do nothing`,
  ).run(
    facts.sha256,
    facts.sizeBytes,
    facts.opset,
    facts.producer,
    JSON.stringify(facts.inputs),
    JSON.stringify(facts.outputs),
  );
  return prepareOnce<[string], number>(database, 'select modelKey from models where sha256 = ?')
    .pluck()
    .get(facts.sha256)!;
}

/** Part of a transaction. Noise has no hash and is no dataset. */
function keepDataset(database: Database.Database, facts: DataFacts): number | null {
  if (facts.sha256 === null) return null;
  prepareOnce(
    database,
    'insert into datasets (sha256, kind, sampleCount, labelled) values (?, ?, ?, ?) on conflict do nothing',
  ).run(facts.sha256, facts.kind, facts.sampleCount, facts.labelled ? 1 : 0);
  return prepareOnce<[string], number>(database, 'select datasetKey from datasets where sha256 = ?')
    .pluck()
    .get(facts.sha256)!;
}

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

/** Part of a transaction: ledger and timed runs, which may be measured anew. */
function writeFigures(
  database: Database.Database,
  runKey: number,
  { ledger, latency }: Pick<RunDocument, 'ledger' | 'latency'>,
): void {
  const insertLedgerRow = prepareOnce(
    database,
    `insert into ledger (runKey, position, claim, valueBefore, valuePrepared, valueAfter, ratio, ratioLow, ratioHigh, unit)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  for (const [position, row] of ledger.entries()) {
    const [low, high] = row.ratioCi95 ?? [null, null];
    const { claim, before, prepared, after, ratio, unit } = row;
    insertLedgerRow.run(runKey, position, claim, before, prepared, after, ratio, low, high, unit);
  }

  const insertSample = prepareOnce(
    database,
    'insert into samples (runKey, variant, position, latencyMs) values (?, ?, ?, ?)',
  );
  for (const variant of ['before', 'after'] as const) {
    for (const [position, latencyMs] of latency[variant].samplesMs.entries()) {
      insertSample.run(runKey, variant, position, latencyMs);
    }
  }
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
        layer.quantized ? 1 : 0,
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
  };
}

interface RunningRow {
  readonly runId: string;
  readonly startedTimestampMs: number;
  readonly lastStage: string | null;
  readonly lastSeenTimestampMs: number;
  readonly requestJson: string;
}

/** Turns runs whose process is gone (kill -9, power cut, crash) into failed ones. */
export function reconcileRuns(store: Store): void {
  const running = readStore(store, (database) =>
    prepareOnce<[], RunningRow>(
      database,
      `select runId, startedTimestampMs, lastStage, lastSeenTimestampMs, requestJson
         from runs join run_documents using (runKey) where status = 'running'`,
    ).all(),
  );
  for (const row of running) {
    if (isRunAlive(store.path, row.runId)) continue;
    // Between the query and the answer the run may have ended in the ordinary way and let go of its lock.
    const status = readStore(store, (database) =>
      prepareOnce<[string], string>(database, 'select status from runs where runId = ?').pluck().get(row.runId),
    );
    if (status !== 'running') continue;
    const request = parseStoredRequest(row.requestJson);
    // No version wrote it, so there is nothing of it to settle.
    if (request === null) continue;
    for (const path of outputPathsOf(request)) removeHalfWrittenFiles(path);
    const said = row.lastStage === null ? tell('runCutShort') : tell('runCutShortIn', { stage: row.lastStage });
    endRun(
      store,
      describeEndedRun(request, {
        status: 'failed',
        startedTimestampMs: row.startedTimestampMs,
        durationMs: Math.max(0, row.lastSeenTimestampMs - row.startedTimestampMs),
        error: recordError(new AppError('engine-crashed', said)),
      }),
    );
  }
  removeDeadLocks(store.path);
}
