/**
 * Float nodes that only move values which an int8 node, or a table of weights, made: ONNX Runtime refuses such a model from
 * opset 21 on (microsoft/onnxruntime#25526) unless the move is written as one of integers.
 */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { prepareModel } from '../../../electron/engine/1-analyze/prepare.ts';
import { verifyFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  countFusedOps,
  floats,
  integers,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
  type QuantizeOptions,
  modeOf,
} from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const samples = [1, 2, 3].map((seed): Feeds => ({ x: noise([1, 4, 8, 8], seed) }));
const symmetric: QuantizeOptions = { recipe: { symmetricActivations: true }, weightRange: 'int8-reduced' };

interface Move {
  readonly name: string;
  /** From `a` (1 x 4 x 8 x 8, of an int8 Conv) to `m`, which Sin reads in float. */
  readonly nodes: readonly NodeProto[];
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly options?: QuantizeOptions;
}

const moves: readonly Move[] = [
  { name: 'Reshape', nodes: [op('Reshape', 'a s', 'm')], weights: { s: integers([0, -1]) } },
  { name: 'Flatten', nodes: [op('Flatten', 'a', 'm')] },
  { name: 'Transpose', nodes: [op('Transpose', 'a', 'm', { perm: [0, 2, 3, 1] })] },
  { name: 'Unsqueeze', nodes: [op('Unsqueeze', 'a s', 'm')], weights: { s: integers([1]) } },
  {
    name: 'GlobalAveragePool and Squeeze',
    nodes: [op('GlobalAveragePool', 'a', 'g'), op('Squeeze', 'g s', 'm')],
    weights: { s: integers([2, 3]) },
  },
  {
    name: 'Slice',
    nodes: [op('Slice', 'a s e axes', 'm')],
    weights: { s: integers([1]), e: integers([3]), axes: integers([2]) },
  },
  { name: 'Gather', nodes: [op('Gather', 'a s', 'm', { axis: 1 })], weights: { s: integers([1, 2]) } },
  { name: 'Split', nodes: [op('Split', 'a s', 'm rest', { axis: 1 })], weights: { s: integers([2, 2]) } },
  {
    name: 'MaxPool that the recipe excludes',
    nodes: [op('MaxPool', 'a', 'm', { kernel_shape: [2, 2] })],
    options: { ...symmetric, recipe: { symmetricActivations: true, excludeOpTypes: ['MaxPool'] } },
  },
  {
    name: 'Reshape, Transpose, Slice in a row',
    nodes: [op('Reshape', 'a r', 'b'), op('Transpose', 'b', 'c'), op('Slice', 'c s e axes', 'm')],
    weights: { r: integers([4, -1]), s: integers([1]), e: integers([3]), axes: integers([1]) },
  },
  {
    name: 'Transpose with two readers, one of them int8',
    nodes: [
      op('Transpose', 'a', 't', { perm: [0, 1, 3, 2] }),
      op('Conv', 't v', 'c'),
      op('Cos', 't', 'd'),
      op('Add', 'c d', 'm'),
    ],
    weights: { v: noise([4, 4, 1, 1], 5, 0.3) },
  },
];

function behindConvolution({ nodes, weights }: Move, opset: number): ModelProto {
  return buildModel({
    opset,
    inputs: { x: [1, 4, 8, 8] },
    outputs: 'y',
    nodes: [op('Conv', 'x w', 'a', { pads: [1, 1, 1, 1] }), ...nodes, op('Sin', 'm', 'y')],
    weights: { w: noise([4, 4, 3, 3], 9, 0.3), ...weights },
  });
}

suite('values that an int8 layer made are moved in int8 at every opset, to the same result', () => {
  for (const move of moves) {
    test(move.name, async () => {
      const results: number[] = [];
      for (const opset of [13, 20, 21, 22, 24]) {
        const model = behindConvolution(move, opset);
        const { model: quantized } = await quantize(model, samples, move.options ?? symmetric);
        assert.ok(((await countFusedOps(quantized))['QLinearConv'] ?? 0) >= 1, `opset ${opset}`);
        results.push(await measureSqnrDb(model, quantized, samples));
      }
      const [first] = results as [number];
      assert.ok(first > 25, `${first} dB`);
      for (const result of results) assert.ok(Math.abs(result - first) < 0.1, `${result} dB, not ${first}`);
    });
  }
});

test('a move is one of integers: no more conversions than the layer and its reader need', async () => {
  const model = behindConvolution(moves[2]!, 21);
  const { model: quantized, plan: made } = await quantize(model, samples, symmetric);
  assert.equal(modeOf(nodePlan(made, 'm')), 'float');
  const { QuantizeLinear, DequantizeLinear, Transpose } = await countFusedOps(quantized);
  // The one to rows of pixels is that of the convolution; the kernel's way back and the move are one.
  assert.deepEqual([QuantizeLinear, DequantizeLinear, Transpose], [1, 1, 1]);
});

suite('rows of a table with one scale are moved as integers', () => {
  const tails: readonly (readonly [string, NodeProto])[] = [
    ['Transpose', op('Transpose', 'e', 'm', { perm: [0, 2, 1] })],
    ['Unsqueeze', op('Unsqueeze', 'e s', 'm')],
    ['Reshape', op('Reshape', 'e r', 'm')],
  ];
  for (const [name, node] of tails) {
    for (const [opset, symmetricActivations] of [
      [17, false],
      [21, false],
      [21, true],
      [24, false],
    ] as const) {
      test(`${name}, opset ${opset}, ${symmetricActivations ? 'int8' : 'uint8'} activations`, async () => {
        const model = buildModel({
          opset,
          inputs: { x: [1, 8] },
          outputs: 'y',
          nodes: [op('Cast', 'x', 'ids', { to: 7 }), op('Gather', 'table ids', 'e'), node, op('Sin', 'm', 'y')],
          weights: { table: noise([200, 16], 3), s: integers([1]), r: integers([-1, 16]) },
        });
        const ids = [{ x: floats([1, 8], [0, 5, 7, 100, 199, 31, 5, 64]) }];
        const { model: quantized } = await quantize(model, ids, {
          recipe: { perChannel: false, symmetricActivations },
        });
        assert.equal((await countFusedOps(quantized))['QuantizeLinear'], undefined);
        const dB = await measureSqnrDb(model, quantized, ids);
        assert.ok(dB > 38, `${dB} dB`);
      });
    }
  }
});

suite('prepared as compress does it', () => {
  const folder = temporaryFolder();
  const channels = (seed: number, dims: readonly number[]) => noise(dims, seed, 0.3);
  const graphs: readonly (readonly [string, readonly NodeProto[], Readonly<Record<string, Tensor>>])[] = [
    [
      'Conv, Reshape, Transpose, LayerNormalization, MatMul',
      [
        op('Reshape', 'a s', 'r'),
        op('Transpose', 'r', 't', { perm: [0, 2, 1] }),
        op('LayerNormalization', 't g b', 'n'),
        op('MatMul', 'n v', 'y'),
      ],
      { s: integers([1, 4, 64]), g: channels(1, [4]), b: channels(2, [4]), v: channels(3, [4, 6]) },
    ],
    [
      'Cast to the type it has already, which is taken out, before a Reshape',
      [op('Cast', 'a', 'c', { to: 1 }), op('Reshape', 'c s', 'r'), op('Sin', 'r', 'y')],
      { s: integers([1, 4, 64]) },
    ],
    [
      'GroupNormalization, which becomes nodes of its own',
      [op('GroupNormalization', 'a g b', 'n', { num_groups: 2 }), op('Conv', 'n v', 'y')],
      { g: channels(1, [4]), b: channels(2, [4]), v: channels(3, [4, 4, 1, 1]) },
    ],
    [
      'InstanceNormalization between Reshapes, as GroupNormalization was exported before',
      [
        op('Reshape', 'a s', 'r'),
        op('InstanceNormalization', 'r g b', 'n'),
        op('Reshape', 'n back', 'm'),
        op('Conv', 'm v', 'y'),
      ],
      {
        s: integers([1, 2, 128]),
        back: integers([1, 4, 8, 8]),
        g: channels(1, [2]),
        b: channels(2, [2]),
        v: channels(3, [4, 4, 1, 1]),
      },
    ],
    [
      'GlobalAveragePool, Squeeze, Softmax',
      [op('GlobalAveragePool', 'a', 'p'), op('Squeeze', 'p s', 'q'), op('Softmax', 'q', 'y', { axis: -1 })],
      { s: integers([2, 3]) },
    ],
  ];
  for (const [name, nodes, weights] of graphs) {
    for (const [opset, batch] of [
      [21, 1],
      [22, 1],
      [21, 'N'],
    ] as const) {
      test(`${name}, opset ${opset}, batch of ${batch}`, async () => {
        const model = buildModel({
          opset,
          inputs: { x: [batch, 4, 8, 8] },
          outputs: 'y',
          nodes: [op('Conv', 'x w', 'a', { pads: [1, 1, 1, 1] }), ...nodes],
          weights: { w: noise([4, 4, 3, 3], 9, 0.3), ...weights },
        });
        const path = join(folder, 'model.onnx');
        await writeFile(path, encodeModel(model));
        const { prepared } = await prepareModel(path, folder);
        const { graph, plan: made, model: quantized } = await quantize(prepared.proto, samples, symmetric);
        // A Shape that reads the layer as well is folded only where the batch is known; it keeps an int8 pair from uint8.
        if (batch === 1) assert.deepEqual(await verifyFusion(encodeModel(quantized), made, graph), []);
        const dB = await measureSqnrDb(model, quantized, samples);
        assert.ok(dB > 25, `${dB} dB`);
        assert.deepEqual(Object.keys(await run(quantized, samples[0]!)), ['y']);
      });
    }
  }
});
