import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findDecidingTensors, findEnds } from '../../../electron/engine/2-plan/deciding-tensors.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, integers, noise, op, plan } from '../build-model.ts';

const weights = { w: noise([4, 4, 1, 1], 1), v: noise([4, 4, 1, 1], 2), six: floats([], [6]), one: floats([], [1]) };
const sketch = (nodes: readonly NodeProto[], outputs: string, more: Readonly<Record<string, Tensor>> = {}) =>
  buildModel({ inputs: { x: [1, 4, 8, 8] }, outputs, nodes, weights: { ...weights, ...more } });
const decidingIn = (nodes: readonly NodeProto[], outputs = 'y', more: Readonly<Record<string, Tensor>> = {}) => {
  const graph = indexGraph(inMemory(sketch(nodes, outputs, more)));
  return [...findDecidingTensors(graph, graph.outputNames)].sort();
};

suite('what decides', () => {
  test('is what a final pooling reads, back to the convolution and no further', () => {
    const nodes = [op('Conv', 'x w', 'a'), op('Relu', 'a', 'b'), op('Conv', 'b v', 'c'), op('Relu', 'c', 'd')];
    assert.deepEqual(decidingIn([...nodes, op('GlobalAveragePool', 'd', 'y')]), ['c', 'd', 'y']);
  });

  test('is every branch joined to an output, through Transpose and Reshape', () => {
    const nodes = [
      op('Conv', 'x w', 'a'),
      op('Conv', 'a v', 'b'),
      op('Transpose', 'a', 'at', { perm: [0, 2, 3, 1] }),
      op('Reshape', 'at shape', 'ar'),
      op('Reshape', 'b shape', 'br'),
      op('Concat', 'ar br', 'y', { axis: 1 }),
    ];
    const found = decidingIn(nodes, 'y', { shape: integers([1, 64, 4]) });
    assert.deepEqual(found, ['a', 'ar', 'at', 'b', 'br', 'y']);
  });

  test('is what stands in front of Softmax, ArgMax, a scale and an offset', () => {
    assert.deepEqual(decidingIn([op('Conv', 'x w', 'a'), op('Softmax', 'a', 'y', { axis: 1 })]), ['a', 'y']);
    assert.deepEqual(decidingIn([op('Conv', 'x w', 'a'), op('ArgMax', 'a', 'y', { axis: 1 })]), ['a', 'y']);
    const scaled = [op('Conv', 'x w', 'a'), op('Mul', 'a six', 'm'), op('Add', 'm one', 'y')];
    assert.deepEqual(decidingIn(scaled), ['a', 'm', 'y']);
  });

  test('is every term of a sum that nothing else reads, and no residual stream', () => {
    const scores = [op('Conv', 'x w', 'a'), op('Conv', 'x v', 'b'), op('Add', 'a b', 'y')];
    assert.deepEqual(decidingIn(scores), ['a', 'b', 'y']);
    const stream = [op('Conv', 'x w', 's'), op('Conv', 's v', 'f'), op('Add', 's f', 'r'), op('Relu', 'r', 'y')];
    assert.deepEqual(decidingIn(stream), ['f', 'r', 'y']);
  });

  test('is a tensor that reaches the output by two ways and is read by nothing else', () => {
    const swish = [op('Conv', 'x w', 'a'), op('Sigmoid', 'a', 's'), op('Mul', 'a s', 'y')];
    assert.deepEqual(decidingIn(swish), ['a', 's', 'y']);
  });

  test('is not what layers with weights, normalizations and shapes read', () => {
    const normalized = [op('Conv', 'x w', 'a'), op('LRN', 'a', 'y', { size: 3 })];
    assert.deepEqual(decidingIn(normalized), ['y']);
    assert.deepEqual(decidingIn([op('Conv', 'x w', 'a'), op('Shape', 'a', 'y')]), ['y']);
    assert.deepEqual(decidingIn([op('Conv', 'x w', 'a'), op('Conv', 'a v', 'y')]), ['y']);
  });

  test('several outputs decide alike, one of them in the middle of the model', () => {
    const nodes = [op('Conv', 'x w', 'y'), op('Relu', 'y', 'r'), op('Conv', 'r v', 'z')];
    assert.deepEqual(decidingIn(nodes, 'y z'), ['y', 'z']);
  });
});

suite('where values end by what makes them', () => {
  test('at the bounds of Relu and Clip, the closer ones of several', () => {
    const nodes = [
      op('Conv', 'x w', 'a'),
      op('Relu', 'a', 'b'),
      op('Clip', 'b _ six', 'c'),
      op('Clip', 'c _ one', 'y'),
    ];
    const graph = indexGraph(inMemory(sketch(nodes, 'y')));
    assert.deepEqual(findEnds('b', graph), { lowest: 0, highest: null });
    assert.deepEqual(findEnds('c', graph), { lowest: 0, highest: 6 });
    assert.deepEqual(findEnds('y', graph), { lowest: 0, highest: 1 });
    assert.deepEqual(findEnds('a', graph), { lowest: null, highest: null });
  });
});

suite('the plan', () => {
  const groupsOf = async (nodes: readonly NodeProto[], outputs = 'y') => {
    const model = sketch(nodes, outputs);
    const shapes = await observeShapes(inMemory(model), { x: noise([1, 4, 8, 8], 1) });
    return plan(model, shapes).deciding;
  };

  test('names the groups that decide: behind a MaxPool the group in front of it', async () => {
    const nodes = [op('Conv', 'x w', 'a'), op('Relu', 'a', 'b'), op('MaxPool', 'b', 'y', { kernel_shape: [2, 2] })];
    assert.deepEqual(await groupsOf(nodes), [{ group: 'b', lowest: 0, highest: null }]);
  });

  test('names none where the last layer is a matrix product, which hands out float', async () => {
    const nodes = [op('Conv', 'x w', 'a'), op('GlobalAveragePool', 'a', 'p'), op('Flatten', 'p', 'f'), op('Gemm', 'f m', 'y')]; // prettier-ignore
    const model = sketch(nodes, 'y', { m: noise([4, 3], 3) });
    const shapes = await observeShapes(inMemory(model), { x: noise([1, 4, 8, 8], 1) });
    assert.deepEqual(plan(model, shapes).deciding, []);
  });
});
