import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  asymmetricParameters,
  channelLayout,
  channelMaxAbs,
  dequantizeValue,
  int8ReducedRange,
  int8SymmetricRange,
  quantizeSymmetric,
  quantizeValue,
  roundHalfToEven,
  symmetricParameters,
  uint8Range,
} from '../../../electron/engine/tensor/quantization.ts';

test('roundHalfToEven rounds ties to the even neighbour', () => {
  const values = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 2.5001, -2.6, 7];
  assert.deepEqual(values.map(roundHalfToEven), [-2, -2, 0, 0, 2, 2, 2, 3, -3, 7]);
});

suite('asymmetricParameters', () => {
  // ONNX Runtime 1.30, onnxruntime.quantization.quant_utils.compute_scale_zp, uint8.
  const expected: readonly (readonly [low: number, high: number, scale: number, zeroPoint: number])[] = [
    [-1, 1, 0.007843137718737125, 128],
    [-0.1, 3.9, 0.01568627543747425, 6],
    [-2.5, 7.3, 0.03843137249350548, 65],
    [0, 6, 0.0235294122248888, 0],
    [-6, 0, 0.0235294122248888, 255],
  ];
  for (const [low, high, scale, zeroPoint] of expected) {
    test(`[${low}, ${high}] gives the scale and zero point of ONNX Runtime`, () => {
      const { scale: actual, ...rest } = asymmetricParameters(low, high);
      assert.deepEqual(rest, { zeroPoint });
      assert.ok(Math.abs(actual / scale - 1) < 1.2e-7, `${actual} is not ${scale}`);
      assert.equal(actual, Math.fround(actual), 'the scale is a float32');
    });
  }

  test('a range away from zero is stretched to hold zero', () => {
    assert.deepEqual(asymmetricParameters(2, 6), asymmetricParameters(0, 6));
    assert.deepEqual(asymmetricParameters(-6, -2), asymmetricParameters(-6, 0));
  });

  test('a range of no width has scale 1, so nothing is divided by zero', () => {
    assert.deepEqual(asymmetricParameters(0, 0), { scale: 1, zeroPoint: 0 });
    // Denormal scales lose bits, and ONNX Runtime gives them up too.
    assert.deepEqual(asymmetricParameters(-1e-40, 1e-40), { scale: 1, zeroPoint: 0 });
    assert.deepEqual(asymmetricParameters(1e-38, 2e-38), { scale: 1, zeroPoint: 0 });
  });

  test('zero is exact whatever the range', () => {
    for (const [low, high] of [
      [-1, 1],
      [-0.3, 17],
      [-123.4, 0.01],
      [3, 9],
    ] as const) {
      const parameters = asymmetricParameters(low, high);
      assert.equal(dequantizeValue(quantizeValue(0, parameters, uint8Range), parameters), 0);
      assert.ok(parameters.zeroPoint >= 0 && parameters.zeroPoint <= 255);
    }
  });
});

suite('symmetricParameters', () => {
  test('span the larger end, with zero point 0', () => {
    const expected: readonly (readonly [low: number, high: number, scale: number])[] = [
      [-1, 1, 0.007874015718698502],
      [0, 6, 0.04724409431219101],
      [-6, -2, 0.04724409431219101],
      [-2.5, 7.3, 0.05748031660914421],
    ];
    for (const [low, high, scale] of expected) {
      assert.deepEqual(symmetricParameters(low, high), { scale, zeroPoint: 0 });
    }
  });

  test('of nothing but zeros or denormals have scale 1', () => {
    assert.deepEqual(symmetricParameters(0, 0), { scale: 1, zeroPoint: 0 });
    assert.deepEqual(symmetricParameters(-1e-40, 1e-40), { scale: 1, zeroPoint: 0 });
  });
});

suite('quantizeValue gives what QuantizeLinear of ONNX Runtime 1.30 gives', () => {
  const quantizeAll = (values: readonly number[], scale: number, zeroPoint: number, range = uint8Range) =>
    values.map((value) => quantizeValue(Math.fround(value), { scale: Math.fround(scale), zeroPoint }, range));
  const ties = [-1000, -3.5, -2.5, -1.5, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1.5, 2.5, 3.5, 126.5, 127.5, 1000];
  const fullInt8 = { min: -128, max: 127 };

  test('on ties and far outside, uint8', () => {
    assert.deepEqual(quantizeAll(ties, 1, 0), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 4, 126, 128, 255]);
    assert.deepEqual(
      quantizeAll(ties, 1, 128),
      [0, 124, 126, 126, 128, 128, 128, 128, 128, 129, 130, 130, 132, 254, 255, 255],
    );
  });

  test('on ties and far outside, int8', () => {
    assert.deepEqual(
      quantizeAll(ties, 0.5, 0, fullInt8),
      [-128, -7, -5, -3, -1, 0, 0, 0, 1, 2, 3, 5, 7, 127, 127, 127],
    );
  });

  test('where the quotient is a tie only in float32', () => {
    // 0.15f / 0.1f is 1.5 in float32 and a little more in float64.
    assert.deepEqual(quantizeAll([0.15, 0.25, 0.35, 0.45, 0.55, 0.65], 0.1, 0), [2, 2, 4, 4, 6, 6]);
  });

  test('on plain values', () => {
    const values = [-3.7, -1.234567, -0.1, -0.05, 0, 0.0123, 0.1, 0.3, 0.35, 1.05, 2.2, 3.3];
    assert.deepEqual(quantizeAll(values, 0.1, 37), [0, 25, 36, 37, 37, 37, 38, 40, 41, 47, 59, 70]);
    assert.deepEqual(
      quantizeAll(values, 0.023529411764705882, 128),
      [0, 76, 124, 126, 128, 129, 132, 141, 143, 173, 222, 255],
    );
    assert.deepEqual(quantizeAll(values, 3.5 / 127, 0, fullInt8), [-128, -45, -4, -2, 0, 0, 4, 11, 13, 38, 80, 120]);
  });
});

test('rounding costs at most half a step inside the range', () => {
  const parameters = asymmetricParameters(-2.5, 7.3);
  for (let value = -2.5; value <= 7.3; value += 0.0137) {
    const restored = dequantizeValue(quantizeValue(value, parameters, uint8Range), parameters);
    assert.ok(Math.abs(restored - value) <= parameters.scale * 0.5000001, `${value} came back as ${restored}`);
  }
});

suite('channels', () => {
  // 2 x 3 x 2: element value = its index.
  const data = Float32Array.from({ length: 12 }, (_, index) => index);

  test('lie in runs: outer x channels x inner', () => {
    assert.deepEqual(channelLayout([2, 3, 4, 5], 0), { outer: 1, channels: 2, inner: 60 });
    assert.deepEqual(channelLayout([2, 3, 4, 5], 1), { outer: 2, channels: 3, inner: 20 });
    assert.deepEqual(channelLayout([2, 3, 4, 5], 3), { outer: 24, channels: 5, inner: 1 });
    assert.deepEqual(channelLayout([2, 3, 4, 5], null), { outer: 1, channels: 1, inner: 120 });
  });

  test('have their largest magnitude each', () => {
    const signed = data.map((value) => (value % 2 === 0 ? value : -value));
    assert.deepEqual([...channelMaxAbs(signed, channelLayout([2, 3, 2], 0))], [5, 11]);
    assert.deepEqual([...channelMaxAbs(signed, channelLayout([2, 3, 2], 1))], [7, 9, 11]);
    assert.deepEqual([...channelMaxAbs(signed, channelLayout([2, 3, 2], 2))], [10, 11]);
    assert.deepEqual([...channelMaxAbs(signed, channelLayout([2, 3, 2], null))], [11]);
  });

  test('are quantized with a scale each', () => {
    const layout = channelLayout([2, 3, 2], 1);
    const quantized = quantizeSymmetric(data, layout, Float32Array.of(1, 0.5, 0.05), int8SymmetricRange);
    assert.deepEqual([...quantized], [0, 1, 4, 6, 80, 100, 6, 7, 16, 18, 127, 127]);
  });

  test('saturate symmetrically: -128 stays unused', () => {
    const layout = channelLayout([2], null);
    const quantize = (range: typeof int8SymmetricRange) => [
      ...quantizeSymmetric(Float32Array.of(-1000, 1000), layout, Float32Array.of(1), range),
    ];
    assert.deepEqual(quantize(int8SymmetricRange), [-127, 127]);
    assert.deepEqual(quantize(int8ReducedRange), [-64, 64]);
  });
});
