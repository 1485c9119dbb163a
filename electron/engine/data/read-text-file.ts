import { readFile, stat } from 'node:fs/promises';
import { AppError } from '../../../shared/app-error.ts';
import { readFailure } from '../files/file-errors.ts';

/**
 * Reads a text that lies beside the data. A pipe is refused: opening one waits for whoever writes to it, perhaps forever, and it
 * can be read only once, while labels are hashed as well.
 * @throws AppError `file-not-found`, `file-unreadable`.
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    if (!(await stat(path)).isFile()) {
      throw new AppError(
        'file-unreadable',
        `"${path}" is not a regular file. Write its contents to one and name that.`,
      );
    }
    return await readFile(path, 'utf8');
  } catch (error) {
    throw readFailure(path, error);
  }
}
