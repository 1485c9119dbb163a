import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failureOf } from '../../shared/app-error.ts';
import type { Reply } from '../../shared/contract/bridge.ts';
import type { HostEvent } from '../../shared/contract/events.ts';
import type { AppInfo } from '../../shared/contract/results.ts';
import type { Store } from '../store/database.ts';
import { closeStore, openStore } from '../store/open.ts';
import { defaultDatabasePath } from '../store/places.ts';
import { answerRequest, type Handlers } from './answer-request.ts';
import { createComparisonHandlers } from './comparison-requests.ts';
import { createExperimentHandlers } from './experiment-requests.ts';
import { createGarbageHandlers } from './garbage-requests.ts';
import { createLookHandlers } from './look-requests.ts';
import { createNetworkHandlers } from './network-requests.ts';
import { createHistoryHandlers } from './history-requests.ts';
import { createFileHandlers } from './file-requests.ts';
import { HostHealth } from './host-health.ts';
import { LabConnection } from './lab-connection.ts';
import { assertLabAllowed, createLabHandlers } from './lab-requests.ts';
import { Looks } from './looks.ts';
import { RecentFiles } from './recent-files.ts';
import { createRecipeHandlers } from './recipe-requests.ts';
import { SettingsFile } from './settings.ts';
import type { SendEvent, Surroundings } from './surroundings.ts';

/** The one implementation of the contract. */
export interface AppHost {
  /** Checks the parameters, does what is asked, and never throws. `gone` is aborted when nobody waits for the answer any more. */
  readonly handle: (name: string, parameters: unknown, gone?: AbortSignal) => Promise<Reply<unknown>>;
  readonly onEvent: (listener: (event: HostEvent) => void) => () => void;
  readonly send: SendEvent;
  readonly isBusy: () => boolean;
  readonly settings: SettingsFile;
  readonly recent: RecentFiles;
  readonly databasePath: string;
  /** Cancels what runs, records it, and closes the history. */
  readonly close: () => Promise<void>;
}

/**
 * @param databasePath the history to use whatever the settings say; null for the settings' or the usual one.
 * @throws AppError when the history cannot be opened.
 */
export function createAppHost(surroundings: Surroundings, databasePath: string | null): AppHost {
  const settings = new SettingsFile(dirname(defaultDatabasePath()));
  const recent = new RecentFiles(dirname(defaultDatabasePath()));
  const store = openStore(databasePath ?? settings.get().databasePath ?? defaultDatabasePath());
  const listeners = new Set<(event: HostEvent) => void>();
  const send: SendEvent = (name, payload) => {
    for (const listener of listeners) listener({ name, payload } as HostEvent);
  };
  const { files } = surroundings;

  const engineOptions = () => ({
    launch: surroundings.launchEngine,
    memoryMb: settings.get().engineMemoryMb,
    allowedFolders: files.allowedFolders,
  });
  const looks = new Looks(() => ({ ...engineOptions(), timeLimitSeconds: settings.get().lookSeconds }));

  const health = new HostHealth(looks.look, () => send('info.changed', describeApp()));
  function describeApp(): AppInfo {
    return {
      host: surroundings.host,
      version: surroundings.version,
      platform: process.platform,
      environment: health.found?.environment ?? null,
      engineProblem: health.problem,
      hasInt8DotProduct: health.found?.hasInt8DotProduct ?? null,
      samplePresent: findSample(surroundings.sampleFolder) !== null,
      databasePath: store.path,
      readOnlyReason: store.readOnlyReason === null ? null : failureOf(store.readOnlyReason),
      onBattery: surroundings.isOnBattery(),
      versions: surroundings.versions,
    };
  }

  const connection = new LabConnection(() => settings.get().lab);
  const experiments = createExperimentHandlers({ store, files, recent, send, engineOptions, connection });
  const { queue, labRuns } = experiments;
  const isActive = (runId: string) => [...queue.list(), ...labRuns.list()].some((entry) => entry.runId === runId);

  const handlers: Handlers = {
    ...experiments.handlers,
    ...createLookHandlers({ store, files, recent, look: looks.look }),
    ...createNetworkHandlers({ store, files, look: looks.look }),
    ...createHistoryHandlers({ store, surroundings, send, isActive }),
    ...createComparisonHandlers(store),
    ...createGarbageHandlers(store),
    ...createLabHandlers({ store, files, settings: () => settings.get().lab, connection, runs: labRuns }),
    'app.info': describeApp,
    'look.cancel': ({ lookId }) => ({ cancelled: looks.cancel(lookId) }),
    'window.listening': () => null,
    'settings.get': () => settings.get(),
    'settings.set': (changes) => {
      if (changes.databasePath != null) files.assertHistoryPlace(changes.databasePath);
      if (changes.lab != null) assertLabAllowed(changes.lab, files);
      const saved = settings.set(changes);
      if (changes.lab !== undefined) void labRuns.reconnect();
      send('settings.changed', saved);
      return saved;
    },
    ...createRecipeHandlers(),
    'sample.paths': () => findSample(surroundings.sampleFolder),
    ...createFileHandlers(surroundings, recent),
  };

  if (store.readOnlyReason === null) labRuns.resume();
  return {
    handle: (name, parameters, gone) => answerRequest(handlers, name, parameters, gone),
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    send,
    isBusy: () => queue.list().length > 0 || labRuns.isUploading(),
    settings,
    recent,
    databasePath: store.path,
    close: async () => {
      await Promise.all([queue.close(), labRuns.close(), health.examined, looks.close()]);
      closeOnce(store);
    },
  };
}

function closeOnce(store: Store): void {
  if (store.database.open) closeStore(store);
}

function findSample(folder: string | null): { readonly modelPath: string; readonly dataPath: string } | null {
  const modelPath = folder === null ? '' : join(folder, 'model.onnx');
  return folder !== null && existsSync(modelPath) ? { modelPath, dataPath: join(folder, 'data') } : null;
}
