import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { foldBatchNorms, type FoldedBatchNorms } from '../../../electron/engine/1-analyze/fold-batch-norms.ts';
import type { ModelProto, NodeProto, TensorProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { everyNode, pruneInitializers } from '../../../electron/engine/graph/edit.ts';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { decodeModel } from '../../../electron/engine/onnx/read-model.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import {
  assertClose,
  buildModel,
  countOps,
  floats,
  inMemory,
  integers,
  noise,
  op,
  run,
  type Sketch,
} from '../build-model.ts';
import { body, graphAttribute, value } from '../control-flow-model.ts';

/** Parameters of a BatchNormalization that moves and stretches every channel by its own amount, named `n` + s, b, m, v. */
function norm(channels: number, seed: number, prefix = 'n'): Record<string, Tensor> {
  const positive = (at: number): Tensor =>
    floats([channels], (noise([channels], at, 0.2).data as Float32Array).map((value) => 0.5 + Math.abs(value))); // prettier-ignore
  return {
    [`${prefix}s`]: positive(seed),
    [`${prefix}b`]: noise([channels], seed + 1, 0.5),
    [`${prefix}m`]: noise([channels], seed + 2, 0.5),
    [`${prefix}v`]: positive(seed + 3),
  };
}

const batchNorm = (input: string, output: string, prefix = 'n', attributes = {}): NodeProto =>
  op('BatchNormalization', `${input} ${prefix}s ${prefix}b ${prefix}m ${prefix}v`, output, attributes);

/** Folds a copy, and checks that ONNX Runtime gets the original's outputs from it, within float32's rounding. */
async function fold(
  sketch: Sketch,
  dims: readonly number[],
): Promise<{ ops: Record<string, number>; folded: FoldedBatchNorms; model: ModelProto }> {
  const original = buildModel(sketch);
  const model = decodeModel(encodeModel(original));
  const folded = foldBatchNorms(inMemory(model));
  const feeds = { x: noise(dims, 99) };
  const [before, after] = [await run(original, feeds, 'disabled'), await run(model, feeds, 'disabled')];
  for (const name of sketch.outputs.split(' ')) {
    assert.deepEqual(after[name]!.dims, before[name]!.dims);
    assertClose(after[name]!.data as Float32Array, before[name]!.data as Float32Array, 2e-5);
  }
  return { ops: countOps(model), folded, model };
}

suite('BatchNormalization folds into the layer before it', () => {
  test('ConvTranspose with stride, padding and groups, with and without a bias', async () => {
    for (const bias of [true, false]) {
      const { ops } = await fold(
        {
          inputs: { x: ['N', 4, 5, 5] },
          outputs: 'y',
          nodes: [
            op('ConvTranspose', bias ? 'x w b' : 'x w', 'a', {
              group: 2,
              strides: [2, 2],
              pads: [1, 0, 1, 0],
              output_padding: [1, 1],
            }),
            batchNorm('a', 'c'),
            op('Relu', 'c', 'y'),
          ],
          weights: { w: noise([4, 3, 3, 2], 1, 0.4), b: noise([6], 2), ...norm(6, 3) },
        },
        [2, 4, 5, 5],
      );
      assert.deepEqual(ops, { ConvTranspose: 1, Relu: 1 });
    }
  });

  test('ConvTranspose in one dimension whose output is the output of the model', async () => {
    const { ops } = await fold(
      {
        inputs: { x: [1, 3, 7] },
        outputs: 'y',
        nodes: [op('ConvTranspose', 'x w', 'a'), batchNorm('a', 'y')],
        weights: { w: noise([3, 5, 4], 1, 0.4), ...norm(5, 3) },
      },
      [1, 3, 7],
    );
    assert.deepEqual(ops, { ConvTranspose: 1 });
  });

  test('Gemm with factors, transposed or not, its bias one value, a row or none', async () => {
    for (const [transB, bias] of [
      [0, [6]],
      [1, [1, 6]],
      [1, []],
      [0, null],
    ] as const) {
      const { ops } = await fold(
        {
          inputs: { x: ['N', 4] },
          outputs: 'y',
          nodes: [
            op('Gemm', bias === null ? 'x w' : 'x w b', 'a', { transB, alpha: { float: 0.5 }, beta: { float: -2 } }),
            batchNorm('a', 'y'),
          ],
          weights: {
            w: noise(transB === 1 ? [6, 4] : [4, 6], 1),
            ...(bias === null ? {} : { b: noise(bias, 2) }),
            ...norm(6, 3),
          },
        },
        [3, 4],
      );
      assert.deepEqual(ops, { Gemm: 1 }, `transB ${transB}, bias ${JSON.stringify(bias)}`);
    }
  });

  test('MatMul of matrices becomes a Gemm; of three dimensions it stays, for its channels are rows', async () => {
    const sketch = (dims: number[]): Sketch => ({
      inputs: { x: dims },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'a'), batchNorm('a', 'y')],
      weights: { w: noise([4, 4], 1), ...norm(4, 3) },
    });
    assert.deepEqual((await fold(sketch([2, 4]), [2, 4])).ops, { Gemm: 1 });
    assert.deepEqual((await fold(sketch([2, 4, 4]), [2, 4, 4])).ops, { MatMul: 1, BatchNormalization: 1 });
  });
});

suite('BatchNormalization folds into the layer behind it', () => {
  test('Gemm: on features, and behind a Flatten or Reshape that gives every channel many columns', async () => {
    const weights = { w: noise([12, 5], 1), b: noise([5], 2), to: integers([0, -1]) };
    const flat = await fold(
      {
        inputs: { x: ['N', 12] },
        outputs: 'y',
        nodes: [batchNorm('x', 'a'), op('Gemm', 'a w b', 'y', { beta: { float: 3 } })],
        weights: { ...weights, ...norm(12, 3) },
      },
      [2, 12],
    );
    assert.deepEqual(flat.ops, { Gemm: 1 });
    assert.deepEqual(flat.folded.count, { before: 0, behind: 1 });
    for (const between of [op('Flatten', 'a', 'f'), op('Reshape', 'a to', 'f')]) {
      const { ops } = await fold(
        {
          inputs: { x: ['N', 3, 2, 2] },
          outputs: 'y',
          nodes: [batchNorm('x', 'a'), between, op('Gemm', 'f w b', 'y')],
          weights: { ...weights, ...norm(3, 3) },
        },
        [2, 3, 2, 2],
      );
      assert.deepEqual(ops, { [between.opType]: 1, Gemm: 1 });
    }
  });

  test('MatMul of matrices', async () => {
    const { ops } = await fold(
      {
        inputs: { x: ['N', 6] },
        outputs: 'y',
        nodes: [batchNorm('x', 'a'), op('MatMul', 'a w', 'y')],
        weights: { w: noise([6, 3], 1), ...norm(6, 3) },
      },
      [4, 6],
    );
    assert.deepEqual(ops, { Gemm: 1 });
  });

  test('Conv without padding, in groups; with padding it stays, for the zeros beside the input were not normalized', async () => {
    const conv = (attributes: Record<string, number[] | string>, kernel: readonly number[]): Promise<{ ops: object }> =>
      fold(
        {
          inputs: { x: ['N', 4, 6, 6] },
          outputs: 'y',
          nodes: [batchNorm('x', 'a'), op('Conv', 'a w', 'y', { group: 2, ...attributes })],
          weights: { w: noise([6, 2, ...kernel], 1), ...norm(4, 3) },
        },
        [1, 4, 6, 6],
      );
    const [folded, kept] = [{ Conv: 1 }, { BatchNormalization: 1, Conv: 1 }];
    assert.deepEqual((await conv({ pads: [0, 0, 0, 0], strides: [2, 2] }, [3, 3])).ops, folded);
    assert.deepEqual((await conv({ auto_pad: 'VALID' }, [3, 2])).ops, folded);
    assert.deepEqual((await conv({ auto_pad: 'SAME_UPPER', strides: [2, 2] }, [1, 1])).ops, folded);
    assert.deepEqual((await conv({ pads: [1, 1, 1, 1] }, [3, 3])).ops, kept);
    assert.deepEqual((await conv({ auto_pad: 'SAME_LOWER' }, [3, 3])).ops, kept);
  });

  test('several in a row, before and behind the same layer', async () => {
    const { ops, folded } = await fold(
      {
        inputs: { x: ['N', 4] },
        outputs: 'y',
        nodes: [
          batchNorm('x', 'a'),
          op('Gemm', 'a w', 'h'),
          batchNorm('h', 'c', 'o'),
          op('Relu', 'c', 'r'),
          batchNorm('r', 'd', 'p'),
          op('Gemm', 'd u', 'y'),
        ],
        weights: {
          w: noise([4, 5], 1),
          u: noise([5, 2], 2),
          ...norm(4, 3),
          ...norm(5, 10, 'o'),
          ...norm(5, 20, 'p'),
        },
      },
      [3, 4],
    );
    assert.deepEqual(ops, { Gemm: 2, Relu: 1 });
    assert.deepEqual(folded.count, { before: 1, behind: 2 });
  });

  test('not where raw features differ so much that int8 would lose more than a bit: it says how much', async () => {
    const spread = [1e-3, 1, 30, 1e4];
    const { ops, folded } = await fold(
      {
        inputs: { x: ['N', 4] },
        outputs: 'y',
        nodes: [batchNorm('x', 'a'), op('Gemm', 'a w', 'y')],
        weights: {
          w: noise([4, 3], 1),
          ns: floats([4], [1, 1, 1, 1]),
          nb: floats([4], [0, 0, 0, 0]),
          nm: floats([4], spread),
          nv: floats(
            [4],
            spread.map((value) => value ** 2),
          ),
        },
      },
      [2, 4],
    );
    assert.deepEqual(ops, { BatchNormalization: 1, Gemm: 1 });
    const [{ lossDb } = { lossDb: 0 }] = folded.kept;
    assert.ok(lossDb > 60 && lossDb < 200, String(lossDb));
  });
});

suite('BatchNormalization stays', () => {
  const stays = async (changes: Partial<Sketch>, dims: readonly number[] = [2, 4]): Promise<void> => {
    const { folded, ops } = await fold(
      {
        inputs: { x: ['N', 4] },
        outputs: 'y',
        nodes: [op('Gemm', 'x w', 'a'), batchNorm('a', 'y')],
        weights: { w: noise([4, 4], 1), ...norm(4, 3) },
        ...changes,
      },
      dims,
    );
    assert.deepEqual(folded.count, { before: 0, behind: 0 });
    assert.equal(ops['BatchNormalization'], 1);
  };

  test('where something else reads the tensor in between, or it is an output', async () => {
    const nodes = [op('Gemm', 'x w', 'a'), batchNorm('a', 'c'), op('Add', 'a c', 'y')];
    await stays({ nodes });
    await stays({ nodes: [op('Gemm', 'x w', 'a'), batchNorm('a', 'y')], outputs: 'y a' });
    await stays({ nodes: [batchNorm('x', 'a'), op('Gemm', 'a w', 'c'), op('Add', 'a c', 'y')] });
    await stays({ nodes: [batchNorm('x', 'a'), op('Gemm', 'a w', 'y')], outputs: 'y a' });
  });

  test('where the weight is shared, transposed input mixes the channels, or the bias differs from row to row', async () => {
    const weights = { w: noise([4, 4], 1), b: noise([2, 4], 7), ...norm(4, 3) };
    await stays({ nodes: [op('Gemm', 'x w', 'h'), op('Gemm', 'h w', 'a'), batchNorm('a', 'y')], weights });
    await stays({ nodes: [batchNorm('x', 'a'), op('Gemm', 'a w', 'y', { transA: 1 })], weights }, [4, 4]);
    await stays({ nodes: [op('Gemm', 'x w b', 'a'), batchNorm('a', 'y')], weights });
  });

  test('in training mode, whatever reads its statistics', () => {
    const model = buildModel({
      inputs: { x: ['N', 4] },
      outputs: 'y mean',
      nodes: [
        op('Gemm', 'x w', 'a'),
        op('BatchNormalization', 'a ns nb nm nv', 'y mean variance', { training_mode: 1 }),
      ],
      weights: { w: noise([4, 4], 1), ...norm(4, 3) },
    });
    assert.deepEqual(foldBatchNorms(inMemory(model)).count, { before: 0, behind: 0 });
    assert.deepEqual(countOps(model), { Gemm: 1, BatchNormalization: 1 });
  });
});

suite('in bodies of If and Loop', () => {
  const row = [1, 4];
  const around = { u: noise([4, 4], 2, 0.4), zero: floats([], [0]) };
  const inner: Record<string, Tensor> = { w: noise([4, 4], 1, 0.4), ...norm(4, 3) };
  const weights = { ...around, ...inner };
  const choose = (then: readonly NodeProto[], own: TensorProto[] = []): NodeProto => {
    const node = op('If', 'positive', 'y');
    const branch = body('then', then, [], [value('t', row)]);
    branch.initializer = own;
    node.attribute.push(
      graphAttribute('then_branch', branch),
      graphAttribute('else_branch', body('else', [op('Gemm', 'x u', 'e')], [], [value('e', row)])),
    );
    return node;
  };
  const question = [op('ReduceSum', 'x', 'sum', { keepdims: 0 }), op('Greater', 'sum zero', 'positive')];
  /** Folds, and compares the branch that is taken: on positive and on negative sums. */
  async function foldBoth(node: NodeProto, given: Record<string, Tensor>) {
    const sketch = { inputs: { x: row }, outputs: 'y', nodes: [...question, node], weights: given };
    const original = buildModel(sketch);
    const model = decodeModel(encodeModel(original));
    const { count } = foldBatchNorms(inMemory(model));
    pruneInitializers(model.graph!);
    for (const sign of [1, -1]) {
      const x = floats(row, [sign, 2 * sign, -0.5 * sign, sign]);
      const [before, after] = [await run(original, { x }, 'disabled'), await run(model, { x }, 'disabled')];
      assertClose(after['y']!.data as Float32Array, before['y']!.data as Float32Array, 2e-5);
    }
    const nodes = everyNode(model.graph!).filter(({ opType }) => opType === 'BatchNormalization');
    return { count, left: nodes.length, kept: model.graph!.initializer.map(({ name }) => name) };
  }

  test('a branch with weights of its own', async () => {
    const own = Object.entries(inner).map(([name, tensor]) => makeTensor(name, tensor));
    const { count, left } = await foldBoth(choose([op('Gemm', 'x w', 'g'), batchNorm('g', 't')], own), around);
    assert.deepEqual([count, left], [{ before: 1, behind: 0 }, 0]);
  });

  test('a branch whose weights lie in the graph around it takes them in', async () => {
    const { count, left, kept } = await foldBoth(choose([op('Gemm', 'x w', 'g'), batchNorm('g', 't')]), weights);
    assert.deepEqual([count, left], [{ before: 1, behind: 0 }, 0]);
    assert.deepEqual(kept, ['u', 'zero']);
  });

  test('a norm before the layer of a branch', async () => {
    const { count } = await foldBoth(choose([batchNorm('x', 'n'), op('MatMul', 'n w', 'm'), op('Relu', 'm', 't')]), {
      ...weights,
      ...norm(4, 9),
    });
    // Whether the first axis of x is a batch is not told in the branch: MatMul stays, and so does the norm.
    assert.deepEqual(count, { before: 0, behind: 0 });
    const gemm = await foldBoth(choose([batchNorm('x', 'n'), op('Gemm', 'n w', 't')]), weights);
    assert.deepEqual([gemm.count, gemm.left], [{ before: 0, behind: 1 }, 0]);
  });

  test('not where the other branch reads the weight as well', async () => {
    const { count, left } = await foldBoth(choose([op('Gemm', 'x u', 'g'), batchNorm('g', 't')]), weights);
    assert.deepEqual([count, left], [{ before: 0, behind: 0 }, 1]);
  });

  test('a Loop, round after round', async () => {
    const step = body(
      'step',
      [op('Gemm', 'state w', 'g'), batchNorm('g', 'c'), op('Tanh', 'c', 'next'), op('Identity', 'go', 'goes')],
      [value('trip', [], 'int64'), value('go', [], 'bool'), value('state', row)],
      [value('goes', [], 'bool'), value('next', row)],
    );
    const loop = op('Loop', 'rounds yes x', 'y');
    loop.attribute.push(graphAttribute('body', step));
    const constants = {
      ...weights,
      rounds: { ...integers([3]), dims: [] },
      yes: { dataType: 'bool' as const, dims: [], data: Uint8Array.of(1) },
    };
    const { count, left } = await foldBoth(loop, constants);
    assert.deepEqual([count, left], [{ before: 1, behind: 0 }, 0]);
  });
});
