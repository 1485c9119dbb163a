import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findRow, lossOf, mainRow } from '../../../shared/metric-row.ts';
import { pictures } from '../../../electron/engine/metrics/pictures.ts';
import { regression } from '../../../electron/engine/metrics/regression.ts';
import { measure, readReference, withTargets, type Reference } from './references.ts';

const facts = { task: 'regression', targetName: 'target' } as const;

function assertClose(actual: number | null, expected: number, what: string): void {
  assert.ok(
    actual !== null && Math.abs(actual - expected) < 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );
}

suite('errors of numbers, as scikit-learn has them', () => {
  for (const [name, expected] of [
    ['oneValue', ['mae', 'rmse', 'r2', 'spearman']],
    ['threeValues', ['mae', 'rmse', 'r2']],
    ['images', ['mae', 'rmse', 'r2', 'psnr']],
  ] as const) {
    test(name, () => {
      const reference = readReference(name);
      const rows = measure(facts, withTargets(reference), [regression, pictures]);
      const own = rows.filter(({ against }) => against === 'targets');
      assert.deepEqual(
        own.map(({ metric }) => metric),
        expected,
      );
      const [before, after] = reference.expected;
      for (const row of own.filter(({ metric }) => metric in before)) {
        assertClose(row.before, before[row.metric]!, `${row.metric} before`);
        assertClose(row.after, after[row.metric]!, `${row.metric} after`);
        assertClose(row.difference, after[row.metric]! - before[row.metric]!, `${row.metric} difference`);
        const [low, high] = row.ci95!;
        assert.ok(low < row.difference! && row.difference! < high);
        assert.equal(lossOf(row)! > 0, row.higherIsBetter ? row.difference! < 0 : row.difference! > 0);
        assert.equal(row.count, 40);
      }
      const main = mainRow({ metrics: rows })!;
      assert.equal(main.metric, 'mae');
      if (name !== 'images') return;
      assert.ok(main.test!.betterBefore > main.test!.betterAfter);
      assert.ok(main.test!.pValue < 0.05 && main.ci95![0] > 0, 'on that many values noise on top of noise shows');
    });
  }
});

suite('errors of numbers', () => {
  const shift = (reference: Reference, by: number): Reference => {
    const move = (value: unknown): never =>
      (typeof value === 'number' ? value + by : (value as unknown[]).map(move)) as never;
    return {
      ...reference,
      before: move(reference.before),
      after: move(reference.after),
      target: move(reference.target),
    };
  };

  test('R2 does not depend on where the targets lie', () => {
    const reference = readReference('oneValue');
    const [near, far] = [0, 1e6].map((by) =>
      findRow({ metrics: measure(facts, withTargets(shift(reference, by))) }, 'r2')!,
    );
    assert.ok(Math.abs(near!.before! - far!.before!) < 1e-6);
  });

  test('targets that never vary have no R2', () => {
    const same: Reference = { ...readReference('oneValue'), target: Array.from({ length: 40 }, () => [7]) };
    const rows = measure(facts, withTargets(same));
    assert.equal(findRow({ metrics: rows }, 'r2'), null);
    assert.notEqual(findRow({ metrics: rows }, 'mae'), null);
  });

  test('the range of PSNR is that of the levels that images are written in, and is said', () => {
    const reference = readReference('images');
    const scale = (factor: number): Reference => {
      const times = (value: unknown): never =>
        (typeof value === 'number' ? value * factor : (value as unknown[]).map(times)) as never;
      return {
        ...reference,
        before: times(reference.before),
        after: times(reference.after),
        target: times(reference.target),
      };
    };
    const rows = [1, 255].map((factor) => findRow({ metrics: measure(facts, withTargets(scale(factor))) }, 'psnr')!);
    assert.match(rows[0]!.definition, /with range 1\./);
    assert.match(rows[1]!.definition, /with range 255\./);
    assertClose(rows[1]!.before, rows[0]!.before!, 'the same images in other levels');
    assert.equal(rows[0]!.unit, 'dB');
  });

  test('identical models differ by nothing, and nothing says that they do', () => {
    const reference = readReference('threeValues');
    const row = mainRow({ metrics: measure(facts, withTargets({ ...reference, after: reference.before })) })!;
    assert.equal(row.difference, 0);
    assert.ok(row.ci95![0] < 0 && row.ci95![1] > 0, 'other samples may differ');
    assert.deepEqual(row.test, { name: 'paired randomization', pValue: 1, betterBefore: 0, betterAfter: 0 });
  });

  test('samples with NaN are left out, and counted no more', () => {
    const [first, ...others] = withTargets(readReference('oneValue'));
    const rows = measure(facts, [{ ...first, isFinite: false }, ...others]);
    assert.equal(findRow({ metrics: rows }, 'mae')!.count, 39);
  });
});
