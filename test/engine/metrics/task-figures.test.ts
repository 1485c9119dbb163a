import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findRow, type MetricRow } from '../../../shared/metric-row.ts';
import { knownMetrics } from '../../../electron/engine/metrics/known-metrics.ts';
import type { MetricSample } from '../../../electron/engine/metrics/metric.ts';
import { flatten, measure, readReference, withTargets, type Reference } from './references.ts';

/* Figures of images, sounds, ordered values and vectors against scipy's and scikit-learn's, and against the definitions of scikit-image (SSIM) and torchmetrics (SI-SDR). */

const facts = { task: 'regression', targetName: 'target' } as const;

function assertFigures(
  rows: readonly MetricRow[],
  { expected: [before, after] }: Reference,
  names: readonly string[],
): void {
  for (const name of names) {
    const row = findRow({ metrics: rows }, name);
    assert.ok(row !== null, `${name} is there`);
    assert.ok(knownMetrics.includes(name), `${name} may be limited`);
    for (const [value, right] of [
      [row.before, before[name]!],
      [row.after, after[name]!],
    ] as const)
      assert.ok(Math.abs(value! - right) < 1e-6, `${name}: ${value}, not ${right}`);
    assert.ok(row.ci95![0] <= row.difference! && row.difference! <= row.ci95![1]);
    assert.equal(row.against, 'targets');
  }
}

/** The same sounds as in the script that made the references. */
function sounds(): Partial<MetricSample>[] {
  return Array.from({ length: 5 }, (_, sample) => {
    const of = (value: (place: number) => number) => Float64Array.from({ length: 2048 }, (_, place) => value(place));
    const target = of((place) => (((place * place * 7 + place * sample * 13 + sample * 101) % 201) - 100) / 100);
    const before = of((place) => target[place]! * 0.5 + (((place * 31 + sample * 7) % 41) - 20) / 400);
    const after = of((place) => before[place]! + (((place * 17 + sample * 3) % 23) - 11) / 200);
    return { target: { values: target, dims: [1, 2048], outputs: [before, after], outputDims: [1, 2048] } };
  });
}

suite('figures of images', () => {
  for (const name of ['pictures', 'picturesLast'])
    test(`${name} have the SSIM that scikit-image defines`, () => {
      const reference = readReference(name);
      const rows = measure(facts, withTargets(reference));
      assertFigures(rows, reference, ['mae', 'psnr', 'ssim']);
      assert.match(findRow({ metrics: rows }, 'ssim')!.definition, /with range 255,/);
    });

  test('images without a window of 7 pixels, and maps of another range, have none', () => {
    const wide: Reference = readReference('pictures');
    const far = (value: unknown): never =>
      (typeof value === 'number' ? value - 1000 : (value as unknown[]).map(far)) as never;
    const moved = { ...wide, target: far(wide.target), before: far(wide.before), after: far(wide.after) };
    for (const reference of [readReference('images'), moved]) {
      const rows = measure(facts, withTargets(reference));
      assert.equal(findRow({ metrics: rows }, 'ssim'), null);
      assert.notEqual(findRow({ metrics: rows }, 'psnr'), null);
    }
  });

  test('the same image is like itself by 1', () => {
    const reference = readReference('pictures');
    const row = findRow({ metrics: measure(facts, withTargets({ ...reference, before: reference.target! })) }, 'ssim')!;
    assert.ok(Math.abs(row.before! - 1) < 1e-12);
  });
});

suite('figures of sounds', () => {
  test('are the SI-SDR that torchmetrics defines', () => {
    assertFigures(measure(facts, sounds()), readReference('sounds'), ['siSdr']);
  });

  test('silence is left out, and nothing but silence has none', () => {
    const own = sounds();
    const silence = own.map((sample) => ({ target: { ...sample.target!, values: new Float64Array(2048) } }));
    const rows = measure(facts, [...own, silence[0]!]);
    assert.equal(findRow({ metrics: rows }, 'siSdr')!.count, own.length);
    assertFigures(rows, readReference('sounds'), ['siSdr']);
    assert.equal(findRow({ metrics: measure(facts, silence) }, 'siSdr'), null);
  });

  test('numbers that do not swing around zero, and short ones, are no sounds', () => {
    const shifted = sounds().map(({ target }) => ({
      target: { ...target!, values: Float64Array.from(target!.values, (value) => value + 3) },
    }));
    assert.equal(findRow({ metrics: measure(facts, shifted) }, 'siSdr'), null);
    assert.equal(findRow({ metrics: measure(facts, withTargets(readReference('threeValues'))) }, 'siSdr'), null);
  });
});

suite('orders', () => {
  test('single values have the Spearman correlation of scipy, ties and all', () => {
    const reference = readReference('ordered');
    assertFigures(measure(facts, withTargets(reference)), reference, ['mae', 'spearman']);
  });

  test('values that never vary have none', () => {
    const reference = readReference('ordered');
    const rows = measure(facts, withTargets({ ...reference, after: reference.after.map(() => [2]) }));
    assert.equal(findRow({ metrics: rows }, 'spearman'), null);
  });
});

suite('vectors', () => {
  const reference = readReference('grouped') as Reference & { readonly scores: readonly number[] };
  const samples = reference.before.map((vector, index): Partial<MetricSample> => ({
    vector: [flatten(vector), flatten(reference.after[index]!)],
    label: reference.labels![index]!,
  }));

  test('of labelled samples find their own as scikit-learn says, samples without one of their own left out', () => {
    const rows = measure({ vectorOutput: 'vector', labelled: true }, samples);
    assertFigures(rows, reference, ['recallAt1', 'recallAt5', 'recallAt10']);
    assert.equal(findRow({ metrics: rows }, 'recallAt1')!.count, 39);
    assert.equal(rows[0]!.metric, 'recallAt1');
  });

  test('of pairs are ordered as scipy says, pairs that were not all evaluated left out', () => {
    const scoredPairs = reference.scores.map((score, pair) => ({ first: 2 * pair, second: 2 * pair + 1, score }));
    const unlabelled = samples.map(({ vector }): Partial<MetricSample> => ({ vector: vector! }));
    const all = measure(
      { vectorOutput: 'vector', scoredPairs: [...scoredPairs, { first: 0, second: 900, score: 3 }] },
      unlabelled,
    );
    assertFigures(all, reference, ['spearman']);
    assert.equal(findRow({ metrics: all }, 'spearman')!.count, 20);
  });

  test('of one label, or without labels, find nothing', () => {
    const same = samples.map((sample) => ({ ...sample, label: 1 }));
    for (const given of [same, samples.map(({ vector }): Partial<MetricSample> => ({ vector: vector! }))])
      assert.equal(findRow({ metrics: measure({ vectorOutput: 'vector' }, given) }, 'recallAt1'), null);
  });
});
