/**
 * For every operator of the op table that can be int8: Conv -> operator -> Conv, quantized, must come out of ONNX Runtime's
 * own optimizer as int8 kernels throughout: one QuantizeLinear in front, one DequantizeLinear behind, nothing in between.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { quantizableOpTypes } from '../../../../electron/engine/2-plan/op-table.ts';
import { readOptimizedGraph, verifyFusion } from '../../../../electron/engine/4-quantize/verify.ts';
import { opsetVersion } from '../../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../../electron/engine/onnx/proto/onnx_pb.js';
import { readDevice } from '../../../../electron/engine/runtime/device.ts';
import type { Tensor } from '../../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  countFusedOps,
  countOps,
  floats,
  measureSqnrDb,
  noise,
  op,
  quantize,
  type Quantized,
  type QuantizeOptions,
  modeOf,
} from '../../build-model.ts';
import { buildSandwich, samples, same, sandwiches, type Sandwich } from './sandwiches.ts';

/** Kernels that move data between layouts come and go with ONNX Runtime's mood and do not compute. */
async function kernelsOf(model: ModelProto): Promise<Record<string, number>> {
  return Object.fromEntries(Object.entries(await countFusedOps(model)).filter(([opType]) => opType !== 'Transpose'));
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([first], [second]) => (first < second ? -1 : 1)));
}

/** No DequantizeLinear or other node works for nobody. */
function assertNothingDangles({ nodes, outputs }: { nodes: readonly NodeProto[]; outputs: readonly string[] }): void {
  const read = new Set([...outputs, ...nodes.flatMap((node) => node.input)]);
  const dangling = nodes.filter((node) => !node.output.some((name) => read.has(name))).map((node) => node.name);
  assert.deepEqual(dangling, []);
}

async function assertFused(
  sandwich: Sandwich,
  opset: number,
  options: QuantizeOptions = {},
  leastSqnrDb = 25,
): Promise<Quantized> {
  const model = buildSandwich(sandwich, opset);
  // Bounded pairs: so that the figures do not depend on whether this CPU saturates.
  const quantized = await quantize(model, samples, { weightRange: 'int8-pairs', ...options });
  assert.deepEqual(
    quantized.plan.nodes.filter((node) => modeOf(node) === 'float').map((node) => `${node.opType}: ${node.reason}`),
    [],
    'nothing stays float in the plan',
  );
  const convolutions = 2 + (sandwich.becomes['QLinearConv'] ?? 0);
  assert.deepEqual(
    await kernelsOf(quantized.model),
    sorted({ ...sandwich.becomes, QLinearConv: convolutions, QuantizeLinear: 1, DequantizeLinear: 1 }),
  );
  assertNothingDangles({ nodes: quantized.model.graph!.node, outputs: ['y'] });
  assert.deepEqual(await verifyFusion(encodeModel(quantized.model), quantized.plan, quantized.graph), []);
  const sqnrDb = await measureSqnrDb(model, quantized.model, samples);
  assert.ok(sqnrDb > leastSqnrDb, `SQNR is ${sqnrDb.toFixed(1)} dB`);
  return quantized;
}

for (const opset of [13, 17, 21]) {
  suite(`uint8 activations, opset ${opset}`, () => {
    for (const sandwich of sandwiches) {
      test(`${sandwich.name} runs as int8`, async () => {
        const { plan, model } = await assertFused(sandwich, opset);
        assert.equal(plan.form, 'onnx');
        assert.equal(opsetVersion(model), opset);
        assert.ok(model.graph!.node.every((node) => node.domain === ''));
      });
    }
  });
}

suite('uint8 activations, opset 11 with the com.microsoft operators', () => {
  for (const sandwich of sandwiches.filter(({ from = 0 }) => from <= 11)) {
    test(`${sandwich.name} runs as int8`, async () => {
      const { plan, model, result } = await assertFused(sandwich, 11);
      assert.equal(plan.form, 'com.microsoft');
      assert.equal(opsetVersion(model), 11);
      assert.equal(opsetVersion(model, 'com.microsoft'), 1);
      const quantizers = model.graph!.node.filter((node) => /^(Deq|Q)uantizeLinear$/i.test(node.opType));
      assert.ok(quantizers.length > 0 && quantizers.every((node) => node.domain === 'com.microsoft'));
      assert.ok(result.diagnostics.some((diagnostic) => diagnostic.code === 'contrib-qdq'));
    });
  }

  for (const sandwich of sandwiches.filter(({ from = 0 }) => from > 11)) {
    test(`${sandwich.name} stays float, with the opset as the reason`, async () => {
      const model = buildSandwich(sandwich, 11);
      const { plan, model: quantized } = await quantize(model, samples, { weightRange: 'int8-pairs' });
      const floating = plan.nodes.filter((node) => modeOf(node) === 'float');
      assert.equal(floating.length, 1);
      assert.match(floating[0]!.reason, /from opset 1[23] on/);
      assert.equal((await countFusedOps(quantized))['QLinearConv'], 2);
      assert.ok((await measureSqnrDb(model, quantized, samples)) > 25);
    });
  }
});

test('opset 11 without per-channel scales needs no com.microsoft operators', async () => {
  const relu = sandwiches.find(({ name }) => name === 'Relu')!;
  const { plan, model } = await assertFused(relu, 11, { recipe: { perChannel: false } }, 20);
  assert.equal(plan.form, 'onnx');
  assert.deepEqual(
    model.opsetImport.map((entry) => entry.domain),
    [''],
  );
});

suite('int8 activations (symmetric)', () => {
  for (const sandwich of sandwiches.filter(({ signed }) => signed !== false)) {
    test(`${sandwich.name} runs as int8 in a chain`, async () => {
      const { model, plan } = await assertFused(sandwich, 17, { recipe: { symmetricActivations: true } });
      assert.equal(plan.activationType, 'int8');
      const types = new Map(model.graph!.initializer.map((tensor) => [tensor.name, tensor.dataType]));
      for (const node of model.graph!.node.filter(({ opType }) => opType === 'QuantizeLinear')) {
        assert.equal(types.get(node.input[2]!), 3, 'the zero point is int8');
      }
    });
  }

  test('Relu is not folded: a symmetric range does not clamp at zero', async () => {
    const model = buildSandwich(
      sandwiches.find(({ name }) => name === 'Relu')!,
      17,
    );
    const { plan, model: quantized } = await quantize(model, samples, {
      recipe: { symmetricActivations: true },
      weightRange: 'int8-pairs',
    });
    const relu = plan.nodes.find(({ opType }) => opType === 'Relu')!;
    assert.equal(modeOf(relu), 'float');
    assert.match(relu.reason, /symmetric/);
    assert.ok((await measureSqnrDb(model, quantized, samples)) > 25);
  });

  test(
    'where a branch keeps them from fusing on x86, a diagnostic says so',
    { skip: process.arch !== 'x64' },
    async () => {
      // ONNX Runtime turns int8 activations into uint8 on x86, but only where one reader takes each tensor.
      const model = buildSandwich(
        sandwiches.find(({ name }) => name === 'Add (residual)')!,
        17,
      );
      const {
        graph,
        plan,
        model: quantized,
      } = await quantize(model, samples, {
        recipe: { symmetricActivations: true },
        weightRange: 'int8-pairs',
      });
      const diagnostics = await verifyFusion(encodeModel(quantized), plan, graph);
      assert.deepEqual(
        diagnostics.map(({ code, severity }) => [code, severity]),
        [['not-fused', 'warning']],
      );
      assert.match(diagnostics[0]!.message, /2 of 3 quantized Conv nodes/);
      assert.ok((await measureSqnrDb(model, quantized, samples)) > 25, 'slower, but right');
    },
  );
});

suite('layers that have no int8 kernel', () => {
  test('ConvTranspose stays float unless named', async () => {
    const transposed: Sandwich = {
      name: 'ConvTranspose',
      nodes: () => [op('ConvTranspose', 'a wt bt', 'm', { strides: [2, 2], kernel_shape: [2, 2] })],
      channels: 6,
      weights: { wt: noise([8, 6, 2, 2], 6, 0.3), bt: noise([6], 7, 0.1) },
      becomes: {},
    };
    const model = buildSandwich(transposed, 17);
    const { plan } = await quantize(model, samples);
    assert.match(plan.nodes.find(({ node }) => node === 'm')!.reason, /no int8 ConvTranspose kernel/);
  });

  for (const opset of [11, 17]) {
    test(`ConvTranspose by op type stores its weights in 8 bits, opset ${opset}`, async () => {
      const model = buildModel({
        opset,
        inputs: { x: [1, 8, 5, 5] },
        outputs: 'y',
        nodes: [op('ConvTranspose', 'x wt bt', 'y', { strides: [2, 2] })],
        weights: { wt: noise([8, 6, 2, 2], 6, 0.3), bt: noise([6], 7, 0.1) },
      });
      const data = [{ x: noise([1, 8, 5, 5], 1) }, { x: noise([1, 8, 5, 5], 2) }];
      const { model: quantized } = await quantize(model, data, { recipe: { includeOpTypes: ['ConvTranspose'] } });
      const stored = quantized.graph!.initializer.find(({ name }) => name === 'wt_quantized')!;
      assert.equal(stored.dataType, 3);
      assert.deepEqual(stored.dims, [8n, 6n, 2n, 2n]);
      const scale = quantized.graph!.initializer.find(({ name }) => name === 'wt_scale')!;
      assert.deepEqual(scale.dims, [6n], 'one scale an output channel: axis 1');
      assert.ok(!quantized.graph!.initializer.some(({ name }) => name === 'wt'));
      assert.ok((await measureSqnrDb(model, quantized, data)) > 30);
    });
  }

  test('ConvTranspose with groups keeps to one scale for each place in a group', async () => {
    const model = buildModel({
      inputs: { x: [1, 8, 5, 5] },
      outputs: 'y',
      nodes: [op('ConvTranspose', 'x wt bt', 'y', { strides: [2, 2], group: 2 })],
      weights: { wt: noise([8, 3, 2, 2], 6, 0.3), bt: noise([6], 7, 0.1) },
    });
    const data = [{ x: noise([1, 8, 5, 5], 1) }, { x: noise([1, 8, 5, 5], 2) }];
    const { model: quantized } = await quantize(model, data, { recipe: { includeOpTypes: ['ConvTranspose'] } });
    assert.ok((await measureSqnrDb(model, quantized, data)) > 30);
  });

  test('HardSwish stays float between two int8 convolutions', async () => {
    const sandwich = { name: 'HardSwish', nodes: () => [op('HardSwish', 'a', 'm')], becomes: {} };
    const model = buildSandwich(sandwich, 17);
    const { plan, model: quantized } = await quantize(model, samples, { weightRange: 'int8-pairs' });
    assert.equal(modeOf(plan.nodes.find(({ node }) => node === 'm')!), 'float');
    assert.equal((await countFusedOps(quantized))['QLinearConv'], 2);
    assert.ok((await measureSqnrDb(model, quantized, samples)) > 25);
  });
});

suite('fully connected layers', () => {
  const data = [0, 1, 2].map((seed) => ({ x: noise([3, 16], 20 + seed) }));
  const w = noise([16, 8], 1, 0.3);
  const wTransposed = noise([8, 16], 2, 0.3);
  const b = noise([8], 3, 0.1);
  const last = noise([8, 5], 4, 0.3);

  const gemms: readonly (readonly [string, NodeProto, Readonly<Record<string, Tensor>>])[] = [
    ['Gemm', op('Gemm', 'x w b', 'h'), { w, b }],
    ['Gemm with transB', op('Gemm', 'x w b', 'h', { transB: 1 }), { w: wTransposed, b }],
    ['Gemm without a bias', op('Gemm', 'x w', 'h'), { w }],
    ['Gemm with a 1 x N bias', op('Gemm', 'x w b', 'h'), { w, b: floats([1, 8], b.data as Float32Array) }],
  ];
  for (const [name, node, weights] of gemms) {
    for (const opset of [11, 13, 21]) {
      test(`${name} becomes QGemm, opset ${opset}`, async () => {
        const model = buildModel({
          opset,
          inputs: { x: [3, 16] },
          outputs: 'y',
          nodes: [node, op('Relu', 'h', 'r'), op('Gemm', 'r last', 'y')],
          weights: { ...weights, last },
        });
        const { graph, plan, model: quantized } = await quantize(model, data, { weightRange: 'int8-pairs' });
        assert.deepEqual(await countFusedOps(quantized), { QGemm: 2, QuantizeLinear: 1 }, 'the last hands out float');
        assert.deepEqual(await verifyFusion(encodeModel(quantized), plan, graph), []);
        assert.ok((await measureSqnrDb(model, quantized, data)) > 25);
      });
    }
  }

  test('MatMul becomes QLinearMatMul before an int8 node and MatMulIntegerToFloat before a float one', async () => {
    const model = buildModel({
      inputs: { x: [3, 16] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('MatMul', 'h last', 'y')],
      weights: { w, last },
    });
    const { graph, plan, model: quantized } = await quantize(model, data, { weightRange: 'int8-pairs' });
    assert.deepEqual(await countFusedOps(quantized), { MatMulIntegerToFloat: 1, QLinearMatMul: 1, QuantizeLinear: 1 });
    assert.deepEqual(await verifyFusion(encodeModel(quantized), plan, graph), []);
    assert.ok((await measureSqnrDb(model, quantized, data)) > 25);
  });

  test('MatMul with a batch of matrices and a two-dimensional weight', async () => {
    const batched = [{ x: noise([2, 3, 16], 1) }, { x: noise([2, 3, 16], 2) }];
    const model = buildModel({
      inputs: { x: ['N', 3, 16] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('MatMul', 'h last', 'y')],
      weights: { w, last },
    });
    const { model: quantized } = await quantize(model, batched, { weightRange: 'int8-pairs' });
    assert.deepEqual(await countFusedOps(quantized), { MatMulIntegerToFloat: 1, QLinearMatMul: 1, QuantizeLinear: 1 });
    assert.ok((await measureSqnrDb(model, quantized, batched)) > 25);
  });

  test('MatMul of two activations runs as int8 when both come from int8', async () => {
    const model = buildModel({
      inputs: { x: [3, 16] },
      outputs: 'y',
      nodes: [
        op('MatMul', 'x w', 'q'),
        op('MatMul', 'x v', 'k'),
        op('Transpose', 'k', 'kt', { perm: [1, 0] }),
        op('MatMul', 'q kt', 'y'),
      ],
      weights: { w, v: noise([16, 8], 5, 0.3) },
    });
    const { graph, plan, model: quantized } = await quantize(model, data, { weightRange: 'int8-pairs' });
    assert.deepEqual(plan.nodes.map(modeOf), ['int8', 'int8', 'int8', 'int8']);
    assert.deepEqual(await verifyFusion(encodeModel(quantized), plan, graph), []);
    assert.ok((await measureSqnrDb(model, quantized, data)) > 25);
  });

  test('GlobalAveragePool -> Flatten -> Gemm stays int8 to the end', async () => {
    const images = [0, 1].map((seed) => ({ x: noise([2, 4, 8, 8], seed) }));
    const model = buildModel({
      inputs: { x: ['N', 4, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w1 b1', 'a', same),
        op('Relu', 'a', 'r'),
        op('GlobalAveragePool', 'r', 'g'),
        op('Flatten', 'g', 'f'),
        op('Gemm', 'f last', 'y'),
      ],
      weights: { w1: noise([8, 4, 3, 3], 1, 0.2), b1: noise([8], 2, 0.1), last },
    });
    const { model: quantized } = await quantize(model, images, { weightRange: 'int8-pairs' });
    const kernels = await kernelsOf(quantized);
    assert.deepEqual(kernels, { Flatten: 1, QGemm: 1, QLinearConv: 1, QLinearGlobalAveragePool: 1, QuantizeLinear: 1 });
  });
});

suite('convolutions of every kind become QLinearConv', () => {
  const kinds: readonly (readonly [string, number, number[], Parameters<typeof op>[3]])[] = [
    ['1x1', 8, [6, 8, 1, 1], {}],
    ['strided', 8, [6, 8, 3, 3], { strides: [2, 2] }],
    ['dilated', 8, [6, 8, 3, 3], { dilations: [2, 2] }],
    ['depthwise', 8, [8, 1, 3, 3], { group: 8, pads: [1, 1, 1, 1] }],
    ['depthwise with multiplier 2', 8, [16, 1, 3, 3], { group: 8 }],
    ['grouped', 8, [6, 4, 3, 3], { group: 2 }],
    ['unevenly padded', 8, [6, 8, 3, 3], { pads: [0, 1, 2, 1] }],
    ['auto-padded', 8, [6, 8, 3, 3], { auto_pad: 'SAME_UPPER', strides: [2, 2] }],
    ['5x1', 8, [6, 8, 5, 1], {}],
    ['odd channels', 7, [5, 7, 3, 3], {}],
  ];
  for (const [name, channels, dims, attributes] of kinds) {
    for (const bias of [true, false]) {
      test(`${name}${bias ? '' : ' without a bias'}`, async () => {
        const model = buildModel({
          inputs: { x: ['N', channels, 9, 9] },
          outputs: 'y',
          nodes: [op('Conv', bias ? 'x w b' : 'x w', 'y', attributes)],
          weights: { w: noise(dims, 1, 0.2), ...(bias ? { b: noise([dims[0]!], 2, 0.1) } : {}) },
        });
        const data = [{ x: noise([1, channels, 9, 9], 3) }, { x: noise([3, channels, 9, 9], 4) }];
        const { model: quantized } = await quantize(model, data, { weightRange: 'int8-pairs' });
        const kernels = await kernelsOf(quantized);
        assert.deepEqual(kernels, { DequantizeLinear: 1, QLinearConv: 1, QuantizeLinear: 1 });
        assert.ok((await measureSqnrDb(model, quantized, data)) > 30);
      });
    }
  }

  for (const [name, size] of [
    ['one', [9]],
    ['three', [5, 6, 7]],
  ] as const) {
    test(`in ${name} dimension${size.length === 1 ? '' : 's'}`, async () => {
      const kernel = size.map(() => 3);
      const model = buildModel({
        inputs: { x: ['N', 4, ...size] },
        outputs: 'y',
        nodes: [op('Conv', 'x w1 b', 'a'), op('Relu', 'a', 'r'), op('Conv', 'r w2', 'y')],
        weights: { w1: noise([6, 4, ...kernel], 1, 0.2), b: noise([6], 2), w2: noise([5, 6, ...kernel], 3, 0.2) },
      });
      const data = [{ x: noise([2, 4, ...size], 4) }];
      for (const weightRange of ['int8', 'int8-pairs'] as const) {
        const { model: quantized } = await quantize(model, data, { weightRange });
        assert.equal((await kernelsOf(quantized))['QLinearConv'], 2);
        // Full 8-bit weights saturate on a CPU without int8 dot products.
        if (weightRange === 'int8' && !(await readDevice()).features.int8DotProduct) continue;
        assert.ok((await measureSqnrDb(model, quantized, data)) > 25);
      }
    });
  }
});

test('every quantizable op type of the op table has been through this file', () => {
  const tried = new Set([
    ...sandwiches.flatMap(({ nodes }) => nodes(17).map(({ opType }) => opType)),
    'Gemm',
    'MatMul',
    'ConvTranspose',
    // Only in dynamic int8: test/engine/schemes/int8-dynamic.test.ts.
    'LSTM',
  ]);
  assert.deepEqual(
    quantizableOpTypes.filter((opType) => !tried.has(opType)),
    [],
  );
});

test('readOptimizedGraph shows other optimization levels too', async () => {
  const model = buildSandwich(
    sandwiches.find(({ name }) => name === 'Relu')!,
    17,
  );
  const { model: quantized } = await quantize(model, samples);
  const raw = countOps(await readOptimizedGraph(encodeModel(quantized), {}, 'disabled'));
  assert.equal(raw['Conv'], 2);
  assert.equal(raw['QLinearConv'], undefined);
});
