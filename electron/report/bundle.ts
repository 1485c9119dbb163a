import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import yazl from 'yazl';
import { z } from 'zod';
import { AppError } from '../../shared/app-error.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../shared/run.ts';
import { writeFailure } from '../engine/onnx/file-errors.ts';

/**
 * A bundle: runs on their way to another machine. A zip file with `manifest.json`, `runs/<runId>.json` and, when asked for,
 * `models/<runId>/<file name>`. The manifest names every other file with its size and SHA-256; nothing else may be in it.
 */

const formatVersion = 1;
const manifestPath = 'manifest.json';

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
/** Also a file name: no separators, no dots in front, nothing a file system reads in its own way. */
const runIdSchema = z.string().regex(/^[0-9A-Za-z][0-9A-Za-z-]{3,63}$/);

const marksSchema = z.strictObject({
  name: z.string().max(1000).default(''),
  notes: z.string().max(1_000_000).default(''),
  tags: z.array(z.string().max(1000)).max(1000).default([]),
  starred: z.boolean().default(false),
});
/** What people added to a run. */
export type BundleMarks = z.infer<typeof marksSchema>;

const manifestSchema = z.strictObject({
  format: z.literal('vernier-bundle'),
  formatVersion: z.number().int(),
  createdBy: z.string().max(200),
  runs: z
    .array(
      z.strictObject({
        runId: runIdSchema,
        path: z.string(),
        sha256: sha256Schema,
        sizeBytes: z.number().int().nonnegative(),
        marks: marksSchema,
        models: z
          .array(
            z.strictObject({
              path: z.string(),
              sha256: sha256Schema,
              sizeBytes: z.number().int().nonnegative(),
            }),
          )
          .max(2),
      }),
    )
    .min(1)
    .max(100_000),
});
type Manifest = z.infer<typeof manifestSchema>;

/** What one bundle may hold. Everything is checked against the zip's own figures before a byte is unpacked. */
const limits = {
  manifestBytes: 64e6,
  runBytes: 512e6,
  modelBytes: 64e9,
  entryCount: 300_001,
  /** Run documents shrink to about a tenth; what shrinks to a thousandth is nothing but padding. */
  compressionRatio: 200,
  /** Below this size a high ratio does no harm. */
  harmlessBytes: 4e6,
};

export interface BundledRun {
  readonly document: RunDocument | EndedRunDocument;
  readonly marks: BundleMarks;
  /** The compressed model and, where it keeps its weights outside, the data file beside it. */
  readonly modelPaths: readonly string[];
}

async function hashFile(path: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer);
      sizeBytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw new AppError('file-unreadable', `"${path}" cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  return { sha256: hash.digest('hex'), sizeBytes };
}

/** The earliest time a zip file can tell: the same runs make the same bundle. */
const zipTime = { mtime: new Date(1980, 0, 1), forceDosTimestamp: true, mode: 0o100644 };

/**
 * Writes runs, and their models when `modelPaths` names them, as one bundle; the file appears under its name when whole.
 * @throws AppError `file-unreadable`, `write-failed` or `disk-full`.
 */
export async function writeBundle(
  path: string,
  runs: readonly BundledRun[],
  createdBy: string,
): Promise<{ readonly sizeBytes: number }> {
  const zip = new yazl.ZipFile();
  const manifest: Manifest = { format: 'vernier-bundle', formatVersion, createdBy, runs: [] };
  const parts: { readonly path: string; readonly content: Buffer | string }[] = [];
  for (const { document, marks, modelPaths } of runs.toSorted((a, b) =>
    a.document.runId.localeCompare(b.document.runId, 'en'),
  )) {
    const content = Buffer.from(`${JSON.stringify(document)}\n`);
    const runPath = `runs/${document.runId}.json`;
    parts.push({ path: runPath, content });
    const models: Manifest['runs'][number]['models'] = [];
    for (const modelPath of modelPaths) {
      const zipPath = `models/${document.runId}/${basename(modelPath)}`;
      models.push({ path: zipPath, ...(await hashFile(modelPath)) });
      parts.push({ path: zipPath, content: modelPath });
    }
    manifest.runs.push({
      runId: document.runId,
      path: runPath,
      sha256: createHash('sha256').update(content).digest('hex'),
      sizeBytes: content.length,
      marks,
      models,
    });
  }
  zip.addBuffer(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), manifestPath, zipTime);
  for (const part of parts) {
    if (typeof part.content === 'string') zip.addFile(part.content, part.path, zipTime);
    else zip.addBuffer(part.content, part.path, zipTime);
  }
  zip.end();
  const temporaryPath = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    await pipeline(zip.outputStream, createWriteStream(temporaryPath));
    const file = await open(temporaryPath, 'r+');
    await file.sync();
    await file.close();
    await rename(temporaryPath, path);
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw writeFailure(path, error);
  }
  return { sizeBytes: (await stat(path)).size };
}

function malformed(path: string, what: string, cause?: unknown): AppError {
  return new AppError('bundle-malformed', `"${path}" is not a bundle Vernier can import: ${what}.`, { cause });
}

function unsafe(path: string, what: string): AppError {
  return new AppError(
    'bundle-unsafe',
    `"${path}" was refused, for it looks made to do harm: ${what}. Nothing was imported. Ask whoever sent it for a new one.`,
  );
}

function openZip(path: string): Promise<ZipFile> {
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
  if (!allowed) throw unsafe(path, `the file name ${quoted} has no place in it`);
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  if (type === symbolicLink) throw unsafe(path, `${quoted} is a symbolic link`);
  if (type !== 0 && type !== regularFile) throw unsafe(path, `${quoted} is no plain file`);
  if (entry.isEncrypted()) throw malformed(path, `${quoted} is encrypted`);
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) {
    throw malformed(path, `${quoted} is compressed in a way Vernier does not write`);
  }
  const limit =
    name === manifestPath ? limits.manifestBytes : name.startsWith('runs/') ? limits.runBytes : limits.modelBytes;
  const isPadding =
    entry.uncompressedSize > limits.harmlessBytes &&
    entry.uncompressedSize > entry.compressedSize * limits.compressionRatio;
  if (entry.uncompressedSize > limit || isPadding) {
    throw unsafe(path, `${quoted} would unpack to ${entry.uncompressedSize} bytes from ${entry.compressedSize}`);
  }
}

async function listEntries(path: string, zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  const lowerCaseNames = new Set<string>();
  let compressedBytes = 0;
  if (zip.entryCount > limits.entryCount) throw unsafe(path, `it claims to hold ${zip.entryCount} files`);
  await new Promise<void>((resolve, reject) => {
    zip.on('error', reject);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      try {
        assertSafeEntry(path, entry);
        // Some file systems take "A" and "a" for the same file: the second would replace the first unseen.
        const folded = entry.fileName.normalize('NFC').toLowerCase();
        if (lowerCaseNames.has(folded)) {
          throw unsafe(path, `the file name ${JSON.stringify(entry.fileName)} occurs twice`);
        }
        lowerCaseNames.add(folded);
        compressedBytes += entry.compressedSize;
        // Entries that share bytes are how a small file becomes a large one without a high ratio.
        if (compressedBytes > zip.fileSize) throw unsafe(path, 'its files overlap');
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

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)));
  });
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of await openEntry(zip, entry)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function parseJson(path: string, name: string, content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw malformed(path, `${name} is no JSON`, error);
  }
}

function parseManifest(path: string, value: unknown): Manifest {
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > formatVersion) {
    throw malformed(
      path,
      `it was written by a newer Vernier (bundle format ${version}, this one knows ${formatVersion}); update Vernier`,
    );
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(
      path,
      `its manifest is wrong at "${issue?.path.join('.') ?? ''}" (${issue?.message ?? 'unreadable'})`,
    );
  }
  return parsed.data;
}

function parseRun(path: string, name: string, value: unknown): RunDocument | EndedRunDocument {
  const done = runDocumentSchema.safeParse(value);
  if (done.success) return done.data;
  const ended = endedRunDocumentSchema.safeParse(value);
  if (ended.success) return ended.data;
  const issue = done.error.issues[0];
  throw malformed(
    path,
    `${name} is no run document (${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'})`,
  );
}

function assertListed(path: string, manifest: Manifest, entries: ReadonlyMap<string, Entry>): void {
  const listed = new Map<string, number>([[manifestPath, -1]]);
  for (const run of manifest.runs) {
    if (run.path !== `runs/${run.runId}.json`) throw malformed(path, `the manifest puts run ${run.runId} elsewhere`);
    for (const file of [run, ...run.models]) {
      if (listed.has(file.path)) throw malformed(path, `the manifest names ${file.path} twice`);
      listed.set(file.path, file.sizeBytes);
    }
    if (run.models.some((model) => !model.path.startsWith(`models/${run.runId}/`))) {
      throw malformed(path, `the manifest takes a model of run ${run.runId} from elsewhere`);
    }
  }
  for (const [name, sizeBytes] of listed) {
    const entry = entries.get(name);
    if (entry === undefined) throw malformed(path, `${name} is missing`);
    if (sizeBytes !== -1 && entry.uncompressedSize !== sizeBytes)
      throw malformed(path, `${name} has another size than the manifest says`);
  }
  for (const name of entries.keys()) {
    if (!listed.has(name)) throw unsafe(path, `it holds ${JSON.stringify(name)}, which its manifest does not name`);
  }
}

export interface ReceivedRun {
  readonly document: RunDocument | EndedRunDocument;
  readonly marks: BundleMarks;
  readonly models: readonly { readonly fileName: string; readonly sha256: string; readonly sizeBytes: number }[];
}

/** An open bundle. Every run in it has been verified; models are verified as they are unpacked. */
export interface Bundle {
  readonly createdBy: string;
  readonly runs: readonly ReceivedRun[];
  /**
   * Unpacks one model file; it appears under its name only when its hash is right.
   * @returns false when exactly this file was already there.
   */
  unpackModel(runId: string, fileName: string, targetPath: string): Promise<boolean>;
  close(): void;
}

async function unpackVerified(
  bundlePath: string,
  zip: ZipFile,
  entry: Entry,
  sha256: string,
  targetPath: string,
): Promise<boolean> {
  const present = await stat(targetPath).catch(() => null);
  if (present !== null) {
    if (present.isFile() && (await hashFile(targetPath)).sha256 === sha256) return false;
    throw new AppError('file-exists', `"${targetPath}" exists and is another file: move it away and import again.`);
  }
  const temporaryPath = `${targetPath}.${process.pid}.tmp`;
  const hash = createHash('sha256');
  const check = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await mkdir(dirname(targetPath), { recursive: true });
    await pipeline(await openEntry(zip, entry), check, createWriteStream(temporaryPath, { flags: 'wx' }));
    if (hash.digest('hex') !== sha256)
      throw malformed(bundlePath, `${entry.fileName} does not have the hash the manifest says`);
    await rename(temporaryPath, targetPath);
    return true;
  } catch (error) {
    await rm(temporaryPath, { force: true });
    throw error instanceof AppError ? error : writeFailure(targetPath, error);
  }
}

/**
 * Opens a bundle and verifies all of its runs before anything is done with them.
 * @throws AppError `file-not-found`, `bundle-malformed` or `bundle-unsafe`.
 */
export async function openBundle(path: string): Promise<Bundle> {
  const status = await stat(path).catch(() => null);
  if (status?.isFile() !== true) throw new AppError('file-not-found', `There is no bundle "${path}".`);
  let zip: ZipFile;
  try {
    zip = await openZip(path);
  } catch (error) {
    throw malformed(path, `it is no zip file (${(error as Error).message})`, error);
  }
  try {
    const entries = await listEntries(path, zip);
    const manifestEntry = entries.get(manifestPath);
    if (manifestEntry === undefined) throw malformed(path, 'it has no manifest.json');
    const manifest = parseManifest(path, parseJson(path, manifestPath, await readEntry(zip, manifestEntry)));
    assertListed(path, manifest, entries);
    const runs: ReceivedRun[] = [];
    for (const run of manifest.runs) {
      const content = await readEntry(zip, entries.get(run.path)!);
      if (createHash('sha256').update(content).digest('hex') !== run.sha256) {
        throw malformed(path, `${run.path} does not have the hash the manifest says`);
      }
      const document = parseRun(path, run.path, parseJson(path, run.path, content));
      if (document.runId !== run.runId) throw malformed(path, `${run.path} is another run than the manifest says`);
      runs.push({
        document,
        marks: run.marks,
        models: run.models.map(({ path: modelPath, sha256, sizeBytes }) => ({
          fileName: basename(modelPath),
          sha256,
          sizeBytes,
        })),
      });
    }
    return {
      createdBy: manifest.createdBy,
      runs,
      unpackModel: (runId, fileName, targetPath) => {
        const listed = runs
          .find((run) => run.document.runId === runId)
          ?.models.find((model) => model.fileName === fileName);
        const entry = entries.get(`models/${runId}/${fileName}`);
        if (listed === undefined || entry === undefined) {
          throw new AppError('internal', `The bundle has no model ${fileName} of run ${runId}.`);
        }
        return unpackVerified(path, zip, entry, listed.sha256, targetPath);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    if (error instanceof AppError) throw error;
    // yauzl refuses absolute paths, ".." and backslashes itself.
    const message = (error as Error).message;
    if (/relative path|absolute path|invalid characters in fileName/.test(message)) throw unsafe(path, message);
    throw malformed(path, message, error);
  }
}
