import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { takeInventory } from '../../../electron/engine/1-analyze/cost.ts';
import { checkFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { describePrecision } from '../../../shared/precision.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, countOps, inMemory, measureSqnrDb, nodePlan, noise, op, quantize } from '../build-model.ts';

/** x -> Conv -> Relu -> Conv -> pooled -> Gemm and MatMul -> y. */
function network(opset = 17): ModelProto {
  return buildModel({
    opset,
    inputs: { x: ['N', 3, 8, 8] },
    outputs: 'y',
    nodes: [
      op('Conv', 'x w1 b1', 'a', { pads: [1, 1, 1, 1] }),
      op('Relu', 'a', 'r'),
      op('Conv', 'r w2', 'c', { group: 2 }),
      op('GlobalAveragePool', 'c', 'p'),
      op('Flatten', 'p', 'f'),
      op('Gemm', 'f g bias', 'h', { transB: 1 }),
      op('MatMul', 'h m', 'y'),
    ],
    weights: {
      w1: noise([8, 3, 3, 3], 1, 0.3),
      b1: noise([8], 2, 0.1),
      w2: noise([8, 4, 3, 3], 3, 0.2),
      g: noise([16, 8], 4, 0.3),
      bias: noise([16], 5, 0.1),
      m: noise([16, 6], 6, 0.3),
    },
  });
}

const samples = [7, 8, 9].map((seed): Feeds => ({ x: noise([2, 3, 8, 8], seed) }));

suite('int8-weights', () => {
  test('stores every weight in 8 bits with a scale a channel, and computes in float', async () => {
    const model = network();
    const quantized = await quantize(model, samples, { recipe: { scheme: 'int8-weights' } });
    const axes = ['a', 'c', 'h', 'y'].map((name) => nodePlan(quantized.plan, name).precision.weights?.axis);
    assert.deepEqual(axes, [0, 0, 0, 1]);
    assert.deepEqual(quantized.plan.observe, []);
    assert.equal(countOps(quantized.model)['DequantizeLinear'], undefined);
    assert.equal(countOps(quantized.model)['Cast'], 4);
    assert.equal(countOps(quantized.model)['QuantizeLinear'], undefined);
    assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 35);
    const { diagnostics } = await checkFusion(
      encodeModel(quantized.model),
      quantized.plan,
      indexGraph(inMemory(model)),
    );
    assert.deepEqual(diagnostics, []);
  });

  test('counts what it stores: integers as weights, factors as what quantization adds', async () => {
    const model = network();
    const quantized = await quantize(model, samples, { recipe: { scheme: 'int8-weights' } });
    const [before, after] = [model, quantized.model].map((proto) => takeInventory(indexGraph(inMemory(proto))));
    const biases = 8 + 16;
    assert.equal(after!.parameters, before!.parameters);
    assert.equal(after!.fp32EquivalentParameters, (before!.parameters - biases) / 4 + biases);
    // A factor for each channel of the four weights.
    assert.equal(after!.quantizationBytes, 4 * (8 + 8 + 16 + 6));
  });

  test('says what has no weights, and where they are computed', async () => {
    const model = buildModel({
      inputs: { x: ['N', 4], k: [4, 3] },
      outputs: 'y',
      nodes: [op('MatMul', 'x k', 'a'), op('Relu', 'a', 'r'), op('MatMul', 'r w', 'y')],
      weights: { w: noise([3, 2], 1) },
    });
    const one: Feeds[] = [{ x: noise([2, 4], 2), k: noise([4, 3], 3) }];
    const { plan } = await quantize(model, one, { recipe: { scheme: 'int8-weights' } });
    assert.deepEqual(
      ['a', 'r', 'y'].map((name) => nodePlan(plan, name).reason),
      ['its weight is computed at run time', 'it has no weights', ''],
    );
  });

  for (const opset of [11, 13, 21]) {
    test(`goes together with int8-static and float in one graph, opset ${opset}`, async () => {
      const model = network(opset);
      const { plan, model: mixed } = await quantize(model, samples, {
        weightRange: 'int8-pairs',
        recipe: {
          overrides: [
            { scheme: 'int8-weights', nodes: [], opTypes: ['Gemm', 'MatMul'] },
            { scheme: 'float', nodes: ['y'], opTypes: [] },
            { scheme: 'int8-weights', nodes: ['/^c$/'], opTypes: [] },
          ],
        },
      });
      const precisions = ['a', 'c', 'h', 'y'].map((name) => describePrecision(nodePlan(plan, name).precision));
      assert.deepEqual(precisions, ['w8 a8', 'w8 stored', 'w8 stored', 'float']);
      assert.equal(nodePlan(plan, 'y').reason, 'the recipe keeps it in float');
      assert.ok((await measureSqnrDb(model, mixed, samples)) > 30);
      const { diagnostics } = await checkFusion(encodeModel(mixed), plan, indexGraph(inMemory(model)));
      assert.deepEqual(diagnostics, []);
    });
  }
});
