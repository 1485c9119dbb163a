import { AppError, recordError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { prepareOnce, readStore, type Store } from './database.ts';
import { outputPathsOf } from './output-paths.ts';
import { isRunAlive, removeDeadLocks } from './run-lock.ts';
import { describeEndedRun, endRun } from './runs.ts';
import { parseStoredRequest } from './stored-request.ts';
import { removeHalfWrittenFiles } from './temporary-files.ts';

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
