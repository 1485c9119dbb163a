import { AppError, CancelledError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import type { RunNetwork } from '../../shared/network/network.ts';
import { drawNetwork } from './graph/draw-network.ts';
import { nameNodes } from './graph/edit.ts';
import { indexGraph } from './graph/graph.ts';
import { tensorNamesOf } from './graph/tensor-names.ts';
import type { EngineContext } from './job/engine-context.ts';
import type { OnnxModel } from './onnx/read-model.ts';
import { readSourceModel, sourceSha256 } from './onnx/source-model.ts';

/** A model by its path, and what it was when the run used it; null where any will do. */
export interface NetworkSource {
  readonly path: string;
  readonly sha256: string | null;
}

type Found = OnnxModel | { readonly why: 'gone' | 'changed'; readonly error: AppError };

/** What lies there, if it is what the run used. */
async function findModel({ path, sha256 }: NetworkSource): Promise<Found> {
  try {
    const model = await readSourceModel(path);
    if (sha256 !== null && sourceSha256(model) !== sha256) {
      const error = new AppError('file-not-found', tell('modelNotOfRun', { path }));
      return { why: 'changed', error };
    }
    // As a run names its layers.
    nameNodes(model.proto.graph!);
    return model;
  } catch (error) {
    const isGone = error instanceof AppError && ['file-not-found', 'external-data-missing'].includes(error.code);
    if (!isGone) throw error;
    return { why: 'gone', error };
  }
}

/**
 * The network of an original and what was made of it, as a picture needs it. Where one of the files is gone, the other stands for
 * both. Reads both and runs neither.
 * @throws as `readSourceModel`, `file-not-found` of the original where both are gone; CancelledError.
 */
export async function readNetwork(
  [originalSource, compressedSource]: readonly [NetworkSource, NetworkSource],
  { signal, onEvent }: Pick<EngineContext, 'signal' | 'onEvent'>,
): Promise<RunNetwork> {
  const read = async (source: NetworkSource, done: number): Promise<Found> => {
    if (signal.aborted) throw new CancelledError();
    onEvent({ type: 'progress', stage: 'prepare', done, total: 2, unit: 'models', detail: 'reading the model' });
    return findModel(source);
  };
  const original = await read(originalSource, 0);
  const compressed = await read(compressedSource, 1);
  if ('why' in original && 'why' in compressed) throw original.error;
  const before = 'why' in original ? (compressed as OnnxModel) : original;
  const after = 'why' in compressed ? before : compressed;
  const missing = [
    ...('why' in original ? [{ model: 'original', why: original.why } as const] : []),
    ...('why' in compressed ? [{ model: 'compressed', why: compressed.why } as const] : []),
  ];
  const graph = indexGraph(before);
  const other = after === before ? graph : indexGraph(after);
  return { ...drawNetwork(graph, other, tensorNamesOf(graph, other)), missing };
}
