import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { takeInventory } from '../../../electron/engine/1-analyze/cost.ts';
import { narrowFloats } from '../../../electron/engine/4-quantize/narrow-floats.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { HalfStorage } from '../../../electron/engine/onnx/read-model.ts';
import { fromFloat16Bits, toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, countFusedOps, floats, inMemory, noise, op, run } from '../build-model.ts';

const rounded = ({ dims, data }: Tensor): Tensor =>
  floats(dims, [...data].map((value) => fromFloat16Bits(toFloat16Bits(Number(value))))); // prettier-ignore

const scaled = ({ dims, data }: Tensor, factor: number): Tensor =>
  floats(dims, [...data].map((value) => factor * Number(value))); // prettier-ignore

/** Stores the weights of two layers narrowly. @returns the model and the type of each weight, by what reads it. */
function narrow(w: Tensor, v: Tensor, storage: HalfStorage) {
  const nodes = [op('MatMul', 'x w', 'h'), op('Relu', 'h', 'r'), op('MatMul', 'r v', 'y')];
  const model = buildModel({ inputs: { x: ['N', 16] }, outputs: 'y', nodes, weights: { w, v } });
  const { weights } = indexGraph(inMemory(model));
  const graph = model.graph!;
  narrowFloats(graph, new Set(graph.initializer), weights, storage);
  return { model, types: graph.initializer.map(({ name, dataType }) => `${name} ${dataType}`) };
}

suite('weights that stay in float are stored as float16', () => {
  const exact = rounded(noise([16, 32], 1));
  const long = noise([32, 8], 2);

  test('where nothing is lost, and ONNX Runtime widens them when it loads the model', async () => {
    const { model, types } = narrow(exact, long, 'exact');
    assert.deepEqual(types, ['w_half 10', 'v 1']);
    assert.equal((await countFusedOps(model))['Cast'], undefined);
    const feeds = { x: noise([4, 16], 3) };
    const plain = narrow(floats([16, 32], exact.data as Float32Array), scaled(long, 1), 'exact').model;
    assert.deepEqual((await run(model, feeds))['y']!.data, (await run(plain, feeds))['y']!.data);
    const { parameters, fp32EquivalentParameters } = takeInventory(indexGraph(inMemory(model)));
    assert.deepEqual([parameters, fp32EquivalentParameters], [512 + 256, 256 + 256]);
  });

  test('where next to nothing is lost, if all weights came in float16', () => {
    assert.deepEqual(narrow(exact, long, 'close').types, ['w_half 10', 'v_half 10']);
  });

  test('not where float16 ends: of values too small and too large for it', () => {
    assert.deepEqual(narrow(scaled(exact, 1e-8), scaled(long, 1e6), 'close').types, ['w 1', 'v 1']);
  });

  test('with infinity as it is, and small tensors as they are', () => {
    const masked = floats([16, 32], [...exact.data].map((value, at) => (at % 32 === 31 ? -Infinity : Number(value)))); // prettier-ignore
    assert.deepEqual(narrow(masked, rounded(noise([32, 3], 4)), 'exact').types, ['w_half 10', 'v 1']);
  });
});
