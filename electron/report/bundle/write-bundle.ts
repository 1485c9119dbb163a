import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import yazl from 'yazl';
import type { EndedRunDocument, RunDocument } from '../../../shared/run.ts';
import { withoutPictures } from '../../../shared/sample-evidence.ts';
import { writeStreamAtomically } from '../../engine/files/atomic-file.ts';
import { formatVersion, hashFile, manifestPath, type BundleMarks, type Manifest } from './bundle-format.ts';
import { streamZip } from './stream-zip.ts';

export interface BundledRun {
  readonly document: RunDocument | EndedRunDocument;
  readonly marks: BundleMarks;
  /** The compressed model and, where it keeps its weights outside, the data file beside it. */
  readonly modelPaths: readonly string[];
  /** Small pictures of samples go along; they are the user's data, so only where that was asked for. */
  readonly withPictures?: boolean;
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
  for (const { document, marks, modelPaths, withPictures = false } of runs.toSorted((a, b) =>
    a.document.runId.localeCompare(b.document.runId, 'en'),
  )) {
    const content = Buffer.from(`${JSON.stringify(withPictures ? document : withoutPictures(document))}\n`);
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
  await writeStreamAtomically(path, streamZip(zip));
  return { sizeBytes: (await stat(path)).size };
}
