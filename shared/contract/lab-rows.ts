import type { Stage } from '../events.ts';

/** A run that another machine does. */
export interface QueuedInLab {
  readonly jobId: string;
  /** NAME, label=KEY=VALUE or any. */
  readonly place: string;
  /** Who has it, or had it last. */
  readonly device: string | null;
  /** Files on their way there; waiting for a device; at work; its result on its way here. */
  readonly phase: 'uploading' | 'waiting' | 'running' | 'fetching';
}

/** A machine of the lab as its agent describes it. */
export interface LabDeviceRow {
  readonly name: string;
  readonly state: 'idle' | 'busy';
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Instruction sets that int8 runs on, by their short names. */
  readonly features: readonly string[];
  readonly hasInt8DotProduct: boolean;
  readonly os: string;
  readonly vernierVersion: string;
  /** Of another version than this one's: it takes no jobs from here. */
  readonly isOtherVersion: boolean;
  readonly onnxRuntimeVersion: string;
  /** KEY=VALUE. */
  readonly labels: readonly string[];
  readonly jobId: string | null;
  readonly jobTitle: string | null;
  readonly jobsDone: number;
  readonly secondsSinceSeen: number;
  readonly clockAheadSeconds: number;
}

/** A job that has not ended, whoever submitted it. */
export interface LabJobRow {
  readonly jobId: string;
  readonly runId: string;
  readonly kind: 'compress' | 'prove';
  readonly title: string;
  readonly place: string;
  readonly phase: 'queued' | 'running';
  readonly stage: Stage | null;
  readonly device: string | null;
  readonly attempt: number;
  readonly submittedBy: string;
  readonly submittedTimestampMs: number;
}

/** The lab as it is now. Jobs are the oldest of those that have not ended, `waitingCount` is of all. */
export interface LabOverview {
  readonly server: string;
  readonly devices: readonly LabDeviceRow[];
  readonly jobs: readonly LabJobRow[];
  readonly waitingCount: number;
  readonly runningCount: number;
}
