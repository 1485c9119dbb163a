import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import type { Entry, ZipFile } from 'yauzl';
import { AppError } from '../../../shared/app-error.ts';
import { quoteText, tell } from '../../../shared/engine-texts/tell.ts';
import {
  endedRunDocumentSchema,
  runDocumentSchema,
  type EndedRunDocument,
  type RunDocument,
} from '../../../shared/run.ts';
import { writeStreamAtomically } from '../../engine/files/atomic-file.ts';
import { listEntries, malformed, openEntry, openZip, readEntry, unsafe } from './bundle-entries.ts';
import {
  formatVersion,
  hashFile,
  manifestPath,
  manifestSchema,
  type BundleMarks,
  type Manifest,
} from './bundle-format.ts';

function parseJson(path: string, name: string, content: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch (error) {
    throw malformed(path, tell('entryNoJson', { entry: name }), error);
  }
}

function parseManifest(path: string, value: unknown): Manifest {
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version > formatVersion) {
    throw new AppError('bundle-malformed', tell('bundleNewer', { path, version, known: formatVersion }));
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw malformed(
      path,
      tell('manifestWrong', { field: issue?.path.join('.') ?? '', reason: issue?.message ?? 'unreadable' }),
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
    tell('entryNoRunDocument', {
      entry: name,
      field: issue?.path.join('.') ?? '',
      reason: issue?.message ?? 'unreadable',
    }),
  );
}

function assertListed(path: string, manifest: Manifest, entries: ReadonlyMap<string, Entry>): void {
  const listed = new Map<string, number>([[manifestPath, -1]]);
  for (const run of manifest.runs) {
    if (run.path !== `runs/${run.runId}.json`) throw malformed(path, tell('manifestRunElsewhere', { run: run.runId }));
    for (const file of [run, ...run.models]) {
      if (listed.has(file.path)) throw malformed(path, tell('manifestNamesTwice', { entry: file.path }));
      listed.set(file.path, file.sizeBytes);
    }
    if (run.models.some((model) => !model.path.startsWith(`models/${run.runId}/`))) {
      throw malformed(path, tell('manifestModelElsewhere', { run: run.runId }));
    }
  }
  for (const [name, sizeBytes] of listed) {
    const entry = entries.get(name);
    if (entry === undefined) throw malformed(path, tell('entryMissing', { entry: name }));
    if (sizeBytes !== -1 && entry.uncompressedSize !== sizeBytes)
      throw malformed(path, tell('entrySizeWrong', { entry: name }));
  }
  for (const name of entries.keys()) {
    if (!listed.has(name)) throw unsafe(path, tell('entryUnnamed', { entry: JSON.stringify(name) }));
  }
}

export interface ReceivedRun {
  readonly runId: string;
  readonly marks: BundleMarks;
  readonly models: readonly { readonly fileName: string; readonly sha256: string; readonly sizeBytes: number }[];
}

/** An open bundle. Every run in it has been verified; its models are when `verifyModels` says so. */
export interface Bundle {
  readonly createdBy: string;
  readonly runs: readonly ReceivedRun[];
  /** One at a time: together they may be larger than memory. */
  readRun(runId: string): Promise<RunDocument | EndedRunDocument>;
  /** @throws AppError `bundle-malformed` when a model does not have the hash the manifest says. */
  verifyModels(): Promise<void>;
  /**
   * Unpacks one model file; it appears under its name only when its hash is right.
   * @returns false when exactly this file was already there.
   */
  unpackModel(runId: string, fileName: string, targetPath: string): Promise<boolean>;
  close(): void;
}

async function readRun(
  path: string,
  zip: ZipFile,
  entries: ReadonlyMap<string, Entry>,
  run: Manifest['runs'][number],
): Promise<RunDocument | EndedRunDocument> {
  const content = await readEntry(zip, entries.get(run.path)!);
  if (createHash('sha256').update(content).digest('hex') !== run.sha256) {
    throw malformed(path, tell('entryHashWrong', { entry: run.path }));
  }
  const document = parseRun(path, run.path, parseJson(path, run.path, content));
  if (document.runId !== run.runId) throw malformed(path, tell('entryOtherRun', { entry: run.path }));
  return document;
}

async function unpackVerified(
  bundlePath: string,
  zip: ZipFile,
  entry: Entry,
  sha256: string,
  targetPath: string,
): Promise<boolean> {
  if (await isUnpacked(targetPath, sha256)) return false;
  await writeStreamAtomically(targetPath, await openVerified(bundlePath, zip, entry, sha256));
  return true;
}

/** What an entry holds; the stream fails at its end when that does not have the hash. */
async function openVerified(bundlePath: string, zip: ZipFile, entry: Entry, sha256: string): Promise<Readable> {
  const hash = createHash('sha256');
  const check = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
    flush: (done) => {
      if (hash.digest('hex') === sha256) done();
      else done(malformed(bundlePath, tell('entryHashWrong', { entry: entry.fileName })));
    },
  });
  const content = await openEntry(zip, entry);
  content.on('error', (error) =>
    check.destroy(
      malformed(bundlePath, tell('entryNotUnpacked', { entry: entry.fileName, reason: error.message }), error),
    ),
  );
  return content.pipe(check);
}

/**
 * Whether exactly this file is there already.
 * @throws AppError `file-exists` when it is another one.
 */
export async function isUnpacked(targetPath: string, sha256: string): Promise<boolean> {
  const present = await stat(targetPath).catch(() => null);
  if (present === null) return false;
  try {
    if (present.isFile() && (await hashFile(targetPath)).sha256 === sha256) return true;
  } catch (error) {
    // It may have been deleted with a run that had it, just now.
    if ((await stat(targetPath).catch(() => null)) === null) return false;
    throw error;
  }
  throw new AppError('file-exists', tell('importOntoOther', { path: targetPath }));
}

/**
 * Opens a bundle and verifies all of its runs before anything is done with them.
 * @throws AppError `file-not-found`, `bundle-malformed` or `bundle-unsafe`.
 */
export async function openBundle(path: string): Promise<Bundle> {
  const status = await stat(path).catch(() => null);
  if (status?.isFile() !== true) throw new AppError('file-not-found', tell('bundleMissing', { path }));
  let zip: ZipFile;
  try {
    zip = await openZip(path);
  } catch (error) {
    throw malformed(path, tell('bundleNoZip', { reason: (error as Error).message }), error);
  }
  try {
    const entries = await listEntries(path, zip);
    const manifestEntry = entries.get(manifestPath);
    if (manifestEntry === undefined) throw malformed(path, tell('manifestMissing'));
    const manifest = parseManifest(path, parseJson(path, manifestPath, await readEntry(zip, manifestEntry)));
    assertListed(path, manifest, entries);
    const listed = new Map(manifest.runs.map((run) => [run.runId, run]));
    for (const run of manifest.runs) await readRun(path, zip, entries, run);
    const runs = manifest.runs.map(({ runId, marks, models }): ReceivedRun => ({
      runId,
      marks,
      models: models.map(({ path: modelPath, ...facts }) => ({ fileName: basename(modelPath), ...facts })),
    }));
    return {
      createdBy: manifest.createdBy,
      runs,
      readRun: async (runId) => {
        const run = listed.get(runId);
        if (run === undefined) throw new AppError('internal', tell('bundleWithoutRun', { run: runId }));
        return readRun(path, zip, entries, run);
      },
      verifyModels: async () => {
        for (const { runId, models } of runs) {
          for (const { fileName, sha256 } of models) {
            const entry = entries.get(`models/${runId}/${fileName}`)!;
            await finished((await openVerified(path, zip, entry, sha256)).resume());
          }
        }
      },
      unpackModel: (runId, fileName, targetPath) => {
        const model = runs
          .find((run) => run.runId === runId)
          ?.models.find((candidate) => candidate.fileName === fileName);
        const entry = entries.get(`models/${runId}/${fileName}`);
        if (model === undefined || entry === undefined) {
          throw new AppError('internal', tell('bundleWithoutModel', { name: fileName, run: runId }));
        }
        return unpackVerified(path, zip, entry, model.sha256, targetPath);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    if (error instanceof AppError) throw error;
    // yauzl refuses absolute paths, ".." and backslashes itself.
    const message = (error as Error).message;
    if (/relative path|absolute path|invalid characters in fileName/.test(message))
      throw unsafe(path, quoteText(message));
    throw malformed(path, quoteText(message), error);
  }
}
