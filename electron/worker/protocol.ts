import type { QuantizationPlan } from '../engine/2-plan/quantization-plan.ts';
import type { MeasuredBefore } from '../engine/measure-again.ts';
import type { CustomMetric } from '../engine/job/engine-context.ts';
import type { NetworkSource } from '../engine/network.ts';
import type { AllowedFolders } from '../engine/files/allowed-folders.ts';
import type { SerializedError } from '../../shared/app-error.ts';
import type { BenchRequest, BenchResult } from '../../shared/bench.ts';
import type { CompressRequest, DataRequest } from '../../shared/compress-request.ts';
import type { DataPreview } from '../../shared/contract/results.ts';
import type { EngineEvent } from '../../shared/events.ts';
import type { Inspection } from '../../shared/inspection.ts';
import type { NewMeasurement } from '../../shared/new-measurement.ts';
import type { ModelDiff } from '../../shared/model-diff.ts';
import type { RunNetwork } from '../../shared/network/network.ts';
import type { Environment, RunDocument } from '../../shared/run.ts';

/** What a host can ask of the engine process. One process does one job and ends. */
export type EngineJob =
  | { readonly kind: 'compress'; readonly request: CompressRequest; readonly customMetric?: CustomMetric | null }
  /** `outPath` is a compressed model that is there; nothing is written. */
  | { readonly kind: 'prove'; readonly request: CompressRequest }
  /** Times the models of a run that is over once more; `outPath` is where its compressed model lies now. */
  | { readonly kind: 'measure-again'; readonly request: CompressRequest; readonly before: MeasuredBefore }
  | { readonly kind: 'plan'; readonly request: CompressRequest }
  | { readonly kind: 'inspect'; readonly modelPath: string; readonly dims: Readonly<Record<string, number>> }
  | { readonly kind: 'bench'; readonly request: BenchRequest }
  | {
      readonly kind: 'preview';
      readonly modelPath: string;
      readonly data: DataRequest;
      readonly dims: Readonly<Record<string, number>>;
    }
  /** Two models held against each other, neither run. */
  | { readonly kind: 'diff'; readonly modelPaths: readonly [string, string] }
  /** What was compressed and what came of it, as a picture needs them; one of them may be gone. */
  | { readonly kind: 'network'; readonly models: readonly [NetworkSource, NetworkSource] }
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
  readonly prove: RunDocument;
  readonly 'measure-again': NewMeasurement;
  readonly plan: QuantizationPlan;
  readonly inspect: Inspection;
  readonly bench: BenchResult;
  readonly preview: DataPreview;
  readonly diff: ModelDiff;
  readonly network: RunNetwork;
  readonly doctor: EngineHealth;
}

export type HostMessage =
  | { readonly type: 'start'; readonly job: EngineJob; readonly allowedFolders: AllowedFolders }
  | { readonly type: 'cancel' }
  /** The best so far is good enough: a search ends, and the job goes on with it. */
  | { readonly type: 'enough' }
  /** Comes with the port to the helper that was asked for; only where the host starts helpers. */
  | { readonly type: 'child-port'; readonly id: number }
  | {
      readonly type: 'child-exit';
      readonly id: number;
      readonly code: number | null;
      readonly signal: string | null;
      readonly errorOutput: string;
    };

export type EngineMessage =
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'result'; readonly result: EngineJobResults[EngineJobKind] }
  | { readonly type: 'error'; readonly error: SerializedError }
  /** Asks the host to start a helper: a file beside the engine's, without folder and ending. */
  | { readonly type: 'spawn-child'; readonly id: number; readonly entryName: string; readonly name: string }
  | { readonly type: 'kill-child'; readonly id: number };
