/** A history with runs in it, without the minutes of measuring them: documents the engine once wrote. */
import { compressRequestSchema } from '../../shared/compress-request.ts';
import type { RunDocument } from '../../shared/run.ts';
import { closeStore, openStore } from '../../electron/store/open.ts';
import type { RunMarks } from '../../electron/store/run-marks.ts';
import { describeEndedRun, endRun, finishRun, startRun } from '../../electron/store/runs.ts';
import { fixtureRuns } from '../renderer/stub-bridge.ts';

function requestOf(document: RunDocument) {
  return compressRequestSchema.parse({
    runId: document.runId,
    modelPath: document.model.original.path,
    outPath: document.model.compressed.path,
    data: { path: document.data.path },
    recipe: document.recipe,
    threads: document.threads,
  });
}

const seeded: readonly { readonly document: RunDocument; readonly marks: Partial<RunMarks> }[] = [
  { document: fixtureRuns.minmax, marks: { name: 'ResNet-8, MinMax', tags: ['cifar'] } },
  { document: fixtureRuns.auto, marks: { name: 'ResNet-8, measured', notes: 'The one we ship in March.' } },
  { document: fixtureRuns.twoThreads, marks: { name: 'ResNet-8, two threads', tags: ['cifar', 'threads'] } },
  { document: fixtureRuns.mobilenet, marks: { name: 'MobileNetV2' } },
];

export const seededRuns = fixtureRuns;
/** How many runs `seedHistory` writes: the finished ones and one that failed. */
export const seededRunCount = seeded.length + 1;
export const failedRunId = 'failed-run';

export function seedHistory(databasePath: string): void {
  const store = openStore(databasePath);
  for (const { document, marks } of seeded) {
    const lock = startRun(store, requestOf(document), document.startedTimestampMs, marks);
    finishRun(store, document, []);
    lock.release();
  }
  const request = { ...requestOf(fixtureRuns.entropy), runId: failedRunId };
  const startedTimestampMs = fixtureRuns.entropy.startedTimestampMs;
  const lock = startRun(store, request, startedTimestampMs, { name: 'ResNet-8, entropy' });
  endRun(
    store,
    describeEndedRun(request, {
      status: 'failed',
      startedTimestampMs,
      durationMs: 4200,
      error: {
        code: 'out-of-memory',
        message: 'The engine ran out of memory. Lower the number of calibration samples.',
      },
    }),
  );
  lock.release();
  closeStore(store);
}
