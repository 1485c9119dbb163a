import { existsSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { compressRequestSchema } from '../../shared/compress-request.ts';
import type { EngineEvent } from '../../shared/events.ts';
import { runDocumentSchema, type RunDocument } from '../../shared/run.ts';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { vernierVersion } from '../engine/runtime/environment.ts';
import { writeBundle } from '../report/bundle/write-bundle.ts';
import { runEngineJob } from '../worker/engine-client.ts';
import type { Lab } from './connect-lab.ts';
import { fetchFiles } from './fetch-files.ts';
import { dataInputNames, type FileSetReference, type LabInput, type LabJob } from './lab-messages.ts';
import type { PartCache } from './part-cache.ts';
import { uploadFiles } from './upload-files.ts';

export interface LabWorkplace {
  readonly lab: Lab;
  readonly deviceName: string;
  readonly cache: PartCache;
  /** Emptied before and after each job; the only folder that the engine may read and write. */
  readonly jobFolder: string;
  readonly memoryMb: number | null;
  readonly timeLimitSeconds: number | null;
  /** The engine process's file; tests give their own. */
  readonly entryPath?: string | undefined;
}

/** @returns what is named to the engine: below `folder`, whatever the message says, for its names were checked. */
async function fetchInput(
  { lab, cache }: LabWorkplace,
  input: LabInput,
  folder: string,
  signal: AbortSignal,
): Promise<string> {
  await fetchFiles(lab, cache, input.files, folder, signal);
  return join(folder, ...input.main.split('/'));
}

/** Fetches all a job needs and makes the request of it that a run on this machine would have. */
async function prepareRequest(
  place: LabWorkplace,
  folder: string,
  { runId, work }: LabJob,
  signal: AbortSignal,
): Promise<CompressRequest> {
  const data: Record<string, string> = {};
  for (const name of dataInputNames) {
    const input = work.data.inputs[name];
    if (input !== undefined) data[name] = await fetchInput(place, input, join(folder, name), signal);
  }
  const isProof = work.kind === 'prove';
  const model = await fetchInput(place, isProof ? work.original : work.model, join(folder, 'model'), signal);
  const outFolder = join(folder, 'out');
  mkdirSync(outFolder, { recursive: true });
  return compressRequestSchema.parse({
    ...work.options,
    runId,
    modelPath: model,
    outPath: isProof ? await fetchInput(place, work.compressed, outFolder, signal) : join(outFolder, work.outName),
    data: { ...work.data.options, ...data },
  });
}

/** The submitter's names instead of the places where the files lay here. */
function hideFolder(document: RunDocument, folder: string): RunDocument {
  const places = ['model', 'out', ...dataInputNames].map((name) => join(folder, name));
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return places.reduce((text, place) => text.replaceAll(place + sep, ''), value);
    }
    if (Array.isArray(value)) return value.map(clean);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, clean(entry)]));
  };
  return runDocumentSchema.parse(clean(document));
}

/**
 * Carries a job out, from its files to the bundle on the server.
 * @throws AppError those of `fetchFiles`, `runEngineJob`, `uploadFiles`; CancelledError.
 */
export async function runLabJob(
  place: LabWorkplace,
  job: LabJob,
  signal: AbortSignal,
  onEvent: (event: EngineEvent) => void,
): Promise<FileSetReference> {
  rmSync(place.jobFolder, { recursive: true, force: true });
  mkdirSync(place.jobFolder, { recursive: true, mode: 0o700 });
  try {
    // Real, for the engine compares real paths.
    const folder = realpathSync(place.jobFolder);
    const request = await prepareRequest(place, folder, job, signal);
    const found = await runEngineJob<'compress' | 'prove'>(
      { kind: job.work.kind, request },
      {
        signal,
        onEvent,
        allowedFolders: [folder],
        memoryMb: place.memoryMb,
        timeLimitSeconds: place.timeLimitSeconds,
        ...(place.entryPath === undefined ? {} : { entryPath: place.entryPath }),
      },
    );
    if (found.runId !== job.runId) throw new AppError('internal', tell('engineAnsweredOther'));
    const document = hideFolder(found, folder);
    const written = [request.outPath, `${request.outPath}.data`].filter((path) => existsSync(path));
    const modelPaths = job.work.kind === 'compress' ? written : [];
    const bundlePath = join(folder, 'result.vernier');
    await writeBundle(
      bundlePath,
      [
        {
          document,
          marks: { name: '', notes: '', tags: [...job.tags, `device:${place.deviceName}`], starred: false },
          modelPaths,
        },
      ],
      `Vernier ${vernierVersion}`,
    );
    return await uploadFiles(place.lab, [{ name: basename(bundlePath), path: bundlePath }], signal);
  } finally {
    rmSync(place.jobFolder, { recursive: true, force: true });
  }
}
