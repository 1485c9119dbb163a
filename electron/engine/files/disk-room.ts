import { statfsSync } from 'node:fs';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';

/** Left free for everything else that a run writes. */
const reservedBytes = 64_000_000;

/**
 * Called before something large is put into a folder of temporary files.
 * @throws AppError `disk-full`.
 */
export function assertRoom(folder: string, sizeBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= sizeBytes + reservedBytes) return;
  throw new AppError('disk-full', tell('temporaryFolderFull', { folder }));
}
