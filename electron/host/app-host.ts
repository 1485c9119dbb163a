import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { AppError, CancelledError, serializeError } from '../../shared/app-error.ts';
import { compressRequestSchema, type CompressRequest, type DataRequest } from '../../shared/compress-request.ts';
import {
  newRunSchema,
  requestSchemas,
  type AppInfo,
  type ExportOutcome,
  type HostEvent,
  type HostEventName,
  type HostEvents,
  type NewRun,
  type PickKind,
  type PlanNode,
  type Reply,
  type RequestName,
  type RequestParameters,
  type RequestResults,
  type RunDetails,
} from '../../shared/contract.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { listArtifacts } from '../store/artifacts.ts';
import { assertWritable, type Store } from '../store/database.ts';
import { closeStore, defaultDatabasePath, openStore } from '../store/open.ts';
import { hideRuns, restoreRuns } from '../store/delete-runs.ts';
import { findRun } from '../store/find-run.ts';
import { modelsFolder } from '../store/places.ts';
import { listTags, updateMarks } from '../store/run-marks.ts';
import { getRunRow, listRunRows } from '../store/run-rows.ts';
import { runEngineJob } from '../worker/engine-client.ts';
import type { LaunchEngine } from '../worker/launch-engine.ts';
import type { EngineHealth, EngineJob, EngineJobKind, EngineJobResults } from '../worker/protocol.ts';
import type { ExportContent } from './export-content.ts';
import { prepareExport, writeExport } from './export-runs.ts';
import type { FileAccess } from './file-access.ts';
import { importBundle } from './import-bundle.ts';
import { JobSlots } from './job-slots.ts';
import { RecentFiles } from './recent-files.ts';
import { assertModelExists, assertReplaceable, recordRun } from './record-run.ts';
import { RunQueue, type QueuedRun } from './run-queue.ts';
import { SavedRecipes } from './saved-recipes.ts';
import { SettingsFile } from './settings.ts';

/** What differs between the desktop and the browser host. */
export interface Surroundings {
  readonly host: AppInfo['host'];
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly files: FileAccess;
  /** Folder of the model and data that come with Vernier; null where they are not installed. */
  readonly sampleFolder: string | null;
  readonly launchEngine: LaunchEngine;
  readonly isOnBattery: () => boolean | null;
  /** Null where there are no native dialogs; no path when the user backed out. */
  readonly pickFiles: (
    kind: PickKind,
    startPath: string | null,
    suggestedName: string | null,
  ) => Promise<{ readonly paths: readonly string[] } | null>;
  /** Gets an export for which no path was named to the user. */
  readonly deliverExport: (content: ExportContent) => Promise<ExportOutcome>;
  readonly revealFile: (path: string) => boolean;
}

/** The one implementation of the contract. */
export interface AppHost {
  /** Checks the parameters, does what is asked, and never throws. */
  readonly handle: (name: string, parameters: unknown) => Promise<Reply<unknown>>;
  readonly onEvent: (listener: (event: HostEvent) => void) => () => void;
  readonly send: <Name extends HostEventName>(name: Name, payload: HostEvents[Name]) => void;
  readonly isBusy: () => boolean;
  readonly settings: SettingsFile;
  readonly recent: RecentFiles;
  readonly databasePath: string;
  /** Cancels what runs, records it, and closes the history. */
  readonly close: () => Promise<void>;
}

type Handlers = {
  readonly [Name in RequestName]: (
    parameters: RequestParameters<Name>,
  ) => RequestResults[Name] | Promise<RequestResults[Name]>;
};

/** Previews beside a run: enough to stay usable, few enough not to disturb what is being measured. */
const previewSlots = 2;

/**
 * @param databasePath the history to use whatever the settings say; null for the settings' or the usual one.
 * @throws AppError when the history cannot be opened.
 */
export function createAppHost(surroundings: Surroundings, databasePath: string | null): AppHost {
  const settings = new SettingsFile(dirname(defaultDatabasePath()));
  const recent = new RecentFiles(dirname(defaultDatabasePath()));
  const savedRecipes = new SavedRecipes();
  const store = openStore(databasePath ?? settings.get().databasePath ?? defaultDatabasePath());
  const listeners = new Set<(event: HostEvent) => void>();
  const send: AppHost['send'] = (name, payload) => {
    for (const listener of listeners) listener({ name, payload } as HostEvent);
  };
  const { files } = surroundings;
  const closing = new AbortController();
  const slots = new JobSlots(previewSlots);

  const runJob = <Kind extends EngineJobKind>(
    job: Extract<EngineJob, { kind: Kind }>,
  ): Promise<EngineJobResults[Kind]> =>
    slots.use(() =>
      runEngineJob<Kind>(job, {
        signal: closing.signal,
        onEvent: () => undefined,
        launch: surroundings.launchEngine,
        memoryMb: settings.get().engineMemoryMb,
        allowedFolders: files.allowedFolders,
      }),
    );

  let health: EngineHealth | null = null;
  let healthProblem: string | null = null;
  const examined = runJob({ kind: 'doctor' }).then(
    (found) => {
      health = found;
      healthProblem = found.onnxRuntimeProblem ?? found.imageProblem;
      send('info.changed', describeApp());
    },
    (error: unknown) => {
      if (error instanceof CancelledError) return;
      healthProblem = error instanceof Error ? error.message : String(error);
      send('info.changed', describeApp());
    },
  );

  const listRecipes = () => [
    ...Object.values(recipePresets).map((preset) => recipeSchema.parse(preset)),
    ...savedRecipes.list(),
  ];

  const samplePaths = () => {
    const folder = surroundings.sampleFolder;
    const modelPath = folder === null ? '' : join(folder, 'model.onnx');
    return folder !== null && existsSync(modelPath) ? { modelPath, dataPath: join(folder, 'data') } : null;
  };

  function describeApp(): AppInfo {
    return {
      host: surroundings.host,
      version: surroundings.version,
      platform: process.platform,
      environment: health?.environment ?? null,
      engineProblem: healthProblem,
      hasInt8DotProduct: health?.hasInt8DotProduct ?? null,
      samplePresent: samplePaths() !== null,
      databasePath: store.path,
      readOnlyReason: store.readOnlyReason?.message ?? null,
      onBattery: surroundings.isOnBattery(),
      versions: surroundings.versions,
    };
  }

  const assertDataAllowed = (data: DataRequest) => {
    for (const path of [data.path, data.labelsPath, data.preprocessorPath]) {
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
    return compressRequestSchema.parse({ ...request, runId, outPath });
  };

  const perform = async ({ request, marks }: QueuedRun, signal: AbortSignal, onEvent: RunQueueEvent): Promise<void> => {
    const { historyError } = await recordRun(store, request, {
      marks,
      onEvent,
      onUnrecordedEnd: (error) => onEvent({ type: 'log', level: 'warning', message: error.message }),
      onWarning: (message) => onEvent({ type: 'log', level: 'warning', message }),
      compress: (forward) => {
        assertReplaceable(request, false, store, {
          what: 'The place for the compressed model',
          otherwise: 'choose another place for the compressed model',
        });
        return runEngineJob(
          { kind: 'compress', request },
          {
            signal,
            onEvent: forward,
            launch: surroundings.launchEngine,
            memoryMb: settings.get().engineMemoryMb,
            allowedFolders: files.allowedFolders,
          },
        );
      },
    });
    if (historyError !== null) throw historyError;
  };

  const queue = new RunQueue({
    perform,
    onEvents: (runId, events) => send('run.events', { runId, events }),
    onStatus: (runId, status) =>
      send('run.changed', { runId, status: status === 'ended' ? endedStatus(runId) : status }),
    onChange: (entries) => send('queue.changed', entries),
  });

  const endedStatus = (runId: string) => {
    try {
      return getRunRow(store, runId).row.status;
    } catch {
      // Cancelled before it began, so it was never recorded.
      return 'cancelled';
    }
  };

  const describeRun = (runId: string): RunDetails => {
    const { row, request } = getRunRow(store, runId);
    return {
      row,
      document: findRun(store, runId).document,
      // A repetition gets an id and a place of its own.
      request: newRunSchema.strip().parse({ ...request, outPath: null }),
      artifacts: listArtifacts(store, runId).map((artifact) => ({ ...artifact, present: existsSync(artifact.path) })),
    };
  };

  const exportRuns = async (parameters: RequestParameters<'runs.export'>): Promise<ExportOutcome> => {
    if (parameters.path !== null) files.assertWritable(parameters.path);
    const runs = parameters.runIds.map((runId) => {
      const details = describeRun(runId);
      if (details.document === null) {
        throw new AppError('run-not-found', `Run ${runId} is still running: there is nothing to export yet.`);
      }
      return { details, document: details.document };
    });
    const { format, language, pageSize } = parameters;
    const content = await prepareExport(runs, format, { language, pageSize }, files);
    if (parameters.path === null) return surroundings.deliverExport(content);
    const { sizeBytes } = await writeExport(content, parameters.path);
    return { kind: 'written', path: parameters.path, sizeBytes };
  };

  const handlers: Handlers = {
    'app.info': describeApp,
    'window.listening': () => null,
    'settings.get': () => settings.get(),
    'settings.set': (changes) => {
      if (changes.databasePath != null) files.assertWritable(changes.databasePath);
      const saved = settings.set(changes);
      send('settings.changed', saved);
      return saved;
    },
    'model.inspect': async ({ modelPath, dims }) => {
      files.assertAllowed(modelPath);
      assertModelExists(modelPath);
      const inspection = await runJob({ kind: 'inspect', modelPath, dims });
      recent.add(modelPath, 'model');
      return inspection;
    },
    'data.preview': async ({ modelPath, data, dims }) => {
      files.assertAllowed(modelPath);
      assertDataAllowed(data);
      const preview = await runJob({ kind: 'preview', modelPath, data, dims });
      if (data.path !== null) recent.add(data.path, 'data');
      return preview;
    },
    'plan.preview': async ({ request }) => {
      const plan = await runJob({ kind: 'plan', request: toRequest(request) });
      return plan.nodes.map(({ node, opType, mode, reason }): PlanNode => ({ node, opType, mode, reason }));
    },
    'recipes.list': listRecipes,
    'recipes.save': ({ recipe }) => {
      savedRecipes.save(recipe);
      return listRecipes();
    },
    'recipes.delete': ({ name }) => {
      savedRecipes.delete(name);
      return listRecipes();
    },
    'sample.paths': samplePaths,
    'run.start': ({ request, name, notes, tags }) => {
      assertWritable(store);
      const whole = toRequest(request);
      assertModelExists(whole.modelPath);
      recent.add(whole.modelPath, 'model');
      if (whole.data.path !== null) recent.add(whole.data.path, 'data');
      queue.add({ request: whole, marks: { name, notes, tags } });
      return { runId: whole.runId };
    },
    'run.cancel': ({ runId }) => ({ cancelled: queue.cancel(runId) }),
    'run.queue': () => queue.list(),
    'run.live': ({ runId }) => queue.live(runId) ?? { startedTimestampMs: null, events: [] },
    'runs.list': (filter) => listRunRows(store, filter),
    'runs.get': ({ runId }) => describeRun(runId),
    'runs.update': ({ runId, ...changes }) => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const row = updateMarks(store, runId, given);
      send('run.changed', { runId, status: 'updated' });
      return row;
    },
    'runs.delete': ({ runIds }) => {
      const active = new Set(queue.list().map((entry) => entry.runId));
      const going = runIds.find((runId) => active.has(runId));
      if (going !== undefined) throw new AppError('options-invalid', `Run ${going} is still going: cancel it first.`);
      const count = hideRuns(store, runIds, Date.now());
      for (const runId of runIds) send('run.changed', { runId, status: 'deleted' });
      return { count };
    },
    'runs.restore': ({ runIds }) => {
      const count = restoreRuns(store, runIds);
      for (const runId of runIds) send('run.changed', { runId, status: 'restored' });
      return { count };
    },
    'runs.tags': () => listTags(store),
    'runs.export': exportRuns,
    'runs.import': async ({ path }) => {
      files.assertAllowed(path);
      const imported = await importBundle(store, path, modelsFolder(store.path));
      for (const { runId, outcome } of imported) {
        if (outcome !== 'present' && outcome !== 'conflict') send('run.changed', { runId, status: 'restored' });
      }
      return imported;
    },
    'files.pick': ({ kind, startPath, suggestedName }) => surroundings.pickFiles(kind, startPath, suggestedName),
    'files.list': ({ path }) => files.list(path),
    'files.reveal': ({ path }) => {
      files.assertAllowed(path);
      return surroundings.revealFile(path);
    },
    'recent.list': () => recent.list(),
    'recent.remove': ({ path }) => {
      recent.remove(path);
      return null;
    },
  };

  return {
    handle: (name, parameters) => answer(handlers, name, parameters),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send,
    isBusy: () => queue.list().length > 0,
    settings,
    recent,
    databasePath: store.path,
    close: async () => {
      closing.abort();
      await Promise.all([queue.close(), examined, slots.drained()]);
      closeOnce(store);
    },
  };
}

type RunQueueEvent = Parameters<ConstructorParameters<typeof RunQueue>[0]['perform']>[2];

function closeOnce(store: Store): void {
  if (store.database.open) closeStore(store);
}

async function answer(handlers: Handlers, name: string, parameters: unknown): Promise<Reply<unknown>> {
  try {
    if (!Object.hasOwn(requestSchemas, name)) throw new AppError('options-invalid', `There is no request "${name}".`);
    const schema = requestSchemas[name as RequestName];
    const parsed = schema.safeParse(parameters ?? {});
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new AppError(
        'options-invalid',
        `"${name}" was asked with wrong parameters: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}.`,
      );
    }
    const handler = handlers[name as RequestName] as (parameters: unknown) => unknown;
    return { ok: true, value: await handler(parsed.data) };
  } catch (error) {
    return { ok: false, error: serializeError(error) };
  }
}
