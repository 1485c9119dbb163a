import type { QuantizationPlan } from '../engine/3-quantize/plan.ts';
import type { SerializedError } from '../../shared/app-error.ts';
import type { BenchRequest, BenchResult } from '../../shared/bench.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { EngineEvent } from '../../shared/events.ts';
import type { Inspection } from '../../shared/inspection.ts';
import type { Environment, RunDocument } from '../../shared/run.ts';

/** What a host can ask of the engine process. One process does one job and ends. */
export type EngineJob =
  | { readonly kind: 'compress'; readonly request: CompressRequest }
  | { readonly kind: 'plan'; readonly request: CompressRequest }
  | { readonly kind: 'inspect'; readonly modelPath: string; readonly dims: Readonly<Record<string, number>> }
  | { readonly kind: 'bench'; readonly request: BenchRequest }
  | { readonly kind: 'doctor' };

export type EngineJobKind = EngineJob['kind'];

/** What the engine process itself can tell about its condition. */
export interface EngineHealth {
  readonly environment: Environment;
  /** Null when a tiny int8 model loaded and ran. */
  readonly onnxRuntimeProblem: string | null;
  /** Whether the CPU has an instruction that adds u8 x s8 products up in 32 bits. */
  readonly hasInt8DotProduct: boolean;
  /** False when this CPU cuts sums of u8 x s8 products off at 16 bits (x86 without VNNI); null when it did not run. */
  readonly int8ProductsExact: boolean | null;
  /** Null when an image could be decoded. */
  readonly imageProblem: string | null;
}

/** The answer to each kind of job. */
export interface EngineJobResults {
  readonly compress: RunDocument;
  readonly plan: QuantizationPlan;
  readonly inspect: Inspection;
  readonly bench: BenchResult;
  readonly doctor: EngineHealth;
}

export type HostMessage = { readonly type: 'start'; readonly job: EngineJob } | { readonly type: 'cancel' };

export type EngineMessage =
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'result'; readonly result: EngineJobResults[EngineJobKind] }
  | { readonly type: 'error'; readonly error: SerializedError };
