import type { QueueEntry } from '../../shared/contract/results.ts';
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
    name: 'ResNet-8, entropy',
    status: 'running',
    modelPath: '/home/ada/models/resnet8-cifar10.onnx',
    dataPath: '/home/ada/data/cifar10-500.npz',
    recipeName: 'int8-static',
    queuedTimestampMs: Date.now() - 14_000,
    startedTimestampMs: Date.now() - 14_000,
  },
  {
    runId: 'waiting-run',
    name: 'MobileNetV2',
    status: 'queued',
    modelPath: '/home/ada/models/mobilenetv2.onnx',
    dataPath: '/home/ada/data/imagenet-300',
    recipeName: 'int8-static-minmax',
    queuedTimestampMs: Date.now() - 2000,
    startedTimestampMs: null,
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
  { name: 'run-candidates', hash: `#/run/${auto}`, tab: 2, ready: '[role=gridcell]' },
  { name: 'run-diagnostics', hash: `#/run/${auto}`, tab: 3, ready: '[role=tabpanel] li' },
  { name: 'run-conditions', hash: `#/run/${auto}`, tab: 4, ready: '[role=tabpanel] dl' },
  { name: 'run-mobilenet-layers', hash: `#/run/${fixtureRuns.mobilenet.runId}`, tab: 1, ready: '[role=gridcell]' },
  { name: 'run-failed', hash: '#/run/failed-run', ready: '[role=alert], [role=note]' },
  { name: 'history', hash: '#/history', ready: '[role=gridcell]' },
  { name: 'compare', hash: `#/compare?${compared}`, ready: 'canvas' },
  { name: 'unranked-run', hash: `#/run/${auto}`, host: { details: unranked }, ready: 'canvas' },
  { name: 'unranked-candidates', hash: `#/run/${auto}`, host: { details: unranked }, tab: 2, ready: '[role=gridcell]' },
  { name: 'unranked-compare', hash: `#/compare?${unrankedRuns}`, host: { details: unranked }, ready: 'canvas' },
  { name: 'unranked-history', hash: '#/history', host: { details: unranked }, ready: '[role=gridcell]' },
  { name: 'prepared-run', hash: preparedRun, host: { details: prepared }, ready: 'canvas' },
  { name: 'loop-run', hash: `#/run/${auto}`, host: { details: [detailsOf(looped, {})] }, ready: 'canvas' },
  { name: 'prepared-conditions', hash: preparedRun, host: { details: prepared }, tab: 4, ready: '[role=tabpanel] dl' },
  { name: 'settings', hash: '#/settings', ready: 'dl' },
];

export function hostOf(page: PageCase, settings: Partial<StubHost['settings']>): StubHost {
  const host = makeStubHost(page.host);
  return { ...host, settings: { ...host.settings, ...settings } };
}
