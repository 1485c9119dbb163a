import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { recipeSchema } from '../../../shared/recipe.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { calibrateModels } from '../../../electron/engine/3-calibrate/calibrate.ts';
import { smoothChannels, smoothingFactors } from '../../../electron/engine/3-calibrate/smooth.ts';
import { findSmoothingGroups, readTensors } from '../../../electron/engine/3-calibrate/smoothing-groups.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { allAtOnce } from '../../../electron/engine/job/steps.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  assertClose,
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
import { loudBlock, loudBlockSamples } from '../loud-block.ts';

const channels = 8;
/** Two channels of eight are forty times as loud as the others. */
const loud = (_: unknown, index: number): number => (index % channels === 2 || index % channels === 5 ? 40 : 1);
const loudly = (tensor: Tensor): Tensor =>
  floats(
    tensor.dims,
    (tensor.data as Float32Array).map((value, index) => value * loud(value, index)),
  );
/** The same along the rows of a matrix: what makes up for loud channels. */
const quietly = (tensor: Tensor): Tensor => {
  const columns = tensor.dims.at(-1)!;
  const rows = tensor.dims.at(-2)!;
  return floats(
    tensor.dims,
    (tensor.data as Float32Array).map((value, index) => value / loud(value, Math.floor(index / columns) % rows)),
  );
};

const weights: Record<string, Tensor> = {
  gamma: loudly(floats([8], new Array<number>(8).fill(1.1))),
  beta: loudly(noise([8], 1, 0.3)),
  plainGamma: noise([8], 2, 0.2),
  w1: quietly(noise([8, 6], 3, 0.4)),
  w2: quietly(noise([8, 8], 4, 0.4)),
  w3: noise([8, 6], 5, 0.4),
  w4: quietly(noise([6, 8], 6, 0.4)),
  stack: quietly(noise([2, 8, 6], 7, 0.4)),
  made: loudly(noise([8, 8], 8, 0.4)),
  madeT: noise([8, 8], 9, 0.4),
  bias: loudly(noise([8], 10, 0.4)),
  single: floats([1], [0.25]),
  half: floats([], [0.5]),
  rows: integers([-1, 8]),
  first: floats([], [0]),
  epsilon: floats([], [1e-5]),
  two: floats([], [2]),
};
const index: Tensor = { dataType: 'int64', dims: [], data: BigInt64Array.from([1n]) };

function build(
  nodes: readonly NodeProto[],
  { outputs = 'y', more = {}, opset = 17 }: { outputs?: string; more?: Record<string, Tensor>; opset?: number } = {},
): ModelProto {
  const used = new Set([...nodes.flatMap(({ input }) => input), ...outputs.split(' ')]);
  const all: Record<string, Tensor> = { ...weights, index, ...more };
  return buildModel({
    opset,
    inputs: { x: [2, 4, 8] },
    outputs,
    nodes,
    weights: Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
  });
}

const samples = [1, 2, 3].map((seed): Feeds => ({ x: noise([2, 4, 8], seed) }));
const strength = 0.5;

async function look(model: ModelProto) {
  const shapes = await observeShapes(inMemory(model), samples[0]!);
  const graph = indexGraph(inMemory(model));
  const quantized = new Set(plan(model, shapes).tensors.map(({ tensor }) => tensor));
  const groups = findSmoothingGroups(graph, shapes, quantized);
  const read = [...new Set(groups.flatMap(readTensors))];
  const axes = read.map((tensor) => [tensor, shapes.get(tensor)!.dims.length - 1] as const);
  const seen = await observe(model, samples, read, { statistics: 'histogram', shapes, channelAxes: new Map(axes) });
  const maxAbs = new Map([...seen].map(([tensor, { channels: found }]) => [tensor, found!.maxAbs]));
  return { groups, maxAbs };
}

async function smooth(model: ModelProto): Promise<ModelProto> {
  const { groups, maxAbs } = await look(model);
  return allAtOnce(smoothChannels(inMemory(model), groups, maxAbs, strength)).proto;
}

const valuesOf = (model: ModelProto, name: string): Float32Array =>
  readTensor(
    model.graph!.initializer.find((tensor) => tensor.name === name)!,
    '',
  ).data as Float32Array;

/** Every output is the same to the rounding of float32, and the model given is what it was. */
async function assertSameOutputs(model: ModelProto, smoothed: ModelProto): Promise<void> {
  for (const feeds of samples) {
    const [before, after] = [await run(model, feeds), await run(smoothed, feeds)];
    for (const [name, { data }] of Object.entries(before)) {
      const values = data as Float32Array;
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      assertClose(after[name]!.data as Float32Array, values, 2e-5 * largest);
    }
  }
}

const norm = op('LayerNormalization', 'x gamma beta', 'n');
const decomposed = [
  op('ReduceMean', 'x', 'mean', { axes: [-1] }),
  op('Sub', 'x mean', 'centred'),
  op('Pow', 'centred two', 'squares'),
  op('ReduceMean', 'squares', 'variance', { axes: [-1] }),
  op('Add', 'variance epsilon', 'safe'),
  op('Sqrt', 'safe', 'deviation'),
  op('Div', 'centred deviation', 'even'),
];
const flat = [op('Reshape', 'x rows', 'f')];
/** What can be smoothed: the tensors that products read, in alphabetical order. */
const cases: readonly {
  readonly name: string;
  readonly nodes: readonly NodeProto[];
  readonly read: readonly string[];
  readonly outputs?: string;
  readonly more?: Record<string, Tensor>;
  readonly opset?: number;
}[] = [
  { name: 'LayerNormalization, its beta too', nodes: [norm, op('MatMul', 'n w1', 'y')], read: ['n'] },
  {
    name: 'LayerNormalization without beta',
    nodes: [op('LayerNormalization', 'x gamma', 'n'), op('MatMul', 'n w1', 'y')],
    read: ['n'],
  },
  {
    name: 'a normalization by the root mean square',
    nodes: [
      op('SimplifiedLayerNormalization', 'x gamma', 'n', { axis: -1, epsilon: { float: 1e-5 } }),
      op('MatMul', 'n w1', 'y'),
    ],
    read: ['n'],
  },
  {
    name: 'a normalization of a sum, which itself is read on',
    nodes: [
      op('SkipLayerNormalization', 'x x gamma beta', 'n _ _ s', {}, 'com.microsoft'),
      op('MatMul', 'n w2', 'm'),
      op('Add', 'm s', 'y'),
    ],
    read: ['n'],
  },
  {
    name: 'a decomposed LayerNormalization',
    nodes: [...decomposed, op('Mul', 'even gamma', 'g'), op('Add', 'beta g', 'n'), op('MatMul', 'n w1', 'y')],
    read: ['n'],
  },
  {
    name: 'one activation that two products read',
    nodes: [norm, op('MatMul', 'n w1', 'a'), op('MatMul', 'n w3', 'b'), op('Add', 'a b', 'y')],
    read: ['n'],
  },
  {
    name: 'a gamma that another normalization reads: each has its own then',
    nodes: [norm, op('MatMul', 'n w2', 'm'), op('LayerNormalization', 'm gamma plainGamma', 'y')],
    read: ['n'],
  },
  { name: 'a stack of matrices', nodes: [norm, op('Unsqueeze', 'n at', 'u'), op('MatMul', 'u stack', 'y')], read: ['u'], more: { at: integers([1]) } }, // prettier-ignore
  {
    name: 'Gemm with transB and a bias -> Relu -> Gemm',
    nodes: [
      ...flat,
      op('Gemm', 'f madeT bias', 'h', { transB: 1 }),
      op('Relu', 'h', 'r'),
      op('Gemm', 'r w4', 'y', { transB: 1, alpha: { float: 0.5 } }),
    ],
    read: ['r'],
  },
  {
    name: 'Gemms that share a bias: it is added to what they make, not to what they read',
    nodes: [
      ...flat,
      op('LayerNormalization', 'f gamma beta', 'n'),
      op('Gemm', 'n w2 plainGamma', 'a'),
      op('Gemm', 'n v2 plainGamma', 'b'),
      op('Gemm', 'b made', 'c'),
      op('Add', 'a c', 'y'),
    ],
    read: ['n'],
    more: { v2: quietly(noise([8, 8], 33, 0.4)) },
  },
  {
    name: 'MatMul -> Add of one value for all channels -> MatMul',
    nodes: [op('MatMul', 'x made', 'm'), op('Add', 'm single', 'a'), op('MatMul', 'a w1', 'y')],
    read: ['a'],
  },
  {
    name: 'through a factor, a Reshape, a Transpose and a token picked out',
    nodes: [
      norm,
      op('Mul', 'n half', 's'),
      op('Transpose', 's', 't', { perm: [1, 0, 2] }),
      op('Gather', 't index', 'p', { axis: 0 }),
      op('Reshape', 'p rows', 'q'),
      op('MatMul', 'q w1', 'y'),
    ],
    read: ['q'],
  },
  {
    name: 'a gated layer: the branch that is made for it alone is scaled',
    nodes: [
      op('MatMul', 'x madeT', 'gate'),
      op('Sigmoid', 'gate', 'open'),
      op('Mul', 'gate open', 'silu'),
      op('MatMul', 'x made', 'up'),
      op('Mul', 'silu up', 'h'),
      op('MatMul', 'h w1', 'y'),
    ],
    read: ['h'],
  },
  {
    name: 'a sum whose both sides can be scaled',
    nodes: [norm, op('MatMul', 'n w2', 'm'), op('Add', 'm n', 's'), op('MatMul', 's v', 'y')],
    read: ['n', 's'],
    more: { v: noise([8, 6], 30, 0.4) },
  },
];

suite('smoothChannels leaves the float model what it was', () => {
  for (const { name, nodes, read, ...rest } of cases) {
    test(name, async () => {
      const model = build(nodes, rest);
      const before = encodeModel(model);
      const { groups } = await look(model);
      assert.deepEqual(groups.flatMap(readTensors).sort(), read);
      const smoothed = await smooth(model);
      assert.deepEqual(encodeModel(model), before, 'the given model is not changed');
      assert.notDeepEqual(encodeModel(smoothed), before);
      await assertSameOutputs(model, smoothed);
    });
  }
});

suite('the factors are those of the paper', () => {
  test('equation 4, by hand', () => {
    const factors = smoothingFactors(Float64Array.of(16, 4, 0, 1), Float64Array.of(4, 1, 2, 0), 0.5);
    assert.deepEqual([...factors], [2, 2, 1, 1], 'a channel that is silent, or that nothing reads, is left alone');
    assertClose(smoothingFactors(Float64Array.of(16), Float64Array.of(4), 0.75), [8 / Math.SQRT2], 1e-12);
    assert.deepEqual([...smoothingFactors(Float64Array.of(16), Float64Array.of(4), 1)], [16]);
    assert.deepEqual([...smoothingFactors(Float64Array.of(16), Float64Array.of(4), 0)], [0.25]);
  });

  test('gamma and beta are divided, the weights of both readers multiplied, by the largest of what both have', async () => {
    const model = build(cases.find(({ name }) => name.startsWith('one activation'))!.nodes);
    const { maxAbs } = await look(model);
    const smoothed = await smooth(model);
    const rowMax = (name: string, row: number): number =>
      Math.max(...valuesOf(model, name).subarray(6 * row, 6 * row + 6).map(Math.abs)); // prettier-ignore
    for (let row = 0; row < channels; row++) {
      const weight = Math.max(rowMax('w1', row), rowMax('w3', row));
      const factor = Math.sqrt(maxAbs.get('n')![row]! / weight);
      for (const name of ['gamma', 'beta']) {
        assert.ok(Math.abs(valuesOf(smoothed, name)[row]! * factor - valuesOf(model, name)[row]!) <= 1e-5, name);
      }
      for (const name of ['w1', 'w3']) {
        const [before, after] = [valuesOf(model, name), valuesOf(smoothed, name)];
        assertClose(after.subarray(6 * row, 6 * row + 6), before.subarray(6 * row, 6 * row + 6).map((value) => value * factor), 1e-5); // prettier-ignore
      }
    }
  });

  test('a gamma that is shared stays what it was for the other', async () => {
    const model = build(cases.find(({ name }) => name.startsWith('a gamma'))!.nodes);
    const smoothed = await smooth(model);
    assert.deepEqual(valuesOf(smoothed, 'gamma'), valuesOf(model, 'gamma'));
    assert.deepEqual(smoothed.graph!.node[0]!.input, ['x', 'gamma_scaled', 'beta']);
  });
});

suite('nothing is smoothed', () => {
  const blocked: readonly (readonly [string, readonly NodeProto[], string?])[] = [
    ['where a residual reads what was normalized', [norm, op('MatMul', 'n w2', 'm'), op('Add', 'm n', 's'), op('Tanh', 's', 'y')]],
    ['behind Gelu-like operators', [op('MatMul', 'x made', 'm'), op('Sigmoid', 'm', 's'), op('MatMul', 's w1', 'y')]],
    ['where the activation is an output', [norm, op('MatMul', 'n w1', 'y')], 'y n'],
    ['in the input of the model', [op('MatMul', 'x w1', 'y')]],
    ['where a second reader is no layer', [norm, op('MatMul', 'n w1', 'm'), op('Softmax', 'n', 's'), op('MatMul', 's w3', 't'), op('Add', 'm t', 'y')]],
    ['where another product shares the weight', [norm, op('MatMul', 'n w1', 'a'), op('MatMul', 'x w1', 'b'), op('Add', 'a b', 'y')]],
    ['where the weight is an output', [norm, op('MatMul', 'n w1', 'y')], 'y w1'],
    ['where two activations are multiplied', [norm, op('Transpose', 'n', 't', { perm: [0, 2, 1] }), op('MatMul', 'n t', 'y')]],
    ['where a Transpose moves the channels', [norm, op('Transpose', 'n', 't', { perm: [0, 2, 1] }), op('MatMul', 't v4', 'y')]],
    ['where the normalization is of other axes', [op('LayerNormalization', 'x wide', 'n', { axis: 1 }), op('MatMul', 'n w1', 'y')]],
    ['where a layer is a Gemm with transA', [...flat, op('Gemm', 'f madeT', 'h'), op('Gemm', 'h made', 'y', { transA: 1 })]],
  ]; // prettier-ignore
  for (const [name, nodes, outputs] of blocked) {
    test(name, async () => {
      const more = { v4: noise([4, 6], 31), wide: noise([4, 8], 32) };
      const model = build(nodes, { more, ...(outputs === undefined ? {} : { outputs }) });
      assert.deepEqual((await look(model)).groups, []);
      assert.deepEqual(encodeModel(await smooth(model)), encodeModel(model));
    });
  }
});

async function calibrate(changes: object, model = loudBlock, fed = loudBlockSamples) {
  const prepared = inMemory(model);
  const graph = indexGraph(prepared);
  const shapes = await observeShapes(prepared, fed[0]!);
  return calibrateModels(prepared, {
    plan: plan(model, shapes),
    graph,
    shapes,
    recipe: recipeSchema.parse({ calibrationMethod: 'minmax', biasCorrection: 'off', equalization: 'off', ...changes }),
    samples: { count: fed.length, read: (place) => Promise.resolve(fed[place]!) },
    threads: 1,
    signal: new AbortController().signal,
    onSample: () => undefined,
  });
}

test('loud channels of a transformer block: int8 comes several dB closer', async () => {
  const { prepared, smoothed } = await calibrate({ smoothing: 'on' });
  assert.deepEqual([...smoothed.keys()], [0.5]);
  const model = prepared.model.proto;
  const sqnrDbOf = async (float: ModelProto): Promise<number> => {
    const { model: made } = await quantize(float, loudBlockSamples, { weightRange: 'int8-reduced' });
    return measureSqnrDb(model, made, loudBlockSamples);
  };
  const [plain, better] = [await sqnrDbOf(model), await sqnrDbOf(smoothed.get(0.5)!.model.proto)];
  assert.ok(better > plain + 4, `${plain.toFixed(1)} dB became ${better.toFixed(1)} dB`);
});

suite('which strengths are made', () => {
  test('a few where channels differ much, by measurement', async () => {
    assert.deepEqual([...(await calibrate({})).smoothed.keys()], [0.5, 0.65, 0.8]);
  });
  test('the one that was asked for', async () => {
    assert.deepEqual([...(await calibrate({ smoothing: 'on', smoothingStrength: 0.3 })).smoothed.keys()], [0.3]);
  });
  test('none where nobody asked', async () => {
    assert.equal((await calibrate({ smoothing: 'off' })).smoothed.size, 0);
  });
  test('none where channels are even', async () => {
    const even = build([op('LayerNormalization', 'x ones', 'n'), op('MatMul', 'n w3', 'y')], {
      more: { ones: floats([8], new Array<number>(8).fill(1)) },
    });
    assert.equal((await calibrate({}, even, samples)).smoothed.size, 0);
    assert.equal((await calibrate({ smoothing: 'on' }, even, samples)).smoothed.size, 1, 'unless it is asked for');
  });
  test('what a smoothed model was seen to hold is what it holds', async () => {
    const { prepared, smoothed } = await calibrate({ smoothing: 'on' });
    const { model, statistics } = smoothed.get(0.5)!;
    const names = [...statistics.keys()].filter((name) => !model.proto.graph!.initializer.some((tensor) => tensor.name === name)); // prettier-ignore
    assert.deepEqual([...statistics.keys()].sort(), [...prepared.statistics.keys()].sort());
    const seen = await observe(model.proto, loudBlockSamples, names, { statistics: 'extremes' });
    for (const name of names) {
      const [expected, kept] = [seen.get(name)!, statistics.get(name)!];
      const tolerance = 1e-3 * Math.max(Math.abs(expected.min), Math.abs(expected.max));
      assertClose([kept.min, kept.max], [expected.min, expected.max], tolerance);
    }
  });
});
