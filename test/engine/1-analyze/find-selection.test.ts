import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Shapes } from '../../../electron/engine/graph/shapes.ts';
import { findSelection } from '../../../electron/engine/1-analyze/find-selection.ts';
import { cutModel } from '../../../electron/engine/graph/edit.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { DataType } from '../../../electron/engine/tensor/tensor.ts';
import { buildModel, inMemory, integers, modeOf, nodePlan, noise, op, plan } from '../build-model.ts';

const conv = op('Conv', 'x w', 'c');
const weights = { w: noise([4, 4, 1, 1], 1) };

/** Every tensor float but those that are named. */
function shapesWith(nodes: readonly NodeProto[], others: Readonly<Record<string, DataType>>): Shapes {
  const names = nodes.flatMap((node) => node.output);
  return new Map(names.map((name) => [name, { dims: [1, 4, 8, 8], dataType: others[name] ?? 'float32' }]));
}

function find(nodes: readonly NodeProto[], outputs: string, others: Readonly<Record<string, DataType>> = {}) {
  const model = buildModel({ inputs: { x: ['N', 4, 8, 8], mask: [4] }, outputs, nodes, weights });
  const found = findSelection(indexGraph(inMemory(model)), shapesWith(nodes, others), new Set([conv]));
  return found && { ...found, behind: [...found.behind].map((node) => node.name) };
}

suite('a selection by what int8 changes', () => {
  test('is compared at the scores and boxes it reads, and at outputs beside it', () => {
    const nodes = [
      conv,
      op('Transpose', 'c', 'boxes'),
      op('Sigmoid', 'c', 'scores'),
      op('NonMaxSuppression', 'boxes scores', 'indices'),
      op('Gather', 'boxes indices', 'found'),
      op('Relu', 'c', 'features'),
    ];
    assert.deepEqual(find(nodes, 'found features', { indices: 'int64' }), {
      node: 'indices',
      // Boxes are the convolution's own values, transposed.
      tensors: ['features', 'c', 'scores'],
      behind: ['indices', 'found'],
    });
  });

  test('reaches nobody by what is left out on both sides', () => {
    const nodes = [
      conv,
      op('TopK', 'c k', '_ order'),
      op('NonZero', 'c', 'places'),
      op('Gather', 'c places', 'found'),
      op('Unique', 'found', 'kept _ back'),
      op('Clip', 'c _ limit', 'capped'),
    ];
    const found = find(nodes, 'kept capped', { order: 'int64', places: 'int64' })!;
    assert.deepEqual(found.behind, ['places', 'found', 'kept']);
    assert.deepEqual(found.tensors, ['capped', 'c']);
  });

  test('by parts of a tensor, in any order, is compared at that tensor: each class of many does not count for itself', () => {
    const nodes = [
      conv,
      op('Sigmoid', 'c', 'scores'),
      op('Slice', 'scores', 'cat'),
      op('Slice', 'scores', 'dog'),
      op('TopK', 'dog', 'best order'),
      op('Conv', 'x w', 'offsets'),
      op('Gather', 'offsets order', 'boxes'),
      op('Greater', 'cat limit', 'cats'),
      op('NonZero', 'cats', 'places'),
      op('NonMaxSuppression', 'boxes best', 'kept'),
      op('Concat', 'places kept', 'y'),
    ];
    const others = { cats: 'bool', places: 'int64', order: 'int64', kept: 'int64', y: 'int64' } as const;
    assert.deepEqual(find(nodes, 'y', others)!.tensors, ['scores']);
    const whole = findSelection(
      indexGraph(inMemory(buildModel({ inputs: { x: ['N', 4, 8, 8], mask: [4] }, outputs: 'y', nodes, weights }))),
      shapesWith(nodes, others),
      new Set([conv, nodes[5]!]),
    );
    assert.deepEqual([...whole!.tensors].sort(), ['offsets', 'scores']);
  });

  test('by values in an order that int8 may change is compared before they were put in order', () => {
    const nodes = [
      conv,
      op('Sigmoid', 'c', 'scores'),
      op('TopK', 'scores', 'best order'),
      op('Conv', 'x w', 'offsets'),
      op('Gather', 'offsets order', 'chosen'),
      op('Exp', 'chosen', 'widths'),
      op('NonMaxSuppression', 'widths best', 'kept'),
      op('Neg', 'widths', 'beside'),
    ];
    const found = findSelection(
      indexGraph(inMemory(buildModel({ inputs: { x: ['N', 4, 8, 8] }, outputs: 'kept beside', nodes, weights }))),
      shapesWith(nodes, { order: 'int64', kept: 'int64' }),
      new Set([conv, nodes[3]!]),
    );
    assert.deepEqual([...found!.tensors].sort(), ['offsets', 'scores']);
  });

  test('by truth values is compared at the floats they were made of', () => {
    const nodes = [
      conv,
      op('Greater', 'c limit', 'large'),
      op('Not', 'large', 'small'),
      op('NonZero', 'small', 'places'),
    ];
    assert.deepEqual(find(nodes, 'places', { large: 'bool', small: 'bool', places: 'int64' }), {
      node: 'places',
      tensors: ['c'],
      behind: ['places'],
    });
  });

  test('is none where it reads a shape, or what was fed', () => {
    const byShape = [conv, op('Shape', 'c', 's'), op('NonZero', 's', 'p'), op('Gather', 'c p', 'y')];
    assert.equal(find(byShape, 'y', { s: 'int64', p: 'int64' }), null);
    const byInput = [conv, op('NonZero', 'mask', 'p'), op('Gather', 'c p', 'y')];
    assert.equal(find(byInput, 'y', { p: 'int64' }), null);
  });

  test('is none where no output comes from it', () => {
    assert.equal(find([conv, op('NonZero', 'c', 'p')], 'c', { p: 'int64' }), null);
  });
});

test('what works on a selection stays float, and says so', () => {
  const nodes = [
    op('Conv', 'x w', 'c'),
    op('NonZero', 'c', 'p'),
    op('Cast', 'p', 'f', { to: 1 }),
    op('Reshape', 'f shape', 'r'),
    op('Conv', 'r w', 'y'),
  ];
  const model = buildModel({
    inputs: { x: ['N', 4, 8, 8] },
    outputs: 'y',
    nodes,
    weights: { ...weights, shape: integers([-1, 4, 1, 1]) },
  });
  const made = plan(model, shapesWith(nodes, { p: 'int64' }));
  assert.deepEqual(made.selection, { node: 'p', tensors: ['c'], weightedBehind: 1 });
  assert.equal(modeOf(nodePlan(made, 'c')), 'int8');
  assert.deepEqual(
    [modeOf(nodePlan(made, 'y')), nodePlan(made, 'y').reason],
    ['float', 'it processes what p selected, and int8 can change how many results there are'],
  );
});

test('a cut model ends at the tensors it is cut at, and keeps the whole as it was', () => {
  const nodes = [conv, op('Relu', 'c', 'r'), op('Conv', 'r v', 'y')];
  const model = buildModel({
    inputs: { x: ['N', 4, 8, 8] },
    outputs: 'y',
    nodes,
    weights: { ...weights, v: noise([4, 4, 1, 1], 2) },
  });
  const { graph } = cutModel(model, ['r']);
  assert.deepEqual(
    [graph!.node, graph!.output, graph!.initializer].map((list) => list.map(({ name }) => name)),
    [['c', 'r'], ['r'], ['w']],
  );
  assert.deepEqual([model.graph!.node.length, model.graph!.initializer.length], [3, 2]);
});
