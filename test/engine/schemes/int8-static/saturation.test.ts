/**
 * x86 CPUs without VNNI add pairs of u8 x s8 products in 16 bits, which saturate. These tests hold on every CPU: where
 * nothing saturates anyway, all ranges agree with the unfused graph.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ModelProto, NodeProto } from '../../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../../electron/engine/tensor/tensor.ts';
import { assertClose, buildModel, floats, noise, op, quantize, run } from '../../build-model.ts';

/** Weights of one sign and inputs at the top of their range: the worst case for pair sums. */
function worstCase(node: NodeProto, weight: Tensor, inputDims: readonly number[]): { model: ModelProto; feeds: Feeds } {
  const model = buildModel({ inputs: { x: inputDims }, outputs: 'y', nodes: [node], weights: { w: weight } });
  const noisy = noise(inputDims, 3, 0.02).data as Float32Array;
  return { model, feeds: { x: floats(inputDims, noisy.map((value) => Math.min(1, 0.98 + value))) } }; // prettier-ignore
}

/** Mostly positive, near the largest magnitude. */
function heavyWeight(dims: readonly number[]): Tensor {
  return floats(
    dims,
    (noise(dims, 1, 0.1).data as Float32Array).map((value) => 0.8 + value),
  );
}

/** Largest difference between the optimized and the unfused quantized graph, in units of the largest output. */
async function saturationError(model: ModelProto, feeds: Feeds, weightRange: 'int8-pairs' | 'int8-reduced' | 'int8') {
  const { model: quantized } = await quantize(model, [feeds], { weightRange });
  const fused = (await run(quantized, feeds))['y']!.data as Float32Array;
  const plain = (await run(quantized, feeds, 'disabled'))['y']!.data as Float32Array;
  let error = 0;
  let largest = 0;
  plain.forEach((value, index) => {
    error = Math.max(error, Math.abs(value - fused[index]!));
    largest = Math.max(largest, Math.abs(value));
  });
  return error / largest;
}

/** One step of an 8-bit output; the fused kernel may round to the other side. */
const oneStep = 1.5 / 255;

const layers: readonly (readonly [string, NodeProto, Tensor, readonly number[]])[] = [
  ['Conv 1x1', op('Conv', 'x w', 'y'), heavyWeight([8, 32, 1, 1]), [1, 32, 6, 6]],
  ['Conv 3x3', op('Conv', 'x w', 'y'), heavyWeight([8, 16, 3, 3]), [1, 16, 6, 6]],
  ['Conv 3x3, odd channels', op('Conv', 'x w', 'y'), heavyWeight([8, 7, 3, 3]), [1, 7, 6, 6]],
  ['Conv 3x3, grouped', op('Conv', 'x w', 'y', { group: 2 }), heavyWeight([8, 8, 3, 3]), [1, 16, 6, 6]],
  ['depthwise Conv', op('Conv', 'x w', 'y', { group: 16 }), heavyWeight([16, 1, 3, 3]), [1, 16, 6, 6]],
  ['depthwise Conv with multiplier 2', op('Conv', 'x w', 'y', { group: 8 }), heavyWeight([16, 1, 3, 3]), [1, 8, 6, 6]],
  ['depthwise Conv 5x5', op('Conv', 'x w', 'y', { group: 16 }), heavyWeight([16, 1, 5, 5]), [1, 16, 6, 6]],
  ['Gemm', op('Gemm', 'x w', 'y'), heavyWeight([64, 8]), [3, 64]],
  ['Gemm with transB', op('Gemm', 'x w', 'y', { transB: 1 }), heavyWeight([8, 64]), [3, 64]],
  ['MatMul', op('MatMul', 'x w', 'y'), heavyWeight([64, 8]), [3, 64]],
];

for (const weightRange of ['int8-pairs', 'int8-reduced'] as const) {
  suite(`${weightRange} weights never saturate`, () => {
    for (const [name, node, weight, inputDims] of layers) {
      test(name, async () => {
        const { model, feeds } = worstCase(node, weight, inputDims);
        const error = await saturationError(model, feeds, weightRange);
        assert.ok(error <= oneStep, `fused and unfused differ by ${(100 * error).toFixed(2)} % of the output`);
      });
    }
  });
}

test('8-bit weights either agree with the unfused graph or visibly saturate: the test can tell', async (context) => {
  const [, node, weight, inputDims] = layers[1]!;
  const { model, feeds } = worstCase(node, weight, inputDims);
  const error = await saturationError(model, feeds, 'int8');
  assert.ok(error <= oneStep || error > 0.05, `${error}`);
  context.diagnostic(
    error > 0.05 ? `this CPU saturates: ${(100 * error).toFixed(0)} % off` : 'this CPU does not saturate',
  );
});

test('a weight with one scale that two layers read along different axes obeys the pairs of both', async () => {
  // Signs alternate along one axis: pairs cancel for the first reader and add up for the second.
  const alternating = floats(
    [32, 32],
    (heavyWeight([32, 32]).data as Float32Array).map((value, index) => (index % 2 === 0 ? value : -value)),
  );
  const x = noise([3, 32], 3, 0.02).data as Float32Array;
  const feeds: Feeds = { x: floats([3, 32], x.map((value) => Math.min(1, 0.98 + value))) }; // prettier-ignore
  const model = buildModel({
    inputs: { x: [3, 32] },
    outputs: 'z y',
    nodes: [op('Gemm', 'x w', 'z', { transB: 1 }), op('Gemm', 'x w', 'y')],
    weights: { w: alternating },
  });
  const { model: quantized } = await quantize(model, [feeds], {
    weightRange: 'int8-pairs',
    recipe: { perChannel: false },
  });
  const [fused, plain] = [await run(quantized, feeds), await run(quantized, feeds, 'disabled')];
  for (const name of ['z', 'y']) {
    const expected = plain[name]!.data as Float32Array;
    assertClose(fused[name]!.data as Float32Array, expected, oneStep * Math.max(...expected.map(Math.abs)));
  }
});
