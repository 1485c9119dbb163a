import { readFileSync } from 'node:fs';
import type { PreloadBridge } from '../../shared/contract/bridge.ts';
import type { HostEvent } from '../../shared/contract/events.ts';
import type { Settings } from '../../shared/contract/requests.ts';
import type { DeviceRow } from '../../shared/device-matrix.ts';
import type { LabOverview } from '../../shared/contract/lab-rows.ts';
import type { QueueEntry, RunDetails, RunRow } from '../../shared/contract/results.ts';
import { foldedInto } from '../../shared/engine-texts.ts';
import type { Inspection } from '../../shared/inspection.ts';
import type { NetworkEdge, NetworkNode, RunNetwork } from '../../shared/network/network.ts';
import { mainFiguresOf } from '../../electron/store/main-figures.ts';
import { recipePresets, recipeSchema } from '../../shared/recipe.ts';
import { runDocumentSchema, type EndedRunDocument, type RunDocument } from '../../shared/run.ts';

/** What a stub host answers with. */
export interface StubHost {
  readonly settings: Settings;
  readonly details: readonly RunDetails[];
  readonly extraRows: readonly RunRow[];
  readonly inspection: Inspection;
  /** Networks of runs, by their ids. */
  readonly networks: Readonly<Record<string, RunNetwork>>;
  readonly recipes: readonly { readonly name: string }[];
  readonly queue: readonly QueueEntry[];
  readonly liveEvents: readonly unknown[];
  readonly environment: unknown;
  readonly example: string;
  /** What every change to a run fails with; null when they are kept. */
  readonly updateError: string | null;
  /** What reading the history fails with. */
  readonly listError: string | null;
  /** What changing settings fails with. */
  readonly settingsError: string | null;
  readonly overview: LabOverview | null;
  readonly devices: readonly DeviceRow[];
}

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`fixture/${name}.json`, import.meta.url), 'utf8'));
}

function readRun(name: string): RunDocument {
  return runDocumentSchema.parse(readFixture(name));
}

/** Documents the engine wrote; only paths were shortened and latency samples cut to the first 600. */
export const fixtureRuns: Readonly<Record<'auto' | 'entropy' | 'minmax' | 'twoThreads' | 'mobilenet', RunDocument>> = {
  auto: readRun('resnet8-auto'),
  entropy: readRun('resnet8-entropy'),
  minmax: readRun('resnet8-minmax'),
  twoThreads: readRun('resnet8-two-threads'),
  mobilenet: readRun('mobilenetv2'),
};

export function detailsOf(document: RunDocument, extra: Partial<RunRow>): RunDetails {
  const { latency, accuracy, model, data } = document;
  return {
    row: {
      runId: document.runId,
      status: 'done',
      startedTimestampMs: document.startedTimestampMs,
      durationMs: document.durationMs,
      modelPath: model.original.path,
      modelSha256: model.original.sha256,
      dataPath: data.path,
      recipeName: document.recipe.name,
      threads: document.threads,
      sizeBytesBefore: model.original.sizeBytes,
      sizeBytesAfter: model.compressed.sizeBytes,
      speedupRatio: latency.speedup.ratio,
      latencyMedianMsBefore: latency.before.medianMs,
      latencyMedianMsAfter: latency.after.medianMs,
      accuracyMetric: accuracy.metric,
      accuracyBefore: accuracy.before?.value ?? null,
      accuracyAfter: accuracy.after?.value ?? null,
      top1AgreementShare: accuracy.agreement.top1,
      ...mainFiguresOf(document),
      randomData: data.random,
      gatesMet: document.gates.length === 0 ? null : document.gates.every((gate) => gate.met),
      errorCode: null,
      errorMessage: null,
      name: '',
      notes: '',
      tags: [],
      starred: false,
      ...extra,
    },
    document,
    request: {
      modelPath: model.original.path,
      outPath: null,
      keepPrepared: false,
      data: {
        path: data.path,
        labelsPath: null,
        classesPath: null,
        targetName: null,
        textsPath: null,
        charactersPath: null,
        annotationsPath: null,
        task: null,
        head: null,
        preprocess: null,
        pooling: null,
        tokenizerPath: null,
        preprocessorPath: null,
        random: false,
      },
      recipe: recipeSchema.parse(document.recipe),
      evaluationSamples: null,
      threads: document.threads,
      seed: 0,
      dims: {},
      searchSeconds: null,
      effects: true,
      saturation: true,
      prediction: null,
      gates: { maxAccuracyDrop: null, maxDrops: {}, minSpeedup: null, maxSizeRatio: null },
    },
    artifacts: [
      {
        kind: 'model',
        path: model.compressed.path,
        sha256: model.compressed.sha256,
        sizeBytes: model.compressed.sizeBytes,
        createdTimestampMs: document.startedTimestampMs,
        present: true,
      },
    ],
  };
}

function failedRun(document: RunDocument): RunDetails {
  const base = detailsOf(document, {});
  const error = {
    code: 'engine-crashed',
    message:
      'The engine process ended unexpectedly while it calibrated (signal SIGKILL). Lower the number of calibration samples or raise the memory cap in the settings.',
  };
  const ended: EndedRunDocument = {
    schemaVersion: 1,
    runId: 'failed-run',
    startedTimestampMs: document.startedTimestampMs - 3_600_000,
    durationMs: 4200,
    recipe: document.recipe,
    threads: 1,
    status: 'failed',
    modelPath: base.row.modelPath,
    dataPath: base.row.dataPath,
    error: { ...error, said: null },
    log: [
      { atMs: 0, kind: 'stage', level: 'info', message: 'prepare', said: null },
      { atMs: 140, kind: 'message', level: 'warning', message: 'Opset 9 was converted to 21.', said: null },
      { atMs: 912, kind: 'stage', level: 'info', message: 'calibrate', said: null },
    ],
  };
  return {
    ...base,
    row: {
      ...base.row,
      runId: 'failed-run',
      status: 'failed',
      startedTimestampMs: ended.startedTimestampMs,
      durationMs: 4200,
      sizeBytesAfter: null,
      speedupRatio: null,
      latencyMedianMsBefore: null,
      latencyMedianMsAfter: null,
      accuracyAfter: null,
      decision: null,
      mainMetric: null,
      mainUnit: null,
      mainBefore: null,
      mainAfter: null,
      mainLossPercent: null,
      accuracyBefore: null,
      top1AgreementShare: null,
      errorCode: error.code,
      errorMessage: error.message,
    },
    document: ended,
    artifacts: [],
  };
}

/** One layer after the other: documents keep no edges. */
function networkOf({ layers }: RunDocument): RunNetwork {
  const nodes = layers.map(({ name, opType, reason, bytesBefore, bytesAfter }, index): NetworkNode => {
    const into = foldedInto(reason);
    const state = into === null ? 'replaced' : 'folded';
    const path = [`block${Math.floor(index / 8)}`];
    return { kind: 'operator', name, opType, path, state, into, changes: [], bytesBefore, bytesAfter };
  });
  const edges: NetworkEdge[] = nodes.flatMap((_, to) => {
    const kept = nodes.findLastIndex(({ into }, index) => index < to && into === null);
    const isKept = nodes[to]!.into === null;
    return [
      ...(to === 0
        ? []
        : [{ from: to - 1, to, inBefore: true, inAfter: isKept && kept === to - 1, storedAs: 'uint8' }]),
      ...(isKept && kept >= 0 && kept < to - 1
        ? [{ from: kept, to, inBefore: false, inAfter: true, storedAs: 'uint8' }]
        : []),
    ];
  });
  return { nodes, edges, cut: { nodes: 0, edges: 0 }, missing: [] };
}

export function makeStubHost(change: Partial<StubHost> = {}): StubHost {
  const { auto, entropy, minmax, twoThreads, mobilenet } = fixtureRuns;
  return {
    settings: {
      theme: 'light',
      language: 'en',
      threads: 1,
      databasePath: null,
      engineMemoryMb: null,
      lookSeconds: null,
      lab: null,
      columnWidths: {},
    },
    details: [
      detailsOf(auto, {
        starred: true,
        tags: ['release', 'cifar10'],
        name: 'ResNet-8, measured choice',
        notes: 'The one we ship if QA agrees.',
      }),
      detailsOf(entropy, { tags: ['cifar10'] }),
      detailsOf(minmax, { tags: ['cifar10'] }),
      detailsOf(twoThreads, { tags: ['cifar10', 'threads'] }),
      detailsOf(mobilenet, { tags: ['imagenet'] }),
      failedRun(auto),
    ],
    extraRows: [],
    inspection: readFixture('inspection') as Inspection,
    networks: Object.fromEntries(Object.values(fixtureRuns).map((run) => [run.runId, networkOf(run)])),
    recipes: Object.values(recipePresets).map((preset) => recipeSchema.parse(preset)),
    queue: [],
    liveEvents: [],
    environment: auto.environment,
    // A grey pixel: fixtures hold no pictures.
    example:
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNsaGj4DwAFAgKBrwJ8mgAAAABJRU5ErkJggg==',
    updateError: null,
    listError: null,
    settingsError: null,
    overview: null,
    devices: [],
    ...change,
  };
}

/** What the stub adds to the window for tests to poke at. */
export interface StubControls {
  send(event: HostEvent): void;
  readonly calls: { readonly name: string; readonly parameters: unknown }[];
}

/** Runs in the page before anything else: `window.vernier` as the preload script would put it there. */
export function installStub(host: StubHost): void {
  const listeners = new Set<(event: HostEvent) => void>();
  const calls: { name: string; parameters: unknown }[] = [];
  let settings = host.settings;
  const deleted = new Set<string>();
  let recipes = host.recipes;
  const rows = (): RunRow[] =>
    [...host.details.map((details) => details.row), ...host.extraRows].filter((row) => !deleted.has(row.runId));
  interface Parameters {
    readonly runId?: string;
    readonly runIds?: readonly string[];
  }
  const answers: Record<string, (parameters: Parameters) => unknown> = {
    'app.info': () => ({
      host: 'electron',
      version: '0.1.0',
      platform: 'linux',
      environment: host.environment,
      engineProblem: null,
      hasInt8DotProduct: false,
      samplePresent: true,
      databasePath: '/home/ada/.local/share/vernier/history.db',
      readOnlyReason: null,
      onBattery: false,
      versions: { Electron: '45.4.1', Chromium: '150', Node: '24.21.0' },
    }),
    'window.listening': () => null,
    'lab.overview': () => (settings.lab === null ? null : host.overview),
    'runs.devices': () => host.devices,
    'settings.get': () => settings,
    'settings.set': (change) => {
      if (host.settingsError !== null) throw new Error(host.settingsError);
      return (settings = { ...settings, ...(change as object) });
    },
    'model.inspect': () => host.inspection,
    'network.ofRun': ({ runId }) => host.networks[runId!],
    'network.ofRuns': ({ runIds }) => host.networks[runIds![1]!],
    'network.ofFiles': (parameters) => {
      const { modelPaths } = parameters as { modelPaths: readonly [string, string] };
      const broken = modelPaths.find((path) => path.includes('broken'));
      if (broken !== undefined) throw new Error(`"${broken}" is no ONNX model.`);
      return Object.values(host.networks)[0];
    },
    'plan.preview': () =>
      host.inspection.layers.map((layer) => ({
        node: layer.name,
        opType: layer.opType,
        precision: {
          scheme: layer.quantizable ? ('int8-static' as const) : ('float' as const),
          weights: layer.quantizable ? { type: 'int8' as const, axis: 0, block: null, symmetric: true } : null,
          activations: layer.quantizable
            ? { type: 'uint8' as const, axis: null, block: null, symmetric: false, when: 'static' as const }
            : null,
          expandsAtLoad: false,
        },
        foldedInto: layer.quantizable && layer.reason !== '' ? layer.reason : null,
        reason: layer.reason,
      })),
    'data.preview': () => ({
      kind: 'images',
      count: 300,
      labelled: true,
      classes: 10,
      targetKind: 'labels',
      task: 'The model is taken for a classifier: its output "logits" ranks 10 classes. If that is wrong, say what it is for with --task.',
      notes: ['Resized to 256 and cropped to 224 in the centre.'],
      warnings: [{ code: 'tiny', message: '12 samples calibrate, 8 evaluate.' }],
      examples: ['cat-001.jpg', 'dog-002.jpg', 'ship-003.jpg'].map((name, label) => ({
        name,
        label,
        originalPng: host.example,
        preprocessedPng: host.example,
      })),
      texts: [],
      arrays: [{ name: 'input', dataType: 'float32', dims: [1, 3, 32, 32], min: 0, max: 255, mean: 120.7 }],
    }),
    'recipes.list': () => recipes,
    'recipes.save': (parameters) => {
      const { recipe } = parameters as { recipe: { readonly name: string } };
      return (recipes = [...recipes.filter((other) => other.name !== recipe.name), recipe]);
    },
    'recipes.delete': (parameters) => {
      const { name } = parameters as { name: string };
      return (recipes = recipes.filter((other) => other.name !== name));
    },
    'sample.paths': () => ({ modelPath: '/opt/vernier/sample/model.onnx', dataPath: '/opt/vernier/sample/data' }),
    'run.start': () => ({ runId: 'new-run' }),
    'look.cancel': () => ({ cancelled: true }),
    'run.cancel': () => ({ cancelled: true }),
    'run.queue': () => host.queue,
    'run.live': () => ({
      startedTimestampMs: host.queue[0]?.startedTimestampMs ?? null,
      count: host.liveEvents.length,
      events: host.liveEvents,
    }),
    'runs.list': (parameters) => {
      if (host.listError !== null) throw new Error(host.listError);
      const {
        text = '',
        status = null,
        starred = null,
        tag = null,
        sort = null,
        offset = 0,
        limit = 100,
      } = parameters as {
        text?: string;
        status?: string | null;
        starred?: boolean | null;
        tag?: string | null;
        sort?: { column: keyof RunRow; descending: boolean } | null;
        offset?: number;
        limit?: number;
      };
      const found = rows().filter(
        (row) =>
          `${row.name} ${row.notes} ${row.tags.join(' ')} ${row.modelPath} ${row.recipeName}`
            .toLowerCase()
            .includes(text.toLowerCase()) &&
          (status === null || row.status === status) &&
          (starred === null || row.starred === starred) &&
          (tag === null || row.tags.includes(tag)),
      );
      if (sort !== null) {
        found.sort((left, right) => {
          const [a, b] = [left[sort.column] ?? -1, right[sort.column] ?? -1];
          return (a < b ? -1 : a > b ? 1 : 0) * (sort.descending ? -1 : 1);
        });
      }
      return { total: found.length, rows: found.slice(offset, offset + limit) };
    },
    'runs.get': ({ runId }) => {
      const details = host.details.find((candidate) => candidate.row.runId === runId);
      if (details === undefined) throw new Error(`There is no run ${String(runId)}.`);
      return details;
    },
    'runs.update': ({ runId }) => {
      if (host.updateError !== null) throw new Error(host.updateError);
      return rows().find((row) => row.runId === runId);
    },
    'runs.delete': ({ runIds }) => {
      for (const runId of runIds ?? []) deleted.add(runId);
      return { count: runIds?.length ?? 0 };
    },
    'runs.restore': ({ runIds }) => {
      for (const runId of runIds ?? []) deleted.delete(runId);
      return { count: runIds?.length ?? 0 };
    },
    'comparisons.list': () => [],
    'garbage.list': () => [],
    'runs.tags': () => ['cifar10', 'imagenet', 'release', 'threads'],
    'runs.export': () => ({ kind: 'written', path: '/home/ada/report.pdf', sizeBytes: 120_000 }),
    'runs.import': () => [
      { runId: host.details[0]?.row.runId, outcome: 'added', models: [] },
      { runId: 'another', outcome: 'present', models: [] },
    ],
    'files.pick': () => null,
    'files.list': () => ({
      path: '/home/ada/models',
      parent: '/home/ada',
      entries: [
        {
          name: 'archive',
          path: '/home/ada/models/archive',
          kind: 'folder',
          sizeBytes: null,
          modifiedTimestampMs: null,
        },
        {
          name: 'resnet8-cifar10.onnx',
          path: '/home/ada/models/resnet8-cifar10.onnx',
          kind: 'file',
          sizeBytes: 319_961,
          modifiedTimestampMs: null,
        },
      ],
    }),
    'files.reveal': () => true,
    'recent.list': () =>
      rows().length === 0
        ? []
        : [
            { path: '/home/ada/models/resnet8-cifar10.onnx', kind: 'model', usedTimestampMs: 2, present: true },
            { path: '/home/ada/models/mobilenetv2.onnx', kind: 'model', usedTimestampMs: 1, present: true },
            { path: '/home/ada/data/cifar10-500.npz', kind: 'data', usedTimestampMs: 1, present: true },
          ],
    'recent.remove': () => null,
  };
  const bridge: PreloadBridge = {
    host: 'electron',
    platform: 'linux',
    request: (name, parameters) => {
      calls.push({ name, parameters });
      try {
        return Promise.resolve({ ok: true, value: structuredClone(answers[name]?.(parameters as Parameters)) });
      } catch (error) {
        return Promise.resolve({ ok: false, error: { code: 'run-not-found', message: String(error) } });
      }
    },
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pathOfFile: (file) => `/home/ada/${(file as { name: string }).name}`,
  };
  const controls: StubControls = {
    send: (event) => {
      for (const listener of listeners) listener(event);
    },
    calls,
  };
  Object.assign(globalThis, { vernier: bridge, stubControls: controls });
}
