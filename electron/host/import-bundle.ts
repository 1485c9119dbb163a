import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportedRun } from '../../shared/contract.ts';
import { openBundle, type Bundle, type ReceivedRun } from '../report/read-bundle.ts';
import { describeArtifact } from '../store/artifacts.ts';
import { assertWritable, type Store } from '../store/database.ts';
import { conflictsWith, importRun } from '../store/import-runs.ts';
import { announceFile, beginFileWork, deletePendingFiles, type FileWork } from '../store/pending-files.ts';

/**
 * Adds the runs of a bundle to the history. Everything in it is verified before anything is written; each run is then
 * taken over in one transaction, after its models are on the disk. Interrupted, it leaves whole runs, and files that
 * `vernier gc` knows.
 * @param modelFolder where compressed models go, each run's in a folder of its own; null leaves them in the bundle.
 * @throws AppError those of `openBundle` and `unpackModel`, and of a history that cannot be written.
 */
export async function importBundle(store: Store, path: string, modelFolder: string | null): Promise<ImportedRun[]> {
  assertWritable(store);
  const bundle = await openBundle(path);
  const work = beginFileWork(store);
  try {
    const imported: ImportedRun[] = [];
    for (const run of bundle.runs) imported.push(await importOne(store, work, bundle, run, modelFolder));
    return imported;
  } finally {
    work.release();
    bundle.close();
  }
}

async function importOne(
  store: Store,
  work: FileWork,
  bundle: Bundle,
  run: ReceivedRun,
  modelFolder: string | null,
): Promise<ImportedRun> {
  const { runId } = run.document;
  if (conflictsWith(store, run.document)) return { runId, outcome: 'conflict', models: [] };
  const models: string[] = [];
  if (modelFolder !== null) {
    for (const { fileName, sha256 } of run.models) {
      const target = join(modelFolder, runId, fileName);
      // What is there already is not ours to clean up.
      if (!existsSync(target)) announceFile(store, work, { path: target, purpose: 'import', sha256 });
      await bundle.unpackModel(runId, fileName, target);
      models.push(target);
    }
  }
  const artifacts = models.map((target) => describeArtifact(target.endsWith('.data') ? 'model-data' : 'model', target));
  const outcome = importRun(store, run.document, run.marks, artifacts, (database) =>
    deletePendingFiles(database, work, models),
  );
  return { runId, outcome, models };
}
