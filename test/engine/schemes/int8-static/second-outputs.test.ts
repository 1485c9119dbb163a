/** Outputs beside the first one: indices, masks and parts, read or not, named or left out. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { prepareModel } from '../../../../electron/engine/1-analyze/prepare.ts';
import { encodeModel } from '../../../../electron/engine/onnx/encode-model.ts';
import type { NodeProto } from '../../../../electron/engine/onnx/proto/onnx_pb.js';
import { createErrorSums } from '../../../../electron/engine/tensor/statistics.ts';
import type { Feeds, Tensor } from '../../../../electron/engine/tensor/tensor.ts';
import { buildModel, countFusedOps, integers, nodePlan, noise, op, quantize, run, modeOf } from '../../build-model.ts';
import { temporaryFolder } from '../../onnx/tiny-model.ts';

const folder = temporaryFolder();
const samples = [1, 2, 3].map((seed): Feeds => ({ x: noise([1, 4, 8, 8], seed) }));
const halves = { kernel_shape: [2, 2], strides: [2, 2] };
const same = { pads: [1, 1, 1, 1] };
const weights: Readonly<Record<string, Tensor>> = {
  w: noise([4, 4, 3, 3], 9, 0.3),
  v: noise([4, 4, 3, 3], 10, 0.3),
  u: noise([4, 4, 3, 3], 11, 0.3),
  ones: noise([4], 12, 0.1),
  parts: integers([2, 0, 2]),
  two: integers([2]),
};

interface Case {
  readonly name: string;
  /** From `a`, which an int8 Conv makes, to `m`, which another one reads. */
  readonly nodes: readonly NodeProto[];
  readonly outputs?: string;
  /** Nodes that are int8, beside the two convolutions. */
  readonly int8?: readonly string[];
  /** Operators that must be in ONNX Runtime's graph for uint8 activations. */
  readonly fused?: Readonly<Record<string, number>>;
  readonly leastDb?: number;
}

const cases: readonly Case[] = [
  {
    name: 'indices of MaxPool that nobody reads',
    nodes: [op('MaxPool', 'a', 'm i', halves)],
    int8: ['m'],
    fused: { NhwcMaxPool: 1, QLinearConv: 2 },
  },
  {
    name: 'a name left out at the end',
    nodes: [op('MaxPool', 'a', 'm _', halves)],
    int8: ['m'],
    fused: { NhwcMaxPool: 1 },
  },
  {
    name: 'indices that are an output of the model',
    nodes: [op('MaxPool', 'a', 'm i', halves)],
    outputs: 'y i',
    int8: ['m'],
    fused: { MaxPool: 1, QLinearConv: 2, QuantizeLinear: 1 },
  },
  {
    name: 'indices that MaxUnpool reads, as in SegNet',
    nodes: [op('MaxPool', 'a', 'p i', halves), op('Conv', 'p u', 'c', same), op('MaxUnpool', 'c i', 'm', halves)],
    int8: ['p', 'c'],
    fused: { MaxPool: 1, QLinearConv: 3 },
    // Of two values that 8 bits make equal the first is the largest, and goes back to its own place.
    leastDb: 12,
  },
  {
    name: 'indices that are computed with',
    nodes: [op('MaxPool', 'a', 'm i', halves), op('Cast', 'i', 'j', { to: 1 }), op('Sin', 'j', 'k')],
    outputs: 'y k',
    int8: ['m'],
  },
  { name: 'the mask of Dropout', nodes: [op('Dropout', 'a', 'm mask')], outputs: 'y mask' },
  { name: 'the mask of Dropout, left out', nodes: [op('Dropout', 'a', 'm _')] },
  {
    name: 'values of TopK, and its indices as an output',
    nodes: [op('TopK', 'a two', 'm i', { axis: 1 }), op('Concat', 'm m', 'n', { axis: 1 })],
    outputs: 'y i',
  },
  {
    name: 'mean and deviation of LayerNormalization, the first left out',
    nodes: [op('LayerNormalization', 'a ones8', 'm _ deviation')],
    outputs: 'y deviation',
  },
  {
    name: 'all parts of Split, one of them empty and one not read',
    nodes: [op('Split', 'a parts', 'p q r', { axis: 1 }), op('Concat', 'p p', 'm', { axis: 1 })],
    int8: ['p'],
  },
];

suite('outputs beside the first', () => {
  for (const { name, nodes, outputs = 'y', int8 = [], fused = {}, leastDb = 22 } of cases) {
    for (const symmetricActivations of [false, true]) {
      test(`${name}, ${symmetricActivations ? 'int8' : 'uint8'}`, async () => {
        const last = nodes.some(({ output }) => output.includes('n')) ? 'n' : 'm';
        const model = buildModel({
          inputs: { x: [1, 4, 8, 8] },
          outputs,
          nodes: [op('Conv', 'x w', 'a', same), ...nodes, op('Conv', `${last} v`, 'y', same)],
          weights: { ...weights, ones8: noise([8], 13, 0.1) },
        });
        const path = join(folder, 'model.onnx');
        await writeFile(path, encodeModel(model));
        const { prepared } = await prepareModel(path, folder);
        const { model: quantized, plan: made } = await quantize(prepared.proto, samples, {
          recipe: { symmetricActivations },
          weightRange: 'int8-reduced',
        });
        for (const node of int8) assert.equal(modeOf(nodePlan(made, node)), 'int8', node);
        const counts = await countFusedOps(quantized);
        if (!symmetricActivations)
          for (const [opType, count] of Object.entries(fused)) assert.equal(counts[opType], count, opType);
        assert.equal(counts['Conv'], undefined, 'no convolution is left in float');
        const sums = createErrorSums();
        for (const feeds of samples) {
          const expected = await run(model, feeds);
          const actual = await run(quantized, feeds);
          assert.deepEqual(Object.keys(actual).sort(), outputs.split(' ').sort());
          for (const [output, { dataType, dims }] of Object.entries(expected)) {
            assert.deepEqual([actual[output]!.dataType, actual[output]!.dims], [dataType, dims]);
          }
          sums.add(expected['y']!.data as Float32Array, actual['y']!.data as Float32Array);
        }
        assert.ok(sums.sqnrDb()! > leastDb, `${sums.sqnrDb()!} dB`);
      });
    }
  }
});

test('empty names at the end of outputs are taken off before anything is made of the model, in bodies too', async () => {
  const model = buildModel({
    inputs: { x: [1, 4, 8, 8] },
    outputs: 'y',
    nodes: [op('MaxPool', 'x', 'm _', halves), op('LayerNormalization', 'm ones4', 'y _ _')],
    weights: { ones4: noise([4], 1) },
  });
  const path = join(folder, 'model.onnx');
  await writeFile(path, encodeModel(model));
  const { prepared } = await prepareModel(path, folder);
  assert.deepEqual(
    prepared.proto.graph!.node.map(({ output }) => [...output]),
    [['m'], ['y']],
  );
});

suite('a part left out of what hands out parts takes ONNX Runtime down, so the model is refused before', () => {
  const parts: readonly (readonly [string, string])[] = [
    ['in the middle', 'p _ q'],
    ['at the end', 'p q _'],
    ['at the start', '_ p q'],
  ];
  for (const [where, outputs] of parts) {
    test(where, async () => {
      const model = buildModel({
        inputs: { x: [1, 4, 8, 8] },
        outputs: 'y',
        nodes: [op('Split', 'x parts', outputs, { axis: 1 }), op('Concat', 'p q', 'y', { axis: 1 })],
        weights: { parts: integers([1, 1, 2]) },
      });
      const path = join(folder, 'model.onnx');
      await writeFile(path, encodeModel(model));
      await assert.rejects(prepareModel(path, folder), /the Split "p" leaves out one of its outputs/);
    });
  }
});
