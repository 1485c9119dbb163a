import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { drawNetwork } from '../../../electron/engine/graph/draw-network.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { tensorNamesOf } from '../../../electron/engine/graph/tensor-names.ts';
import { readNetwork } from '../../../electron/engine/network.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { StringStringEntryProtoSchema, type ModelProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { AppError } from '../../../shared/app-error.ts';
import { mostNetworkNodes, type Network } from '../../../shared/network/network.ts';
import { buildModel, noise, op, quantize } from '../build-model.ts';
import { body, graphAttribute } from '../control-flow-model.ts';
import { temporaryFolder } from '../onnx/tiny-model.ts';

const folder = temporaryFolder();

function draw(before: ModelProto, after: ModelProto = before): Network {
  const [own, other] = [before, after].map((proto) => indexGraph({ proto, folder })) as [
    ReturnType<typeof indexGraph>,
    ReturnType<typeof indexGraph>,
  ];
  return drawNetwork(own, other, tensorNamesOf(own, other));
}

/** "c Relu folded". */
const describeNodes = ({ nodes }: Network): string[] =>
  nodes.map(({ kind, name, opType, state }) => `${name} ${kind === 'operator' ? opType : kind} ${state}`);

/** "x -> c both uint8". */
const describeEdges = ({ nodes, edges }: Network): string[] =>
  edges
    .map(({ from, to, inBefore, inAfter, storedAs }) => {
      const sides = inBefore && inAfter ? 'both' : inBefore ? 'before' : 'after';
      return `${nodes[from]!.name} -> ${nodes[to]!.name} ${sides}${storedAs === null ? '' : ` ${storedAs}`}`;
    })
    .sort();

const weights = { w: noise([8, 3, 3, 3], 1), v: noise([8, 8, 1, 1], 2) };
const inputs = { x: [1, 3, 8, 8] };
const original = buildModel({
  inputs,
  outputs: 'y',
  weights,
  nodes: [op('Conv', 'x w', 'c'), op('Relu', 'c', 'r'), op('Conv', 'r v', 'y')],
});

void test('a network of one model: terminals, nodes and edges as they are', () => {
  const network = draw(original);
  assert.deepEqual(describeNodes(network), [
    'x input kept',
    'c Conv kept',
    'r Relu kept',
    'y Conv kept',
    'y output kept',
  ]);
  assert.deepEqual(describeEdges(network), ['c -> r both', 'r -> y both', 'x -> c both', 'y -> y both']);
  assert.deepEqual(
    network.nodes.map(({ bytesBefore, bytesAfter }) => [bytesBefore, bytesAfter]),
    [[0, 0], [864, 864], [0, 0], [256, 256], [0, 0]], // prettier-ignore
  );
});

void test('what compression made: conversions stand on edges, a clamp that a range does is folded', async () => {
  const { model } = await quantize(original, [{ x: noise([1, 3, 8, 8], 3) }]);
  const network = draw(original, model);
  assert.deepEqual(describeNodes(network), [
    'x input kept',
    'c Conv replaced',
    'r Relu folded',
    'y Conv replaced',
    'y output kept',
  ]);
  assert.deepEqual(describeEdges(network), [
    'c -> r before',
    'c -> y after uint8',
    'r -> y before',
    'x -> c both uint8',
    'y -> y both uint8',
  ]);
  assert.ok(network.nodes[1]!.bytesAfter < network.nodes[1]!.bytesBefore / 2);
});

void test('modules: by the names of nodes, of weights, and by what exporters write beside them', () => {
  const path = (nodes: ReturnType<typeof op>[], named: Record<string, ReturnType<typeof noise>> = weights): string[] =>
    draw(buildModel({ inputs, outputs: 'y', weights: named, nodes }))
      .nodes.filter(({ kind }) => kind === 'operator')
      .map((node) => node.path.join(' > '));
  const [first, second] = [op('Conv', 'x w', 'c'), op('Relu', 'c', 'y')];
  first.name = '/features/features.0/features.0.1/Conv';
  second.name = '/features/features.0/Relu';
  assert.deepEqual(path([first, second]), ['features > 0 > 1', 'features > 0']);

  const dotted = { 'm.enc.0.q.weight': weights.w, 'm.enc.0.k.weight': weights.v };
  assert.deepEqual(
    path([op('Conv', 'x m.enc.0.q.weight', 'c'), op('Relu', 'c', 'r'), op('Conv', 'r m.enc.0.k.weight', 'y')], dotted),
    ['m > enc > 0 > q', 'm > enc > 0', 'm > enc > 0 > k'],
  );

  const scoped = op('Conv', 'x w', 'c');
  scoped.metadataProps = [
    create(StringStringEntryProtoSchema, {
      key: 'pkg.torch.onnx.name_scopes',
      value: "['', 'encoder', 'encoder.layers.0', 'conv2d']",
    }),
  ];
  assert.deepEqual(path([scoped, op('Relu', 'c', 'y')]), ['encoder > layers.0', '']);
});

void test('names of strangers: visible, bounded, and no module of their own where there is none', () => {
  const hostile = op('Relu', 'x', 'y');
  hostile.name = `/a\u202eb/${'m/'.repeat(500)}${'x'.repeat(5000)}`;
  const [, node] = draw(buildModel({ inputs, outputs: 'y', nodes: [hostile] })).nodes;
  assert.equal(node!.path[0], 'a\\u202eb');
  assert.equal(node!.path.length, 12);
  assert.equal(node!.name.length, 2000);
});

void test('what a body reads of the graph around it is an edge', () => {
  const branch = body('then', [op('Relu', 'c', 'inner')], [], []);
  const choice = op('If', 'x', 'y');
  choice.attribute = [graphAttribute('then_branch', branch)];
  const network = draw(buildModel({ inputs, outputs: 'y', weights, nodes: [op('Conv', 'x w', 'c'), choice] }));
  assert.ok(describeEdges(network).includes('c -> y both'));
});

void test('a network too large to be drawn is cut, and says by how much', () => {
  const nodes = Array.from({ length: mostNetworkNodes + 8 }, (_, index) =>
    op('Relu', index === 0 ? 'x' : `r${index}`, `r${index + 1}`),
  );
  const network = draw(buildModel({ inputs, outputs: `r${nodes.length}`, nodes }));
  assert.equal(network.nodes.length, mostNetworkNodes);
  assert.deepEqual(network.cut, { nodes: 10, edges: 0 });
});

void test('a model that is gone, or another one by now, is named; the other stands for both', async () => {
  const path = join(folder, 'there.onnx');
  writeFileSync(path, encodeModel(original));
  const context = { signal: new AbortController().signal, onEvent: () => undefined };
  const there = { path, sha256: null };
  const gone = { path: join(folder, 'gone.onnx'), sha256: null };
  const changed = { path, sha256: 'a'.repeat(64) };
  const read = (...sources: [typeof there, typeof gone | typeof changed]) => readNetwork(sources, context);
  const found = await read(there, gone);
  assert.deepEqual(found.missing, [{ model: 'compressed', why: 'gone' }]);
  assert.equal(found.nodes.length, 5);
  assert.deepEqual((await read(there, changed)).missing, [{ model: 'compressed', why: 'changed' }]);
  await assert.rejects(
    readNetwork([changed, gone], context),
    (error) => error instanceof AppError && error.message.endsWith('Run the experiment again.'),
  );
});
