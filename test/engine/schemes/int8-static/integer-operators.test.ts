/** The same models as in fusion.test.ts, with operators that compute in integers instead of float ones between conversions. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { verifyFusion } from '../../../../electron/engine/4-quantize/verify.ts';
import { encodeModel } from '../../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto } from '../../../../electron/engine/onnx/proto/onnx_pb.js';
import { useIntegerOperators } from '../../../../electron/engine/schemes/int8-static/integer-operators.ts';
import type { Feeds } from '../../../../electron/engine/tensor/tensor.ts';
import {
  assertClose,
  buildModel,
  countOps,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
  type Quantized,
  type QuantizeOptions,
} from '../../build-model.ts';
import { buildSandwich, samples, same, sandwiches } from './sandwiches.ts';

interface Converted extends Quantized {
  readonly integer: ModelProto;
  readonly kept: readonly string[];
}

async function convert(model: ModelProto, data: readonly Feeds[], options: QuantizeOptions = {}): Promise<Converted> {
  const quantized = await quantize(model, data, { weightRange: 'int8-pairs', ...options });
  const before = encodeModel(quantized.model);
  const made = useIntegerOperators(quantized.model, new Set(quantized.result.stored.keys()));
  assert.deepEqual(encodeModel(quantized.model), before, 'the model it is made of is as it was');
  return { ...quantized, integer: made.model, kept: made.kept };
}

/** Outputs of both forms, in steps of the scale that the output is rounded in. */
async function assertSame({ model, integer, result }: Converted, data: readonly Feeds[]): Promise<void> {
  const { scale } = result.parameters.get('y') ?? { scale: 1e-5 };
  for (const feeds of data) {
    const [expected, actual] = [await run(model, feeds), await run(integer, feeds)];
    assert.deepEqual(actual['y']!.dims, expected['y']!.dims);
    assertClose(actual['y']!.data as Float32Array, expected['y']!.data as Float32Array, scale * 1.001);
  }
}

/** Uses only opsets below which something differs; the others go through the first two suites. */
const everyKind: ReadonlySet<string> = new Set(['Conv', 'Softmax', 'Add (residual)', 'Concat', 'Mul (SiLU)', 'Split']);
/** Without integer operators that take int8, so that these stay between conversions. */
const unsignedOnly: ReadonlySet<string> = new Set(['Pad', 'DepthToSpace', 'SpaceToDepth']);

for (const { name, opset, recipe, only } of [
  { name: 'uint8 activations', opset: 13, recipe: {}, only: null },
  { name: 'uint8 activations and scales of com.microsoft', opset: 11, recipe: {}, only: everyKind },
  { name: 'int8 activations', opset: 17, recipe: { symmetricActivations: true }, only: null },
]) {
  const isSigned = 'symmetricActivations' in recipe;
  suite(name, () => {
    for (const sandwich of sandwiches.filter((each) => (each.from ?? 0) <= opset && (only?.has(each.name) ?? true))) {
      test(`${sandwich.name} computes in integers`, async () => {
        const made = await convert(buildSandwich(sandwich, opset), samples, { recipe });
        const ops = countOps(made.integer);
        const inFloat = made.graph.nodes.filter(
          ({ opType }) => opType === 'Relu' || opType === 'Clip' || unsignedOnly.has(opType),
        );
        if (!isSigned || inFloat.length === 0) {
          assert.deepEqual(made.kept, []);
          assert.deepEqual(
            [ops['QuantizeLinear'], ops['DequantizeLinear']],
            [1, 1],
            'at both ends, nothing in between',
          );
        } else {
          assert.deepEqual(
            made.kept,
            inFloat.map(({ opType }) => opType).filter((type) => unsignedOnly.has(type)),
          );
        }
        assert.equal(ops['Conv'], undefined);
        // Branches of int8 activations too, which ONNX Runtime leaves in float in QDQ form: see fusion.test.ts.
        assert.deepEqual(await verifyFusion(encodeModel(made.integer), made.plan, made.graph), []);
        await assertSame(made, samples.slice(0, 1));
      });
    }
  });
}

suite('matrix products', () => {
  const data = [{ x: noise([3, 8], 1) }, { x: noise([3, 8], 2) }];
  const weights = { w: noise([8, 16], 3, 0.4), v: noise([4, 16], 4, 0.4), b: noise([1, 4], 5, 0.5), c: noise([16], 6) };
  const build = (nodes: Parameters<typeof buildModel>[0]['nodes'], names: readonly (keyof typeof weights)[]) =>
    buildModel({
      inputs: { x: [3, 8] },
      outputs: 'y',
      nodes,
      weights: Object.fromEntries(names.map((name) => [name, weights[name]])),
    });

  for (const symmetricActivations of [false, true]) {
    const recipe = { symmetricActivations };
    const activations = symmetricActivations ? 'int8' : 'uint8';

    test(`MatMul behind MatMul: the last hands out float (${activations})`, async () => {
      const square = { ...weights, v: noise([16, 4], 4, 0.4) };
      const model = buildModel({
        inputs: { x: [3, 8] },
        outputs: 'y',
        nodes: [op('MatMul', 'x w', 'h'), op('MatMul', 'h v', 'y')],
        weights: { w: square.w, v: square.v },
      });
      const made = await convert(model, data, { recipe });
      assert.deepEqual(countOps(made.integer), { MatMulIntegerToFloat: 1, QLinearMatMul: 1, QuantizeLinear: 1 });
      await assertSame(made, data);
    });

    test(`Gemm with a bias, transposed and not (${activations})`, async () => {
      const model = build(
        [op('Gemm', 'x w c', 'h'), op('Gemm', 'h v b', 'y', { transB: 1, beta: { float: 1 } })],
        ['w', 'c', 'v', 'b'],
      );
      const made = await convert(model, data, { recipe });
      assert.deepEqual(countOps(made.integer), { QGemm: 2, QuantizeLinear: 1 });
      await assertSame(made, data);
    });

    test(`a product of two activations (${activations})`, async () => {
      const model = build(
        [op('MatMul', 'x w', 'h'), op('Transpose', 'h', 't', { perm: [1, 0] }), op('MatMul', 'h t', 'y')],
        ['w'],
      );
      const made = await convert(model, data, { recipe });
      assert.deepEqual(countOps(made.integer), {
        MatMulIntegerToFloat: 1,
        QLinearMatMul: 1,
        QuantizeLinear: 1,
        Transpose: 1,
      });
      await assertSame(made, data);
    });
  }
});

suite('what stays float', () => {
  const data = [{ x: noise([1, 4, 6, 6], 1) }, { x: noise([1, 4, 6, 6], 2) }];
  const weights = { w1: noise([8, 4, 3, 3], 1, 0.2), w2: noise([4, 8, 1, 1], 3, 0.4) };
  const build = (inner: Parameters<typeof buildModel>[0]['nodes'], outputs = 'y') =>
    buildModel({
      inputs: { x: [1, 4, 6, 6] },
      outputs,
      nodes: [op('Conv', 'x w1', 'a', same), ...inner, op('Conv', 'm w2', 'y')],
      weights,
    });

  test('an operator without an int8 kernel has conversions around it, the layers beside it have none between', async () => {
    const made = await convert(build([op('Tanh', 'a', 'm')]), data);
    assert.deepEqual(countOps(made.integer), { DequantizeLinear: 2, QLinearConv: 2, QuantizeLinear: 2, Tanh: 1 });
    assert.deepEqual(made.kept, []);
    await assertSame(made, data);
  });

  test('a value that is read in float, too, is still there under its name', async () => {
    const made = await convert(build([op('MaxPool', 'a', 'm', { kernel_shape: [1, 1] })], 'y a'), data);
    assert.equal(countOps(made.integer)['QLinearConv'], 2);
    for (const feeds of data) {
      const [expected, actual] = [await run(made.model, feeds), await run(made.integer, feeds)];
      assertClose(
        actual['a']!.data as Float32Array,
        expected['a']!.data as Float32Array,
        made.result.parameters.get('a')!.scale * 1.001,
      );
    }
  });

  test('nodes that were not quantized are not looked at: what the user had in QDQ form stays in it', async () => {
    const { model } = await quantize(build([op('Relu', 'a', 'm')]), data);
    const { model: same, used, kept } = useIntegerOperators(model, new Set());
    assert.deepEqual([countOps(same), used, kept], [countOps(model), [], []]);
  });

  test('pooling with dilations, which the int8 kernel has not; dilations of 1 say nothing', async () => {
    for (const [dilation, isFloat] of [
      [2, true],
      [1, false],
    ] as const) {
      const pool = op('AveragePool', 'a', 'm', { kernel_shape: [2, 2], dilations: [dilation, dilation] });
      const model = buildModel({
        opset: 19,
        inputs: { x: [1, 4, 6, 6] },
        outputs: 'y',
        nodes: [op('Conv', 'x w1', 'a', same), pool, op('Conv', 'm w2', 'y')],
        weights,
      });
      const made = await convert(model, data);
      assert.match(nodePlan(made.plan, 'm').reason, isFloat ? /its int8 kernel has no dilations/ : /^$/);
      assert.equal(countOps(made.integer)['QLinearAveragePool'], isFloat ? undefined : 1);
      await assertSame(made, data);
      assert.ok((await measureSqnrDb(model, made.integer, data)) > 25);
    }
  });
});
