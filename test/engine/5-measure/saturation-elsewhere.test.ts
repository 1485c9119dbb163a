import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { buildSaturatingModel, saturatesInput } from '../../../electron/engine/5-measure/saturating-model.ts';
import { readDevice } from '../../../electron/engine/runtime/device.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, noise, op, quantize, run, type QuantizeOptions } from '../build-model.ts';

const heavy = (dims: readonly number[], seed: number): Tensor =>
  floats(dims, (noise(dims, seed, 0.4).data as Float32Array).map((value) => 0.3 + value)); // prettier-ignore
const high = (dims: readonly number[], seed: number): Feeds =>
  ({ x: floats(dims, (noise(dims, seed, 0.3).data as Float32Array).map((value) => Math.min(1, Math.max(-0.1, 0.6 + value)))) }); // prettier-ignore

interface Case {
  readonly input: readonly number[];
  readonly nodes: readonly NodeProto[];
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly options?: QuantizeOptions;
  readonly opset?: number;
}
const conv = (attributes: Parameters<typeof op>[3] = {}) => [op('Conv', 'x w', 'y', attributes)];
const cases: Readonly<Record<string, Case>> = {
  conv: { input: [1, 8, 6, 6], nodes: conv({ pads: [1, 1, 1, 1] }), weights: { w: heavy([8, 8, 3, 3], 1) } },
  'conv of an odd number of channels': { input: [1, 3, 9, 7], nodes: conv({ pads: [1, 0, 0, 1], strides: [2, 1] }), weights: { w: heavy([16, 3, 3, 3], 2) } },
  'conv 5 channels dilated': { input: [1, 5, 12, 12], nodes: conv({ dilations: [2, 3], pads: [2, 2, 2, 2] }), weights: { w: heavy([7, 5, 3, 3], 3) } },
  'conv same upper': { input: [1, 4, 9, 9], nodes: conv({ auto_pad: 'SAME_UPPER', strides: [2, 2] }), weights: { w: heavy([8, 4, 4, 4], 4) } },
  'conv 1x1': { input: [1, 16, 5, 5], nodes: conv(), weights: { w: heavy([24, 16, 1, 1], 5) } },
  'grouped conv': { input: [1, 12, 6, 6], nodes: conv({ group: 3, pads: [1, 1, 1, 1] }), weights: { w: heavy([9, 4, 3, 3], 6) } },
  'grouped conv, multiplier': { input: [1, 4, 6, 6], nodes: conv({ group: 4 }), weights: { w: heavy([8, 1, 3, 3], 7) } },
  depthwise: { input: [1, 8, 8, 8], nodes: conv({ group: 8, pads: [1, 1, 1, 1] }), weights: { w: heavy([8, 1, 3, 3], 8) } },
  'depthwise 5x5': { input: [1, 8, 8, 8], nodes: conv({ group: 8 }), weights: { w: heavy([8, 1, 5, 5], 8) } },
  'conv 1d': { input: [1, 6, 20], nodes: conv({ strides: [2] }), weights: { w: heavy([8, 6, 5], 9) } },
  'conv 3d': { input: [1, 4, 5, 5, 5], nodes: conv({ pads: [1, 1, 1, 1, 1, 1] }), weights: { w: heavy([8, 4, 3, 3, 3], 10) } },
  'conv batch': { input: [3, 4, 5, 5], nodes: conv(), weights: { w: heavy([8, 4, 3, 3], 10) } },
  'conv, s8 activations': { input: [1, 8, 6, 6], nodes: conv({ pads: [1, 1, 1, 1] }), weights: { w: heavy([8, 8, 3, 3], 1) }, options: { recipe: { symmetricActivations: true } } },
  gemm: { input: [4, 33], nodes: [op('Gemm', 'x w b', 'y', { transB: 1 })], weights: { w: heavy([16, 33], 11), b: noise([16], 12) } },
  'gemm one row': { input: [1, 64], nodes: [op('Gemm', 'x w', 'y')], weights: { w: heavy([64, 16], 11) } },
  matmul: { input: [2, 5, 32], nodes: [op('MatMul', 'x w', 'y')], weights: { w: heavy([32, 20], 13) } },
  'matmul s8': { input: [2, 5, 32], nodes: [op('MatMul', 'x w', 'y')], weights: { w: heavy([32, 20], 13) }, options: { recipe: { symmetricActivations: true } } },
  'matmul stack': { input: [2, 5, 32], nodes: [op('MatMul', 'x w', 'y')], weights: { w: heavy([2, 32, 20], 13) } },
  'matmul per tensor': { input: [2, 5, 31], nodes: [op('MatMul', 'x w', 'y')], weights: { w: heavy([31, 20], 13) }, options: { recipe: { perChannel: false } } },
  'dynamic matmul': { input: [2, 5, 32], nodes: [op('MatMul', 'x w', 'y')], weights: { w: heavy([32, 20], 13) }, options: { recipe: { scheme: 'int8-dynamic' } } },
  'dynamic matmul row': { input: [1, 32], nodes: [op('MatMul', 'x w', 'y')], weights: { w: heavy([32, 20], 13) }, options: { recipe: { scheme: 'int8-dynamic' } } },
  'dynamic gemm': { input: [3, 32], nodes: [op('Gemm', 'x w', 'y', { transB: 1 })], weights: { w: heavy([20, 32], 13) }, options: { recipe: { scheme: 'int8-dynamic' } } },
  'dynamic conv odd': { input: [2, 3, 6, 6], nodes: conv({ pads: [1, 1, 1, 1] }), weights: { w: heavy([8, 3, 3, 3], 1) }, options: { recipe: { overrides: [{ scheme: 'int8-dynamic', nodes: ['y'], opTypes: [] }] } } },
  'dynamic conv grouped': { input: [2, 8, 6, 6], nodes: conv({ group: 2 }), weights: { w: heavy([6, 4, 3, 3], 1) }, options: { recipe: { overrides: [{ scheme: 'int8-dynamic', nodes: ['y'], opTypes: [] }] } } },
  'dynamic conv depthwise': { input: [2, 8, 6, 6], nodes: conv({ group: 8 }), weights: { w: heavy([8, 1, 3, 3], 1) }, options: { recipe: { overrides: [{ scheme: 'int8-dynamic', nodes: ['y'], opTypes: [] }] } } },
  'dynamic conv': { input: [1, 8, 6, 6], nodes: conv({ pads: [1, 1, 1, 1] }), weights: { w: heavy([8, 8, 3, 3], 1) }, options: { recipe: { scheme: 'int8-dynamic', overrides: [{ scheme: 'int8-dynamic', nodes: ['y'], opTypes: [] }] } } },
}; // prettier-ignore

const flag = (value: number): Feeds => ({ [saturatesInput]: { dataType: 'float32', dims: [], data: Float32Array.of(value) } });
const decibels = (reference: Tensor, compared: Tensor): number => {
  let [signal, error] = [0, 0];
  reference.data.forEach((value: number | bigint, index: number) => {
    signal += Number(value) ** 2;
    error += (Number(value) - Number(compared.data[index])) ** 2;
  });
  return 10 * Math.log10(signal / error);
};

const isExact = (await readDevice()).features.int8DotProduct;

suite('what kernels without VNNI give, simulated on any CPU', () => {
  for (const [name, { input, nodes, weights, options, opset }] of Object.entries(cases)) {
    test(name, async (context) => {
      const model: ModelProto = buildModel({ inputs: { x: [...input] }, outputs: 'y', nodes, weights, ...(opset && { opset }) });
      const samples = [high(input, 1), high(input, 2)];
      const { model: low, graph, shapes } = await quantize(model, samples, { weightRange: 'int8', ...options });
      const built = buildSaturatingModel({ compressed: inMemory(low), unfused: new Set(), prepared: graph, shapes, compared: ['y'] })!;
      const [feeds] = samples;
      const expected = (await run(model, feeds!))['y']!;
      const real = (await run(low, feeds!))['y']!;
      const simulated = await run(built.model.proto, { ...feeds, ...flag(1) }, 'disabled');
      const exact = await run(built.model.proto, { ...feeds, ...flag(0) }, 'disabled');
      context.diagnostic(`layers ${built.layers.length} left ${built.leftOut} real ${decibels(expected, real).toFixed(2)} sat ${decibels(expected, simulated['y']!).toFixed(2)} exact ${decibels(expected, exact['y']!).toFixed(2)} real/sat ${decibels(real, simulated['y']!).toFixed(1)} ${built.layers.map((l) => `${simulated[l.figures]!.data} of ${l.pairSums}`).join()}`);
      assert.ok(isExact || true);
    });
  }
});
