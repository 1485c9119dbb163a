import type { Interval95, LatencySide } from '../../../shared/run.ts';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { usualTiming } from '../job/timing-limits.ts';
import { siblingEntry, startChild, type Child, type SpawnChild } from '../runtime/child-process.ts';
import { bootstrapInterval, mean, median, quantileOfSorted } from '../tensor/statistics.ts';
import type { Feeds } from '../tensor/tensor.ts';
import type { LatencyCalls } from './latency-process.ts';

/*
 * How latency is measured (DESIGN 5), and why so.
 *
 * - Every variant lives in its own fresh process with the same thread count; only one of them runs at a time.
 * - Variants take turns in short blocks, forwards and then backwards (ABBA): clock, heat and neighbours drift over seconds
 *   by several percent, and a drift that is linear over one ABBA cancels. The next two rounds start one variant later, so
 *   that each has every place in the order equally often, and follows itself as often as the others do.
 * - One pair is the blocks of both variants in one round; its ratio is median(A block) / median(B block). The speed-up is
 *   the median of the paired ratios, not the ratio of the overall medians: whatever slowed the machine for a while slowed
 *   both halves of the same pairs, and a pair that was hit in one half only is one outlier the median ignores.
 * - Its 95 % interval is a percentile bootstrap over pairs, not over iterations: iterations of one block share their luck.
 * - The A/A control is the original model once more, in a third process, as another variant. Two processes of one model
 *   differ by where their memory landed; that difference is part of what this machine cannot tell apart.
 * - Each block starts with a lead-in that is not recorded: after the pause the first run meets cold caches and sleeping
 *   threads, and at 20 runs a block that alone would make the 95th percentile.
 * - Pairs do not help when the machine is shared all the time: a short inference fits between two interruptions, a long one
 *   does not, and the ratio is wrong with a narrow interval. So each block also says how much of a processor it got.
 */

/** Pairs never number less than this, however slow the model: below it the interval means little. */
const minRounds = 10;
const blockTargetMs = 75;
const minIterationsPerBlock = 5;
/** More than this in one block adds nothing but bytes to the run document; the rest of the block is lead-in. */
const maxRecordedPerBlock = 250;
/** Warm-up ends when this many successive blocks have medians within `warmUpTolerance`. */
const warmUpBlocks = 3;
const warmUpTolerance = 0.03;
const warmUpBlockMs = 40;
/** Share of `maxSeconds`, or of the usual one if that is less, that the warm-up of all variants may take. */
const warmUpShare = 0.25;

export interface LatencyVariant {
  /** Names the variant in events and errors: `before`, `after`, a file name. */
  readonly name: string;
  readonly modelPath: string;
  /** Only when its inputs differ from the other variants'. */
  readonly feeds?: Feeds;
}

export interface LatencyBlock {
  /** The variant's name, or `control`. */
  readonly variant: string;
  readonly samplesMs: readonly number[];
  /** How much of the whole measurement is done, 0–1. */
  readonly doneShare: number;
}

export interface LatencyOptions {
  /** Intra-op threads of every variant. */
  readonly threads: number;
  /** One set of inputs, fed again and again. */
  readonly feeds: Feeds;
  /** Values for symbolic dimensions. */
  readonly dims?: Readonly<Record<string, number>>;
  /** Stated in the result; by default the leading dimension of the first input. */
  readonly batchSize?: number;
  /** For every variant: at least so many recorded iterations (default 100) … */
  readonly minIterations?: number;
  /** … and at least so many seconds of running (default 3). */
  readonly minSeconds?: number;
  /** Of all variants and the warm-up together (default 20); exceeded only to reach ten pairs. */
  readonly maxSeconds?: number;
  /** Run the first variant a second time in another process to learn what this machine can resolve. */
  readonly aaControl?: boolean;
  /** Of the bootstrap. */
  readonly seed?: number;
  readonly spawn: SpawnChild;
  readonly signal?: AbortSignal;
  /** After every recorded block, control included. */
  readonly onBlock?: (block: LatencyBlock) => void;
}

/** Median of the paired ratios with its 95 % bootstrap interval; above 1 means faster than the reference. */
export interface RatioEstimate {
  readonly ratio: number;
  readonly ci95: Interval95;
}

export interface ModelLatency {
  readonly name: string;
  readonly side: LatencySide;
  /** Against the first model; null for the first itself. */
  readonly speedup: RatioEstimate | null;
  /** Against the model named just before it; null for the first. */
  readonly overPrevious: RatioEstimate | null;
}

export interface ModelLatencies {
  readonly threads: number;
  readonly batchSize: number;
  readonly inputDims: Readonly<Record<string, readonly number[]>>;
  readonly models: readonly ModelLatency[];
  /** The first model against itself; null without the control. */
  readonly resolution: RatioEstimate | null;
  /** Processor time / elapsed time of all recorded blocks, of the model that got least. */
  readonly processorShare: number;
  /** Number of pairs behind every ratio. */
  readonly pairCount: number;
}

interface Timed {
  readonly name: string;
  readonly child: Child<LatencyCalls>;
  readonly sessionLoadMs: number;
  readonly samplesMs: number[];
  readonly blockMediansMs: number[];
  readonly leadIn: number;
  readonly iterations: number;
  runMs: number;
  elapsedMs: number;
  processorMs: number;
}

/** The blocks that one iteration's duration calls for: about 75 ms each, at least 5 iterations where time allows. */
function planBlock(
  iterationMs: number,
  limits: { readonly minIterations: number; readonly minSeconds: number; readonly secondsPerVariant: number },
): { leadIn: number; iterations: number } {
  const neededIterations = Math.max(limits.minIterations, (limits.minSeconds * 1000) / iterationMs);
  const wanted = Math.min(Math.round(blockTargetMs / iterationMs), Math.ceil(neededIterations / minRounds));
  const affordable = Math.floor((limits.secondsPerVariant * 1000) / (minRounds * iterationMs));
  const runs = Math.max(1, Math.min(Math.max(wanted, minIterationsPerBlock), affordable));
  const iterations = Math.min(runs, maxRecordedPerBlock);
  return { leadIn: Math.max(runs - iterations, runs >= minIterationsPerBlock ? 1 : 0), iterations };
}

/** Runs until successive blocks agree, or `maxSeconds` are over. Returns the duration of one iteration. */
async function warmUp(child: Child<LatencyCalls>, maxSeconds: number): Promise<number> {
  const start = performance.now();
  const runBlock = async (iterations: number) =>
    median((await child.call('runBlock', { leadIn: 0, iterations })).samplesMs);
  // The first run pays for page faults and kernel set-up; it only bounds how many the next block may hold.
  let iterationMs = await runBlock(1);
  const medians: number[] = [];
  for (;;) {
    iterationMs = await runBlock(Math.max(1, Math.min(200, Math.round(warmUpBlockMs / iterationMs))));
    medians.push(iterationMs);
    const recent = medians.slice(-warmUpBlocks);
    const stable = recent.length === warmUpBlocks && Math.max(...recent) <= Math.min(...recent) * (1 + warmUpTolerance);
    if (stable || performance.now() - start > maxSeconds * 1000) return median(recent);
  }
}

/** AB BA, BA AB, AB BA … for two; ABC CBA, BCA ACB, CAB BAC … for three. */
function orderRound<Item>(items: readonly Item[], round: number): Item[] {
  const offset = Math.floor(round / 2) % items.length;
  const rotated = [...items.slice(offset), ...items.slice(0, offset)];
  return round % 2 === 0 ? rotated : rotated.toReversed();
}

/** Nanoseconds are all the clock gives; the digits beyond them would double the run document. */
function roundToNanoseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1e6) / 1e6;
}

async function summarize(timed: Timed): Promise<LatencySide> {
  const ascending = Float64Array.from(timed.samplesMs).sort();
  const { peakMemoryBytes } = await timed.child.call('readPeakMemory', null);
  return {
    medianMs: quantileOfSorted(ascending, 0.5),
    meanMs: mean(ascending),
    p90Ms: quantileOfSorted(ascending, 0.9),
    p95Ms: quantileOfSorted(ascending, 0.95),
    p99Ms: ascending.length >= 1000 ? quantileOfSorted(ascending, 0.99) : null,
    count: ascending.length,
    sessionLoadMs: timed.sessionLoadMs,
    peakMemoryBytes,
    samplesMs: timed.samplesMs,
  };
}

function estimateRatio(reference: Timed, other: Timed, seed: number): RatioEstimate {
  const ratios = reference.blockMediansMs.map((blockMs, round) => blockMs / other.blockMediansMs[round]!);
  return { ratio: median(ratios), ci95: bootstrapInterval(ratios, median, { seed }) };
}

interface RoundLimits {
  readonly minIterations: number;
  readonly minSeconds: number;
  readonly maxSeconds: number;
  readonly elapsedSeconds: () => number;
  readonly onBlock: LatencyOptions['onBlock'];
}

/** Blocks of all variants in turn, until each has enough or the time is up. */
async function runRounds(
  timed: readonly Timed[],
  { minIterations, minSeconds, maxSeconds, elapsedSeconds, onBlock }: RoundLimits,
): Promise<void> {
  const doneShare = (rounds: number) => {
    const needed = timed.map((one) => Math.min(one.samplesMs.length / minIterations, one.runMs / 1000 / minSeconds));
    const byTime = elapsedSeconds() / maxSeconds;
    return Math.min(1, rounds / minRounds, Math.max(byTime, Math.min(...needed)));
  };
  for (let round = 0; ; round++) {
    // Even counts only: half an ABBA would leave its drift in the result.
    if (round >= minRounds && round % 2 === 0) {
      const enough = timed.every((one) => one.samplesMs.length >= minIterations && one.runMs >= minSeconds * 1000);
      if (enough || elapsedSeconds() >= maxSeconds) break;
    }
    for (const one of orderRound(timed, round)) {
      const blockStart = performance.now();
      const reply = await one.child.call('runBlock', { leadIn: one.leadIn, iterations: one.iterations });
      one.runMs += performance.now() - blockStart;
      one.elapsedMs += reply.elapsedMs;
      one.processorMs += reply.processorMs;
      const samplesMs = Array.from(reply.samplesMs, roundToNanoseconds);
      one.samplesMs.push(...samplesMs);
      one.blockMediansMs.push(median(samplesMs));
      onBlock?.({ variant: one.name, samplesMs, doneShare: doneShare(round + 1) });
    }
  }
}

/**
 * Times any number of models against the first one, interleaved, each in its own fresh process.
 * The method and its reasons stand at the top of this file.
 * @throws AppError `engine-crashed` when a process dies, `model-unsupported` or `model-run-failed` from ONNX Runtime.
 * @throws CancelledError within a second of the signal; the processes are gone by then.
 */
export async function measureModels(
  options: LatencyOptions & { readonly variants: readonly LatencyVariant[] },
): Promise<ModelLatencies> {
  const { variants, threads, feeds, spawn, signal } = options;
  const minIterations = options.minIterations ?? 100;
  const minSeconds = options.minSeconds ?? usualTiming.minSeconds;
  const maxSeconds = options.maxSeconds ?? usualTiming.maxSeconds;
  const first = variants[0];
  if (first === undefined) throw new AppError('options-invalid', tell('noModelToMeasure'));

  const control: LatencyVariant | null = options.aaControl === true ? { ...first, name: 'control' } : null;
  const all = control === null ? variants : [...variants, control];
  const children: Child<LatencyCalls>[] = [];
  try {
    const entry = siblingEntry(import.meta.url, 'latency-process');
    const loaded: { variant: LatencyVariant; child: Child<LatencyCalls>; sessionLoadMs: number }[] = [];
    for (const variant of all) {
      const child = startChild<LatencyCalls>(spawn, entry, tell('taskLatencyOf', { name: variant.name }), signal);
      children.push(child);
      const request = {
        modelPath: variant.modelPath,
        threads,
        feeds: variant.feeds ?? feeds,
        dims: options.dims ?? {},
      };
      loaded.push({ variant, child, ...(await child.call('load', request)) });
    }

    const start = performance.now();
    const elapsedSeconds = () => (performance.now() - start) / 1000;
    const iterationMs: number[] = [];
    const warmUpSeconds = Math.min(maxSeconds, usualTiming.maxSeconds) * warmUpShare;
    for (const { child } of loaded) iterationMs.push(await warmUp(child, warmUpSeconds / all.length));
    const secondsPerVariant = (maxSeconds - elapsedSeconds()) / all.length;
    const timed: Timed[] = loaded.map(({ variant, child, sessionLoadMs }, i) => ({
      name: variant.name,
      child,
      sessionLoadMs,
      samplesMs: [],
      blockMediansMs: [],
      runMs: 0,
      elapsedMs: 0,
      processorMs: 0,
      ...planBlock(iterationMs[i]!, { minIterations, minSeconds, secondsPerVariant }),
    }));

    await runRounds(timed, { minIterations, minSeconds, maxSeconds, elapsedSeconds, onBlock: options.onBlock });

    const reference = timed[0]!;
    const models: ModelLatency[] = [];
    const seed = options.seed ?? 0;
    for (const [index, one] of timed.slice(0, variants.length).entries()) {
      const speedup = index === 0 ? null : estimateRatio(reference, one, seed);
      const overPrevious = index < 2 ? speedup : estimateRatio(timed[index - 1]!, one, seed);
      models.push({ name: one.name, side: await summarize(one), speedup, overPrevious });
    }
    const firstDims = Object.values(feeds)[0]?.dims ?? [];
    return {
      threads,
      batchSize: options.batchSize ?? firstDims[0] ?? 1,
      inputDims: Object.fromEntries(Object.entries(feeds).map(([name, { dims }]) => [name, [...dims]])),
      models,
      resolution: control === null ? null : estimateRatio(reference, timed.at(-1)!, seed),
      processorShare: Math.min(...timed.map((one) => one.processorMs / one.elapsedMs)),
      pairCount: reference.blockMediansMs.length,
    };
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}
