import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareCells, toTabSeparated } from '../../renderer/components/table-column.ts';
import { changeRecipe, matchingRecipe, presets } from '../../renderer/change-recipe.ts';
import { adviceOf } from '../../shared/advice.ts';
import { findRange } from '../../renderer/features/run/find-range.ts';
import { foldRest, groupByKind } from '../../renderer/features/run/group-layers.ts';
import { fileNameOf, formatNumber, formatSeconds, formatTimes, formatTimesInterval } from '../../renderer/format.ts';
import {
  applyEvents,
  emptyLiveRun,
  nextTimeLeft,
  overallProgress,
  remainingMs,
  stagesOf,
} from '../../renderer/live-run.ts';
import { formatRoute, parseRoute, type Route } from '../../renderer/route.ts';
import type { TensorRange } from '../../shared/run.ts';
import { recipeSchema } from '../../shared/recipe.ts';
import { eventsOf } from './live-events.ts';
import { fixtureRuns } from './stub-bridge.ts';

const { auto } = fixtureRuns;

void test('ratios are written with a multiplication sign', () => {
  assert.equal(formatTimes(3.5199), '3.52×');
  assert.equal(formatTimes(null), '–');
  assert.equal(formatTimesInterval([1.28, 1.31]), '1.28 – 1.31×');
});

void test('numbers of any size stay short', () => {
  assert.deepEqual([0, 255, -13.3781, 0.000012, 12_345_678.9].map(formatNumber), [
    '0',
    '255',
    '-13.38',
    '1.20e-5',
    '1.23e+7',
  ]);
  assert.equal(formatSeconds(31_400), '31 s');
});

void test('file names come from paths of either platform', () => {
  assert.equal(fileNameOf('/home/ada/model.onnx'), 'model.onnx');
  assert.equal(fileNameOf('C:\\models\\model.onnx'), 'model.onnx');
});

void test('every route survives its address', () => {
  const routes: Route[] = [
    { page: 'start' },
    { page: 'experiment', modelPath: '/a b/ü&?.onnx', dataPath: null, fromRunId: 'r/1', mend: 'slowerLayers' },
    { page: 'queue' },
    { page: 'run', runId: 'a/b?c' },
    { page: 'run', runId: 'a', tab: 'layers', layer: '/block?/conv&1' },
    { page: 'run', runId: 'a', tab: 'samples', view: { outcome: 'lost', samplesSort: 'margin.asc,sample.desc' } },
    { page: 'history' },
    { page: 'history', view: { text: 'a&b =1', starred: 'yes' } },
    { page: 'compare', runIds: ['a', 'b&c'] },
    { page: 'networks', modelPaths: [null, null], runIds: [] },
    { page: 'networks', modelPaths: ['/a b/ü&?.onnx', null], runIds: [], view: { network: 'difference' } },
    { page: 'networks', modelPaths: [null, null], runIds: ['a', 'b&c'], layer: '/block?/conv&1' },
    { page: 'settings' },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(formatRoute(route)), route);
  assert.deepEqual(parseRoute('#/nonsense'), { page: 'start' });
});

void test('a table is copied with its header, one line per row', () => {
  const columns = [
    { id: 'name', header: 'Name', width: 1, value: (row: { name: string; ms: number | null }) => row.name },
    { id: 'ms', header: 'ms', width: 1, value: (row: { name: string; ms: number | null }) => row.ms },
  ];
  assert.equal(
    toTabSeparated(columns, [
      { name: 'a\tb', ms: null },
      { name: 'c', ms: 1.5 },
    ]),
    'Name\tms\na b\t\nc\t1.5\n',
  );
});

void test('cells are ordered as people count', () => {
  assert.deepEqual(['conv10', 'conv9'].sort(compareCells), ['conv9', 'conv10']);
  assert.ok(compareCells(9, 10) < 0);
});

void test('live events add up, bounded', () => {
  const run = applyEvents(emptyLiveRun, eventsOf(auto));
  assert.equal(run.stage, 'latency');
  assert.equal(run.ranges.size, auto.ranges.length);
  assert.equal(run.latency.before.count, 350);
  assert.ok(run.finishedStages.has('calibrate'));
  assert.ok(overallProgress(run) > 0.5 && overallProgress(run) < 0.95);
  const many = applyEvents(run, [{ type: 'latency', variant: 'before', samplesMs: new Array<number>(5000).fill(1) }]);
  assert.equal(many.latency.before.count, 5350);
  assert.ok(many.latency.before.newestMs.length <= 400);
});

void test('the remaining time is not guessed too early', () => {
  const run = applyEvents(emptyLiveRun, eventsOf(auto));
  assert.equal(remainingMs(run, 1000), null);
  assert.equal(remainingMs(emptyLiveRun, 60_000), null);
  const guess = remainingMs(run, 20_000);
  assert.ok(guess !== null && guess > 0 && guess < 20_000);
  const search = { type: 'progress', stage: 'quantize', done: 9, total: 60, unit: 'candidates', detail: '' } as const;
  assert.equal(remainingMs(applyEvents(run, [search]), 60_000), null, 'nothing was timed');
  const timed = applyEvents(run, [{ ...search, remainingMs: 90_000 }]);
  const all = remainingMs(timed, 60_000)!;
  // 12.5 s of latency, and the stages whose time depends on the model, at its own pace.
  assert.ok(all > 90_000 + 12_500 && all < 90_000 + 12_500 + 150_000, `${all}`);
  assert.equal(timed.stageLeftMs, 90_000);
  assert.equal(applyEvents(timed, [search]).stageLeftMs, null);
});

void test('the time left goes down, or says by which stage it went up', () => {
  const first = nextTimeLeft(null, 60_000, 10_000, 'calibrate')!;
  assert.deepEqual(first, { endMs: 70_000, longer: null });
  assert.equal(nextTimeLeft(first, 60_000, 10_000, 'calibrate'), first, 'nothing new is nothing new');
  // A little more is no news: what is shown goes on down.
  assert.equal(nextTimeLeft(first, 61_000, 12_000, 'calibrate'), first);
  const longer = nextTimeLeft(first, 90_000, 20_000, 'quantize')!;
  assert.deepEqual(longer, { endMs: 110_000, longer: 'quantize' });
  const sooner = nextTimeLeft(longer, 50_000, 40_000, 'quantize')!;
  assert.deepEqual(sooner, { endMs: 90_000, longer: 'quantize' }, 'the reason stays with its stage');
  assert.deepEqual(nextTimeLeft(sooner, 20_000, 60_000, 'latency'), { endMs: 80_000, longer: null });
  assert.equal(nextTimeLeft(sooner, null, 60_000, 'latency'), sooner, 'no guess takes none back');
  assert.equal(nextTimeLeft(sooner, null, 95_000, 'latency'), null, 'but for one that is over');
  const over = nextTimeLeft({ endMs: 50_000, longer: null }, 1000, 51_000, 'latency');
  assert.deepEqual(over, { endMs: 52_000, longer: 'latency' });
});

void test('candidates of a search drop in, and one is the best so far', () => {
  const candidate = { name: 'minmax', sqnrDb: 20, latencyRatio: null, sizeBytes: 100 };
  const run = applyEvents(emptyLiveRun, [
    { type: 'candidate', candidate },
    { type: 'best', name: 'minmax' },
    { type: 'candidate', candidate: { ...candidate, name: 'entropy', sqnrDb: 25 } },
  ]);
  assert.deepEqual([run.candidates.map(({ name }) => name), run.best], [['minmax', 'entropy'], 'minmax']);
  const many = applyEvents(run, new Array<(typeof run.candidates)[number]>(900).fill(candidate).map((one) => ({ type: 'candidate', candidate: one }))); // prettier-ignore
  assert.ok(many.candidates.length <= 500);
  assert.equal(applyEvents(run, [{ type: 'best', name: 'entropy' }]).best, 'entropy');
});

void test('measuring again is done when its own stages are', () => {
  const event = { type: 'progress', stage: 'latency', done: 1, total: 1, unit: 'steps', detail: '' } as const;
  const run = applyEvents(emptyLiveRun, [event]);
  assert.equal(overallProgress(run, stagesOf({ work: 'measure' })), 1);
  assert.ok(overallProgress(run, stagesOf({ work: 'compress' })) < 1);
});

void test('a convolution shows the range of the activation folded into it', () => {
  const conv = auto.layers.find((layer) => layer.name === 'conv2d')!;
  assert.equal(findRange(conv, auto.layers, auto.ranges)?.tensor, 'activation');
  const folded = auto.layers.find((layer) => layer.name === 'batch_normalization')!;
  assert.equal(findRange(folded, auto.layers, auto.ranges)?.tensor, 'activation');
});

void test('a layer finds its range by the tensor it hands out, whatever nodes and tensors are called', () => {
  const [first, second] = auto.ranges as [TensorRange, TensorRange];
  const ranges = [
    { ...first, tensor: 'val_17', sharedBy: ['val_18', 'val_19'] },
    { ...second, tensor: 'n7', sharedBy: [] },
  ];
  const findIn = (outputTensor: string | null) =>
    findRange({ ...auto.layers[0]!, name: 'n7', outputTensor }, auto.layers, ranges)?.tensor ?? null;
  assert.equal(findIn('val_17'), 'val_17');
  assert.equal(findIn('val_19'), 'val_17', 'what is moved shares the range');
  assert.equal(findIn('val_20'), null, 'nothing is guessed');
  assert.equal(findIn(null), null);
});

void test('layers are grouped by operator without losing bytes', () => {
  const kinds = groupByKind(auto.layers, (kind) => kind.bytesBefore);
  assert.equal(kinds[0]?.opType, 'Conv');
  const folded = foldRest(kinds, 2, 'Other');
  const sum = (list: typeof kinds) => list.reduce((total, kind) => total + kind.bytesBefore, 0);
  assert.equal(sum(folded), sum(kinds));
  assert.equal(folded.length, 3);
});

void test('the advice follows the figures', () => {
  assert.equal(adviceOf(auto).kind, 'noVisibleLoss');
  const noisy = (expectedDifference: number) =>
    adviceOf({ ...auto, accuracy: { ...auto.accuracy, expectedDifference } });
  assert.equal(noisy(-0.004).kind, 'noVisibleLoss');
  assert.equal(noisy(-0.012).kind, 'expectedLoss');
  assert.equal(adviceOf({ ...auto, data: { ...auto.data, random: true } }).kind, 'randomData');
  const slower = { ...auto.latency, speedup: { ratio: 0.8, ci95: [0.7, 0.9] as [number, number] } };
  assert.equal(adviceOf({ ...auto, latency: slower }).kind, 'slower');
  const agreement = { ...auto.accuracy.agreement, sqnrDb: 6 };
  const farOff = { ...auto, latency: slower, accuracy: { ...auto.accuracy, agreement, metrics: [] } };
  assert.deepEqual(adviceOf(farOff), { kind: 'farOff', share: 10 ** -0.3, cause: 'unknown' });
  const diagnostics = [{ severity: 'warning' as const, code: 'saturation', message: '', node: null }];
  assert.deepEqual(adviceOf({ ...farOff, diagnostics }), { kind: 'farOff', share: 10 ** -0.3, cause: 'saturation' });
  const labelled = { ...auto, accuracy: { ...auto.accuracy, agreement } };
  assert.equal(adviceOf(labelled).kind, 'noVisibleLoss', 'accuracy says more than the outputs');
});

void test('a changed preset is not called by its name any more', () => {
  const recipe = recipeSchema.parse({});
  assert.equal(matchingRecipe(recipe, presets)?.name, 'int8-static');
  const changed = changeRecipe(recipe, { calibrationSamples: 7 }, presets);
  assert.equal(matchingRecipe(changed, presets), null);
  assert.equal(changed.name, 'int8-static (7 samples)');
  assert.equal(changeRecipe(changed, { perChannel: false }, presets).name, 'int8-static (7 samples, per-tensor)');
  assert.equal(changeRecipe(changed, { calibrationSamples: 100 }, presets).name, 'int8-static');
});

void test('a saved recipe is known by its options, and a changed one is not it any more', () => {
  const saved = recipeSchema.parse({ name: 'ours', calibrationMethod: 'mse', keepFloat: 'none' });
  const known = [...presets, saved];
  assert.equal(matchingRecipe({ ...saved, name: 'elsewhere called so' }, known)?.name, 'ours');
  assert.equal(changeRecipe(saved, { perChannel: false }, known).name, 'ours (per-tensor)');
  // Two names for the same options: the one that was chosen stays.
  const twin = { ...saved, name: 'twin' };
  assert.equal(matchingRecipe(twin, [...known, twin])?.name, 'twin');
});
