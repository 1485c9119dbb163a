import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { diffModels } from '../../../electron/engine/diff.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import type { ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { modelDiffSchema, type ModelDiff } from '../../../shared/model-diff.ts';
import { buildModel, noise, op } from '../build-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();
let written = 0;

async function diff(before: ModelProto, after: ModelProto): Promise<ModelDiff> {
  const paths = [before, after].map((model) => {
    const path = join(folder, `model-${(written += 1)}.onnx`);
    writeFileSync(path, encodeModel(model));
    return path;
  }) as [string, string];
  const found = await diffModels(paths, { signal: new AbortController().signal, onEvent: () => undefined });
  return modelDiffSchema.parse(found);
}

/** "y Relu: folded into c". */
const describe = ({ nodes }: ModelDiff): string[] =>
  nodes.map(({ state, before, after, into, changes }) => {
    const { name, opType } = (before ?? after)!;
    return `${name} ${opType}: ${state}${into === null ? '' : ` into ${into}`}${changes.length === 0 ? '' : ` (${changes.join('; ')})`}`;
  });

const weights = { w: noise([8, 3, 3, 3], 1), v: noise([8, 8, 1, 1], 2) };
const inputs = { x: ['N', 3, 8, 8] };
const original = buildModel({
  inputs,
  outputs: 'y',
  weights,
  nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r'), op('Conv', 'r v', 'y')],
});

void test('a model and itself differ in nothing', async () => {
  const found = await diff(original, original);
  assert.deepEqual(found.counts, { kept: 3, replaced: 0, folded: 0, removed: 0, inserted: 0 });
  assert.deepEqual(found.interface, []);
  assert.deepEqual(found.operators, {
    kept: { Conv: 2, Relu: 1 },
    replaced: {},
    folded: {},
    removed: {},
    inserted: {},
  });
});

void test('other weights, attributes and operators are replacements, each named', async () => {
  const changed = buildModel({
    inputs,
    outputs: 'y',
    weights: { ...weights, w: noise([8, 3, 3, 3], 9) },
    nodes: [op('Conv', 'x w', 'c'), op('Elu', 'c', 'r', { alpha: 2 }), op('Conv', 'r v', 'y', { group: 1 })],
  });
  assert.deepEqual(describe(await diff(original, changed)), [
    'c Conv: replaced (weights 1: other values)',
    'r Relu: replaced (operator: Relu -> Elu; attributes: alpha)',
    'y Conv: replaced (attributes: group)',
  ]);
});

void test('what becomes integers is replaced, conversions are inserted, and an activation folded into a range', async () => {
  const scale = noise([1], 3);
  const quantized = buildModel({
    inputs,
    outputs: 'y',
    weights: {
      s: scale,
      z: { dataType: 'uint8', dims: [1], data: Uint8Array.of(0) },
      zw: { dataType: 'int8', dims: [1], data: Int8Array.of(0) },
      wq: { dataType: 'int8', dims: [8, 3, 3, 3], data: new Int8Array(216).fill(3) },
      v: weights.v,
    },
    nodes: [
      op('QuantizeLinear', 'x s z', 'xq'),
      op('DequantizeLinear', 'xq s z', 'xd'),
      op('DequantizeLinear', 'wq s zw', 'wd'),
      op('Conv', 'xd wd', 'c'),
      op('Conv', 'c v', 'y'),
    ],
  });
  const found = await diff(original, quantized);
  assert.deepEqual(describe(found).slice(0, 2), [
    'c Conv: replaced (input 0: float -> uint8; weights 1: float32 -> int8)',
    'r Relu: folded into c',
  ]);
  assert.deepEqual(found.counts, { kept: 1, replaced: 1, folded: 1, removed: 0, inserted: 3 });
});

void test('nodes are known again by what feeds them where names and tensors are others', async () => {
  const renamed = buildModel({
    inputs,
    outputs: 'end',
    weights: { a: weights.w, b: weights.v },
    nodes: [op('Conv', 'x a', 'one'), op('Relu', 'one', 'two'), op('Conv', 'two b', 'end')],
  });
  const found = await diff(original, renamed);
  assert.deepEqual(found.counts, { kept: 3, replaced: 0, folded: 0, removed: 0, inserted: 0 });
  assert.deepEqual(found.interface, ['output y: only in the first', 'output end: only in the second']);
});

void test('what constants make is folded, what is cut out of a chain is removed', async () => {
  const longer = buildModel({
    inputs,
    outputs: 'y',
    weights: { ...weights, k: noise([8, 3, 3, 3], 4) },
    nodes: [op('Add', 'w k', 'sum'), op('Conv', 'x sum', 'c'), op('Relu', 'c', 'r'), op('Conv', 'r v', 'y')],
  });
  assert.deepEqual(describe(await diff(longer, original))[0], 'sum Add: folded');
  const cut = buildModel({
    inputs,
    outputs: 'r',
    weights: { w: weights.w },
    nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r')],
  });
  assert.deepEqual(describe(await diff(original, cut)), ['c Conv: kept', 'r Relu: kept', 'y Conv: removed']);
});

void test('models of strangers have nothing in common', async () => {
  const other = buildModel({
    inputs: { z: [4, 8] },
    outputs: 'p',
    weights: { m: noise([8, 2], 5) },
    nodes: [op('MatMul', 'z m', 'p')],
  });
  const found = await diff(original, other);
  assert.deepEqual(found.counts, { kept: 0, replaced: 0, folded: 0, removed: 3, inserted: 1 });
});

void test('a chain of thousands of nodes without names is compared in no time', async () => {
  const chain = (count: number) =>
    buildModel({
      inputs: { x: [4] },
      outputs: `t${count}`,
      nodes: Array.from({ length: count }, (_, index) => op('Relu', index === 0 ? 'x' : `t${index}`, `t${index + 1}`)),
    });
  const started = performance.now();
  const [long, longer] = [chain(3000), chain(3001)];
  const found = await diff(long, longer);
  const once = performance.now() - started;
  assert.deepEqual(found.counts, { kept: 3000, replaced: 0, folded: 0, removed: 0, inserted: 1 });
  assert.ok(once < 60_000, `${once} ms`);
});
