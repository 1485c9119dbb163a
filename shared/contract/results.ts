import type { TargetKind } from '../target-kinds.ts';
import type { Failure } from '../app-error.ts';
import type { Precision } from '../precision.ts';
import type { DeviceRow } from '../device-matrix.ts';
import type { EngineEvent } from '../events.ts';
import type { Inspection } from '../inspection.ts';
import type { RunNetwork } from '../network/network.ts';
import type { Recipe } from '../recipe.ts';
import type { RunSummary } from '../run-summary.ts';
import type { EndedRunDocument, Environment, RunDocument } from '../run.ts';
import type { LabOverview, QueuedInLab } from './lab-rows.ts';
import type { Settings, NewRun } from './requests.ts';

export interface AppInfo {
  readonly host: 'electron' | 'browser';
  readonly version: string;
  readonly platform: string;
  /** What the engine says about this machine; null while it is still being asked or when it cannot answer. */
  readonly environment: Environment | null;
  /** Why the engine cannot run here; null when it can. */
  readonly engineProblem: Failure | null;
  readonly hasInt8DotProduct: boolean | null;
  readonly samplePresent: boolean;
  readonly databasePath: string;
  /** Why the history can be read but not written. */
  readonly readOnlyReason: Failure | null;
  /** True on battery, false on mains, null where it cannot be told. */
  readonly onBattery: boolean | null;
  readonly versions: Readonly<Record<string, string>>;
}

export interface DataExample {
  readonly name: string;
  /** Class index, or null without labels. */
  readonly label: number | null;
  /** `data:image/png;base64,…`, at most 320 pixels wide or high. */
  readonly originalPng: string;
  /** What the model gets, stretched from its smallest to its largest value so that it can be seen. */
  readonly preprocessedPng: string;
}

/** A text as the model gets it. */
export interface TextExample {
  readonly name: string;
  readonly text: string;
  /** The class, by its name where that is known; null without labels. */
  readonly label: string | null;
  /** The first of its tokens, as the tokenizer writes them. */
  readonly tokens: readonly string[];
  /** How many tokens it has. */
  readonly length: number;
}

export interface ArraySummary {
  readonly name: string;
  readonly dataType: string;
  readonly dims: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export interface DataWarning {
  readonly code: 'random' | 'tiny' | 'duplicates' | 'conflict' | 'unlabelled';
  readonly message: string;
}

export interface DataPreview {
  readonly kind: 'images' | 'arrays' | 'texts' | 'onnx-test-data' | 'random' | 'none';
  readonly count: number;
  readonly labelled: boolean;
  /** Number of different labels; null without labels. */
  readonly classes: number | null;
  /** What the model is taken for, by its outputs on the first sample; null where they do not tell, or a note does. */
  readonly task: string | null;
  /** What would say how right the outputs are. */
  readonly targetKind: TargetKind;
  readonly notes: readonly string[];
  readonly warnings: readonly DataWarning[];
  /** At most three; empty for data that is no images. */
  readonly examples: readonly DataExample[];
  /** At most three; empty for data that is no texts. */
  readonly texts: readonly TextExample[];
  /** The tensors of the first sample, as the model gets them. */
  readonly arrays: readonly ArraySummary[];
}

export interface PlanNode {
  readonly node: string;
  readonly opType: string;
  readonly precision: Precision;
  /** The node that does its work as well; null for most. */
  readonly foldedInto: string | null;
  /** Why it stays in float or what it is folded into; empty for all others. */
  readonly reason: string;
}

export interface QueueEntry {
  readonly runId: string;
  /** `measure` where the run is over and its models are timed again, `prove` where a model that is there is measured on a device. */
  readonly work: 'compress' | 'measure' | 'prove';
  readonly name: string;
  readonly status: 'queued' | 'running';
  readonly modelPath: string;
  readonly dataPath: string | null;
  readonly recipeName: string;
  readonly queuedTimestampMs: number;
  /** Null while it waits. */
  readonly startedTimestampMs: number | null;
  /** Where in the lab it is; null for a run of this machine. */
  readonly lab: QueuedInLab | null;
}

/** Some of a run's events on their way. Counted, for `run.live` is answered on another way that may be faster or slower. */
export interface EventBatch {
  /** How many events the run sent before these. */
  readonly first: number;
  readonly events: readonly EngineEvent[];
}

/** What is left to say of the first `count` events of a run: of progress, for one, only the last. */
export interface LiveEvents {
  readonly count: number;
  readonly events: readonly EngineEvent[];
}

/** A line of the history with what people added to it. */
export interface RunRow extends RunSummary {
  readonly name: string;
  readonly notes: string;
  readonly tags: readonly string[];
  readonly starred: boolean;
}

export interface RunArtifact {
  readonly kind: 'model' | 'model-data' | 'prepared' | 'prepared-data' | 'export';
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly createdTimestampMs: number;
  /** False when the file was moved or deleted since. */
  readonly present: boolean;
}

export interface RunDetails {
  readonly row: RunRow;
  /** Null while the run is still going. */
  readonly document: RunDocument | EndedRunDocument | null;
  /** What was asked for, to run it again with changes. */
  readonly request: NewRun;
  readonly artifacts: readonly RunArtifact[];
}

export interface FileEntry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'folder' | 'file';
  readonly sizeBytes: number | null;
  readonly modifiedTimestampMs: number | null;
}

export interface FileListing {
  /** Null for the list of roots. */
  readonly path: string | null;
  /** The folder above, or null where the host shows nothing above it. */
  readonly parent: string | null;
  readonly entries: readonly FileEntry[];
}

export interface RecentFile {
  readonly path: string;
  readonly kind: 'model' | 'data';
  readonly usedTimestampMs: number;
  readonly present: boolean;
}

export interface ImportedRun {
  readonly runId: string;
  /**
   * `restored`: it had been deleted here. `merged`: it was here, and got a name, notes or tags that it did not have.
   * `conflict`: a run of this id is here and says something else; it stays as it is.
   */
  readonly outcome: 'added' | 'restored' | 'merged' | 'present' | 'conflict';
  /** Compressed models that came along, as they lie on this machine. */
  readonly models: readonly string[];
}

/** A comparison worth coming back to; the first run is the baseline. */
export interface SavedComparison {
  readonly name: string;
  readonly createdTimestampMs: number;
  /** Those that are not deleted. */
  readonly runIds: readonly string[];
}

export interface GarbageItem {
  readonly kind: 'deleted-run' | 'file' | 'folder';
  /** Id of the run, or path. */
  readonly name: string;
  readonly reason: string;
  readonly sizeBytes: number;
}

export interface RemovedGarbage {
  readonly runCount: number;
  readonly fileCount: number;
  readonly sizeBytes: number;
  /** What stayed, and why. */
  readonly kept: readonly { readonly path: string; readonly reason: string }[];
}

export type ExportOutcome =
  | { readonly kind: 'written'; readonly path: string; readonly sizeBytes: number }
  /** To be opened by the browser; good once, for a minute. */
  | { readonly kind: 'download'; readonly url: string; readonly fileName: string }
  | { readonly kind: 'cancelled' };

export interface RequestResults {
  'app.info': AppInfo;
  'window.listening': null;
  'settings.get': Settings;
  'settings.set': Settings;
  'model.inspect': Inspection;
  'data.preview': DataPreview;
  'plan.preview': readonly PlanNode[];
  'network.ofRun': RunNetwork;
  'network.ofRuns': RunNetwork;
  'network.ofFiles': RunNetwork;
  'recipes.list': readonly Recipe[];
  'recipes.save': readonly Recipe[];
  'recipes.delete': readonly Recipe[];
  'sample.paths': { readonly modelPath: string; readonly dataPath: string } | null;
  'run.start': { readonly runId: string };
  'look.cancel': { readonly cancelled: boolean };
  /** When it is done. */
  'run.measureAgain': { readonly decides: boolean };
  'run.cancel': { readonly cancelled: boolean };
  /** False when it does not run (any more). */
  'run.enough': { readonly told: boolean };
  'run.queue': readonly QueueEntry[];
  'run.live': LiveEvents & { readonly startedTimestampMs: number | null };
  'runs.list': { readonly total: number; readonly rows: readonly RunRow[] };
  'runs.get': RunDetails;
  'runs.update': RunRow;
  'runs.delete': { readonly count: number };
  'runs.restore': { readonly count: number };
  'runs.tags': readonly string[];
  'runs.export': ExportOutcome;
  'runs.import': readonly ImportedRun[];
  'comparisons.list': readonly SavedComparison[];
  'comparisons.save': readonly SavedComparison[];
  'comparisons.delete': readonly SavedComparison[];
  'garbage.list': readonly GarbageItem[];
  'garbage.remove': RemovedGarbage;
  'files.pick': { readonly paths: readonly string[] } | null;
  'files.list': FileListing;
  'files.reveal': boolean;
  'recent.list': readonly RecentFile[];
  'recent.remove': null;
  'lab.overview': LabOverview | null;
  'runs.devices': readonly DeviceRow[];
  'lab.prove': { readonly runIds: readonly string[] };
}
