import { randomUUID } from 'node:crypto';
import { basename, dirname, extname, join } from 'node:path';
import { failureOf } from '../../shared/app-error.ts';
import { compressRequestSchema, type CompressRequest, type DataRequest } from '../../shared/compress-request.ts';
import type { NewRun, RequestName } from '../../shared/contract/requests.ts';
import type { PlanNode } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { isInside } from '../engine/files/allowed-folders.ts';
import { assertMayBeModel } from '../engine/onnx/read-model.ts';
import { assertWritable, type Store } from '../store/database.ts';
import { modelsFolder } from '../store/places.ts';
import { makeOwnFolder } from '../store/private-files.ts';
import { getRunRow } from '../store/run-rows.ts';
import { runEngineJob, type EngineJobOptions } from '../worker/engine-client.ts';
import type { Handlers } from './answer-request.ts';
import type { FileAccess } from './file-access.ts';
import type { RecentFiles } from './recent-files.ts';
import { eachDevice } from '../lab/device-list.ts';
import { parsePlace } from '../lab/lab-messages.ts';
import type { Place } from '../lab/lab-names.ts';
import type { LabConnection } from './lab-connection.ts';
import { LabRuns } from './lab-runs.ts';
import type { Look, LookOptions } from './looks.ts';
import { assertReplaceable, recordRun } from './record-run.ts';
import { measureRunAgain, prepareMeasuring } from './measure-again.ts';
import { RunQueue, type RunQueueOptions } from './run-queue.ts';
import type { SendEvent } from './surroundings.ts';

function ends(signal: AbortSignal | undefined, lookId: string | null): LookOptions {
  return { lookId, ...(signal === undefined ? {} : { signal }) };
}

/** Looks at models and data before a run, and does the runs themselves, one after another. */
export function createExperimentHandlers(context: {
  readonly store: Store;
  readonly files: FileAccess;
  readonly recent: RecentFiles;
  readonly send: SendEvent;
  /** How the engine is started, as the settings are now. */
  readonly engineOptions: () => Pick<EngineJobOptions, 'launch' | 'memoryMb' | 'allowedFolders'>;
  /** Something short, beside whatever runs. */
  readonly look: Look;
  readonly connection: LabConnection;
}): {
  readonly queue: RunQueue;
  readonly labRuns: LabRuns;
  readonly handlers: Handlers<
    Extract<RequestName, `run.${string}`> | 'model.inspect' | 'data.preview' | 'plan.preview'
  >;
} {
  const { store, files, recent, send, look } = context;

  const assertDataAllowed = (data: DataRequest) => {
    const { labelsPath, classesPath, preprocessorPath, textsPath, charactersPath, tokenizerPath } = data;
    const beside = [
      labelsPath,
      classesPath,
      preprocessorPath,
      textsPath,
      charactersPath,
      tokenizerPath,
      data.annotationsPath,
    ];
    for (const path of [data.path, ...beside]) {
      if (path !== null) files.assertAllowed(path);
    }
  };

  const toRequest = (request: NewRun): CompressRequest => {
    files.assertAllowed(request.modelPath);
    assertDataAllowed(request.data);
    if (request.outPath !== null) files.assertWritable(request.outPath);
    const runId = randomUUID();
    const name = basename(request.modelPath, extname(request.modelPath));
    // Beside the history, each run in a folder of its own: an experiment never overwrites the result of an earlier one.
    const outPath = request.outPath ?? join(modelsFolder(store.path), runId, `${name}.int8.onnx`);
    const { keepPrepared, ...settings } = request;
    const preparedPath = keepPrepared ? join(dirname(outPath), `${name}.prepared.onnx`) : null;
    return compressRequestSchema.parse({ ...settings, runId, outPath, preparedPath });
  };

  const assertOutputsReplaceable = ({ modelPath, outPath, preparedPath }: CompressRequest): void => {
    assertReplaceable({ path: outPath, modelPath, otherPath: preparedPath }, false, store, {
      what: tell('outputCompressed'),
      otherwise: tell('otherwisePlace'),
    });
    if (preparedPath === null) return;
    assertReplaceable({ path: preparedPath, modelPath, otherPath: outPath }, false, store, {
      what: tell('outputPrepared'),
      otherwise: tell('otherwisePlaceOrNot'),
    });
  };

  const perform: RunQueueOptions['perform'] = async ({ request, marks }, { signal, enough }, onEvent) => {
    const models = modelsFolder(store.path);
    if (isInside(models, request.outPath)) makeOwnFolder(models);
    const { historyError } = await recordRun(store, request, {
      marks,
      onEvent,
      onUnrecordedEnd: (error) => onEvent({ type: 'log', level: 'warning', ...failureOf(error) }),
      onWarning: (warning) => onEvent({ type: 'log', level: 'warning', ...warning }),
      compress: (forward) => {
        assertOutputsReplaceable(request);
        return runEngineJob(
          { kind: 'compress', request },
          { ...context.engineOptions(), signal, enough, onEvent: forward },
        );
      },
    });
    if (historyError !== null) throw historyError;
  };

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
      'model.inspect': async ({ modelPath, dims, lookId }, signal) => {
        files.assertAllowed(modelPath);
        await assertMayBeModel(modelPath);
        const inspection = await look({ kind: 'inspect', modelPath, dims }, ends(signal, lookId));
        recent.add(modelPath, 'model');
        return inspection;
      },
      'data.preview': async ({ modelPath, data, dims, lookId }, signal) => {
        files.assertAllowed(modelPath);
        assertDataAllowed(data);
        await assertMayBeModel(modelPath);
        const preview = await look({ kind: 'preview', modelPath, data, dims }, ends(signal, lookId));
        if (data.path !== null) recent.add(data.path, 'data');
        return preview;
      },
      'plan.preview': async ({ request, lookId }, signal) => {
        const whole = toRequest(request);
        await assertMayBeModel(whole.modelPath);
        const plan = await look({ kind: 'plan', request: whole }, ends(signal, lookId));
        return plan.nodes.map(({ node, opType, precision, foldedInto, reason }): PlanNode => ({
          node,
          opType,
          precision,
          foldedInto,
          reason,
        }));
      },
      'run.start': async ({ request, name, notes, tags, place }) => {
        assertWritable(store);
        const whole = toRequest(place === null ? request : { ...request, keepPrepared: false });
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
        for (const other of others) await submit(toRequest({ ...request, outPath: null, keepPrepared: false }), other);
        return { runId: whole.runId };
      },
      'run.measureAgain': async ({ runId }) => {
        const remeasurable = await prepareMeasuring(store, runId);
        const { request, name } = remeasurable;
        files.assertAllowed(request.modelPath);
        files.assertAllowed(request.outPath);
        assertDataAllowed(request.data);
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
