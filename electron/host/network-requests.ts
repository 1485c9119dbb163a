import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { RequestName } from '../../shared/contract/requests.ts';
import type { NetworkSource } from '../engine/network.ts';
import { assertMayBeModel } from '../engine/onnx/read-model.ts';
import { listArtifacts } from '../store/artifacts.ts';
import type { Store } from '../store/database.ts';
import { findRun } from '../store/find-run.ts';
import type { Handlers } from './answer-request.ts';
import type { FileAccess } from './file-access.ts';
import type { Look, LookOptions } from './looks.ts';

function optionsOf(signal: AbortSignal | undefined, lookId: string | null): LookOptions {
  return { lookId, ...(signal === undefined ? {} : { signal }) };
}

/** Reads the networks that the window draws. */
export function createNetworkHandlers(context: {
  readonly store: Store;
  readonly files: Pick<FileAccess, 'assertAllowed'>;
  readonly look: Look;
}): Handlers<Extract<RequestName, `network.${string}`>> {
  const { store, files, look } = context;
  /** Both models of a run, where they lie now. */
  function modelsOf(runId: string): { readonly original: NetworkSource; readonly compressed: NetworkSource } {
    const { document } = findRun(store, runId);
    if (document?.status !== 'done') {
      throw new AppError('run-not-found', tell('noModelToDraw', { run: runId }));
    }
    const { original, compressed } = document.model;
    // A run that was imported has its model where the bundle was unpacked.
    const own = listArtifacts(store, runId).find(({ kind }) => kind === 'model');
    return {
      original: { path: original.path, sha256: original.sha256 },
      compressed: { path: own?.path ?? compressed.path, sha256: compressed.sha256 },
    };
  }
  function draw(models: readonly [NetworkSource, NetworkSource], options: LookOptions) {
    for (const { path } of models) files.assertAllowed(path);
    return look({ kind: 'network', models }, options);
  }
  return {
    'network.ofRun': ({ runId, lookId }, signal) => {
      const { original, compressed } = modelsOf(runId);
      return draw([original, compressed], optionsOf(signal, lookId));
    },
    'network.ofRuns': ({ runIds: [first, second], lookId }, signal) =>
      draw([modelsOf(first).compressed, modelsOf(second).compressed], optionsOf(signal, lookId)),
    'network.ofFiles': async ({ modelPaths: [first, second], lookId }, signal) => {
      for (const path of [first, second]) {
        files.assertAllowed(path);
        await assertMayBeModel(path);
      }
      return draw(
        [
          { path: first, sha256: null },
          { path: second, sha256: null },
        ],
        optionsOf(signal, lookId),
      );
    },
  };
}
