import { timedVariants } from '../../../shared/events.ts';
import type { Interval95, Latency } from '../../../shared/run.ts';
import { measureModels, type LatencyOptions, type LatencyVariant, type RatioEstimate } from './latency.ts';

/**
 * Two steps that make up a speed-up. All three are medians of pairs of their own, which need not multiply exactly (on a busy
 * machine they are several percent apart): both steps are moved by the same factor until they do, intervals with them, so that
 * nothing is credited twice or lost.
 */
export function splitSpeedup(
  ratio: number,
  first: RatioEstimate,
  second: RatioEstimate,
): NonNullable<Latency['speedupParts']> {
  const factor = Math.sqrt(ratio / (first.ratio * second.ratio));
  const move = (step: RatioEstimate): { ratio: number; ci95: Interval95 } => ({
    ratio: step.ratio * factor,
    ci95: [step.ci95[0] * factor, step.ci95[1] * factor],
  });
  return { folding: move(first), compression: move(second) };
}

/** Paths of the models of a run. */
export interface RunModels {
  readonly before: string;
  /** The float model as prepared; null where it runs as the model as given does. */
  readonly prepared: string | null;
  readonly after: string;
}

/**
 * Latency of a model as given, in float as prepared, and compressed: all in one interleaved measurement, so that what folding
 * brings and what compression brings are ratios of neighbouring blocks, too.
 * @returns median, mean, p90, p95 (p99 from 1,000 iterations) per side in ms, session load time, peak resident set in
 * bytes, the paired speed-up before / after and, with `aaControl`, what this machine can resolve.
 * @throws as `measureModels`.
 */
export async function measureLatency(options: LatencyOptions & { readonly models: RunModels }): Promise<Latency> {
  const variants = timedVariants.flatMap((name): LatencyVariant[] => {
    const modelPath = options.models[name];
    return modelPath === null ? [] : [{ name, modelPath }];
  });
  const measured = await measureModels({ ...options, variants });
  const { models, resolution, processorShare, threads, batchSize, inputDims } = measured;
  const [before, after] = [models[0]!, models.at(-1)!];
  const prepared = models.length > 2 ? models[1]! : null;
  const copy = (estimate: RatioEstimate) => ({ ratio: estimate.ratio, ci95: estimate.ci95 });
  return {
    threads,
    batchSize,
    inputDims: Object.fromEntries(Object.entries(inputDims).map(([name, dims]) => [name, [...dims]])),
    before: before.side,
    prepared: prepared?.side ?? null,
    after: after.side,
    speedup: copy(after.speedup!),
    speedupParts: prepared === null ? null : splitSpeedup(after.speedup!.ratio, prepared.speedup!, after.overPrevious!),
    resolution: resolution === null ? null : copy(resolution),
    processorShare,
  };
}
