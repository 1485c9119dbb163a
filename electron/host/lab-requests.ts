import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { AppError } from '../../shared/app-error.ts';
import { compressRequestSchema } from '../../shared/compress-request.ts';
import type { LabSettings, RequestName } from '../../shared/contract/requests.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { parsePlace } from '../lab/lab-messages.ts';
import { listArtifacts, selectModelFiles } from '../store/artifacts.ts';
import { assertWritable, type Store } from '../store/database.ts';
import { getRunRow } from '../store/run-rows.ts';
import type { Handlers } from './answer-request.ts';
import type { FileAccess } from './file-access.ts';
import type { LabConnection } from './lab-connection.ts';
import { readOverview } from './lab-overview.ts';
import type { LabRuns } from './lab-runs.ts';

/** @throws AppError `file-unreadable` for a file that the window may not name. */
export function assertLabAllowed(lab: LabSettings, files: Pick<FileAccess, 'assertAllowed'>): void {
  const { credsPath, passwordPath, tokenPath, tlsCaPath, tlsCertPath, tlsKeyPath } = lab;
  for (const path of [credsPath, passwordPath, tokenPath, tlsCaPath, tlsCertPath, tlsKeyPath]) {
    if (path !== null) files.assertAllowed(path);
  }
}

export function createLabHandlers(context: {
  readonly store: Store;
  readonly files: FileAccess;
  readonly settings: () => LabSettings | null;
  readonly connection: LabConnection;
  readonly runs: LabRuns;
}): Handlers<Extract<RequestName, `lab.${string}`>> {
  const { store, files, settings, connection, runs } = context;
  return {
    'lab.overview': async () => {
      if (settings() === null) return null;
      const overview = await connection.ask(readOverview);
      // What the command line submitted meanwhile.
      runs.resume();
      return overview;
    },
    'lab.prove': async ({ runId, places }) => {
      assertWritable(store);
      const { row, request } = getRunRow(store, runId);
      const model = selectModelFiles(listArtifacts(store, runId), ({ path }) => existsSync(path))[0];
      // A proof made no model: the one that it measured lies where it was.
      const modelPath = model?.path ?? (row.tags.includes('proof') ? request.outPath : null);
      if (row.status !== 'done' || modelPath === null || !existsSync(modelPath)) {
        throw new AppError('file-not-found', tell('labModelGone', { run: runId }));
      }
      for (const path of [request.modelPath, modelPath]) files.assertAllowed(path);
      const runIds: string[] = [];
      for (const place of places.map(parsePlace)) {
        const own = compressRequestSchema.parse({
          ...request,
          runId: randomUUID(),
          outPath: modelPath,
          preparedPath: null,
        });
        await runs.submit({ kind: 'prove', request: own, place, tags: ['proof'] }, { name: row.name, notes: '' });
        runIds.push(own.runId);
      }
      return { runIds };
    },
  };
}
