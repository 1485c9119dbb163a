import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../shared/app-error.ts';
import type { Candidate, Diagnostic } from '../../shared/run.ts';
import type { CalibrationMethod, Recipe } from '../../shared/recipe.ts';
import { externalFolderConfig } from './1-analyze/prepare.ts';
import { opEntry } from './1-analyze/op-table.ts';
import type { Shapes } from './1-analyze/shapes.ts';
import type { CalibrationSamples } from './2-calibrate/observe.ts';
import { chooseRange, type Range } from './2-calibrate/ranges.ts';
import { applyPlan, type QuantizedModel } from './3-quantize/apply.ts';
import type { WeightCache } from './3-quantize/weights.ts';
import { planQuantization, type QuantizationPlan, type WeightRange } from './3-quantize/plan.ts';
import type { CalibratedModel, CalibratedModels } from './calibrate.ts';
import { compensateWeights } from './compensate-weights.ts';
import type { Graph } from './graph/graph.ts';
import { encodeModel } from './onnx/model-file.ts';
import { openSession, prepareFeeds, type Session } from './runtime/session.ts';
import { median } from './tensor/statistics.ts';
import type { Feeds, Tensor } from './tensor/tensor.ts';

/** A calibration method with its parameter. */
export interface RangeMethod {
  readonly method: CalibrationMethod;
  /** Only `percentile` looks at it. */
  readonly percentile: number;
}

/** One way to fill in the recipe's open choices. */
export interface Variant {
  readonly equalized: boolean;
  /** For tensors that are never negative (behind ReLU), and for the others: their tails differ. */
  readonly oneSided: RangeMethod;
  readonly twoSided: RangeMethod;
  readonly weightRange: WeightRange;
  readonly weightRounding: 'nearest' | 'compensated';
  readonly biasCorrection: boolean;
  /** Tensors whose range was refined on its own. */
  readonly refined: ReadonlyMap<string, RangeMethod>;
  /** Node name to the reason it stays in float. */
  readonly keepFloat: ReadonlyMap<string, string>;
}

export interface QuantizedVariant {
  readonly variant: Variant;
  readonly plan: QuantizationPlan;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly quantized: QuantizedModel;
}

export interface SearchOptions extends CalibratedModels {
  /** All calibration samples, for what has to be observed once a choice has been made. */
  readonly samples: CalibrationSamples;
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly recipe: Recipe;
  /** True where the CPU multiplies u8 x s8 without saturating 16-bit sums (VNNI, dot product). */
  readonly hasInt8DotProduct: boolean;
  /** Calibration samples the candidates are compared on; never evaluation samples. */
  readonly tuning: readonly Feeds[];
  /** Threads of the final measurement: what is faster depends on them. */
  readonly threads: number;
  /** Threads for everything that is not timed. */
  readonly fastThreads: number;
  readonly signal: AbortSignal;
  readonly onCandidate: (done: number, total: number, name: string) => void;
}

export interface SearchResult extends QuantizedVariant {
  readonly candidates: readonly Candidate[];
  readonly diagnostics: readonly Diagnostic[];
}

/** The float model that a variant is made of. */
export function chosenModel({ prepared, equalized }: CalibratedModels, variant: Variant): CalibratedModel {
  return variant.equalized && equalized !== null ? equalized : prepared;
}

/** @param compensated weights of the variant's model rounded with compensation; null until there are any. */
export function buildVariant(
  options: Pick<SearchOptions, 'prepared' | 'equalized' | 'graph' | 'shapes' | 'recipe'>,
  variant: Variant,
  compensated: WeightCache | null,
): QuantizedVariant {
  const { model, statistics, weightCache } = chosenModel(options, variant);
  const plan = planQuantization(options.graph, options.shapes, {
    recipe: options.recipe,
    weightRange: variant.weightRange,
    keepFloat: variant.keepFloat,
    folder: model.folder,
  });
  const symmetric = options.recipe.symmetricActivations;
  const ranges = new Map<string, Range>();
  for (const tensor of plan.observe) {
    const seen = statistics.get(tensor);
    if (seen === undefined) continue;
    const method = variant.refined.get(tensor) ?? (seen.min >= 0 ? variant.oneSided : variant.twoSided);
    ranges.set(tensor, chooseRange(tensor, seen, { ...method, symmetric }));
  }
  const inputMeans = new Map<string, Float64Array>();
  if (variant.biasCorrection) {
    for (const [tensor, { channels }] of statistics) if (channels !== null) inputMeans.set(tensor, channels.means);
  }
  const weights = variant.weightRounding === 'compensated' ? (compensated ?? weightCache) : weightCache;
  return { variant, plan, ranges, quantized: applyPlan(model, plan, ranges, inputMeans, weights) };
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

/** Samples that match the float model better than this all count as this good. */
const largestSampleSqnrDb = 60;

/**
 * How close a candidate's outputs are to the float model's: the mean over samples of the output's SQNR in dB, so that a few
 * samples with large outputs do not decide alone, and the share of samples with the same first-ranked class.
 */
function compareOutputs(reference: readonly Tensor[][], candidate: readonly Tensor[][]): Quality {
  let totalDb = 0;
  let agreeing = 0;
  let rows = 0;
  reference.forEach((outputs, sample) => {
    let signal = 0;
    let noise = 0;
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
    const db = noise === 0 ? largestSampleSqnrDb : 10 * Math.log10(signal / noise);
    totalDb += Number.isNaN(db) ? -Infinity : Math.max(-largestSampleSqnrDb, Math.min(largestSampleSqnrDb, db));
  });
  return { sqnrDb: totalDb / reference.length, top1Agreement: rows === 0 ? 1 : agreeing / rows };
}

/** Comparison of candidates by measurement: all of it on this CPU, with its own saturation and its own speeds. */
class Laboratory {
  private readonly options: SearchOptions;
  private reference: Tensor[][] | null = null;
  private compensated: WeightCache | null = null;

  constructor(options: SearchOptions) {
    this.options = options;
  }

  build(variant: Variant): QuantizedVariant {
    return buildVariant(this.options, variant, this.compensated);
  }

  /** From here on variants of the same float model can have their weights rounded with compensation. */
  async prepareCompensation({ variant, plan }: QuantizedVariant): Promise<void> {
    const { samples, shapes, fastThreads, signal } = this.options;
    const model = chosenModel(this.options, variant);
    this.compensated = await compensateWeights(model, plan, { samples, shapes, threads: fastThreads, signal });
  }

  /** Opens a candidate; with the threads of the final measurement unless its speed does not matter. */
  open(model: QuantizedModel | null, threads = this.options.threads): Promise<Session> {
    const proto = model === null ? this.options.prepared.model.proto : model.model;
    return openSession(encodeModel(proto), {
      threads,
      config: externalFolderConfig(this.options.prepared.model),
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
      const float = await this.open(null, this.options.fastThreads);
      this.reference = await this.outputsOf(float).finally(() => float.release());
    }
    return compareOutputs(this.reference, await this.outputsOf(session));
  }

  /** Opens a variant only to see how close its outputs are. */
  async assess({ quantized }: QuantizedVariant): Promise<Quality> {
    const session = await this.open(quantized, this.options.fastThreads);
    return this.quality(session).finally(() => session.release());
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

/** What a search writes down of its candidates, and how it tells how far it is. */
interface Journal {
  /** Counts as a step. */
  readonly record: (name: string, quality: Quality, latencyRatio: number | null, note: string) => void;
  readonly choose: (name: string) => void;
  readonly advance: (name: string) => void;
}

const startingMethod: RangeMethod = { method: 'percentile', percentile: 99.99 };

/** Percentiles worth trying: how much tail is noise differs from model to model. */
const methodCandidates: readonly RangeMethod[] = [
  startingMethod,
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'minmax', percentile: 100 },
  { method: 'entropy', percentile: 100 },
  { method: 'mse', percentile: 100 },
];

function describeMethod({ method, percentile }: RangeMethod): string {
  return method === 'percentile' ? `percentile ${percentile}` : method;
}

/** Float prefixes longer than this were never worth it in what we measured. */
const longestFloatPrefix = 6;
/** The rate at which speed and closeness to the float model are exchanged: 1 dB of output SQNR for this share of latency. */
const latencySharePerDb = 0.02;
/** Closer than this to the float model nobody can tell the difference any more, so it buys no latency. */
const ampleSqnrDb = 35;

const weightRangeOf: Readonly<Record<Recipe['reducedRange'], WeightRange>> = {
  auto: 'int8',
  off: 'int8',
  on: 'int8-reduced',
  pairs: 'int8-pairs',
};

/**
 * Fills in what the recipe leaves to measurement, one choice after the other: weight range, calibration methods,
 * equalization, bias correction, weight rounding, which first layers stay in float, and single ranges. Candidates are compared on calibration samples by SQNR of
 * the output, and where speed is concerned by paired latency.
 */
export async function searchRecipe(options: SearchOptions): Promise<SearchResult> {
  const { recipe } = options;
  const laboratory = new Laboratory(options);
  const candidates: Candidate[] = [];
  const isAutoMethod = recipe.calibrationMethod === 'auto';
  const fixedMethod: RangeMethod = {
    method: recipe.calibrationMethod === 'auto' ? startingMethod.method : recipe.calibrationMethod,
    percentile: isAutoMethod ? startingMethod.percentile : recipe.percentile,
  };
  const steps = {
    weights: recipe.reducedRange === 'auto' && !options.hasInt8DotProduct,
    equalization: recipe.equalization === 'auto' && options.equalized !== null,
    methods: isAutoMethod,
    correction: recipe.biasCorrection === 'auto',
    rounding: recipe.weightRounding === 'auto',
    prefix: recipe.keepFloat === 'auto',
  };
  const total =
    (steps.weights ? 3 : 0) +
    (steps.equalization ? 1 : 0) +
    (steps.methods ? 2 * methodCandidates.length - 1 : 0) +
    (steps.correction ? 1 : 0) +
    (steps.rounding ? 1 : 0) +
    (steps.prefix ? longestFloatPrefix : 0) +
    (steps.methods ? refinedRuns + 1 : 0);
  let done = 0;
  const advance = (name: string): void => options.onCandidate(++done, total, name);
  const record: Journal['record'] = (name, quality, latencyRatio, note) => {
    candidates.push({
      name,
      chosen: false,
      sqnrDb: Number.isFinite(quality.sqnrDb) ? quality.sqnrDb : null,
      top1Agreement: quality.top1Agreement,
      latencyRatio,
      note,
    });
    advance(name);
  };
  const choose: Journal['choose'] = (name) => {
    const index = candidates.findIndex((candidate) => candidate.name === name);
    if (index >= 0) candidates[index] = { ...candidates[index]!, chosen: true };
  };
  const journal: Journal = { record, choose, advance };

  let best = laboratory.build({
    // On from the start where they are to be tried: which ranges are best depends on them.
    equalized: recipe.equalization !== 'off' && options.equalized !== null,
    biasCorrection: recipe.biasCorrection !== 'off',
    oneSided: fixedMethod,
    twoSided: fixedMethod,
    weightRange: weightRangeOf[recipe.reducedRange],
    weightRounding: 'nearest',
    refined: new Map(),
    keepFloat: new Map(),
  });
  let bestQuality = null as Quality | null;
  /** Measures one change to the best so far and keeps it if the outputs come closer to the float model's. */
  const trial = async (name: string, change: Partial<Variant>, note = ''): Promise<boolean> => {
    const built = laboratory.build({ ...best.variant, ...change });
    const quality = await laboratory.assess(built);
    record(name, quality, null, note);
    if (bestQuality !== null && !(quality.sqnrDb > bestQuality.sqnrDb)) return false;
    [best, bestQuality] = [built, quality];
    return true;
  };
  /** Tries alternatives of one choice in turn; exactly one of them ends up marked as chosen. */
  const tryAll = async (
    alternatives: readonly (readonly [name: string, change: Partial<Variant>, note?: string])[],
  ) => {
    let chosen = '';
    for (const [name, change, note] of alternatives) if (await trial(name, change, note)) chosen = name;
    choose(chosen);
  };

  if (steps.weights) {
    const why = 'this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can saturate';
    await tryAll([
      ['weights: 8-bit', {}, why],
      ['weights: 8-bit, pairs bounded', { weightRange: 'int8-pairs' }],
      ['weights: 7-bit', { weightRange: 'int8-reduced' }],
    ]);
  }
  if (steps.methods) {
    // The starting point was measured already if the weight range was tried.
    if (bestQuality === null) await trial(`ranges: ${describeMethod(startingMethod)}`, {});
    else record(`ranges: ${describeMethod(startingMethod)}`, bestQuality, null, '');
    let chosen = `ranges: ${describeMethod(startingMethod)}`;
    for (const method of methodCandidates.slice(1)) {
      const name = `ranges: ${describeMethod(method)}`;
      if (await trial(name, { oneSided: method, twoSided: method })) chosen = name;
    }
    const common = best.variant.oneSided;
    for (const method of methodCandidates) {
      if (describeMethod(method) === describeMethod(common)) continue;
      const name = `ranges: ${describeMethod(common)}, signed tensors ${describeMethod(method)}`;
      if (await trial(name, { twoSided: method })) chosen = name;
    }
    choose(chosen);
  }
  if (bestQuality === null && (steps.equalization || steps.correction || steps.rounding)) {
    // What follows is a change to the best so far, which has a figure to beat even if nothing was tried before.
    bestQuality = await laboratory.assess(best);
  }
  if (steps.equalization) await tryAll([['without channel equalization', { equalized: false }]]);
  if (steps.correction) await tryAll([['without bias correction', { biasCorrection: false }]]);
  if (recipe.weightRounding !== 'nearest') {
    await laboratory.prepareCompensation(best);
    if (steps.rounding) await tryAll([['weights rounded with compensation', { weightRounding: 'compensated' }]]);
    else best = laboratory.build({ ...best.variant, weightRounding: 'compensated' });
  }
  if (steps.prefix) best = await keepFloatPrefix(options, laboratory, best, journal);
  if (steps.methods && (bestQuality?.sqnrDb ?? 0) < ampleSqnrDb) {
    best = await refineRanges(laboratory, best, journal);
  }
  return { ...best, candidates, diagnostics: [] };
}

/**
 * The first layers of image models have few channels and large maps: int8 kernels gain nothing there, the conversion costs,
 * and their rounding errors go through everything behind them. Tries keeping the first 1, 2, ... weighted layers in float
 * and takes the one that is best by latency and output SQNR together.
 */
async function keepFloatPrefix(
  options: SearchOptions,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose }: Journal,
): Promise<QuantizedVariant> {
  const int8 = new Set(base.plan.nodes.filter((node) => node.mode === 'int8').map((node) => node.node));
  const weighted = options.graph.nodes.filter(
    (node) => int8.has(node.name) && opEntry(node.domain, node.opType)?.role === 'weighted',
  );
  const score = (quality: Quality, ratio: number): number =>
    Math.min(quality.sqnrDb, ampleSqnrDb) + (ratio - 1) / latencySharePerDb;
  const baseSession = await laboratory.open(base.quantized);
  let best = base;
  let bestName = '';
  try {
    let bestScore = score(await laboratory.quality(baseSession), 1);
    let worseInARow = 0;
    for (let length = 1; length <= Math.min(longestFloatPrefix, weighted.length - 1); length++) {
      const keepFloat = new Map(
        weighted
          .slice(0, length)
          .map((node) => [node.name, 'measured: in float the model is faster or closer to the original']),
      );
      const built = laboratory.build({ ...base.variant, keepFloat });
      const session = await laboratory.open(built.quantized);
      const name = `float: first ${length} layer${length === 1 ? '' : 's'}`;
      try {
        const quality = await laboratory.quality(session);
        const { ratio, low } = await laboratory.latencyRatio(baseSession, session);
        record(name, quality, ratio, weighted[length - 1]!.name);
        // A gain in speed counts only as far as the measurement is sure of it.
        const sure = ratio > 1 ? Math.max(1, low) : ratio;
        if (score(quality, sure) > bestScore + 0.1) {
          [best, bestName, bestScore, worseInARow] = [built, name, score(quality, sure), 0];
        } else worseInARow++;
      } finally {
        await session.release();
      }
      // Three longer prefixes without a gain: the rest would only be slower.
      if (worseInARow >= 3) break;
    }
  } finally {
    await baseSession.release();
  }
  if (bestName !== '') choose(bestName);
  return best;
}

/** Tensors are refined in this many runs of neighbours: single ones would cost more trials than they bring. */
const refinedRuns = 12;

/** What refinement chooses from. */
const refinements: readonly RangeMethod[] = [
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.97 },
  { method: 'percentile', percentile: 99.99 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'mse', percentile: 100 },
];

/**
 * One pass of coordinate descent over the ranges: for each run of neighbouring tensors the method under which the output
 * comes closest to the float model's. How much of a tail may be cut differs with depth, which no common method can follow.
 */
async function refineRanges(
  laboratory: Laboratory,
  base: QuantizedVariant,
  journal: Journal,
): Promise<QuantizedVariant> {
  const tensors = base.plan.observe.filter((tensor) => base.ranges.has(tensor));
  const length = Math.ceil(tensors.length / refinedRuns);
  let best = base;
  let bestQuality = await laboratory.assess(base);
  const name = 'ranges refined by depth';
  let changes = 0;
  for (let start = 0; start < tensors.length; start += length) {
    const run = tensors.slice(start, start + length);
    const before = best.variant.refined;
    let found = false;
    for (const method of refinements) {
      const refined = new Map([...before, ...run.map((tensor) => [tensor, method] as const)]);
      const built = laboratory.build({ ...best.variant, refined });
      const quality = await laboratory.assess(built);
      if (quality.sqnrDb > bestQuality.sqnrDb + 0.02) [best, bestQuality, found] = [built, quality, true];
    }
    if (found) changes++;
    journal.advance(name);
  }
  journal.record(
    name,
    bestQuality,
    null,
    `${changes} of ${Math.ceil(tensors.length / length)} runs of tensors changed method`,
  );
  if (changes > 0) journal.choose(name);
  return best;
}
