import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import type { LayerSaturation } from '../../../shared/saturation.ts';
import { indexGraph } from '../graph/graph.ts';
import { floatTypes } from '../metrics/float-types.ts';
import { createQualityMeter, type SampleOutputs } from '../metrics/output-quality.ts';
import { cutModel } from '../graph/edit.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { openSession, type Session } from '../runtime/session.ts';
import { mean } from '../tensor/statistics.ts';
import type { Feeds, Tensor } from '../tensor/tensor.ts';
import {
  buildSaturatingModel,
  saturatesInput,
  type SaturatingLayer,
  type SaturatingModel,
  type SaturatingModelOptions,
} from './saturating-model.ts';

/** Mean dB over samples, each at most `sampleSqnrLimitDb`. */
export interface SimulatedSaturation {
  readonly samples: number;
  /** The outputs against the float model's, with exact sums, and with sums that saturate. */
  readonly exactSqnrDb: number;
  readonly saturatingSqnrDb: number;
  /** Those with sums that saturate against those with exact ones. */
  readonly apartSqnrDb: number;
  /** Of layers in which pairs can saturate, by node. */
  readonly layers: ReadonlyMap<string, LayerSaturation>;
  /** Layers that were not looked at. */
  readonly leftOut: readonly string[];
}

export interface SimulationOptions extends SaturatingModelOptions {
  /** The float model as prepared. */
  readonly float: OnnxModel;
  readonly samples: { readonly count: number; readonly read: (index: number) => Promise<Feeds> };
  readonly threads: number;
  readonly dims: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal;
  /** Aborted when the samples so far, one at least, are to be enough. */
  readonly enough?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Samples that saturation is simulated on: each layer has thousands of sums in one. */
const mostSamples = 4;

async function open({ proto, folder }: OnnxModel, { threads, dims }: SimulationOptions): Promise<Session> {
  return openSession(encodeModel(proto), {
    threads,
    dims,
    // As it is written: ONNX Runtime fuses nothing to int8 kernels.
    optimization: 'disabled',
    config: { 'session.model_external_initializers_file_folder_path': folder },
  });
}

const flag = (saturates: boolean): Feeds => ({
  [saturatesInput]: { dataType: 'float32', dims: [], data: Float32Array.of(saturates ? 1 : 0) },
});

/** What a low-bit model gives where pairs of products are added in 16 bits, and where sums are exact, on any CPU: by simulation. */
export async function simulateSaturation(options: SimulationOptions): Promise<SimulatedSaturation | null> {
  const built = buildSaturatingModel(options);
  if (built === null) return null;
  if (built.layers.length === 0) {
    return {
      samples: 0,
      exactSqnrDb: 0,
      saturatingSqnrDb: 0,
      apartSqnrDb: 0,
      layers: new Map(),
      leftOut: built.leftOut,
    };
  }
  const { float, compared } = options;
  const original = await open({ ...float, proto: cutModel(float.proto, compared) }, options);
  try {
    const simulated = await open(built.model, options);
    try {
      return await simulateIn({ original, simulated }, built, options);
    } finally {
      await simulated.release();
    }
  } finally {
    await original.release();
  }
}

async function simulateIn(
  sessions: { readonly original: Session; readonly simulated: Session },
  { layers, leftOut }: SaturatingModel,
  options: SimulationOptions,
): Promise<SimulatedSaturation | null> {
  const { compared, samples, signal, enough, onProgress, float, shapes } = options;
  const source = { graph: indexGraph(float), shapes };
  const typeOf = new Map(sessions.original.outputs.map(({ name, dataType }) => [name, dataType]));
  const close = compared.filter((name) => floatTypes.includes(typeOf.get(name)!));
  if (close.length === 0) return null;
  const total = Math.min(mostSamples, samples.count);
  const decibels = { exact: [] as number[], saturating: [] as number[], apart: [] as number[] };
  const figures = new Map(layers.map((layer) => [layer, [0, 0, 0]]));
  let done = 0;
  for (; done < total && (done === 0 || enough?.aborted !== true); done++) {
    const feeds = await samples.read(done);
    const run = async (session: Session, more: Feeds, outputs: readonly string[]): Promise<SampleOutputs> => {
      await yieldToEvents();
      if (signal?.aborted === true) throw new CancelledError();
      return session.run({ ...feeds, ...more }, outputs);
    };
    const expected = await run(sessions.original, {}, compared);
    const closeness = (reference: SampleOutputs, actual: SampleOutputs): number => {
      const meter = createQualityMeter(reference, null, source, close);
      meter.add(reference, actual);
      return meter.decibels[0]!;
    };
    const exact = await run(sessions.simulated, flag(false), [...compared, ...layers.map((layer) => layer.figures)]);
    const saturating = await run(sessions.simulated, flag(true), compared);
    decibels.exact.push(closeness(expected, exact));
    decibels.saturating.push(closeness(expected, saturating));
    decibels.apart.push(closeness(exact, saturating));
    for (const [layer, sums] of figures) addFigures(sums, exact[layer.figures]!);
    onProgress?.(done + 1, total);
  }
  return {
    samples: done,
    exactSqnrDb: mean(decibels.exact),
    saturatingSqnrDb: mean(decibels.saturating),
    apartSqnrDb: mean(decibels.apart),
    layers: new Map([...figures].map(([layer, sums]) => [layer.node, describe(layer, sums, done)])),
    leftOut,
  };
}

function addFigures(sums: number[], { data }: Tensor): void {
  for (let index = 0; index < sums.length; index++) sums[index]! += Number(data[index]);
}

function describe({ pairSums }: SaturatingLayer, [count, noise, power]: number[], samples: number): LayerSaturation {
  return {
    share: count! / (pairSums * samples),
    sqnrDb: noise === 0 ? null : 10 * Math.log10(power! / noise!),
  };
}
