/**
 * The simulation is held against plain loops on every CPU, and against ONNX Runtime's own kernels: on a CPU without int8 dot product those
 * saturate, on others they sum exactly.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findInt8Layers } from '../../../electron/engine/5-measure/int8-layers.ts';
import { buildSaturatingModel, saturatesInput } from '../../../electron/engine/5-measure/saturating-model.ts';
import { canSaturate } from '../../../electron/engine/5-measure/saturating-pairs.ts';
import { simulateSaturation } from '../../../electron/engine/5-measure/simulate-saturation.ts';
import { cutModel } from '../../../electron/engine/graph/edit.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { readDevice } from '../../../electron/engine/runtime/device.ts';
import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { mean } from '../../../electron/engine/tensor/statistics.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, measureSqnrDb, noise, op, quantize, run, type QuantizeOptions } from '../build-model.ts'; // prettier-ignore
import { sumInPairs, windowAt } from './saturating-kernel.ts';

/** Weights mostly of one sign: neighbouring products saturate where inputs are large. */
const heavy = (dims: readonly number[], seed: number): Tensor =>
  floats(dims, (noise(dims, seed, 0.4).data as Float32Array).map((value) => 0.3 + value)); // prettier-ignore
const high = (dims: readonly number[], seed: number): Feeds =>
  ({ x: floats(dims, (noise(dims, seed, 0.3).data as Float32Array).map((value) => Math.min(1, Math.max(-0.1, 0.6 + value)))) }); // prettier-ignore

interface Case {
  readonly input: readonly number[];
  readonly nodes: readonly NodeProto[];
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly options?: QuantizeOptions;
}

const conv = (attributes: Parameters<typeof op>[3] = {}) => [op('Conv', 'x w', 'y', attributes)];
const matMul = [op('MatMul', 'x w', 'y')];
const symmetric: QuantizeOptions = { recipe: { symmetricActivations: true } };
const dynamic: QuantizeOptions = { recipe: { scheme: 'int8-dynamic' } };
const dynamicConv: QuantizeOptions = { recipe: { overrides: [{ scheme: 'int8-dynamic', nodes: ['y'], opTypes: [] }] } };
const pads = [1, 1, 1, 1];

const saturating: Readonly<Record<string, Case>> = {
  convolution: { input: [1, 8, 6, 6], nodes: conv({ pads }), weights: { w: heavy([8, 8, 3, 3], 1) } },
  'first layer, pairs across the kernel': { input: [1, 3, 9, 7], nodes: conv({ pads: [1, 0, 0, 1], strides: [2, 1] }), weights: { w: heavy([16, 3, 3, 3], 2) } },
  'dilated, odd sums': { input: [1, 5, 12, 12], nodes: conv({ dilations: [2, 3], pads: [2, 2, 2, 2] }), weights: { w: heavy([7, 5, 3, 3], 3) } },
  'padded by auto_pad': { input: [1, 4, 9, 9], nodes: conv({ auto_pad: 'SAME_UPPER', strides: [2, 2] }), weights: { w: heavy([8, 4, 4, 4], 4) } },
  pointwise: { input: [2, 16, 5, 5], nodes: conv(), weights: { w: heavy([24, 16, 1, 1], 5) } },
  grouped: { input: [1, 12, 6, 6], nodes: conv({ group: 3, pads }), weights: { w: heavy([9, 4, 3, 3], 6) } },
  'one channel a group, two outputs': { input: [1, 4, 6, 6], nodes: conv({ group: 4 }), weights: { w: heavy([8, 1, 3, 3], 7) } },
  'of one dimension': { input: [1, 6, 20], nodes: conv({ strides: [2] }), weights: { w: heavy([8, 6, 5], 9) } },
  'of three dimensions': { input: [1, 4, 5, 5, 5], nodes: conv({ pads: [1, 1, 1, 1, 1, 1] }), weights: { w: heavy([8, 4, 3, 3, 3], 10) } },
  'convolution, s8 inputs': { input: [1, 8, 6, 6], nodes: conv({ pads }), weights: { w: heavy([8, 8, 3, 3], 1) }, options: symmetric },
  'Gemm with a bias, transposed': { input: [4, 33], nodes: [op('Gemm', 'x w b', 'y', { transB: 1 })], weights: { w: heavy([16, 33], 11), b: noise([16], 12) } },
  'Gemm of one row': { input: [1, 64], nodes: [op('Gemm', 'x w', 'y')], weights: { w: heavy([64, 16], 11) } },
  MatMul: { input: [2, 5, 32], nodes: matMul, weights: { w: heavy([32, 20], 13) } },
  'MatMul, s8 inputs': { input: [2, 5, 32], nodes: matMul, weights: { w: heavy([32, 20], 13) }, options: symmetric },
  'MatMul, one scale in all': { input: [2, 5, 31], nodes: matMul, weights: { w: heavy([31, 20], 13) }, options: { recipe: { perChannel: false } } },
  'MatMul of a stack': { input: [2, 5, 32], nodes: matMul, weights: { w: heavy([2, 32, 20], 13) } },
  'dynamic MatMul': { input: [2, 5, 32], nodes: matMul, weights: { w: heavy([32, 20], 13) }, options: dynamic },
  'dynamic MatMul of one row': { input: [1, 32], nodes: matMul, weights: { w: heavy([32, 20], 13) }, options: dynamic },
  'dynamic Gemm': { input: [3, 32], nodes: [op('Gemm', 'x w', 'y', { transB: 1 })], weights: { w: heavy([20, 32], 13) }, options: dynamic },
}; // prettier-ignore

/** Kernels that sum in 32 bits everywhere. */
const exact: Readonly<Record<string, Case>> = {
  depthwise: { input: [1, 8, 8, 8], nodes: conv({ group: 8, pads }), weights: { w: heavy([8, 1, 3, 3], 8) } },
  'depthwise 5 x 5': { input: [1, 8, 8, 8], nodes: conv({ group: 8 }), weights: { w: heavy([8, 1, 5, 5], 8) } },
  'dynamic convolution': { input: [1, 8, 6, 6], nodes: conv({ pads }), weights: { w: heavy([8, 8, 3, 3], 1) }, options: dynamicConv },
  'dynamic grouped convolution': { input: [2, 8, 6, 6], nodes: conv({ group: 2 }), weights: { w: heavy([6, 4, 3, 3], 1) }, options: dynamicConv },
}; // prettier-ignore

const flag = (value: number): Feeds => ({
  [saturatesInput]: { dataType: 'float32', dims: [], data: Float32Array.of(value) },
});

function decibels(reference: Tensor, compared: Tensor): number {
  let [signal, error] = [0, 0];
  reference.data.forEach((value: number | bigint, index: number) => {
    signal += Number(value) ** 2;
    error += (Number(value) - Number(compared.data[index])) ** 2;
  });
  return 10 * Math.log10(signal / error);
}

const isExactHere = (await readDevice()).features.int8DotProduct;

async function simulate({ input, nodes, weights, options }: Case) {
  const model = buildModel({ inputs: { x: [...input] }, outputs: 'y', nodes, weights });
  const samples = [high(input, 1), high(input, 2)];
  const { model: low, graph, shapes } = await quantize(model, samples, { weightRange: 'int8', ...options });
  const built = buildSaturatingModel({ compressed: inMemory(low), unfused: new Set(), prepared: graph, shapes, compared: ['y'] })!; // prettier-ignore
  const [feeds] = samples;
  const of = async (saturates: number) => run(built.model.proto, { ...feeds, ...flag(saturates) }, 'disabled');
  return {
    low,
    built,
    float: (await run(model, feeds!))['y']!,
    here: (await run(low, feeds!))['y']!,
    saturating: await of(1),
    exact: await of(0),
    feeds: feeds!,
  };
}

suite('what kernels give that add pairs of products in 16 bits', () => {
  for (const [name, entry] of Object.entries(saturating)) {
    test(name, async () => {
      const { built, float, here, saturating, exact } = await simulate(entry);
      assert.deepEqual([built.layers.length, built.leftOut], [1, []]);
      const [counted] = saturating[built.layers[0]!.figures]!.data as Float32Array;
      assert.ok(counted! > 0 && counted! < built.layers[0]!.pairSums);
      assert.ok(decibels(exact['y']!, saturating['y']!) < 40, 'something was cut off');
      const simulated = (isExactHere ? exact : saturating)['y']!;
      // Kernels that round to the other side now and then.
      assert.ok(decibels(here, simulated) > 50, `${decibels(here, simulated)} dB`);
      assert.ok(Math.abs(decibels(float, here) - decibels(float, simulated)) < 0.5);
    });
  }

  for (const [name, entry] of Object.entries(exact)) {
    test(`${name}: sums in 32 bits`, async () => {
      const { built, here, exact } = await simulate(entry);
      assert.deepEqual([built.layers, built.leftOut], [[], []]);
      assert.ok(decibels(here, exact['y']!) > 50);
    });
  }

  test('a pair saturates where its weights of one sign reach 129', () => {
    assert.deepEqual([canSaturate(64, 64), canSaturate(65, 64), canSaturate(-64, -64), canSaturate(-65, -64)], [false, true, false, true]); // prettier-ignore
    assert.deepEqual([canSaturate(127, -127), canSaturate(127, 0), canSaturate(1, 127)], [false, false, false]);
  });

  test('bounded pairs and 7-bit weights cannot saturate, stacked matrices included', async () => {
    for (const name of ['convolution', 'MatMul', 'MatMul of a stack', 'dynamic MatMul', 'grouped']) {
      for (const weightRange of ['int8-pairs', 'int8-reduced'] as const) {
        const entry = saturating[name]!;
        const { built } = await simulate({ ...entry, options: { ...entry.options, weightRange } });
        assert.deepEqual([built.layers, built.leftOut], [[], []], `${name}, ${weightRange}`);
      }
    }
  });
});

/** What a low-bit model's only layer reads, and how often plain loops cut a pair off. */
async function readLayer(name: string) {
  const { low, saturating: given, feeds, built } = await simulate(saturating[name]!);
  const [layer] = findInt8Layers(indexGraph(inMemory(low)), new Set()).layers;
  const { integers } = layer!;
  const read = (await run(cutModel(low, [integers]), feeds))[integers]!;
  return { layer: layer!, read, counted: (given[built.layers[0]!.figures]!.data as Float32Array)[0]! };
}

suite('the same sums in plain loops', () => {
  for (const name of ['MatMul', 'dynamic MatMul']) {
    test(name, async () => {
      const { layer, read, counted } = await readLayer(name);
      const { order, weights } = layer;
      const data = read.data as Uint8Array;
      let cut = 0;
      for (let start = 0; start < data.length; start += order.length) {
        for (let channel = 0; channel < order.channels; channel++)
          cut += sumInPairs(data.subarray(start, start + order.length), weights, order, channel).cut;
      }
      assert.equal(counted, cut);
    });
  }

  const windows = {
    'first layer, pairs across the kernel': { strides: [2, 1], dilations: [1, 1], begin: [1, 0], output: [4, 6] },
    'dilated, odd sums': { strides: [1, 1], dilations: [2, 3], begin: [2, 2], output: [12, 10] },
    grouped: { strides: [1, 1], dilations: [1, 1], begin: [1, 1], output: [6, 6] },
  } as const;
  for (const [name, { output, ...window }] of Object.entries(windows)) {
    test(name, async () => {
      const { layer, read, counted } = await readLayer(name);
      const { order, weights, dims, node } = layer;
      const groups = node.attribute.find((attribute) => attribute.name === 'group');
      const groupCount = Number(groups?.i ?? 1);
      const inputs = dims[1]!;
      const zeroPoint = await zeroPointOf(name);
      let cut = 0;
      for (let channel = 0; channel < order.channels; channel++) {
        const first = Math.floor((channel * groupCount) / order.channels) * inputs;
        const channels = Array.from({ length: inputs }, (_, index) => first + index);
        for (let row = 0; row < output[0]; row++) {
          for (let column = 0; column < output[1]; column++) {
            const kernel = [3, 3] as const;
            const values = windowAt({ data: read.data as Uint8Array, dims: read.dims, zeroPoint }, { ...window, kernel, channels }, [row, column]); // prettier-ignore
            cut += sumInPairs(values, weights, order, channel).cut;
          }
        }
      }
      assert.equal(counted, cut);
    });
  }
});

async function zeroPointOf(name: string): Promise<number> {
  const { low } = await simulate(saturating[name]!);
  const graph = indexGraph(inMemory(low));
  const { zeroPoint } = findInt8Layers(graph, new Set()).layers[0]!;
  return Number(graph.weights.read(graph.constants.get(zeroPoint!)!).data[0]);
}

suite('what a whole model loses', () => {
  const network: Case = {
    input: [1, 3, 16, 16],
    nodes: [
      op('Conv', 'x w1', 'a', { strides: [2, 2], pads }),
      op('Relu', 'a', 'b'),
      op('Conv', 'b w2', 'c', { group: 16, pads }),
      op('Relu', 'c', 'd'),
      op('Conv', 'd w3', 'e'),
      op('Add', 'e b', 'f'),
      op('Relu', 'f', 'g'),
      op('GlobalAveragePool', 'g', 'h'),
      op('Flatten', 'h', 'i'),
      op('Gemm', 'i w4', 'y'),
    ],
    weights: { w1: heavy([16, 3, 3, 3], 21), w2: noise([16, 1, 3, 3], 22), w3: heavy([16, 16, 1, 1], 23), w4: noise([16, 10], 24) }, // prettier-ignore
  };

  test('is within a decibel of what this CPU gives', async () => {
    const { input, nodes, weights } = network;
    const model = buildModel({ inputs: { x: [...input] }, outputs: 'y', nodes, weights });
    const samples = [1, 2, 3, 4].map((seed) => high(input, seed));
    const { model: low, graph, shapes } = await quantize(model, samples, { weightRange: 'int8' });
    const found = await simulateSaturation({
      float: inMemory(model),
      compressed: inMemory(low),
      unfused: new Set(),
      prepared: graph,
      shapes,
      compared: ['y'],
      samples: { count: samples.length, read: (index) => Promise.resolve(samples[index]!) },
      threads: 1,
      dims: {},
    });
    assert.ok(found !== null && found.samples === 4 && found.saturatingSqnrDb < found.exactSqnrDb - 3);
    const here: number[] = [];
    for (const one of samples) here.push(await measureSqnrDb(model, low, [one]));
    const difference = mean(here) - (isExactHere ? found.exactSqnrDb : found.saturatingSqnrDb);
    assert.ok(Math.abs(difference) < 1, `${difference} dB`);
    const { share, sqnrDb } = found.layers.get('a')!;
    assert.ok(share > 0 && share < 1 && sqnrDb! < 40);
    assert.ok(!found.layers.has('c'), 'depthwise');
  });

  test('layers whose sums cannot be had are named, unless they cannot saturate', async () => {
    const model = buildModel({
      inputs: { x: [4, 1, 16] },
      outputs: 'y',
      nodes: [op('LSTM', 'x w r', 'y', { hidden_size: 8 })],
      weights: { w: heavy([1, 32, 16], 31), r: heavy([1, 32, 8], 32) },
    });
    for (const [weightRange, leftOut] of [
      ['int8', ['y']],
      ['int8-pairs', []],
    ] as const) {
      const made = await quantize(model, [high([4, 1, 16], 1)], { ...dynamic, weightRange });
      const built = buildSaturatingModel({ compressed: inMemory(made.model), unfused: new Set(), prepared: made.graph, shapes: made.shapes, compared: ['y'] }); // prettier-ignore
      assert.deepEqual([built!.layers, built!.leftOut], [[], leftOut]);
    }
  });
});
