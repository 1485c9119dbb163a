import { rowsOfFields } from '../../shared/accuracy.ts';
import type { Accuracy, Latency, RunDocument } from '../../shared/run.ts';
import { fixtureRuns } from '../renderer/stub-bridge.ts';

/** Runs whose decision is known, made of one that was measured. */

const base = fixtureRuns.auto;

function withAccuracy(run: RunDocument, changes: Partial<Accuracy>): RunDocument {
  const fields = { ...run.accuracy, ...changes };
  return { ...run, accuracy: { ...fields, metrics: rowsOfFields(fields) } };
}

export function withSpeed(run: RunDocument, speedup: Latency['speedup'], changes: Partial<Latency> = {}): RunDocument {
  return { ...run, latency: { ...run.latency, speedupParts: null, processorShare: 0.99, ...changes, speedup } };
}

export function withLoss(run: RunDocument, points: number, halfWidth: number, pValue: number): RunDocument {
  const [before, difference] = [0.9, -points / 100];
  const half = halfWidth / 100;
  return withAccuracy(run, {
    before: { value: before, ci95: [before - half, before + half] },
    after: { value: before + difference, ci95: [before + difference - half, before + difference + half] },
    difference: { value: difference, ci95: [difference - half, difference + half] },
    expectedDifference: difference,
    top5: null,
    mcnemar: { onlyBefore: 20, onlyAfter: 10, pValue },
  });
}

const calm: RunDocument = {
  ...base,
  diagnostics: [],
  gates: [],
  layers: base.layers.map((layer) => ({
    ...layer,
    latencyAfterMs: layer.latencyBeforeMs,
    sqnrDb: layer.latencyBeforeMs === null ? null : 35,
  })),
  profile: { ...base.profile, afterOverheadMs: 0 },
};

/** Smaller, faster, and surely within a point. */
export const good = withLoss(withSpeed(calm, { ratio: 2, ci95: [1.95, 2.05] }), 0.1, 0.4, 0.8);

const slow = withSpeed(good, { ratio: 0.8, ci95: [0.76, 0.84] });
const slowed = slow.layers.find(({ quantized, latencyBeforeMs }) => quantized && latencyBeforeMs !== null)!;
/** One layer takes much longer in int8. */
export const slower: RunDocument = {
  ...slow,
  layers: slow.layers.map((layer) =>
    layer.name === slowed.name ? { ...layer, latencyAfterMs: layer.latencyBeforeMs! + slow.profile.afterSumMs } : layer,
  ),
};
export const slowedLayer = slowed.name;

const lossy = withLoss(good, 8.5, 3, 0.0004);
const broken = lossy.layers.findIndex(({ quantized, sqnrDb }) => quantized && sqnrDb !== null);
/** Loses 8.5 points for sure, at 8 dB from one layer on. */
export const ruined: RunDocument = {
  ...lossy,
  recipe: { ...lossy.recipe, calibrationMethod: 'minmax', keepFloat: 'none' },
  layers: lossy.layers.map((layer, index) =>
    index < broken || layer.sqnrDb === null ? layer : { ...layer, sqnrDb: 8 },
  ),
};
export const ruinedLayer = lossy.layers[broken]!.name;

/** As good as it seems, by 60 samples. */
export const unproven = withLoss({ ...good, accuracy: { ...good.accuracy, count: 60 } }, -1.8, 7.5, 0.9);

/** What a person has to find in ten seconds: the decision, and the first finding. */
export const decidedRuns = [
  { name: 'good', run: good, decision: 'ship', first: null },
  { name: 'slower', run: slower, decision: 'doNotShip', first: 'slowerLayers' },
  { name: 'ruined', run: ruined, decision: 'doNotShip', first: 'loss' },
  { name: 'unproven', run: unproven, decision: 'notProven', first: 'fewSamples' },
] as const;
