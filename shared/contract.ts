import { z } from 'zod';
import { pageSizes } from './report-options.ts';
import type { SerializedError } from './app-error.ts';
import { compressRequestSchema, dataRequestSchema } from './compress-request.ts';
import type { EngineEvent } from './events.ts';
import type { Inspection } from './inspection.ts';
import { recipeSchema, type Recipe } from './recipe.ts';
import { runStatuses, type EndedRunDocument, type Environment, type RunDocument, type RunStatus } from './run.ts';
import type { RunSummary } from './run-summary.ts';

/**
 * What the window can ask of its host and what the host tells it: written once, used by Electron's main process, by its
 * preload script, by the browser host and by the renderer. Requests come from a less trusted process and are checked
 * against their schema by the host; results and events are the host's own and only typed.
 */

const text = (maximum: number) => z.string().max(maximum);
const path = text(4096).min(1);
const runId = text(100).min(1);
const runIds = z.array(runId).min(1).max(100_000);
const dims = z.record(z.string(), z.number().int().min(1));

export const themes = ['system', 'light', 'dark'] as const;
export const languages = ['en', 'zh-CN'] as const;

export const settingsSchema = z.strictObject({
  theme: z.enum(themes),
  language: z.enum(languages),
  /** Threads a new experiment starts with. */
  threads: z.number().int().min(1).max(256),
  /** The history's file; null for the platform's usual place. A change takes effect at the next start. */
  databasePath: path.nullable(),
  /** JavaScript heap of the engine process in 10^6 bytes; null for Node's own limit. */
  engineMemoryMb: z.number().int().min(256).max(1_000_000).nullable(),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What a window writes runs as: documents and figures, and the model itself. */
export const exportFormats = ['csv', 'json', 'pdf', 'html', 'md', 'cyclonedx', 'mlflow', 'onnx'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const runSortColumns = [
  'startedTimestampMs',
  'name',
  'status',
  'modelPath',
  'recipeName',
  'durationMs',
  'sizeBytesAfter',
  'speedupRatio',
  'latencyMedianMsAfter',
  'accuracyAfter',
  'top1AgreementShare',
] as const;
export type RunSortColumn = (typeof runSortColumns)[number];

export const pickKinds = [
  'model',
  'data',
  'data-file',
  'labels',
  'preprocessor',
  'bundle',
  'database',
  'folder',
  'save',
] as const;
export type PickKind = (typeof pickKinds)[number];

/** A new experiment; the host gives it its id and, without `outPath`, a place of its own beside the history. */
export const newRunSchema = compressRequestSchema.omit({ runId: true, outPath: true }).extend({
  outPath: path.nullable().default(null),
});
export type NewRun = z.infer<typeof newRunSchema>;

const nothing = z.strictObject({});

/** Every request and the form of its parameters. */
export const requestSchemas = {
  'app.info': nothing,
  /** The page has set up its listeners: what was asked of it before (a menu command, a file opened) may come. */
  'window.listening': nothing,
  'settings.get': nothing,
  'settings.set': settingsSchema.partial(),
  'model.inspect': z.strictObject({ modelPath: path, dims: dims.default({}) }),
  'data.preview': z.strictObject({ modelPath: path, data: dataRequestSchema, dims: dims.default({}) }),
  'plan.preview': z.strictObject({ request: newRunSchema }),
  /** Presets first, then what the user saved. */
  'recipes.list': nothing,
  /** Keeps a recipe under its name, replacing one saved under it before. */
  'recipes.save': z.strictObject({ recipe: recipeSchema }),
  'recipes.delete': z.strictObject({ name: text(100).min(1) }),
  'sample.paths': nothing,
  'run.start': z.strictObject({
    request: newRunSchema,
    name: text(200).default(''),
    notes: text(20_000).default(''),
    tags: z.array(text(60).min(1)).max(50).default([]),
  }),
  'run.cancel': z.strictObject({ runId }),
  'run.queue': nothing,
  /** What a run in progress has reported so far, for a window that opens in the middle of it. */
  'run.live': z.strictObject({ runId }),
  'runs.list': z.strictObject({
    /** Words that all must occur in name, notes, tags, paths, recipe, verdict or error. */
    text: text(500).default(''),
    status: z.enum(runStatuses).nullable().default(null),
    starred: z.boolean().nullable().default(null),
    tag: text(60).nullable().default(null),
    sort: z
      .strictObject({ column: z.enum(runSortColumns), descending: z.boolean() })
      .nullable()
      .default(null),
    offset: z.number().int().min(0).default(0),
    limit: z.number().int().min(0).max(100_000).default(100),
  }),
  'runs.get': z.strictObject({ runId }),
  'runs.update': z.strictObject({
    runId,
    name: text(200).optional(),
    notes: text(20_000).optional(),
    tags: z.array(text(60).min(1)).max(50).optional(),
    starred: z.boolean().optional(),
  }),
  /** Hides runs; nothing on disk is touched, and `runs.restore` brings them back. */
  'runs.delete': z.strictObject({ runIds }),
  'runs.restore': z.strictObject({ runIds }),
  'runs.tags': nothing,
  /**
   * Writes runs to a file. Without a path Electron asks where with its native dialog, and the browser host offers a
   * download; MLflow's runs hold the address of their folder, which must be named. Several runs make one file (csv, json), one comparison (pdf, html, md), or one zip of reports when they are too many.
   */
  'runs.export': z.strictObject({
    runIds,
    format: z.enum(exportFormats),
    path: path.nullable().default(null),
    language: z.enum(languages).default('en'),
    pageSize: z.enum(pageSizes).default('A4'),
  }),
  'comparisons.list': nothing,
  /** Keeps a comparison under a name, replacing one saved under it before; the first run is the baseline. */
  'comparisons.save': z.strictObject({ name: text(200).min(1), runIds }),
  'comparisons.delete': z.strictObject({ name: text(200) }),
  /** What nothing needs any more: leftovers of what was interrupted, and runs deleted at least so many days ago. */
  'garbage.list': z.strictObject({ deletedForDays: z.number().int().min(0).max(10_000) }),
  /** Removes, of what `garbage.list` told, what is named here and still nobody's. */
  'garbage.remove': z.strictObject({
    deletedForDays: z.number().int().min(0).max(10_000),
    names: z.array(path).min(1).max(100_000),
  }),
  /** Takes over the runs of a bundle that `vernier bundle` or another window wrote. */
  'runs.import': z.strictObject({ path }),
  /** Native dialog; null where there is none (browser host) and empty when the user backed out. */
  'files.pick': z.strictObject({
    kind: z.enum(pickKinds),
    startPath: path.nullable().default(null),
    suggestedName: text(255).nullable().default(null),
  }),
  /** A folder's entries; null lists the folders the host may show. */
  'files.list': z.strictObject({ path: path.nullable().default(null) }),
  /** Shows a file in the desktop's file manager; false where there is none. */
  'files.reveal': z.strictObject({ path }),
  'recent.list': nothing,
  'recent.remove': z.strictObject({ path }),
} as const;

export type RequestName = keyof typeof requestSchemas;

/** What a caller writes: fields with defaults may be left out. */
export type RequestInput<Name extends RequestName> = z.input<(typeof requestSchemas)[Name]>;
/** What a host gets after checking. */
export type RequestParameters<Name extends RequestName> = z.output<(typeof requestSchemas)[Name]>;

export interface AppInfo {
  readonly host: 'electron' | 'browser';
  readonly version: string;
  readonly platform: string;
  /** What the engine says about this machine; null while it is still being asked or when it cannot answer. */
  readonly environment: Environment | null;
  /** Why the engine cannot run here; null when it can. */
  readonly engineProblem: string | null;
  readonly hasInt8DotProduct: boolean | null;
  readonly samplePresent: boolean;
  readonly databasePath: string;
  /** Why the history can be read but not written. */
  readonly readOnlyReason: string | null;
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
  readonly kind: 'images' | 'arrays' | 'onnx-test-data' | 'random' | 'none';
  readonly count: number;
  readonly labelled: boolean;
  /** Number of different labels; null without labels. */
  readonly classes: number | null;
  readonly notes: readonly string[];
  readonly warnings: readonly DataWarning[];
  /** At most three; empty for data that is no images. */
  readonly examples: readonly DataExample[];
  /** The tensors of the first sample, as the model gets them. */
  readonly arrays: readonly ArraySummary[];
}

export interface PlanNode {
  readonly node: string;
  readonly opType: string;
  readonly mode: 'int8' | 'float' | 'folded';
  /** Why it stays in float or what it is folded into; empty for int8. */
  readonly reason: string;
}

export interface QueueEntry {
  readonly runId: string;
  readonly name: string;
  readonly status: 'queued' | 'running';
  readonly modelPath: string;
  readonly dataPath: string | null;
  readonly recipeName: string;
  readonly queuedTimestampMs: number;
  /** Null while it waits. */
  readonly startedTimestampMs: number | null;
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
  readonly kind: 'model' | 'model-data' | 'export';
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
  'recipes.list': readonly Recipe[];
  'recipes.save': readonly Recipe[];
  'recipes.delete': readonly Recipe[];
  'sample.paths': { readonly modelPath: string; readonly dataPath: string } | null;
  'run.start': { readonly runId: string };
  'run.cancel': { readonly cancelled: boolean };
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
}

/** Menu items and shortcuts of the desktop, carried out by the renderer. */
export const menuCommands = [
  'new-experiment',
  'open-model',
  'try-sample',
  'start',
  'history',
  'queue',
  'settings',
  'find',
  'cancel-run',
  'about',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

export interface HostEvents {
  /** In order, gathered for at most a few tens of milliseconds so that a busy engine does not flood the window. */
  'run.events': EventBatch & { readonly runId: string };
  /** Status changes and edits; `deleted` and `restored` for the history's own. */
  'run.changed': { readonly runId: string; readonly status: RunStatus | 'updated' | 'deleted' | 'restored' };
  'queue.changed': readonly QueueEntry[];
  'menu.command': { readonly command: MenuCommand };
  /** Dropped on the window or the icon, opened with Vernier, or named on the command line. */
  'files.opened': { readonly paths: readonly string[] };
  'settings.changed': Settings;
  'power.changed': { readonly onBattery: boolean };
  /** What was not known at the start is known now. */
  'info.changed': AppInfo;
}

export type HostEventName = keyof HostEvents;
export type HostEvent = {
  readonly [Name in HostEventName]: { readonly name: Name; readonly payload: HostEvents[Name] };
}[HostEventName];

/** Errors cross process boundaries as data; `deserializeError` makes them throwable again. */
export type Reply<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: SerializedError };

/** What the preload script puts at `window.vernier`; absent in a browser, which talks HTTP and WebSocket instead. */
export interface PreloadBridge {
  readonly host: 'electron';
  readonly platform: string;
  request(name: RequestName, parameters: unknown): Promise<Reply<unknown>>;
  /** @returns what stops listening. */
  onEvent(listener: (event: HostEvent) => void): () => void;
  /** Where a dropped file lies; empty for one that is not on disk. */
  pathOfFile(file: unknown): string;
}

/** The browser host's addresses: POST `/api/<request name>` with JSON answers a `Reply`; the socket sends `HostEvent`s. */
export const apiPathPrefix = '/api/';
export const eventsPath = '/events';
export const downloadPathPrefix = '/download/';
