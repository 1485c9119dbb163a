import { randomBytes } from 'node:crypto';
import {
  closeSync,
  createWriteStream,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { writeFailure } from './file-errors.ts';

/*
 * Writing files so that a name only ever holds the old content or the whole new one, also after a power cut: a temporary
 * name in the same folder, fsync of the file, rename, fsync of the folder, for the new name is the folder's content.
 */

/** Of what is the user's own affair: others on the machine read neither paths nor notes. */
export const privateFileMode = 0o600;
export const privateFolderMode = 0o700;

/** What `store/temporary-files.ts` knows as the half-written form of `path`. */
export function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
}

/** Makes names in a folder durable. Windows has no such call, and its renames need none. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Makes a folder and those above it, as durable as what will be written into it. One at a time: Node's own recursive call
 * never returns where the file system denies a new folder with ENOENT, as /proc does.
 * @param mode permissions of the folders that are made; those that are there keep theirs.
 */
export function makeFolder(folder: string, mode = 0o777): void {
  const parent = dirname(folder);
  if (isFolder(folder)) return;
  makeFolder(parent, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // Another process may have been first.
    if (isFolder(folder)) return;
    throw error;
  }
  syncFolder(parent);
}

function isReplaceableKind(path: string): boolean {
  const own = lstatSync(path, { throwIfNoEntry: false });
  if (own?.isSymbolicLink() === true && readlinkSync(path).startsWith('/proc/')) return false;
  const status = statSync(path, { throwIfNoEntry: false });
  // Folders fail by themselves when something is to be renamed to their name.
  return status === undefined || status.isFile() || status.isDirectory();
}

/**
 * Proves that a file may take the place of what has its name. A device or a pipe would be gone after the rename, for everyone
 * on the machine where root does it: `/dev/null`, or `/dev/stdout`, which is a link into /proc.
 * @throws AppError `write-failed`.
 */
export function assertReplaceableKind(path: string): void {
  let isReplaceable: boolean;
  try {
    isReplaceable = isReplaceableKind(path);
  } catch (error) {
    // A file where a folder should be, a folder that may not be searched.
    throw writeFailure(path, error);
  }
  if (isReplaceable) return;
  throw new AppError('write-failed', tell('outIsDevice', { path }));
}

/**
 * Proves, before the work for it begins, that a file can be written: makes its folder, and a temporary file that goes at once.
 * @throws AppError `disk-full` or `write-failed`.
 */
export function proveWritable(path: string): void {
  const temporaryPath = temporaryName(path);
  try {
    assertReplaceableKind(path);
    makeFolder(dirname(path));
    writeFileSync(temporaryPath, '', { flag: 'wx' });
    rmSync(temporaryPath);
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Gives a file that is whole its name, in place of what had it. */
export function publishFile(temporaryPath: string, path: string): void {
  const file = openSync(temporaryPath, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  assertReplaceableKind(path);
  renameSync(temporaryPath, path);
  syncFolder(dirname(path));
}

/**
 * @param mode permissions of the file and of the folders that are made for it, as far as the umask lets them be.
 * @throws AppError `disk-full` or `write-failed`.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o666): void {
  const temporaryPath = temporaryName(path);
  try {
    assertReplaceableKind(path);
    makeFolder(dirname(path), mode === privateFileMode ? privateFolderMode : undefined);
    writeFileSync(temporaryPath, content, { flag: 'wx', mode });
    publishFile(temporaryPath, path);
  } catch (error) {
    rmSync(temporaryPath, { force: true });
    throw writeFailure(path, error);
  }
}

/**
 * The same from a stream, for what need not fit into memory. An error of the stream leaves no file.
 * @throws AppError `disk-full` or `write-failed`; AppErrors of the stream as they are.
 */
export async function writeStreamAtomically(path: string, content: Readable): Promise<void> {
  const temporaryPath = temporaryName(path);
  try {
    makeFolder(dirname(path));
    assertReplaceableKind(path);
    await pipeline(content, createWriteStream(temporaryPath, { flags: 'wx', flush: true }));
    renameSync(temporaryPath, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(temporaryPath, { force: true });
    throw writeFailure(path, error);
  }
}
