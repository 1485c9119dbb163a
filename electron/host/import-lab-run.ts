import { createReadStream, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { RunDocument } from '../../shared/run.ts';
import { writeStreamAtomically } from '../engine/files/atomic-file.ts';
import { hashModel } from '../engine/onnx/read-model.ts';
import type { Lab } from '../lab/connect-lab.ts';
import { withResult } from '../lab/fetch-result.ts';
import type { JobState } from '../lab/lab-messages.ts';
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
    const [imported] = await importBundle(store, bundlePath, folder, request);
    if (imported?.outcome === 'conflict') {
      throw new AppError('lab-job', tell('labResultKnown', { job: state.jobId.slice(0, 8) }));
    }
    if (outPath !== null) {
      const from = join(folder, state.runId, basename(outPath));
      for (const suffix of ['', '.data']) {
        if (statSync(from + suffix, { throwIfNoEntry: false }) === undefined) continue;
        const path = outPath + suffix;
        await writeStreamAtomically(path, createReadStream(from + suffix));
        const kind = suffix === '' ? 'model' : 'model-data';
        const sizeBytes = statSync(path).size;
        addArtifact(store, state.runId, {
          kind,
          path,
          sha256: await hashModel(path, []),
          sizeBytes,
          createdTimestampMs: Date.now(),
        });
      }
    }
    return { document, tags };
  });
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
