import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { Interval95 } from '../../../shared/metric-row.ts';
import type { Shapes } from '../graph/shapes.ts';
import { indexGraph } from '../graph/graph.ts';
import { floatTypes } from '../metrics/float-types.ts';
import { createQualityMeter, type SampleOutputs } from '../metrics/output-quality.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { mean } from '../tensor/statistics.ts';
import type { Feeds, Tensor } from '../tensor/tensor.ts';
import type { TensorPair } from './layer-error.ts';
import { buildSwitchedModel, switchesInput, type SwitchedModel } from './switched-model.ts';

/*
 * What each layer costs the output: how close it is with only this layer compressed, and with all but this one. Both are runs of one
 * session (see `switched-model.ts`), each about as long as one of the float and one of the compressed model.
 *
 * MinMax calibration is one run of the float model for each calibration sample, with every tensor copied out. Twice as many runs
 * as it has samples are about four times its cost, and no more are made: of many layers those with the largest errors of their own.
 */

const runsPerCalibrationSample = 2;
/** Layers beyond these, by their own error, are not looked at: fewer samples for each would say less of all. */
const mostLayers = 24;
const mostSamples = 8;

/** Mean dB over samples, each at most `sampleSqnrLimitDb`, and its 95 % interval; null with fewer than three samples. */
export interface EffectFigure {
  readonly sqnrDb: number;
  readonly ci95: Interval95 | null;
}

export interface LayerEffect {
  /** The output with only this layer compressed. */
  readonly only: EffectFigure;
  /** The output with all layers compressed but this one. */
  readonly without: EffectFigure;
}

export interface LayerEffects {
  readonly samples: number;
  /** Whether it was told to stop before all that was planned. */
  readonly isStopped: boolean;
  /** All layers compressed, on the same samples. */
  readonly whole: EffectFigure;
  /** By the float model's tensor. */
  readonly layers: ReadonlyMap<string, LayerEffect>;
}

export interface LayerEffectsOptions {
  readonly float: OnnxModel;
  readonly compressed: OnnxModel;
  readonly pairs: readonly TensorPair[];
  /** Float tensors by which both are compared. */
  readonly compared: readonly string[];
  readonly shapes: Shapes;
  /** Tensors worth looking at, those with the largest errors first. */
  readonly worst: readonly string[];
  readonly calibrationCount: number;
  readonly samples: { readonly count: number; readonly read: (index: number) => Promise<Feeds> };
  readonly threads: number;
  readonly dims: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
  /** Aborted when what is known so far is to be enough. */
  readonly enough?: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** How many layers, on how many samples: at most so many runs as the calibration has samples, twice. */
export function planEffects(
  layerCount: number,
  calibrationCount: number,
  sampleCount: number,
): { readonly layers: number; readonly samples: number } {
  const runs = runsPerCalibrationSample * calibrationCount;
  const layers = Math.max(0, Math.min(layerCount, mostLayers, Math.floor((runs - 2) / 2)));
  const samples = Math.min(mostSamples, sampleCount, Math.floor(runs / (2 * layers + 2)));
  return { layers: samples === 0 ? 0 : layers, samples };
}

/** 97.5 % quantiles of Student's t by degrees of freedom, from two on: samples are few. */
const students = [4.303, 3.182, 2.776, 2.571, 2.447, 2.365];

function figureOf(decibels: readonly number[]): EffectFigure {
  const sqnrDb = mean(decibels);
  const quantile = students[decibels.length - 3];
  if (quantile === undefined) return { sqnrDb, ci95: null };
  const squares = decibels.reduce((sum, one) => sum + (one - sqnrDb) ** 2, 0);
  const half = quantile * Math.sqrt(squares / (decibels.length - 1) / decibels.length);
  return { sqnrDb, ci95: [sqnrDb - half, sqnrDb + half] };
}

/** Two models in one graph may be more than the runtime takes, where each by itself is not: that ends no run. */
function nullIfRefused(error: unknown): null {
  if (error instanceof AppError && error.code.startsWith('model-')) return null;
  throw error;
}

/**
 * @returns null where it cannot be measured: both models cannot stand in one graph, ONNX Runtime refuses it, or no output is of floats.
 * @throws CancelledError between two runs.
 */
export async function measureLayerEffects(options: LayerEffectsOptions): Promise<LayerEffects | null> {
  const { float, compressed, pairs, compared, threads, dims } = options;
  const switched = buildSwitchedModel(float, compressed, pairs, compared);
  if (switched === null) return null;
  const session = await openSession(encodeModel(switched.model.proto), {
    threads,
    dims,
    config: { 'session.model_external_initializers_file_folder_path': float.folder },
  }).catch(nullIfRefused);
  if (session === null) return null;
  try {
    return await measureIn(session, switched, options).catch(nullIfRefused);
  } finally {
    await session.release();
  }
}

async function measureIn(
  session: Session,
  { tensors, outputs }: SwitchedModel,
  { float, compared, shapes, worst, calibrationCount, samples, signal, enough, onProgress }: LayerEffectsOptions,
): Promise<LayerEffects | null> {
  const index = new Map(tensors.map((tensor, at) => [tensor, at]));
  const known = worst.filter((tensor) => index.has(tensor));
  const plan = planEffects(known.length, calibrationCount, samples.count);
  const looked = known.slice(0, plan.layers);
  // Numbers of classes are not closer or further apart.
  const typeOf = new Map(session.outputs.map(({ name, dataType }) => [name, dataType]));
  const close = compared.filter((_, at) => floatTypes.includes(typeOf.get(outputs[at]!)!));
  if (looked.length === 0 || close.length === 0) return null;
  const source = { graph: indexGraph(float), shapes };
  const run = async (feeds: Feeds, isCompressed: (at: number) => boolean): Promise<SampleOutputs> => {
    await yieldToEvents();
    if (signal.aborted) throw new CancelledError();
    const data = Uint8Array.from(tensors, (_, at) => (isCompressed(at) ? 1 : 0));
    const switches: Tensor = { dataType: 'bool', dims: [tensors.length], data };
    const results = await session.run({ ...feeds, [switchesInput]: switches }, outputs);
    return Object.fromEntries(compared.map((name, at) => [name, results[outputs[at]!]!]));
  };
  const whole: number[] = [];
  /** Of each layer, by sample. */
  const meters = looked.map((): { readonly only: number[]; readonly without: number[] } => ({ only: [], without: [] }));
  const total = plan.samples * looked.length;
  let isStopped = false;
  for (let sample = 0; sample < plan.samples && !isStopped; sample++) {
    const feeds = await samples.read(sample);
    const exact = await run(feeds, () => false);
    const closeness = (actual: SampleOutputs): number => {
      const meter = createQualityMeter(exact, null, source, close);
      meter.add(exact, actual);
      return meter.decibels[0]!;
    };
    whole.push(closeness(await run(feeds, () => true)));
    for (const [layer, tensor] of looked.entries()) {
      isStopped = enough?.aborted === true;
      if (isStopped) break;
      const at = index.get(tensor)!;
      meters[layer]!.only.push(closeness(await run(feeds, (other) => other === at)));
      meters[layer]!.without.push(closeness(await run(feeds, (other) => other !== at)));
      onProgress(sample * looked.length + layer + 1, total);
    }
  }
  // All figures are of the same samples: a sample that not every layer was measured on counts only where it is the first.
  const count = Math.max(1, meters.at(-1)!.only.length);
  const of = (decibels: readonly number[]): EffectFigure => figureOf(decibels.slice(0, count));
  const effects = looked.flatMap((tensor, layer): [string, LayerEffect][] => {
    const { only, without } = meters[layer]!;
    return only.length === 0 ? [] : [[tensor, { only: of(only), without: of(without) }]];
  });
  return effects.length === 0 ? null : { samples: count, isStopped, whole: of(whole), layers: new Map(effects) };
}
