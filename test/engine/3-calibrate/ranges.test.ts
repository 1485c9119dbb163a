import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { AppError } from '../../../shared/app-error.ts';
import type { CalibrationMethod } from '../../../shared/recipe.ts';
import type { TensorStatistics } from '../../../electron/engine/3-calibrate/observe.ts';
import { chooseRange, needsHistogram, type Range } from '../../../electron/engine/3-calibrate/ranges.ts';
import { StreamingHistogram } from '../../../electron/engine/tensor/histogram.ts';
import {
  asymmetricParameters,
  dequantizeValue,
  quantizeValue,
  uint8Range,
} from '../../../electron/engine/tensor/quantization.ts';
import { noise } from '../build-model.ts';

function statisticsOf(values: ArrayLike<number>): TensorStatistics {
  const histogram = new StreamingHistogram();
  histogram.add(Float32Array.from(values));
  const { min, max, count } = histogram;
  return { min, max, count, nonFiniteCount: 0, histogram, channels: null, samples: null };
}

function rangeOf(values: ArrayLike<number>, method: CalibrationMethod, percentile = 99.99, symmetric = false): Range {
  return chooseRange('t', statisticsOf(values), { method, percentile, symmetric });
}

/** Mean squared error of quantizing the values themselves over a range. */
function errorOf(values: ArrayLike<number>, { low, high }: Range): number {
  const parameters = asymmetricParameters(low, high);
  let sum = 0;
  for (const value of Array.from(values)) {
    sum += (value - dequantizeValue(quantizeValue(value, parameters, uint8Range), parameters)) ** 2;
  }
  return sum / values.length;
}

/** u runs through k/10007 in a scrambled order, so quantiles are those of the formula. */
const uniform = Array.from({ length: 10007 }, (_, index) => ((index * 7919) % 10007) / 10007);
/** Like the output of a ReLU, without its spike: 0 to 9.997. */
const oneSided = uniform.map((u) => 10 * u ** 3);
/** Heavy tails on both sides: -5.797 to 5.787, most values within one. */
const twoSided = uniform.map((u) => Math.tan(2.8 * (u - 0.5)));

/** Normal values with a few outliers far away, which is what calibration is about. */
const outliers = [...noise([50_000], 3).data, 40, -38, 39].map(Number);
/** The same after a ReLU: half of it zeros. */
const outliersAfterRelu = outliers.map((value) => Math.max(0, value));

test('minmax is the observed range', () => {
  assert.deepEqual(rangeOf([-1.5, 0.25, 3], 'minmax'), { low: -1.5, high: 3 });
  assert.deepEqual(rangeOf([2, 3], 'minmax'), { low: 2, high: 3 });
});

suite('percentile', () => {
  // numpy.percentile of the same float32 values; the histogram knows values to a bin width.
  const isClose = (actual: Range, low: number, high: number, tolerance: number): void => {
    assert.ok(Math.abs(actual.low - low) <= tolerance, `low ${actual.low} is not ${low}`);
    assert.ok(Math.abs(actual.high - high) <= tolerance, `high ${actual.high} is not ${high}`);
  };

  test('cuts a one-sided tensor at its only tail, as NumPy does', () => {
    isClose(rangeOf(oneSided, 'percentile', 99), 0, 9.700081, 0.01);
    isClose(rangeOf(oneSided, 'percentile', 99.9), 0, 9.967041, 0.01);
    const negative = oneSided.map((value) => -value);
    isClose(rangeOf(negative, 'percentile', 99), -9.700081, 0, 0.01);
  });

  test('cuts half of the share at either end of a two-sided one, as NumPy does', () => {
    isClose(rangeOf(twoSided, 'percentile', 99), -5.349665, 5.34139, 0.01);
    isClose(rangeOf(twoSided, 'percentile', 99.9), -5.749817, 5.740302, 0.01);
  });

  test('of 100 is minmax', () => {
    for (const values of [oneSided, twoSided, outliers]) {
      assert.deepEqual(rangeOf(values, 'percentile', 100), rangeOf(values, 'minmax'));
    }
  });

  test('leaves out the outliers', () => {
    const { low, high } = rangeOf(outliers, 'percentile', 99.99);
    assert.ok(high < 4 && low > -4, `${low} to ${high}`);
  });

  test('never widens the observed range', () => {
    const { low, high } = rangeOf([1, 1, 1, 1.0001], 'percentile', 99);
    assert.ok(low >= 1 && high <= Math.fround(1.0001));
  });
});

suite('entropy', () => {
  test('is not minmax in disguise: it clips outliers', () => {
    const { low, high } = rangeOf(outliers, 'entropy');
    assert.ok(
      high < 15 && low > -15,
      `${low} to ${high} should be nearer to the bulk (±3.4) than to the outliers (±40)`,
    );
    assert.ok(high > 2.5 && low < -2.5, `${low} to ${high} must keep the bulk`);
  });

  test('clips the only tail of one-sided values', () => {
    const { low, high } = rangeOf(outliersAfterRelu, 'entropy');
    assert.equal(low, 0);
    assert.ok(high > 2.5 && high < 15, `${high}`);
    const negative = rangeOf(
      outliersAfterRelu.map((value) => -value),
      'entropy',
    );
    assert.deepEqual(negative, { low: -high, high: -0 });
  });

  test('loses less on heavy tails than minmax does', () => {
    const bulk = outliers.filter((value) => Math.abs(value) < 5);
    assert.ok(errorOf(bulk, rangeOf(outliers, 'entropy')) < 0.2 * errorOf(bulk, rangeOf(outliers, 'minmax')));
  });

  test('keeps nearly all of values that have no tail', () => {
    const { low, high } = rangeOf(
      uniform.map((u) => 2 * u - 1),
      'entropy',
    );
    assert.ok(low < -0.9 && high > 0.9, `${low} to ${high}`);
  });
});

suite('entropy on distributions made by hand', () => {
  const normal = (count: number): number[] => Array.from(noise([count], 7).data, Number);
  const afterRelu = (count: number): number[] => normal(count).map(Math.abs);
  const largest = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
  const clippedShare = (values: readonly number[], { low, high }: Range): number =>
    values.filter((value) => value < low || value > high).length / values.length;

  test('a normal distribution keeps all but a thousandth', () => {
    const values = normal(100_000);
    assert.ok(clippedShare(values, rangeOf(values, 'entropy')) < 0.001);
  });

  test('zeros do not change where the rest is clipped, however many there are', () => {
    const values = afterRelu(50_000);
    const { high } = rangeOf(values, 'entropy');
    for (const zeros of [5_000, 50_000, 450_000]) {
      const spiked = rangeOf([...values, ...new Float32Array(zeros)], 'entropy');
      assert.ok(Math.abs(spiked.high / high - 1) < 0.02, `${zeros} zeros: ${spiked.high} instead of ${high}`);
    }
  });

  test('few values in many bins are not clipped for being few', () => {
    for (const count of [100, 500, 2_000, 8_000]) {
      const values = afterRelu(count);
      const range = rangeOf(values, 'entropy');
      assert.ok(clippedShare(values, range) <= 0.002, `${clippedShare(values, range)} of ${count}`);
    }
  });

  test('one outlier at ten times the rest is clipped, and nothing else', () => {
    const values = afterRelu(50_000);
    const outlier = 10 * largest(values);
    const { high } = rangeOf([...values, outlier], 'entropy');
    assert.ok(high > largest(values) && high < 0.4 * outlier, `${high}, rest up to ${largest(values)}`);
  });

  test('values around 0.5, as of a Sigmoid, are kept', () => {
    for (const count of [2_000, 50_000]) {
      const values = normal(count).map((value) => 1 / (1 + Math.exp(-0.2 * value)));
      const range = rangeOf(values, 'entropy');
      assert.ok(clippedShare(values, range) <= 0.002, `${range.low} to ${range.high}`);
      const mirrored = rangeOf(
        values.map((value) => -value),
        'entropy',
      );
      assert.deepEqual([mirrored.low, mirrored.high], [-range.high, -range.low]);
    }
  });

  test('a spike at the upper end, as of a Relu6, stays inside', () => {
    const values = normal(50_000).map((value) => Math.min(6, Math.max(0, 4 * value)));
    assert.equal(rangeOf(values, 'entropy').high, 6);
  });
});

suite('mse', () => {
  test('beats minmax in mean squared error, on the values themselves', () => {
    // Rounding noise of the range, against clipping of few values far out.
    for (const values of [outliersAfterRelu, outliers, twoSided]) {
      const [mse, minmax] = [rangeOf(values, 'mse'), rangeOf(values, 'minmax')];
      assert.ok(errorOf(values, mse) <= errorOf(values, minmax));
    }
    const fewFar = [...noise([200_000], 5).data, 9, -9].map(Number);
    assert.ok(errorOf(fewFar, rangeOf(fewFar, 'mse')) < 0.75 * errorOf(fewFar, rangeOf(fewFar, 'minmax')));
  });

  test('is no worse than any other method', () => {
    for (const values of [oneSided, twoSided, outliersAfterRelu]) {
      const best = errorOf(values, rangeOf(values, 'mse'));
      for (const method of ['minmax', 'entropy', 'percentile'] as const) {
        assert.ok(best <= 1.02 * errorOf(values, rangeOf(values, method)), method);
      }
    }
  });
});

suite('every method', () => {
  const methods = ['minmax', 'percentile', 'entropy', 'mse'] as const;

  for (const method of methods) {
    test(`${method}: symmetric ranges mirror the larger end`, () => {
      for (const values of [outliers, oneSided, oneSided.map((value) => -value)]) {
        const plain = rangeOf(values, method);
        const magnitude = Math.max(Math.abs(plain.low), Math.abs(plain.high));
        assert.deepEqual(rangeOf(values, method, 99.99, true), { low: -magnitude, high: magnitude });
      }
    });

    test(`${method}: constants and zeros are taken as they are`, () => {
      assert.deepEqual(rangeOf([3, 3, 3], method), { low: 3, high: 3 });
      assert.deepEqual(rangeOf([0, 0], method), { low: 0, high: 0 });
    });

    test(`${method}: a tensor that was never seen is an error with its name`, () => {
      assert.throws(
        () => rangeOf([], method),
        (error) => error instanceof AppError && error.code === 'calibration-failed' && error.message.includes('"t"'),
      );
    });
  }

  test('but minmax needs the distribution', () => {
    assert.deepEqual(methods.filter(needsHistogram), ['percentile', 'entropy', 'mse']);
  });
});
