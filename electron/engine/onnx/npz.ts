import { open, mkdtemp, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { allocate } from '../files/allocate.ts';
import { readFailure, writeFailure } from '../files/file-errors.ts';
import { openRegularFile } from '../files/regular-file.ts';
import { fileSource, readArray, type ArrayReader, type ByteSource } from './npy.ts';
import { checkNpySize, npyHeadBytes, parseNpyHeader, UnsupportedArrayError } from './npy-header.ts';

/** One array of an archive, by its name without `.npy`. */
export interface NpzEntry extends ArrayReader {
  readonly name: string;
}

export interface NpzFile {
  readonly entries: readonly NpzEntry[];
  /** Arrays that are sound but not of numbers, such as class names, and why each was left out. */
  readonly skipped: readonly { readonly name: string; readonly reason: Told }[];
  /** Closes the file and removes what was unpacked. */
  readonly close: () => Promise<void>;
}

export interface NpzOptions {
  /**
   * All arrays unpacked in memory together; what does not fit goes to temporary files. 256 MiB when not given. Archives
   * that unpack to no more than this are never taken for bombs.
   */
  readonly memoryBudgetBytes?: number;
}

const stored = 0;
const deflated = 8;
const mostEntries = 10_000;
const defaultMemoryBudgetBytes = 256 * 2 ** 20;
/** Deflate cannot do better than 1032:1 (zlib's technical details), so a larger claim is a lie. */
const deflateLimitRatio = 1032;
/** Real arrays of any size do not shrink by this much; bombs do. */
const bombRatio = 100;

/** What the entries of one archive share. */
interface Archive {
  readonly path: string;
  readonly zip: ZipFile;
  readonly handle: FileHandle;
  /** What may still be unpacked in memory. */
  memoryLeftBytes: number;
  readonly cleanups: (() => Promise<void>)[];
}

/** yauzl and zlib throw plain errors about the archive; only errors of the file system are someone else's fault. */
function archiveFailure(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) return readFailure(path, error);
  const reason = error instanceof Error ? error.message : String(error);
  return new AppError('data-malformed', tell('npzUnreadable', { path, reason }), { cause: error });
}

async function listEntries(zip: ZipFile, path: string): Promise<Entry[]> {
  if (zip.entryCount > mostEntries) {
    throw new AppError('data-malformed', tell('npzTooManyEntries', { path, count: zip.entryCount, most: mostEntries }));
  }
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.toLowerCase().endsWith('.npy')) entries.push(entry);
  }
  return entries;
}

function arrayName(entry: Entry): string {
  return entry.fileName.slice(0, -'.npy'.length);
}

function place(entry: Entry, path: string): Told {
  return tell('arrayInFile', { name: arrayName(entry), path });
}

/** Refuses what cannot be read or should not be, by what the archive's directory claims. */
function checkEntries(entries: readonly Entry[], path: string, sizeBytes: number, freeOfDoubtBytes: number): void {
  const names = new Set<string>();
  let inflatedBytes = 0;
  for (const entry of entries) {
    const refuse = (what: Told): never => {
      throw new AppError('data-malformed', tell('npzEntryMalformed', { array: place(entry, path), what }));
    };
    if (names.has(entry.fileName)) refuse(tell('npzEntryTwice'));
    names.add(entry.fileName);
    if (entry.isEncrypted()) refuse(tell('npzEntryEncrypted'));
    if (entry.compressionMethod !== stored && entry.compressionMethod !== deflated) {
      refuse(tell('npzEntryMethod', { method: entry.compressionMethod }));
    }
    if (!Number.isSafeInteger(entry.uncompressedSize) || entry.compressedSize > sizeBytes) {
      refuse(tell('npzEntryBeyondArchive'));
    }
    if (entry.compressionMethod === deflated) {
      if (entry.uncompressedSize > entry.compressedSize * deflateLimitRatio + 1024)
        refuse(tell('npzEntryImpossibleSize'));
      inflatedBytes += entry.uncompressedSize;
    }
  }
  // Over all entries, since they may share one compressed stream.
  if (inflatedBytes > freeOfDoubtBytes && inflatedBytes > bombRatio * sizeBytes) {
    throw new AppError(
      'data-malformed',
      tell('npzBomb', { path, size: Math.round(inflatedBytes / 1e6), packed: (sizeBytes / 1e6).toFixed(1) }),
    );
  }
}

/** The first bytes of an entry, inflated when need be: enough for its header. */
async function readHead(archive: Archive, entry: Entry): Promise<Uint8Array> {
  const stream = await archive.zip.openReadStreamPromise(entry);
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece);
    sizeBytes += piece.byteLength;
    // Leaving the loop destroys the stream.
    if (sizeBytes >= npyHeadBytes) break;
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/** Passes an entry's bytes on, and proves their number and checksum. */
async function unpack(
  archive: Archive,
  entry: Entry,
  take: (piece: Buffer, position: number) => Promise<void> | void,
): Promise<void> {
  let checksum = 0;
  let position = 0;
  try {
    const stream: Readable = await archive.zip.openReadStreamPromise(entry);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      if (position + piece.byteLength > entry.uncompressedSize) throw new Error('it unpacks to more than it claims');
      checksum = crc32(piece, checksum);
      await take(piece, position);
      position += piece.byteLength;
    }
    if (position !== entry.uncompressedSize) throw new Error('it unpacks to less than it claims');
    if (checksum !== entry.crc32) throw new Error('its checksum is wrong');
  } catch (error) {
    if (error instanceof AppError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new AppError('data-malformed', tell('arrayDamaged', { array: place(entry, archive.path), reason }), {
      cause: error,
    });
  }
}

function memorySource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.byteLength,
    read: (target, position) => {
      target.set(bytes.subarray(position, position + target.byteLength));
      return Promise.resolve();
    },
  };
}

async function unpackToMemory(archive: Archive, entry: Entry): Promise<ByteSource> {
  const bytes = allocate(entry.uncompressedSize, tell('memoryOfArray', { array: place(entry, archive.path) }));
  await unpack(archive, entry, (piece, position) => bytes.set(piece, position));
  return memorySource(bytes);
}

async function unpackToFile(archive: Archive, entry: Entry): Promise<ByteSource> {
  let path = tmpdir();
  try {
    const folder = await mkdtemp(join(path, 'vernier-npz-'));
    const removeFolder = (): Promise<void> => rm(folder, { recursive: true, force: true });
    archive.cleanups.push(removeFolder);
    path = join(folder, 'array.npy');
    const handle = await open(path, 'wx+', 0o600);
    archive.cleanups.unshift(() => handle.close());
    // Where an open file can be removed, even a killed process leaves nothing behind.
    if (process.platform !== 'win32') await removeFolder();
    await unpack(archive, entry, async (piece, position) => {
      try {
        for (let done = 0; done < piece.byteLength;) {
          done += (await handle.write(piece, done, piece.byteLength - done, position + done)).bytesWritten;
        }
      } catch (error) {
        throw writeFailure(path, error);
      }
    });
    return fileSource(handle, path, 0, entry.uncompressedSize);
  } catch (error) {
    throw writeFailure(path, error);
  }
}

/** Stored entries are read where they are, once their checksum was found right. */
async function verifyStored(archive: Archive, entry: Entry): Promise<ByteSource> {
  await unpack(archive, entry, () => undefined);
  const { fileDataStart } = await archive.zip.readLocalFileHeaderPromise(entry, { minimal: true });
  return fileSource(archive.handle, archive.path, fileDataStart, entry.uncompressedSize);
}

function openSource(archive: Archive, entry: Entry): Promise<ByteSource> {
  if (entry.compressionMethod === stored) return verifyStored(archive, entry);
  if (entry.uncompressedSize > archive.memoryLeftBytes) return unpackToFile(archive, entry);
  archive.memoryLeftBytes -= entry.uncompressedSize;
  return unpackToMemory(archive, entry);
}

async function openEntry(archive: Archive, entry: Entry): Promise<NpzEntry> {
  const where = place(entry, archive.path);
  const header = parseNpyHeader(await readHead(archive, entry), where);
  checkNpySize(header, entry.uncompressedSize, where);
  let opened: Promise<ByteSource> | null = null;
  const source: ByteSource = {
    sizeBytes: entry.uncompressedSize,
    read: async (target, position) => {
      opened ??= openSource(archive, entry);
      await (await opened).read(target, position);
    },
  };
  return { name: arrayName(entry), ...readArray(source, header, where) };
}

/**
 * Opens an .npz archive. Headers are read at once; an array's data is checked against its checksum and, when compressed,
 * unpacked on first use: in memory within the budget for the whole archive, beyond it in temporary files that `close`
 * removes.
 * @throws AppError `file-not-found`, `file-unreadable`, `data-malformed`; while reading also `disk-full`, `write-failed`.
 */
export async function openNpz(path: string, options: NpzOptions = {}): Promise<NpzFile> {
  const memoryBudgetBytes = options.memoryBudgetBytes ?? defaultMemoryBudgetBytes;
  const { handle, sizeBytes } = await openRegularFile(path);
  let zip: ZipFile | undefined;
  try {
    zip = await openPromise(path, { autoClose: false });
    const archive: Archive = { path, zip, handle, memoryLeftBytes: memoryBudgetBytes, cleanups: [] };
    const found = await listEntries(zip, path);
    if (found.length === 0) {
      throw new AppError('data-malformed', tell('npzEmpty', { path }));
    }
    checkEntries(found, path, sizeBytes, memoryBudgetBytes);
    const entries: NpzEntry[] = [];
    const skipped: { name: string; reason: Told }[] = [];
    for (const entry of found) {
      try {
        entries.push(await openEntry(archive, entry));
      } catch (error) {
        if (!(error instanceof UnsupportedArrayError)) throw error;
        skipped.push({ name: arrayName(entry), reason: error.said });
      }
    }
    return {
      entries,
      skipped,
      close: async () => {
        archive.zip.close();
        await handle.close();
        for (const cleanup of archive.cleanups.splice(0)) await cleanup();
      },
    };
  } catch (error) {
    zip?.close();
    await handle.close();
    throw archiveFailure(path, error);
  }
}
