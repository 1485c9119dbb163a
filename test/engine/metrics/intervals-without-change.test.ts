import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { continuationRows } from '../../../electron/engine/metrics/continuation.ts';
import { createKeptBoxes } from '../../../electron/engine/metrics/kept-boxes.ts';
import { compareRanks, type Ranked } from '../../../electron/engine/metrics/rank-correlation.ts';
import { meanAbsoluteError } from '../../../electron/engine/metrics/regression.ts';
import { createSampleSums } from '../../../electron/engine/metrics/sample-sums.ts';
import { characterErrorRate } from '../../../electron/engine/metrics/transcripts.ts';
import type { MetricName } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { assertClose } from '../build-model.ts';

/* That nothing differs in a few samples does not prove that nothing differs: no interval is of no width. */

const count = 30;
const [, open] = wilsonInterval(0, count);
const samples = [...Array(count).keys()];

/** The original's values: nearly in the order of the targets. */
const ranked = (change: (value: number, index: number) => number): Ranked[] =>
  samples.map((index) => {
    const before = index + 4 * Math.sin(7 * index);
    return { before, after: change(before, index), target: index };
  });

/** Both models with the same errors. */
function rowOfSums(name: MetricName, errorOf: (index: number) => number) {
  const sums = createSampleSums();
  for (const index of samples) {
    const addition = [[0, errorOf(index)], [1, 10]] as const; // prettier-ignore
    sums.add(addition, addition, [0, 0]);
  }
  return sums.row(name, ([sum, size]) => sum! / size!)!;
}

suite('where nothing differs', () => {
  test('ranks that stay as they are leave open what other samples may lose, and no more than there is to gain', () => {
    const row = compareRanks(ranked((value) => 2 * value + 1))!;
    assert.equal(row.difference, 0);
    assertClose([row.ci95![0]], [-2 * open], 1e-12);
    assertClose([row.ci95![1]], [Math.min(2 * open, 1 - row.before!)], 1e-12);
  });

  test('one rank that changes leaves no less open than a share of samples does', () => {
    const row = compareRanks(ranked((value, index) => (index === 20 ? -1 : value)))!;
    assert.ok(row.ci95![0] < row.difference! && row.difference! < row.ci95![1]);
    assert.ok(row.ci95![0] < -1 / count && row.ci95![1] > 0);
  });

  test('shares may be lost by as many samples as there may be', () => {
    const row = rowOfSums(characterErrorRate, (index) => index % 3);
    assert.deepEqual(row.ci95, [-open, open]);
  });

  test('a figure without bounds varies by what its samples add', () => {
    const row = rowOfSums(meanAbsoluteError, (index) => index % 3);
    assertClose([row.ci95![0]], [-row.ci95![1]], 1e-12);
    // The deviation of 0, 1, 2 over 10 is 0.0816; draws differ by their seed alone.
    assertClose([row.ci95![1]], [open * 1.96 * 0.0816], 0.2 * open * 1.96 * 0.0816);
  });

  test('a model that is right everywhere is not known to be', () => {
    const row = rowOfSums(characterErrorRate, () => 0);
    assert.deepEqual([row.beforeCi95, row.afterCi95], [[0, open], [0, open]]); // prettier-ignore
  });

  test('boxes and texts that all stay the same', () => {
    const kept = createKeptBoxes();
    for (const _ of samples) kept.add([[], []]);
    assert.deepEqual(kept.report()[0]!.afterCi95, [1 - open, 1]);
    const [share, tokens] = continuationRows(samples.map(() => ({ same: 32, asked: 32 })));
    assert.deepEqual(share!.afterCi95, [1 - open, 1]);
    assert.deepEqual(tokens!.afterCi95, [32 - 32 * open, 32]);
  });
});
