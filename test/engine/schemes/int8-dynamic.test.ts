import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import { describePrecision } from '../../../shared/precision.ts';
import {
  buildModel,
  countFusedOps,
  countOps,
  floats,
  inMemory,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
} from '../build-model.ts';

const recipe = { scheme: 'int8-dynamic' } as const;

async function assertFused(quantized: Awaited<ReturnType<typeof quantize>>, model: ModelProto): Promise<void> {
  const { diagnostics } = await checkFusion(encodeModel(quantized.model), quantized.plan, indexGraph(inMemory(model)));
  assert.deepEqual(diagnostics, []);
}

suite('int8-dynamic', () => {
  test('multiplies integers by the definition of DynamicQuantizeLinear', async () => {
    const model = buildModel({
      inputs: { x: [1, 2] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: floats([2, 2], [1.27, 0.5, -0.3, -1]) },
    });
    const quantized = await quantize(model, [{ x: floats([1, 2], [2.55, 1]) }], { recipe });
    const { y } = await run(quantized.model, { x: floats([1, 2], [2.55, 1]) });
    // Input: range [0, 2.55], scale 0.01, integers 255 and 100. Weights: scales 0.01 and 1/127, integers 127, -30 and 64, -127.
    const second = (255 * 64 - 100 * 127) * 0.01 * (1 / 127);
    const [first, other] = y!.data as Float32Array;
    assert.ok(Math.abs(first! - (255 * 127 - 100 * 30) * 1e-4) < 1e-5);
    assert.ok(Math.abs(other! - second) < 1e-5);
  });

  for (const [name, node, weight] of [
    ['MatMul', op('MatMul', 'x w', 'h'), noise([16, 12], 1, 0.3)],
    ['Gemm', op('Gemm', 'x w b', 'h'), noise([16, 12], 1, 0.3)],
    ['Gemm, transB', op('Gemm', 'x w b', 'h', { transB: 1 }), noise([12, 16], 1, 0.3)],
  ] as const) {
    for (const perChannel of [true, false]) {
      test(`${name} ${perChannel ? 'with a scale a column' : 'with one scale'}`, async () => {
        const model = buildModel({
          inputs: { x: ['N', 16] },
          outputs: 'y',
          nodes: [node, op('Relu', 'h', 'y')],
          weights: { w: weight, b: noise([12], 2, 0.5) },
        });
        const samples = [3, 4].map((seed): Feeds => ({ x: noise([4, 16], seed) }));
        const quantized = await quantize(model, samples, {
          recipe: { ...recipe, perChannel },
          weightRange: 'int8-pairs',
        });
        assert.equal(describePrecision(nodePlan(quantized.plan, 'h').precision), 'w8 a8 dynamic');
        assert.deepEqual(quantized.plan.observe, []);
        assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 32);
        await assertFused(quantized, model);
      });
    }
  }

  test('rounds an input once for all layers that read it', async () => {
    const model = buildModel({
      inputs: { x: ['N', 16] },
      outputs: 'q k v',
      nodes: [op('MatMul', 'x a', 'q'), op('MatMul', 'x b', 'k'), op('MatMul', 'x c', 'v')],
      weights: { a: noise([16, 8], 1), b: noise([16, 8], 2), c: noise([16, 8], 3) },
    });
    const quantized = await quantize(model, [{ x: noise([4, 16], 4) }], { recipe });
    assert.equal(countOps(quantized.model)['DynamicQuantizeLinear'], 1);
    assert.equal((await countFusedOps(quantized.model))['MatMulIntegerToFloat'], 3);
  });

  for (const direction of ['forward', 'reverse', 'bidirectional']) {
    test(`an LSTM, ${direction}`, async () => {
      const directions = direction === 'bidirectional' ? 2 : 1;
      const model = buildModel({
        inputs: { x: [6, 2, 8] },
        outputs: 'y h',
        nodes: [op('LSTM', 'x w r b', 'y h', { hidden_size: 5, direction })],
        weights: {
          w: noise([directions, 20, 8], 1, 0.4),
          r: noise([directions, 20, 5], 2, 0.4),
          b: noise([directions, 40], 3, 0.2),
        },
      });
      const samples = [4, 5].map((seed): Feeds => ({ x: noise([6, 2, 8], seed) }));
      const quantized = await quantize(model, samples, { recipe, weightRange: 'int8-pairs' });
      assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 28);
      await assertFused(quantized, model);
      assert.deepEqual(
        quantized.result.diagnostics.map(({ code }) => code),
        ['contrib-operators'],
      );
    });
  }

  test('a convolution only where it is named, and says why not elsewhere', async () => {
    const model = buildModel({
      inputs: { x: ['N', 3, 6, 6] },
      outputs: 'y',
      nodes: [op('Conv', 'x w b', 'y', { pads: [1, 1, 1, 1] })],
      weights: { w: noise([4, 3, 3, 3], 1, 0.3), b: noise([4], 2) },
    });
    const samples: Feeds[] = [{ x: noise([2, 3, 6, 6], 3) }];
    const { plan } = await quantize(model, samples, { recipe });
    assert.match(nodePlan(plan, 'y').reason, /ConvInteger\) is slower than in float/);
    const named = await quantize(model, samples, { recipe: { ...recipe, includeOpTypes: ['Conv'] } });
    assert.equal(countOps(named.model)['ConvInteger'], 1);
    assert.ok((await measureSqnrDb(model, named.model, samples)) > 30);
  });

  test('says why a layer has no dynamic form', async () => {
    const model = buildModel({
      inputs: { x: [6, 2, 8], k: [2, 4, 4] },
      outputs: 'y z',
      nodes: [op('GRU', 'x w r', 'y', { hidden_size: 4 }), op('MatMul', 'k k', 'z')],
      weights: { w: noise([1, 12, 8], 1), r: noise([1, 12, 4], 2) },
    });
    const { plan } = await quantize(model, [{ x: noise([6, 2, 8], 1), k: noise([2, 4, 4], 2) }], { recipe });
    assert.deepEqual(
      ['y', 'z'].map((name) => nodePlan(plan, name).reason),
      ['ONNX Runtime has no dynamic int8 GRU', 'its weight is computed at run time'],
    );
  });

  test('goes together with int8-static and int8-weights in one graph', async () => {
    const model = buildModel({
      inputs: { x: ['N', 3, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w1', 'c', { pads: [1, 1, 1, 1] }),
        op('Relu', 'c', 'r'),
        op('GlobalAveragePool', 'r', 'p'),
        op('Flatten', 'p', 'f'),
        op('MatMul', 'f w2', 'h'),
        op('Tanh', 'h', 't'),
        op('MatMul', 't w3', 'y'),
      ],
      weights: { w1: noise([8, 3, 3, 3], 1, 0.3), w2: noise([8, 12], 2, 0.4), w3: noise([12, 6], 3, 0.4) },
    });
    const samples = [4, 5, 6].map((seed): Feeds => ({ x: noise([2, 3, 8, 8], seed) }));
    const { plan, model: mixed } = await quantize(model, samples, {
      weightRange: 'int8-pairs',
      recipe: {
        overrides: [
          { scheme: 'int8-dynamic', nodes: ['h'], opTypes: [] },
          { scheme: 'int8-weights', nodes: ['y'], opTypes: [] },
        ],
      },
    });
    const precisions = ['c', 'h', 'y'].map((name) => describePrecision(nodePlan(plan, name).precision));
    assert.deepEqual(precisions, ['w8 a8', 'w8 a8 dynamic', 'w8 stored']);
    assert.ok((await measureSqnrDb(model, mixed, samples)) > 28);
  });
});
