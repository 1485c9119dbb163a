import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError, CancelledError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { readFailure } from '../engine/files/file-errors.ts';
import type { Lab } from './connect-lab.ts';
import { keptDays } from './lab-names.ts';
import type { FileSet, FileSetReference } from './lab-messages.ts';

/** As much as one of them is in memory at a time, on both sides; a break costs no more than one. */
export const partBytes = 16 << 20;
const giveUpAfterMs = 60_000;

/** A file and the name that it has in the set. */
export interface NamedFile {
  readonly name: string;
  readonly path: string;
}

/** What the server says of an account that may not do this; null for any other error. */
export function denialOf(lab: Lab, error: unknown): AppError | null {
  if (error instanceof AppError) return error.code === 'lab-denied' ? error : null;
  const reason = (error as Error).message;
  if (!/permissions violation/i.test(reason)) return null;
  return new AppError('lab-denied', tell('labNotPermitted', { server: lab.server, reason }), { cause: error });
}

/** Tries again while the connection is being made anew. @throws CancelledError; AppError `lab-denied` at once, `lab-unreachable` after a minute. */
export async function afterBreaks<Value>(
  lab: Lab,
  signal: AbortSignal | null,
  work: () => Promise<Value>,
): Promise<Value> {
  const startMs = performance.now();
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted === true) throw new CancelledError();
    try {
      return await work();
    } catch (error) {
      if (error instanceof AppError || error instanceof CancelledError) throw error;
      const reason = (error as Error).message;
      // What the account may not do now it may not do in a second.
      const denied = denialOf(lab, error);
      if (denied !== null) throw denied;
      if (lab.connection.isClosed() || performance.now() - startMs > giveUpAfterMs) {
        throw new AppError('lab-unreachable', tell('labBroke', { server: lab.server, reason }), { cause: error });
      }
      await wait(Math.min(1000, 50 * attempt));
    }
  }
}

/** One object, kept under its own hash: what is there already is not sent again. */
async function putOnce(lab: Lab, content: Uint8Array, signal: AbortSignal | null): Promise<string> {
  const sha256 = createHash('sha256').update(content).digest('hex');
  await afterBreaks(lab, signal, async () => {
    const present = await lab.artifacts.info(sha256);
    // One that is about to expire is sent anew: the job may wait for days.
    const isFresh = present !== null && Date.now() - Date.parse(present.mtime) < (keptDays / 2) * 86_400_000;
    if (present?.deleted === false && present.size === content.byteLength && isFresh) return;
    await lab.artifacts.putBlob({ name: sha256 }, content);
  });
  return sha256;
}

/**
 * Uploads files as one set. What an earlier, broken upload brought there is not sent again.
 * @throws AppError `lab-unreachable`, `file-not-found`, `file-unreadable`; CancelledError.
 */
export async function uploadFiles(
  lab: Lab,
  files: readonly NamedFile[],
  signal: AbortSignal | null = null,
): Promise<FileSetReference> {
  const set: FileSet = { files: [], parts: [] };
  let sizeBytes = 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const sendPart = async (): Promise<void> => {
    if (pendingBytes === 0) return;
    const content = Buffer.concat(pending, pendingBytes);
    set.parts.push({ sha256: await putOnce(lab, content, signal), sizeBytes: pendingBytes });
    [pending, pendingBytes] = [[], 0];
  };
  for (const { name, path } of files) {
    const hash = createHash('sha256');
    let fileBytes = 0;
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        let rest = chunk as Buffer;
        hash.update(rest);
        fileBytes += rest.byteLength;
        while (rest.byteLength > 0) {
          const taken = rest.subarray(0, partBytes - pendingBytes);
          pending.push(taken);
          pendingBytes += taken.byteLength;
          rest = rest.subarray(taken.byteLength);
          if (pendingBytes === partBytes) await sendPart();
        }
      }
    } catch (error) {
      throw error instanceof AppError || error instanceof CancelledError ? error : readFailure(path, error);
    }
    set.files.push({ name, sha256: hash.digest('hex'), sizeBytes: fileBytes });
    sizeBytes += fileBytes;
  }
  await sendPart();
  return { sha256: await putOnce(lab, Buffer.from(JSON.stringify(set)), signal), sizeBytes };
}
