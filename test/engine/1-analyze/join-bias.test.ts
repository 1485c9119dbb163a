import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { prepareModel } from '../../../electron/engine/1-analyze/prepare.ts';
import { traceLayers } from '../../../electron/engine/1-analyze/trace.ts';
import { verifyFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds } from '../../../electron/engine/tensor/tensor.ts';
import {
  assertClose,
  buildModel,
  countFusedOps,
  countOps,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
  type Dims,
  modeOf,
} from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();

const weights = {
  w: noise([32, 24], 1, 0.1),
  u: noise([32, 24], 8, 0.1),
  v: noise([24, 24], 2, 0.1),
  b: noise([24], 3),
  row: noise([1, 24], 4),
  wide: noise([1, 1, 24], 5),
  table: noise([4, 24], 6),
  left: noise([24, 4], 7),
};

function build(inputs: Readonly<Record<string, Dims>>, nodes: readonly NodeProto[]): ModelProto {
  const read = new Set(nodes.flatMap(({ input }) => input));
  const used = Object.entries(weights).filter(([name]) => read.has(name));
  return buildModel({ inputs, outputs: 'y', nodes, weights: Object.fromEntries(used) });
}

function feedsOf(inputs: Readonly<Record<string, Dims>>, seed: number): Feeds {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, dims], index) => {
      const sizes = dims.map((dim) => (typeof dim === 'number' ? dim : 4));
      return [name, noise(sizes, seed + index, 0.5)];
    }),
  );
}

async function prepare(model: ModelProto) {
  const path = join(folder, 'model.onnx');
  await writeFile(path, encodeModel(model));
  return prepareModel(path, folder);
}

interface Kind {
  readonly inputs: Readonly<Record<string, Dims>>;
  readonly nodes: readonly NodeProto[];
  /** User's nodes that become int8, and what carries each of the others that are gone. */
  readonly int8: readonly string[];
  readonly folded?: Readonly<Record<string, string>>;
  /** Integer kernels ONNX Runtime must end up with. */
  readonly kernels: Readonly<Record<string, number>>;
  readonly addsLeft: number;
}

const product = [op('MatMul', 'x w', 'm'), op('Add', 'm b', 'y')];
const joined = { int8: ['m'], folded: { y: 'm' }, kernels: { QGemm: 1 }, addsLeft: 0 };

const kinds: Readonly<Record<string, Kind>> = {
  'two dimensions': { inputs: { x: [4, 32] }, nodes: product, ...joined },
  'two dimensions, rows unknown': { inputs: { x: ['n', 32] }, nodes: product, ...joined },
  'three dimensions': { inputs: { x: [1, 4, 32] }, nodes: product, ...joined },
  'three dimensions, one unknown': { inputs: { x: ['n', 4, 32] }, nodes: product, ...joined },
  'four dimensions': { inputs: { x: [2, 3, 4, 32] }, nodes: product, ...joined },
  'bias on the left': {
    inputs: { x: [1, 4, 32] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'b m', 'y')],
    ...joined,
  },
  'bias of three dimensions': {
    inputs: { x: [1, 4, 32] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm wide', 'y')],
    ...joined,
  },
  'bias of two dimensions': {
    inputs: { x: [4, 32] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm row', 'y')],
    ...joined,
  },
  'Transpose before': {
    inputs: { x: [1, 32, 4] },
    nodes: [op('Transpose', 'x', 't', { perm: [0, 2, 1] }), op('MatMul', 't w', 'm'), op('Add', 'm b', 'y')],
    ...joined,
  },
  'three layers on one input': {
    inputs: { x: [1, 4, 32] },
    nodes: [
      op('MatMul', 'x w', 'q'),
      op('Add', 'q b', 'qb'),
      op('MatMul', 'x u', 'k'),
      op('Add', 'k row', 'kb'),
      op('Sub', 'qb kb', 'y'),
    ],
    int8: ['q', 'k'],
    folded: { qb: 'q', kb: 'k' },
    kernels: { QGemm: 2 },
    addsLeft: 0,
  },
  'two biases': {
    inputs: { x: [1, 4, 32] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm b', 'h'), op('Add', 'h row', 'y')],
    int8: ['m'],
    folded: { h: 'm' },
    kernels: { QGemm: 1 },
    addsLeft: 1,
  },
  'two unknown dimensions': {
    inputs: { x: ['n', 's', 32] },
    nodes: product,
    int8: ['m'],
    kernels: { MatMulIntegerToFloat: 1 },
    addsLeft: 1,
  },
  'two readers': {
    inputs: { x: [1, 4, 32] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm b', 'h'), op('Sub', 'h m', 'y')],
    int8: ['m'],
    kernels: { MatMulIntegerToFloat: 1 },
    addsLeft: 1,
  },
  'sum of two products': {
    inputs: { x: [4, 32], h: [4, 24] },
    nodes: [op('MatMul', 'x w', 'm'), op('MatMul', 'h v', 'n'), op('Add', 'm n', 's'), op('Add', 's b', 'y')],
    int8: ['m', 'n'],
    kernels: { QGemm: 2 },
    addsLeft: 2,
  },
  'a row for every sample': {
    inputs: { x: [4, 32], c: [4, 24] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'c m', 'y')],
    int8: ['m'],
    kernels: { QGemm: 1 },
    addsLeft: 1,
  },
  'a vector computed at run time': {
    inputs: { x: [1, 4, 32], c: [24] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm c', 'y')],
    int8: ['m'],
    kernels: { QGemm: 1 },
    addsLeft: 1,
  },
  'a constant of a row each': {
    inputs: { x: [4, 32] },
    nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm table', 'y')],
    int8: ['m'],
    kernels: { QGemm: 1 },
    addsLeft: 1,
  },
  'Gemm that adds what is computed at run time': {
    inputs: { x: [4, 32], c: [4, 24] },
    nodes: [op('Gemm', 'x w c', 'y')],
    int8: ['y'],
    kernels: { QGemm: 1 },
    addsLeft: 1,
  },
  'constant on the left': {
    inputs: { x: [4, 4] },
    nodes: [op('MatMul', 'left x', 'm'), op('Relu', 'm', 'y')],
    int8: [],
    kernels: {},
    addsLeft: 0,
  },
};

suite('joinBiases', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(`${name}: layers keep their names, and int8 its kernels`, async () => {
      const model = build(kind.inputs, kind.nodes);
      const made = await prepare(model);
      const feeds = feedsOf(kind.inputs, 20);
      const [before, after] = [await run(model, feeds), await run(made.prepared.proto, feeds)];
      assert.deepEqual(after['y']!.dims, before['y']!.dims);
      assertClose(after['y']!.data as Float32Array, before['y']!.data as Float32Array, 1e-5);

      const samples = [1, 2, 3, 4].map((seed) => feedsOf(kind.inputs, seed * 30));
      const quantized = await quantize(made.prepared.proto, samples, { weightRange: 'int8-pairs' });
      const int8 = quantized.plan.nodes.filter((entry) => modeOf(entry) === 'int8' && entry.weight !== null);
      assert.deepEqual(
        int8.map(({ node }) => node),
        kind.int8,
      );
      const traced = traceLayers(indexGraph(made.original), indexGraph(made.prepared));
      for (const node of model.graph!.node) {
        assert.equal(traced.get(node.name)?.name, kind.folded?.[node.name] ?? node.name, `trace of "${node.name}"`);
      }
      const ops = await countFusedOps(quantized.model);
      const kernels = Object.entries(ops).filter(([opType]) => /^QGemm|^MatMulInteger|^QLinearMatMul/.test(opType));
      assert.deepEqual(Object.fromEntries(kernels), kind.kernels);
      assert.equal(ops['Add'] ?? 0, kind.addsLeft);
      const noted = await verifyFusion(encodeModel(quantized.model), quantized.plan, quantized.graph);
      assert.deepEqual(noted, []);
      if (kind.int8.length > 0) assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 30);
    });
  }

  test('a bias that several layers share is given its dimensions once', async () => {
    const model = build({ x: ['n', 's', 32] }, [
      op('MatMul', 'x w', 'q'),
      op('Add', 'q b', 'qb'),
      op('MatMul', 'x u', 'k'),
      op('Add', 'b k', 'kb'),
      op('Sub', 'qb kb', 'y'),
    ]);
    const { initializer } = (await prepare(model)).prepared.proto.graph!;
    const biases = initializer.filter(
      ({ dims }) => dims.at(-1) === 24n && dims.slice(0, -1).every((dim) => dim === 1n),
    );
    assert.deepEqual(
      biases.map(({ dims }) => dims.map(Number)),
      [[1, 1, 24]],
    );
  });

  test('a bias that Gemm scales stays where it is', async () => {
    const model = build({ x: [4, 32], c: [4, 24] }, [op('Gemm', 'x w c', 'y', { beta: { float: 0.5 } })]);
    assert.deepEqual(countOps((await prepare(model)).prepared.proto), { Gemm: 1 });
  });

  test('nothing is joined across what the user reads', async () => {
    const model = buildModel({
      inputs: { x: [1, 4, 32] },
      outputs: 'y m',
      nodes: product,
      weights: { w: weights.w, b: weights.b },
    });
    const made = await prepare(model);
    assert.deepEqual(countOps(made.prepared.proto), { Add: 1, MatMul: 1 });
    const quantized = await quantize(made.prepared.proto, [feedsOf({ x: [1, 4, 32] }, 1)]);
    assert.equal(modeOf(nodePlan(quantized.plan, 'm')), 'int8');
    assert.equal((await countFusedOps(quantized.model))['MatMulIntegerToFloat'], 1);
  });
});
