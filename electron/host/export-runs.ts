import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import yazl from 'yazl';
import { AppError } from '../../shared/app-error.ts';
import type { ExportFormat } from '../../shared/contract/requests.ts';
import type { RunDetails } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { writeFileAtomically, writeStreamAtomically } from '../engine/files/atomic-file.ts';
import { readFailure } from '../engine/files/file-errors.ts';
import { streamZip } from '../report/bundle/stream-zip.ts';
import { selectModelFiles } from '../store/artifacts.ts';
import type { ExportableRun, ExportContent, ExportPart } from './export-content.ts';
import type { FileAccess } from './file-access.ts';
import { renderElsewhere } from './render-elsewhere.ts';
import type { ReportSettings } from './render-runs.ts';

/**
 * @param files where models may be copied from: runs of the command line left theirs anywhere.
 * @throws AppError when the runs have nothing to write in this format.
 */
export async function prepareExport(
  runs: readonly ExportableRun[],
  format: ExportFormat,
  settings: ReportSettings,
  files: FileAccess,
): Promise<ExportContent> {
  if (format !== 'onnx') return renderElsewhere({ runs, format, settings });
  const parts = runs.flatMap(({ details }) => modelParts(details, files));
  const first = parts[0]!;
  const base = runs.length === 1 ? first.fileName : 'vernier-models.onnx';
  return { fileName: base, parts };
}

function modelParts({ row, artifacts }: RunDetails, files: FileAccess): ExportPart[] {
  const written = selectModelFiles(artifacts, ({ present }) => present);
  if (written.length === 0) {
    throw new AppError('run-not-found', tell('runWithoutModel', { run: row.runId }));
  }
  return written.map(({ path, present }) => {
    if (!present) {
      throw new AppError('file-not-found', tell('compressedModelGone', { path }));
    }
    files.assertAllowed(path);
    return { fileName: basename(path), sourcePath: path };
  });
}

/**
 * Puts MLflow's runs into a folder: a new one, or one that holds others.
 * @throws AppError `file-exists` before anything is written, where a run is there already.
 */
async function writeMlflowFolder(
  parts: readonly ExportPart[],
  folder: string,
): Promise<{ readonly sizeBytes: number }> {
  const { placeMlflowRuns } = await import('../report/formats/mlflow.ts');
  const files = parts.flatMap((part) => ('content' in part ? [{ path: part.fileName, content: part.content }] : []));
  const places = placeMlflowRuns(
    files.map((file) => ({ file, path: join(folder, ...file.path.split('/')) })),
    folder,
  );
  // Runs of an experiment share its description: what is there stays.
  const isShared = (path: string) => path.split('/').length === 2;
  const present = places.find(({ file, path }) => !isShared(file.path) && existsSync(path));
  if (present !== undefined) {
    throw new AppError('file-exists', tell('mlflowRunThere', { path: folder, entry: present.file.path }));
  }
  let sizeBytes = 0;
  for (const { file, path } of places) {
    if (existsSync(path)) continue;
    writeFileAtomically(path, file.content);
    sizeBytes += Buffer.byteLength(file.content);
  }
  return { sizeBytes };
}

/** Writes an export to the place the user chose. */
export async function writeExport(content: ExportContent, path: string): Promise<{ readonly sizeBytes: number }> {
  if (content.isFolder === true) return writeMlflowFolder(content.parts, path);
  const [first, ...others] = content.parts;
  if (first === undefined) throw new AppError('internal', tell('nothingToExport'));
  const isModelWithData = 'sourcePath' in first && others.length > 0 && extname(path) === '.onnx';
  if (others.length === 0 && 'content' in first) writeFileAtomically(path, first.content);
  else if (others.length === 0 || isModelWithData) {
    // The model refers to its weights by file name, so these keep theirs.
    for (const part of content.parts) {
      if (!('sourcePath' in part)) continue;
      const target = part === first ? path : join(dirname(path), part.fileName);
      if (target === part.sourcePath) throw new AppError('options-invalid', tell('exportOntoModel', { path: target }));
      await writeStreamAtomically(target, Readable.from(readPieces(part.sourcePath)));
    }
  } else await writeZip(content.parts, path);
  return { sizeBytes: (await stat(path)).size };
}

/** @throws AppError that names this file, and not the one it is copied to. */
async function* readPieces(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const piece of createReadStream(path)) yield piece as Buffer;
  } catch (error) {
    throw readFailure(path, error);
  }
}

async function writeZip(parts: readonly ExportPart[], path: string): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const part of parts) {
    if ('content' in part) zip.addBuffer(Buffer.from(part.content), part.fileName);
    else zip.addFile(part.sourcePath, part.fileName);
  }
  await writeStreamAtomically(path, streamZip(zip));
}
