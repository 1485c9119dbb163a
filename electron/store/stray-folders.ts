import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { say } from '../../shared/engine-texts/say.ts';
import { engineFolderPrefix } from '../engine/runtime/engine-folder.ts';
import { readStore, type Store } from './database.ts';
import type { Garbage } from './garbage.ts';
import { modelsFolder } from './places.ts';
import { isRunAlive } from './run-lock.ts';

/** A temporary folder of another history's engine, or of none: surely abandoned only when nobody touched it for this long. */
const abandonedFolderMs = 24 * 60 * 60 * 1000;

export function sizeOf(path: string): number {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.size;
  return listNames(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

export function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // No such folder, so nothing in it.
    return [];
  }
}

function isKnownRun(store: Store, runId: string): boolean {
  return readStore(
    store,
    (database) => database.prepare('select 1 from runs where runId = ?').get(runId) !== undefined,
  );
}

/** Folders beside the history that are named after a run which is not in it. */
export function listStrayModelFolders(store: Store): Garbage[] {
  const folder = modelsFolder(store.path);
  return listNames(folder)
    .map((name) => join(folder, name))
    .filter((path) => isStrayModelFolder(store, path))
    .map((path) => ({ kind: 'folder', path, reason: say('garbageOfNoRun'), sizeBytes: sizeOf(path) }));
}

export function isStrayModelFolder(store: Store, path: string): boolean {
  const name = basename(path);
  if (!isRunId(name) || isKnownRun(store, name) || isRunAlive(store.path, name)) return false;
  const pending = readStore(store, (database) =>
    database.prepare<[], string>('select path from pending_files').pluck().all(),
  );
  // Named one by one, or being written at this moment.
  return !pending.some((file) => dirname(file) === path);
}

function isRunId(name: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
}

/** What hosts and engines make in the folder for temporary files (serve/downloads.ts, cli/commands/serve.ts). */
const ownFolderPrefixes = [engineFolderPrefix, 'vernier-downloads-', 'vernier-open-'];

/** Temporary folders of engines and servers that were killed. */
export function listEngineFolders(store: Store): Garbage[] {
  return listNames(tmpdir()).flatMap((name): Garbage[] => {
    if (!ownFolderPrefixes.some((prefix) => name.startsWith(prefix))) return [];
    const path = join(tmpdir(), name);
    const runId = name.slice(engineFolderPrefix.length).slice(0, 36);
    const status = statSync(path, { throwIfNoEntry: false });
    const isDead =
      isRunId(runId) && isKnownRun(store, runId)
        ? !isRunAlive(store.path, runId)
        : status !== undefined && Date.now() - status.mtimeMs > abandonedFolderMs;
    if (status?.isDirectory() !== true || !isDead) return [];
    return [{ kind: 'folder', path, reason: say('garbageOfEngine'), sizeBytes: sizeOf(path) }];
  });
}
