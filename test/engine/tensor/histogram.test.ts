import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  foldMagnitudes,
  histogramBins,
  StreamingHistogram,
  summarizeHistogram,
} from '../../../electron/engine/tensor/histogram.ts';
import { noise } from '../build-model.ts';

function histogramOf(...batches: readonly (readonly number[] | Float32Array)[]): StreamingHistogram {
  const histogram = new StreamingHistogram();
  for (const batch of batches) histogram.add(Float32Array.from(batch));
  return histogram;
}

const total = (counts: Iterable<number>): number => [...counts].reduce((sum, count) => sum + count, 0);

suite('StreamingHistogram', () => {
  test('keeps extremes and counts every value', () => {
    const histogram = histogramOf([0.5, -3, 2], [1]);
    assert.deepEqual([histogram.min, histogram.max, histogram.count], [-3, 2, 4]);
    assert.equal(total(histogram.counts), 4);
  });

  test('has power-of-two bins, at least half of which reach to the largest magnitude', () => {
    for (const largest of [1e-30, 0.013, 1, 1.5, 6, 127.99, 1e30]) {
      const { binWidth } = histogramOf([largest]);
      assert.ok(Number.isInteger(Math.log2(binWidth)));
      const used = Math.fround(largest) / binWidth;
      assert.ok(used >= histogramBins / 2 && used < histogramBins, `${largest}: ${used} bins in use`);
    }
  });

  test('gives the same counts for any order of samples', () => {
    const batches = [3, 0.01, 40, 1].map((deviation, seed) => noise([500], seed, deviation).data as Float32Array);
    const forward = histogramOf(...batches);
    const backward = histogramOf(...batches.toReversed());
    const atOnce = histogramOf(batches.flatMap((batch) => [...batch]));
    for (const other of [backward, atOnce]) {
      assert.equal(other.binWidth, forward.binWidth);
      assert.deepEqual(other.counts, forward.counts);
      assert.deepEqual([other.min, other.max, other.count], [forward.min, forward.max, forward.count]);
    }
  });

  test('doubles its bins, merging neighbours, when a value falls outside', () => {
    const histogram = histogramOf([1, 1, -1]);
    const widthBefore = histogram.binWidth;
    assert.equal(widthBefore, 2 / histogramBins);
    histogram.add(Float32Array.of(9));
    assert.equal(histogram.binWidth, 8 * widthBefore);
    assert.equal(histogram.counts[histogramBins + 256], 2, '1 is at the edge of bin 256 of width 1/256');
    assert.equal(histogram.counts[histogramBins - 256], 1, '-1 starts bin -256');
    assert.equal(total(histogram.counts), 4);
  });

  test('has an edge at zero: values of different sign never share a bin', () => {
    const histogram = histogramOf([1, 1e-6, -1e-6]);
    assert.equal(histogram.counts[histogramBins], 1);
    assert.equal(histogram.counts[histogramBins - 1], 1);
  });

  test('takes zeros only, and real values afterwards', () => {
    const histogram = histogramOf(new Float32Array(7));
    assert.deepEqual([histogram.min, histogram.max, histogram.count], [0, 0, 7]);
    assert.equal(histogram.counts[histogramBins], 7, 'all in the bin that starts at 0');
    histogram.add(Float32Array.of(1));
    assert.equal(histogram.counts[histogramBins], 7);
    assert.equal(histogram.max, 1);
    assert.equal(histogram.binWidth, 2 / histogramBins);
  });

  test('takes the smallest float32 there is', () => {
    const histogram = histogramOf([1.401298464324817e-45]);
    assert.equal(histogram.count, 1);
    assert.equal(total(histogram.counts), 1);
  });

  test('counts NaN and infinities apart from the values', () => {
    const histogram = histogramOf([NaN, 1, Infinity, -2], [-Infinity, NaN], [NaN]);
    assert.deepEqual([histogram.nanCount, histogram.infinityCount], [3, 2]);
    assert.deepEqual([histogram.min, histogram.max, histogram.count], [-2, 1, 2]);
    assert.equal(total(histogram.counts), 2);
  });

  test('is not fooled by infinities that cancel in a sum', () => {
    const histogram = histogramOf([Infinity, -Infinity]);
    assert.deepEqual([histogram.infinityCount, histogram.nanCount, histogram.count], [2, 0, 0]);
  });

  test('does not grow with the number of values', () => {
    const histogram = new StreamingHistogram();
    const batch = noise([4096], 1).data as Float32Array;
    for (let sample = 0; sample < 50; sample++) histogram.add(batch);
    assert.equal(histogram.count, 50 * 4096);
    assert.equal(histogram.counts.length, 2 * histogramBins);
    assert.deepEqual(
      Object.keys(histogram).sort(),
      ['binWidth', 'count', 'counts', 'infinityCount', 'max', 'min', 'nanCount'],
      'no other state holds values',
    );
  });
});

test('foldMagnitudes adds both signs, from zero to the last bin in use', () => {
  const histogram = histogramOf([1, -1.0001, 0.5, -0.5001]);
  const folded = foldMagnitudes(histogram);
  assert.equal(total(folded), 4);
  assert.equal(folded.length, Math.ceil(1.0001 / histogram.binWidth));
  const bin = (magnitude: number) => folded[Math.floor(magnitude / histogram.binWidth)];
  assert.deepEqual([bin(1), bin(0.5)], [2, 2]);
});

test('foldMagnitudes loses no value that lies on the edge of a bin, as what Relu6 and pixels saturate at does', () => {
  for (const largest of [1, 6, 255]) assert.equal(total(foldMagnitudes(histogramOf([0.3, largest, largest]))), 3);
});

suite('summarizeHistogram', () => {
  test('re-bins over the observed range and keeps the sum', () => {
    const drawn = summarizeHistogram(histogramOf([-1, -0.9, 0, 0.9, 1, 3]), 4);
    assert.deepEqual(drawn, [2, 2, 1, 1]);
  });

  test('of a constant is one bin, of nothing none', () => {
    assert.deepEqual(summarizeHistogram(histogramOf([2, 2]), 8), [2]);
    assert.deepEqual(summarizeHistogram(new StreamingHistogram(), 8), []);
  });
});
