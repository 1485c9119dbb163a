import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { CancelledError } from '../../../shared/app-error.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import {
  describeLayerInput,
  observeInputMoments,
  type InputMoments,
} from '../../../electron/engine/3-calibrate/input-moments.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, noise, op } from '../build-model.ts';

/** Moments of the only layer with weight `w`. */
async function momentsOf(
  model: ModelProto,
  samples: readonly Feeds[],
  signal = new AbortController().signal,
): Promise<InputMoments> {
  const prepared = inMemory(model);
  const graph = indexGraph(inMemory(model));
  const shapes = await observeShapes(prepared, samples[0]!);
  const node = graph.nodes.find(({ input }) => input[1] === 'w')!;
  const layer = describeLayerInput(node, graph.constants.get('w')!.dims.map(Number), shapes)!;
  const calibration = { count: samples.length, read: (index: number) => Promise.resolve(samples[index]!) };
  for await (const moments of observeInputMoments(prepared, [layer], {
    samples: calibration,
    shapes,
    threads: 1,
    signal,
  })) {
    return moments;
  }
  return assert.fail('no moments');
}

function convolution(weight: Tensor, size: number, attributes: Parameters<typeof op>[3] = {}): ModelProto {
  const channels = weight.dims[1]! * ((attributes['group'] as number | undefined) ?? 1);
  return buildModel({
    inputs: { x: ['N', channels, size, size] },
    outputs: 'y',
    nodes: [op('Conv', 'x w', 'y', attributes) satisfies NodeProto],
    weights: { w: weight },
  });
}

const lowerTriangle = ({ layer: { length }, groups }: InputMoments, group = 0): number[] => {
  const values: number[] = [];
  for (let i = 0; i < length; i++) for (let j = 0; j <= i; j++) values.push(groups[group]![i * length + j]!);
  return values;
};

suite('moments of inputs are sums over the windows of a layer', () => {
  test('2x2 convolution over a 3x3 image of one channel: four windows', async () => {
    const image = floats([1, 1, 3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const moments = await momentsOf(convolution(noise([1, 1, 2, 2], 1), 3), [{ x: image }]);
    const windows = [[1, 2, 4, 5], [2, 3, 5, 6], [4, 5, 7, 8], [5, 6, 8, 9]]; // prettier-ignore
    const expected: number[] = [];
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j <= i; j++) expected.push(windows.reduce((sum, window) => sum + window[i]! * window[j]!, 0));
    }
    assert.deepEqual(lowerTriangle(moments), expected);
  });

  test('input channels are innermost, as the kernels sum', async () => {
    // Two channels, 1x2 window: (kw 0, c 0), (kw 0, c 1), (kw 1, c 0), (kw 1, c 1).
    const image = floats([1, 2, 1, 2], [1, 2, 10, 20]);
    const model = buildModel({
      inputs: { x: ['N', 2, 1, 2] },
      outputs: 'y',
      nodes: [op('Conv', 'x w', 'y')],
      weights: { w: noise([1, 2, 1, 2], 1) },
    });
    const { groups } = await momentsOf(model, [{ x: image }]);
    assert.deepEqual([0, 5, 10, 15].map((diagonal) => Math.sqrt(groups[0]![diagonal]!)), [1, 10, 2, 20]); // prettier-ignore
  });

  test('padding counts as zeros, strides and dilations are followed', async () => {
    const ones = floats([1, 1, 4, 4], new Float32Array(16).fill(1));
    const padded = await momentsOf(convolution(noise([1, 1, 3, 3], 1), 4, { pads: [1, 1, 1, 1] }), [{ x: ones }]);
    // 16 windows; the top left tap falls outside in the first row and column, the middle one never.
    assert.deepEqual([padded.groups[0]![0], padded.groups[0]![4 * 9 + 4]], [9, 16]);
    const strided = { pads: [1, 1, 1, 1], strides: [2, 2], dilations: [2, 2] };
    const sparse = await momentsOf(convolution(noise([1, 1, 2, 2], 1), 4, strided), [{ x: ones }]);
    // Output 2x2, windows start at -1 and 1, taps 2 apart: the first tap is inside for one start in each direction.
    assert.deepEqual([sparse.groups[0]![0], sparse.groups[0]![15]], [1, 4]);
  });

  test('auto_pad SAME_UPPER puts the odd row at the end', async () => {
    const ones = floats([1, 1, 4, 4], new Float32Array(16).fill(1));
    const model = convolution(noise([1, 1, 2, 2], 1), 4, { auto_pad: 'SAME_UPPER' });
    const { groups } = await momentsOf(model, [{ x: ones }]);
    assert.deepEqual([groups[0]![0], groups[0]![15]], [16, 9]);
  });

  test('every group of a depthwise convolution has its own', async () => {
    const image = floats([1, 2, 1, 1], [3, 5]);
    const moments = await momentsOf(convolution(noise([2, 1, 1, 1], 1), 1, { group: 2 }), [{ x: image }, { x: image }]);
    assert.deepEqual(moments.groups.map((sums) => [...sums]), [[18], [50]]); // prettier-ignore
  });

  test('matrices: rows of the last dimension, whatever stands before it', async () => {
    const model = buildModel({
      inputs: { x: ['N', 2, 3] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([3, 4], 1) },
    });
    const moments = await momentsOf(model, [{ x: floats([1, 2, 3], [1, 0, 2, 0, 3, 1]) }]);
    assert.deepEqual(lowerTriangle(moments), [1, 0, 9, 2, 3, 5]);
  });
});

test('large maps are sampled, the same places every time', async () => {
  const model = convolution(noise([1, 1, 1, 1], 1), 64);
  const samples: Feeds[] = [1, 2].map((seed) => ({ x: noise([1, 1, 64, 64], seed) }));
  const [first, second] = [await momentsOf(model, samples), await momentsOf(model, samples)];
  assert.deepEqual(first.groups, second.groups);
  const all = samples.reduce((sum, { x }) => sum + (x!.data as Float32Array).reduce((s, v) => s + v * v, 0), 0);
  assert.ok(first.groups[0]![0]! > 0 && first.groups[0]![0]! < all / 10);
});

test('observing stops when it is cancelled', async () => {
  const model = convolution(noise([1, 1, 1, 1], 1), 2);
  await assert.rejects(momentsOf(model, [{ x: noise([1, 1, 2, 2], 1) }], AbortSignal.abort()), CancelledError);
});
