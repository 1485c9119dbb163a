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
import { studentQuantile } from '../tensor/student.ts';
import type { Feeds, Tensor } from '../tensor/tensor.ts';
import type { TensorPair } from './layer-error.ts';
import { buildSwitchedModel, switchesInput, type SwitchedModel } from './switched-model.ts';

/*
 * What each layer costs the output: how close it is with only this layer compressed, and with all but this one. Both are runs of one
 * session (see `switched-model.ts`), each about as long as one of the float and one of the compressed model.
 *
 * MinMax calibration is one run of the float model for each calibration sample, with every tensor copied out. Twice as many runs
 * as it has samples are about four times its cost, and no more are made: of many layers those with the largest errors of their own.
 *
 * What a layer in float brings differs from sample to sample by more than from layer to layer. So after a first look at all of them
 * runs go to those that promise most, and what each brings is taken from pairs of figures of the same sample.
 */

const runsPerCalibrationSample = 2;
/** Layers beyond these, by their own error, are not looked at: fewer samples for each would say less of all. */
const mostLayers = 24;
const mostSamples = 64;
/** Samples that all layers are looked at on: as many as an interval takes. */
const firstSamples = 3;
/** Layers before a Softmax and the like, which come first. */
const mostEnds = 4;
/** Layers that are looked at to the end. */
const closerLayers = 6;

/** Mean dB over samples, each at most `sampleSqnrLimitDb`, and its 95 % interval; null with fewer than three samples. */
export interface EffectFigure {
  readonly sqnrDb: number;
  readonly ci95: Interval95 | null;
}

export interface LayerEffect {
  /** The output with only this layer compressed. */
  readonly only: EffectFigure;
  /** The output with all layers compressed but this one and those beside it that would be in float with it. */
  readonly without: EffectFigure;
  /** Those beside it, by node. */
  readonly alsoFloat: readonly string[];
}

export interface LayerEffects {
  /** Of the layers that were looked at to the end. */
  readonly samples: number;
  /** Whether it was told to stop before all that was planned. */
  readonly isStopped: boolean;
  /** All layers compressed. */
  readonly whole: EffectFigure;
  /** By the float model's tensor. */
  readonly layers: ReadonlyMap<string, LayerEffect>;
}

export interface FloatWith {
  /** Nodes but for the layer itself. */
  readonly nodes: readonly string[];
  /** What all of them hand out. */
  readonly tensors: readonly string[];
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
  /** What would be in float if the layer behind a tensor were. */
  readonly floatWith?: (tensor: string) => FloatWith;
  readonly calibrationCount: number;
  readonly samples: { readonly count: number; readonly read: (index: number) => Promise<Feeds> };
  readonly threads: number;
  readonly dims: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
  /** Aborted when what is known so far is to be enough. */
  readonly enough?: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

export interface EffectsPlan {
  /** The first samples, on which each layer is looked at by itself too. */
  readonly first: number;
  /** How many layers are looked at, by sample; those that promise most where they are fewer than before. */
  readonly layers: readonly number[];
}

/** How many layers, on which samples: at most so many runs as the calibration has samples, twice. */
export function planEffects(layerCount: number, calibrationCount: number, sampleCount: number): EffectsPlan {
  let left = runsPerCalibrationSample * calibrationCount;
  let kept = Math.min(layerCount, mostLayers, Math.floor((left - 2) / 2));
  if (kept < 1) return { first: 0, layers: [] };
  const most = Math.min(mostSamples, sampleCount);
  const layers: number[] = [];
  // With the float model and the compressed one: two runs more.
  const take = (runs: number): boolean => {
    if (layers.length >= most || left < runs + 2) return false;
    layers.push(kept);
    left -= runs + 2;
    return true;
  };
  while (layers.length < firstSamples && take(2 * kept));
  const first = layers.length;
  do kept = Math.min(kept, Math.max(closerLayers, Math.ceil(kept / 2)));
  while (take(kept));
  return { first, layers };
}

function intervalOf(values: readonly number[]): Interval95 | null {
  const count = values.length;
  if (count < firstSamples) return null;
  const average = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - average) ** 2, 0);
  const half = studentQuantile(count - 1) * Math.sqrt(squares / (count - 1) / count);
  return [average - half, average + half];
}

const figureOf = (decibels: readonly number[]): EffectFigure => ({
  sqnrDb: mean(decibels),
  ci95: intervalOf(decibels),
});

/** What a change brings, sample by sample, on top of what all samples say without it: fewer samples are no easier ones. */
function changedFigure(whole: readonly number[], changed: readonly number[]): EffectFigure {
  const { sqnrDb: gainDb, ci95 } = figureOf(changed.map((db, sample) => db - whole[sample]!));
  const baseDb = mean(whole);
  return { sqnrDb: baseDb + gainDb, ci95: ci95 === null ? null : [baseDb + ci95[0], baseDb + ci95[1]] };
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
  { tensors, outputs, ends }: SwitchedModel,
  {
    float,
    compared,
    shapes,
    worst,
    floatWith,
    calibrationCount,
    samples,
    signal,
    enough,
    onProgress,
  }: LayerEffectsOptions,
): Promise<LayerEffects | null> {
  const index = new Map(tensors.map((tensor, at) => [tensor, at]));
  // What is handed out in float has no error of its own by which it could be among the worst.
  const known = [...new Set([...(worst.length === 0 ? [] : ends.slice(0, mostEnds)), ...worst])].filter((tensor) =>
    index.has(tensor),
  );
  const plan = planEffects(known.length, calibrationCount, samples.count);
  const looked = known.slice(0, plan.layers[0] ?? 0).map((tensor): LookedLayer => {
    const { nodes, tensors: others } = floatWith?.(tensor) ?? { nodes: [], tensors: [] };
    const off = new Set([tensor, ...others].map((name) => index.get(name)));
    return { tensor, at: index.get(tensor)!, off, alsoFloat: nodes, only: [], without: [] };
  });
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
  const total = plan.layers.reduce((sum, count) => sum + count, 0);
  let [done, isStopped, kept] = [0, false, looked];
  for (let sample = 0; sample < plan.layers.length && !isStopped; sample++) {
    if (plan.layers[sample]! < kept.length) kept = mostPromising(kept, whole).slice(0, plan.layers[sample]);
    const feeds = await samples.read(sample);
    const exact = await run(feeds, () => false);
    const closeness = (actual: SampleOutputs): number => {
      const meter = createQualityMeter(exact, null, source, close);
      meter.add(exact, actual);
      return meter.decibels[0]!;
    };
    whole.push(closeness(await run(feeds, () => true)));
    for (const { at, off, only, without } of kept) {
      isStopped = enough?.aborted === true;
      if (isStopped) break;
      if (sample < plan.first) only.push(closeness(await run(feeds, (other) => other === at)));
      without.push(closeness(await run(feeds, (other) => !off.has(other))));
      onProgress(++done, total);
    }
  }
  return summarize(looked, kept, whole, isStopped);
}

interface LookedLayer {
  readonly tensor: string;
  /** Its switch, and all that are off where it is in float. */
  readonly at: number;
  readonly off: ReadonlySet<number | undefined>;
  readonly alsoFloat: readonly string[];
  /** dB by sample. */
  readonly only: number[];
  readonly without: number[];
}

const mostPromising = (layers: readonly LookedLayer[], whole: readonly number[]): LookedLayer[] =>
  layers.toSorted(
    (left, right) => changedFigure(whole, right.without).sqnrDb - changedFigure(whole, left.without).sqnrDb,
  );

/** @param kept layers that were looked at on the last sample. */
function summarize(
  looked: readonly LookedLayer[],
  kept: readonly LookedLayer[],
  whole: readonly number[],
  isStopped: boolean,
): LayerEffects | null {
  // A sample that not every layer was measured on counts only where it is the first.
  const count = Math.max(1, kept.at(-1)!.without.length);
  const wholeDb = whole.slice(0, count);
  const effects = looked.flatMap(({ tensor, alsoFloat, only, without }): [string, LayerEffect][] =>
    only.length === 0
      ? []
      : [
          [
            tensor,
            {
              only: figureOf(only.slice(0, count)),
              without: changedFigure(wholeDb, without.slice(0, count)),
              alsoFloat,
            },
          ],
        ],
  );
  return effects.length === 0
    ? null
    : { samples: count, isStopped, whole: figureOf(wholeDb), layers: new Map(effects) };
}
