import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { takeInventory } from '../../../electron/engine/1-analyze/cost.ts';
import { blocksIn, packedBytes, roundBlocks } from '../../../electron/engine/schemes/packed-weights/round-blocks.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { attributeInt } from '../../../electron/engine/onnx/attributes.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { readTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { describePrecision } from '../../../shared/precision.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import {
  assertClose,
  buildModel,
  countOps,
  floats,
  inMemory,
  integers,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  run,
} from '../build-model.ts';

const packed = (changes: Partial<Recipe> = {}) => ({ recipe: { scheme: 'int4-weights' as const, ...changes } });

/** Values of a packed constant by definition: (integer - zero point) * scale, row by row; `columns` of each row count. */
function dequantize(model: ModelProto, node: NodeProto, columns: number): number[][] {
  const constant = (index: number) => {
    const found = model.graph!.initializer.find(({ name }) => name === node.input[index])!;
    const { data, dims } = readTensor(found, '');
    return { data: [...data].map(Number), rows: dims[0]!, dims };
  };
  const isTable = node.opType === 'GatherBlockQuantized';
  const [weights, scales, zeros] = [constant(isTable ? 0 : 1), constant(2), constant(3)];
  const [bits, block] = [attributeInt(node, 'bits', 4), attributeInt(node, 'block_size', 32)];
  const blocks = Math.ceil(columns / block);
  const at = ({ data, rows }: { data: number[]; rows: number }, row: number, index: number): number => {
    const bytes = data.length / rows;
    return (data[row * bytes + Math.floor((index * bits) / 8)]! >> ((index * bits) % 8)) & (2 ** bits - 1);
  };
  return Array.from({ length: weights.rows }, (_row, row) =>
    Array.from({ length: columns }, (_column, column) => {
      const index = Math.floor(column / block);
      return (at(weights, row, column) - at(zeros, row, index)) * scales.data[row * blocks + index]!;
    }),
  );
}

const only = (model: ModelProto, opType: string): NodeProto => {
  const found = model.graph!.node.filter((node) => node.opType === opType);
  assert.equal(found.length, 1);
  return found[0]!;
};

function distanceDb(exact: readonly number[], other: readonly number[]): number {
  let [signal, error] = [0, 0];
  exact.forEach((value, index) => {
    signal += value ** 2;
    error += (value - other[index]!) ** 2;
  });
  return 10 * Math.log10(signal / error);
}

function product(opType: string, weight: Tensor, attributes: Record<string, number> = {}, bias?: Tensor): ModelProto {
  const columns = weight.dims[attributes['transB'] === 1 ? 1 : 0]!;
  return buildModel({
    inputs: { x: ['N', columns] },
    outputs: 'y',
    nodes: [op(opType, bias === undefined ? 'x w' : 'x w b', 'y', attributes)],
    weights: { w: weight, ...(bias === undefined ? {} : { b: bias }) },
  });
}

suite('rounding in blocks', () => {
  test('takes what fits the grid as it is', () => {
    // 0.5 * (0 ... 15) - 2: zero point 4, whatever lies in between.
    const values = Float32Array.from({ length: 16 }, (_value, index) => index / 2 - 2);
    const layout = { rows: 1, columns: 16, rowStride: 16, columnStride: 1 };
    const { data, scales, zeroPoints } = roundBlocks(values, layout, { bits: 4, block: 16 });
    assert.deepEqual([...scales], [0.5]);
    assert.deepEqual([...zeroPoints], [4]);
    assert.deepEqual([...data], [0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe]);
  });

  for (const bits of [2, 4] as const) {
    test(`is closer than the nearest integers over the whole range, ${bits} bits`, () => {
      const values = noise([1, 512], 1).data as Float32Array;
      const format = { bits, block: 32 };
      const layout = { rows: 1, columns: 512, rowStride: 512, columnStride: 1 };
      const { data, scales, zeroPoints } = roundBlocks(values, layout, format);
      const largest = 2 ** bits - 1;
      const at = (bytes: Uint8Array, index: number) => (bytes[(index * bits) >> 3]! >> ((index * bits) & 7)) & largest;
      for (let block = 0; block < blocksIn(512, format); block++) {
        const own = [...values.subarray(block * 32, block * 32 + 32)];
        const [low, high] = [Math.min(...own), Math.max(...own)];
        const step = (high - low) / largest;
        const zero = Math.round(-low / step);
        const whole = own.map(
          (value) => (Math.max(0, Math.min(largest, Math.round(value / step) + zero)) - zero) * step,
        );
        const made = own.map(
          (_value, place) => (at(data, block * 32 + place) - at(zeroPoints, block)) * scales[block]!,
        );
        assert.ok(distanceDb(own, made) >= distanceDb(own, whole) - 1e-4, `block ${block}`);
      }
    });
  }

  for (const [name, values] of Object.entries({
    zeros: [0, 0, 0, 0],
    denormal: [1e-42, -1e-42, 0, 1e-43],
    'one sign': [3, 4, 5, 6],
    negative: [-3, -4, -5, -6],
    huge: [3.4e38, -3.4e38, 1e38, 0],
    'one that towers': [1e20, 1, -1, 0.5],
  })) {
    test(`gives finite scales for ${name}`, () => {
      const layout = { rows: 1, columns: 4, rowStride: 4, columnStride: 1 };
      const { data, scales, zeroPoints } = roundBlocks(Float32Array.from(values), layout, { bits: 4, block: 16 });
      assert.ok(
        scales.every((scale) => scale >= 1.17e-38 && Number.isFinite(scale)),
        String(scales),
      );
      const made = values.map(
        (_value, index) => (((data[index >> 1]! >> (4 * (index & 1))) & 15) - zeroPoints[0]!) * scales[0]!,
      );
      const step = (Math.max(0, ...values) - Math.min(0, ...values)) / 15;
      assertClose(made, values, Math.max(step, 1e-37));
    });
  }
});

suite('int4-weights', () => {
  for (const [opType, attributes, columns] of [
    ['MatMul', {}, 64],
    ['MatMul', {}, 37],
    ['MatMul', {}, 300],
    ['Gemm', { transB: 0 }, 48],
    ['Gemm', { transB: 1 }, 50],
  ] as const) {
    for (const blockSize of [16, 32, 256] as const) {
      if (columns < 50 && blockSize === 256) continue;
      test(`${opType} ${JSON.stringify(attributes)} over ${columns}, blocks of ${blockSize}: computes with (q - z) * s`, async () => {
        const isTransposed = 'transB' in attributes && attributes.transB === 1;
        const weight = noise(isTransposed ? [24, columns] : [columns, 24], 1, 0.2);
        const bias = opType === 'Gemm' ? noise([24], 2) : undefined;
        const model = product(opType, weight, attributes, bias);
        const samples: Feeds[] = [{ x: noise([3, columns], 3) }];
        const quantized = await quantize(model, samples, packed({ blockSize }));
        assert.equal(describePrecision(nodePlan(quantized.plan, 'y').precision), `w4/${blockSize} a8 dynamic`);
        const rows = dequantize(quantized.model, only(quantized.model, 'MatMulNBits'), columns);
        const exact = rows.map((row, n) =>
          row.map((_value, k) => weight.data[isTransposed ? n * columns + k : k * 24 + n]),
        );
        const weightDb = distanceDb(exact.flat() as number[], rows.flat());
        assert.ok(weightDb > (blockSize === 256 ? 17 : 20), `${weightDb} dB`);
        const x = samples[0]!['x']!.data as Float32Array;
        const expected = [0, 1, 2].flatMap((m) =>
          rows.map((row, n) =>
            row.reduce((sum, value, k) => sum + value * x[m * columns + k]!, Number(bias?.data[n] ?? 0)),
          ),
        );
        const { y } = await run(quantized.model, samples[0]!);
        // What differs is the rounding of x to 8 bits.
        assert.ok(distanceDb(expected, [...(y!.data as Float32Array)]) > 35);
        const { diagnostics, unfused } = await checkFusion(
          encodeModel(quantized.model),
          quantized.plan,
          indexGraph(inMemory(model)),
        );
        assert.deepEqual([diagnostics, unfused.size], [[], 0]);
      });
    }
  }

  test('adds a bias of other dimensions behind the product', async () => {
    for (const bias of [floats([1], [2]), noise([1, 24], 2), noise([3, 24], 2), noise([3, 1], 4)]) {
      const model = product('Gemm', noise([64, 24], 1), {}, bias);
      const samples: Feeds[] = [{ x: noise([3, 64], 3) }];
      const quantized = await quantize(model, samples, packed());
      const isRow = bias.dims[0] === 1 && bias.dims.length === 2;
      assert.deepEqual(countOps(quantized.model), isRow ? { MatMulNBits: 1 } : { Add: 1, MatMulNBits: 1 });
      assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 17);
    }
  });

  test('takes batches, single vectors and no rows at all', async () => {
    for (const dims of [[2, 3, 64], [64], [0, 64]]) {
      const model = buildModel({
        inputs: { x: dims.map((size, axis) => (axis === dims.length - 1 ? size : `d${axis}`)) },
        outputs: 'y',
        nodes: [op('MatMul', 'x w', 'y')],
        weights: { w: noise([64, 8], 1) },
      });
      const quantized = await quantize(
        model,
        [
          {
            x: noise(
              dims.map((size) => size || 1),
              2,
            ),
          },
        ],
        packed(),
      );
      const { y } = await run(quantized.model, { x: noise(dims, 2) });
      assert.deepEqual(y!.dims, [...dims.slice(0, -1), 8]);
    }
  });

  test('says why layers stay in float', async () => {
    const model = buildModel({
      inputs: { x: ['N', 3, 8, 8], k: [64, 4] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x c', 'a', { pads: [1, 1, 1, 1] }),
        op('Relu', 'a', 'r'),
        op('GlobalAveragePool', 'r', 'p'),
        op('Flatten', 'p', 'f'),
        op('Gemm', 'f g', 'h', { alpha: { float: 2 } }),
        op('Gemm', 'h g2 b2', 'i', { beta: { float: 0.5 } }),
        op('MatMul', 'i k', 'm'),
        op('MatMul', 'm narrow', 'n'),
        op('Gemm', 'turned n', 'y', { transA: 1 }),
      ],
      weights: {
        c: noise([16, 3, 3, 3], 1),
        g: noise([16, 64], 2),
        g2: noise([64, 64], 3),
        b2: noise([64], 4),
        narrow: noise([4, 3], 5),
        turned: noise([2, 5], 6),
      },
    });
    const feeds: Feeds[] = [{ x: noise([2, 3, 8, 8], 7), k: noise([64, 4], 8) }];
    const { plan } = await quantize(model, feeds, packed({ blockSize: 128 }));
    assert.deepEqual(Object.fromEntries(plan.nodes.map(({ node, reason }) => [node, reason])), {
      a: 'ONNX Runtime has no Conv for weights of 4 bits',
      r: 'it has no weights',
      p: 'it has no weights',
      f: 'it has no weights',
      h: 'MatMulNBits does not support its alpha',
      i: 'MatMulNBits does not support its beta',
      m: 'its weight is computed at run time',
      n: 'in blocks of 128 its weight would take no less room than in float',
      y: 'its constant is the first operand',
    });
  });

  test('stores a table in 4 bits and the tied output layer in the same bytes', async () => {
    for (const [opType, weight] of [
      ['Gemm', 'table'],
      ['MatMul', 'turned'],
    ] as const) {
      const table = noise([96, 64], 1);
      const values = table.data as Float32Array;
      const turned = floats(
        [64, 96],
        Array.from({ length: 64 * 96 }, (_value, index) => values[(index % 96) * 64 + Math.floor(index / 96)]!),
      );
      const model = buildModel({
        inputs: { x: ['N', 64] },
        outputs: 'y e',
        nodes: [
          op('Gather', 'table i', 'e'),
          op('Add', 'x e', 's'),
          op(opType, `s ${weight}`, 'y', opType === 'Gemm' ? { transB: 1 } : {}),
        ],
        weights: { table, i: integers([3, 95]), ...(weight === 'turned' ? { turned } : {}) },
      });
      const samples: Feeds[] = [{ x: noise([2, 64], 2) }];
      const { model: made, plan } = await quantize(model, samples, packed());
      assert.deepEqual(
        ['e', 'y'].map((name) => describePrecision(nodePlan(plan, name).precision)),
        ['w4/32', 'w4/32 a8 dynamic'],
      );
      const large = made.graph!.initializer.filter(({ rawData }) => rawData.length > 1000);
      assert.deepEqual(
        large.map(({ dims }) => dims.map(Number)),
        [[96, 32]],
      );
      const rows = dequantize(made, only(made, 'GatherBlockQuantized'), 64);
      const { e } = await run(made, samples[0]!);
      assertClose(e!.data as Float32Array, [...rows[3]!, ...rows[95]!], 1e-6);
      assert.ok((await measureSqnrDb(model, made, samples)) > 17);
      const inventory = takeInventory(indexGraph(inMemory(made)));
      assert.equal(inventory.fp32EquivalentParameters, (96 * 64 * 4) / 32);
    }
  });

  test('leaves a table in float that others read', async () => {
    const model = buildModel({
      inputs: { x: ['N', 64] },
      outputs: 'y e',
      nodes: [op('Gather', 'table i', 'e'), op('MatMul', 'x table', 'p'), op('Softmax', 'table', 'y')],
      weights: { table: noise([64, 32], 1), i: integers([3]) },
    });
    const { plan } = await quantize(model, [{ x: noise([2, 64], 2) }], packed());
    assert.equal(
      nodePlan(plan, 'e').reason,
      'other nodes need its table in float, so a second one would only add to the size',
    );
  });

  for (const opset of [11, 17, 21]) {
    test(`goes together with int8-static, int8-weights and float in one graph, opset ${opset}`, async () => {
      const model = buildModel({
        opset,
        inputs: { x: ['N', 64] },
        outputs: 'y',
        nodes: [
          op('MatMul', 'x w1', 'a'),
          op('Relu', 'a', 'r'),
          op('Gemm', 'r w2 b2', 'b'),
          op('Gemm', 'b w3 b3', 'c', { transB: 1 }),
          op('MatMul', 'c w4', 'd'),
          op('MatMul', 'd w5', 'y'),
        ],
        weights: {
          w1: noise([64, 64], 1, 0.2),
          w2: noise([64, 64], 2, 0.2),
          b2: noise([64], 3, 0.2),
          w3: noise([64, 64], 4, 0.2),
          b3: noise([64], 5, 0.2),
          w4: noise([64, 64], 6, 0.2),
          w5: noise([64, 16], 7, 0.2),
        },
      });
      const samples = [8, 9].map((seed): Feeds => ({ x: noise([4, 64], seed) }));
      const quantized = await quantize(model, samples, {
        weightRange: 'int8-pairs',
        recipe: {
          overrides: [
            { scheme: 'int4-weights', nodes: ['b', 'c'], opTypes: [] },
            { scheme: 'int8-weights', nodes: ['d'], opTypes: [] },
            { scheme: 'float', nodes: ['y'], opTypes: [] },
          ],
        },
      });
      assert.deepEqual(
        ['a', 'b', 'c', 'd', 'y'].map((name) => describePrecision(nodePlan(quantized.plan, name).precision)),
        ['w8 a8', 'w4/32 a8 dynamic', 'w4/32 a8 dynamic', 'w8 stored', 'float'],
      );
      assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 14);
      const { diagnostics } = await checkFusion(
        encodeModel(quantized.model),
        quantized.plan,
        indexGraph(inMemory(model)),
      );
      assert.deepEqual(diagnostics, []);
    });
  }

  test('int2-weights takes a quarter of a byte a weight, and refuses blocks without a fast kernel', async () => {
    const model = product('MatMul', noise([128, 64], 1));
    const samples: Feeds[] = [{ x: noise([3, 128], 3) }];
    const { model: made, plan } = await quantize(model, samples, packed({ scheme: 'int2-weights', blockSize: 64 }));
    assert.equal(describePrecision(nodePlan(plan, 'y').precision), 'w2/64 a8 dynamic');
    assert.equal(packedBytes({ rows: 64, columns: 128 }, { bits: 2, block: 64 }), 64 * (32 + 2 * 4 + 1));
    assert.ok((await measureSqnrDb(model, made, samples)) > 6);
    const { plan: other } = await quantize(model, samples, packed({ scheme: 'int2-weights', blockSize: 16 }));
    assert.equal(nodePlan(other, 'y').reason, 'ONNX Runtime has no fast kernel for weights of 2 bits in blocks of 16');
  });
});
