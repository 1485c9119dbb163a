import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { AppError, CancelledError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { writeFailure } from '../engine/files/file-errors.ts';
import type { Lab } from './connect-lab.ts';
import { decode, fileSetSchema, type FileSet, type FileSetReference } from './lab-messages.ts';
import { dropPart, hasPart, keepPart, makeRoom, partPath, type PartCache } from './part-cache.ts';
import { afterBreaks } from './upload-files.ts';

const setLimitBytes = 64 << 20;

/** The client waits for ever where a server forgot who asks, or is lost meanwhile. @throws Error after `stallMs` without an answer. */
async function withoutStall<Value>(answer: Promise<Value>, stallMs: number): Promise<Value> {
  const timer = new AbortController();
  const stall = wait(stallMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`nothing came for ${stallMs / 1000} s`);
  });
  stall.catch(() => undefined);
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, stall]);
  } finally {
    timer.abort();
  }
}

async function* readChunks(data: ReadableStream<Uint8Array>, stallMs: number): AsyncGenerator<Uint8Array> {
  const reader = data.getReader();
  try {
    for (;;) {
      const next = await withoutStall(reader.read(), stallMs);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/**
 * One object, by its hash, never more of it than was announced.
 * @throws AppError `lab-artifact`.
 */
async function fetchObject(lab: Lab, sha256: string, limitBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  return afterBreaks(lab, signal, async () => {
    const found = await withoutStall(lab.artifacts.get(sha256), lab.timing.stallMs);
    if (found === null) {
      throw new AppError('lab-artifact', tell('labFileMissing', { hash: sha256.slice(0, 12) }));
    }
    const hash = createHash('sha256');
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    // Whoever wrote the list is wrong about it, which says nothing of the object: others may need it.
    if (found.info.size > limitBytes) {
      found.data.cancel().catch(() => undefined);
      throw new AppError('lab-artifact', tell('labListWrong'));
    }
    let isDamaged: boolean;
    // The server's own check of a whole object; ours below is the one that counts.
    found.error.catch(() => undefined);
    try {
      for await (const chunk of readChunks(found.data, lab.timing.stallMs)) {
        if (signal.aborted) throw new CancelledError();
        sizeBytes += chunk.byteLength;
        if (sizeBytes > limitBytes) break;
        hash.update(chunk);
        chunks.push(chunk);
      }
      isDamaged = hash.digest('hex') !== sha256;
    } catch (error) {
      if (error instanceof CancelledError) throw error;
      if (!/sha-256|digest|corrupt/i.test((error as Error).message)) throw error;
      isDamaged = true;
    }
    if (isDamaged) {
      // So that the next submission brings it anew.
      await lab.artifacts.delete(sha256).catch(() => undefined);
      throw new AppError('lab-artifact', tell('labFileDamaged', { hash: sha256.slice(0, 12) }));
    }
    return Buffer.concat(chunks, sizeBytes);
  });
}

/** What a set says of its files; null where it is gone or damaged. */
export async function readFileSet(lab: Lab, sha256: string): Promise<FileSet | null> {
  try {
    return decode(fileSetSchema, await fetchObject(lab, sha256, setLimitBytes, new AbortController().signal));
  } catch (error) {
    if (error instanceof AppError && error.code === 'lab-artifact') return null;
    throw error;
  }
}

/** @throws AppError `lab-artifact`. */
async function fetchFileSet(lab: Lab, { sha256, sizeBytes }: FileSetReference, signal: AbortSignal): Promise<FileSet> {
  const set = decode(fileSetSchema, await fetchObject(lab, sha256, setLimitBytes, signal));
  const sum = (items: readonly { readonly sizeBytes: number }[]) =>
    items.reduce((total, item) => total + item.sizeBytes, 0);
  // On systems that do not tell upper from lower case two names would be one file.
  const names = new Set(set?.files.map(({ name }) => name.normalize('NFC').toLowerCase()));
  if (set === null || sum(set.files) !== sizeBytes || sum(set.parts) !== sizeBytes || names.size !== set.files.length) {
    throw new AppError('lab-artifact', tell('labListWrong'));
  }
  return set;
}

/** The bytes of all parts, one behind the other, each verified when it was kept. */
async function* readParts(cache: PartCache, parts: FileSet['parts']): AsyncGenerator<Buffer> {
  for (const { sha256 } of parts) {
    for await (const chunk of createReadStream(partPath(cache, sha256), { highWaterMark: 1 << 20 }))
      yield chunk as Buffer;
  }
}

/** Cuts the stream of all parts into files. @throws AppError `lab-artifact`, `disk-full`, `write-failed`. */
async function writeFiles(cache: PartCache, set: FileSet, folder: string): Promise<void> {
  const source = readParts(cache, set.parts)[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  for (const { name, sha256, sizeBytes } of set.files) {
    const path = join(folder, ...name.split('/'));
    const hash = createHash('sha256');
    const take = async function* (): AsyncGenerator<Buffer> {
      let left = sizeBytes;
      while (left > 0) {
        if (rest.byteLength === 0) {
          const next = await source.next();
          if (next.done === true) return;
          rest = next.value;
        }
        const piece = rest.subarray(0, left);
        rest = rest.subarray(piece.byteLength);
        left -= piece.byteLength;
        hash.update(piece);
        yield piece;
      }
    };
    try {
      mkdirSync(dirname(path), { recursive: true });
      await pipeline(Readable.from(take()), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
    } catch (error) {
      throw writeFailure(path, error);
    }
    if (hash.digest('hex') === sha256) continue;
    // A disk that changed a part behind our back.
    for (const part of set.parts) dropPart(cache, part.sha256);
    throw new AppError('lab-artifact', tell('labFileChanged', { name }));
  }
}

/**
 * Fetches a set of files into a folder that is made for it. Parts that are in the cache, also from a fetch that broke off, are not fetched again.
 * @throws AppError `lab-artifact`, `lab-cache-full`, `lab-unreachable`, `disk-full`, `write-failed`; CancelledError.
 */
export async function fetchFiles(
  lab: Lab,
  cache: PartCache,
  reference: FileSetReference,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  const set = await fetchFileSet(lab, reference, signal);
  makeRoom(cache, new Map(set.parts.map(({ sha256, sizeBytes }) => [sha256, sizeBytes])));
  for (const { sha256, sizeBytes } of set.parts) {
    if (hasPart(cache, sha256, sizeBytes)) continue;
    keepPart(cache, sha256, await fetchObject(lab, sha256, sizeBytes, signal));
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await writeFiles(cache, set, folder);
}
