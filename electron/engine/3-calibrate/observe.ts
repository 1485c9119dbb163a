import { create } from '@bufbuild/protobuf';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { lookUp } from '../../../shared/look-up.ts';
import { externalFolderConfig } from '../1-analyze/prepare.ts';
import type { Shapes } from '../graph/shapes.ts';
import { copyMessage, createNamer, makeNode } from '../graph/edit.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { intAttribute } from '../onnx/attributes.ts';
import { ValueInfoProtoSchema, type ModelProto, type NodeProto } from '../onnx/proto/onnx_pb.js';
import { openSession, type Session } from '../runtime/session.ts';
import { ChannelStatistics } from './channel-statistics.ts';
import type { SampleExtremes } from './deciding-range.ts';
import { addExtremesOf, type ExtremesSoFar } from './sample-extremes.ts';
import { tellRangesOf } from './tell-ranges.ts';
import { StreamingHistogram, type Histogram } from '../tensor/histogram.ts';
import { elementCount, type Feeds } from '../tensor/tensor.ts';

/** What calibration saw of one tensor over every sample. */
export interface TensorStatistics {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly nonFiniteCount: number;
  /** Null when only the extremes were asked for. */
  readonly histogram: Histogram | null;
  /** Mean and largest magnitude per channel along the asked axis; null where none was asked for. */
  readonly channels: { readonly means: Float64Array; readonly maxAbs: Float64Array } | null;
  /** Of each sample; null where they were not asked for. */
  readonly samples: SampleExtremes | null;
}

/** The samples that calibration runs, read one at a time. */
export interface CalibrationSamples {
  readonly count: number;
  readonly read: (index: number) => Promise<Feeds>;
}

export interface ObserveOptions {
  readonly tensors: readonly string[];
  /** Tensors whose statistics per channel are wanted (with histograms only), and the channel axis. */
  readonly channelAxes: ReadonlyMap<string, number>;
  /** Tensors whose extremes are wanted of every sample. */
  readonly bySample: ReadonlySet<string>;
  /** `extremes` reduces inside the graph; `histogram` copies tensors out and bins them. */
  readonly statistics: 'extremes' | 'histogram';
  readonly shapes: Shapes;
  readonly threads: number;
  readonly signal: AbortSignal;
  /** Aborted when the samples so far, one at least, are to be enough. */
  readonly enough?: AbortSignal;
  /** How many there were then. */
  readonly onStopped?: (seen: number) => void;
  /** What becomes of tensors with NaN or infinity: an error, unless they are to be left out of the result, or kept with their count. */
  readonly onNonFinite?: 'leave-out' | 'keep';
  readonly onSample: (done: number, total: number) => void;
  /** Extremes seen so far, of each tensor whose range grew; a few times a second, to be watched. */
  readonly onRange?: (tensor: string, min: number, max: number) => void;
}

/** Copied-out activations held at once; more are observed in further passes over the data. */
const largestPassBytes = 512_000_000;

const largestFloat32 = 3.4028234663852886e38;

interface MutableStatistics {
  min: number;
  max: number;
  count: number;
  nonFiniteCount: number;
}

/**
 * The prepared model with the wanted statistics as extra outputs. For extremes three scalars a tensor: ReduceMin,
 * ReduceMax and ReduceSum; the sum is there because ONNX Runtime's vectorized ReduceMin/ReduceMax skip over NaN.
 */
function addObservers(prepared: OnnxModel, tensors: readonly string[], statistics: 'extremes' | 'histogram') {
  const source = prepared.proto.graph!;
  const namer = createNamer(source);
  const reductions: NodeProto[] = [];
  const outputNames: string[] = [];
  const fetches = new Map<string, readonly string[]>();
  for (const tensor of tensors) {
    if (statistics === 'histogram') {
      fetches.set(tensor, [tensor]);
      if (!source.output.some((output) => output.name === tensor)) outputNames.push(tensor);
      continue;
    }
    const names = ['ReduceMin', 'ReduceMax', 'ReduceSum'].map((opType) => {
      const name = namer(`${tensor}/${opType}`);
      reductions.push(makeNode(opType, name, [tensor], [name], [intAttribute('keepdims', 0)]));
      outputNames.push(name);
      return name;
    });
    fetches.set(tensor, names);
  }
  const graph = copyMessage(source, {
    node: [...source.node, ...reductions],
    output: [...source.output, ...outputNames.map((name) => create(ValueInfoProtoSchema, { name }))],
  });
  return { model: copyMessage(prepared.proto, { graph }), fetches };
}

/** The model with inner tensors as further outputs. */
export function exposeTensors(model: ModelProto, tensors: readonly string[]): ModelProto {
  const source = model.graph!;
  const added = tensors
    .filter((tensor) => !source.output.some((output) => output.name === tensor))
    .map((name) => create(ValueInfoProtoSchema, { name }));
  return copyMessage(model, { graph: copyMessage(source, { output: [...source.output, ...added] }) });
}

/**
 * Splits tensors so that what one pass holds stays within `largestPassBytes`.
 * @param keptBytes what is kept of a tensor besides its copy.
 */
export function splitIntoPasses(
  tensors: readonly string[],
  shapes: Shapes,
  keptBytes: (tensor: string) => number = () => 0,
): string[][] {
  const passes: string[][] = [];
  let bytes = Infinity;
  for (const tensor of tensors) {
    const size = 4 * elementCount(shapes.get(tensor)?.dims ?? [1]) + keptBytes(tensor);
    if (bytes + size > largestPassBytes) {
      passes.push([]);
      bytes = 0;
    }
    passes.at(-1)!.push(tensor);
    bytes += size;
  }
  return passes;
}

interface Counted {
  readonly extremes: ReadonlyMap<string, MutableStatistics>;
  readonly histograms: ReadonlyMap<string, StreamingHistogram>;
  readonly sums: ReadonlyMap<string, ChannelStatistics>;
  readonly bySample: ReadonlyMap<string, ExtremesSoFar>;
}

/** What was counted along the way, as what is known of each tensor. */
function gatherStatistics({ extremes, histograms, sums, bySample }: Counted): Map<string, TensorStatistics> {
  const result = new Map<string, TensorStatistics>();
  for (const [tensor, seen] of extremes) {
    result.set(tensor, { ...seen, histogram: null, channels: null, samples: bySample.get(tensor) ?? null });
  }
  for (const [tensor, histogram] of histograms) {
    result.set(tensor, {
      min: histogram.min,
      max: histogram.max,
      count: histogram.count,
      nonFiniteCount: histogram.nanCount + histogram.infinityCount,
      histogram,
      channels: sums.get(tensor)?.result() ?? null,
      samples: bySample.get(tensor) ?? null,
    });
  }
  return result;
}

async function observeStatistics(
  prepared: OnnxModel,
  tensors: readonly string[],
  samples: CalibrationSamples,
  options: ObserveOptions,
  onSample: () => void,
): Promise<Map<string, TensorStatistics>> {
  const inputNames = new Set(prepared.proto.graph!.input.map((input) => input.name));
  // Inputs are fed by us, so they are looked at here rather than copied through the graph.
  const inner = tensors.filter((tensor) => !inputNames.has(tensor));
  const { model, fetches } = addObservers(prepared, inner, options.statistics);
  const histograms = new Map<string, StreamingHistogram>();
  const extremes = new Map<string, MutableStatistics>();
  const sums = new Map([...options.channelAxes.keys()].map((tensor) => [tensor, new ChannelStatistics()]));
  const bySample = new Map<string, ExtremesSoFar>();
  for (const tensor of tensors) {
    if (options.bySample.has(tensor)) bySample.set(tensor, { lows: [], highs: [] });
    if (options.statistics === 'histogram' || inputNames.has(tensor)) histograms.set(tensor, new StreamingHistogram());
    else extremes.set(tensor, { min: Infinity, max: -Infinity, count: 0, nonFiniteCount: 0 });
  }
  const session: Session = await openSession(encodeModel(model), {
    threads: options.threads,
    config: externalFolderConfig(prepared),
  });
  const allFetches = [...fetches.values()].flat();
  const tellRanges = tellRangesOf([...extremes, ...histograms], options.onRange);
  try {
    for (let index = 0; index < samples.count; index++) {
      await yieldToEvents();
      if (options.signal.aborted) throw new CancelledError();
      if (index > 0 && options.enough?.aborted === true) {
        options.onStopped?.(index);
        break;
      }
      const feeds = await samples.read(index);
      for (const tensor of tensors) {
        const feed = lookUp(feeds, tensor);
        if (feed === undefined || !(feed.data instanceof Float32Array)) continue;
        histograms.get(tensor)!.add(feed.data);
        addExtremesOf(feed.data, bySample.get(tensor));
        const axis = options.channelAxes.get(tensor);
        if (axis !== undefined) sums.get(tensor)!.add(feed.data, feed.dims, axis);
      }
      // A graph whose only observed tensors are its inputs need not run at all.
      const outputs = allFetches.length === 0 ? {} : await session.run(feeds, allFetches);
      for (const [tensor, names] of fetches) {
        const values = names.map((name) => outputs[name]!);
        if (options.statistics === 'histogram') {
          const data = values[0]!.data;
          if (!(data instanceof Float32Array))
            throw new AppError('internal', tell('tensorNotFloat32', { name: tensor }));
          histograms.get(tensor)!.add(data);
          addExtremesOf(data, bySample.get(tensor));
          const axis = options.channelAxes.get(tensor);
          if (axis !== undefined) sums.get(tensor)!.add(data, values[0]!.dims, axis);
          continue;
        }
        const [min, max, sum] = values.map((value) => Number(value.data[0])) as [number, number, number];
        // Of no values at all the least is infinity and the largest minus infinity.
        if (min > max) continue;
        const seen = extremes.get(tensor)!;
        const elements = Math.max(1, elementCount(options.shapes.get(tensor)?.dims ?? [1]));
        seen.count += elements;
        // The sum of finite values overflows where attention masks hold the lowest float32; that is no NaN.
        const magnitude = Math.max(Math.abs(min), Math.abs(max));
        const overflowed = Number.isFinite(magnitude) && magnitude * elements > largestFloat32;
        if (Number.isFinite(sum) || overflowed) {
          seen.min = Math.min(seen.min, min);
          seen.max = Math.max(seen.max, max);
          bySample.get(tensor)?.lows.push(min);
          bySample.get(tensor)?.highs.push(max);
        } else seen.nonFiniteCount++;
      }
      onSample();
      tellRanges();
    }
  } finally {
    await session.release();
  }
  return gatherStatistics({ extremes, histograms, sums, bySample });
}

/**
 * Runs every calibration sample through the prepared float model and gathers statistics of the wanted tensors, in memory
 * that does not grow with the number of samples.
 * @returns of a tensor that is empty in every sample a count of 0.
 * @throws AppError `calibration-failed` naming the first tensors that hold NaN or infinity.
 */
export async function observeTensors(
  prepared: OnnxModel,
  samples: CalibrationSamples,
  options: ObserveOptions,
): Promise<Map<string, TensorStatistics>> {
  const passes =
    options.statistics === 'histogram' ? splitIntoPasses(options.tensors, options.shapes) : [[...options.tensors]];
  const statistics = new Map<string, TensorStatistics>();
  let done = 0;
  for (const tensors of passes) {
    const observed = await observeStatistics(prepared, tensors, samples, options, () =>
      options.onSample(++done, samples.count * passes.length),
    );
    for (const [tensor, value] of observed) statistics.set(tensor, value);
  }
  if (options.onNonFinite === 'keep') return statistics;
  const notFinite = nonFiniteTensors(statistics);
  if (options.onNonFinite === 'leave-out') for (const tensor of notFinite) statistics.delete(tensor);
  else assertFinite(notFinite, prepared);
  return statistics;
}

/** Those that held NaN or infinity in some sample. */
export function nonFiniteTensors(statistics: ReadonlyMap<string, TensorStatistics>): readonly string[] {
  return [...statistics].filter(([, { nonFiniteCount }]) => nonFiniteCount > 0).map(([tensor]) => tensor);
}

/** A tensor and the layer that makes it, which is where people look: `"a348" (Conv "stem/conv")`. */
function nameWithLayer(tensor: string, { proto }: Pick<OnnxModel, 'proto'>): string {
  const producer = proto.graph?.node.find(({ output }) => output.includes(tensor));
  return producer === undefined ? `"${tensor}"` : `"${tensor}" (${producer.opType} "${producer.name}")`;
}

/** @throws AppError `calibration-failed` that names the first of these tensors and their layers, where there are any. */
export function assertFinite(nonFinite: readonly string[], model: Pick<OnnxModel, 'proto'>): void {
  if (nonFinite.length === 0) return;
  const bad = nonFinite.map((tensor) => `"${tensor}"`);
  const named = nonFinite.slice(0, 5).map((tensor) => nameWithLayer(tensor, model));
  const list = named.join(', ') + (bad.length > 5 ? ` and ${bad.length - 5} more` : '');
  const details = { tensors: bad };
  throw new AppError('calibration-failed', tell('calibrationNotFinite', { tensors: list }), { details });
}
