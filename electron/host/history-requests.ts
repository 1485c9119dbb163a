import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import { newRunSchema, type RequestName, type RequestParameters } from '../../shared/contract/requests.ts';
import { deviceMatrix, type DeviceRow } from '../../shared/device-matrix.ts';
import type { ExportOutcome, RunDetails } from '../../shared/contract/results.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { isOwnArtifact, listArtifacts } from '../store/artifacts.ts';
import type { Store } from '../store/database.ts';
import { hideRuns, restoreRuns } from '../store/delete-runs.ts';
import { findRun } from '../store/find-run.ts';
import { withAnnouncedFiles } from '../store/pending-files.ts';
import { modelsFolder } from '../store/places.ts';
import { listTags, updateMarks } from '../store/run-marks.ts';
import { getRunRow, listRunRows } from '../store/run-rows.ts';
import { runsOnDevices } from '../store/same-models.ts';
import type { Handlers } from './answer-request.ts';
import { prepareExport, writeExport } from './export-runs.ts';
import { importBundle } from './import-bundle.ts';
import type { SendEvent, Surroundings, WriteExport } from './surroundings.ts';

/** MLflow looks for `mlruns` in the folder it is started in. */
function placeMlflowStore(folder: string | null): string {
  if (folder === null) throw new AppError('options-invalid', tell('mlflowNeedsFolder'));
  return basename(folder) === 'mlruns' ? folder : join(folder, 'mlruns');
}

/** @param isActive whether a run waits or goes on, so that it must not be deleted. */
export function createHistoryHandlers(context: {
  readonly store: Store;
  readonly surroundings: Pick<Surroundings, 'files' | 'deliverExport'>;
  readonly send: SendEvent;
  readonly isActive: (runId: string) => boolean;
}): Handlers<Extract<RequestName, `runs.${string}`>> {
  const { store, send, surroundings } = context;
  const { files } = surroundings;

  const describeRun = (runId: string): RunDetails => {
    const { row, request } = getRunRow(store, runId);
    return {
      row,
      document: findRun(store, runId).document,
      // A repetition gets an id and a place of its own.
      request: newRunSchema
        .strip()
        .parse({ ...request, outPath: null, keepPrepared: (request.preparedPath ?? null) !== null }),
      artifacts: listArtifacts(store, runId).map((artifact) => ({ ...artifact, present: existsSync(artifact.path) })),
    };
  };

  const matrixOf = (runId: string): readonly DeviceRow[] => {
    const rows = deviceMatrix(runsOnDevices(store, runId));
    return rows.length > 1 ? rows : [];
  };

  const announcedExport: WriteExport = (content, path) =>
    withAnnouncedFiles(store, [path], () => writeExport(content, path));

  const exportRuns = async (parameters: RequestParameters<'runs.export'>): Promise<ExportOutcome> => {
    const { format, language, pageSize } = parameters;
    const path = format === 'mlflow' ? placeMlflowStore(parameters.path) : parameters.path;
    if (path !== null) files.assertWritable(path);
    const runs = parameters.runIds.map((runId) => {
      const details = describeRun(runId);
      if (details.document === null) {
        throw new AppError('run-not-found', tell('runNotFinished', { run: runId }));
      }
      return { details, document: details.document, devices: matrixOf(runId) };
    });
    const content = await prepareExport(runs, format, { language, pageSize }, files);
    if (path === null) return surroundings.deliverExport(content, announcedExport);
    const isTaken = format !== 'mlflow' && existsSync(path) && !files.mayReplace(path);
    if (isTaken && !isOwnArtifact(store, path)) {
      throw new AppError('file-exists', tell('notWrittenByVernier', { path }));
    }
    return { kind: 'written', path, ...(await announcedExport(content, path)) };
  };

  return {
    'runs.list': (filter) => listRunRows(store, filter),
    'runs.get': ({ runId }) => describeRun(runId),
    'runs.update': ({ runId, ...changes }) => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const row = updateMarks(store, runId, given);
      send('run.changed', { runId, status: 'updated' });
      return row;
    },
    'runs.delete': ({ runIds }) => {
      const going = runIds.find((runId) => context.isActive(runId));
      if (going !== undefined) throw new AppError('options-invalid', tell('runStillGoing', { run: going }));
      const count = hideRuns(store, runIds, Date.now());
      for (const runId of runIds) send('run.changed', { runId, status: 'deleted' });
      return { count };
    },
    'runs.restore': ({ runIds }) => {
      const count = restoreRuns(store, runIds);
      for (const runId of runIds) send('run.changed', { runId, status: 'restored' });
      return { count };
    },
    'runs.devices': ({ runId }) => matrixOf(runId),
    'runs.tags': () => listTags(store),
    'runs.export': exportRuns,
    'runs.import': async ({ path }) => {
      files.assertAllowed(path);
      const imported = await importBundle(store, path, modelsFolder(store.path));
      for (const { runId, outcome } of imported) {
        if (outcome !== 'present' && outcome !== 'conflict') send('run.changed', { runId, status: 'restored' });
      }
      return imported;
    },
  };
}
