import { chmodSync, closeSync, openSync, statSync } from 'node:fs';
import { makeFolder, privateFileMode, privateFolderMode } from '../engine/files/atomic-file.ts';

/*
 * The history holds paths, names and notes, and others may have an account on the same machine: what Vernier makes for
 * itself is the user's alone. Windows knows no such modes; there the folder of user data is private anyway.
 */

/** What the usual umask makes of a file and a folder: nobody chose it. */
const unchosenFileMode = 0o644;
const unchosenFolderMode = 0o755;

function tighten(path: string, unchosen: number, mode: number): void {
  const status = statSync(path, { throwIfNoEntry: false });
  const isUnchosen = status !== undefined && (status.mode & 0o777) === unchosen && status.uid === process.getuid?.();
  if (isUnchosen) chmodSync(path, mode);
}

/** Makes a folder of Vernier's own; one that an earlier version left open to readers is closed to them. */
export function makeOwnFolder(folder: string): void {
  makeFolder(folder, privateFolderMode);
  tighten(folder, unchosenFolderMode, privateFolderMode);
}

/** Makes an empty file for a database, unless there is one; SQLite's log beside it gets the same permissions. */
export function makeOwnFile(path: string): void {
  closeSync(openSync(path, 'a', privateFileMode));
  for (const suffix of ['', '-wal', '-shm']) tighten(path + suffix, unchosenFileMode, privateFileMode);
}
