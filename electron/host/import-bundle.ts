import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { EndedRunDocument, RunDocument } from '../../shared/run.ts';
import type { ImportedRun } from '../../shared/contract/results.ts';
import { openBundleElsewhere } from '../report/bundle/open-bundle-elsewhere.ts';
import { isUnpacked, type Bundle, type ReceivedRun } from '../report/bundle/read-bundle.ts';
import type { Artifact } from '../store/artifacts.ts';
import { assertWritable, writeStore, type Store } from '../store/database.ts';
import { conflictsWith, importRun } from '../store/import-runs.ts';
import { modelsFolder } from '../store/places.ts';
import { makeOwnFolder } from '../store/private-files.ts';
import { announceFile, beginFileWork, deletePendingFiles, type FileWork } from '../store/pending-files.ts';

export interface Asked {
  readonly request?: CompressRequest | null;
  readonly marksOf?: (marks: ReceivedRun['marks']) => ReceivedRun['marks'];
}

/**
 * Adds the runs of a bundle to the history. Everything in it is verified before anything is written; each run is then
 * taken over in one transaction, after its models are on the disk. Interrupted, it leaves whole runs, and files that
 * `vernier gc` knows.
 * @param modelFolder where compressed models go, each run's in a folder of its own; null leaves them in the bundle.
 * @param asked.request of the only run in it, where it was asked for here.
 * @param asked.marksOf what is kept of the marks in it; all where it is missing.
 * @throws AppError those of `openBundle` and `unpackModel`, and of a history that cannot be written.
 */
export async function importBundle(
  store: Store,
  path: string,
  modelFolder: string | null,
  asked: Asked = {},
): Promise<ImportedRun[]> {
  assertWritable(store);
  const bundle = await openBundleElsewhere(path);
  try {
    return await importRuns(store, bundle, modelFolder, asked);
  } finally {
    bundle.close();
  }
}

async function importRuns(
  store: Store,
  bundle: Bundle,
  modelFolder: string | null,
  asked: Asked,
): Promise<ImportedRun[]> {
  const work = beginFileWork(store);
  try {
    if (modelFolder !== null) await bundle.verifyModels();
    if (modelFolder === modelsFolder(store.path)) makeOwnFolder(modelFolder);
    const imported: ImportedRun[] = [];
    for (const run of bundle.runs) imported.push(await importOne(store, work, bundle, run, modelFolder, asked));
    return imported;
  } finally {
    work.release();
  }
}

async function importOne(
  store: Store,
  work: FileWork,
  bundle: Bundle,
  run: ReceivedRun,
  modelFolder: string | null,
  { request = null, marksOf = (marks) => marks }: Asked,
): Promise<ImportedRun> {
  const { runId } = run;
  const document = await bundle.readRun(runId);
  if (conflictsWith(store, document)) return { runId, outcome: 'conflict', models: [] };
  for (;;) {
    const artifacts =
      modelFolder === null
        ? []
        : await unpackModels(store, work, bundle, run, preparedNameOf(document), join(modelFolder, runId));
    const models = artifacts.map(({ path }) => path);
    // In one transaction: whoever deletes this run at the same time removes its files in one, too.
    const outcome = writeStore(store, (database) => {
      if (!models.every((path) => existsSync(path))) return null;
      const outcome = importRun(store, document, marksOf(run.marks), artifacts, request);
      // A run that says something else was recorded meanwhile: what was unpacked stays in the list, for `vernier gc`.
      if (outcome !== 'conflict') deletePendingFiles(database, work, models);
      return outcome;
    });
    if (outcome !== null) return { runId, outcome, models };
  }
}

/** The file name of the float model as prepared, where the run kept it; paths may be those of another system. */
function preparedNameOf(document: RunDocument | EndedRunDocument): string | null {
  const path = document.status === 'done' ? (document.model.prepared?.path ?? null) : null;
  return path === null ? null : basename(path.replaceAll('\\', '/'));
}

async function unpackModels(
  store: Store,
  work: FileWork,
  bundle: Bundle,
  { runId, models }: ReceivedRun,
  preparedName: string | null,
  folder: string,
): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const { fileName, sha256, sizeBytes } of models) {
    const path = join(folder, fileName);
    // What is there already is not ours to clean up.
    if (!(await isUnpacked(path, sha256))) {
      announceFile(store, work, { path, purpose: 'import', sha256 });
      await bundle.unpackModel(runId, fileName, path);
    }
    // By the model it belongs to: a model may itself be called so.
    const isData = models.some((other) => `${other.fileName}.data` === fileName);
    const owner = isData ? fileName.slice(0, -'.data'.length) : fileName;
    const model = preparedName !== null && owner === preparedName ? 'prepared' : 'model';
    const kind = isData ? (`${model}-data` as const) : model;
    artifacts.push({ kind, path, sha256, sizeBytes, createdTimestampMs: Date.now() });
  }
  return artifacts;
}
