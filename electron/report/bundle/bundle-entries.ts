import type { Readable } from 'node:stream';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { AppError } from '../../../shared/app-error.ts';
import { tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { manifestPath } from './bundle-format.ts';

/** What one bundle may hold. Everything is checked against the zip's own figures before a byte is unpacked. */
const limits = {
  manifestBytes: 64e6,
  /** The largest real ones have a few megabytes: a thousand layers, and every latency that was measured. */
  runBytes: 64e6,
  /** Of all run documents together, unpacked. */
  runBytesInAll: 1e9,
  modelBytes: 64e9,
  entryCount: 300_001,
  /** Run documents shrink to about a tenth; what shrinks to a thousandth is nothing but padding. */
  compressionRatio: 200,
  /** Below this size a high ratio does no harm. */
  harmlessBytes: 4e6,
};

export function malformed(path: string, what: Told, cause?: unknown): AppError {
  return new AppError('bundle-malformed', tell('bundleMalformed', { path, what }), { cause });
}

export function unsafe(path: string, what: Told): AppError {
  return new AppError('bundle-unsafe', tell('bundleUnsafe', { path, what }));
}

export function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(
      path,
      { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true },
      (error, zip) => (error === null ? resolve(zip) : reject(error)),
    );
  });
}

const fileTypeMask = 0o170000;
const regularFile = 0o100000;
const symbolicLink = 0o120000;

/** @throws AppError when an entry is anything but a plain file of a plain name and a believable size. */
function assertSafeEntry(path: string, entry: Entry): void {
  const name = entry.fileName;
  const quoted = JSON.stringify(name.slice(0, 200));
  const allowed =
    name === manifestPath ||
    /^runs\/[0-9A-Za-z][0-9A-Za-z-]{3,63}\.json$/.test(name) ||
    // Any name a model may have, as long as it is one name: no way up, down or to another drive or stream.
    // eslint-disable-next-line no-control-regex -- control characters are what is refused
    /^models\/[0-9A-Za-z][0-9A-Za-z-]{3,63}\/(?!\.)[^/\\:*?"<>|\u0000-\u001f]{1,200}(?<![. ])$/u.test(name);
  if (!allowed) throw unsafe(path, tell('entryOutOfPlace', { name: quoted }));
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  if (type === symbolicLink) throw unsafe(path, tell('entryIsLink', { entry: quoted }));
  if (type !== 0 && type !== regularFile) throw unsafe(path, tell('entryNotPlain', { entry: quoted }));
  if (entry.isEncrypted()) throw malformed(path, tell('entryEncrypted', { entry: quoted }));
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw malformed(path, tell('entryCompressedOtherwise', { entry: quoted }));
  }
  const limit =
    name === manifestPath ? limits.manifestBytes : name.startsWith('runs/') ? limits.runBytes : limits.modelBytes;
  const isPadding =
    entry.uncompressedSize > limits.harmlessBytes &&
    entry.uncompressedSize > entry.compressedSize * limits.compressionRatio;
  if (entry.uncompressedSize > limit || isPadding) {
    throw unsafe(
      path,
      tell('entryBomb', { entry: quoted, size: entry.uncompressedSize, packed: entry.compressedSize }),
    );
  }
}

export async function listEntries(path: string, zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const lowerCaseNames = new Set<string>();
  let compressedBytes = 0;
  let runBytes = 0;
  if (zip.entryCount > limits.entryCount) throw unsafe(path, tell('bundleTooManyFiles', { count: zip.entryCount }));
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      try {
        assertSafeEntry(path, entry);
        // Some file systems take "A" and "a" for the same file: the second would replace the first unseen.
        const folded = entry.fileName.normalize('NFC').toLowerCase();
        if (lowerCaseNames.has(folded)) {
          throw unsafe(path, tell('entryNameTwice', { name: JSON.stringify(entry.fileName) }));
        }
        lowerCaseNames.add(folded);
        compressedBytes += entry.compressedSize;
        // Entries that share bytes are how a small file becomes a large one without a high ratio.
        if (compressedBytes > zip.fileSize) throw unsafe(path, tell('bundleOverlaps'));
        if (entry.fileName.startsWith('runs/')) runBytes += entry.uncompressedSize;
        if (runBytes > limits.runBytesInAll) {
          throw unsafe(path, tell('bundleTooLarge', { size: limits.runBytesInAll }));
        }
        entries.set(entry.fileName, entry);
        zip.readEntry();
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    zip.readEntry();
  });
  return entries;
}

export function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
}

export async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openEntry(zip, entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
