/**
 * Layers that stay in float among int8 ones: ONNX Runtime gives Conv, ConvTranspose and Gemm between a DequantizeLinear and a
 * QuantizeLinear 8-bit weights with one scale of its own accord (weight_bias_quantization.cc). Here a few weights are a
 * hundred times as large as the others, so that such a scale would be seen.
 */
import { say } from '../../../shared/engine-texts/say.ts';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Recipe } from '../../../shared/recipe.ts';
import { verifyFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { copyMessage } from '../../../electron/engine/graph/edit.ts';
import { opsetVersion } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { createErrorSums } from '../../../electron/engine/tensor/statistics.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  countFusedOps,
  floats,
  integers,
  nodePlan,
  noise,
  op,
  quantize,
  run,
  modeOf,
} from '../build-model.ts';

interface Middle {
  readonly name: string;
  readonly opset?: number;
  /** Nodes from `a` (N x 8 x 8 x 8, in 8 bits) to `m`, which another int8 layer reads. */
  readonly nodes: readonly NodeProto[];
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly recipe?: Partial<Recipe>;
  /** What stays in float: the layer first, and perhaps what carries values to it. */
  readonly float: readonly [layer: string, ...string[]];
}

/** Weights of which the first `strong` are a hundred times as large as the rest. */
function uneven(dims: readonly number[], strong: number): Tensor {
  const tensor = noise(dims, 7, 0.01);
  const data = Float32Array.from(tensor.data as Float32Array, (value, index) => (index < strong ? 100 * value : value));
  return { ...tensor, data };
}

const convolution = {
  weights: { w: uneven([8, 8, 1, 1], 8), last: noise([8, 8, 1, 1], 2, 0.3) },
  float: ['m'],
} as const;
const matrix = {
  w: uneven([8, 512], 8),
  c: noise([8], 8, 0.1),
  shape: integers([-1, 512]),
  last: noise([8, 8], 2, 0.3),
};
const flat = op('Reshape', 'a shape', 'f');

const middles: readonly Middle[] = [
  { name: 'Conv', nodes: [op('Conv', 'a w', 'm')], ...convolution },
  { name: 'Conv of opset 11', opset: 11, nodes: [op('Conv', 'a w', 'm')], ...convolution },
  {
    name: 'Conv of opset 11 beside weights with one scale',
    opset: 11,
    nodes: [op('Conv', 'a w', 'm')],
    recipe: { perChannel: false },
    ...convolution,
  },
  {
    name: 'grouped Conv with a bias',
    nodes: [op('Conv', 'a w b', 'm', { group: 2 })],
    ...convolution,
    weights: { ...convolution.weights, w: uneven([8, 4, 1, 1], 4), b: noise([8], 8, 0.1) },
  },
  { name: 'ConvTranspose', nodes: [op('ConvTranspose', 'a w', 'm')], ...convolution },
  {
    name: 'Conv behind a MaxPool in float',
    nodes: [op('MaxPool', 'a', 'p', { kernel_shape: [2, 2] }), op('Conv', 'p w', 'm')],
    weights: convolution.weights,
    float: ['m', 'p'],
  },
  { name: 'Gemm', nodes: [flat, op('Gemm', 'f w c', 'm', { transB: 1 })], weights: matrix, float: ['m'] },
  {
    name: 'Gemm behind a Reshape in float',
    nodes: [flat, op('Gemm', 'f w c', 'm', { transB: 1 })],
    weights: matrix,
    float: ['m', 'f'],
  },
  {
    name: 'MatMul and Add, which become a Gemm',
    nodes: [flat, op('MatMul', 'f w', 'n'), op('Add', 'n c', 'm')],
    weights: { ...matrix, w: uneven([512, 8], 8) },
    float: ['n', 'm'],
  },
];

function build({ opset, nodes, weights }: Middle): ModelProto {
  const last = weights['last']!.dims.length === 4 ? 'Conv' : 'Gemm';
  return buildModel({
    ...(opset === undefined ? {} : { opset }),
    inputs: { x: ['N', 8, 8, 8] },
    outputs: 'y',
    nodes: [op('Conv', 'x first', 'a'), ...nodes, op(last, 'm last', 'y')],
    weights: { first: noise([8, 8, 1, 1], 1, 0.3), ...weights },
  });
}

/** The same model with one scale where there is one for each channel. */
function unprotect(model: ModelProto): ModelProto {
  const suffix = '_by_channel';
  const node = model.graph!.node.map((made) => {
    if (made.opType !== 'DequantizeLinear' || made.input[1]?.endsWith(suffix) !== true) return made;
    const input = made.input.map((name) => (name.endsWith(suffix) ? name.slice(0, -suffix.length) : name));
    return copyMessage(made, { input, attribute: [] });
  });
  return copyMessage(model, { graph: copyMessage(model.graph!, { node }) });
}

/** How close ONNX Runtime's optimized graph comes to the one as written, in dB. */
async function optimizedSqnrDb(model: ModelProto, feeds: Feeds): Promise<number> {
  const [written, optimized] = [await run(model, feeds, 'disabled'), await run(model, feeds, 'all')];
  const sums = createErrorSums();
  sums.add(written['y']!.data as Float32Array, optimized['y']!.data as Float32Array);
  // Null where nothing differs.
  return sums.sqnrDb() ?? Infinity;
}

suite('layers that stay in float', () => {
  for (const middle of middles) {
    test(middle.name, async () => {
      const model = build(middle);
      const feeds = { x: noise([2, 8, 8, 8], 3) };
      const keepFloat = new Map(middle.float.map((name) => [name, say('recipeKeepsFloat')]));
      // What int8 layers saturate at on CPUs without int8 dot products would be seen as well.
      const weightRange = 'int8-pairs';
      const {
        graph,
        model: quantized,
        plan,
      } = await quantize(model, [feeds], { keepFloat, weightRange, recipe: middle.recipe ?? {} });
      assert.equal(opsetVersion(quantized), middle.opset ?? 17);
      assert.deepEqual(await verifyFusion(encodeModel(quantized), plan, graph), []);
      assert.ok((await optimizedSqnrDb(quantized, feeds)) > 100);

      const unprotected = unprotect(quantized);
      assert.deepEqual(
        (await verifyFusion(encodeModel(unprotected), plan, graph)).map(({ code, node }) => [code, node]),
        [['float-requantized', middle.float[0]]],
      );
      assert.ok((await optimizedSqnrDb(unprotected, feeds)) < 40);
    });
  }

  test('what came in 8 bits is no such layer', async () => {
    const model = buildModel({
      inputs: { x: ['N', 8, 8, 8] },
      outputs: 'y',
      nodes: [
        op('QuantizeLinear', 'x s z', 'xq'),
        op('DequantizeLinear', 'xq s z', 'xd'),
        op('DequantizeLinear', 'wq s', 'wd'),
        op('Conv', 'xd wd', 'own'),
        op('QuantizeLinear', 'own s z', 'oq'),
        op('DequantizeLinear', 'oq s z', 'od'),
        op('Conv', 'od w', 'a'),
        op('Conv', 'a w', 'y'),
      ],
      weights: {
        s: floats([], [0.05]),
        z: { dataType: 'uint8', dims: [], data: Uint8Array.of(128) },
        wq: { dataType: 'int8', dims: [8, 8, 1, 1], data: Int8Array.from({ length: 64 }, (_, index) => index - 32) },
        w: noise([8, 8, 1, 1], 1, 0.3),
      },
    });
    const { graph, model: quantized, plan } = await quantize(model, [{ x: noise([2, 8, 8, 8], 3) }]);
    assert.equal(modeOf(nodePlan(plan, 'own')), 'float');
    assert.equal((await countFusedOps(quantized))['QLinearConv'], 3);
    assert.deepEqual(await verifyFusion(encodeModel(quantized), plan, graph), []);
  });
});
