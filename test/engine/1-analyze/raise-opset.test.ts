import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { blocksOpset, raiseOpset } from '../../../electron/engine/1-analyze/raise-opset.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { opsetVersion } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { decodeModel } from '../../../electron/engine/onnx/read-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, countFusedOps, floats, inMemory, noise, op, quantize, run } from '../build-model.ts';

async function raise(model: ModelProto, input: Tensor): Promise<{ raised: ModelProto; codes: string[] }> {
  const raised = decodeModel(encodeModel(model));
  const shapes = await observeShapes(inMemory(raised), { x: input });
  return { raised, codes: raiseOpset(raised, shapes).map(({ code }) => code) };
}

const image = noise([2, 4, 8, 8], 1);
const weights = { w1: noise([8, 4, 3, 3], 1, 0.2), b1: noise([8], 2, 0.1), g: noise([8, 5], 3, 0.4) };

/** Conv -> BatchNormalization -> Clip -> MaxPool -> GlobalAveragePool -> Flatten -> Gemm -> Softmax, as of opset 8. */
function classifier(opset: number): ModelProto {
  const clip =
    opset < 11 ? op('Clip', 'n', 'c', { min: { float: 0 }, max: { float: 1 } }) : op('Clip', 'n low high', 'c');
  const bounds: Record<string, Tensor> = opset < 11 ? {} : { low: floats([], [0]), high: floats([], [1]) };
  return buildModel({
    opset,
    inputs: { x: ['N', 4, 8, 8] },
    outputs: 'y',
    nodes: [
      op('Conv', 'x w1 b1', 'a', { pads: [1, 1, 1, 1] }),
      op('BatchNormalization', 'a s b1 b1 s', 'n'),
      clip,
      op('MaxPool', 'c', 'm', { kernel_shape: [2, 2], strides: [2, 2] }),
      op('GlobalAveragePool', 'm', 'p'),
      op('Flatten', 'p', 'f'),
      op('Gemm', 'f g zero', 'h'),
      op('Softmax', 'h', 'y'),
    ],
    weights: { ...weights, ...bounds, s: floats([8], [1, 2, 3, 1, 2, 3, 1, 2]), zero: floats([5], [0, 0, 0, 0, 0]) },
  });
}

suite('raiseOpset', () => {
  for (const opset of [9, 11, 12]) {
    test(`from ${opset} to 13 keeps the numbers`, async () => {
      const model = classifier(opset);
      const { raised, codes } = await raise(model, image);
      assert.deepEqual(codes, ['opset-raised']);
      assert.equal(opsetVersion(raised), 13);
      const [before, after] = [await run(model, { x: image }), await run(raised, { x: image })];
      assert.deepEqual(after['y']!.data, before['y']!.data);
    });
  }

  test('turns the attributes of an old Clip into inputs', async () => {
    const { raised } = await raise(classifier(9), image);
    const clip = raised.graph!.node.find(({ opType }) => opType === 'Clip')!;
    assert.deepEqual([clip.attribute.length, clip.input.length], [0, 3]);
  });

  test('a Clip with one bound, or none, lets everything else through', async () => {
    for (const attributes of [{ min: { float: -0.5 } }, { max: { float: 0.5 } }, {}]) {
      const model = buildModel({
        opset: 8,
        inputs: { x: ['N', 4] },
        outputs: 'y',
        nodes: [op('Clip', 'x', 'y', attributes)],
      });
      const x = floats([1, 4], [-1e30, -0.7, 0.7, 1e30]);
      const { raised, codes } = await raise(model, x);
      assert.deepEqual(codes, ['opset-raised']);
      assert.deepEqual((await run(raised, { x }))['y']!.data, (await run(model, { x }))['y']!.data);
    }
  });

  test('takes a model of opset 8 whose operators did not change, so that it fuses in standard form', async () => {
    const model = buildModel({
      opset: 8,
      inputs: { x: [1, 4, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w1 b1', 'a'),
        op('Relu', 'a', 'r'),
        op('MaxPool', 'r', 'm', { kernel_shape: [2, 2] }),
        op('Conv', 'm w2', 'y'),
      ],
      weights: { w1: weights.w1, b1: weights.b1, w2: noise([4, 8, 1, 1], 4, 0.3) },
    });
    const x = noise([1, 4, 8, 8], 2);
    const { raised, codes } = await raise(model, x);
    assert.deepEqual(codes, ['opset-raised']);
    assert.deepEqual((await run(raised, { x }))['y']!.data, (await run(model, { x }))['y']!.data);
    const { model: quantized, plan } = await quantize(raised, [{ x }]);
    assert.equal(plan.form, 'onnx');
    assert.equal((await countFusedOps(quantized))['QLinearConv'], 2);
  });

  const rewritten: readonly (readonly [string, number, NodeProto, Readonly<Record<string, Tensor>>])[] = [
    ['Slice', 9, op('Slice', 'x', 'y', { starts: [1, 0], ends: [4, 1000], axes: [2, 3] }), {}],
    ['Slice without axes', 9, op('Slice', 'x', 'y', { starts: [0, 1], ends: [1, -1] }), {}],
    ['Squeeze', 9, op('Squeeze', 'x', 'y', { axes: [0] }), {}],
    ['Squeeze of all ones', 11, op('Squeeze', 'x', 'y'), {}],
    ['Unsqueeze', 11, op('Unsqueeze', 'x', 'y', { axes: [0, 3] }), {}],
    ['ReduceSum', 11, op('ReduceSum', 'x', 'y', { axes: [1], keepdims: 0 }), {}],
    ['ReduceSum over everything', 9, op('ReduceSum', 'x', 'y'), {}],
    ['ReduceMean', 9, op('ReduceMean', 'x', 'y', { axes: [2, 3] }), {}],
    ['Split', 9, op('Split', 'x', 'y rest', { axis: 1, split: [1, 3] }), {}],
    ['Pad', 9, op('Pad', 'x', 'y', { pads: [0, 0, 1, 2, 0, 0, 3, 4], value: { float: 0.5 } }), {}],
    ['Pad by reflection', 10, op('Pad', 'x', 'y', { pads: [0, 0, 1, 2, 0, 0, 3, 4], mode: 'reflect' }), {}],
    ['Upsample', 9, op('Upsample', 'x scales', 'y'), { scales: floats([4], [1, 1, 2, 3]) }],
    ['linear Upsample', 9, op('Upsample', 'x scales', 'y', { mode: 'linear' }), { scales: floats([4], [1, 1, 2, 2]) }],
  ];
  for (const [name, opset, node, constants] of rewritten) {
    test(`${name} says the same in its new form`, async () => {
      const model = buildModel({
        opset,
        inputs: { x: [1, 4, 5, 6] },
        outputs: 'y',
        nodes: [node],
        weights: constants,
      });
      const x = noise([1, 4, 5, 6], 1);
      const { raised, codes } = await raise(model, x);
      assert.deepEqual([codes, opsetVersion(raised)], [['opset-raised'], 13]);
      const [before, after] = [await run(model, { x }), await run(raised, { x })];
      assert.deepEqual(after['y'], before['y']);
    });
  }

  for (const [last, target, expected] of [
    ['Relu', 13, ['opset-raised']],
    // Over several axes it is kept from opset 13, and what was Upsample must be right one before.
    ['Softmax', 12, ['opset-raised', 'opset-kept']],
  ] as const) {
    test(`carries what was an attribute at opset 7, scales and statistics by channel, to ${target}`, async () => {
      const model = buildModel({
        opset: 7,
        inputs: { x: [2, 4, 8, 8] },
        outputs: 'y',
        nodes: [
          op('Conv', 'x w1 b1', 'a'),
          op('BatchNormalization', 'a s b m v', 'n', { spatial: 1 }),
          op('Upsample', 'n', 'u', { mode: 'nearest', scales: { floats: [1, 1, 2, 2] } }),
          op(last, 'u', 'y'),
        ],
        weights: {
          w1: weights.w1,
          b1: weights.b1,
          s: floats([8], [1, 2, 3, 4, 5, 6, 7, 8]),
          b: noise([8], 5),
          m: noise([8], 6),
          v: floats([8], new Array<number>(8).fill(2)),
        },
      });
      const { raised, codes } = await raise(model, image);
      assert.deepEqual([codes, opsetVersion(raised)], [expected, target]);
      assert.deepEqual((await run(raised, { x: image }))['y'], (await run(model, { x: image }))['y']);
    });
  }

  test('goes as far as it can from opsets too old for int8, so that layers still fuse', async () => {
    const model = buildModel({
      opset: 9,
      inputs: { x: [2, 4, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w1 b1', 'a'),
        op('Slice', 'a', 's', { starts: [1], ends: [5], axes: [2] }),
        op('Softmax', 's', 'y'),
      ],
      weights: { w1: weights.w1, b1: weights.b1 },
    });
    const { raised, codes } = await raise(model, image);
    assert.deepEqual([codes, opsetVersion(raised)], [['opset-raised', 'opset-kept'], 12]);
    assert.deepEqual((await run(raised, { x: image }))['y']!.data, (await run(model, { x: image }))['y']!.data);
    const { model: quantized, plan } = await quantize(raised, [{ x: image }]);
    assert.equal(plan.form, 'com.microsoft');
    assert.equal((await countFusedOps(quantized))['QLinearConv'], 1);
  });

  test('leaves opset 13 and later alone', async () => {
    for (const opset of [13, 17]) {
      const model = buildModel({ opset, inputs: { x: [4] }, outputs: 'y', nodes: [op('Relu', 'x', 'y')] });
      const { raised, codes } = await raise(model, noise([4], 1));
      assert.deepEqual([codes, opsetVersion(raised)], [[], opset]);
    }
  });
});

suite('refuses what changed its meaning, and says which node', () => {
  const refused: readonly (readonly [string, NodeProto, readonly number[]])[] = [
    ['Softmax over several axes', op('Softmax', 'x', 'y', { axis: 1 }), [2, 3, 4]],
    ['Softmax with the default axis of before 13', op('Softmax', 'x', 'y'), [2, 3, 4]],
    ['LogSoftmax over several axes', op('LogSoftmax', 'x', 'y', { axis: 0 }), [2, 3]],
    ['an operator the table does not know', op('Hardmax', 'x', 'y', { axis: 1 }), [2, 3]],
  ];
  for (const [name, node, dims] of refused) {
    test(name, async () => {
      const model = buildModel({ opset: 11, inputs: { x: dims }, outputs: 'y', nodes: [node] });
      const { raised, codes } = await raise(model, noise(dims, 1));
      assert.deepEqual([codes, opsetVersion(raised)], [['opset-kept'], 11]);
      assert.deepEqual(encodeModel(raised), encodeModel(model), 'nothing is half raised');
    });
  }

  test('but takes Softmax over the only axis that is longer than 1, where sizes are fixed', async () => {
    const dims = [2, 5, 1, 1];
    const x = noise(dims, 1);
    for (const node of [
      op('Softmax', 'x', 'y'),
      op('LogSoftmax', 'x', 'y', { axis: 1 }),
      op('Softmax', 'x', 'y', { axis: -3 }),
    ]) {
      const model = buildModel({ opset: 11, inputs: { x: ['N', 5, 1, 1] }, outputs: 'y', nodes: [node] });
      const { raised, codes } = await raise(model, x);
      assert.deepEqual(codes, ['opset-raised']);
      assert.deepEqual((await run(raised, { x }))['y']!.data, (await run(model, { x }))['y']!.data);
      const open = buildModel({ opset: 11, inputs: { x: ['N', 5, 'H', 1] }, outputs: 'y', nodes: [node] });
      assert.deepEqual((await raise(open, x)).codes, ['opset-kept']);
    }
  });

  test('but takes Softmax over the last axis', async () => {
    for (const [node, dims] of [
      [op('Softmax', 'x', 'y', { axis: 2 }), [2, 3, 4]],
      [op('Softmax', 'x', 'y', { axis: -1 }), [2, 3, 4]],
      [op('Softmax', 'x', 'y'), [2, 3]],
      [op('LogSoftmax', 'x', 'y', { axis: 1 }), [2, 3]],
    ] as const) {
      const x = noise(dims, 1);
      const model = buildModel({ opset: 11, inputs: { x: dims }, outputs: 'y', nodes: [node] });
      const { raised, codes } = await raise(model, x);
      assert.deepEqual(codes, ['opset-raised']);
      assert.deepEqual((await run(raised, { x }))['y']!.data, (await run(model, { x }))['y']!.data);
    }
  });

  test('and the quantizer falls back to the com.microsoft operators, which fuse', async () => {
    const model = buildModel({
      opset: 11,
      inputs: { x: [2, 4, 8, 8] },
      outputs: 'y',
      nodes: [op('Conv', 'x w1 b1', 'a'), op('Relu', 'a', 'r'), op('Conv', 'r w2', 'b'), op('Softmax', 'b', 'y')],
      weights: { w1: weights.w1, b1: weights.b1, w2: noise([4, 8, 1, 1], 4, 0.3) },
    });
    const { raised, codes } = await raise(model, image);
    assert.deepEqual(codes, ['opset-kept']);
    const { model: quantized, plan, result } = await quantize(raised, [{ x: image }]);
    assert.equal(plan.form, 'com.microsoft');
    assert.equal(result.diagnostics.find(({ code }) => code === 'contrib-qdq')?.severity, 'info');
    assert.equal((await countFusedOps(quantized))['QLinearConv'], 2);
  });
});

suite('raiseOpset to 21, where DequantizeLinear has blocks', () => {
  const raiseTo21 = async (model: ModelProto, input: Tensor): Promise<{ raised: ModelProto; codes: string[] }> => {
    const raised = decodeModel(encodeModel(model));
    const shapes = await observeShapes(inMemory(raised), { x: input });
    return { raised, codes: raiseOpset(raised, shapes, blocksOpset).map(({ code }) => code) };
  };

  for (const opset of [9, 12, 13]) {
    test(`a classifier of opset ${opset} keeps its numbers`, async () => {
      const model = classifier(opset);
      const { raised, codes } = await raiseTo21(model, image);
      assert.deepEqual([codes, opsetVersion(raised)], [['opset-raised'], 21]);
      const [before, after] = [await run(model, { x: image }), await run(raised, { x: image })];
      assert.deepEqual(after['y']!.data, before['y']!.data);
    });
  }

  for (const opset of [13, 17]) {
    test(`what changed with 18 is said anew: axes of reductions, halves of Split (opset ${opset})`, async () => {
      const model = buildModel({
        opset,
        inputs: { x: [2, 4, 8, 8] },
        outputs: 'y',
        nodes: [
          op('ReduceMean', 'x', 'm', { axes: [1, 3], keepdims: 1 }),
          op('Sub', 'x m', 'd'),
          op('Split', 'd', 's1 s2', { axis: 1 }),
          op('ReduceMax', 's1', 'r', { axes: [-1] }),
          op('Add', 's2 r', 'y'),
        ],
      });
      const { raised, codes } = await raiseTo21(model, image);
      assert.deepEqual(codes, ['opset-raised']);
      const [before, after] = [await run(model, { x: image }), await run(raised, { x: image })];
      assert.deepEqual(after['y'], before['y']);
    });
  }

  test('what is not known to mean the same stays: the model is raised as it would be anyway', async () => {
    const nodes = [op('Relu', 'x', 'r'), op('GridSample', 'r grid', 'y')];
    const grid = noise([2, 3, 3, 2], 4, 0.3);
    const model = buildModel({ opset: 16, inputs: { x: [2, 4, 8, 8] }, outputs: 'y', nodes, weights: { grid } });
    const { raised, codes } = await raiseTo21(model, image);
    assert.deepEqual([codes, opsetVersion(raised)], [['opset-kept'], 16]);
  });
});
