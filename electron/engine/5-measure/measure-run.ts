import type { CompressRequest } from '../../../shared/compress-request.ts';
import type { RunDocument } from '../../../shared/run.ts';
import { buildAloneModel } from './alone-model.ts';
import { measureEffects, type MeasuredEffects } from './measure-effects.ts';
import { measureLayerErrors, type LayerError, type TensorPair } from './layer-error.ts';
import type { LayerTimes } from './layer-times.ts';
import { measureClipping, type Clipping } from './clipping.ts';
import { measureLayers } from './measure-layers.ts';
import type { MeasuredModels } from './measured-models.ts';
import {
  measureOutputs,
  timeModels,
  type MeasuredPair,
  type MeasureOptions,
  type MeasuringData,
} from './measure-pair.ts';
import { batchSamples } from '../data/batch.ts';
import { limitTime } from '../job/limit.ts';
import type { OnnxModel } from '../onnx/read-model.ts';

/** Evaluation samples that every layer's error is measured on: each layer has thousands of values in one sample. */
const layerErrorSamples = 8;

export interface Measurements extends Pick<RunDocument, 'accuracy' | 'latency' | 'samples'> {
  /** By the twin's tensor name. */
  readonly layerErrors: ReadonlyMap<string, LayerError>;
  /** The same with everything before the layer exact; empty where it could not be measured. */
  readonly introduced: ReadonlyMap<string, LayerError>;
  /** What each layer costs the output; null where it was not asked for or could not be measured. */
  readonly effects: MeasuredEffects | null;
  /** By the twin's tensor name. */
  readonly clipping: ReadonlyMap<string, Clipping>;
  readonly layerTimes: { readonly before: LayerTimes; readonly after: LayerTimes };
}

/** What goes on inside the finished model: each layer's error, alone and behind the others, its effect, and values that ranges cut. */
async function measureInside(
  request: CompressRequest,
  models: MeasuredModels,
  { dataset, evaluation }: MeasuringData,
  { fastThreads, context, log }: MeasureOptions,
  enough: AbortSignal,
): Promise<Pick<Measurements, 'layerErrors' | 'introduced' | 'effects' | 'clipping'>> {
  const { dims } = request;
  const { signal } = context;
  const errorSamples = batchSamples(dataset, evaluation);
  const measureErrors = (after: OnnxModel, pairs: readonly TensorPair[], what: string) =>
    measureLayerErrors({
      before: models.clipping.model,
      after,
      pairs,
      samples: { ...errorSamples, count: Math.min(layerErrorSamples, errorSamples.count) },
      threads: fastThreads,
      dims,
      signal,
      enough,
      onProgress: (done, total) => log.report(done, total, 'samples', what),
    });
  const layerErrors = await measureErrors(models.compressed, models.pairs, 'error of each layer');
  const alone = buildAloneModel(models.clipping.model, models.compressed, models.pairs);
  const introduced =
    alone === null
      ? new Map<string, LayerError>()
      : await measureErrors(alone.model, alone.pairs, 'error of each layer alone');
  const effects = request.effects
    ? await measureEffects(models, {
        introduced,
        samples: errorSamples,
        threads: fastThreads,
        dims,
        signal,
        enough,
        log,
      })
    : null;
  const clipping = await measureClipping({
    ...models.clipping,
    samples: errorSamples,
    threads: fastThreads,
    signal,
    enough,
    onProgress: (done, total) => log.report(done, total, 'samples', 'values beyond ranges'),
  });
  return { layerErrors, introduced, effects, clipping };
}

/**
 * Everything that is measured on the finished model against the user's: outputs, each layer's error, time, each layer's
 * time.
 */
export async function measureRun(
  request: CompressRequest,
  models: MeasuredModels,
  data: MeasuringData,
  options: MeasureOptions,
): Promise<Measurements> {
  const { modelPath, threads, dims } = request;
  const { firstFeeds } = data;
  const { compressedPath, preparedPath, graph } = models;
  const { signal, spawnChild: spawn } = options.context;
  const pair: MeasuredPair = { ...models, before: modelPath, prepared: preparedPath, after: compressedPath };
  const outputs = await measureOutputs(request, pair, data, options);
  const { enough } = options.context;
  // What ended the search does not end this, which has the same time again: the layers' own figures, not what the model is judged by.
  const limit = limitTime(enough?.aborted === true ? undefined : enough, request.searchSeconds);
  const layers = await measureInside(request, models, data, options, limit.signal).finally(limit.clear);
  const latency = await timeModels(request, pair, data, options);
  options.log.begin('profile', 'timing layers');
  const timesOf = (variant: 'before' | 'after', path: string): Promise<LayerTimes> =>
    measureLayers(graph, { modelPath: path, variant, threads, feeds: firstFeeds, dims, spawn, signal });
  const before = await timesOf('before', modelPath);
  options.log.report(1, 2, 'models', 'timing layers');
  const after = await timesOf('after', compressedPath);
  return {
    ...outputs,
    ...layers,
    latency,
    layerTimes: { before, after },
  };
}
