import type { Told } from './engine-texts/tell.ts';
import type { Candidate, Diagnostic } from './run.ts';

/**
 * The stages of a run, in the order they run. `usualMs` is how long each takes on a small image model with some hundred
 * samples: it only smooths the overall bar and begins the estimate of what is left.
 */
export const stagePlan = [
  { stage: 'prepare', usualMs: 500 },
  { stage: 'data', usualMs: 500 },
  { stage: 'analyze', usualMs: 300 },
  { stage: 'calibrate', usualMs: 9000 },
  { stage: 'quantize', usualMs: 20_000 },
  { stage: 'accuracy', usualMs: 20_000 },
  // As long whatever the model, because its length is set in seconds.
  { stage: 'latency', usualMs: 12_500, fixed: true },
  { stage: 'profile', usualMs: 2000 },
  { stage: 'judge', usualMs: 200 },
] as const;
export type Stage = (typeof stagePlan)[number]['stage'];
export const stages: readonly Stage[] = stagePlan.map(({ stage }) => stage);
/** Those of measuring a run again. */
export const measuringStages: readonly Stage[] = ['prepare', 'data', 'latency'];
/** Those of measuring a model that is there against its original. */
export const provingStages: readonly Stage[] = ['prepare', 'data', 'analyze', 'accuracy', 'latency', 'judge'];

/** The models of a run that are timed in turns: as given, in float as prepared, compressed. */
export const timedVariants = ['before', 'prepared', 'after'] as const;
export type TimedVariant = (typeof timedVariants)[number];

/** What is told of a candidate while the search goes on. */
export type LiveCandidate = Pick<Candidate, 'name' | 'nameSaid' | 'sqnrDb' | 'latencyRatio' | 'sizeBytes'>;

/** What a running engine tells its host. Plain data; safe to send over any process boundary. */
export type EngineEvent =
  | {
      readonly type: 'progress';
      readonly stage: Stage;
      /** Work done and to do inside this stage, in `unit`s. */
      readonly done: number;
      readonly total: number;
      readonly unit: string;
      readonly detail: string;
      /** What is left of the stage at most, as measured in it; missing or null where nothing was measured yet. */
      readonly remainingMs?: number | null;
    }
  | {
      readonly type: 'log';
      readonly level: 'info' | 'warning';
      readonly message: string;
      readonly said?: Told | null | undefined;
    }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  /** One of the models that a search has compared. */
  | { readonly type: 'candidate'; readonly candidate: LiveCandidate }
  /** The candidate that is the best so far. */
  | { readonly type: 'best'; readonly name: string }
  | { readonly type: 'range'; readonly tensor: string; readonly min: number; readonly max: number }
  | { readonly type: 'latency'; readonly variant: TimedVariant; readonly samplesMs: readonly number[] };

export type OnEvent = (event: EngineEvent) => void;
