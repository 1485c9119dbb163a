import { z } from 'zod';
import { compressRequestSchema, dataRequestSchema } from '../compress-request.ts';
import { recipeSchema } from '../recipe.ts';
import { pageSizes } from '../report-options.ts';
import { runStatuses } from '../run.ts';

/**
 * What the window can ask of its host and what the host tells it: written once, used by Electron's main process, by its
 * preload script, by the browser host and by the renderer. Requests come from a less trusted process and are checked
 * against their schema by the host; results and events are the host's own and only typed.
 */

const text = (maximum: number) => z.string().max(maximum);
const path = text(4096).min(1);
const runId = text(100).min(1);
const runIds = z.array(runId).min(1).max(100_000);
/** What the caller calls its question, to be able to cancel it. */
const lookId = text(100).min(1).nullable().default(null);
const dims = z.record(z.string(), z.number().int().min(1));

export const themes = ['system', 'light', 'dark'] as const;
export const languages = ['en', 'zh-CN'] as const;

/** How to reach a lab. Secrets stay in their files: here are only the places of these. */
export const labSettingsSchema = z.strictObject({
  /** Several of a cluster comma-separated. */
  server: text(1000).regex(
    /^(nats|tls|ws|wss):\/\/[^\s@,/]+(,(nats|tls|ws|wss):\/\/[^\s@,/]+)*$/,
    'is no address like nats://HOST:4222 (a password belongs into a file)',
  ),
  credsPath: path.nullable().default(null),
  user: text(200).min(1).nullable().default(null),
  passwordPath: path.nullable().default(null),
  tokenPath: path.nullable().default(null),
  tlsCaPath: path.nullable().default(null),
  tlsCertPath: path.nullable().default(null),
  tlsKeyPath: path.nullable().default(null),
});
export type LabSettings = z.infer<typeof labSettingsSchema>;

/** Widths that the user gave to columns, in pixels, by the table's name and the column's. */
const columnWidthsSchema = z.record(text(40), z.record(text(100), z.number().int().min(16).max(10_000)));

export const settingsSchema = z.strictObject({
  theme: z.enum(themes),
  language: z.enum(languages),
  /** Threads a new experiment starts with. */
  threads: z.number().int().min(1).max(256),
  /** The history's file; null for the platform's usual place. A change takes effect at the next start. */
  databasePath: path.nullable(),
  /** What an engine process may hold in 10^6 bytes; null for the usual share of this machine's memory. */
  engineMemoryMb: z.number().int().min(256).max(1_000_000).nullable(),
  /** How long looking at a model or at data may take; null for the usual time, which grows with the model's files. */
  lookSeconds: z.number().int().min(1).max(86_400).nullable(),
  /** The lab whose devices runs may go to; null for none, and then nothing but the page that explains it shows. */
  lab: labSettingsSchema.nullable(),
  columnWidths: columnWidthsSchema,
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
  'decision',
  'mainLossPercent',
  'accuracyAfter',
  'top1AgreementShare',
] as const;
export type RunSortColumn = (typeof runSortColumns)[number];

export const pickKinds = [
  'model',
  'data',
  'data-file',
  'labels',
  'tokenizer',
  'annotations',
  'preprocessor',
  'bundle',
  'database',
  'credentials',
  'folder',
  'save',
] as const;
export type PickKind = (typeof pickKinds)[number];

/** A new experiment; the host gives it its id and, without `outPath`, a place of its own beside the history. */
export const newRunSchema = compressRequestSchema.omit({ runId: true, outPath: true, preparedPath: true }).extend({
  outPath: path.nullable().default(null),
  /** Whether the float model as prepared is kept as a file, beside the compressed one. */
  keepPrepared: z.boolean().default(false),
});
export type NewRun = z.infer<typeof newRunSchema>;

const nothing = z.strictObject({});
const place = text(200).min(1).nullable().default(null);

/** Every request and the form of its parameters. */
export const requestSchemas = {
  'app.info': nothing,
  /** The page has set up its listeners: what was asked of it before (a menu command, a file opened) may come. */
  'window.listening': nothing,
  'settings.get': nothing,
  'settings.set': settingsSchema.partial(),
  'model.inspect': z.strictObject({ modelPath: path, dims: dims.default({}), lookId }),
  'data.preview': z.strictObject({ modelPath: path, data: dataRequestSchema, dims: dims.default({}), lookId }),
  'plan.preview': z.strictObject({ request: newRunSchema, lookId }),
  /** The networks of a run, or of two files, as a picture needs them. */
  'network.ofRun': z.strictObject({ runId, lookId }),
  /** Of the compressed models of two runs. */
  'network.ofRuns': z.strictObject({ runIds: z.tuple([runId, runId]), lookId }),
  'network.ofFiles': z.strictObject({ modelPaths: z.tuple([path, path]), lookId }),
  /** Ends one of these, whose answer nobody waits for any more. */
  'look.cancel': z.strictObject({ lookId: text(100).min(1) }),
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
    /** NAME, label=KEY=VALUE, any, or all for a run on each device of the lab; null for this machine. */
    place,
  }),
  /** Times the models of a run that is over once more, in its turn, and keeps that with the run. Answered when it is done. */
  'run.measureAgain': z.strictObject({ runId }),
  /** Measures the compressed model of a run that finished against its original, on each device of the lab or on those named. */
  'lab.prove': z.strictObject({ runId, places: z.array(text(200).min(1)).min(1).max(1000) }),
  /** Runs of the same two models by the machine they were measured on, the worst first. */
  'runs.devices': z.strictObject({ runId }),
  /** Null where no lab is set up. */
  'lab.overview': nothing,
  'run.cancel': z.strictObject({ runId }),
  /** The best that its search has found so far is good enough: the run goes on with it. */
  'run.enough': z.strictObject({ runId }),
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
