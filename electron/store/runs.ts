import { hostname } from 'node:os';
import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { RunSummary } from '../../shared/run-summary.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  runSchemaVersion,
  type EndedRunDocument,
  type RunDocument,
  type RunStatus,
} from '../../shared/run.ts';
import { insertArtifact, type Artifact } from './artifacts.ts';
import { readStore, writeStore, type Store } from './database.ts';
import { acquireRunLock, isRunAlive, removeDeadLocks, type RunLock } from './run-lock.ts';
import { indexRun, insertMarks, type RunMarks } from './run-marks.ts';
import { removeHalfWrittenFiles } from './temporary-files.ts';

/** A run as the store gives it back: its summary and, once it has ended, its document. */
export interface StoredRun {
  readonly summary: RunSummary;
  readonly document: RunDocument | EndedRunDocument | null;
}

export interface RunFilter {
  readonly status?: RunStatus | undefined;
  /** Part of the model's path or the beginning of its sha256. */
  readonly model?: string | undefined;
  /** Part of the model's or data's path, the recipe's name, the error or the verdict; upper or lower case. */
  readonly text?: string | undefined;
  /** At most this many, newest first; all when left out. */
  readonly limit?: number | undefined;
}

export const summaryColumns = `runId, status, startedTimestampMs, durationMs, modelPath, modelSha256, dataPath, recipeName,
  threads, sizeBytesBefore, sizeBytesAfter, speedupRatio, latencyMedianMsBefore, latencyMedianMsAfter, accuracyMetric,
  accuracyBefore, accuracyAfter, top1AgreementShare, randomData, gatesMet, errorCode, errorMessage`;

export type SummaryRow = Omit<RunSummary, 'randomData' | 'gatesMet'> & {
  readonly randomData: number;
  readonly gatesMet: number | null;
};

export function toSummary(row: SummaryRow): RunSummary {
  return { ...row, randomData: row.randomData === 1, gatesMet: row.gatesMet === null ? null : row.gatesMet === 1 };
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
  // Before the row exists, so that no other process ever sees a running run without its lock.
  const lock = acquireRunLock(store.path, request.runId);
  try {
    writeStore(store, (database) => {
      database
        .prepare(
          `insert into runs (runId, status, startedTimestampMs, modelPath, dataPath, recipeName, threads, randomData,
             lastSeenTimestampMs, processId, hostName, requestJson)
           values (@runId, 'running', @startedTimestampMs, @modelPath, @dataPath, @recipeName, @threads, @randomData,
             @startedTimestampMs, @processId, @hostName, @requestJson)`,
        )
        .run({
          runId: request.runId,
          startedTimestampMs,
          modelPath: request.modelPath,
          dataPath: request.data.path,
          recipeName: request.recipe.name,
          threads: request.threads,
          randomData: request.data.random ? 1 : 0,
          processId: process.pid,
          hostName: hostname(),
          requestJson: JSON.stringify(request),
        });
      insertMarks(database, request.runId, marks);
    });
  } catch (error) {
    lock.release();
    throw error;
  }
  return lock;
}

/** Notes how far a running run has got. */
export function noteStage(store: Store, runId: string, stage: string, timestampMs: number): void {
  writeStore(store, (database) =>
    database
      .prepare(`update runs set lastStage = ?, lastSeenTimestampMs = ? where runId = ? and status = 'running'`)
      .run(stage, timestampMs, runId),
  );
}

/** Stores a finished run: its document and everything derived from it, in one transaction. */
export function finishRun(store: Store, document: RunDocument, artifacts: readonly Artifact[]): void {
  writeStore(store, (database) => {
    const { runId, model, latency, accuracy } = document;
    const changes = database
      .prepare(
        `update runs set status = 'done', durationMs = @durationMs, modelSha256 = @modelSha256, dataPath = @dataPath,
           sizeBytesBefore = @sizeBytesBefore, sizeBytesAfter = @sizeBytesAfter, speedupRatio = @speedupRatio,
           latencyMedianMsBefore = @latencyMedianMsBefore, latencyMedianMsAfter = @latencyMedianMsAfter,
           accuracyMetric = @accuracyMetric, accuracyBefore = @accuracyBefore, accuracyAfter = @accuracyAfter,
           top1AgreementShare = @top1AgreementShare, randomData = @randomData, gatesMet = @gatesMet,
           errorCode = null, errorMessage = null, documentJson = @documentJson
         where runId = @runId`,
      )
      .run({
        runId,
        durationMs: document.durationMs,
        modelSha256: model.original.sha256,
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
        randomData: document.data.random ? 1 : 0,
        gatesMet: document.gates.length === 0 ? null : document.gates.every((gate) => gate.met) ? 1 : 0,
        documentJson: JSON.stringify(document),
      }).changes;
    if (changes !== 1) {
      throw new AppError(
        'run-not-found',
        `Run ${runId} is not in the history "${store.path}": it was deleted meanwhile.`,
      );
    }

    const insertLayer = database.prepare(
      `insert into run_layers (runId, position, name, opType, parameters, macs, weightBits, activationBits, quantized,
         reason, bytesBefore, bytesAfter, latencyMsBefore, latencyMsAfter, sqnrDb)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, layer] of document.layers.entries()) {
      insertLayer.run(
        runId,
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

    const insertLedgerRow = database.prepare(
      `insert into run_ledger (runId, position, claim, valueBefore, valueAfter, ratio, ratioLow, ratioHigh, unit)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const [position, row] of document.ledger.entries()) {
      const [low, high] = row.ratioCi95 ?? [null, null];
      insertLedgerRow.run(runId, position, row.claim, row.before, row.after, row.ratio, low, high, row.unit);
    }

    const insertSample = database.prepare(
      'insert into run_samples (runId, variant, position, latencyMs) values (?, ?, ?, ?)',
    );
    for (const variant of ['before', 'after'] as const) {
      for (const [position, latencyMs] of latency[variant].samplesMs.entries()) {
        insertSample.run(runId, variant, position, latencyMs);
      }
    }

    for (const artifact of artifacts) insertArtifact(database, runId, artifact);
    indexRun(database, runId);
  });
}

/** Stores how a run ended when it did not finish. */
export function endRun(store: Store, document: EndedRunDocument): void {
  writeStore(store, (database) => {
    database
      .prepare(
        `update runs set status = @status, durationMs = @durationMs, errorCode = @errorCode,
           errorMessage = @errorMessage, documentJson = @documentJson where runId = @runId`,
      )
      .run({
        runId: document.runId,
        status: document.status,
        durationMs: document.durationMs,
        errorCode: document.error.code,
        errorMessage: document.error.message,
        documentJson: JSON.stringify(document),
      });
    indexRun(database, document.runId);
  });
}

/** The document of a run that ended early. */
export function describeEndedRun(
  request: CompressRequest,
  ended: {
    readonly status: 'failed' | 'cancelled';
    readonly startedTimestampMs: number;
    readonly durationMs: number;
    readonly error: { readonly code: string; readonly message: string };
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
    error: { code: ended.error.code, message: ended.error.message },
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
    database
      .prepare<[], RunningRow>(
        `select runId, startedTimestampMs, lastStage, lastSeenTimestampMs, requestJson from runs where status = 'running'`,
      )
      .all(),
  );
  for (const row of running) {
    if (isRunAlive(store.path, row.runId)) continue;
    // Between the query and the answer the run may have ended in the ordinary way and let go of its lock.
    const status = readStore(store, (database) =>
      database.prepare<[string], string>('select status from runs where runId = ?').pluck().get(row.runId),
    );
    if (status !== 'running') continue;
    const request = JSON.parse(row.requestJson) as CompressRequest;
    removeHalfWrittenFiles(request.outPath);
    const where = row.lastStage === null ? '' : ` (last seen in stage "${row.lastStage}")`;
    endRun(
      store,
      describeEndedRun(request, {
        status: 'failed',
        startedTimestampMs: row.startedTimestampMs,
        durationMs: Math.max(0, row.lastSeenTimestampMs - row.startedTimestampMs),
        error: { code: 'engine-crashed', message: `The process ended before the run was finished${where}.` },
      }),
    );
  }
  removeDeadLocks(store.path);
}

/** Makes user text safe inside LIKE: % and _ mean themselves. */
export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Lists runs, newest first. */
export function listRuns(store: Store, filter: RunFilter = {}): RunSummary[] {
  const conditions = ['deletedTimestampMs is null'];
  const parameters: Record<string, string | number> = {};
  if (filter.status !== undefined) {
    conditions.push('status = @status');
    parameters['status'] = filter.status;
  }
  if (filter.model !== undefined) {
    conditions.push(`(modelPath like @model escape '\\' or modelSha256 like @modelSha256 escape '\\')`);
    parameters['model'] = `%${escapeLike(filter.model)}%`;
    parameters['modelSha256'] = `${escapeLike(filter.model)}%`;
  }
  if (filter.text !== undefined) {
    conditions.push(`searchText like @text escape '\\'`);
    parameters['text'] = `%${escapeLike(filter.text.toLowerCase())}%`;
  }
  parameters['limit'] = filter.limit ?? -1;
  return readStore(store, (database) =>
    database
      .prepare<[typeof parameters], SummaryRow>(
        `select ${summaryColumns} from runs join run_marks using (runId) where ${conditions.join(' and ')} 
         order by startedTimestampMs desc, runs.rowid desc limit @limit`,
      )
      .all(parameters)
      .map(toSummary),
  );
}

function parseDocument(store: Store, runId: string, json: string): RunDocument | EndedRunDocument {
  const value: unknown = JSON.parse(json);
  const parsed = runDocumentSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const ended = endedRunDocumentSchema.safeParse(value);
  if (ended.success) return ended.data;
  throw new AppError(
    'database-corrupt',
    `The document of run ${runId} in "${store.path}" does not have the form this version of Vernier writes ` +
      `(${parsed.error.issues[0]?.path.join('.') ?? 'unknown field'}: ${parsed.error.issues[0]?.message ?? 'unreadable'}).`,
  );
}

/**
 * Finds one run.
 * @param reference `latest`, a run id, or the first characters of one (at least 4) that no other run shares.
 * @throws AppError `run-not-found`.
 */
export function findRun(store: Store, reference: string): StoredRun {
  const rows = readStore(store, (database) =>
    reference === 'latest'
      ? database
          .prepare<[], SummaryRow & { documentJson: string | null }>(
            `select ${summaryColumns}, documentJson from runs join run_marks using (runId)
             where deletedTimestampMs is null order by startedTimestampMs desc, runs.rowid desc limit 1`,
          )
          .all()
      : database
          .prepare<[string, string], SummaryRow & { documentJson: string | null }>(
            `select ${summaryColumns}, documentJson from runs join run_marks using (runId)
             where deletedTimestampMs is null and substr(runId, 1, length(?)) = ? order by runId limit 2`,
          )
          .all(reference, reference),
  );
  const [first, second] = rows;
  if (first === undefined) {
    const what = reference === 'latest' ? 'The history is empty' : `No run begins with "${reference}"`;
    throw new AppError('run-not-found', `${what} in "${store.path}". \`vernier history\` lists the runs there are.`);
  }
  if (first.runId !== reference && reference !== 'latest' && reference.length < 4) {
    throw new AppError(
      'run-not-found',
      `"${reference}" is too short to name a run: give at least 4 characters of its id.`,
    );
  }
  if (second !== undefined && first.runId !== reference) {
    throw new AppError(
      'run-not-found',
      `"${reference}" fits more than one run (${first.runId}, ${second.runId}, …): give more characters of the id.`,
    );
  }
  const { documentJson, ...summary } = first;
  return {
    summary: toSummary(summary),
    document: documentJson === null ? null : parseDocument(store, first.runId, documentJson),
  };
}
