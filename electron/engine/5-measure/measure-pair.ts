import { join } from 'node:path';
import type { CompressRequest } from '../../../shared/compress-request.ts';
import { timedVariants } from '../../../shared/events.ts';
import type { Latency, RunDocument } from '../../../shared/run.ts';
import type { ComparedAt } from '../1-analyze/find-compared.ts';
import type { StatePair } from '../1-analyze/find-states.ts';
import type { Dataset } from '../data/dataset.ts';
import { cutModel } from '../graph/edit.ts';
import type { Graph } from '../graph/graph.ts';
import type { Shapes } from '../graph/shapes.ts';
import type { EngineContext } from '../job/engine-context.ts';
import type { RunLog } from '../job/run-log.ts';
import type { TimingLimits } from '../job/timing-limits.ts';
import type { DetectionHead } from '../metrics/detection-heads/head.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import type { Feeds } from '../tensor/tensor.ts';
import { measureAccuracy } from './accuracy.ts';
import { measureBoxesOf } from './boxes.ts';
import { measureClosedLoop } from './closed-loop.ts';
import { measureDecoding } from './decoding.ts';
import { measureContinuations } from './continuations.ts';
import { measureCustomMetric } from './custom-metric.ts';
import { measureLatency } from './run-latency.ts';

/** Two models of which nothing is known but that one stands for the other: what a run and a proof both measure. */
export interface MeasuredPair {
  /** Paths of the user's model, of the float model as prepared (null where nothing that runs was folded), and of the compressed one. */
  readonly before: string;
  readonly prepared: string | null;
  readonly after: string;
  /** Copies of both models that end where they can be compared; null where their outputs can be. */
  readonly compared: ComparedPaths | null;
  /** Of the user's model. */
  readonly graph: Graph;
  readonly shapes: Shapes;
  /** Outputs that feed inputs. */
  readonly states: readonly StatePair[];
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
  readonly timing: TimingLimits;
  readonly context: EngineContext;
  readonly log: RunLog;
}

/** How well the compressed model does what the user's does: by the task's metrics, the user's own, and outputs compared. */
export async function measureOutputs(
  { dims, data: { task } }: Pick<CompressRequest, 'dims' | 'data'>,
  pair: MeasuredPair,
  { dataset, evaluation: indices, detector }: MeasuringData,
  { fastThreads: threads, context, log }: MeasureOptions,
): Promise<Pick<RunDocument, 'accuracy' | 'samples'>> {
  const { compared } = pair;
  const { signal, customMetric } = context;
  log.begin('accuracy', 'comparing outputs');
  const tell = (unit: string, what: string) => (done: number, total: number) => log.report(done, total, unit, what);
  const whole = { before: pair.before, after: pair.after, dataset, indices, threads, dims, signal };
  const both = {
    ...whole,
    before: compared?.before ?? pair.before,
    after: compared?.after ?? pair.after,
    source: pair,
  };
  const { accuracy, diagnostics, samples } = await measureAccuracy({
    ...both,
    // What a selection reads are no class scores, but boxes or scores of many places; nor are the outputs of a detector.
    ...(compared?.ranksClasses === false || detector !== null ? { outputName: null } : {}),
    labels: dataset.labels,
    task,
    onProgress: tell('samples', 'comparing outputs'),
  });
  log.add(diagnostics);
  const boxes = await measureBoxesOf(detector, { ...whole, onProgress: tell('samples', 'boxes') });
  const custom =
    customMetric == null
      ? []
      : [
          await measureCustomMetric({
            ...whole,
            metric: customMetric,
            onProgress: tell('samples', 'a metric of your own'),
          }),
        ];
  const continuation = await measureContinuations({ ...whole, onProgress: tell('texts', 'writing on') });
  const decoding = await measureDecoding({ ...whole, onProgress: tell('texts', 'token by token') });
  const loop = await measureClosedLoop({
    ...both,
    states: pair.states,
    ranksClasses: compared?.ranksClasses !== false,
    onProgress: tell('steps', 'closed loop'),
  });
  log.add(loop.diagnostics);
  // What the user would judge by comes first.
  const metrics = [...custom, ...boxes.judged, ...boxes.agreed, ...accuracy.metrics];
  metrics.push(...continuation, ...decoding);
  const targetKind = detector === null ? accuracy.targetKind : 'boxes';
  return { accuracy: { ...accuracy, targetKind, metrics, closedLoop: loop.closedLoop }, samples };
}

/** Both models in turns, each in a process of its own. */
export function timeModels(
  { threads, dims, seed }: Pick<CompressRequest, 'threads' | 'dims' | 'seed'>,
  { before, prepared, after }: MeasuredPair,
  { dataset, firstFeeds: feeds }: MeasuringData,
  { timing, context, log }: MeasureOptions,
): Promise<Latency> {
  log.begin('latency', 'interleaved runs in fresh processes');
  return measureLatency({
    models: { before, prepared, after },
    threads,
    feeds,
    dims,
    batchSize: dataset.fixedBatchSize ?? 1,
    ...timing,
    aaControl: true,
    seed,
    spawn: context.spawnChild,
    signal: context.signal,
    onBlock: ({ variant, samplesMs, doneShare }) => {
      const timed = timedVariants.find((name) => name === variant);
      if (timed !== undefined) context.onEvent({ type: 'latency', variant: timed, samplesMs });
      log.report(Math.round(doneShare * 1000), 1000, 'per mille', 'interleaved runs');
    },
  });
}
