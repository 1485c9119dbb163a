import { create } from '@bufbuild/protobuf';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import { copyMessage } from '../graph/edit.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { ValueInfoProtoSchema } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import { openSession, type OptimizationLevel, type Session } from '../runtime/session.ts';
import { createErrorSums, type ErrorSums } from '../tensor/statistics.ts';
import { dataTypes, type Feeds, type Tensor } from '../tensor/tensor.ts';
import { toNumbers } from '../tensor/to-numbers.ts';

/** The same values in both models: a tensor of the float model and the one that holds its dequantized twin. */
export interface TensorPair {
  readonly before: string;
  readonly after: string;
}

export interface LayerError {
  /** 20*log10(norm(x) / norm(x-y)) over all samples; null when nothing differs. */
  readonly sqnrDb: number | null;
  readonly cosine: number;
  /** Values compared. */
  readonly count: number;
  /** Samples left out because one side held NaN or infinity. */
  readonly nonFiniteSamples: number;
}

export interface LayerErrorOptions {
  /** The float model. */
  readonly before: OnnxModel;
  /** How far ONNX Runtime optimizes it, default: as far as the quantized one. */
  readonly beforeOptimization?: OptimizationLevel;
  /** The quantized model. */
  readonly after: OnnxModel;
  readonly pairs: readonly TensorPair[];
  /** A few samples are enough: every value of every layer counts, not every sample. */
  readonly samples: { readonly count: number; readonly read: (index: number) => Promise<Feeds> };
  readonly threads: number;
  /** Values for symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Copied-out activations held at once, default 256 MB; more are fetched in further runs of the same sample. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
  /** Aborted when the samples so far, one at least, are to be enough. */
  readonly enough?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Tensors fetched in the first run of the first sample, before any size is known. */
const firstChunkLength = 4;
const defaultMaxBytes = 256_000_000;

interface ExposedModel {
  readonly session: Session;
  readonly inputs: ReadonlySet<string>;
  /** Tensors of numbers that nodes of the main graph compute and that can be fetched. */
  readonly computed: ReadonlySet<string>;
}

/** Loads a model with inner tensors as further outputs. */
async function openExposed(
  { proto, folder }: OnnxModel,
  tensors: readonly string[],
  options: LayerErrorOptions,
  optimization?: OptimizationLevel,
): Promise<ExposedModel> {
  const graph = proto.graph!;
  const inputs = new Set(graph.input.map((input) => input.name));
  const computed = new Set(graph.node.flatMap((node) => node.output));
  const exposed = new Set(graph.output.map((output) => output.name));
  const added = [...new Set(tensors)].filter((name) => computed.has(name) && !exposed.has(name));
  const output = [...graph.output, ...added.map((name) => create(ValueInfoProtoSchema, { name }))];
  const session = await openSession(encodeModel(copyMessage(proto, { graph: copyMessage(graph, { output }) })), {
    threads: options.threads,
    config: { 'session.model_external_initializers_file_folder_path': folder },
    ...(options.dims === undefined ? {} : { dims: options.dims }),
    ...(optimization === undefined ? {} : { optimization }),
  });
  // Of the model's own outputs some may be no tensors of numbers, and then the whole run is refused.
  const numbers = session.outputs.filter(({ name, dataType }) => computed.has(name) && dataType in dataTypes);
  return { session, inputs, computed: new Set(numbers.map(({ name }) => name)) };
}

function sizeInBytes(tensor: Tensor): number {
  return tensor.data.length * dataTypes[tensor.dataType].bytesPerElement;
}

/** Values of the wanted tensors for one sample: inputs as fed, the rest from one run that computes no more than them. */
async function fetchTensors(
  model: ExposedModel,
  feeds: Feeds,
  names: readonly string[],
): Promise<Record<string, Tensor>> {
  const outputs = names.filter((name) => model.computed.has(name));
  const results = outputs.length === 0 ? {} : await model.session.run(feeds, [...new Set(outputs)]);
  return { ...feeds, ...results };
}

function allFinite(values: ArrayLike<number>): boolean {
  for (let index = 0; index < values.length; index++) if (!Number.isFinite(values[index])) return false;
  return true;
}

interface RunningError {
  readonly sums: ErrorSums;
  nonFiniteSamples: number;
}

function compareTensors(error: RunningError, mine: Tensor, theirs: Tensor): void {
  const values = toNumbers(mine);
  const otherValues = toNumbers(theirs);
  if (values.length !== otherValues.length) return;
  if (allFinite(values) && allFinite(otherValues)) error.sums.add(values, otherValues);
  else error.nonFiniteSamples++;
}

/**
 * How far each tensor of the quantized model is from its float twin, streaming: a few samples through both models, the
 * wanted tensors fetched in groups that stay below `maxBytes`. Errors build up along the model: each is what reaches this
 * layer, its own rounding included.
 *
 * Tensors made into outputs cannot be fused away, so this never serves for timing. A DequantizeLinear that is an output is
 * duplicated by ONNX Runtime and leaves the int8 kernels in place: their saturation is seen.
 *
 * @returns by name of the float model's tensor; pairs that one of the models does not have, that differ in size, or of
 * which no sample was finite, are left out.
 * @throws AppError `model-unsupported`, `model-run-failed` from ONNX Runtime. @throws CancelledError between two runs.
 */
export async function measureLayerErrors(options: LayerErrorOptions): Promise<Map<string, LayerError>> {
  const { pairs, samples, signal, onProgress } = options;
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  const names = { before: pairs.map((pair) => pair.before), after: pairs.map((pair) => pair.after) };
  const before = await openExposed(options.before, names.before, options, options.beforeOptimization);
  let after: ExposedModel | null = null;
  try {
    after = await openExposed(options.after, names.after, options);
    const has = (model: ExposedModel, name: string) => model.computed.has(name) || model.inputs.has(name);
    const known = pairs.filter((pair) => has(before, pair.before) && has(after!, pair.after));
    const errors = new Map(known.map((pair) => [pair.before, { sums: createErrorSums(), nonFiniteSamples: 0 }]));
    /** Bytes of a pair's two tensors, once seen. */
    const sizes = new Map<TensorPair, number>();

    for (let index = 0; index < samples.count; index++) {
      if (index > 0 && options.enough?.aborted === true) break;
      const feeds = await samples.read(index);
      for (let start = 0; start < known.length;) {
        await yieldToEvents();
        if (signal?.aborted === true) throw new CancelledError();
        const chunk = takeChunk(known, start, sizes, maxBytes);
        start += chunk.length;
        const mine = await fetchTensors(
          before,
          feeds,
          chunk.map((pair) => pair.before),
        );
        const theirs = await fetchTensors(
          after,
          feeds,
          chunk.map((pair) => pair.after),
        );
        for (const pair of chunk) {
          const own = mine[pair.before];
          const other = theirs[pair.after];
          if (own === undefined || other === undefined) continue;
          sizes.set(pair, sizeInBytes(own) + sizeInBytes(other));
          compareTensors(errors.get(pair.before)!, own, other);
        }
      }
      onProgress?.(index + 1, samples.count);
    }

    const result = new Map<string, LayerError>();
    for (const [name, { sums, nonFiniteSamples }] of errors) {
      if (sums.count === 0) continue;
      result.set(name, { sqnrDb: sums.sqnrDb(), cosine: sums.cosine(), count: sums.count, nonFiniteSamples });
    }
    return result;
  } finally {
    await before.session.release();
    await after?.session.release();
  }
}

/** The next pairs that fit together into `maxBytes`, at least one; a few while their sizes are unknown. */
function takeChunk(
  pairs: readonly TensorPair[],
  start: number,
  sizes: ReadonlyMap<TensorPair, number>,
  maxBytes: number,
): readonly TensorPair[] {
  let bytes = 0;
  let end = start;
  while (end < pairs.length) {
    const size = sizes.get(pairs[end]!);
    if (size === undefined && end - start >= firstChunkLength) break;
    bytes += size ?? 0;
    if (end > start && bytes > maxBytes) break;
    end++;
  }
  return pairs.slice(start, end);
}
