import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bestOfClaim,
  claimOf,
  differingClaims,
  isClaimProven,
  isTaskProven,
  relativeChange,
} from '../../renderer/features/compare/compare-rows.ts';
import type { ComparedRun } from '../../renderer/features/compare/compared-run.ts';
import { findDifferences } from '../../renderer/features/compare/comparability.ts';
import { joinLayers } from '../../renderer/features/compare/join-layers.ts';
import { paretoFront, type Objective } from '../../renderer/features/compare/pareto-front.ts';
import { fixtureRuns } from './stub-bridge.ts';

interface Point {
  readonly name: string;
  readonly ms: number;
  readonly accuracy: number;
}
const objectives: readonly Objective<Point>[] = [
  { value: (point) => point.ms, better: 'lower' },
  { value: (point) => point.accuracy, better: 'higher' },
];
const names = (points: readonly Point[]) => paretoFront(points, objectives).map((point) => point.name);

void test('the front keeps what nothing beats', () => {
  const points = [
    { name: 'fast', ms: 1, accuracy: 0.7 },
    { name: 'exact', ms: 3, accuracy: 0.9 },
    { name: 'beaten', ms: 3, accuracy: 0.8 },
    { name: 'slow and bad', ms: 4, accuracy: 0.6 },
  ];
  assert.deepEqual(names(points), ['fast', 'exact']);
});

void test('equal points stay together on the front', () => {
  const points = [
    { name: 'a', ms: 1, accuracy: 0.7 },
    { name: 'b', ms: 1, accuracy: 0.7 },
  ];
  assert.deepEqual(names(points), ['a', 'b']);
});

void test('an empty set has an empty front', () => assert.deepEqual(names([]), []));

void test('runs of the same model, data and machine can be compared', () => {
  assert.deepEqual(findDifferences(fixtureRuns.auto, fixtureRuns.entropy), []);
});

void test('another number of threads makes latency unfair', () => {
  assert.deepEqual(findDifferences(fixtureRuns.auto, fixtureRuns.twoThreads), [
    { difference: 'threads', baseline: '1', other: '2', affects: 'latency' },
  ]);
});

void test('a busy machine at either measurement makes latency unfair', () => {
  const busy = { ...fixtureRuns.auto, latency: { ...fixtureRuns.auto.latency, processorShare: 0.5 } };
  const quiet = { ...fixtureRuns.auto, latency: { ...fixtureRuns.auto.latency, processorShare: 0.995 } };
  assert.deepEqual(findDifferences(quiet, busy), [
    { difference: 'busy', baseline: '99.5 %', other: '50.0 %', affects: 'latency' },
  ]);
  assert.deepEqual(findDifferences(quiet, quiet), []);
});

void test('another model and other data affect everything', () => {
  const found = findDifferences(fixtureRuns.auto, fixtureRuns.mobilenet).map((difference) => difference.difference);
  assert.ok(found.includes('model'));
  assert.ok(found.includes('data'));
});

void test('random data is never comparable in accuracy', () => {
  const random = { ...fixtureRuns.auto, data: { ...fixtureRuns.auto.data, random: true } };
  assert.deepEqual(
    findDifferences(fixtureRuns.auto, random).map((found) => found.difference),
    ['randomData'],
  );
});

void test('layers are joined by name, missing ones are null', () => {
  const joined = joinLayers([
    fixtureRuns.auto,
    { ...fixtureRuns.entropy, layers: fixtureRuns.entropy.layers.slice(0, 1) },
  ]);
  assert.equal(joined.length, fixtureRuns.auto.layers.length);
  assert.equal(joined[0]?.byRun[1]?.name, 'conv2d');
  assert.equal(joined[1]?.byRun[1], null);
});

const asCompared = (documents: readonly (typeof fixtureRuns.auto)[]): ComparedRun[] =>
  documents.map((document, index) => ({
    runId: document.runId,
    title: '',
    letter: String.fromCharCode(65 + index),
    color: '',
    document,
    differences: index === 0 ? [] : findDifferences(documents[0]!, document),
  }));

void test('only rows that differ are shown, and none between a run and itself', () => {
  const { auto, minmax } = fixtureRuns;
  assert.deepEqual(differingClaims(asCompared([auto, auto])), []);
  const found = differingClaims(asCompared([auto, minmax]));
  assert.ok(found.includes('latencyMedianMs') && !found.includes('macs'));
});

void test('the best of a row is told for sure or not at all', () => {
  const { auto, mobilenet } = fixtureRuns;
  const speed = (ratio: number, half: number) => ({
    ...auto,
    latency: { ...auto.latency, speedup: { ratio, ci95: [ratio - half, ratio + half] as [number, number] } },
  });
  assert.equal(bestOfClaim(asCompared([speed(1.2, 0.1), speed(2, 0.1)]), 'latencyMedianMs'), 1);
  assert.equal(bestOfClaim(asCompared([speed(1.2, 0.1), speed(1.3, 0.1)]), 'latencyMedianMs'), null);
  assert.equal(bestOfClaim(asCompared([auto, mobilenet]), 'storedBytes'), null, 'of other models');
  const smaller = { ...auto, ledger: auto.ledger.map((row) => ({ ...row, after: row.after / 2 })) };
  assert.equal(bestOfClaim(asCompared([auto, smaller]), 'storedBytes'), 1);
});

void test('the best of a row is green only where it is proven better than the original', () => {
  const { auto } = fixtureRuns;
  const isProven = (document: typeof auto, claim: 'latencyMedianMs' | 'storedBytes' | 'bops') => {
    const [run] = asCompared([document]);
    return isClaimProven(run!, claimOf(run!, claim)!);
  };
  const timed = (ratio: number, low: number, high: number) => ({
    ...auto,
    gates: [],
    latency: { ...auto.latency, processorShare: 1, speedup: { ratio, ci95: [low, high] as [number, number] } },
    diagnostics: [],
  });
  assert.equal(isProven(timed(2, 1.9, 2.1), 'latencyMedianMs'), true);
  assert.equal(isProven(timed(1.05, 0.9, 1.2), 'latencyMedianMs'), false, 'not proven');
  assert.equal(isProven(timed(0.8, 0.7, 0.9), 'latencyMedianMs'), false, 'slower than the original');
  const tolerant = { ...timed(0.95, 0.93, 0.97), tolerances: { ...auto.tolerances, minSpeedup: 0.9 } };
  assert.equal(isProven(tolerant, 'latencyMedianMs'), false, 'tolerated, but slower');
  const stored = (ratio: number) => ({ ...auto, ledger: auto.ledger.map((row) => ({ ...row, ratio })) });
  assert.deepEqual(
    [isProven(stored(3.6), 'storedBytes'), isProven(stored(0.9), 'storedBytes'), isProven(stored(1), 'bops')],
    [true, false, false],
    'smaller, larger, as large',
  );

  const row = auto.accuracy.metrics[0]!;
  const atTask = (ci95: [number, number], maxAccuracyDrop: number) => {
    const metrics = [
      { ...row, unit: 'share' as const, higherIsBetter: true, difference: ci95[0] / 2 + ci95[1] / 2, ci95 },
    ];
    const document = { ...auto, gates: [], diagnostics: [], tolerances: { ...auto.tolerances, maxAccuracyDrop } };
    const [run] = asCompared([{ ...document, accuracy: { ...auto.accuracy, metrics } }]);
    return isTaskProven(run!, metrics[0]!);
  };
  assert.equal(atTask([-0.002, 0.004], 1), true);
  assert.equal(atTask([-0.02, 0.004], 1), false, 'may have lost more than is tolerated');
  assert.equal(atTask([-0.004, -0.001], 1), false, 'tolerated, but surely worse');
});

void test('changes are percent of the first, with a sign', () => {
  assert.deepEqual(
    [relativeChange(90, 100), relativeChange(110, 100), relativeChange(100, 100)],
    ['−10.0 %', '+10.0 %', '±0 %'],
  );
});
