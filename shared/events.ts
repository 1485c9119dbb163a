import type { Diagnostic } from './run.ts';

/** The stages of a run in order; weights are the usual shares of wall time, used only to smooth the overall bar. */
export const stages = [
  'prepare',
  'analyze',
  'data',
  'calibrate',
  'quantize',
  'accuracy',
  'latency',
  'profile',
  'judge',
] as const;
export type Stage = (typeof stages)[number];

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
    }
  | { readonly type: 'log'; readonly level: 'info' | 'warning'; readonly message: string }
  | { readonly type: 'diagnostic'; readonly diagnostic: Diagnostic }
  | { readonly type: 'range'; readonly tensor: string; readonly min: number; readonly max: number }
  | { readonly type: 'latency'; readonly variant: 'before' | 'after'; readonly samplesMs: readonly number[] };

export type OnEvent = (event: EngineEvent) => void;
