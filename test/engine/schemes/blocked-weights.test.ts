/** Weights of 4 bits in ONNX's own form, held against the same in MatMulNBits. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkFusion, readOptimizedGraph } from '../../../electron/engine/4-quantize/verify.ts';
import { opsetVersion } from '../../../electron/engine/graph/graph.ts';
import { attributeInt } from '../../../electron/engine/onnx/attributes.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensor, tensorByteLength } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import {
  assertClose,
  buildModel,
  countOps,
  floats,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
} from '../build-model.ts';

const recipeOf = (changes: Partial<Recipe> = {}) => ({
  recipe: { scheme: 'int4-weights' as const, weightsForm: 'dequantize' as const, ...changes },
});

const nodesOf = (model: ModelProto, opType: string): NodeProto[] =>
  model.graph!.node.filter((node) => node.opType === opType);
const stored = (model: ModelProto, name: string) => model.graph!.initializer.find((tensor) => tensor.name === name)!;

/** Elements of a tensor of 4 bits, by the standard: two in a byte, the first in the low half. */
function fourBits(model: ModelProto, name: string): number[] {
  const tensor = stored(model, name);
  assert.equal(tensor.dataType, 21, `${name} is uint4`);
  const count = tensor.dims.reduce((product, dim) => product * Number(dim), 1);
  assert.equal(tensor.rawData.length, Math.ceil(count / 2));
  return Array.from({ length: count }, (_, index) => (tensor.rawData[index >> 1]! >> (index % 2 === 0 ? 0 : 4)) & 15);
}

/** What DequantizeLinear with blocks along axis 0 makes, by its definition: (x - zero point) * scale. */
function blockedValues(model: ModelProto, { input, attribute }: NodeProto): number[] {
  const of = (name: string) => Number(attribute.find((entry) => entry.name === name)!.i);
  assert.equal(of('axis'), 0);
  const [rows, columns] = stored(model, input[0]!).dims.map(Number) as [number, number];
  const [integers, zeros] = [fourBits(model, input[0]!), fourBits(model, input[2]!)];
  const { data: scales, dims } = readTensor(stored(model, input[1]!), '');
  assert.deepEqual(dims, [Math.ceil(rows / of('block_size')), columns]);
  return integers.map((integer, index) => {
    const place = Math.floor(Math.floor(index / columns) / of('block_size')) * columns + (index % columns);
    return (integer - zeros[place]!) * Number(scales[place]);
  });
}

/** What MatMulNBits multiplies by, as K x N. */
function packedValues(model: ModelProto, node: NodeProto): number[] {
  const [rows, columns, block] = ['N', 'K', 'block_size'].map((name) => attributeInt(node, name, 0)) as [number, number, number]; // prettier-ignore
  const [data, scales, zeros] = [1, 2, 3].map((index) => readTensor(stored(model, node.input[index]!), '').data);
  const blocks = Math.ceil(columns / block);
  const at = (bytes: ArrayLike<number | bigint>, start: number, index: number): number =>
    (Number(bytes[start + (index >> 1)]) >> (index % 2 === 0 ? 0 : 4)) & 15;
  return Array.from({ length: rows * columns }, (_, place) => {
    const [column, row] = [Math.floor(place / rows), place % rows];
    const index = Math.floor(column / block);
    const integer = at(data!, (row * blocks * block) / 2, column);
    return (integer - at(zeros!, row * Math.ceil(blocks / 2), index)) * Number(scales![row * blocks + index]);
  });
}

interface Product {
  readonly name: string;
  readonly node: NodeProto;
  readonly weight: Tensor;
  readonly bias?: Tensor;
}

const products: readonly Product[] = [
  { name: 'MatMul', node: op('MatMul', 'x w', 'y'), weight: noise([64, 24], 1, 0.3) },
  {
    name: 'MatMul with a last block that is not full',
    node: op('MatMul', 'x w', 'y'),
    weight: noise([64, 24], 2, 0.3),
  },
  { name: 'MatMul with an odd number of columns', node: op('MatMul', 'x w', 'y'), weight: noise([64, 7], 3, 0.3) },
  { name: 'Gemm with a bias', node: op('Gemm', 'x w b', 'y'), weight: noise([64, 24], 4, 0.3), bias: noise([24], 5) },
  {
    name: 'Gemm of a transposed weight',
    node: op('Gemm', 'x w b', 'y', { transB: 1 }),
    weight: noise([24, 64], 6, 0.3),
    bias: noise([1, 24], 7),
  },
];

suite('a product of a weight in 4 bits', () => {
  for (const { name, node, weight, bias } of products) {
    for (const blockSize of [16, 32] as const) {
      test(`${name}, blocks of ${blockSize}`, async () => {
        const isPartial = name.includes('not full');
        const inner = isPartial ? 40 : 64;
        const cut = isPartial ? floats([40, 24], (weight.data as Float32Array).subarray(0, 40 * 24)) : weight;
        const model = buildModel({
          opset: 21,
          inputs: { x: [3, inner] },
          outputs: 'y',
          nodes: [node],
          weights: { w: cut, ...(bias === undefined ? {} : { b: bias }) },
        });
        const data: Feeds[] = [{ x: noise([3, inner], 8) }];
        const portable = await quantize(model, data, recipeOf({ blockSize }));
        const packed = await quantize(model, data, { recipe: { scheme: 'int4-weights', blockSize } });
        assert.deepEqual(countOps(portable.model), { DequantizeLinear: 1, [node.opType]: 1 });
        assert.ok(portable.model.graph!.node.every(({ domain }) => domain === ''));
        assert.ok(portable.model.irVersion >= 10n, 'tensors of 4 bits came with IR version 10');
        const [first] = nodesOf(portable.model, 'DequantizeLinear');
        const [other] = nodesOf(packed.model, 'MatMulNBits');
        assert.deepEqual(blockedValues(portable.model, first!), packedValues(packed.model, other!));
        // ONNX Runtime multiplies by them as they are, with inputs that it rounds: what the run says of them is true.
        const fused = await readOptimizedGraph(encodeModel(portable.model));
        const [product] = fused.graph!.node.filter(({ opType }) => opType === 'MatMulNBits');
        assert.equal(attributeInt(product!, 'accuracy_level', 0), 4);
        assert.deepEqual(portable.result.diagnostics.map(({ code }) => code), ['inputs-rounded']); // prettier-ignore
        const checked = await checkFusion(encodeModel(portable.model), portable.plan, portable.graph);
        assert.deepEqual([checked.diagnostics, [...checked.unfused]], [[], []]);
        const [expected, actual] = [await run(packed.model, data[0]!), await run(portable.model, data[0]!)];
        assertClose(actual['y']!.data as Float32Array, expected['y']!.data as Float32Array, 1e-4);
        assert.ok((await measureSqnrDb(model, portable.model, data)) > 15);
      });
    }
  }

  test('16 weights, worked out by hand', async () => {
    const values = Array.from({ length: 16 }, (_, index) => index - 8);
    const model = buildModel({
      opset: 21,
      inputs: { x: [1, 16] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: floats([16, 2], values.flatMap((value) => [value, -value])) }, // prettier-ignore
    });
    const { model: made } = await quantize(model, [{ x: noise([1, 16], 1) }], recipeOf({ blockSize: 16 }));
    const [{ input } = assert.fail()] = nodesOf(made, 'DequantizeLinear');
    // -8 to 7 in steps of 1 are 0 to 15 with a zero point of 8; 8 to -7 the same downwards, with one of 7.
    assert.deepEqual(
      fourBits(made, input[0]!),
      values.flatMap((value) => [value + 8, 7 - value]),
    );
    assert.deepEqual([...stored(made, input[0]!).rawData.subarray(0, 3)], [0xf0, 0xe1, 0xd2]);
    assert.deepEqual(fourBits(made, input[2]!), [8, 7]);
    assertClose(readTensor(stored(made, input[1]!), '').data as Float32Array, [1, 1], 1e-6);
  });

  test('one weight that two layers share is stored once', async () => {
    const model = buildModel({
      opset: 21,
      inputs: { x: [2, 32] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('Relu', 'h', 'r'), op('Gemm', 'r t', 'y', { transB: 1 })],
      weights: { w: noise([32, 32], 1, 0.3), t: transposed(noise([32, 32], 1, 0.3)) },
    });
    const { model: made } = await quantize(model, [{ x: noise([2, 32], 2) }], recipeOf());
    assert.deepEqual(countOps(made), { DequantizeLinear: 1, Gemm: 1, MatMul: 1, Relu: 1 });
  });
});

function transposed({ dims, data }: Tensor): Tensor {
  const [rows, columns] = dims as [number, number];
  const values = Array.from({ length: rows * columns }, (_, place) =>
    Number(data[(place % rows) * columns + Math.floor(place / rows)]),
  );
  return floats([columns, rows], values);
}

suite('beside other layers', () => {
  test('tables take 8 bits, and rows of them alone become floats', async () => {
    const model = buildModel({
      opset: 21,
      inputs: { ids: [4] },
      types: { ids: 'int64' },
      outputs: 'y',
      nodes: [op('Gather', 'table ids', 'e'), op('MatMul', 'e w', 'y')],
      weights: { table: noise([64, 32], 1), w: noise([32, 8], 2, 0.3) },
    });
    const ids: Tensor = { dataType: 'int64', dims: [4], data: BigInt64Array.from([3n, 0n, 63n, 7n]) };
    const { model: made, plan, graph } = await quantize(model, [{ ids }], recipeOf());
    assert.deepEqual(countOps(made), { DequantizeLinear: 2, Gather: 1, MatMul: 1, Max: 1 });
    assert.equal(stored(made, nodesOf(made, 'Gather')[0]!.input[0]!).dataType, 3, 'int8');
    assert.equal(nodePlan(plan, 'e').precision.weights?.type, 'int8');
    assert.deepEqual((await checkFusion(encodeModel(made), plan, graph)).diagnostics, []);
    assert.ok((await measureSqnrDb(model, made, [{ ids }])) > 15);
  });

  test('layers of static int8 before and behind keep their kernels', async () => {
    const model = buildModel({
      opset: 21,
      inputs: { x: [4, 32] },
      outputs: 'y',
      nodes: [op('Gemm', 'x a', 'h'), op('Relu', 'h', 'r'), op('MatMul', 'r w', 'm'), op('Gemm', 'm c', 'y')],
      weights: { a: noise([32, 64], 1, 0.2), w: noise([64, 32], 2, 0.2), c: noise([32, 8], 3, 0.2) },
    });
    const data = [{ x: noise([4, 32], 4) }, { x: noise([4, 32], 5) }];
    const overrides = [{ scheme: 'int4-weights' as const, nodes: ['m'], opTypes: [] }];
    const made = await quantize(model, data, {
      weightRange: 'int8-pairs',
      recipe: { weightsForm: 'dequantize', overrides },
    });
    const { diagnostics, unfused } = await checkFusion(encodeModel(made.model), made.plan, made.graph);
    assert.deepEqual([diagnostics, [...unfused]], [[], []]);
    assert.ok((await measureSqnrDb(model, made.model, data)) > 15);
  });

  test('it is smaller than the same in 8 bits', async () => {
    const model = buildModel({
      opset: 21,
      inputs: { x: [1, 256] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([256, 64], 1) },
    });
    const { model: made } = await quantize(model, [{ x: noise([1, 256], 2) }], recipeOf());
    const bytes = made.graph!.initializer.reduce((sum, tensor) => sum + tensorByteLength(tensor), 0);
    // Half a byte a weight; a float32 and half a byte for 32 of them.
    assert.equal(bytes, 256 * 64 * 0.5 + 8 * 64 * 4.5);
  });
});

suite('where it cannot be', () => {
  const build = (opset: number) =>
    buildModel({
      opset,
      inputs: { x: [1, 64] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'y')],
      weights: { w: noise([64, 8], 1) },
    });
  const data = [{ x: noise([1, 64], 2) }];

  test('below opset 21 the layer stays float, with that reason', async () => {
    const { plan, model } = await quantize(build(17), data, recipeOf());
    assert.match(nodePlan(plan, 'y').reason, /blocks from opset 21 on; this model has opset 17/);
    assert.equal(opsetVersion(model), 17);
  });

  test('2 bits are for MatMulNBits alone', async () => {
    const { plan } = await quantize(build(21), data, recipeOf({ scheme: 'int2-weights' as never }));
    assert.match(nodePlan(plan, 'y').reason, /ONNX has no tensors of 2 bits in opset 21/);
  });
});
