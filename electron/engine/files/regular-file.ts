import { constants } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { allocate } from './allocate.ts';
import { readFailure } from './file-errors.ts';

/**
 * Opens a regular file for reading, links followed. A pipe, a socket or a device is refused before it is opened: opening a pipe
 * waits for whoever writes to it, perhaps forever, and a device such as /dev/zero never ends.
 * @throws AppError `file-not-found`, `file-unreadable`.
 */
export async function openRegularFile(path: string): Promise<{ handle: FileHandle; sizeBytes: number }> {
  let handle: FileHandle | undefined;
  try {
    if (!(await stat(path)).isFile()) throw notRegular(path);
    // O_NONBLOCK is undefined on Windows; elsewhere it keeps a pipe put there a moment later from hanging the open.
    handle = await open(path, constants.O_RDONLY | ((constants.O_NONBLOCK as number | undefined) ?? 0));
    const opened = await handle.stat();
    if (!opened.isFile()) throw notRegular(path);
    return { handle, sizeBytes: opened.size };
  } catch (error) {
    await handle?.close();
    throw readFailure(path, error);
  }
}

function notRegular(path: string): AppError {
  return new AppError('file-unreadable', tell('fileNotRegular', { path }));
}

/**
 * Reads a regular file whole.
 * @param largestBytes what is larger is refused before memory is taken for it.
 * @throws AppError `file-not-found`, `file-unreadable`, `data-malformed` when it is too large, `out-of-memory`.
 */
export async function readRegularFile(path: string, largestBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const { handle, sizeBytes } = await openRegularFile(path);
  try {
    if (sizeBytes > largestBytes) {
      throw new AppError('data-malformed', tell('fileTooLarge', { path, size: sizeBytes, most: largestBytes }));
    }
    const bytes = allocate(sizeBytes, tell('nameQuoted', { name: path }));
    let done = 0;
    while (done < sizeBytes) {
      const { bytesRead } = await handle.read(bytes, done, sizeBytes - done, done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === sizeBytes ? bytes : bytes.slice(0, done);
  } catch (error) {
    throw readFailure(path, error);
  } finally {
    await handle.close();
  }
}
