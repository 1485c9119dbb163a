import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findOutputParts, splitParts } from '../../../electron/engine/metrics/output-parts.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { buildModel, inMemory, op } from '../build-model.ts';

function partsOf(nodes: readonly NodeProto[], shapes: Readonly<Record<string, readonly number[]>>) {
  const model = buildModel({ inputs: { x: ['N', 2, 3], z: ['N', 1, 3] }, outputs: 'y', nodes });
  const facts = Object.entries(shapes).map(([name, dims]) => [name, { dims, dataType: 'float32' as const }] as const);
  return findOutputParts({ graph: indexGraph(inMemory(model)), shapes: new Map(facts) }, 'y');
}

const inputs = { x: [1, 2, 3], z: [1, 1, 3] };

suite('findOutputParts', () => {
  test('an output that is joined', () => {
    assert.deepEqual(partsOf([op('Concat', 'z x', 'y', { axis: 1 })], { ...inputs, y: [1, 3, 3] }), {
      axis: 1,
      lengths: [1, 2],
    });
    assert.deepEqual(partsOf([op('Concat', 'z x', 'y', { axis: -2 })], { ...inputs, y: [1, 3, 3] })?.axis, 1);
  });

  test('and turned afterwards, twice', () => {
    const nodes = [
      op('Concat', 'z x', 'c', { axis: 1 }),
      op('Transpose', 'c', 't', { perm: [0, 2, 1] }),
      op('Identity', 't', 'i'),
      op('Unsqueeze', 'i axes', 'u'),
      op('Identity', 'i', 'y'),
    ];
    const shapes = { ...inputs, c: [1, 3, 3], t: [1, 3, 3], i: [1, 3, 3], y: [1, 3, 3] };
    assert.deepEqual(partsOf(nodes, shapes), { axis: 2, lengths: [1, 2] });
    const reversed = [op('Concat', 'z x', 'c', { axis: 1 }), op('Transpose', 'c', 't', { perm: [0, 2, 1] }), op('Transpose', 't', 'y', { perm: [2, 0, 1] })]; // prettier-ignore
    assert.equal(partsOf(reversed, { ...shapes, y: [3, 1, 3] }), null, 'the joined axis came first: the batch');
  });

  test('what is not joined, of two dimensions, or joined along the batch, is whole', () => {
    assert.equal(partsOf([op('Relu', 'x', 'y')], { ...inputs, y: [1, 2, 3] }), null);
    assert.equal(partsOf([op('Concat', 'x x', 'y', { axis: 0 })], { ...inputs, y: [2, 2, 3] }), null);
    assert.equal(partsOf([op('Concat', 'x x', 'y', { axis: 1 })], { x: [1, 2], y: [1, 4] }), null);
    assert.equal(
      partsOf([op('Concat', 'z x', 'y', { axis: 1 })], { x: [1, 2, 3], y: [1, 3, 3] }),
      null,
      'z is unknown',
    );
  });
});

suite('splitParts', () => {
  const first = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  const second = first.map((value) => 10 * value);

  test('along an axis in the middle, every block by itself', () => {
    const parts = splitParts([first, second], [2, 3, 2], { axis: 1, lengths: [1, 2] });
    const plain = parts.map((pair) => pair.map((values) => Array.from(values)));
    assert.deepEqual(plain, [
      [
        [0, 1, 6, 7],
        [0, 10, 60, 70],
      ],
      [
        [2, 3, 4, 5, 8, 9, 10, 11],
        [20, 30, 40, 50, 80, 90, 100, 110],
      ],
    ]);
  });

  test('an output of other dimensions stays whole', () => {
    assert.deepEqual(splitParts([first, second], [1, 4, 3], { axis: 1, lengths: [1, 2] }), [[first, second]]);
    assert.deepEqual(splitParts([first, second], [1, 4, 3], null), [[first, second]]);
  });
});
