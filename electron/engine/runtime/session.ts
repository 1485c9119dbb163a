import * as ort from 'onnxruntime-node';
import { dirname } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { explainRefusal } from './explain-refusal.ts';
import { dataTypes, type DataType, type Feeds, type Tensor, type TensorData } from '../tensor/tensor.ts';

export type OptimizationLevel = 'disabled' | 'basic' | 'extended' | 'layout' | 'all';

export interface SessionOptions {
  /** intra-op threads. Always stated: a figure without its thread count means nothing. */
  readonly threads: number;
  readonly optimization?: OptimizationLevel;
  /** Where ONNX Runtime writes its optimized graph. */
  readonly optimizedModelPath?: string;
  /** Turns profiling on; ONNX Runtime writes `<prefix>_<time>.json` when the session ends profiling. */
  readonly profilePrefix?: string;
  /** Session configuration entries, dotted as in onnxruntime_session_options_config_keys.h. */
  readonly config?: Readonly<Record<string, string>>;
  /** Values for symbolic dimensions by name. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly cpuMemoryArena?: boolean;
  /** The file that a model given as bytes came from, for messages. */
  readonly sourcePath?: string;
  /**
   * True where the session has its process to itself and is timed as users run it. ONNX Runtime's threads go on spinning for
   * a while after each run: that is fastest for one session, and takes the cores from everything else, so others stop.
   */
  readonly isAlone?: boolean;
}

export interface ValueInfo {
  readonly name: string;
  readonly dataType: DataType | 'string' | 'other';
  /** A string is a symbolic dimension; one the model left unnamed is called `<input>.<axis>`. */
  readonly dims: readonly (number | string)[];
  /** True when the model does not even say how many dimensions there are; `dims` is empty then. */
  readonly anyShape?: boolean;
}

export interface Session {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /**
   * Runs the model. Synchronous native code inside: the event loop stands still until it returns.
   * @param outputNames by default all outputs that are tensors of numbers; sequences, maps and optional values cannot be had.
   */
  run(feeds: Feeds, outputNames?: readonly string[]): Promise<Record<string, Tensor>>;
  /** Runs with feeds made once by `prepareFeeds`, and drops the outputs, all tensors: what the latency loop times. */
  runPrepared(feeds: PreparedFeeds): Promise<void>;
  endProfiling(): void;
  release(): Promise<void>;
}

// Nothing leaves the laptop: since 1.29 ONNX Runtime reports model and graph names to its maker unless told not to.
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export type PreparedFeeds = Readonly<Record<string, ort.Tensor>>;

/** Nests dotted keys as the binding wants them: { 'session.x': '1' } -> { session: { x: '1' } }. */
function nestConfig(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const parts = key.split('.');
    let node = root;
    for (const part of parts.slice(0, -1)) node = (node[part] ??= {}) as Record<string, unknown>;
    node[parts.at(-1)!] = value;
  }
  return root;
}

function toOrtTensor({ dataType, data, dims }: Tensor): ort.Tensor {
  const tensor = new ort.Tensor(dataType, data as never, dims);
  // Where there is a Float16Array, Tensor turns the bits into one; but the native side of ONNX Runtime 1.30 takes those for
  // arrays of no bytes ("not enough space: expected 1536, got 0"). The bits themselves it can read.
  if (dataType === 'float16') Object.defineProperty(tensor, 'data', { value: data });
  return tensor;
}

function fromOrtTensor(name: string, value: ort.Tensor): Tensor {
  if (!(value.type in dataTypes)) {
    throw new AppError('model-unsupported', tell('outputTypeNotCompared', { name, type: value.type }));
  }
  let data = value.data as unknown as TensorData | Float16Array;
  if (typeof Float16Array !== 'undefined' && data instanceof Float16Array) {
    data = new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, data.length);
  }
  return { dataType: value.type as DataType, dims: value.dims, data: data as TensorData };
}

/** What a dimension without a name of its own is called, so that it can be given a size as well. */
export function unnamedDimension(valueName: string, axis: number): string {
  return `${valueName}.${axis}`;
}

function toValueInfo(metadata: ort.InferenceSession.ValueMetadata): ValueInfo {
  if (!metadata.isTensor) return { name: metadata.name, dataType: 'other', dims: [] };
  const dataType =
    metadata.type in dataTypes ? (metadata.type as DataType) : metadata.type === 'string' ? 'string' : 'other';
  const dims = metadata.shape.map((dim, axis) =>
    dim === '' || (typeof dim === 'number' && dim < 0) ? unnamedDimension(metadata.name, axis) : dim,
  );
  return { name: metadata.name, dataType, dims };
}

export function prepareFeeds(feeds: Feeds): PreparedFeeds {
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toOrtTensor(tensor)]));
}

/**
 * Loads a model. The only door to ONNX Runtime in Vernier.
 * @param model path of an .onnx file (external data is read from its folder) or its bytes.
 * @throws AppError `model-unsupported` when ONNX Runtime refuses the model.
 */
export async function openSession(model: string | Uint8Array, options: SessionOptions): Promise<Session> {
  const sessionOptions: ort.InferenceSession.SessionOptions = {
    executionProviders: ['cpu'],
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: options.optimization ?? 'all',
    logSeverityLevel: 4,
    ...(options.cpuMemoryArena === undefined ? {} : { enableCpuMemArena: options.cpuMemoryArena }),
    ...(options.optimizedModelPath === undefined ? {} : { optimizedModelFilePath: options.optimizedModelPath }),
    ...(options.profilePrefix === undefined ? {} : { enableProfiling: true, profileFilePrefix: options.profilePrefix }),
    extra: nestConfig({
      ...(options.isAlone === true ? {} : { 'session.force_spinning_stop': '1' }),
      ...options.config,
    }),
    ...(options.dims === undefined ? {} : { freeDimensionOverrides: options.dims }),
  };
  let session: ort.InferenceSession;
  try {
    session =
      typeof model === 'string'
        ? await ort.InferenceSession.create(model, sessionOptions)
        : await ort.InferenceSession.create(
            model.buffer as ArrayBuffer,
            model.byteOffset,
            model.byteLength,
            sessionOptions,
          );
  } catch (error) {
    // What ONNX Runtime says when the optimized model cannot be written: the model itself is fine.
    if (
      options.optimizedModelPath !== undefined &&
      /Protobuf serialization failed|Failed to write external initializers/.test(String(error))
    ) {
      throw new AppError('disk-full', tell('runtimeNotWritten', { folder: dirname(options.optimizedModelPath) }), {
        cause: error,
      });
    }
    const path = typeof model === 'string' ? model : options.sourcePath;
    const reason = explainRefusal(error);
    const said = path === undefined ? tell('modelNotLoaded', { reason }) : tell('modelFileNotLoaded', { path, reason });
    throw new AppError('model-unsupported', said, { cause: error });
  }
  const outputs = session.outputMetadata.map(toValueInfo);
  const numbers = outputs.filter(({ dataType }) => dataType in dataTypes).map(({ name }) => name);
  // Asked for anything else the binding refuses to run, or takes the whole process down (int4).
  const tensors = outputs.filter(({ dataType }) => dataType !== 'other').map(({ name }) => name);
  const run = async (feeds: PreparedFeeds, outputNames: readonly string[]) => {
    if (outputNames.length === 0) {
      const names = outputs.map(({ name }) => `"${name}"`).join(', ');
      throw new AppError('model-unsupported', tell('noTensorOutput', { names }));
    }
    try {
      return await session.run(feeds, outputNames);
    } catch (error) {
      throw new AppError('model-run-failed', tell('modelNotRun', { reason: explainRefusal(error) }), {
        cause: error,
      });
    }
  };
  return {
    inputs: session.inputMetadata.map(toValueInfo),
    outputs,
    run: async (feeds, outputNames = numbers) => {
      const results = await run(prepareFeeds(feeds), outputNames);
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromOrtTensor(name, value)]));
    },
    runPrepared: async (feeds) => {
      await run(feeds, tensors);
    },
    endProfiling: () => session.endProfiling(),
    release: () => session.release(),
  };
}
