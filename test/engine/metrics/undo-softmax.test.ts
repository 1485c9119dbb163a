import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { findFinalSoftmax, undoSoftmax } from '../../../electron/engine/metrics/undo-softmax.ts';
import { indexGraph } from '../../../electron/engine/graph/graph.ts';
import { assertClose, buildModel, inMemory, noise, op, run } from '../build-model.ts';

suite('undoSoftmax', () => {
  const dims = [2, 3, 4];
  const x = noise(dims, 1, 3);
  const cases = [
    {
      opset: 17,
      attributes: {},
      axis: -1,
      groups: 6,
      of: (group: number, index: number) => 4 * group + index,
      size: 4,
    },
    {
      opset: 17,
      attributes: { axis: 1 },
      axis: 1,
      groups: 8,
      of: (group: number, index: number) => 12 * Math.floor(group / 4) + (group % 4) + 4 * index,
      size: 3,
    },
    // Before opset 13 everything from the axis on is one vector.
    {
      opset: 11,
      attributes: {},
      axis: 1,
      groups: 2,
      of: (group: number, index: number) => 12 * group + index,
      size: 12,
    },
  ];
  for (const { opset, attributes, axis, groups, of, size } of cases) {
    test(`gives back what went into a Softmax of opset ${opset} along axis ${axis}, less its mean`, async () => {
      const model = buildModel({ opset, inputs: { x: dims }, outputs: 'y', nodes: [op('Softmax', 'x', 'y', attributes)] }); // prettier-ignore
      const softmax = findFinalSoftmax(indexGraph(inMemory(model)), 'y');
      assert.deepEqual(softmax, { axis, flattens: opset < 13 });
      const { y } = await run(model, { x });
      const scores = undoSoftmax(y!.data as Float32Array, dims, softmax);
      const wanted = Float64Array.from(x.data as Float32Array);
      for (let group = 0; group < groups; group++) {
        const places = Array.from({ length: size }, (_, index) => of(group, index));
        const mean = places.reduce((sum, place) => sum + wanted[place]!, 0) / size;
        for (const place of places) wanted[place] = wanted[place]! - mean;
      }
      assertClose(scores, [...wanted], 1e-4);
    });
  }

  test('takes a probability of 0 for one that is too small for a float32', () => {
    const scores = undoSoftmax([1, 0], [1, 2], { axis: 1, flattens: false });
    assert.ok(scores[0]! > 40 && scores[0]! < 50 && scores[0] === -scores[1]!);
  });
});

suite('float16', () => {
  const half = (model: ReturnType<typeof buildModel>) => {
    const { value } = (model.graph!.output[0]!.type = model.graph!.input[0]!.type!);
    if (value.case === 'tensorType') value.value.elemType = 10;
    return model;
  };
  const softmax = op('Softmax', 'x', 'p');

  test('a Softmax is found behind a Cast, and one in float16 has fewer small probabilities', () => {
    const cast = buildModel({
      inputs: { x: [2, 3] },
      outputs: 'y',
      nodes: [softmax, op('Cast', 'p', 'y', { to: 10 })],
    });
    assert.deepEqual(findFinalSoftmax(indexGraph(inMemory(half(cast))), 'y'), {
      axis: -1,
      flattens: false,
      isHalf: true,
    });
    const plain = buildModel({ inputs: { x: [2, 3] }, outputs: 'p', nodes: [softmax] });
    assert.deepEqual(findFinalSoftmax(indexGraph(inMemory(half(plain))), 'p'), {
      axis: -1,
      flattens: false,
      isHalf: true,
    });
    // 2^-24 has one bit: below 2^-14 one rounding would be taken for a factor of two.
    const ofHalf = { axis: 1, flattens: false, isHalf: true };
    assert.deepEqual(undoSoftmax([1, 2 ** -24], [1, 2], ofHalf), undoSoftmax([1, 0], [1, 2], ofHalf));
  });
});

test('findFinalSoftmax finds none where an output comes from something else', () => {
  const nodes = [op('Softmax', 'x', 's'), op('Relu', 's', 'y')];
  const graph = indexGraph(inMemory(buildModel({ inputs: { x: ['N', 4] }, outputs: 'y', nodes })));
  assert.equal(findFinalSoftmax(graph, 'y'), null);
  assert.equal(findFinalSoftmax(graph, 'x'), null);
});
