import { labSettingsSchema } from '../../shared/contract/requests.ts';
import type { LabDeviceRow, LabJobRow } from '../../shared/contract/lab-rows.ts';
import type { QueueEntry } from '../../shared/contract/results.ts';
import { deviceMatrix } from '../../shared/device-matrix.ts';
import type { RunDocument } from '../../shared/run.ts';
import { eventsOf } from './live-events.ts';
import { withoutClasses, withPrepared } from '../report/real-runs.ts';
import { detailsOf, fixtureRuns, makeStubHost, type StubHost } from './stub-bridge.ts';

export interface PageCase {
  readonly name: string;
  readonly hash: string;
  readonly host?: Partial<StubHost>;
  /** Name of a tab to open first. */
  readonly tab?: number;
  /** Text by which the page is known to be there. */
  readonly ready: string;
}

const queue: readonly QueueEntry[] = [
  {
    runId: 'live-run',
    work: 'compress',
    name: 'ResNet-8, entropy',
    status: 'running',
    modelPath: '/home/ada/models/resnet8-cifar10.onnx',
    dataPath: '/home/ada/data/cifar10-500.npz',
    recipeName: 'int8-static',
    queuedTimestampMs: Date.now() - 14_000,
    startedTimestampMs: Date.now() - 14_000,
    lab: null,
  },
  {
    runId: 'waiting-run',
    work: 'compress',
    name: 'MobileNetV2',
    status: 'queued',
    modelPath: '/home/ada/models/mobilenetv2.onnx',
    dataPath: '/home/ada/data/imagenet-300',
    recipeName: 'int8-static-minmax',
    queuedTimestampMs: Date.now() - 2000,
    startedTimestampMs: null,
    lab: null,
  },
];
const running = { queue, liveEvents: eventsOf(fixtureRuns.auto) };
const auto = fixtureRuns.auto.runId;
const compared = [fixtureRuns.auto, fixtureRuns.entropy, fixtureRuns.minmax, fixtureRuns.twoThreads]
  .map((run) => `run=${run.runId}`)
  .join('&');
const experiment = '#/new?model=%2Fhome%2Fada%2Fmodels%2Fresnet8-cifar10.onnx&data=%2Fhome%2Fada%2Fdata%2Fcifar10';

/** Runs in which nothing ranks classes. */
const unranked = [fixtureRuns.auto, fixtureRuns.entropy].map((run) => detailsOf(withoutClasses(run), {}));
const unrankedRuns = unranked.map(({ row }) => `run=${row.runId}`).join('&');

/** A run in which folding alone makes a part of the speed-up. */
const prepared = [detailsOf(withPrepared(fixtureRuns.mobilenet), {})];
const preparedRun = `#/run/${fixtureRuns.mobilenet.runId}`;

/** A run of a model with state, whose errors add up in it. */
const loop = {
  states: [{ output: 'hn', input: 'h' }],
  steps: 200,
  sqnrDb: 6,
  worstTenthSqnrDb: 3.1,
  decisionShare: 0.875,
};
const looped = { ...fixtureRuns.auto, accuracy: { ...fixtureRuns.auto.accuracy, closedLoop: loop } };

/** A run that kept which samples it answers otherwise. */
const picture =
  'data:image/webp;base64,UklGRpQAAABXRUJQVlA4IIgAAABwBQCdASowACAAPr1MnUuzpKKitUgCcBeJagGEAbCHDEKe6Xp9v0FMoagFyHlwy+6jV+KAAP7vX9v9aJH/qt1Mu5DhNPIOJv350x9wucTXq109gYTIsSDYGKvYlOtsCpsDVx4tm1iiHlmDI6VXT2mOgSn6tEVrQzOn/ivA9DDyF8FmBMezTZAA';
const row = { expected: 3, marginBefore: 2.1, sqnrDb: 24.6, picture };
const samples: RunDocument['samples'] = {
  counts: { lost: 2, changed: 0, gained: 1, bothWrong: 1 },
  rows: [
    { ...row, index: 17, name: 'cat/0017.png', outcome: 'lost', before: 3, after: 5, marginAfter: -0.4 },
    { ...row, index: 41, name: 'cat/0041.png', outcome: 'lost', before: 3, after: 5, marginAfter: -0.2 },
    {
      ...row,
      index: 8,
      name: 'cat/0008.png',
      outcome: 'gained',
      before: 5,
      after: 3,
      marginBefore: -0.1,
      marginAfter: 0.3,
    },
    {
      ...row,
      index: 90,
      name: 'a/long/path/to/pictures/of/cats/0090.png',
      outcome: 'bothWrong',
      before: 5,
      after: 4,
      marginAfter: -3,
    },
  ],
  classes: [{ class: 3, count: 20, rightBefore: 17, rightAfter: 16 }],
  confusions: [{ expected: 3, given: 5, before: 2, after: 3 }],
  leftOut: null,
  classNames: { 3: 'cat', 5: 'dog' },
};
/** All of a task of so many classes: each is sometimes taken for the next ones. */
const confused = (count: number): RunDocument['samples'] => {
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    ...samples,
    classes: indices.map((index) => ({ class: index, count: 40, rightBefore: 36, rightAfter: 36 - (index % 4) })),
    confusions: indices.flatMap((index) =>
      [1, 2, 5].map((step) => ({
        expected: index,
        given: (index + step) % count,
        before: index % 3,
        after: (index + step) % 4,
      })),
    ),
    leftOut: { classes: 0, confusions: count > 100 ? 12 : 0 },
    classNames: Object.fromEntries(
      indices.map((index) => [String(index), ['cat', 'dog', 'a very long name of a class', 'ship'][index % 4]!]),
    ),
  };
};
const confusedRun = (count: number) => ({
  details: [detailsOf({ ...fixtureRuns.auto, samples: confused(count) }, {})],
});
const matrixHash = `#/run/${auto}?tab=samples&samples=matrix`;
const sampled = [detailsOf({ ...fixtureRuns.auto, samples }, {})];
/** A task without answers: its outputs are told by how far they are. */
const far = {
  expected: null,
  before: null,
  after: null,
  marginBefore: null,
  marginAfter: null,
  name: null,
  picture: null,
};
const farSamples: RunDocument['samples'] = {
  counts: { lost: 0, changed: 0, gained: 0, bothWrong: 0 },
  rows: [12, 3, 7].map((index) => ({ ...far, index, outcome: 'far' as const, sqnrDb: index + 10 })),
  classes: [],
  confusions: [],
  leftOut: null,
  classNames: {},
};
const farRun = [detailsOf({ ...withoutClasses(fixtureRuns.auto), samples: farSamples }, {})];

/** A run whose slower layers say why. */
const causes = [
  { latencyBeforeMs: 0.02, latencyAfterMs: 0.9, ran: { before: null, after: null }, groups: 16 },
  {
    latencyBeforeMs: 0.1,
    latencyAfterMs: 0.5,
    ran: {
      before: { kernels: ['Conv'], conversionMs: 0, layoutMs: 0 },
      after: { kernels: ['QLinearConv'], conversionMs: 0.3, layoutMs: 0 },
    },
  },
];
const slowed = detailsOf(
  {
    ...fixtureRuns.mobilenet,
    layers: fixtureRuns.mobilenet.layers.map((layer, index) =>
      layer.opType === 'Conv' ? { ...layer, ...causes[index % 30] } : layer,
    ),
  },
  {},
);

/** A lab of four machines, one of them of another version, and its jobs. */
const device = (name: string, changes: Partial<LabDeviceRow>): LabDeviceRow => ({
  name,
  state: 'idle',
  cpuModel: 'AMD EPYC 7763 64-Core Processor',
  cores: 16,
  memoryBytes: 64e9,
  features: ['avx2', 'fma'],
  hasInt8DotProduct: false,
  os: 'Debian GNU/Linux 13',
  vernierVersion: '0.1.0',
  isOtherVersion: false,
  onnxRuntimeVersion: '1.30.0',
  labels: ['room=attic'],
  jobId: null,
  jobTitle: null,
  jobsDone: 12,
  secondsSinceSeen: 4,
  clockAheadSeconds: 0,
  ...changes,
});
const job = (jobId: string, changes: Partial<LabJobRow>): LabJobRow => ({
  jobId,
  runId: jobId,
  kind: 'compress',
  title: 'resnet8-cifar10.onnx',
  place: 'any',
  phase: 'queued',
  stage: null,
  device: null,
  attempt: 0,
  submittedBy: 'ada@laptop',
  submittedTimestampMs: Date.now() - 60_000,
  ...changes,
});
const labRunning: QueueEntry = {
  ...queue[0]!,
  runId: 'far-run',
  lab: { jobId: 'j1', place: 'label=room=attic', device: 'pi4', phase: 'running' },
};
const lab: Partial<StubHost> = {
  settings: {
    ...makeStubHost().settings,
    lab: labSettingsSchema.parse({ server: 'nats://lab.local:4222', user: 'ada', passwordPath: '/home/ada/.lab' }),
  },
  queue: [
    labRunning,
    { ...queue[1]!, runId: 'j2', lab: { jobId: 'j2', place: 'any', device: null, phase: 'waiting' } },
  ],
  liveEvents: eventsOf(fixtureRuns.auto).filter(({ type }) => type === 'progress'),
  overview: {
    server: 'nats://lab.local:4222',
    devices: [
      device('epyc', {}),
      device('laptop', { cpuModel: '13th Gen Intel(R) Core(TM) i7-1360P', hasInt8DotProduct: true, labels: [] }),
      device('old-xeon', { isOtherVersion: true, vernierVersion: '0.0.9', clockAheadSeconds: -42 }),
      device('pi4', {
        state: 'busy',
        cpuModel: 'Cortex-A72',
        cores: 4,
        memoryBytes: 8e9,
        jobId: 'far-run',
        jobTitle: 'resnet8-cifar10.onnx',
      }),
    ],
    jobs: [
      job('far-run', { phase: 'running', device: 'pi4', stage: 'calibrate', place: 'label=room=attic', attempt: 1 }),
      job('j2', {}),
      job('j3', { kind: 'prove', place: 'laptop', submittedBy: 'grace@desk' }),
    ],
    runningCount: 1,
    waitingCount: 2,
  },
  devices: deviceMatrix(
    [fixtureRuns.auto, fixtureRuns.auto, fixtureRuns.auto].map((document, index) => ({
      document: {
        ...document,
        runId: index === 0 ? document.runId : `${document.runId}-${index}`,
        environment: { ...document.environment, cpuFlags: index === 0 ? ['avx2'] : ['avx512_vnni'] },
      },
      tags: [`device:${['old-xeon', 'laptop', 'epyc'][index]!}`],
    })),
  ),
};

const networksHash = '#/networks?a=%2Fhome%2Fada%2Fmodels%2Fa.onnx&b=%2Fhome%2Fada%2Fmodels%2Fb.onnx';

/** Every page of the window, with enough in it to be looked at. */
export const pageCases: readonly PageCase[] = [
  { name: 'first-start', hash: '#/', host: { details: [] }, ready: 'h1' },
  { name: 'start', hash: '#/', ready: '[role=gridcell]' },
  { name: 'experiment-empty', hash: '#/new', ready: 'form' },
  { name: 'experiment-model', hash: experiment, ready: '[role=gridcell]' },
  { name: 'experiment-data', hash: experiment, tab: 1, ready: 'figure img' },
  { name: 'experiment-plan', hash: experiment, tab: 2, ready: '[role=gridcell]' },
  { name: 'running', hash: '#/run/live-run', host: running, ready: 'canvas' },
  { name: 'queue', hash: '#/queue', host: running, ready: 'main li' },
  { name: 'run-overview', hash: `#/run/${auto}`, ready: 'canvas' },
  { name: 'run-layers', hash: `#/run/${auto}`, tab: 1, ready: '[role=gridcell]' },
  { name: 'run-graph', hash: `#/run/${auto}`, tab: 2, ready: '[role=application] canvas' },
  { name: 'run-old-samples', hash: `#/run/${auto}`, tab: 3, ready: '[role=tabpanel] p' },
  { name: 'run-candidates', hash: `#/run/${auto}`, tab: 4, ready: '[role=gridcell]' },
  { name: 'run-diagnostics', hash: `#/run/${auto}`, tab: 5, ready: '[role=tabpanel] li' },
  { name: 'run-conditions', hash: `#/run/${auto}`, tab: 6, ready: '[role=tabpanel] dl' },
  { name: 'run-mobilenet-layers', hash: `#/run/${fixtureRuns.mobilenet.runId}`, tab: 1, ready: '[role=gridcell]' },
  { name: 'run-causes', hash: preparedRun, host: { details: [slowed] }, tab: 1, ready: '[role=gridcell]' },
  { name: 'run-samples', hash: `#/run/${auto}`, host: { details: sampled }, tab: 3, ready: '[role=gridcell]' },
  { name: 'run-confusion', hash: `${matrixHash}&cell=3-5`, host: confusedRun(10), ready: 'table[role=grid]' },
  { name: 'run-far-samples', hash: `#/run/${auto}`, host: { details: farRun }, tab: 3, ready: '[role=gridcell]' },
  { name: 'run-failed', hash: '#/run/failed-run', ready: '[role=alert], [role=note]' },
  { name: 'history', hash: '#/history', ready: '[role=gridcell]' },
  { name: 'networks', hash: networksHash, ready: '[role=application] canvas' },
  { name: 'compare', hash: `#/compare?${compared}`, ready: 'canvas' },
  { name: 'unranked-run', hash: `#/run/${auto}`, host: { details: unranked }, ready: 'canvas' },
  { name: 'unranked-candidates', hash: `#/run/${auto}`, host: { details: unranked }, tab: 4, ready: '[role=gridcell]' },
  { name: 'unranked-compare', hash: `#/compare?${unrankedRuns}`, host: { details: unranked }, ready: 'canvas' },
  { name: 'unranked-history', hash: '#/history', host: { details: unranked }, ready: '[role=gridcell]' },
  { name: 'prepared-run', hash: preparedRun, host: { details: prepared }, ready: 'canvas' },
  { name: 'loop-run', hash: `#/run/${auto}`, host: { details: [detailsOf(looped, {})] }, ready: 'canvas' },
  { name: 'prepared-conditions', hash: preparedRun, host: { details: prepared }, tab: 6, ready: '[role=tabpanel] dl' },
  { name: 'settings', hash: '#/settings', ready: 'dl' },
  { name: 'devices-explained', hash: '#/devices', ready: 'ol' },
  { name: 'devices', hash: '#/devices', host: lab, ready: '[role=gridcell]' },
  { name: 'run-devices', hash: `#/run/${auto}?tab=devices`, host: lab, ready: '[role=gridcell]' },
];

/** Looked at, and in no test of its own: thousands of cells take long to check. */
export const largeCases: readonly PageCase[] = [
  { name: 'run-confusion-many', hash: matrixHash, host: confusedRun(120), ready: 'table[role=grid]' },
  { name: 'networks-empty', hash: '#/networks', ready: 'main input' },
  { name: 'networks-broken', hash: networksHash.replace('b.onnx', 'broken.onnx'), ready: 'main input' },
  {
    name: 'networks-runs',
    hash: `#/networks?${compared.split('&').slice(0, 2).join('&')}`,
    ready: '[role=application] canvas',
  },
  {
    name: 'run-graph-threshold',
    hash: `#/run/${auto}?tab=graph&threshold=0.05`,
    ready: '[role=application] canvas',
  },
];

/** Looked at, and in no test of its own: the pages a lab adds something to. */
export const labCases: readonly PageCase[] = [
  { name: 'lab-experiment', hash: experiment, host: lab, ready: '[role=gridcell]' },
  { name: 'lab-running', hash: '#/run/far-run', host: lab, ready: 'main ol' },
  { name: 'lab-queue', hash: '#/queue', host: lab, ready: 'main li' },
];

export function hostOf(page: PageCase, settings: Partial<StubHost['settings']>): StubHost {
  const host = makeStubHost(page.host);
  return { ...host, settings: { ...host.settings, ...settings } };
}
