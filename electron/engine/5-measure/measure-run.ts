import { join } from 'node:path';
import type { CompressRequest } from '../../../shared/compress-request.ts';
import { timedVariants } from '../../../shared/events.ts';
import type { RunDocument } from '../../../shared/run.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { StatePair } from '../1-analyze/find-states.ts';
import { measureAccuracy } from './accuracy.ts';
import { buildAloneModel } from './alone-model.ts';
import { measureBoxesOf } from './boxes.ts';
import { measureClosedLoop } from './closed-loop.ts';
import { measureContinuations } from './continuations.ts';
import { measureCustomMetric } from './custom-metric.ts';
import { measureEffects, type MeasuredEffects } from './measure-effects.ts';
import { measureLayerErrors, type LayerError, type TensorPair } from './layer-error.ts';
import type { LayerTimes } from './layer-times.ts';
import { measureClipping, type Clipping, type ClippingOptions } from './clipping.ts';
import { measureLatency } from './run-latency.ts';
import { measureLayers } from './measure-layers.ts';
import { batchSamples } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import type { EngineContext } from '../job/engine-context.ts';
import { cutModel } from '../graph/edit.ts';
import type { ComparedAt } from '../1-analyze/find-compared.ts';
import type { Graph } from '../graph/graph.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import type { DetectionHead } from '../metrics/detection-heads/head.ts';
import type { RunLog } from '../job/run-log.ts';
import type { Feeds } from '../tensor/tensor.ts';

/** Evaluation samples that every layer's error is measured on: each layer has thousands of values in one sample. */
const layerErrorSamples = 8;

export interface MeasuredModels {
  /** The user's model, whose layers get the times. */
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly compressedPath: string;
  /** The float model as prepared; null where nothing that runs was folded. */
  readonly preparedPath: string | null;
  /** Copies of both models that end where they can be compared; null where their outputs can be. */
  readonly compared: ComparedPaths | null;
  /** Samples that it was calibrated on: what further measurements may cost is held against them. */
  readonly calibrationCount: number;
  /** Where both are compared, as tensors of the prepared model. */
  readonly comparedTensors: readonly string[];
  /** Outputs that feed inputs. */
  readonly states: readonly StatePair[];
  /** The same model, its weights beside the twin's. */
  readonly compressed: OnnxModel;
  /** What each 8-bit tensor of the compressed model stands for in the twin. */
  readonly pairs: readonly TensorPair[];
  /** The float twin of the chosen variant and its ranges: an equalized model holds other values in its tensors than the user's. */
  readonly clipping: Pick<ClippingOptions, 'model' | 'ranges' | 'deciding' | 'shapes' | 'valueSamples'>;
}

export interface ComparedPaths {
  /** See `ComparedAt`. */
  readonly ranksClasses: boolean;
  readonly before: string;
  readonly after: string;
}

/** Writes both models cut where they are compared, if that is not at their outputs. */
export async function writeCompared(
  models: { readonly before: OnnxModel; readonly after: OnnxModel },
  comparedAt: ComparedAt | null,
  workFolder: string,
): Promise<ComparedPaths | null> {
  if (comparedAt === null) return null;
  const write = async (side: 'before' | 'after'): Promise<string> => {
    const path = join(workFolder, `compared-${side}.onnx`);
    const { proto, folder } = models[side];
    await writeModel(cutModel(proto, comparedAt.tensors), path, { externalData: 'auto', sourceFolder: folder });
    return path;
  };
  return { before: await write('before'), after: await write('after'), ranksClasses: comparedAt.ranksClasses };
}

export interface MeasuringData {
  readonly dataset: Dataset;
  /** Samples that nothing was chosen by. */
  readonly evaluation: readonly number[];
  /** One batch to time on. */
  readonly firstFeeds: Feeds;
  /** How the outputs are read as boxes; null where the model finds none. */
  readonly detector: DetectionHead | null;
}

export interface MeasureOptions {
  /** Threads for what is not timed. */
  readonly fastThreads: number;
  readonly context: EngineContext;
  readonly log: RunLog;
}

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

/**
 * Everything that is measured on the finished model against the user's: outputs, each layer's error, time, each layer's
 * time.
 */
export async function measureRun(
  request: CompressRequest,
  models: MeasuredModels,
  data: MeasuringData,
  { fastThreads, context, log }: MeasureOptions,
): Promise<Measurements> {
  const { modelPath, threads, dims, seed } = request;
  const { dataset, firstFeeds } = data;
  const { compressedPath } = models;
  const { signal, spawnChild: spawn } = context;

  log.begin('accuracy', 'comparing outputs');
  const { accuracy, diagnostics, samples } = await measureAccuracy({
    before: models.compared?.before ?? modelPath,
    after: models.compared?.after ?? compressedPath,
    // What a selection reads are no class scores, but boxes or scores of many places.
    // Neither do the outputs of a detector.
    ...(models.compared?.ranksClasses === false || data.detector !== null ? { outputName: null } : {}),
    source: models,
    dataset,
    indices: data.evaluation,
    labels: dataset.labels,
    task: request.data.task,
    threads: fastThreads,
    dims,
    signal,
    onProgress: (done, total) => log.report(done, total, 'samples', 'comparing outputs'),
  });
  log.add(diagnostics);
  const boxes = await measureBoxesOf(data.detector, {
    before: modelPath,
    after: compressedPath,
    dataset,
    indices: data.evaluation,
    threads: fastThreads,
    dims,
    signal,
    onProgress: (done, total) => log.report(done, total, 'samples', 'boxes'),
  });
  const { customMetric } = context;
  const custom =
    customMetric == null
      ? []
      : [
          await measureCustomMetric({
            metric: customMetric,
            before: modelPath,
            after: compressedPath,
            dataset,
            indices: data.evaluation,
            threads: fastThreads,
            dims,
            signal,
            onProgress: (done, total) => log.report(done, total, 'samples', 'a metric of your own'),
          }),
        ];
  const continuation = await measureContinuations({
    before: modelPath,
    after: compressedPath,
    dataset,
    indices: data.evaluation,
    threads: fastThreads,
    dims,
    signal,
    onProgress: (done, total) => log.report(done, total, 'texts', 'writing on'),
  });
  const loop = await measureClosedLoop({
    before: models.compared?.before ?? modelPath,
    after: models.compared?.after ?? compressedPath,
    states: models.states,
    dataset,
    indices: data.evaluation,
    source: models,
    ranksClasses: models.compared?.ranksClasses !== false,
    threads: fastThreads,
    dims,
    signal,
    onProgress: (done, total) => log.report(done, total, 'steps', 'closed loop'),
  });
  log.add(loop.diagnostics);
  const errorSamples = batchSamples(dataset, data.evaluation);
  const measureErrors = (after: OnnxModel, pairs: readonly TensorPair[], what: string) =>
    measureLayerErrors({
      before: models.clipping.model,
      after,
      pairs,
      samples: { ...errorSamples, count: Math.min(layerErrorSamples, errorSamples.count) },
      threads: fastThreads,
      dims,
      signal,
      onProgress: (done, total) => log.report(done, total, 'samples', what),
    });
  const layerErrors = await measureErrors(models.compressed, models.pairs, 'error of each layer');
  const alone = buildAloneModel(models.clipping.model, models.compressed, models.pairs);
  const introduced =
    alone === null
      ? new Map<string, LayerError>()
      : await measureErrors(alone.model, alone.pairs, 'error of each layer alone');
  const effects = request.effects
    ? await measureEffects(models, { introduced, samples: errorSamples, threads: fastThreads, dims, signal, log })
    : null;
  const clipping = await measureClipping({
    ...models.clipping,
    samples: errorSamples,
    threads: fastThreads,
    signal,
    onProgress: (done, total) => log.report(done, total, 'samples', 'values beyond ranges'),
  });

  log.begin('latency', 'interleaved runs in fresh processes');
  const latency = await measureLatency({
    models: { before: modelPath, prepared: models.preparedPath, after: compressedPath },
    threads,
    feeds: firstFeeds,
    dims,
    batchSize: dataset.fixedBatchSize ?? 1,
    aaControl: true,
    seed,
    spawn,
    signal,
    onBlock: ({ variant, samplesMs, doneShare }) => {
      const timed = timedVariants.find((name) => name === variant);
      if (timed !== undefined) context.onEvent({ type: 'latency', variant: timed, samplesMs });
      log.report(Math.round(doneShare * 1000), 1000, 'per mille', 'interleaved runs');
    },
  });

  log.begin('profile', 'timing layers');
  const timesOf = (variant: 'before' | 'after', path: string): Promise<LayerTimes> =>
    measureLayers(models.graph, { modelPath: path, variant, threads, feeds: firstFeeds, dims, spawn, signal });
  const before = await timesOf('before', modelPath);
  log.report(1, 2, 'models', 'timing layers');
  const after = await timesOf('after', compressedPath);
  return {
    // What the user would judge by comes first.
    accuracy: {
      ...accuracy,
      metrics: [
        ...custom,
        ...boxes.judged,
        ...boxes.agreed,
        ...accuracy.metrics,
        ...(continuation === null ? [] : [continuation]),
      ],
      closedLoop: loop.closedLoop,
    },
    samples,
    latency,
    layerErrors,
    introduced,
    effects,
    clipping,
    layerTimes: { before, after },
  };
}
