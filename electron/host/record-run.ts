import { realpathSync, statSync } from 'node:fs';
import { AppError, CancelledError, type Failure, recordError, saidOf, showTold } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell, type Told } from '../../shared/engine-texts/tell.ts';
import type { OnEvent, Stage } from '../../shared/events.ts';
import type { RunDocument } from '../../shared/run.ts';
import { proveWritable } from '../engine/files/atomic-file.ts';
import { hashModel } from '../engine/onnx/read-model.ts';
import { isOwnArtifact, type Artifact } from '../store/artifacts.ts';
import { outputPathsOf } from '../store/output-paths.ts';
import { backUpDaily } from '../store/backups.ts';
import { describeClockProblem } from '../store/clock.ts';
import type { Store } from '../store/database.ts';
import type { RunMarks } from '../store/run-marks.ts';
import { describeEndedRun, endRun, finishRun, noteStage, startRun } from '../store/runs.ts';
import { removeHalfWrittenFiles } from '../store/temporary-files.ts';
import { EndedLog } from './ended-log.ts';

export interface RecordedRun {
  readonly document: RunDocument;
  /** Why a finished run is not in the history; null in the ordinary case. */
  readonly historyError: Error | null;
}

export interface RecordOptions {
  readonly marks?: Partial<RunMarks>;
  readonly onEvent: OnEvent;
  /** Told when the end of a run that failed could not be written either; the error of the run itself is thrown. */
  readonly onUnrecordedEnd: (error: Error) => void;
  /** Told what is worth knowing and keeps nothing from going on. */
  readonly onWarning: (warning: Failure) => void;
  /** Does the work: an engine job in the ordinary case. */
  readonly compress: (onEvent: OnEvent) => Promise<RunDocument>;
}

/**
 * Runs the engine and keeps the history in step with it, whatever happens.
 * @throws what `compress` throws, after it was recorded.
 */
export async function recordRun(store: Store, request: CompressRequest, options: RecordOptions): Promise<RecordedRun> {
  const startedTimestampMs = Date.now();
  // Not the difference of two readings of the clock, which may be set back in between.
  const started = performance.now();
  const clockProblem = describeClockProblem(store, startedTimestampMs);
  if (clockProblem !== null) options.onWarning(showTold(clockProblem));
  const lock = startRun(store, request, startedTimestampMs, options.marks);
  const log = new EndedLog(() => performance.now() - started);
  let stage: Stage | null = null;
  try {
    const document = await options.compress((event) => {
      log.add(event);
      if (event.type === 'progress' && event.stage !== stage) {
        stage = event.stage;
        try {
          noteStage(store, request.runId, stage, Date.now());
        } catch {
          // Only a help for the day the process is killed: not worth a run. If the history stays unwritable, the end says so.
        }
      }
      options.onEvent(event);
    });
    try {
      finishRun(store, document, await describeOutputs(request, document));
    } catch (error) {
      // Minutes of measuring are not thrown away with it: the caller still gets the result.
      return { document, historyError: error as Error };
    }
    await backUp(store, options.onWarning);
    return { document, historyError: null };
  } catch (error) {
    for (const path of outputPathsOf(request)) removeHalfWrittenFiles(path);
    try {
      endRun(
        store,
        describeEndedRun(request, {
          status: error instanceof CancelledError ? 'cancelled' : 'failed',
          startedTimestampMs,
          durationMs: performance.now() - started,
          error: recordError(error),
          log: log.lines,
        }),
      );
    } catch (storeError) {
      // The first error is the one to report; the run is settled when the history is next opened.
      options.onUnrecordedEnd(storeError as Error);
    }
    throw error;
  } finally {
    lock.release();
  }
}

async function describeFile(kind: Artifact['kind'], path: string): Promise<Artifact> {
  // In pieces: a host has a window to answer while it reads gigabytes.
  const sha256 = await hashModel(path, []);
  return { kind, path, sha256, sizeBytes: statSync(path).size, createdTimestampMs: Date.now() };
}

/**
 * A written model as it lies there, with the data file that large models keep their weights in.
 * @param sizeBytes of both: a data file beside a model that holds its weights itself is not its own.
 */
async function describeModelFiles(kind: 'model' | 'prepared', path: string, sizeBytes: number): Promise<Artifact[]> {
  const model = await describeFile(kind, path);
  return model.sizeBytes < sizeBytes ? [model, await describeFile(`${kind}-data`, `${path}.data`)] : [model];
}

async function describeOutputs(request: CompressRequest, { model }: RunDocument): Promise<Artifact[]> {
  const { compressed, prepared } = model;
  return [
    ...(await describeModelFiles('model', request.outPath, compressed.sizeBytes)),
    ...(prepared === null || prepared.path === null
      ? []
      : await describeModelFiles('prepared', prepared.path, prepared.sizeBytes)),
  ];
}

/** What was recorded is safe without it: a backup that cannot be made is worth a word, not a run. */
async function backUp(store: Store, onWarning: RecordOptions['onWarning']): Promise<void> {
  try {
    await backUpDaily(store);
  } catch (error) {
    onWarning(showTold(tell('backupOfTodayMissing', { error: saidOf(error) })));
  }
}

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

/** What the person has to do instead: an option on the command line, a field in the window. */
export interface OutputAdvice {
  readonly what: Told;
  readonly otherwise: Told;
}

/**
 * An output may replace nothing that could be missed: not the original (ever), and no other file unless Vernier wrote it
 * there and nobody changed it since, or the user said so. Makes the folder where there is none.
 * @param output `otherPath` is that of another output of the same run.
 * @throws AppError `options-invalid`, `file-exists`, `disk-full`, or `write-failed`, also for a device or a pipe.
 */
export function assertReplaceable(
  output: { readonly path: string; readonly modelPath: string; readonly otherPath: string | null },
  force: boolean,
  store: Store,
  advice: OutputAdvice,
): void {
  const { path, modelPath, otherPath } = output;
  const present = realPath(path);
  if (present !== null && present === realPath(modelPath)) {
    throw new AppError('options-invalid', tell('outputIsModel', { what: advice.what, path }));
  }
  if (otherPath !== null && (path === otherPath || (present !== null && present === realPath(otherPath)))) {
    throw new AppError('options-invalid', tell('outsAreSameFile', { path }));
  }
  const status = present === null ? null : statSync(present);
  if (status?.isDirectory() === true) {
    throw new AppError('options-invalid', tell('outputIsFolder', { what: advice.what, path }));
  }
  // What cannot be written is told before what may not be replaced.
  proveWritable(path);
  if (force || status === null || status.size === 0 || isOwnArtifact(store, path)) return;
  throw new AppError('file-exists', tell('outputExists', { path, otherwise: advice.otherwise }));
}
