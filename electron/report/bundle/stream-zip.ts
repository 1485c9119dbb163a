import { Readable } from 'node:stream';
import type { ZipFile } from 'yazl';
import { readFailure } from '../../engine/files/file-errors.ts';

/**
 * Ends a zip file and hands out its bytes. The stream fails where the zip file does, with an AppError `file-not-found` or
 * `file-unreadable`: one of its files may go away or change while it is read.
 */
export function streamZip(zip: ZipFile): Readable {
  const bytes = Readable.from(zip.outputStream);
  // Without a listener it would end the process.
  zip.on('error', (error: NodeJS.ErrnoException) => {
    bytes.destroy(readFailure(error.path ?? 'a file for the archive', error));
  });
  zip.end();
  return bytes;
}
