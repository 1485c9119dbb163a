import { failureOf } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { RequestName } from '../../shared/contract/requests.ts';
import { isInside } from '../engine/files/allowed-folders.ts';
import { assertMayBeModel } from '../engine/onnx/read-model.ts';
import { assertWritable, type Store } from '../store/database.ts';
import { modelsFolder } from '../store/places.ts';
import { makeOwnFolder } from '../store/private-files.ts';
import { getRunRow } from '../store/run-rows.ts';
import { runEngineJob, type EngineJobOptions } from '../worker/engine-client.ts';
import type { Handlers } from './answer-request.ts';
import { assertDataAllowed, assertOutputsReplaceable, toCompressRequest } from './compress-requests.ts';
import type { FileAccess } from './file-access.ts';
import type { RecentFiles } from './recent-files.ts';
import { eachDevice } from '../lab/device-list.ts';
import { parsePlace } from '../lab/lab-messages.ts';
import type { Place } from '../lab/lab-names.ts';
import type { LabConnection } from './lab-connection.ts';
import { LabRuns } from './lab-runs.ts';
import { recordRun } from './record-run.ts';
import { measureRunAgain, prepareMeasuring } from './measure-again.ts';
import { RunQueue, type RunQueueOptions } from './run-queue.ts';
import type { SendEvent } from './surroundings.ts';

type EngineOptions = () => Pick<EngineJobOptions, 'launch' | 'memoryMb' | 'allowedFolders'>;

/** Does a run here, and records it. */
function performIn(store: Store, engineOptions: EngineOptions): RunQueueOptions['perform'] {
  return async ({ request, marks }, { signal, enough }, onEvent) => {
    const models = modelsFolder(store.path);
    if (isInside(models, request.outPath)) makeOwnFolder(models);
    const { historyError } = await recordRun(store, request, {
      marks,
      onEvent,
      onUnrecordedEnd: (error) => onEvent({ type: 'log', level: 'warning', ...failureOf(error) }),
      onWarning: (warning) => onEvent({ type: 'log', level: 'warning', ...warning }),
      compress: (forward) => {
        assertOutputsReplaceable(request, store);
        return runEngineJob({ kind: 'compress', request }, { ...engineOptions(), signal, enough, onEvent: forward });
      },
    });
    if (historyError !== null) throw historyError;
  };
}

/** Does the runs, one after another, here or in the lab. */
export function createExperimentHandlers(context: {
  readonly store: Store;
  readonly files: FileAccess;
  readonly recent: RecentFiles;
  readonly send: SendEvent;
  /** How the engine is started, as the settings are now. */
  readonly engineOptions: EngineOptions;
  readonly connection: LabConnection;
}): {
  readonly queue: RunQueue;
  readonly labRuns: LabRuns;
  readonly handlers: Handlers<Extract<RequestName, `run.${string}`>>;
} {
  const { store, files, recent, send } = context;

  const perform = performIn(store, context.engineOptions);
  const endedStatus = (runId: string) => {
    try {
      return getRunRow(store, runId).row.status;
    } catch {
      // Cancelled before it began, so it was never recorded.
      return 'cancelled';
    }
  };

  const listeners: Pick<RunQueueOptions, 'onEvents' | 'onStatus'> & { readonly onChange: () => void } = {
    onEvents: (runId, batch) => send('run.events', { runId, ...batch }),
    onStatus: (runId, status) =>
      send('run.changed', { runId, status: status === 'ended' ? endedStatus(runId) : status }),
    onChange: () => send('queue.changed', listAll()),
  };
  const queue = new RunQueue({ perform, ...listeners });
  const labRuns = new LabRuns({ store, connection: context.connection, ...listeners });
  const listAll = () => [...queue.list(), ...labRuns.list()];

  return {
    queue,
    labRuns,
    handlers: {
      'run.start': async ({ request, name, notes, tags, place }) => {
        assertWritable(store);
        const whole = toCompressRequest(place === null ? request : { ...request, keepPrepared: false }, files, store);
        await assertMayBeModel(whole.modelPath);
        recent.add(whole.modelPath, 'model');
        if (whole.data.path !== null) recent.add(whole.data.path, 'data');
        if (place === null) {
          void queue.add({ request: whole, marks: { name, notes, tags } });
          return { runId: whole.runId };
        }
        const [first, ...others] = place === 'all' ? await context.connection.ask(eachDevice) : [parsePlace(place)];
        const submit = (run: CompressRequest, where: Place) =>
          labRuns.submit({ kind: 'compress', request: run, place: where, tags }, { name, notes });
        await submit(whole, first);
        for (const other of others)
          await submit(toCompressRequest({ ...request, outPath: null, keepPrepared: false }, files, store), other);
        return { runId: whole.runId };
      },
      'run.measureAgain': async ({ runId }) => {
        const remeasurable = await prepareMeasuring(store, runId);
        const { request, name } = remeasurable;
        files.assertAllowed(request.modelPath);
        files.assertAllowed(request.outPath);
        assertDataAllowed(files, request.data);
        let decides = false;
        await queue.add({
          request,
          marks: { name },
          task: async ({ signal }, onEvent) => {
            const { measurements } = await measureRunAgain(store, remeasurable, (job) =>
              runEngineJob(job, { ...context.engineOptions(), signal, onEvent }),
            );
            decides = measurements.at(-1)?.decides === true;
          },
        });
        return { decides };
      },
      'run.cancel': ({ runId }) => ({ cancelled: queue.cancel(runId) || labRuns.cancel(runId) }),
      'run.enough': ({ runId }) => ({ told: queue.stopSearch(runId) }),
      'run.queue': listAll,
      'run.live': ({ runId }) =>
        queue.live(runId) ?? labRuns.live(runId) ?? { startedTimestampMs: null, count: 0, events: [] },
    },
  };
}
