import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { readFailure } from './file-errors.ts';
import { openRegularFile } from './regular-file.ts';

/** What a file held when it was read, so that it can be told later whether it is still the same. */
export interface Reading {
  readonly path: string;
  /** Hex, over this file and those before it in its list: the last one's stands for them all. */
  readonly sha256: string;
}

/**
 * Hashes files one after another, in pieces, so that they may be larger than memory.
 * @throws AppError `file-not-found`, `file-unreadable`; CancelledError.
 */
export async function readInTurn(paths: readonly string[], signal?: AbortSignal): Promise<Reading[]> {
  const hash = createHash('sha256');
  const readings: Reading[] = [];
  for (const path of paths) {
    let handle: FileHandle | undefined;
    try {
      ({ handle } = await openRegularFile(path));
      for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
        if (signal?.aborted === true) throw new CancelledError();
        hash.update(chunk as Buffer);
      }
    } catch (error) {
      throw error instanceof CancelledError ? error : readFailure(path, error);
    } finally {
      await handle?.close();
    }
    readings.push({ path, sha256: hash.copy().digest('hex') });
  }
  return readings;
}

/**
 * Proves that files still hold what they held. Figures measured on a file that was replaced meanwhile would belong to neither.
 * @param lists of readings, each as `readInTurn` made it.
 * @throws AppError `input-changed`; CancelledError.
 */
export async function assertUnchanged(lists: Iterable<readonly Reading[]>, signal?: AbortSignal): Promise<void> {
  for (const list of lists) {
    const now = await readInTurn(
      list.map(({ path }) => path),
      signal,
    ).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
      throw new AppError('input-changed', tell('inputChangedWhileMeasured', { error: error.said }), { cause: error });
    });
    const changed = list.find(({ sha256 }, index) => now[index]!.sha256 !== sha256);
    if (changed === undefined) continue;
    throw new AppError('input-changed', tell('fileChangedWhileMeasured', { path: changed.path }));
  }
}
