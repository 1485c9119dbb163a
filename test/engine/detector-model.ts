import { buildModel, floats, integers, noise, op } from './build-model.ts';

const same = { pads: [1, 1, 1, 1] };
const cells = 256;

/** A score and a box in each of 16 x 16 cells, of which NonMaxSuppression hands out those it finds. */
export const detector = buildModel({
  inputs: { x: [1, 3, 16, 16] },
  outputs: 'found',
  nodes: [
    op('Conv', 'x w1 b1', 'a', same),
    op('Relu', 'a', 'r'),
    op('Conv', 'r wBox', 'box', same),
    op('Reshape', 'box boxShape', 'rows'),
    op('Transpose', 'rows', 'boxes', { perm: [0, 2, 1] }),
    op('Conv', 'r wScore', 'logit', same),
    op('Sigmoid', 'logit', 'probability'),
    op('Reshape', 'probability scoreShape', 'scores'),
    op('NonMaxSuppression', 'boxes scores most overlap least', 'indices'),
    op('Gather', 'indices column', 'places', { axis: 1 }),
    op('Squeeze', 'boxes front', 'list'),
    op('Gather', 'list places', 'found'),
  ],
  weights: {
    w1: noise([16, 3, 3, 3], 1, 0.3),
    b1: noise([16], 2, 0.1),
    wBox: noise([4, 16, 3, 3], 3, 0.1),
    wScore: noise([1, 16, 3, 3], 4, 0.1),
    boxShape: integers([1, 4, cells]),
    scoreShape: integers([1, 1, cells]),
    most: integers([100]),
    overlap: floats([1], [0.5]),
    least: floats([1], [0.5]),
    column: { dataType: 'int64', dims: [], data: BigInt64Array.of(2n) },
    front: integers([0]),
  },
});
