import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { costOf, takeInventory } from '../../../electron/engine/1-analyze/cost.ts';
import { countMacs, noteUncounted } from '../../../electron/engine/1-analyze/macs.ts';
import { observeShapes } from '../../../electron/engine/1-analyze/observe-shapes.ts';
import { originalBits } from '../../../electron/engine/1-analyze/original-bits.ts';
import { nameNodes } from '../../../electron/engine/graph/edit.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { Shapes } from '../../../electron/engine/graph/shapes.ts';
import type { DataType, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, inMemory, noise, op, plan, type AttributeValue, type Dims } from '../build-model.ts';
import { withBodies } from '../control-flow-model.ts';

/** MACs of a node whose tensors have these dimensions. */
function macsOf(
  opType: string,
  dims: Readonly<Record<string, readonly number[]>>,
  attributes: Readonly<Record<string, AttributeValue>> = {},
  domain = 'com.microsoft',
  dataType: DataType = 'float32',
): number | null {
  const inputs = Object.keys(dims).filter((name) => !name.startsWith('out'));
  const outputs = Object.keys(dims).filter((name) => name.startsWith('out'));
  const node = op(opType, inputs.join(' '), outputs.join(' '), attributes, domain);
  const shapes: Shapes = new Map(Object.entries(dims).map(([name, sizes]) => [name, { dims: sizes, dataType }]));
  return countMacs(node, shapes);
}

const bytes = (dims: readonly number[], dataType: 'uint8' | 'int8' = 'uint8'): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  return dataType === 'uint8'
    ? { dataType, dims, data: new Uint8Array(count).fill(3) }
    : { dataType, dims, data: new Int8Array(count).fill(3) };
};

suite('MACs of operators of com.microsoft', () => {
  test('MatMulNBits: rows * N * K; its weights are N * K of few bits', async () => {
    const model = buildModel({
      inputs: { x: [1, 4, 256] },
      outputs: 'y',
      nodes: [op('MatMulNBits', 'x w s', 'y', { K: 256, N: 64, bits: 4, block_size: 32 }, 'com.microsoft')],
      weights: { w: bytes([64, 8, 16]), s: noise([64, 8], 1) },
    });
    const graph = indexGraph(inMemory(model));
    const shapes = await observeShapes(inMemory(model), { x: noise([1, 4, 256], 2) });
    const node = graph.nodes[0]!;
    assert.deepEqual(costOf(node, graph, shapes), { parameters: 64 * 256, bytes: 64 * 8 * 16, macs: 4 * 64 * 256 });
    assert.deepEqual(originalBits(node, graph, shapes), { weightBits: 4, activationBits: 32 });
    assert.equal(takeInventory(graph).fp32EquivalentParameters, (64 * 256 * 4) / 32);
    assert.equal(plan(model, shapes).nodes[0]!.reason, 'it is already 4-bit');
  });

  test('GatherBlockQuantized multiplies nothing, and holds two weights a byte', () => {
    const model = buildModel({
      inputs: { x: [2] },
      outputs: 'y',
      nodes: [op('GatherBlockQuantized', 'w x s', 'y', { bits: 4, block_size: 16 }, 'com.microsoft')],
      weights: { w: bytes([10, 16]), s: noise([10, 2], 1) },
    });
    const graph = indexGraph(inMemory(model));
    assert.deepEqual(costOf(graph.nodes[0]!, graph, new Map()), { parameters: 320, bytes: 160, macs: 0 });
  });

  test('projected attention: the projection, then scores and sums of every query and key', () => {
    const [batch, steps, inner, width, past] = [2, 5, 8, 12, 3];
    const dims = { x: [batch, steps, inner], w: [inner, 3 * width], b: [3 * width], out: [batch, steps, width] };
    const projection = batch * steps * inner * 3 * width;
    assert.equal(macsOf('Attention', dims), projection + 2 * batch * steps * steps * width);
    const withPast = { x: dims.x, w: dims.w, b: dims.b, m: [batch, 8], p: [2, batch, 4, past, 3], out: dims.out };
    assert.equal(macsOf('Attention', withPast), projection + 2 * batch * steps * (steps + past) * width);
    assert.equal(macsOf('QAttention', dims), projection + 2 * batch * steps * steps * width);
  });

  test('attention over given queries and keys, packed or not', () => {
    const every = 2 * 2 * 5 * 7 * 12;
    assert.equal(macsOf('MultiHeadAttention', { q: [2, 5, 12], k: [2, 7, 12], v: [2, 7, 12], out: [2, 5, 12] }), every);
    assert.equal(
      macsOf('MultiHeadAttention', { q: [2, 5, 12], k: [2, 4, 7, 3], v: [2, 4, 7, 3], out: [2, 5, 12] }),
      every,
    );
    assert.equal(macsOf('MultiHeadAttention', { q: [2, 5, 4, 3, 3], out: [2, 5, 12] }), 2 * 2 * 5 * 5 * 12);
    assert.equal(macsOf('Attention', { q: [2, 5, 12], k: [2, 7, 12], v: [2, 7, 12], out: [2, 5, 12] }, {}, ''), every);
    assert.equal(
      macsOf('Attention', { q: [2, 4, 5, 3], k: [2, 4, 7, 3], v: [2, 4, 7, 3], out: [2, 4, 5, 3] }, {}, ''),
      every,
    );
  });

  test('shared key heads: every query head meets all keys there are', () => {
    const dims = { q: [1, 1, 32], k: [1, 1, 16], v: [1, 1, 16], pk: [1, 2, 9, 8], pv: [1, 2, 9, 8], out: [1, 1, 32] };
    assert.equal(macsOf('GroupQueryAttention', dims), 2 * 10 * 32);
    assert.equal(macsOf('GroupQueryAttention', { ...dims, outK: [1, 2, 10, 8] }), 2 * 10 * 32);
  });

  test('fused forms count as what they were made of', () => {
    assert.equal(macsOf('FusedConv', { x: [1, 4, 6, 6], w: [8, 4, 3, 3], out: [1, 8, 4, 4] }), 8 * 16 * 36);
    assert.equal(macsOf('FusedGemm', { x: [5, 2], w: [5, 3], out: [2, 3] }, { transA: 1 }), 2 * 3 * 5);
    assert.equal(macsOf('FusedMatMul', { x: [7, 5, 2], w: [5, 3], out: [7, 2, 3] }, { transA: 1 }), 7 * 2 * 3 * 5);
    assert.equal(macsOf('MatMulIntegerToFloat', { x: [2, 5], w: [5, 3], out: [2, 3] }), 2 * 3 * 5);
    assert.equal(
      macsOf('DynamicQuantizeLSTM', { x: [7, 3, 5], w: [1, 5, 24], r: [1, 6, 24], out: [7, 1, 3, 6] }),
      7 * 3 * 24 * (5 + 6),
    );
    assert.equal(
      macsOf('QLinearConv', { x: [1, 4, 6, 6], a: [], b: [], w: [8, 4, 3, 3], out: [1, 8, 4, 4] }, {}, ''),
      8 * 16 * 36,
    );
  });

  test('what is not known is null, and said', () => {
    assert.equal(macsOf('QMoE', { x: [1, 4, 6], out: [1, 4, 6] }), null);
    assert.equal(macsOf('MyLayer', { x: [1, 4, 6], out: [1, 4, 6] }, {}, 'my.domain'), null);
    assert.equal(macsOf('FastGelu', { x: [1, 4, 6], out: [1, 4, 6] }), 0);
    assert.equal(macsOf('MatMulNBits', { x: [1, 4, 6], out: [1, 4, 6] }), null);
    const node = op('QMoE', 'x', 'y', {}, 'com.microsoft');
    assert.deepEqual(
      noteUncounted([{ node, macs: null }]).map(({ code }) => code),
      ['macs-incomplete'],
    );
  });
});

suite('MACs of Einsum', () => {
  const einsum = (equation: string, ...operands: readonly (readonly number[])[]) =>
    macsOf(
      'Einsum',
      Object.fromEntries<readonly number[]>([
        ...operands.map((dims, index) => [`x${index}`, dims] as const),
        ['out', [1]] as const,
      ]),
      { equation },
      '',
    );

  test('all indices together where one is summed over', () => {
    assert.equal(einsum('bk, kd -> bd', [2, 5], [5, 3]), 2 * 5 * 3);
    assert.equal(einsum('bkh,bkhd->bkd', [2, 3, 4], [2, 3, 4, 5]), 2 * 3 * 4 * 5);
    assert.equal(einsum('ij,jk', [2, 5], [5, 3]), 2 * 5 * 3);
    assert.equal(einsum('ij,ij->ij', [2, 5], [2, 5]), 0, 'sums nothing');
    assert.equal(einsum('ij->ji', [2, 5]), 0);
    assert.equal(einsum('...k,kd->...d', [2, 5], [5, 3]), null);
    assert.equal(einsum('ij,jk,kl->il', [2, 5], [5, 3], [3, 4]), null);
  });
});

suite('MACs in bodies', () => {
  const dense = 1 * 8 * 8;
  const feeds = (trips: number, sign: number) => ({
    x: floats([1, 8], new Array<number>(8).fill(sign)),
    n: { dataType: 'int64' as const, dims: [], data: BigInt64Array.of(BigInt(trips)) },
  });

  for (const [trips, sign, loop, branch] of [
    [3, 1, 3 * dense, 2 * dense],
    [1, -1, dense, dense],
    [0, 1, null, 2 * dense],
  ] as const) {
    test(`${trips} trips, and the ${sign > 0 ? 'then' : 'else'} branch`, async () => {
      const model = withBodies();
      nameNodes(model.graph!);
      const shapes = await observeShapes(inMemory(model), feeds(trips, sign));
      const counted = model.graph!.node.map((node) => ({ node, macs: countMacs(node, shapes) }));
      const of = (opType: string) => counted.find(({ node }) => node.opType === opType)!.macs;
      assert.deepEqual([of('Loop'), of('If')], [loop, branch]);
      const codes = noteUncounted(counted).map(({ code }) => code);
      assert.deepEqual(codes, loop === null ? ['macs-incomplete', 'macs-of-one-run'] : ['macs-of-one-run']);
    });
  }

  test('are unknown where nothing ran', () => {
    const model = withBodies();
    assert.ok(
      model
        .graph!.node.filter(({ opType }) => opType === 'If' || opType === 'Loop')
        .every((node) => countMacs(node, new Map()) === null),
    );
  });
});

suite('bits of the original', () => {
  const bitsOf = async (
    inputs: Readonly<Record<string, Dims>>,
    nodes: Parameters<typeof buildModel>[0]['nodes'],
    weights: Readonly<Record<string, Tensor>>,
    name: string,
  ) => {
    const model = buildModel({ inputs, outputs: nodes.at(-1)!.output[0]!, nodes, weights });
    const shapes = await observeShapes(inMemory(model), { x: noise([2, 4], 1) });
    const graph = indexGraph(inMemory(model));
    return originalBits(
      graph.nodes.find((node) => node.name === name)!,
      graph,
      shapes,
    );
  };

  test('half floats, integers behind a DequantizeLinear, and integer operators have their own', async () => {
    const half: Tensor = { dataType: 'float16', dims: [4, 3], data: new Uint16Array(12).fill(0x3c00) };
    const cast = op('Cast', 'x', 'h', { to: 10 });
    assert.deepEqual(await bitsOf({ x: [2, 4] }, [cast, op('MatMul', 'h w', 'y')], { w: half }, 'y'), {
      weightBits: 16,
      activationBits: 16,
    });
    const quantized = [
      op('QuantizeLinear', 'x s z', 'q'),
      op('DequantizeLinear', 'q s z', 'd'),
      op('DequantizeLinear', 'w s', 'v'),
      op('MatMul', 'd v', 'y'),
    ];
    const scales = { s: floats([], [0.1]), z: bytes([]) };
    assert.deepEqual(await bitsOf({ x: [2, 4] }, quantized, { w: bytes([4, 3], 'int8'), ...scales }, 'y'), {
      weightBits: 8,
      activationBits: 8,
    });
    const integer = [op('DynamicQuantizeLinear', 'x', 'q s z'), op('MatMulInteger', 'q w z', 'y')];
    assert.deepEqual(await bitsOf({ x: [2, 4] }, integer, { w: bytes([4, 3], 'int8') }, 'y'), {
      weightBits: 8,
      activationBits: 8,
    });
    assert.deepEqual(await bitsOf({ x: [2, 4] }, [op('MatMul', 'x w', 'y')], { w: noise([4, 3], 1) }, 'y'), {
      weightBits: 32,
      activationBits: 32,
    });
  });
});
