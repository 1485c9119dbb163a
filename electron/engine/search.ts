import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../shared/app-error.ts';
import type { Candidate, Diagnostic } from '../../shared/run.ts';
import type { CalibrationMethod, Recipe } from '../../shared/recipe.ts';
import { externalFolderConfig } from './1-analyze/prepare.ts';
import { opEntry } from './1-analyze/op-table.ts';
import type { Shapes } from './1-analyze/shapes.ts';
import type { TensorStatistics } from './2-calibrate/observe.ts';
import { chooseRange, type Range } from './2-calibrate/ranges.ts';
import { applyPlan, type QuantizedModel } from './3-quantize/apply.ts';
import { planQuantization, type QuantizationPlan, type WeightRange } from './3-quantize/plan.ts';
import type { Graph } from './graph/graph.ts';
import { encodeModel, type OnnxModel } from './onnx/model-file.ts';
import { openSession, prepareFeeds, type Session } from './runtime/session.ts';
import { median } from './tensor/statistics.ts';
import type { Feeds, Tensor } from './tensor/tensor.ts';

/** One way to fill in the recipe's open choices. */
export interface Variant {
  readonly method: CalibrationMethod;
  readonly percentile: number;
  readonly weightRange: WeightRange;
  readonly biasCorrection: boolean;
  /** Node name to the reason it stays in float. */
  readonly keepFloat: ReadonlyMap<string, string>;
}

export interface QuantizedVariant {
  readonly variant: Variant;
  readonly plan: QuantizationPlan;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly quantized: QuantizedModel;
}

export interface SearchOptions {
  readonly prepared: OnnxModel;
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly statistics: ReadonlyMap<string, TensorStatistics>;
  readonly recipe: Recipe;
  /** True where the CPU multiplies u8 x s8 without saturating 16-bit sums (VNNI, dot product). */
  readonly hasInt8DotProduct: boolean;
  /** Calibration samples the candidates are compared on; never evaluation samples. */
  readonly tuning: readonly Feeds[];
  /** Threads of the final measurement: what is faster depends on them. */
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onCandidate: (done: number, total: number, name: string) => void;
}

export interface SearchResult extends QuantizedVariant {
  readonly candidates: readonly Candidate[];
  readonly diagnostics: readonly Diagnostic[];
}

export function buildVariant(
  options: Pick<SearchOptions, 'prepared' | 'graph' | 'shapes' | 'statistics' | 'recipe'>,
  variant: Variant,
): QuantizedVariant {
  const plan = planQuantization(options.graph, options.shapes, {
    recipe: options.recipe,
    weightRange: variant.weightRange,
    keepFloat: variant.keepFloat,
    folder: options.prepared.folder,
  });
  const ranges = new Map<string, Range>();
  for (const tensor of plan.observe) {
    const statistics = options.statistics.get(tensor);
    if (statistics === undefined) continue;
    ranges.set(
      tensor,
      chooseRange(tensor, statistics, {
        method: variant.method,
        percentile: variant.percentile,
        symmetric: options.recipe.symmetricActivations,
      }),
    );
  }
  const inputMeans = new Map<string, Float64Array>();
  if (variant.biasCorrection) {
    for (const [tensor, { channelMeans }] of options.statistics) if (channelMeans !== null) inputMeans.set(tensor, channelMeans);
  }
  return { variant, plan, ranges, quantized: applyPlan(options.prepared, plan, ranges, inputMeans) };
}

interface Quality {
  /** dB; Infinity when identical. */
  readonly sqnrDb: number;
  readonly top1Agreement: number;
}

function argmaxRow(data: ArrayLike<number>, start: number, length: number): number {
  let best = 0;
  for (let index = 1; index < length; index++) if (data[start + index]! > data[start + best]!) best = index;
  return best;
}

/** How close a candidate's outputs are to the float model's, over the tuning samples. */
function compareOutputs(reference: readonly Tensor[][], candidate: readonly Tensor[][]): Quality {
  let signal = 0;
  let noise = 0;
  let agreeing = 0;
  let rows = 0;
  reference.forEach((outputs, sample) => {
    outputs.forEach((expected, position) => {
      const actual = candidate[sample]![position]!;
      if (!(expected.data instanceof Float32Array) || !(actual.data instanceof Float32Array)) return;
      for (let index = 0; index < expected.data.length; index++) {
        const difference = expected.data[index]! - actual.data[index]!;
        signal += expected.data[index]! ** 2;
        noise += difference ** 2;
      }
      const classes = expected.dims.at(-1) ?? 1;
      if (position !== 0 || expected.dims.length !== 2 || classes < 2) return;
      for (let start = 0; start < expected.data.length; start += classes) {
        rows++;
        if (argmaxRow(expected.data, start, classes) === argmaxRow(actual.data, start, classes)) agreeing++;
      }
    });
  });
  return {
    sqnrDb: Number.isNaN(noise) ? -Infinity : noise === 0 ? Infinity : 10 * Math.log10(signal / noise),
    top1Agreement: rows === 0 ? 1 : agreeing / rows,
  };
}

/** Comparison of candidates by measurement: all of it on this CPU, with its own saturation and its own speeds. */
class Laboratory {
  private readonly options: SearchOptions;
  private reference: Tensor[][] | null = null;

  constructor(options: SearchOptions) {
    this.options = options;
  }

  open(model: QuantizedModel | null): Promise<Session> {
    const proto = model === null ? this.options.prepared.proto : model.model;
    return openSession(encodeModel(proto), {
      threads: this.options.threads,
      config: externalFolderConfig(this.options.prepared),
    });
  }

  private async outputsOf(session: Session): Promise<Tensor[][]> {
    const names = session.outputs.filter((output) => output.dataType === 'float32').map((output) => output.name);
    const results: Tensor[][] = [];
    for (const feeds of this.options.tuning) {
      await this.pause();
      const outputs = await session.run(feeds, names);
      results.push(names.map((name) => outputs[name]!));
    }
    return results;
  }

  async pause(): Promise<void> {
    await yieldToEvents();
    if (this.options.signal.aborted) throw new CancelledError();
  }

  async quality(session: Session): Promise<Quality> {
    if (this.reference === null) {
      const float = await this.open(null);
      this.reference = await this.outputsOf(float).finally(() => float.release());
    }
    return compareOutputs(this.reference, await this.outputsOf(session));
  }

  /**
   * Paired, alternating runs of two sessions in this process: good enough to choose by, while the figures that are
   * reported come from fresh processes. @returns time of `first` / time of `second`, and its 95 % bounds by sign test.
   */
  async latencyRatio(first: Session, second: Session): Promise<{ ratio: number; low: number; high: number }> {
    const feeds = prepareFeeds(this.options.tuning[0]!);
    const timed = async (session: Session): Promise<number> => {
      const start = performance.now();
      await session.runPrepared(feeds);
      return performance.now() - start;
    };
    for (let round = 0; round < 3; round++) {
      await timed(first);
      await timed(second);
    }
    const ratios: number[] = [];
    const started = performance.now();
    while (ratios.length < 12 || (ratios.length < 60 && performance.now() - started < 800)) {
      await this.pause();
      const swap = ratios.length % 2 === 1;
      const a = swap ? await timed(second) : await timed(first);
      const b = swap ? await timed(first) : await timed(second);
      ratios.push(swap ? b / a : a / b);
    }
    ratios.sort((left, right) => left - right);
    // Order statistics around the median that enclose it with 95 % confidence (binomial, normal approximation).
    const half = 0.98 * Math.sqrt(ratios.length);
    const low = ratios[Math.max(0, Math.floor(ratios.length / 2 - half))]!;
    const high = ratios[Math.min(ratios.length - 1, Math.ceil(ratios.length / 2 + half))]!;
    return { ratio: median(ratios), low, high };
  }
}

const startingMethod = { method: 'percentile', percentile: 99.99 } as const;

/** Percentiles worth trying: how much tail is noise differs from model to model. */
const methodCandidates: readonly { readonly method: CalibrationMethod; readonly percentile: number }[] = [
  startingMethod,
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'minmax', percentile: 100 },
  { method: 'entropy', percentile: 100 },
  { method: 'mse', percentile: 100 },
];

function describeMethod(method: CalibrationMethod, percentile: number): string {
  return method === 'percentile' ? `percentile ${percentile}` : method;
}

/** Float prefixes longer than this were never worth it in what we measured. */
const longestFloatPrefix = 6;

/**
 * Fills in what the recipe leaves to measurement: calibration method, weight range, and which first layers stay in float.
 * Greedy, in that order; each step compares candidates on calibration samples by SQNR of the output and by paired latency.
 */
export async function searchRecipe(options: SearchOptions): Promise<SearchResult> {
  const { recipe } = options;
  const laboratory = new Laboratory(options);
  const candidates: Candidate[] = [];
  const diagnostics: Diagnostic[] = [];
  const methods =
    recipe.calibrationMethod === 'auto'
      ? methodCandidates
      : [{ method: recipe.calibrationMethod, percentile: recipe.percentile }];
  const triesRange = recipe.reducedRange === 'auto' && !options.hasInt8DotProduct;
  const triesCorrection = recipe.biasCorrection === 'auto';
  const prefixes = recipe.keepFloat === 'auto' ? longestFloatPrefix : 0;
  const total = (methods.length > 1 ? methods.length : 0) + (triesRange ? 2 : 0) + (triesCorrection ? 1 : 0) + prefixes;
  let done = 0;
  const record = (name: string, quality: Quality, latencyRatio: number | null, note: string): void => {
    candidates.push({
      name,
      chosen: false,
      sqnrDb: Number.isFinite(quality.sqnrDb) ? quality.sqnrDb : null,
      top1Agreement: quality.top1Agreement,
      latencyRatio,
      note,
    });
    options.onCandidate(++done, total, name);
  };
  const choose = (name: string): void => {
    const index = candidates.findIndex((candidate) => candidate.name === name);
    if (index >= 0) candidates[index] = { ...candidates[index]!, chosen: true };
  };
  const assess = async (variant: Variant): Promise<{ built: QuantizedVariant; quality: Quality }> => {
    const built = buildVariant(options, variant);
    const session = await laboratory.open(built.quantized);
    try {
      return { built, quality: await laboratory.quality(session) };
    } finally {
      await session.release();
    }
  };

  let best = buildVariant(options, {
    ...(methods.length > 1 ? startingMethod : methods[0]!),
    weightRange: { auto: 'int8', off: 'int8', on: 'int8-reduced', pairs: 'int8-pairs' }[recipe.reducedRange] as WeightRange,
    biasCorrection: recipe.biasCorrection === 'on',
    keepFloat: new Map(),
  });
  let bestQuality: Quality | null = null;
  /** Measures one change to the best so far and keeps it if the outputs come closer to the float model's. */
  const trial = async (name: string, change: Partial<Variant>, note: string): Promise<boolean> => {
    const { built, quality } = await assess({ ...best.variant, ...change });
    record(name, quality, null, note);
    if (bestQuality !== null && !(quality.sqnrDb > bestQuality.sqnrDb)) return false;
    [best, bestQuality] = [built, quality];
    return true;
  };

  if (triesRange) {
    const pairs = 'this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can saturate';
    let chosen = 'weights: 8-bit';
    await trial(chosen, {}, pairs);
    if (await trial('weights: 8-bit, pairs bounded', { weightRange: 'int8-pairs' }, '')) chosen = 'weights: 8-bit, pairs bounded';
    if (await trial('weights: 7-bit', { weightRange: 'int8-reduced' }, '')) chosen = 'weights: 7-bit';
    choose(chosen);
  }
  if (methods.length > 1) {
    let chosen = '';
    for (const { method, percentile } of methods) {
      const name = `ranges: ${describeMethod(method, percentile)}`;
      // The starting method was measured already when the weight range was tried, but is listed here all the same.
      const isStart = method === startingMethod.method && percentile === startingMethod.percentile;
      if (isStart && bestQuality !== null) {
        record(name, bestQuality, null, '');
        if (chosen === '') chosen = name;
      } else if (await trial(name, { method, percentile }, '')) chosen = name;
    }
    choose(chosen);
  }
  if (triesCorrection) {
    bestQuality ??= (await assess(best.variant)).quality;
    const name = 'bias correction';
    if (await trial(name, { biasCorrection: true }, '')) choose(name);
  }

  if (prefixes > 0) {
    const kept = await keepSlowPrefix(options, laboratory, best, record, choose);
    best = kept;
  }
  return { ...best, candidates, diagnostics };
}

/**
 * The first layers of image models have few channels and large maps: int8 kernels gain nothing there and the conversion
 * costs. Tries keeping the first 1, 2, ... weighted layers in float and takes the fastest that the measurement can tell
 * from the all-int8 model, unless it is further from the float outputs.
 */
async function keepSlowPrefix(
  options: SearchOptions,
  laboratory: Laboratory,
  base: QuantizedVariant,
  record: (name: string, quality: Quality, latencyRatio: number | null, note: string) => void,
  choose: (name: string) => void,
): Promise<QuantizedVariant> {
  const int8 = new Set(base.plan.nodes.filter((node) => node.mode === 'int8').map((node) => node.node));
  const weighted = options.graph.nodes.filter(
    (node) => int8.has(node.name) && opEntry(node.domain, node.opType)?.role === 'weighted',
  );
  const baseSession = await laboratory.open(base.quantized);
  const baseQuality = await laboratory.quality(baseSession);
  let best = base;
  let bestRatio = 1;
  let bestName = '';
  let worseInARow = 0;
  try {
    for (let length = 1; length <= Math.min(longestFloatPrefix, weighted.length - 1); length++) {
      const keepFloat = new Map(
        weighted.slice(0, length).map((node) => [node.name, 'measured: the model is faster with this layer in float']),
      );
      const built = buildVariant(options, { ...base.variant, keepFloat });
      const session = await laboratory.open(built.quantized);
      const name = `float: first ${length} layer${length === 1 ? '' : 's'}`;
      try {
        const quality = await laboratory.quality(session);
        const { ratio, low } = await laboratory.latencyRatio(baseSession, session);
        record(name, quality, ratio, weighted[length - 1]!.name);
        const clearlyFaster = low > 1 && ratio > bestRatio * 1.005;
        if (clearlyFaster && quality.sqnrDb >= baseQuality.sqnrDb - 0.5) {
          best = built;
          bestRatio = ratio;
          bestName = name;
          worseInARow = 0;
        } else worseInARow++;
      } finally {
        await session.release();
      }
      // Two longer prefixes without a gain: the rest would only be slower.
      if (worseInARow >= 3) break;
    }
  } finally {
    await baseSession.release();
  }
  if (bestName !== '') choose(bestName);
  return best;
}
