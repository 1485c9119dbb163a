import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  meanOutputError,
  quantizeBias,
  quantizeWeight as quantizeTensor,
  type QuantizedWeight,
} from '../../../electron/engine/4-quantize/weights.ts';
import { summationOrder, type SummationOrder } from '../../../electron/engine/graph/ops/summation-order.ts';
import type { WeightRangeKind } from '../../../electron/engine/2-plan/quantization-plan.ts';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { assertClose, floats, noise } from '../build-model.ts';

function quantizeWeight(
  data: Float32Array,
  dims: readonly number[],
  axis: number | null,
  range: WeightRangeKind,
  order: SummationOrder | null = null,
  bias: Float32Array | null = null,
  inputScale = 1,
): QuantizedWeight {
  return quantizeTensor(
    makeTensor('w', floats(dims, data)),
    () => data,
    { dims, axis, range, order },
    bias,
    inputScale,
  );
}

suite('quantizeWeight', () => {
  test('has scale max|w| / 127 in each channel and rounds half to even', () => {
    const { data, scales } = quantizeWeight(
      Float32Array.of(127, -2.5, 0.5, 1.5, 0, 12.7, -6.35, 0.05),
      [2, 4],
      0,
      'int8',
    );
    assert.deepEqual([...data], [127, -2, 0, 2, 0, 127, -64, 0]);
    assertClose(scales, [1, 0.1], 1e-8);
  });

  test('has one scale in all without an axis', () => {
    const { data, scales } = quantizeWeight(Float32Array.of(127, -2.5, 12.7, 0), [2, 2], null, 'int8');
    assert.deepEqual([...data], [127, -2, 13, 0]);
    assert.deepEqual([...scales], [1]);
  });

  test('gives 7-bit weights in the reduced range', () => {
    const { data, scales } = quantizeWeight(Float32Array.of(64, -64, 32, 1), [1, 4], 0, 'int8-reduced');
    assert.deepEqual([...data], [64, -64, 32, 1]);
    assert.deepEqual([...scales], [1]);
  });

  test('gives an all-zero channel scale 1 and zeros', () => {
    const { data, scales } = quantizeWeight(Float32Array.of(0, 0, 1, -1), [2, 2], 0, 'int8');
    assert.deepEqual([...data], [0, 0, 127, -127]);
    assert.equal(scales[0], 1);
  });

  test('lets the bias of an all-zero channel choose the scale, or it would be rounded to steps of the input', () => {
    const inputScale = 0.05;
    const bias = Float32Array.of(0.3071);
    const { scales } = quantizeWeight(Float32Array.of(0, 0), [1, 2], 0, 'int8', null, bias, inputScale);
    const stored = quantizeBias(bias, inputScale, scales);
    assertClose([stored.data[0]! * stored.scales[0]!], [bias[0]!], 1e-6);
  });

  test('takes weights too small for a float32 scale for zeros', () => {
    const { data, scales } = quantizeWeight(Float32Array.of(1e-38, -1e-40), [1, 2], 0, 'int8');
    assert.deepEqual([...data], [0, 0]);
    assert.deepEqual([...scales], [1]);
  });

  test('keeps tiny weights that have a scale', () => {
    const { data, scales } = quantizeWeight(Float32Array.of(1.27e-20, -1e-22), [1, 2], 0, 'int8');
    assert.deepEqual([...data], [127, -1]);
    assert.ok(scales[0]! > 0.99e-22 && scales[0]! < 1.01e-22);
  });

  test('raises the scale of a channel whose bias would not fit into int32', () => {
    const inputScale = 1e-3;
    const weight = Float32Array.of(1e-6, -5e-7, 0.5, 0.25);
    const bias = Float32Array.of(100, 100);
    const { scales, raisedChannels } = quantizeWeight(weight, [2, 2], 0, 'int8', null, bias, inputScale);
    assert.equal(raisedChannels, 1);
    assert.ok(scales[0]! > 10 * (1e-6 / 127), 'raised');
    assertClose([scales[1]!], [0.5 / 127], 1e-9);
    const stored = quantizeBias(bias, inputScale, scales);
    for (const [channel, value] of stored.data.entries()) {
      assert.ok(Math.abs(value) <= 2 ** 30, 'room is left for the sum of products');
      assertClose([value * stored.scales[channel]!], [100], 1e-4);
    }
  });

  test('raises the scale for the largest bias of the groups that share it', () => {
    // ConvTranspose with 2 groups: 4 outputs, 2 scales.
    const weight = Float32Array.of(1e-6, 1e-6, 1e-6, 1e-6);
    const bias = Float32Array.of(0, 0, 100, 0);
    const { scales, raisedChannels } = quantizeWeight(weight, [2, 2, 1, 1], 1, 'int8', null, bias, 1e-3);
    assert.equal(raisedChannels, 1);
    const stored = quantizeBias(bias, 1e-3, scales);
    assert.deepEqual([stored.data.length, stored.scales.length], [4, 4]);
    assertClose([stored.data[2]! * stored.scales[2]!], [100], 1e-4);
  });
});

suite('quantizeBias', () => {
  test('has scale s_x * s_w in float32 and rounds half to even', () => {
    const { data, scales } = quantizeBias(Float32Array.of(0.75, -1.25, 10), 0.5, Float32Array.of(1, 1, 0.25));
    assert.deepEqual([...scales], [0.5, 0.5, 0.125]);
    assert.deepEqual([...data], [2, -2, 80]);
  });

  test('has one scale for a weight with one scale', () => {
    const { data, scales } = quantizeBias(Float32Array.of(1, 2, 3), 0.5, Float32Array.of(0.5));
    assert.deepEqual([...scales], [0.25]);
    assert.deepEqual([...data], [4, 8, 12]);
  });

  test('saturates at int32', () => {
    const { data } = quantizeBias(Float32Array.of(1e10, -1e10), 1, Float32Array.of(1));
    assert.deepEqual([...data], [2147483647, -2147483648]);
  });
});

suite('summationOrder', () => {
  const list = (opType: string, dims: number[], axis: number, channel: number): number[] => {
    const order = summationOrder(opType, dims, axis);
    return Array.from({ length: order.length }, (_, k) => order.offset(channel, k));
  };

  test('of a convolution runs over input channels first: NHWC', () => {
    // 2 outputs x 3 inputs x 1 x 2 positions; memory is (input, position).
    assert.deepEqual(list('Conv', [2, 3, 1, 2], 0, 0), [0, 2, 4, 1, 3, 5]);
    assert.deepEqual(list('Conv', [2, 3, 1, 2], 0, 1), [6, 8, 10, 7, 9, 11]);
  });

  test('of a matrix runs along K, whichever way it is stored', () => {
    assert.deepEqual(list('MatMul', [3, 2], 1, 1), [1, 3, 5]);
    assert.deepEqual(list('Gemm', [2, 3], 0, 1), [3, 4, 5]);
  });
});

suite('bounded pairs', () => {
  const largestPair = (data: Int8Array, dims: readonly number[]): number => {
    const order = summationOrder('Conv', dims, 0);
    let largest = 0;
    for (let channel = 0; channel < order.channels; channel++) {
      for (let k = 0; k + 1 < order.length; k += 2) {
        const sum = data[order.offset(channel, k)]! + data[order.offset(channel, k + 1)]!;
        largest = Math.max(largest, Math.abs(sum));
      }
    }
    return largest;
  };

  for (const axis of [0, null]) {
    test(`never add up beyond 128, ${axis === null ? 'one scale' : 'a scale a channel'}`, () => {
      for (let seed = 0; seed < 20; seed++) {
        const dims = [6, 5, 3, 3];
        const weight = noise(dims, seed).data as Float32Array;
        const order = summationOrder('Conv', dims, 0);
        const { data } = quantizeWeight(weight, dims, axis, 'int8-pairs', order);
        assert.ok(largestPair(data, dims) <= 128);
      }
    });
  }

  /** As the definition has it: every channel anew until none has a pair beyond 128. */
  const bySimpleRounds = (weight: Float32Array, order: SummationOrder, isPerChannel: boolean): number[] => {
    const offsetsOf = (channel: number) => Array.from({ length: order.length }, (_, k) => order.offset(channel, k));
    const places = Array.from({ length: order.channels }, (_, channel) => offsetsOf(channel));
    const pairsOf = (values: ArrayLike<number>, offsets: readonly number[]) =>
      offsets.slice(1).flatMap((at, k) => (k % 2 === 0 ? Math.abs(values[offsets[k]!]! + values[at]!) : []));
    const integers = new Int8Array(weight.length);
    for (const channels of isPerChannel ? places.map((offsets) => [offsets]) : [places]) {
      const all = channels.flat();
      let scale = Math.fround(Math.max(...all.map((at) => Math.abs(weight[at]!))) / 127);
      for (const offsets of channels)
        scale = Math.max(scale, Math.fround(Math.max(0, ...pairsOf(weight, offsets)) / 128));
      for (let isOver = true; isOver;) {
        for (const at of all) {
          const steps = Math.fround(weight[at]! / scale);
          const [floor, rest] = [Math.floor(steps), steps - Math.floor(steps)];
          integers[at] = Math.max(
            -127,
            Math.min(127, rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor),
          );
        }
        const sums = channels.map((offsets) => Math.max(0, ...pairsOf(integers, offsets)));
        for (const sum of sums) if (sum > 128) scale = Math.fround(scale * (sum / 128));
        isOver = sums.some((sum) => sum > 128);
      }
    }
    return [...integers];
  };

  for (const [opType, dims, channelAxis] of [
    ['Conv', [6, 5, 3, 2], 0],
    ['Conv', [7, 1, 1, 1], 0],
    ['MatMul', [9, 14], 1],
    ['Gemm', [14, 9], 0],
  ] as const) {
    test(`are those of the definition for ${opType} ${dims.join(' x ')}`, () => {
      const order = summationOrder(opType, dims, channelAxis);
      for (let seed = 0; seed < 12; seed++) {
        // Neighbours of one sign, many of them ties: some channels have to be rounded again, and others have not.
        const weight = (noise(dims, seed).data as Float32Array).map((value, at) => Math.round(Math.abs(value) * (at % 5 === 0 ? 9 : 64)) / 64); // prettier-ignore
        for (const axis of [channelAxis, null]) {
          const { data } = quantizeWeight(weight, dims, axis, 'int8-pairs', order);
          assert.deepEqual([...data], bySimpleRounds(weight, order, axis !== null), `seed ${seed}, axis ${axis}`);
        }
      }
    });
  }

  test('cost a channel nothing whose pairs are harmless', () => {
    const weight = Float32Array.of(1, -1, 0.5, 0, 1, 1, 0.5, 0);
    const order = summationOrder('Gemm', [2, 4], 0);
    const { scales } = quantizeWeight(weight, [2, 4], 0, 'int8-pairs', order);
    assertClose([scales[0]!], [1 / 127], 1e-9);
    assertClose([scales[1]!], [2 / 128], 1e-9);
  });
});

suite('meanOutputError is what rounding moves the output by on average', () => {
  // Two outputs; `inputs` names the input that each weight of theirs is multiplied by.
  const cases = [
    { of: 'a convolution in two groups', type: 'Conv', dims: [2, 2, 1, 1], axis: 0, groups: 2, inputs: [0, 1, 2, 3] },
    { of: 'a kernel of two positions', type: 'Conv', dims: [2, 1, 1, 2], axis: 0, groups: 1, inputs: [0, 0, 0, 0] },
    { of: 'two inputs at two positions', type: 'Conv', dims: [1, 2, 2, 1], axis: 0, groups: 1, inputs: [0, 0, 1, 1] },
    { of: 'a matrix with outputs last', type: 'MatMul', dims: [2, 2], axis: 1, groups: 1, inputs: [0, 0, 1, 1] },
    { of: 'a matrix with outputs first', type: 'Gemm', dims: [2, 2], axis: 0, groups: 1, inputs: [0, 1, 0, 1] },
  ];
  const means = Float64Array.of(10, 20, 30, 40);
  const weight = Float32Array.of(1, 0.3, -0.21, 1);
  for (const { of, type, dims, axis, groups, inputs } of cases) {
    test(of, () => {
      const order = summationOrder(type, dims, axis);
      const quantized = quantizeWeight(weight, dims, axis, 'int8', order);
      const expected = new Array<number>(dims[axis]!).fill(0);
      weight.forEach((value, index) => {
        const channel = axis === 1 ? index % 2 : Math.floor((index * dims[0]!) / 4);
        const lost = value - quantized.data[index]! * quantized.scales[channel]!;
        expected[channel]! += lost * means[inputs[index]!]!;
      });
      assertClose(meanOutputError(weight, quantized, order, means, groups), expected, 1e-6);
    });
  }
});
