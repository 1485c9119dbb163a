import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import type { Shapes } from '../../../electron/engine/graph/shapes.ts';
import { allAtOnce } from '../../../electron/engine/job/steps.ts';
import { equalizeChannels, findChannelGroups } from '../../../electron/engine/3-calibrate/equalize.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  AttributeProto_AttributeType,
  NodeProtoSchema,
  type ModelProto,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  floats,
  inMemory,
  integers,
  measureSqnrDb,
  noise,
  observe,
  op,
  plan,
  quantize,
  run,
} from '../build-model.ts';

/** Noise whose output channels differ in size by up to a factor of 100, as folded BatchNorm makes them. */
function uneven(dims: readonly number[], seed: number, deviation: number): Tensor {
  const perChannel = dims.slice(1).reduce((product, dim) => product * dim, 1);
  const values = noise(dims, seed, deviation).data as Float32Array;
  return floats(
    dims,
    values.map((value, index) => value * 10 ** ((Math.floor(index / perChannel) % 5) / 2 - 1)),
  );
}

const weights: Record<string, Tensor> = {
  w1: uneven([8, 4, 3, 3], 1, 0.3),
  b1: uneven([8], 2, 0.2),
  w2: noise([6, 8, 3, 3], 3, 0.2),
  b2: noise([6], 4, 0.2),
  w3: uneven([8, 8, 3, 3], 5, 0.2),
  b3: uneven([8], 6, 0.2),
  dw: uneven([8, 1, 3, 3], 7, 0.4),
  db: uneven([8], 8, 0.2),
  gw: uneven([8, 4, 3, 3], 9, 0.2),
  gemm: noise([8, 5], 10, 0.5),
  gemmT: noise([5, 8], 11, 0.5),
  gb: noise([5], 12, 0.2),
  low: floats([], [0]),
  lower: floats([], [-1]),
  high: floats([], [1]),
  flat: integers([-1, 8]),
};
const same = { pads: [1, 1, 1, 1] };

function build(nodes: readonly NodeProto[], outputs = 'y', more: Readonly<Record<string, Tensor>> = {}): ModelProto {
  const used = new Set([...nodes.flatMap((node) => node.input), ...outputs.split(' ')]);
  const all = { ...weights, ...more };
  return buildModel({
    inputs: { x: ['N', 4, 8, 8] },
    outputs,
    nodes,
    weights: Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
  });
}

const samples = [1, 2, 3].map((seed): Feeds => ({ x: noise([2, 4, 8, 8], seed) }));

function findGroups(model: ModelProto, shapes: Shapes) {
  return findChannelGroups(indexGraph(inMemory(model)), shapes, new Set(plan(model, shapes).observe));
}

/** The quantized tensors of each set that is scaled together, in alphabetical order. */
async function groupsOf(model: ModelProto): Promise<string[][]> {
  const shapes = await observeShapes(inMemory(model), samples[0]!);
  return findGroups(model, shapes).map(({ tensors }) => [...tensors].sort());
}

async function equalize(model: ModelProto): Promise<ModelProto> {
  const shapes = await observeShapes(inMemory(model), samples[0]!);
  const groups = findGroups(model, shapes);
  const tensors = groups.flatMap((group) => group.tensors);
  const statistics = await observe(model, samples, tensors, {
    statistics: 'histogram',
    shapes,
    channelAxes: new Map(tensors.map((tensor) => [tensor, 1])),
  });
  const maxAbs = new Map([...statistics].map(([tensor, { channels }]) => [tensor, channels!.maxAbs]));
  return allAtOnce(equalizeChannels(inMemory(model), groups, maxAbs)).proto;
}

/** Largest difference of outputs, relative to the largest output. */
async function differenceOf(first: ModelProto, second: ModelProto): Promise<number> {
  let difference = 0;
  let largest = 0;
  for (const feeds of samples) {
    const [a, b] = [await run(first, feeds), await run(second, feeds)];
    for (const [name, { data }] of Object.entries(a)) {
      (data as Float32Array).forEach((value, index) => {
        difference = Math.max(difference, Math.abs(value - (b[name]!.data as Float32Array)[index]!));
        largest = Math.max(largest, Math.abs(value));
      });
    }
  }
  return difference / largest;
}

/** How much larger the loudest channel of a tensor is than the quietest that is not silent. */
async function spreadOf(model: ModelProto, tensor: string): Promise<number> {
  const statistics = await observe(model, samples, [tensor], {
    statistics: 'histogram',
    channelAxes: new Map([[tensor, 1]]),
  });
  const { maxAbs } = statistics.get(tensor)!.channels!;
  return Math.max(...maxAbs) / Math.min(...maxAbs.filter((value) => value > 0));
}

interface Case {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly groups: readonly (readonly string[])[];
  readonly more?: Readonly<Record<string, Tensor>>;
}

const cases: readonly Case[] = [
  {
    name: 'Conv -> Relu -> Conv',
    nodes: [op('Conv', 'x w1 b1', 'a', same), op('Relu', 'a', 'r'), op('Conv', 'r w2 b2', 'y')],
    groups: [['r']],
  },
  {
    name: 'Conv -> LeakyRelu -> Conv without biases',
    nodes: [
      op('Conv', 'x w1', 'a', same),
      op('LeakyRelu', 'a', 'r', { alpha: { float: 0.1 } }),
      op('Conv', 'r w2', 'y'),
    ],
    groups: [['a', 'r']],
  },
  {
    name: 'Conv -> ReLU6 -> Conv: nothing that was observed is capped',
    nodes: [op('Conv', 'x w1 b1', 'a', same), op('Clip', 'a low high', 'c'), op('Conv', 'c w2 b2', 'y')],
    groups: [['c']],
  },
  {
    name: 'two readers of one tensor',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('Relu', 'a', 'r'),
      op('Conv', 'r w2 b2', 'p', same),
      op('Conv', 'r v2', 'q', same),
      op('Tanh', 'p', 'tp'),
      op('Tanh', 'q', 'tq'),
      op('Add', 'tp tq', 'y'),
    ],
    groups: [['r']],
    more: { v2: noise([6, 8, 3, 3], 21, 0.2) },
  },
  {
    name: 'residual Add: all that meets in it is scaled together, the layer inside at both ends',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('Relu', 'a', 'r'),
      op('Conv', 'r w3 b3', 'c', same),
      op('Add', 'c r', 's'),
      op('Relu', 's', 't'),
      op('Conv', 't w2 b2', 'y'),
    ],
    groups: [['c', 'r', 't']],
  },
  {
    name: 'depthwise',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('Relu', 'a', 'r'),
      op('Conv', 'r dw db', 'd', { ...same, group: 8 }),
      op('Relu', 'd', 'e'),
      op('Conv', 'e w2 b2', 'y'),
    ],
    groups: [['e'], ['r']],
  },
  {
    name: 'grouped convolution',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('Relu', 'a', 'r'),
      op('Conv', 'r gw b3', 'g', { ...same, group: 2 }),
      op('Relu', 'g', 'h'),
      op('Conv', 'h w2 b2', 'y'),
    ],
    groups: [['h'], ['r']],
  },
  {
    name: 'GlobalAveragePool -> Flatten -> Gemm',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('Relu', 'a', 'r'),
      op('GlobalAveragePool', 'r', 'p'),
      op('Flatten', 'p', 'f'),
      op('Gemm', 'f gemm gb', 'y'),
    ],
    groups: [['p', 'r']],
  },
  {
    name: 'GlobalAveragePool -> Reshape -> Gemm with transB',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('GlobalAveragePool', 'a', 'p'),
      op('Reshape', 'p flat', 'f'),
      op('Gemm', 'f gemmT gb', 'y', { transB: 1 }),
    ],
    groups: [['a', 'p']],
  },
  {
    name: 'MaxPool and AveragePool',
    nodes: [
      op('Conv', 'x w1 b1', 'a', same),
      op('MaxPool', 'a', 'm', { kernel_shape: [2, 2], strides: [2, 2] }),
      op('AveragePool', 'm', 'v', { kernel_shape: [2, 2], pads: [1, 1, 1, 1] }),
      op('Conv', 'v w2 b2', 'y'),
    ],
    groups: [['a', 'v']],
  },
  {
    name: 'Gemm -> Relu -> Gemm',
    nodes: [
      op('GlobalAveragePool', 'x', 'p'),
      op('Flatten', 'p', 'f'),
      op('Gemm', 'f g1 c1', 'h', { transB: 1 }),
      op('Relu', 'h', 'r'),
      op('Gemm', 'r gemm gb', 'y'),
    ],
    groups: [['r']],
    more: { g1: uneven([8, 4], 22, 1), c1: uneven([1, 8], 23, 1) },
  },
];

suite('equalizeChannels leaves the float model what it was', () => {
  for (const { name, nodes, groups, more } of cases) {
    test(name, async () => {
      const model = build(nodes, 'y', more);
      assert.deepEqual((await groupsOf(model)).sort(), [...groups].sort());
      const before = encodeModel(model);
      const equalized = await equalize(model);
      assert.deepEqual(encodeModel(model), before, 'the given model is not changed');
      const difference = await differenceOf(model, equalized);
      assert.ok(difference <= 1e-4, `outputs moved by ${difference}`);
      for (const [tensor] of groups) {
        const [loud, quiet] = [await spreadOf(model, tensor!), await spreadOf(equalized, tensor!)];
        assert.ok(quiet < 0.5 * loud || quiet < 2, `spread of ${tensor!}: ${loud} became ${quiet}`);
      }
    });
  }
});

suite('groups are blocked', () => {
  const blocked: readonly (readonly [string, readonly NodeProto[], string?])[] = [
    ['by a Clip that lets negative values through', [op('Conv', 'x w1 b1', 'a', same), op('Clip', 'a lower high', 'c'), op('Conv', 'c w2 b2', 'y')]],
    ['by Sigmoid', [op('Conv', 'x w1 b1', 'a', same), op('Sigmoid', 'a', 's'), op('Conv', 's w2 b2', 'y')]],
    ['by a graph output', [op('Conv', 'x w1 b1', 'a', same), op('Conv', 'a w2 b2', 'y')], 'y a'],
    ['by an output behind a Relu', [op('Conv', 'x w1 b1', 'a', same), op('Relu', 'a', 'r'), op('Conv', 'r w2 b2', 'y')], 'y r'],
    ['by the input of the graph', [op('Relu', 'x', 'r'), op('Conv', 'r w1 b1', 'y')]],
    ['by an Add of a constant', [op('Conv', 'x w1 b1', 'a', same), op('Add', 'a high', 's'), op('Conv', 's w2 b2', 'y')]],
    ['by an Add of the input', [op('Conv', 'x v', 'a', same), op('Add', 'a x', 's'), op('Conv', 's v2', 'y')]],
    ['by Softmax', [op('Conv', 'x w1 b1', 'a', same), op('Softmax', 'a', 's', { axis: 1 }), op('Conv', 's w2 b2', 'y')]],
    ['by a Concat', [op('Conv', 'x w1 b1', 'a', same), op('Concat', 'a a', 's', { axis: 1 }), op('Conv', 's wide', 'y')]],
    ['by a Transpose', [op('Conv', 'x w1 b1', 'a', same), op('Transpose', 'a', 's', { perm: [0, 2, 1, 3] }), op('Conv', 's w2 b2', 'y')]],
    ['by weights two layers share', [op('Conv', 'x v', 'a', same), op('Relu', 'a', 'r'), op('Conv', 'r v', 'y')]],
    ['by a bias two layers share', [op('Conv', 'x w1 b1', 'a', same), op('Conv', 'a w3 b1', 'y')]],
    ['by a Flatten that mixes channels with places', [op('Conv', 'x w1 b1', 'a', same), op('Flatten', 'a', 'f'), op('Gemm', 'f big', 'y')]],
    ['by a Gemm with transA', [op('GlobalAveragePool', 'x', 'p'), op('Flatten', 'p', 'f'), op('Gemm', 'f g4', 'h'), op('Gemm', 'h g2', 'y', { transA: 1 })]],
    ['by a Softmax behind a residual Add that no layer reads', [op('Conv', 'x w1 b1', 'a', same), op('Conv', 'a w3 b3', 'c', same), op('Add', 'a c', 's'), op('Softmax', 's', 'y', { axis: 1 })]],
    ['by a Sigmoid behind a Relu beside a layer', [op('Conv', 'x w1 b1', 'a', same), op('Conv', 'a w2 b2', 'y'), op('Relu', 'a', 'r'), op('Sigmoid', 'r', 's')], 'y s'],
    ['by an output behind a MaxPool beside a layer', [op('Conv', 'x w1 b1', 'a', same), op('Conv', 'a w2 b2', 'y'), op('MaxPool', 'a', 'm', { kernel_shape: [2, 2] })], 'y m'],
  ]; // prettier-ignore
  for (const [name, nodes, outputs] of blocked) {
    test(name, async () => {
      const more = {
        v: noise([4, 4, 3, 3], 1),
        v2: noise([4, 4, 1, 1], 2),
        wide: noise([2, 16, 1, 1], 3),
        big: noise([512, 3], 4),
        g4: noise([4, 3], 5),
        g2: noise([2, 3], 6),
      };
      assert.deepEqual(await groupsOf(build(nodes, outputs, more)), []);
    });
  }

  test('by a Gemm bias that is not one value a column', async () => {
    const model = build(
      [
        op('GlobalAveragePool', 'x', 'p'),
        op('Flatten', 'p', 'f'),
        op('Gemm', 'f g1 c1', 'h'),
        op('Relu', 'h', 'r'),
        op('Gemm', 'r gemm gb', 'y'),
      ],
      'y',
      // A value for each of 2 rows and 8 columns.
      { g1: noise([4, 8], 22), c1: noise([2, 8], 23) },
    );
    assert.ok((await differenceOf(model, await equalize(model))) <= 1e-4);
  });
});

suite('weights that others read are left as they are', () => {
  const [first, clamp, last] = cases[0]!.nodes as [NodeProto, NodeProto, NodeProto];
  const branch = create(NodeProtoSchema, {
    opType: 'If',
    name: 'if',
    input: ['yes'],
    output: ['o'],
    attribute: ['then_branch', 'else_branch'].map((name) => ({
      name,
      type: AttributeProto_AttributeType.GRAPH,
      g: { name, node: [op('Sin', 'w1', 'sin')], output: [{ name: 'sin' }] },
    })),
  });
  const yes: Tensor = { dataType: 'bool', dims: [], data: Uint8Array.of(1) };
  const shared: readonly (readonly [string, readonly NodeProto[], string, Readonly<Record<string, Tensor>>?])[] = [
    ['an output of the model is the weight of the layer before', [first, clamp, last], 'y w1'],
    ['an output of the model is the bias of the layer before', [first, clamp, last], 'y b1'],
    ['an output of the model is the weight of the layer behind', [first, clamp, last], 'y w2'],
    ['an Identity hands a weight out', [first, clamp, last, op('Identity', 'w1', 'o')], 'y o'],
    ['another node computes with a weight', [first, clamp, last, op('Sin', 'w2', 'o')], 'y o'],
    ['a body reads a weight', [first, clamp, last, branch], 'y o', { yes }],
  ];
  for (const [name, nodes, outputs, more] of shared) {
    test(name, async () => {
      const model = build(nodes, outputs, more);
      assert.deepEqual(await groupsOf(model), []);
      const { graph } = await equalize(model);
      for (const tensor of model.graph!.initializer) {
        assert.deepEqual(graph!.initializer.find((other) => other.name === tensor.name)!.rawData, tensor.rawData);
      }
    });
  }
  test('one that is its own is equalized beside them', async () => {
    const model = build(
      [first, clamp, op('Conv', 'r w3 b3', 'c', same), op('Relu', 'c', 'd'), op('Conv', 'd w2 b2', 'y')],
      'y w1',
    );
    assert.deepEqual(await groupsOf(model), [['d']]);
    assert.ok((await differenceOf(model, await equalize(model))) <= 1e-4);
  });
});

test('a channel that is always zero keeps its weights', async () => {
  const w1 = noise([8, 4, 1, 1], 1);
  (w1.data as Float32Array).fill(0, 0, 4);
  const model = build([op('Conv', 'x v1', 'a'), op('Relu', 'a', 'r'), op('Conv', 'r w2 b2', 'y')], 'y', { v1: w1 });
  const equalized = await equalize(model);
  assert.ok((await differenceOf(model, equalized)) <= 1e-4);
  for (const tensor of equalized.graph!.initializer) {
    assert.ok((readTensor(tensor, '').data as Float32Array).every(Number.isFinite), tensor.name);
  }
});

test('equalized channels survive one scale much better', async () => {
  // The reader makes up for the uneven channels, so that the quiet ones count as much as the loud ones.
  const model = build(cases[0]!.nodes, 'y', { w2: scaledInputs(weights['w2']!, 8) });
  const sqnrDbOf = async (float: ModelProto): Promise<number> => {
    const { model: quantized } = await quantize(float, samples, { weightRange: 'int8-pairs' });
    return measureSqnrDb(model, quantized, samples);
  };
  const [plain, equalized] = [await sqnrDbOf(model), await sqnrDbOf(await equalize(model))];
  assert.ok(equalized > plain + 3, `${plain.toFixed(1)} dB became ${equalized.toFixed(1)} dB`);
});

/** Undoes what `uneven` does to the channels, on the side of the reader. */
function scaledInputs(weight: Tensor, inputs: number): Tensor {
  const positions = weight.dims.slice(2).reduce((product, dim) => product * dim, 1);
  return floats(
    weight.dims,
    (weight.data as Float32Array).map((value, index) => {
      const input = Math.floor(index / positions) % inputs;
      return value / 10 ** ((input % 5) / 2 - 1);
    }),
  );
}
