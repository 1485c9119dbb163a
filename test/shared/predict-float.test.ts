import assert from 'node:assert/strict';
import test from 'node:test';
import { breakOf, errorOverDepth } from '../../shared/error-depth.ts';
import { isFlippable, predictFloat } from '../../shared/predict-float.ts';
import type { Layer, RunDocument } from '../../shared/run.ts';
import { good } from './decided-runs.ts';

const noiseOf = (db: number): number => 10 ** (-db / 10);
const dbOf = (noise: number): number => -10 * Math.log10(noise);

/** Layers that make these shares of the output's noise, all of them together 0.01 (20 dB). */
function runOf(noises: readonly number[], changes: Partial<Layer> = {}): RunDocument {
  const whole = noises.reduce((sum, noise) => sum + noise, 0);
  const layers = noises.map((noise, index): Layer => ({
    ...good.layers[0]!,
    name: `layer${index}`,
    quantized: true,
    parameters: 10,
    bytesBefore: 4000,
    bytesAfter: 1000,
    latencyBeforeMs: 2,
    latencyAfterMs: 1,
    effect: {
      onlySqnrDb: dbOf(noise),
      onlyCi95: null,
      withoutSqnrDb: dbOf(whole - noise),
      withoutCi95: null,
      alsoFloat: [],
    },
    ...changes,
  }));
  const effects = { samples: 8, layers: layers.length, wholeSqnrDb: dbOf(whole), wholeCi95: null, spentMs: 1 };
  return { ...good, layers, effects, profile: { ...good.profile, afterSumMs: 10 } };
}

test('bytes, times and noises of layers add up', () => {
  const run = runOf([0.006, 0.003, 0.001]);
  const { sizeBytes, medianMs, sqnrDb, layers, runId } = predictFloat(run, new Set(['layer0', 'layer1']));
  assert.deepEqual([layers, runId], [['layer0', 'layer1'], run.runId]);
  assert.equal(sizeBytes, run.model.compressed.sizeBytes + 6000);
  // Two of the ten milliseconds under profiling more.
  assert.ok(Math.abs(medianMs / run.latency.after.medianMs - 1.2) < 1e-9);
  assert.ok(Math.abs(sqnrDb! - 30) < 1e-6, `${sqnrDb}`);
  assert.deepEqual(predictFloat(run, new Set()).sqnrDb, 20);
});

test('one layer is what was measured of it, and several never promise more than the others leave', () => {
  const run = runOf([0.006, 0.003, 0.001]);
  assert.ok(Math.abs(predictFloat(run, new Set(['layer1'])).sqnrDb! - dbOf(0.007)) < 1e-9);
  // Alike noises: without any one of them most of it is gone, which cannot be taken off twice.
  const alike = { ...run, layers: run.layers.map((layer) => ({ ...layer, effect: { ...layer.effect!, withoutSqnrDb: 28 } })) }; // prettier-ignore
  const both = predictFloat(alike, new Set(['layer0', 'layer1'])).sqnrDb!;
  assert.ok(both <= dbOf(0.001) + 1e-9 && both > 20, `${both}`);
  assert.ok(Number.isFinite(predictFloat(alike, new Set(['layer0', 'layer1', 'layer2'])).sqnrDb));
});

test('layers that would be in float with one count with it, once', () => {
  const run = runOf([0.006, 0.003, 0.001]);
  const beside = { ...run, layers: run.layers.map((layer, index) => ({ ...layer, effect: { ...layer.effect!, alsoFloat: index < 2 ? ['layer2', 'no-such-layer'] : [] } })) }; // prettier-ignore
  const { sizeBytes, medianMs, layers } = predictFloat(beside, new Set(['layer0', 'layer1']));
  assert.deepEqual(layers, ['layer0', 'layer1'], 'those that were asked for');
  assert.equal(sizeBytes, run.model.compressed.sizeBytes + 9000);
  assert.ok(Math.abs(medianMs / run.latency.after.medianMs - 1.3) < 1e-9);
  assert.equal(predictFloat(beside, new Set(['layer2'])).sizeBytes, run.model.compressed.sizeBytes + 3000);
});

test('what was not measured is not foretold', () => {
  assert.equal(predictFloat(runOf([0.01], { effect: null }), new Set(['layer0'])).sqnrDb, null);
  assert.equal(predictFloat({ ...runOf([0.01]), effects: null }, new Set(['layer0'])).sqnrDb, null);
  assert.ok(!isFlippable({ ...runOf([0.01]).layers[0]!, quantized: false }), 'it is in float');
  assert.ok(!isFlippable({ ...runOf([0.01]).layers[0]!, parameters: 0 }), 'it has nothing to store');
  const untimed = predictFloat({ ...runOf([0.01], { latencyAfterMs: null, latencyBeforeMs: null }) }, new Set(['layer0'])); // prettier-ignore
  assert.equal(untimed.medianMs, good.latency.after.medianMs);
});

test('the error breaks where it grows most over all before it', () => {
  const layersOf = (decibels: readonly (number | null)[]): Layer[] =>
    decibels.map((sqnrDb, index) => ({ ...good.layers[0]!, name: `l${index + 1}`, sqnrDb, introducedSqnrDb: null }));
  const find = (...decibels: (number | null)[]) => breakOf(errorOverDepth(layersOf(decibels)));
  assert.deepEqual([find(38, 36, null, 12, 9, 15)!.point.name, find(38, 36, null, 12, 9)!.beforeDb], ['l4', 36]);
  assert.equal(find(8, 7, 6)!.beforeDb, null, 'from the first layer on');
  assert.equal(find(36, 34, 33, 31), null, 'none stands out');
  assert.equal(find(60, 52, 45), null, 'all are sound');
  assert.equal(find(37, 20, 33, 12)!.point.name, 'l2', 'what recovers was no new error');
  assert.equal(noiseOf(dbOf(0.25)), 0.25);
});
