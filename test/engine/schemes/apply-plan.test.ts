import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ValueInfoProtoSchema,
  type ModelProto,
  type TensorProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import {
  assertClose,
  buildModel,
  countFusedOps,
  countOps,
  floats,
  measureSqnrDb,
  noise,
  op,
  quantize,
  run,
  modeOf,
} from '../build-model.ts';

function initializer(model: ModelProto, name: string): TensorProto {
  const found = model.graph!.initializer.find((tensor) => tensor.name === name);
  assert.ok(found, `no initializer "${name}" in ${model.graph!.initializer.map((tensor) => tensor.name).join(', ')}`);
  return found;
}

const valuesOf = (model: ModelProto, name: string): number[] =>
  Array.from(readTensor(initializer(model, name), '').data as Float32Array);

const int8 = 3;
const int32 = 6;

/** y = 2x - 3x' for two channels: weights are exact in int8 when their largest is 127 steps. */
const plain = buildModel({
  inputs: { x: ['N', 2, 1, 1] },
  outputs: 'y',
  nodes: [op('Conv', 'x w b', 'y')],
  weights: { w: floats([2, 2, 1, 1], [1.27, -0.64, 0.5, 0.25]), b: floats([2], [0.1, -0.2]) },
});

test('a convolution is stored as ONNX Runtime stores it', async () => {
  const { model } = await quantize(plain, [{ x: floats([1, 2, 1, 1], [-1, 1.55]) }]);
  // x: -1 to 1.55, 255 steps of 0.01, zero point 100. w: 1.27 / 127 and 0.5 / 127. b / (s_x * s_w).
  assertClose(valuesOf(model, 'x_scale'), [0.01], 1e-8);
  assert.deepEqual(valuesOf(model, 'x_zero_point'), [100]);
  assert.equal(initializer(model, 'w_quantized').dataType, int8);
  assert.deepEqual(valuesOf(model, 'w_quantized'), [127, -64, 127, 64]);
  assertClose(valuesOf(model, 'w_scale'), [0.01, 0.5 / 127], 1e-8);
  assert.deepEqual(valuesOf(model, 'w_zero_point'), [0, 0]);
  assert.equal(initializer(model, 'b_y_quantized').dataType, int32);
  assert.deepEqual(valuesOf(model, 'b_y_quantized'), [1000, -5080]);
  assertClose(valuesOf(model, 'b_y_scale'), [1e-4, 0.01 * (0.5 / 127)], 1e-11);
  assert.deepEqual(
    model.graph!.initializer.map(({ name }) => name).filter((name) => name === 'w' || name === 'b'),
    [],
    'the float weights are gone',
  );
  assert.deepEqual(countOps(model), { Conv: 1, DequantizeLinear: 4, QuantizeLinear: 2 });
});

test('names and order of inputs and outputs stay', async () => {
  const model = buildModel({
    inputs: { second: ['N', 2, 1, 1], first: ['N', 2, 1, 1] },
    outputs: 'z y',
    nodes: [op('Conv', 'second w', 'y'), op('Conv', 'first v', 'z')],
    weights: { w: noise([2, 2, 1, 1], 1), v: noise([2, 2, 1, 1], 2) },
  });
  const feeds = { first: noise([1, 2, 1, 1], 3), second: noise([1, 2, 1, 1], 4) };
  const { model: quantized } = await quantize(model, [feeds]);
  assert.deepEqual(
    quantized.graph!.input.map(({ name }) => name),
    ['second', 'first'],
  );
  assert.deepEqual(
    quantized.graph!.output.map(({ name }) => name),
    ['z', 'y'],
  );
  const nodeNames = quantized.graph!.node.map(({ name }) => name);
  assert.equal(new Set(nodeNames).size, nodeNames.length);
  assert.ok(nodeNames.includes('y') && nodeNames.includes('z'), 'layers keep their names');
});

test('the model given is not changed', async () => {
  const before = encodeModel(plain);
  await quantize(plain, [{ x: floats([1, 2, 1, 1], [-1, 1]) }]);
  assert.deepEqual(encodeModel(plain), before);
});

test('an inner tensor that is also an output is dequantized under its name', async () => {
  const model = buildModel({
    inputs: { x: ['N', 4, 5, 5] },
    outputs: 'y a',
    nodes: [op('Conv', 'x w', 'a'), op('Conv', 'a v', 'y')],
    weights: { w: noise([4, 4, 3, 3], 1, 0.2), v: noise([4, 4, 1, 1], 2, 0.4) },
  });
  const samples = [{ x: noise([1, 4, 5, 5], 3) }];
  const { model: quantized } = await quantize(model, samples, { weightRange: 'int8-pairs' });
  assert.equal((await countFusedOps(quantized))['QLinearConv'], 2);
  assert.ok((await measureSqnrDb(model, quantized, samples)) > 30);
});

test('a tensor read inside a subgraph stays readable there', async () => {
  const model = buildModel({
    inputs: { x: ['N', 4, 5, 5] },
    outputs: 'y z',
    nodes: [op('Conv', 'x w', 'a'), op('Relu', 'a', 'r'), op('Conv', 'r v', 'y')],
    weights: { w: noise([4, 4, 3, 3], 1, 0.2), v: noise([4, 4, 1, 1], 2, 0.4) },
  });
  const branch = create(GraphProtoSchema, {
    name: 'branch',
    node: [op('Neg', 'r', 'negated')],
    output: [create(ValueInfoProtoSchema, { name: 'negated' })],
  });
  const choice = op('If', 'yes', 'z');
  const attribute = (name: string) => create(AttributeProtoSchema, { name, type: AttributeType.GRAPH, g: branch });
  choice.attribute.push(attribute('then_branch'), attribute('else_branch'));
  const condition = op('Greater', 'largest smallest', 'yes');
  model.graph!.node.push(
    op('ReduceMax', 'x', 'largest', { keepdims: 0 }),
    op('ReduceMin', 'x', 'smallest', { keepdims: 0 }),
    condition,
    choice,
  );
  const samples = [{ x: noise([1, 4, 5, 5], 3) }];
  const { model: quantized } = await quantize(model, samples, { weightRange: 'int8-pairs' });
  assert.ok((await measureSqnrDb(model, quantized, samples)) > 30);
});

suite('shared weights', () => {
  const data = [{ x: noise([1, 4, 5, 5], 3) }, { x: noise([1, 4, 5, 5], 4) }];

  test('are stored once, whatever the bias of each reader', async () => {
    const model = buildModel({
      inputs: { x: ['N', 4, 5, 5] },
      outputs: 'y',
      nodes: [op('Conv', 'x w b', 'a'), op('Relu', 'a', 'r'), op('Conv', 'r w c', 'y')],
      weights: { w: noise([4, 4, 1, 1], 1, 0.4), b: noise([4], 2), c: noise([4], 3) },
    });
    const { model: quantized, result } = await quantize(model, data, { weightRange: 'int8-pairs' });
    const stored = quantized.graph!.initializer.filter((tensor) => tensor.dataType === int8);
    assert.deepEqual(
      stored.map(({ name }) => name),
      ['w_quantized', 'w_zero_point'],
    );
    assert.equal((await countFusedOps(quantized))['QLinearConv'], 2);
    assert.ok((await measureSqnrDb(model, quantized, data)) > 25);
    assert.deepEqual(result.diagnostics, []);
  });

  test('and a shared bias has the scale of each reader', async () => {
    const model = buildModel({
      inputs: { x: ['N', 4, 5, 5] },
      outputs: 'y',
      nodes: [op('Conv', 'x w b', 'a'), op('Conv', 'a w b', 'y')],
      weights: { w: noise([4, 4, 1, 1], 1, 0.4), b: noise([4], 2) },
    });
    const { model: quantized } = await quantize(model, data, { weightRange: 'int8-pairs' });
    const biases = quantized.graph!.initializer.filter(({ name }) => /^b_.*_quantized$/.test(name));
    assert.deepEqual(biases.map(({ name }) => name).sort(), ['b_a_quantized', 'b_y_quantized']);
    assert.ok((await measureSqnrDb(model, quantized, data)) > 25);
  });

  test('with scales along different axes are stored for each axis', async () => {
    // Tied embeddings: h = x E, y = h E^T.
    const model = buildModel({
      inputs: { x: ['N', 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'h'), op('Gemm', 'h w', 'y', { transB: 1 })],
      weights: { w: noise([8, 6], 1, 0.3) },
    });
    const samples = [{ x: noise([3, 8], 1) }, { x: noise([3, 8], 2) }];
    const { model: quantized } = await quantize(model, samples, { weightRange: 'int8-pairs' });
    const scales = quantized.graph!.initializer.filter(({ name }) => /^w_scale/.test(name));
    assert.deepEqual(
      scales.map(({ dims }) => dims),
      [[6n], [8n]],
    );
    const perTensor = await quantize(model, samples, { recipe: { perChannel: false } });
    assert.equal(perTensor.model.graph!.initializer.filter(({ name }) => /^w_quantized/.test(name)).length, 1);
    assert.equal((await countFusedOps(quantized))['QGemm'], 2);
    assert.ok((await measureSqnrDb(model, quantized, samples)) > 25);
  });

  test('stay in float beside the integers when a float layer reads them too', async () => {
    const model = buildModel({
      inputs: { x: ['N', 8] },
      outputs: 'y z',
      nodes: [op('Gemm', 'x w', 'y'), op('Gemm', 'x w', 'z', { alpha: { float: 0.5 } })],
      weights: { w: noise([8, 6], 1, 0.3) },
    });
    const samples = [{ x: noise([3, 8], 1) }];
    const { model: quantized } = await quantize(model, samples);
    assert.ok(initializer(quantized, 'w').dataType === 1 && initializer(quantized, 'w_quantized').dataType === int8);
    assert.ok((await measureSqnrDb(model, quantized, samples)) > 30);
  });
});

suite('awkward weights', () => {
  const quantizeConv = async (weight: Float32Array, bias: Float32Array, deviation = 1) => {
    const model = buildModel({
      inputs: { x: ['N', 2, 4, 4] },
      outputs: 'y',
      nodes: [op('Conv', 'x w b', 'y')],
      weights: { w: floats([2, 2, 1, 1], weight), b: floats([2], bias) },
    });
    const samples = [{ x: noise([1, 2, 4, 4], 1, deviation) }];
    const quantized = await quantize(model, samples, { weightRange: 'int8-pairs' });
    const expected = (await run(model, samples[0]!))['y']!.data as Float32Array;
    const actual = (await run(quantized.model, samples[0]!))['y']!.data as Float32Array;
    return { quantized, expected, actual, step: quantized.result.parameters.get('y')!.scale };
  };

  test('an all-zero channel hands out its bias', async () => {
    const { expected, actual, step } = await quantizeConv(Float32Array.of(0, 0, 0.5, -0.3), Float32Array.of(0.7, 0.1));
    assertClose(actual.slice(0, 16), new Float32Array(16).fill(Math.fround(0.7)), 0.51 * step);
    assertClose(actual, expected, 2 * step);
  });

  test('all weights zero and no bias: zeros come out', async () => {
    const { actual } = await quantizeConv(new Float32Array(4), new Float32Array(2));
    assert.ok(actual.every((value) => value === 0));
  });

  test('a bias beyond int32 raises the scale of its channel and says so', async () => {
    const { quantized, expected, actual, step } = await quantizeConv(
      Float32Array.of(1e-7, -1e-7, 0.5, -0.3),
      Float32Array.of(5, 0.1),
      0.01,
    );
    const diagnostic = quantized.result.diagnostics.find(({ code }) => code === 'weight-scale-raised');
    assert.equal(diagnostic?.node, 'y');
    assert.match(diagnostic.message, /^1 channels/);
    assertClose(actual, expected, 2 * step);
  });

  test('tiny weights', async () => {
    const { expected, actual, step } = await quantizeConv(
      Float32Array.of(1e-12, -2e-12, 3e-12, 1e-12),
      new Float32Array(2),
    );
    assert.ok(expected.some((value) => value !== 0));
    assertClose(actual, expected, 4 * step);
  });

  test('an input that is always zero', async () => {
    const { actual, expected, step } = await quantizeConv(Float32Array.of(1, 2, 3, 4), Float32Array.of(1, -1), 0);
    // Its scale is 1, as in ONNX Runtime's quantizer, so the bias comes in whole steps of the weight.
    assertClose(actual, expected, step + 0.5 * (7 / 128));
  });
});

test('batch dimensions: a model of fixed batch 3 and one of any batch', async () => {
  for (const batch of [3, 'N']) {
    const model = buildModel({
      inputs: { x: [batch, 4, 5, 5] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w', 'a'),
        op('Relu', 'a', 'r'),
        op('GlobalAveragePool', 'r', 'p'),
        op('Flatten', 'p', 'f'),
        op('Gemm', 'f g', 'y'),
      ],
      weights: { w: noise([8, 4, 3, 3], 1, 0.2), g: noise([8, 3], 2, 0.5) },
    });
    const samples = [{ x: noise([3, 4, 5, 5], 3) }, { x: noise([3, 4, 5, 5], 4) }];
    const { model: quantized, plan } = await quantize(model, samples, { weightRange: 'int8-pairs' });
    assert.ok(plan.nodes.every((entry) => modeOf(entry) !== 'float'));
    assert.deepEqual((await run(quantized, samples[0]!))['y']!.dims, [3, 3]);
    assert.ok((await measureSqnrDb(model, quantized, samples)) > 25);
  }
});

suite('bias correction', () => {
  // Inputs far from zero on average: rounded weights then shift the output, always the same way.
  const samples = [0, 1, 2, 3].map((seed) => {
    const values = noise([1, 6, 5, 5], seed, 0.2).data as Float32Array;
    return { x: floats([1, 6, 5, 5], values.map((value) => value + 1)) }; // prettier-ignore
  });
  const weights = { w: noise([4, 6, 3, 3], 9, 0.3) };
  const meanShift = async (model: ModelProto, quantized: ModelProto): Promise<number> => {
    let shift = new Float64Array(4);
    for (const feeds of samples) {
      const expected = (await run(model, feeds))['y']!.data as Float32Array;
      const actual = (await run(quantized, feeds, 'disabled'))['y']!.data as Float32Array;
      const perChannel = expected.length / 4;
      shift = shift.map((value, channel) => {
        let sum = 0;
        for (let index = channel * perChannel; index < (channel + 1) * perChannel; index++) {
          sum += actual[index]! - expected[index]!;
        }
        return value + sum / perChannel / samples.length;
      });
    }
    return Math.max(...shift.map(Math.abs));
  };

  for (const withBias of [true, false]) {
    test(`takes away the mean error of rounded weights, ${withBias ? 'changing' : 'adding'} a bias`, async () => {
      const model = buildModel({
        inputs: { x: ['N', 6, 5, 5] },
        outputs: 'y',
        nodes: [op('Conv', withBias ? 'x w b' : 'x w', 'y')],
        weights: withBias ? { ...weights, b: noise([4], 2) } : weights,
      });
      // 7-bit weights and one scale: rounding errors large enough to see.
      const options = { weightRange: 'int8-reduced', recipe: { perChannel: false } } as const;
      const plainly = await quantize(model, samples, options);
      const corrected = await quantize(model, samples, { ...options, biasCorrection: true });
      const before = await meanShift(model, plainly.model);
      const after = await meanShift(model, corrected.model);
      assert.ok(after < 0.3 * before, `the outputs were off by ${before} on average and still are by ${after}`);
      assert.equal((await countFusedOps(corrected.model))['QLinearConv'], 1);
    });
  }

  test('of a Gemm that has no bias is not scaled by its beta', async () => {
    const dense = [0, 1, 2, 3].map((seed) => {
      const values = noise([2, 6], seed, 0.2).data as Float32Array;
      return { x: floats([2, 6], values.map((value) => value + 1)) }; // prettier-ignore
    });
    const model = buildModel({
      inputs: { x: ['N', 6] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'y', { beta: { float: 0 } })],
      weights: { w: noise([6, 3], 9, 0.3) },
    });
    const { model: quantized } = await quantize(model, dense, { biasCorrection: true });
    assert.deepEqual(await countFusedOps(quantized), { QGemm: 1, QuantizeLinear: 1 });
    const gemm = quantized.graph!.node.find(({ opType }) => opType === 'Gemm')!;
    assert.ok(gemm.input[2] !== undefined, 'correction added a bias');
    assert.deepEqual(gemm.attribute, []);
  });
});
