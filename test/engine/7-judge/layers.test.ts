import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { prepareModel } from '../../../electron/engine/1-analyze/prepare.ts';
import { checkFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { describeLayers } from '../../../electron/engine/7-judge/layers.ts';
import { buildLedger } from '../../../electron/engine/7-judge/ledger.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Recipe } from '../../../shared/recipe.ts';
import type { Layer } from '../../../shared/run.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, noise, op, quantize } from '../build-model.ts';
import { withBodies } from '../control-flow-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';
import { makeLatency } from './judge-fixture.ts';

const folder = temporaryFolder();

async function layersOf(model: ModelProto, samples: readonly Feeds[], recipe: Partial<Recipe> = {}): Promise<Layer[]> {
  const path = join(folder, 'model.onnx');
  await writeFile(path, encodeModel(model));
  const { original, prepared } = await prepareModel(path, folder);
  const quantized = await quantize(prepared.proto, samples, { recipe });
  const { unfused } = await checkFusion(encodeModel(quantized.model), quantized.plan, quantized.graph);
  return describeLayers({
    graph: indexGraph(original),
    shapes: await observeShapes(original, samples[0]!),
    preparedGraph: quantized.graph,
    compressedGraph: indexGraph(inMemory(quantized.model)),
    plan: quantized.plan,
    stored: quantized.result.stored,
    unfused,
    times: { before: { layers: new Map(), parts: new Map() }, after: { layers: new Map(), parts: new Map() } },
    errors: new Map(),
    introduced: new Map(),
    effects: new Map(),
    saturation: new Map(),
  });
}

function ledgerOf(layers: readonly Layer[]) {
  const inventory = { parameters: 1, fp32EquivalentParameters: 1, weightBytes: 4, quantizationBytes: 0 };
  const rows = buildLedger({
    inventory: { before: inventory, after: inventory },
    sizeBytes: { before: 1, after: 1 },
    layers,
    latency: makeLatency(),
  });
  return (claim: string) => rows.find((row) => row.claim === claim)!;
}

const ints = (...values: readonly number[]): Tensor => ({
  dataType: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

suite('bits of layers', () => {
  test('nodes on integers, shapes and truths are float, whatever stands behind them', async () => {
    const model = buildModel({
      inputs: { x: ['n', 16] },
      outputs: 'y',
      nodes: [
        op('Gemm', 'x w', 'a'),
        op('Relu', 'a', 'r'),
        op('Shape', 'r', 'shape'),
        op('Cast', 'shape', 'shape32', { to: 6 }),
        op('Mod', 'shape32 two32', 'odd'),
        op('Cast', 'odd', 'odd64', { to: 7 }),
        op('Add', 'odd64 shape', 'sum'),
        op('Sub', 'sum odd64', 'back'),
        op('Gather', 'back zero', 'rows'),
        op('Unsqueeze', 'rows zero', 'rows1'),
        op('Concat', 'rows1 sixteen', 'to', { axis: 0 }),
        op('Reshape', 'r to', 'again'),
        op('Greater', 'again again', 'truth'),
        op('Not', 'truth', 'untruth'),
        op('Where', 'untruth again again', 'chosen'),
        op('Gemm', 'chosen v', 'y'),
      ],
      weights: {
        w: noise([16, 16], 1, 0.3),
        v: noise([16, 4], 2, 0.3),
        two32: { dataType: 'int32', dims: [1], data: Int32Array.of(2) },
        zero: { ...ints(0), dims: [1] },
        sixteen: ints(16),
      },
    });
    // One index, so that `rows` has one dimension already.
    model.graph!.node = model.graph!.node.filter(({ name }) => name !== 'rows1');
    model.graph!.node.find(({ name }) => name === 'to')!.input[0] = 'rows';
    const layers = await layersOf(
      model,
      [1, 2, 3].map((seed) => ({ x: noise([4, 16], seed) })),
    );
    const int8 = layers.filter(({ quantized }) => quantized).map(({ name }) => name);
    assert.deepEqual(
      int8,
      ['a', 'r', 'again', 'y'].filter((name) => int8.includes(name)),
    );
    assert.ok(int8.includes('a') && int8.includes('y'));
  });

  test('an Add that became a bias is no layer of its own, and the product has the bits', async () => {
    const model = buildModel({
      inputs: { x: [1, 4, 16] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm b', 'y')],
      weights: { w: noise([16, 8], 1, 0.3), b: noise([8], 2) },
    });
    const layers = await layersOf(model, [{ x: noise([1, 4, 16], 3) }]);
    assert.deepEqual(
      layers.map(({ name, quantized, weightBits, activationBits, reason }) => [
        name,
        quantized,
        weightBits,
        activationBits,
        reason,
      ]),
      [
        ['m', true, 8, 8, ''],
        ['y', false, 32, 32, 'folded into m'],
      ],
    );
    assert.equal(ledgerOf(layers)('bops').ratio, 16);
    assert.equal(ledgerOf(layers)('weightedCompute').ratio, 4);
  });

  test('what runs in float between conversions is float, and counts as that', async () => {
    const model = buildModel({
      inputs: { x: [4, 16] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'y')],
      weights: { w: noise([16, 8], 1, 0.3) },
    });
    const quantized = await quantize(model, [{ x: noise([4, 16], 3) }]);
    const [layer] = describeLayers({
      graph: quantized.graph,
      shapes: quantized.shapes,
      preparedGraph: quantized.graph,
      compressedGraph: indexGraph(inMemory(quantized.model)),
      plan: quantized.plan,
      stored: quantized.result.stored,
      unfused: new Set(['y']),
      times: { before: { layers: new Map(), parts: new Map() }, after: { layers: new Map(), parts: new Map() } },
      errors: new Map(),
      introduced: new Map(),
      effects: new Map(),
      saturation: new Map(),
    }) as [Layer];
    assert.deepEqual([layer.quantized, layer.weightBits, layer.activationBits], [false, 32, 32]);
    assert.equal(layer.reason, 'ONNX Runtime runs it in float, between conversions');
    assert.equal(ledgerOf([layer])('bops').ratio, 1);
  });
});

suite('what a layer hands out is named as ranges name it', () => {
  /** Exporters number nodes and tensors apart. */
  const renumber = (model: ModelProto): ModelProto => {
    for (const [index, node] of model.graph!.node.entries()) node.name = `node_${index}`;
    return model;
  };
  const outputsOf = async (model: ModelProto, sample: Feeds) =>
    (await layersOf(renumber(model), [sample])).map(({ opType, outputTensor }) => [opType, outputTensor]);

  test('behind what was folded into it, for what was folded as well', async () => {
    const model = buildModel({
      inputs: { x: [2, 3, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w', 't1'),
        op('BatchNormalization', 't1 scale shift mean variance', 't2'),
        op('Relu', 't2', 't3'),
        op('MaxPool', 't3', 't4', { kernel_shape: [2, 2], strides: [2, 2] }),
        op('Flatten', 't4', 't5', { axis: 1 }),
        op('Gemm', 't5 v', 'y'),
      ],
      weights: {
        w: noise([4, 3, 3, 3], 1, 0.3),
        scale: noise([4], 2, 0.1),
        shift: noise([4], 3),
        mean: noise([4], 4),
        variance: { dataType: 'float32', dims: [4], data: Float32Array.of(1, 1, 1, 1) },
        v: noise([36, 5], 5, 0.3),
      },
    });
    assert.deepEqual(await outputsOf(model, { x: noise([2, 3, 8, 8], 6) }), [
      ['Conv', 't3'],
      ['BatchNormalization', 't3'],
      ['Relu', 't3'],
      ['MaxPool', 't4'],
      ['Flatten', 't5'],
      ['Gemm', 'y'],
    ]);
  });

  test('the one stored in 8 bits of a node with several; nothing of what became a constant', async () => {
    const model = buildModel({
      inputs: { x: [1, 8] },
      outputs: 'y',
      nodes: [
        op('Split', 'x', 'left right', { axis: 1, num_outputs: 2 }),
        op('Add', 'half half', 'whole'),
        op('Gemm', 'right w whole', 'y'),
      ],
      opset: 18,
      weights: { w: noise([4, 5], 5, 0.3), half: noise([5], 7) },
    });
    assert.deepEqual(await outputsOf(model, { x: noise([1, 8], 6) }), [
      ['Split', 'right'],
      ['Add', null],
      ['Gemm', 'y'],
    ]);
  });

  test('an Add that became a bias hands out what the product does', async () => {
    const model = buildModel({
      inputs: { x: [1, 4, 16] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'm'), op('Add', 'm b', 'y')],
      weights: { w: noise([16, 8], 1, 0.3), b: noise([8], 2) },
    });
    const [product, sum] = await outputsOf(model, { x: noise([1, 4, 16], 3) });
    assert.equal(product![1], sum![1]);
    assert.notEqual(sum![1], null);
  });
});

suite('BOPs', () => {
  const bodies = (trips: number): Feeds => ({
    x: noise([1, 8], 1),
    n: { dataType: 'int64', dims: [], data: BigInt64Array.of(BigInt(trips)) },
  });

  test('bodies of control flow are float on both sides', async () => {
    const model = withBodies();
    model.graph!.node.push(op('Gemm', 'y w', 'z'));
    model.graph!.output[0]!.name = 'z';
    const layers = await layersOf(model, [bodies(3)]);
    const bops = ledgerOf(layers)('bops');
    const [float, int8] = [
      layers.find(({ opType }) => opType === 'Loop')!.macs + layers.find(({ opType }) => opType === 'If')!.macs,
      64,
    ];
    assert.ok(float >= 4 * 64);
    assert.equal(bops.before, (float + int8) * 1024);
    assert.equal(bops.after, float * 1024 + int8 * 64);
    assert.equal(bops.isPartial, false);
  });

  test('are said to be partial where MACs are unknown', async () => {
    const model = withBodies();
    model.graph!.node.push(op('Gemm', 'y w', 'z'));
    model.graph!.output[0]!.name = 'z';
    const bops = ledgerOf(await layersOf(model, [bodies(0)]))('bops');
    assert.equal(bops.isPartial, true);
    assert.match(bops.basis, /without 1 of \d+ nodes, whose MACs are unknown/);
  });

  test('count half floats as they are', () => {
    const layer: Partial<Layer> = {
      macs: 10,
      macsKnown: true,
      weightBits: 16,
      activationBits: 16,
      originalWeightBits: 16,
      originalActivationBits: 16,
    };
    const bops = ledgerOf([layer as Layer])('bops');
    assert.deepEqual([bops.before, bops.after], [10 * 256, 10 * 256]);
    assert.deepEqual(ledgerOf([layer as Layer])('weightedCompute').before, 5);
  });
});

test("bytes of packed weights are those of integers, scales and zero points, and those of a tied layer are the table's", async () => {
  const model = buildModel({
    inputs: { x: ['N', 64], k: [2] },
    outputs: 'y',
    nodes: [
      op('Cast', 'k', 'i', { to: 7 }),
      op('Gather', 'table i', 'e'),
      op('Add', 'x e', 's'),
      op('MatMul', 's w', 'm'),
      op('Gemm', 'm table', 'y', { transB: 1 }),
    ],
    weights: { table: noise([96, 64], 1), w: noise([64, 64], 2) },
  });
  const layers = await layersOf(model, [{ x: noise([2, 64], 3), k: floats([2], [3, 95]) }], { scheme: 'int4-weights' });
  const bytes = Object.fromEntries(
    layers.map(({ name, bytesBefore, bytesAfter }) => [name, [bytesBefore, bytesAfter]]),
  );
  // In blocks of 32: half a byte a weight, two scales and one byte with both zero points a row.
  const table = 96 * (32 + 2 * 4 + 1);
  assert.deepEqual(bytes['m'], [4 * 64 * 64, 64 * (32 + 2 * 4 + 1)]);
  assert.deepEqual([bytes['e']![0], bytes['y']![0]], [4 * 96 * 64, 4 * 96 * 64]);
  assert.deepEqual([bytes['e']![1], bytes['y']![1]], [table, table]);
  assert.deepEqual(
    ['e', 's', 'm', 'y']
      .map((name) => layers.find((layer) => layer.name === name)!)
      .map(({ weightBits, activationBits }) => [weightBits, activationBits]),
    [
      [4, 32],
      [32, 32],
      [4, 8],
      [4, 8],
    ],
  );
});
