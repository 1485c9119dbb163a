import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { createRandom, shuffle } from '../../../electron/engine/tensor/random.ts';
import {
  bootstrapInterval,
  createErrorSums,
  mcnemarExact,
  mean,
  median,
  normalBelow,
  pairedDifferenceInterval,
  quantile,
} from '../../../electron/engine/tensor/statistics.ts';

function assertClose(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (const [i, value] of actual.entries()) {
    assert.ok(Math.abs(value - expected[i]!) <= tolerance, `${value} is not ${expected[i]!} ± ${tolerance}`);
  }
}

suite('quantiles', () => {
  test('are type 7: linear between order statistics', () => {
    // R: quantile(1:10, c(.25, .5, .9)); NumPy's default gives the same.
    const values = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    assert.equal(quantile(values, 0.25), 3.25);
    assert.equal(quantile(values, 0.5), 5.5);
    assertClose([quantile(values, 0.9)], [9.1], 1e-12);
    assert.equal(quantile(values, 0), 1);
    assert.equal(quantile(values, 1), 10);
    assert.deepEqual(values.slice(0, 2), [10, 9], 'the input keeps its order');
  });

  test('of one value are that value, of none NaN', () => {
    assert.equal(median([4]), 4);
    assert.ok(Number.isNaN(median([])));
  });
});

suite('wilsonInterval', () => {
  test('gives the published limits', () => {
    // Newcombe (1998), Statistics in Medicine 17:857–872, table I, method 3.
    assertClose(wilsonInterval(81, 263), [0.2553, 0.3662], 5e-5);
    assertClose(wilsonInterval(15, 148), [0.0624, 0.1605], 5e-5);
    assertClose(wilsonInterval(0, 20), [0, 0.1611], 5e-5);
    assertClose(wilsonInterval(1, 29), [0.0061, 0.1718], 5e-5);
  });

  test('is exact at its ends and mirrors', () => {
    assert.equal(wilsonInterval(0, 7)[0], 0);
    assert.equal(wilsonInterval(7, 7)[1], 1);
    assert.deepEqual(wilsonInterval(0, 0), [0, 1]);
    const [low, high] = wilsonInterval(3, 10);
    assertClose(wilsonInterval(7, 10), [1 - high, 1 - low], 1e-12);
  });
});

suite('pairedDifferenceInterval', () => {
  test('gives the published limits', () => {
    // Complete response before and after consolidation therapy (Cavo et al. 2012) in Fagerland, Lydersen & Laake (2017),
    // "Statistical Analysis of Contingency Tables": -0.0621 (-0.1186 to -0.0046) for first - second.
    const cavo = pairedDifferenceInterval({ both: 59, onlyFirst: 6, onlySecond: 16, neither: 80 });
    assertClose(cavo, [0.0046, 0.1186], 5e-5);
    // Altman et al. (2000), "Statistics with Confidence", page 52: 0.011 to 0.226.
    const altman = pairedDifferenceInterval({ both: 14, onlyFirst: 0, onlySecond: 5, neither: 22 });
    assertClose(altman, [0.011, 0.226], 6e-4);
  });

  test('stays open when no sample differs', () => {
    const [low, high] = pairedDifferenceInterval({ both: 90, onlyFirst: 0, onlySecond: 0, neither: 10 });
    assert.ok(low < 0 && high > 0 && high < 0.1);
    assert.deepEqual(pairedDifferenceInterval({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 }), [-1, 1]);
  });
});

test('normalBelow is the standard normal distribution', () => {
  // Abramowitz and Stegun (1964), table 26.1.
  const table = [[0, 0.5], [1, 0.8413447461], [1.96, 0.9750021049], [3, 0.9986501020]] as const; // prettier-ignore
  for (const [z, below] of table) assertClose([normalBelow(z), normalBelow(-z)], [below, 1 - below], 7.5e-8);
});

suite('mcnemarExact', () => {
  test('gives the binomial tail', () => {
    assertClose([mcnemarExact(1, 7)], [0.0703125], 1e-12); // Bentur et al. 2009: 2 * (1 + 8) / 256
    assertClose([mcnemarExact(6, 16)], [0.0525], 5e-5); // Cavo et al. 2012
    assertClose([mcnemarExact(0, 6)], [2 / 64], 1e-12);
    assert.equal(mcnemarExact(5, 5), 1);
    assert.equal(mcnemarExact(0, 0), 1);
  });

  test('does not underflow', () => {
    assert.ok(mcnemarExact(2000, 2000) > 0.99);
    const p = mcnemarExact(1900, 2100);
    assert.ok(p > 0.0015 && p < 0.0018, `normal approximation with continuity correction: 0.00165, got ${p}`);
  });
});

suite('bootstrapInterval', () => {
  test('is seeded', () => {
    const random = createRandom(3);
    const values = Array.from({ length: 30 }, () => random());
    const first = bootstrapInterval(values, median, { seed: 1 });
    assert.deepEqual(bootstrapInterval(values, median, { seed: 1 }), first);
    assert.notDeepEqual(bootstrapInterval(values, median, { seed: 2 }), first);
    assert.ok(first[0] <= median(values) && median(values) <= first[1]);
  });

  test('covers the mean of a normal sample about as Student does', () => {
    const random = createRandom(11);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let covered = 0;
    for (let trial = 0; trial < 200; trial++) {
      const [low, high] = bootstrapInterval(Array.from({ length: 40 }, normal), mean, { seed: trial, resamples: 400 });
      if (low <= 0 && 0 <= high) covered++;
    }
    assert.ok(covered >= 180 && covered <= 199, `${covered} of 200`);
  });
});

suite('createErrorSums', () => {
  test('gives SQNR in dB and the cosine over everything added', () => {
    const sums = createErrorSums();
    sums.add(Float32Array.of(3, 0), Float32Array.of(3, 0));
    sums.add(Float32Array.of(4), Float32Array.of(4.5));
    assertClose([sums.sqnrDb()!], [20 * Math.log10(5 / 0.5)], 1e-9);
    assertClose([sums.cosine()], [(9 + 18) / (5 * Math.sqrt(9 + 20.25))], 1e-9);
    assert.equal(sums.count, 3);
  });

  test('says null for identical streams and stays finite', () => {
    const same = createErrorSums();
    same.add([1, 2], [1, 2]);
    assert.equal(same.sqnrDb(), null);
    const silent = createErrorSums();
    silent.add([0, 0], [1, 0]);
    assert.equal(silent.sqnrDb(), -400);
    assert.equal(silent.cosine(), 0);
  });
});

suite('createRandom', () => {
  test('is seeded and uniform', () => {
    const draw = (seed: number) => Array.from({ length: 4 }, createRandom(seed));
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    const random = createRandom(0);
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) bins[Math.floor(random() * 10)]!++;
    for (const count of bins) assert.ok(Math.abs(count - 1000) < 150, `${count} in a bin of 1,000`);
  });

  test('shuffle keeps every item and the input', () => {
    const items = [1, 2, 3, 4, 5, 6, 7, 8];
    const shuffled = shuffle(items, createRandom(1));
    assert.deepEqual(items, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert.notDeepEqual(shuffled, items);
    assert.deepEqual(shuffled.toSorted(), items);
  });
});
