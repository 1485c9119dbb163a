import { say } from '../../../shared/engine-texts/say.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { takeInventory } from '../../../electron/engine/1-analyze/cost.ts';
import { prepareModel } from '../../../electron/engine/1-analyze/prepare.ts';
import { verifyFusion } from '../../../electron/engine/4-quantize/verify.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto, NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import {
  buildModel,
  floats,
  inMemory,
  measureSqnrDb,
  nodePlan,
  noise,
  op,
  quantize,
  type QuantizeOptions,
} from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();
const words = 96;
const width = 16;

/** Rows of very different sizes, as embeddings of rare and common words are. */
const table = ((): Tensor => {
  const { data, dims } = noise([words, width], 1);
  return floats(
    dims,
    (data as Float32Array).map((value, index) => value * (1 + (Math.floor(index / width) % 7))),
  );
})();
const wide = floats(
  [width, words],
  Array.from({ length: words * width }, (_, index) =>
    Number(table.data[(index % words) * width + Math.floor(index / words)]),
  ),
);

interface Kind {
  readonly nodes: readonly NodeProto[];
  readonly outputs?: string;
  readonly weights?: Readonly<Record<string, Tensor>>;
  readonly dims?: readonly (number | string)[];
  readonly opset?: number;
  readonly options?: QuantizeOptions;
  /** Bits of the table where both its users are float. */
  readonly bits?: 32;
}

const head = [op('Transpose', 'e', 'et', { perm: [1, 0] }), op('MatMul', 'h et', 'y')];
const middle = [op('MatMul', 'x w', 'a'), op('Relu', 'a', 'h')];
const look = op('Gather', 'e ids', 'x');

const kinds: Readonly<Record<string, Kind>> = {
  'Gather, Transpose and MatMul': { nodes: [look, ...middle, ...head] },
  'the same with unknown dimensions': { nodes: [look, ...middle, ...head], dims: ['n', 's'] },
  'the same with a bias': {
    nodes: [look, ...middle, head[0]!, op('MatMul', 'h et', 'm'), op('Add', 'm b', 'y')],
    weights: { b: noise([words], 5) },
  },
  'the same with one scale for all channels': {
    nodes: [look, ...middle, ...head],
    options: { recipe: { perChannel: false } },
  },
  'the same in opset 12': { nodes: [look, ...middle, ...head], opset: 12 },
  'Gather and Gemm with transB': {
    nodes: [look, op('Gemm', 'x w', 'h'), op('Gemm', 'h e', 'y', { transB: 1 })],
    dims: [3],
  },
  'Transpose and Gemm': {
    nodes: [look, op('Gemm', 'x w', 'h'), head[0]!, op('Gemm', 'h et b', 'y')],
    weights: { b: noise([words], 5) },
    dims: [3],
  },
  'columns looked up in the weight itself': {
    nodes: [
      op('Gather', 'e ids', 'c', { axis: 1 }),
      op('Transpose', 'c', 'x', { perm: [1, 2, 0] }),
      ...middle,
      op('MatMul', 'h e', 'y'),
    ],
    weights: { e: wide },
  },
  'two look-ups': {
    nodes: [
      look,
      op('Gather', 'e ids', 'x2'),
      op('Add', 'x x2', 'x3'),
      op('MatMul', 'x3 w', 'a'),
      op('Relu', 'a', 'h'),
      ...head,
    ],
  },
  'three users': {
    nodes: [look, ...middle, ...head, op('Transpose', 'e', 'et2', { perm: [1, 0] }), op('MatMul', 'x et2', 'z')],
    outputs: 'y z',
  },
  'a head that stays in float': {
    nodes: [look, ...middle, ...head],
    options: { keepFloat: new Map([['y', say('recipeKeepsFloat')]]) },
    bits: 32,
  },
};

function build({ nodes, outputs = 'y', weights = {}, dims = [1, 3], opset = 17 }: Kind): ModelProto {
  return buildModel({
    opset,
    inputs: { i: dims },
    outputs,
    nodes: [op('Cast', 'i', 'ids', { to: 7 }), ...nodes],
    weights: { e: table, w: noise([width, width], 2, 0.3), ...weights },
  });
}

suite('a table that is also the weight of a layer', () => {
  for (const [name, kind] of Object.entries(kinds)) {
    test(`${name}: stored once`, async () => {
      const model = build(kind);
      const path = join(folder, 'model.onnx');
      await writeFile(path, encodeModel(model));
      const { prepared, original } = await prepareModel(path, folder);
      const samples = Array.from({ length: 8 }, (_, seed): Feeds => ({
        i: floats(kind.dims?.length === 1 ? [3] : [1, 3], [seed, (seed * 7) % words, (seed * 13 + 5) % words]),
      }));
      const quantized = await quantize(prepared.proto, samples, { weightRange: 'int8-pairs', ...kind.options });
      const inventories = [indexGraph(original), indexGraph(inMemory(quantized.model))].map(takeInventory);
      const [before, after] = inventories as [(typeof inventories)[0], (typeof inventories)[0]];
      assert.equal(after.parameters, before.parameters);
      const copies = quantized.model.graph!.initializer.filter(
        ({ dims }) => dims.length === 2 && dims[0]! * dims[1]! === BigInt(words * width),
      );
      assert.deepEqual(
        copies.map(({ dataType }) => dataType),
        [kind.bits === 32 ? 1 : 3],
      );
      assert.deepEqual(await verifyFusion(encodeModel(quantized.model), quantized.plan, quantized.graph), []);
      assert.ok((await measureSqnrDb(model, quantized.model, samples)) > 28);
    });
  }

  test('is rounded as the layer has it, and a table of its own with a scale a column', async () => {
    const model = build(kinds['Gather and Gemm with transB']!);
    const { plan } = await quantize(model, [{ i: floats([3], [1, 2, 3]) }]);
    assert.deepEqual(nodePlan(plan, 'x').weight, { tensor: 'e', axis: 0, range: 'int8', sharedWith: 'y' });
    const alone = build({ nodes: [look, op('MatMul', 'x w', 'y')] });
    const { plan: plain } = await quantize(alone, [{ i: floats([1, 3], [1, 2, 3]) }]);
    assert.deepEqual(nodePlan(plain, 'x').weight, { tensor: 'e', axis: 1, range: 'int8' });
  });

  test('another matrix of exchanged dimensions is no transpose', async () => {
    const model = build({
      nodes: [look, ...middle, op('MatMul', 'h v', 'y')],
      weights: {
        v: floats(
          [width, words],
          [...(wide.data as Float32Array)].map((value, index) => (index === 700 ? value + 1 : value)),
        ),
      },
    });
    const { plan, model: made } = await quantize(model, [{ i: floats([1, 3], [1, 2, 3]) }]);
    assert.deepEqual(plan.transposed, []);
    assert.equal(made.graph!.initializer.filter(({ dims, dataType }) => dims.length === 2 && dataType === 3).length, 3);
  });
});
