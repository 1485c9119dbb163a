import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';

/**
 * Writes a file so that its name only ever holds the old content or the whole new one: a temporary name in the same
 * folder, fsync, rename.
 * @throws AppError `disk-full` or `write-failed`.
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const temporaryPath = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporaryPath, 'wx');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporaryPath, path);
  } catch (error) {
    rmSync(temporaryPath, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG') {
      throw new AppError(
        'disk-full',
        `The disk is full: "${path}" could not be written. Free some space and try again.`,
        {
          cause: error,
        },
      );
    }
    throw new AppError(
      'write-failed',
      `"${path}" could not be written (${message}). Check the folder and its permissions.`,
      {
        cause: error,
      },
    );
  }
}
