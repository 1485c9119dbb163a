import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { costOf, parametersOf, takeInventory, totalParameters } from '../../../electron/engine/1-analyze/cost.ts';
import { countMacs } from '../../../electron/engine/1-analyze/macs.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  SparseTensorProtoSchema,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, integers, noise, op, quantize } from '../build-model.ts';

/** MACs of one node with weight `w` (and more) on an input of given dimensions; shapes come from a real run. */
async function macsOf(node: NodeProto, input: readonly number[], weights: Readonly<Record<string, Tensor>>) {
  const model = buildModel({ inputs: { x: input }, outputs: node.output[0]!, nodes: [node], weights });
  const shapes = await observeShapes(inMemory(model), { x: noise(input, 1) });
  return countMacs(node, shapes);
}

suite('countMacs', () => {
  const conv = (dims: readonly number[], attributes: Parameters<typeof op>[3], input: readonly number[]) =>
    macsOf(op('Conv', 'x w', 'y', attributes), input, { w: noise(dims, 1) });

  test('Conv: N * Cout * Hout * Wout * (Cin / groups) * Kh * Kw', async () => {
    assert.equal(await conv([8, 4, 3, 3], {}, [1, 4, 10, 12]), 8 * 8 * 10 * (4 * 9));
    assert.equal(await conv([8, 4, 3, 3], { pads: [1, 1, 1, 1] }, [1, 4, 10, 12]), 8 * 10 * 12 * (4 * 9));
    assert.equal(await conv([8, 4, 3, 3], { strides: [2, 3] }, [1, 4, 11, 12]), 8 * 5 * 4 * (4 * 9));
    assert.equal(await conv([8, 4, 3, 3], { dilations: [2, 2] }, [1, 4, 10, 12]), 8 * 6 * 8 * (4 * 9));
    assert.equal(await conv([8, 2, 3, 3], { group: 2 }, [1, 4, 10, 12]), 8 * 8 * 10 * (2 * 9));
    assert.equal(await conv([4, 1, 3, 3], { group: 4 }, [1, 4, 10, 12]), 4 * 8 * 10 * 9);
    assert.equal(await conv([8, 4, 1, 1], {}, [3, 4, 5, 5]), 3 * 8 * 25 * 4, 'the batch counts');
    assert.equal(await conv([6, 4, 5], {}, [1, 4, 20]), 6 * 16 * (4 * 5), 'one-dimensional');
  });

  test('a bias adds none', async () => {
    const node = op('Conv', 'x w b', 'y');
    assert.equal(await macsOf(node, [1, 4, 5, 5], { w: noise([8, 4, 1, 1], 1), b: noise([8], 2) }), 8 * 25 * 4);
  });

  test('ConvTranspose: N * Cin * Hin * Win * (Cout / groups) * Kh * Kw', async () => {
    const transposed = (dims: readonly number[], attributes: Parameters<typeof op>[3]) =>
      macsOf(op('ConvTranspose', 'x w', 'y', attributes), [2, 4, 5, 6], { w: noise(dims, 1) });
    assert.equal(await transposed([4, 8, 3, 3], {}), 2 * 4 * 30 * 8 * 9);
    assert.equal(await transposed([4, 8, 2, 2], { strides: [2, 2] }), 2 * 4 * 30 * 8 * 4);
    assert.equal(await transposed([4, 3, 2, 2], { group: 2 }), 2 * 4 * 30 * 3 * 4);
  });

  test('Gemm: M * N * K, whichever operand is transposed', async () => {
    const gemm = (attributes: Parameters<typeof op>[3], input: readonly number[], w: readonly number[]) =>
      macsOf(op('Gemm', 'x w', 'y', attributes), input, { w: noise(w, 1) });
    assert.equal(await gemm({}, [2, 5], [5, 3]), 2 * 3 * 5);
    assert.equal(await gemm({ transB: 1 }, [2, 5], [3, 5]), 2 * 3 * 5);
    assert.equal(await gemm({ transA: 1 }, [5, 2], [5, 3]), 2 * 3 * 5);
    assert.equal(await gemm({ transA: 1, transB: 1 }, [5, 2], [3, 5]), 2 * 3 * 5);
  });

  test('MatMul: batches * M * N * K, with broadcasting and vectors', async () => {
    const matMul = (input: readonly number[], w: readonly number[]) =>
      macsOf(op('MatMul', 'x w', 'y'), input, { w: noise(w, 1) });
    assert.equal(await matMul([2, 5], [5, 3]), 2 * 3 * 5);
    assert.equal(await matMul([4, 7, 2, 5], [5, 3]), 28 * 2 * 3 * 5);
    assert.equal(await matMul([4, 1, 2, 5], [7, 5, 3]), 28 * 2 * 3 * 5);
    assert.equal(await matMul([5], [5, 3]), 3 * 5);
    assert.equal(await matMul([2, 5], [5]), 2 * 5);
  });

  test('LSTM: steps * batch * directions * 4 * hidden * (input + hidden)', async () => {
    const hidden = 6;
    for (const [direction, directions] of [
      ['forward', 1],
      ['bidirectional', 2],
    ] as const) {
      const node = op('LSTM', 'x w r', 'y', { hidden_size: hidden, direction });
      const weights = {
        w: noise([directions, 4 * hidden, 5], 1, 0.1),
        r: noise([directions, 4 * hidden, hidden], 2, 0.1),
      };
      assert.equal(await macsOf(node, [7, 3, 5], weights), 7 * 3 * directions * 4 * hidden * (5 + hidden));
    }
  });

  test('everything else counts none', async () => {
    assert.equal(await macsOf(op('Add', 'x w', 'y'), [2, 5], { w: noise([5], 1) }), 0);
    assert.equal(await macsOf(op('Softmax', 'x', 'y'), [2, 5], {}), 0);
    assert.equal(await macsOf(op('MaxPool', 'x', 'y', { kernel_shape: [2, 2] }), [1, 1, 4, 4], {}), 0);
  });

  test('unknown shapes give null, not a guess', () => {
    assert.equal(countMacs(op('Conv', 'x w', 'y'), new Map()), null);
    assert.equal(countMacs(op('MatMul', 'x w', 'y'), new Map()), null);
  });
});

suite('parameters', () => {
  test('tied weights count at each reader, and once without duplicates', () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w b', 'h'), op('Gemm', 'h w', 'y', { transB: 1 })],
      weights: { w: noise([4, 4], 1), b: noise([4], 2) },
    });
    assert.deepEqual(totalParameters(indexGraph(inMemory(model))), { raw: 4 * 4 * 2 + 4, deduplicated: 4 * 4 + 4 });
  });

  test('weights in Constant nodes count', () => {
    const constant = op('Constant', '', 'w');
    constant.attribute.push(
      create(AttributeProtoSchema, {
        name: 'value',
        type: AttributeType.TENSOR,
        t: makeTensor('', noise([3, 4], 1)),
      }),
    );
    const model = buildModel({ inputs: { x: ['N', 3] }, outputs: 'y', nodes: [constant, op('MatMul', 'x w', 'y')] });
    const graph = indexGraph(inMemory(model));
    assert.deepEqual(totalParameters(graph), { raw: 12, deduplicated: 12 });
    assert.equal(takeInventory(graph).weightBytes, 48);
  });

  test('shapes, axes and indices are none', () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y',
      nodes: [op('Reshape', 'x shape', 'h'), op('Add', 'h b', 'y')],
      weights: { shape: integers([2, 2]), b: noise([2], 1) },
    });
    const graph = indexGraph(inMemory(model));
    assert.deepEqual(
      graph.nodes.map((node) => parametersOf(node, graph).map(({ tensor }) => tensor.name)),
      [[], ['b']],
    );
    assert.deepEqual(totalParameters(graph), { raw: 2, deduplicated: 2 });
  });

  test('bounds, factors and other scalars are none', () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y',
      nodes: [op('Clip', 'x low high', 'c'), op('Mul', 'c factor', 'm'), op('Mul', 'm w', 'y')],
      weights: { low: floats([], [0]), high: floats([], [6]), factor: floats([], [0.5]), w: noise([4], 1) },
    });
    assert.deepEqual(totalParameters(indexGraph(inMemory(model))), { raw: 4, deduplicated: 4 });
  });

  test('weights in the branches of an If count at the If, whose MACs are not guessed', () => {
    const branch = (name: string) =>
      buildModel({
        inputs: {},
        outputs: `${name}_y`,
        nodes: [op('Gemm', `x ${name}_w`, `${name}_y`), op('Mul', `${name}_y shared`, `${name}_z`)],
        weights: { [`${name}_w`]: noise([4, 3], 1) },
      }).graph!;
    const node = op('If', 'condition', 'y');
    node.attribute.push(
      ...['then', 'else'].map((name) =>
        create(AttributeProtoSchema, { name: `${name}_branch`, type: AttributeType.GRAPH, g: branch(name) }),
      ),
    );
    const model = buildModel({
      inputs: { x: ['N', 4], condition: [1] },
      outputs: 'y',
      nodes: [node],
      weights: { shared: noise([3], 2) },
    });
    assert.equal(costOf(node, indexGraph(inMemory(model)), new Map()).parameters, 12 + 12 + 3);
    assert.equal(countMacs(node, new Map()), null);
  });

  test('integers of a quantized model are its parameters, scales are not', async () => {
    const sketch = {
      inputs: { x: ['N', 8] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w b', 'y')],
      weights: { w: noise([8, 4], 1), b: noise([4], 2) },
    };
    const { model } = await quantize(buildModel(sketch), [{ x: noise([1, 8], 3) }]);
    assert.deepEqual(totalParameters(indexGraph(inMemory(model))), { raw: 36, deduplicated: 36 });
  });

  test('operators on integers count what they compute', () => {
    const facts = (dims: readonly number[]) => ({ dims, dataType: null });
    const conv = op('QLinearConv', 'x xs xz w ws wz ys yz b', 'y');
    const shapes = new Map([
      ['x', facts([1, 4, 10, 10])],
      ['w', facts([8, 4, 3, 3])],
      ['y', facts([1, 8, 8, 8])],
    ]);
    assert.equal(countMacs(conv, shapes), 8 * 64 * 4 * 9);
  });

  test('a node that reads one weight twice has it once', () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y',
      nodes: [op('Where', 'c w w', 'h'), op('Add', 'x h', 'y')],
      weights: { c: { dataType: 'bool', dims: [4], data: Uint8Array.of(1, 0, 1, 0) }, w: noise([4], 1) },
    });
    assert.equal(costOf(model.graph!.node[0]!, indexGraph(inMemory(model)), new Map()).parameters, 4);
  });
});

test('the inventory of a quantized model: the same parameters in fewer bits, scales apart', async () => {
  const model = buildModel({
    inputs: { x: ['N', 8] },
    outputs: 'y',
    nodes: [op('Gemm', 'x w b', 'y')],
    weights: { w: noise([8, 4], 1), b: noise([4], 2) },
  });
  const { model: quantized } = await quantize(model, [{ x: floats([1, 8], [1, 2, 3, 4, 5, 6, 7, 8]) }]);
  assert.deepEqual(takeInventory(indexGraph(inMemory(model))), {
    parameters: 36,
    fp32EquivalentParameters: 36,
    weightBytes: 144,
    quantizationBytes: 0,
  });
  assert.deepEqual(takeInventory(indexGraph(inMemory(quantized))), {
    parameters: 36,
    // 32 weights in 8 bits, 4 biases in 32.
    fp32EquivalentParameters: 32 / 4 + 4,
    weightBytes: 32 + 16,
    // Scale and zero point of x; of w 4 + 4 and of b 4 + 4, a zero point of b taking 4 bytes.
    quantizationBytes: 5 + 4 * (4 + 1) + 4 * (4 + 4),
  });
});

test('a sparse weight counts as the values it stores', () => {
  const model = buildModel({ inputs: { x: [1, 8] }, outputs: 'y', nodes: [op('MatMul', 'x w', 'y')] });
  const values = makeTensor('w', floats([3], [1, 2, 3]));
  const indices = makeTensor('', integers([0, 5, 17]));
  model.graph!.sparseInitializer.push(create(SparseTensorProtoSchema, { values, indices, dims: [8n, 4n] }));
  const { parameters, weightBytes } = takeInventory(indexGraph(inMemory(model)));
  assert.deepEqual([parameters, weightBytes], [3, 12]);
});
