import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findRow, mainRow } from '../../../shared/metric-row.ts';
import { findVector } from '../../../electron/engine/metrics/task.ts';
import { flatten, measure, readReference } from './references.ts';

const reference = readReference('neighbours');
const facts = { vectorOutput: 'embedding' };
const samplesOf = (after: typeof reference.after) =>
  reference.before.map((vector, index) => ({ vector: [flatten(vector), flatten(after[index]!)] as const }));

suite('vectors', () => {
  test("keep the neighbours that scikit-learn's search finds, and the cosine", () => {
    const rows = measure(facts, samplesOf(reference.after));
    for (const [metric, expected] of Object.entries(reference.expected)) {
      const row = findRow({ metrics: rows }, metric)!;
      assert.ok(Math.abs(row.after! - Number(expected)) < 1e-6, `${metric}: ${row.after}`);
      assert.ok(row.afterCi95![0] < row.after! && row.after! < row.afterCi95![1]);
      assert.deepEqual([row.against, row.before, row.count], ['original', null, 40]);
    }
    assert.equal(mainRow({ metrics: rows }), null, 'agreement is no task');
  });

  test('of another length keep all of their neighbours', () => {
    const longer = reference.before.map((vector, index) => flatten(vector).map((value) => value * (index + 1)));
    const rows = measure(facts, samplesOf(longer));
    assert.equal(findRow({ metrics: rows }, 'keptNeighbours')!.after, 1);
    assert.ok(Math.abs(findRow({ metrics: rows }, 'vectorCosine')!.after! - 1) < 1e-6);
  });

  test('of few samples say nothing', () => {
    assert.equal(findRow({ metrics: measure(facts, samplesOf(reference.after).slice(0, 7)) }, 'keptNeighbours'), null);
  });

  test('are one row of some length a sample', () => {
    const output = (name: string, ...dims: number[]) => ({ name, dataType: 'float32', dims });
    assert.equal(findVector([output('hidden', 128, 384), output('pooled', 384), output('other', 384)]), 'pooled');
    assert.equal(
      findVector([output('box', 4), output('map', 3, 8, 8), { ...output('ids', 16), dataType: 'int64' }]),
      null,
    );
  });
});
