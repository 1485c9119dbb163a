import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { isInside } from '../engine/files/allowed-folders.ts';
import type { Store } from './database.ts';
import { backupsFolder, modelsFolder } from './places.ts';

/*
 * What may be removed: a history says which files Vernier wrote, but a history may have been restored from a file that
 * somebody else made. So the files themselves must say so too.
 */

/** Written at the end of every compressed model (engine/6-search/stamp-model.ts). */
const stamp = Buffer.from('vernier.original_sha256');
/** The stamp and what follows it in a model; choices of a search are the longest part. */
const stampedBytes = 1 << 20;

function hasStamp(path: string): boolean {
  let file;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const end = Buffer.alloc(Math.min(size, stampedBytes));
    readSync(file, end, 0, end.length, size - end.length);
    return end.includes(stamp);
  } catch {
    return false;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The form of a name that `temporaryName` gives (engine/files/atomic-file.ts), with what SQLite puts beside it. */
export function isTemporaryName(path: string): boolean {
  return /^\..+\.[0-9a-f]{8}\.tmp(?:-journal|-wal|-shm)?$/.test(basename(path));
}

/** Whether a file lies in a folder of Vernier's own, or carries its stamp, as does the model that a data file belongs to. */
export function isOwnFile(store: Store, path: string): boolean {
  if ([modelsFolder(store.path), backupsFolder(store.path)].some((folder) => isInside(folder, path))) return true;
  return hasStamp(path) || (path.endsWith('.data') && hasStamp(path.slice(0, -'.data'.length)));
}
