import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeFinding } from '../../shared/finding-texts.ts';
import { findingsOf } from '../../shared/findings.ts';
import type { Diagnostic, RunDocument } from '../../shared/run.ts';
import { decidedRuns, good, ruined, ruinedLayer, slowedLayer, slower, unproven, withSpeed } from './decided-runs.ts';

const kindsOf = (run: RunDocument) => findingsOf(run).map(({ kind }) => kind);
const warn = (code: string): Diagnostic => ({ severity: 'warning', code, message: `${code}.`, node: null });

void test('the first finding is the worst, and a good run has none', () => {
  for (const { name, run, first } of decidedRuns) assert.equal(kindsOf(run)[0] ?? null, first, name);
  assert.deepEqual(findingsOf(good), []);
});

void test('a run that lost 8.5 points says so, names the layer, and how to mend it', () => {
  const [loss, layers] = findingsOf(ruined);
  assert.deepEqual(loss?.experiment?.recipe?.calibrationMethod, 'auto');
  assert.equal(layers?.kind === 'ruinedLayers' && layers.layers[0]?.name, ruinedLayer);
  assert.ok(layers!.experiment!.recipe!.excludeNodes!.includes(ruinedLayer));
});

void test('slower layers are named with what they lose', () => {
  const [finding] = findingsOf(slower);
  assert.ok(finding?.kind === 'slowerLayers' && finding.layers[0]!.name === slowedLayer);
  assert.ok(Math.abs(finding.lostMs - slower.profile.afterSumMs) < 1e-9);
  assert.ok(finding.experiment!.recipe!.excludeNodes!.includes(slowedLayer));
});

void test('too few samples say how many would tell', () => {
  const [finding] = findingsOf(unproven);
  // 7.5 points wide at 60 samples, 2.8 points to the limit.
  assert.ok(finding?.kind === 'fewSamples' && finding.needed === Math.ceil(60 * (7.5 / 2.8) ** 2));
});

void test('each cause is found by its own evidence', () => {
  assert.deepEqual(kindsOf({ ...good, diagnostics: [warn('saturation')] }), ['saturation']);
  assert.deepEqual(kindsOf({ ...good, diagnostics: [warn('range-clips')] }), ['clipping']);
  assert.deepEqual(kindsOf({ ...good, diagnostics: [warn('one-class')] }), ['sameAnswers']);
  assert.deepEqual(kindsOf({ ...good, diagnostics: [warn('closed-loop-worse')] }), ['closedLoop']);
  assert.deepEqual(kindsOf({ ...good, diagnostics: [warn('not-fused')] }), ['notFused']);
  assert.equal(kindsOf({ ...good, data: { ...good.data, random: true } })[0], 'noiseData');
  const busy = withSpeed(good, { ratio: 1.1, ci95: [1.05, 1.15] }, { processorShare: 0.4 });
  assert.deepEqual(kindsOf(busy), ['busyMachine']);
  assert.deepEqual(kindsOf(withSpeed(good, { ratio: 1.1, ci95: [0.9, 1.3] })), ['speedUnclear']);
  assert.deepEqual(kindsOf(withSpeed(good, { ratio: 0.7, ci95: [0.6, 0.8] })), ['slower']);
  const parts = { folding: { ratio: 3, ci95: [2.9, 3.1] }, compression: { ratio: 0.7, ci95: [0.6, 0.8] } } as const;
  const speedupParts = {
    folding: { ...parts.folding, ci95: [2.9, 3.1] as [number, number] },
    compression: { ...parts.compression, ci95: [0.6, 0.8] as [number, number] },
  };
  assert.deepEqual(kindsOf({ ...good, latency: { ...good.latency, speedupParts } }), ['foldingOnly']);
});

void test('a file above its limit is told from one that is larger than the original', () => {
  const sized = (after: number, limit: number): RunDocument => ({
    ...good,
    ledger: good.ledger.map((row) =>
      row.claim === 'storedBytes' ? { ...row, before: 1000, after, ratio: 1000 / after } : row,
    ),
    tolerances: { ...good.tolerances, maxSizeRatio: limit },
  });
  assert.deepEqual(kindsOf(sized(300, 0.25)), ['aboveLimit']);
  assert.deepEqual(kindsOf(sized(1100, 1)), ['larger']);
  assert.deepEqual(kindsOf(sized(240, 0.25)), []);
});

void test('what the run did already is not offered again', () => {
  const clipped = (recipe: Partial<RunDocument['recipe']>, calibrationCount: number) =>
    findingsOf({
      ...good,
      recipe: { ...good.recipe, calibrationSamples: 100, ...recipe },
      data: { ...good.data, calibrationCount },
      diagnostics: [warn('range-clips')],
    })[0]!.experiment;
  assert.deepEqual(clipped({ calibrationMethod: 'percentile' }, 100)?.recipe, {
    calibrationMethod: 'minmax',
    calibrationSamples: 200,
  });
  assert.deepEqual(clipped({ calibrationMethod: 'percentile' }, 1)?.recipe, { calibrationMethod: 'minmax' });
  assert.equal(clipped({ calibrationMethod: 'minmax' }, 1), null);
  const saturated = { ...good, diagnostics: [warn('saturation')] };
  assert.equal(findingsOf({ ...saturated, recipe: { ...good.recipe, reducedRange: 'pairs' } })[0]!.experiment, null);
});

/** A run whose outputs are at 35 dB with exact sums. */
function saturating(
  isHere: boolean,
  saturatingSqnrDb: number,
  recipe: Partial<RunDocument['recipe']> = {},
): RunDocument {
  const shares = [null, { share: 0.02, sqnrDb: 12 }, { share: 1e-7, sqnrDb: 70 }, { share: 0, sqnrDb: null }];
  return {
    ...good,
    recipe: { ...good.recipe, reducedRange: 'off', ...recipe },
    saturation: { isHere, samples: 4, exactSqnrDb: 35, saturatingSqnrDb, layers: 3, leftOut: [], spentMs: 1 },
    layers: good.layers.map((layer, index) => ({ ...layer, saturation: shares[index] ?? null })),
  };
}

void test('what saturating sums cost here or elsewhere is told, with the experiment that mends it', () => {
  for (const isHere of [true, false]) {
    const [finding, ...others] = findingsOf(saturating(isHere, 20));
    assert.ok(finding?.kind === 'saturates' && finding.isHere === isHere && others.length === 0);
    assert.deepEqual(finding.experiment, { recipe: { reducedRange: 'pairs' } });
    assert.deepEqual(finding.layers, [{ name: good.layers[1]!.name, value: 0.02 }], 'only what costs something');
    const { title, evidence } = describeFinding(finding, 'en');
    assert.equal(title, isHere ? 'Sums saturate on this CPU' : 'Loses 15.0 dB on CPUs without VNNI');
    assert.match(evidence, isHere ? /come to 20.0 dB here.*VNNI.*35.0 dB/ : /come to 35.0 dB here.*come to 20.0 dB/);
    assert.match(describeFinding(finding, 'zh-CN').title, isHere ? /饱和/ : /损失 15.0 dB/);
  }
  const here = { ...saturating(true, 20), diagnostics: [warn('saturation')] };
  assert.deepEqual(kindsOf(here), ['saturates'], 'told once');
  assert.deepEqual(kindsOf(saturating(false, 34.5)), [], 'within what the simulation tells apart');
  const close = saturating(false, 41);
  assert.deepEqual(kindsOf({ ...close, saturation: { ...close.saturation!, exactSqnrDb: 50 } }), []);
  const none = { ...close.saturation!, samples: 0, exactSqnrDb: null, saturatingSqnrDb: null };
  assert.deepEqual(kindsOf({ ...close, saturation: none }), []);
  assert.equal(findingsOf(saturating(false, 20, { reducedRange: 'pairs' }))[0]!.experiment, null);
});

void test('there are five at most, and each has words in both languages', () => {
  const codes = ['saturation', 'range-clips', 'one-class', 'closed-loop-worse', 'not-fused', 'output-not-finite'];
  const all = { ...ruined, diagnostics: codes.map(warn), data: { ...good.data, random: true } };
  assert.equal(findingsOf(all).length, 5);
  const busy = withSpeed(slower, { ratio: 1.1, ci95: [0.9, 1.3] }, { processorShare: 0.4 });
  for (const finding of [all, slower, ruined, unproven, busy].flatMap(findingsOf)) {
    const [english, chinese] = [describeFinding(finding, 'en'), describeFinding(finding, 'zh-CN')];
    assert.match(english.title, /^[A-Z1-9]/);
    assert.match(chinese.title, /\p{Script=Han}/u);
    assert.doesNotMatch(`${english.evidence}${chinese.evidence}`, /undefined|NaN|null/);
  }
});
