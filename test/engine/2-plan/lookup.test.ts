import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { takeInventory } from '../../../electron/engine/1-analyze/cost.ts';
import { calibrateModels } from '../../../electron/engine/3-calibrate/calibrate.ts';
import { readOptimizedGraph } from '../../../electron/engine/4-quantize/verify.ts';
import { summarizeWeights } from '../../../electron/engine/7-judge/summarize-weights.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { spawnNodeChild } from '../../../electron/engine/runtime/child-process.ts';
import { listOf } from '../../../electron/engine/6-search/kept-samples.ts';
import { searchRecipe } from '../../../electron/engine/6-search/search.ts';
import { describeLayers } from '../../../electron/engine/7-judge/layers.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  assertClose,
  buildModel,
  countFusedOps,
  countOps,
  floats,
  inMemory,
  nodePlan,
  noise,
  op,
  plainRecipe,
  plan,
  quantize,
  run,
  modeOf,
} from '../build-model.ts';

const rows = 64;
const columns = 16;

/** Ids come as floats, for which the helpers are made, and are cast: x -> ids -> rows of the table -> y. */
function embedding(table: Tensor, more: readonly NodeProto[] = [], opset = 17): ModelProto {
  return buildModel({
    opset,
    inputs: { x: ['N', 3] },
    outputs: ['y', ...more.map((node) => node.output[0]!)].join(' '),
    nodes: [op('Cast', 'x', 'ids', { to: 7 }), op('Gather', 'table ids', 'e'), op('MatMul', 'e w', 'y'), ...more],
    weights: { table, w: noise([columns, 5], 2, 0.3), v: noise([5, rows], 3, 0.3) },
  });
}

const table = noise([rows, columns], 1);
const samples = Array.from({ length: 8 }, (_, seed): Feeds => ({
  x: floats([1, 3], [seed, (seed * 7) % rows, (seed * 13 + 5) % rows]),
}));

test('a table is stored in 8 bits with a scale a column, and only the rows that are looked up are converted', async () => {
  const { model, plan: made } = await quantize(embedding(table), samples);
  assert.deepEqual(nodePlan(made, 'e').weight, { tensor: 'table', axis: 1, range: 'int8' });
  assert.deepEqual(countOps(model), { Cast: 1, DequantizeLinear: 3, Gather: 1, MatMul: 1, QuantizeLinear: 1 });
  const values = table.data as Float32Array;
  const expected = [7, 0, 9].flatMap((row) =>
    Array.from({ length: columns }, (_, column) => {
      let largest = 0;
      for (let index = column; index < values.length; index += columns)
        largest = Math.max(largest, Math.abs(values[index]!));
      const scale = Math.fround(largest / 127);
      // Half to even never matters for such values.
      return Math.round(values[row * columns + column]! / scale) * scale;
    }),
  );
  const looked = buildModel({ inputs: { x: ['N', 3] }, outputs: 'e', nodes: [] });
  looked.graph!.node = model.graph!.node.slice(0, 3);
  looked.graph!.initializer = model.graph!.initializer;
  const { e } = await run(looked, { x: floats([1, 3], [7, 0, 9]) });
  assert.deepEqual(e!.dims, [1, 3, columns]);
  assertClose(e!.data as Float32Array, expected, 1e-6);
});

test('ONNX Runtime keeps looking up integers, with all optimizations', async () => {
  const { model } = await quantize(embedding(table), samples);
  const { graph } = await readOptimizedGraph(encodeModel(model));
  const gather = graph!.node.find(({ opType }) => opType === 'Gather')!;
  const source = graph!.initializer.find(({ name }) => name === gather.input[0])!;
  assert.equal(source.dataType, 3, 'int8');
  assert.equal((await countFusedOps(model))['MatMulIntegerToFloat'], 1, 'and the layer behind it is int8 as well');
});

test('parameters stay, their bytes shrink, and what is handed out counts as float', async () => {
  const proto = embedding(table);
  const made = await quantize(proto, samples);
  const compressedGraph = indexGraph(inMemory(made.model));
  const [before, after] = [takeInventory(made.graph), takeInventory(compressedGraph)];
  assert.equal(after.parameters, before.parameters);
  assert.equal(after.weightBytes * 4, (rows * columns + columns * 5) * 4);
  const layer = describeLayers({
    graph: made.graph,
    shapes: made.shapes,
    preparedGraph: made.graph,
    compressedGraph,
    plan: made.plan,
    stored: made.result.stored,
    unfused: new Set(),
    times: { before: { layers: new Map(), parts: new Map() }, after: { layers: new Map(), parts: new Map() } },
    errors: new Map([['e', { sqnrDb: 40 }]]),
    introduced: new Map(),
    effects: new Map(),
    saturation: new Map(),
  }).find(({ name }) => name === 'e')!;
  assert.deepEqual([layer.quantized, layer.weightBits, layer.activationBits, layer.sqnrDb], [true, 8, 32, 40]);
  // One byte a weight, and scale and zero point of every column.
  assert.deepEqual([layer.bytesBefore, layer.bytesAfter], [rows * columns * 4, rows * columns + columns * (4 + 1)]);
  const summary = summarizeWeights(made.graph, compressedGraph, 16).find(({ node }) => node === 'e')!;
  assert.deepEqual([summary.tensor, summary.scaleCount], ['table', columns]);
});

suite('a table', () => {
  const shapes = new Map();
  const ofLookup = (model: ModelProto, recipe = {}) => nodePlan(plan(model, shapes, { recipe }), 'e');

  test('has one scale where the recipe wants that, and stays float where it is told to', () => {
    assert.equal(ofLookup(embedding(table), { perChannel: false }).weight!.axis, null);
    const excluded = ofLookup(embedding(table), { excludeOpTypes: ['Gather'] });
    assert.deepEqual([modeOf(excluded), excluded.reason], ['float', 'op type Gather is excluded by the recipe']);
  });

  test('with scales a column needs the com.microsoft operators before opset 13', async () => {
    const model = embedding(table, [], 12);
    assert.equal(plan(model, shapes).form, 'com.microsoft');
    const { model: quantized } = await quantize(model, samples);
    const [expected, actual] = [await run(model, samples[3]!), await run(quantized, samples[3]!)];
    assertClose(actual['y']!.data as Float32Array, expected['y']!.data as Float32Array, 0.1);
  });

  test('is not worth it when it is small', () => {
    assert.equal(modeOf(ofLookup(embedding(noise([rows, 8], 1)))), 'float');
  });

  test('that a float node reads as well stays float, for it would be stored twice', () => {
    const made = ofLookup(embedding(table, [op('Tanh', 'table', 'z')]));
    assert.equal(modeOf(made), 'float');
    assert.match(made.reason, /other nodes need its table in float/);
  });

  test('that an int8 layer has as its weight is no reason', () => {
    assert.equal(modeOf(ofLookup(embedding(table, [op('Gemm', 'e table', 'z', { transB: 1 })]))), 'int8');
  });
});

suite('the search', () => {
  const search = async (proto: ModelProto) => {
    const graph = indexGraph(inMemory(proto));
    const recipe = plainRecipe({ keepFloat: 'auto', weightRounding: 'nearest', equalization: 'off' });
    const { shapes } = await quantize(proto, samples);
    const calibration = { count: samples.length, read: (index: number) => Promise.resolve(samples[index]!) };
    const { signal } = new AbortController();
    const common = { graph, shapes, recipe, samples: calibration, threads: 1, signal };
    const models = await calibrateModels(inMemory(proto), {
      ...common,
      plan: plan(proto, shapes),
      onSample: () => undefined,
    });
    return searchRecipe({
      ...models,
      ...common,
      comparedAt: null,
      keepFloat: new Map(),
      features: { int8DotProduct: true },
      tuning: listOf(samples),
      fastThreads: 1,
      spawn: spawnNodeChild,
      onCandidate: () => undefined,
    });
  };

  test('leaves a table in 8 bits though it would be closer in float', async () => {
    const { variant, candidates } = await search(embedding(table));
    const tried = candidates.find(({ name }) => name === 'float: 1 table')!;
    assert.deepEqual([tried.chosen, tried.note], [false, 'e']);
    assert.deepEqual([...variant.keepFloat.keys()], []);
  });

  test('puts it back into float where one row widens the scales of all others until nothing is left of them', async () => {
    const values = Float32Array.from(table.data as Float32Array);
    values.fill(1e4, 50 * columns, 51 * columns);
    assert.ok(samples.every(({ x }) => !x!.data.includes(50 as never)));
    const { variant, candidates } = await search(embedding(floats([rows, columns], values)));
    assert.equal(candidates.find(({ name }) => name === 'float: 1 table')!.chosen, true);
    assert.deepEqual([...variant.keepFloat.keys()], ['e']);
  });
});
