import { createReadStream, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { RunDocument } from '../../shared/run.ts';
import { writeStreamAtomically } from '../engine/files/atomic-file.ts';
import { hashModel } from '../engine/onnx/read-model.ts';
import type { Lab } from '../lab/connect-lab.ts';
import { withResult } from '../lab/fetch-result.ts';
import type { JobState } from '../lab/lab-messages.ts';
import type { BundleMarks } from '../report/bundle/bundle-format.ts';
import { openBundleElsewhere } from '../report/bundle/open-bundle-elsewhere.ts';
import { addArtifact } from '../store/artifacts.ts';
import type { Store } from '../store/database.ts';
import { modelsFolder } from '../store/places.ts';
import { importBundle } from './import-bundle.ts';

export interface LabRun {
  readonly document: RunDocument;
  readonly tags: readonly string[];
}

/**
 * Takes the result of a job into the history, as a bundle from a stranger: doing so again changes nothing.
 * @param outPath where the compressed model goes as well; null leaves it beside the history.
 * @param request what was asked for, where it was asked for here.
 * @throws AppError `lab-job` where the bundle holds another run; those of `withResult` and `importBundle`.
 */
export async function importLabRun(
  store: Store,
  lab: Lab,
  state: JobState,
  outPath: string | null,
  signal: AbortSignal,
  request: CompressRequest | null = null,
): Promise<LabRun> {
  return withResult(lab, state, signal, async (bundlePath) => {
    const { document, tags } = await readOnlyRun(bundlePath, state);
    const folder = modelsFolder(store.path);
    const marksOf = (marks: BundleMarks): BundleMarks => marksFrom(marks, state.device, request !== null);
    const [imported] = await importBundle(store, bundlePath, folder, { request, marksOf });
    if (imported?.outcome === 'conflict') {
      throw new AppError('lab-job', tell('labResultKnown', { job: state.jobId.slice(0, 8) }));
    }
    if (outPath !== null) await placeModel(store, state, imported?.models ?? [], outPath);
    return {
      document,
      tags: marksFrom({ name: '', notes: '', tags: [...tags], starred: false }, state.device, false).tags,
    };
  });
}

/** Writes the compressed model of a result where it was wanted as well, beside it the file of its weights, by the name that it knows. */
async function placeModel(store: Store, state: JobState, found: readonly string[], outPath: string): Promise<void> {
  const model = found.find((path) => !found.some((other) => `${other}.data` === path));
  if (model === undefined) {
    if (state.kind === 'prove')
      throw new AppError('lab-job', tell('labJobWithoutModel', { job: state.jobId.slice(0, 8) }));
    throw new AppError('lab-job', tell('labResultOfOther', { job: state.jobId.slice(0, 8) }));
  }
  const places = [
    { kind: 'model', from: model, path: outPath },
    { kind: 'model-data', from: `${model}.data`, path: join(dirname(outPath), `${basename(model)}.data`) },
  ] as const;
  for (const { kind, from, path } of places) {
    if (statSync(from, { throwIfNoEntry: false }) === undefined) continue;
    await writeStreamAtomically(path, createReadStream(from));
    const [sha256, sizeBytes] = [await hashModel(path, []), statSync(path).size];
    addArtifact(store, state.runId, { kind, path, sha256, sizeBytes, createdTimestampMs: Date.now() });
  }
}

/**
 * Which device it was is the server's to say, not the bundle's: one may call itself another. A run that was asked for here is marked as it
 * was asked for, whatever its bundle says.
 */
function marksFrom(marks: BundleMarks, device: string | null, isOwn: boolean): BundleMarks {
  const kept = isOwn ? [] : marks.tags.filter((tag) => !tag.startsWith('device:'));
  const tags = [...kept, ...(device === null ? [] : [`device:${device}`])];
  return isOwn ? { name: '', notes: '', tags, starred: false } : { ...marks, tags };
}

async function readOnlyRun(bundlePath: string, state: JobState): Promise<LabRun> {
  const bundle = await openBundleElsewhere(bundlePath);
  try {
    const run = bundle.runs[0];
    const document = run?.runId === state.runId && bundle.runs.length === 1 ? await bundle.readRun(run.runId) : null;
    if (run === undefined || document?.status !== 'done') {
      throw new AppError('lab-job', tell('labResultOfOther', { job: state.jobId.slice(0, 8) }));
    }
    return { document, tags: run.marks.tags };
  } finally {
    bundle.close();
  }
}
