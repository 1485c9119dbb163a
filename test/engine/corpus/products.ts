import type { AttributeValue } from '../build-model.ts';
import { floats, integers, noise, op } from '../build-model.ts';
import { bias, entry, matrix, weight, type Entry } from './entry.ts';

function gemm(
  name: string,
  attributes: Readonly<Record<string, AttributeValue>>,
  third: 'b' | 'scalar' | 'full' | 'none' = 'b',
): Entry {
  const [transA, transB] = [attributes['transA'] === 1, attributes['transB'] === 1];
  return entry(`Gemm ${name}`, {
    inputs: { x: transA ? [32, 4] : [4, 32] },
    outputs: 'y',
    nodes: [op('Gemm', third === 'none' ? 'x w' : `x w ${third}`, 'y', attributes)],
    weights: {
      w: transB ? weight([16, 32]) : matrix(32, 16),
      b: bias(16),
      scalar: floats([1], [0.3]),
      full: noise([4, 16], 3, 0.2),
    },
  }); // prettier-ignore
}

const gemms = (): Entry[] => [
  gemm('plain', {}),
  gemm('without bias', {}, 'none'),
  gemm('bias of one value', {}, 'scalar'),
  gemm('bias of every row', {}, 'full'),
  gemm('transA', { transA: 1 }),
  gemm('transB', { transB: 1 }),
  gemm('transA and transB', { transA: 1, transB: 1 }),
  gemm('alpha', { alpha: { float: 0.5 } }),
  gemm('beta', { beta: { float: 0.5 } }),
  gemm('alpha, beta, transB', { alpha: { float: 2 }, beta: { float: 0 }, transB: 1 }),
  entry('Gemm with a constant on the left', {
    inputs: { x: [32, 4] },
    outputs: 'y',
    nodes: [op('Gemm', 'w x', 'y')],
    weights: { w: weight([16, 32]) },
  }),
  entry('Gemm of two inputs', {
    inputs: { x: [4, 32], z: [32, 16] },
    outputs: 'y',
    nodes: [op('Gemm', 'x z', 'p'), op('Gemm', 'p w', 'y')],
    weights: { w: matrix(16, 8) },
  }),
  entry('Gemm whose bias is computed', {
    inputs: { x: [4, 32], z: [4, 16] },
    outputs: 'y',
    nodes: [op('Gemm', 'x w z', 'y')],
    weights: { w: matrix(32, 16) },
  }),
];

function product(
  name: string,
  dims: readonly (number | string)[],
  weightDims: readonly number[],
  inputs = 'x w',
): Entry {
  return entry(`MatMul ${name}`, {
    inputs: { x: dims },
    outputs: 'y',
    nodes: [op('MatMul', inputs, 'y')],
    weights: { w: weight(weightDims, weightDims.at(inputs === 'x w' && weightDims.length > 1 ? -2 : -1)) },
  });
}

const products2 = (): Entry[] => [
  product('of a matrix', [4, 32], [32, 16]),
  product('of one row', [1, 32], [32, 16]),
  product('of rows in a batch', ['N', 5, 32], [32, 16]),
  product('of four dimensions', ['N', 2, 5, 32], [32, 16]),
  product('of a vector', [32], [32, 16]),
  product('by a vector', [4, 32], [32]),
  product('by a stack of matrices', [3, 5, 32], [3, 32, 16]),
  product('by one matrix of three dimensions', [3, 5, 32], [1, 32, 16]),
  product('by a single column', [4, 32], [32, 1]),
  product('of odd sizes', [3, 33], [33, 7]),
  product('of a long sum', [2, 300], [300, 8]),
  product('with a constant on the left', [32, 4], [16, 32], 'w x'),
  product('with a stack on the left', [3, 32, 4], [3, 16, 32], 'w x'),
  entry('MatMul of two activations', {
    inputs: { x: [2, 5, 32], z: [2, 32, 6] },
    outputs: 'y',
    nodes: [op('MatMul', 'x z', 'y')],
  }),
  entry('MatMul of an activation by itself', {
    inputs: { x: [8, 8] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'h'), op('MatMul', 'h h', 'y')],
    weights: { w: matrix(8, 8) },
  }),
  entry('MatMul and a bias behind it', {
    inputs: { x: ['N', 5, 32] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'p'), op('Add', 'b p', 'y')],
    weights: { w: matrix(32, 16), b: bias(16) },
  }),
  entry('MatMul and a bias for each row', {
    inputs: { x: [5, 32] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'p'), op('Add', 'p b', 'y')],
    weights: { w: matrix(32, 16), b: noise([5, 16], 4, 0.3) },
  }),
  entry('Einsum of a matrix', {
    inputs: { x: [2, 5, 32] },
    outputs: 'y',
    nodes: [op('Einsum', 'x w', 'y', { equation: 'bsk,kn->bsn' })],
    weights: { w: matrix(32, 16) },
  }),
  entry('FusedMatMul of com.microsoft', {
    inputs: { x: [5, 32] },
    outputs: 'y',
    nodes: [op('FusedMatMul', 'x w', 'p', { transB: 1 }, 'com.microsoft'), op('MatMul', 'p v', 'y')],
    weights: { w: weight([16, 32]), v: matrix(16, 8) },
  }),
  entry('a perceptron of three layers', {
    inputs: { x: ['N', 32] },
    outputs: 'y',
    nodes: [
      op('Gemm', 'x w b', 'h'), op('Relu', 'h', 'r'), op('Gemm', 'r v c', 'i'), op('Tanh', 'i', 't'), op('Gemm', 't u', 'y'),
    ],
    weights: { w: matrix(32, 48), b: bias(48), v: matrix(48, 24), c: bias(24), u: matrix(24, 5) },
  }), // prettier-ignore
];

function lookup(
  name: string,
  table: readonly number[],
  attributes: Readonly<Record<string, number>>,
  ids: readonly (number | string)[],
): Entry {
  return entry(`Gather ${name}`, {
    inputs: { ids },
    types: { ids: 'int64' },
    outputs: 'y',
    nodes: [op('Gather', 'table ids', 'y', attributes)],
    weights: { table: weight(table, 1) },
  }); // prettier-ignore
}

const lookups = (): Entry[] => [
  lookup('of rows', [20, 32], {}, ['N', 6]),
  lookup('of one row', [20, 32], {}, [1]),
  lookup('of columns', [32, 20], { axis: 1 }, [6]),
  lookup('of matrices', [20, 4, 32], {}, [6]),
  lookup('along the last of three axes', [4, 32, 20], { axis: -1 }, [6]),
  lookup('of rows of odd length', [20, 33], {}, [2, 6]),
  entry('Gather by int32', {
    inputs: { ids: [1, 6] },
    types: { ids: 'int32' },
    outputs: 'y',
    nodes: [op('Gather', 'table ids', 'y')],
    weights: { table: weight([20, 32], 1) },
  }),
  entry('Gather of a vector', {
    inputs: { ids: [6], x: [6] },
    types: { ids: 'int64' },
    outputs: 'y',
    nodes: [op('Gather', 'table ids', 'g'), op('Add', 'g x', 'y')],
    weights: { table: bias(20) },
  }),
  entry('GatherElements and GatherND of tables', {
    inputs: { ids: [1, 32], at: [3, 1] },
    types: { ids: 'int64', at: 'int64' },
    outputs: 'y z',
    nodes: [op('GatherElements', 'table ids', 'y'), op('GatherND', 'table at', 'z')],
    weights: { table: weight([20, 32], 1) },
  }),
  entry('a table tied to the output layer', {
    inputs: { ids: ['N', 6] },
    types: { ids: 'int64' },
    outputs: 'y',
    nodes: [
      op('Gather', 'table ids', 'e'), op('MatMul', 'e w', 'h'), op('Transpose', 'table', 't', { perm: [1, 0] }),
      op('MatMul', 'h t', 'y'),
    ],
    weights: { table: weight([24, 32]), w: matrix(32, 32) },
  }), // prettier-ignore
  entry('a table that a Gemm reads', {
    inputs: { ids: [6] },
    types: { ids: 'int64' },
    outputs: 'y',
    nodes: [op('Gather', 'table ids', 'e'), op('Gemm', 'e table', 'y', { transB: 1 })],
    weights: { table: weight([24, 32]) },
  }),
  entry('words, places and types summed', {
    inputs: { ids: ['N', 6], types: ['N', 6] },
    types: { ids: 'int64', types: 'int64' },
    outputs: 'y',
    nodes: [
      op('Gather', 'words ids', 'w'), op('Gather', 'kinds types', 'k'), op('Gather', 'places order', 'p'),
      op('Add', 'w k', 's'), op('Add', 's p', 'e'), op('LayerNormalization', 'e g b', 'n'), op('MatMul', 'n m', 'y'),
    ],
    weights: {
      words: weight([30, 32], 1), kinds: weight([2, 32], 1), places: weight([16, 32], 1), order: integers([0, 1, 2, 3, 4, 5]),
      g: floats([32], Array(32).fill(1) as number[]), b: bias(32), m: matrix(32, 16),
    },
  }), // prettier-ignore
];

export function products(): Entry[] {
  return [...gemms(), ...products2(), ...lookups()];
}
