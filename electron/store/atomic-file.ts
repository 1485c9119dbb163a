import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFailure } from '../engine/onnx/file-errors.ts';

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
    throw writeFailure(path, error);
  }
}
