import type { NodeProto } from '../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { floats, integers, op, type Dims } from '../build-model.ts';
import { bias, entry, matrix, weight, type Entry } from './entry.ts';

const width = 16;
const ones = (count: number): Tensor => floats([count], Array(count).fill(1) as number[]);
const scalar = (value: number): Tensor => floats([], [value]);

/** What exporters make of a function of one tensor: nodes from `h` to `a`. */
const activations: Readonly<Record<string, readonly NodeProto[]>> = {
  'GELU by Erf': [
    op('Div', 'h root2', 'g1'), op('Erf', 'g1', 'g2'), op('Add', 'g2 one', 'g3'), op('Mul', 'h g3', 'g4'), op('Mul', 'g4 half', 'a'),
  ],
  'GELU by Tanh': [
    op('Pow', 'h three', 'g1'), op('Mul', 'g1 k', 'g2'), op('Add', 'h g2', 'g3'), op('Mul', 'g3 root', 'g4'), op('Tanh', 'g4', 'g5'),
    op('Add', 'g5 one', 'g6'), op('Mul', 'h g6', 'g7'), op('Mul', 'g7 half', 'a'),
  ],
  'quick GELU': [op('Mul', 'h k17', 'g1'), op('Sigmoid', 'g1', 'g2'), op('Mul', 'h g2', 'a')],
  SiLU: [op('Sigmoid', 'h', 'g1'), op('Mul', 'h g1', 'a')],
  ReLU: [op('Relu', 'h', 'a')],
  'squared ReLU': [op('Relu', 'h', 'g1'), op('Mul', 'g1 g1', 'a')],
  SwiGLU: [op('MatMul', 'x2 wg', 'g1'), op('Sigmoid', 'g1', 'g2'), op('Mul', 'g1 g2', 'g3'), op('Mul', 'g3 h', 'a')],
  Softmax: [op('Softmax', 'h', 'a', { axis: -1 })],
  LogSoftmax: [op('LogSoftmax', 'h', 'a', { axis: -1 })],
}; // prettier-ignore

/** Norms of the last axis, from `x` to `x2`. */
const norms: Readonly<Record<string, readonly NodeProto[]>> = {
  LayerNormalization: [op('LayerNormalization', 'x gamma beta', 'x2')],
  'LayerNorm in parts': [
    op('ReduceMean', 'x', 'n1', { axes: [-1] }), op('Sub', 'x n1', 'n2'), op('Pow', 'n2 two', 'n3'), op('ReduceMean', 'n3', 'n4', { axes: [-1] }),
    op('Add', 'n4 tiny', 'n5'), op('Sqrt', 'n5', 'n6'), op('Div', 'n2 n6', 'n7'), op('Mul', 'n7 gamma', 'n8'), op('Add', 'n8 beta', 'x2'),
  ],
  'RMSNorm in parts': [
    op('Mul', 'x x', 'n3'), op('ReduceMean', 'n3', 'n4', { axes: [-1] }), op('Add', 'n4 tiny', 'n5'), op('Sqrt', 'n5', 'n6'),
    op('Reciprocal', 'n6', 'n7'), op('Mul', 'x n7', 'n8'), op('Mul', 'n8 gamma', 'x2'),
  ],
  SimplifiedLayerNormalization: [op('SimplifiedLayerNormalization', 'x gamma', 'x2')],
}; // prettier-ignore

const constants = (): Record<string, Tensor> => ({
  root2: scalar(Math.SQRT2), one: scalar(1), half: scalar(0.5), two: scalar(2), three: scalar(3), k: scalar(0.044715), k17: scalar(1.702),
  root: scalar(Math.sqrt(2 / Math.PI)), tiny: scalar(1e-5), gamma: ones(width), beta: bias(width),
}); // prettier-ignore

function feedForward(name: string, norm: readonly NodeProto[], activation: readonly NodeProto[], opset = 17): Entry {
  return entry(name, {
    opset,
    inputs: { x: ['N', 5, width] },
    outputs: 'y',
    nodes: [
      ...norm, op('MatMul', 'x2 wu', 'u'), op('Add', 'u bu', 'h'), ...activation, op('MatMul', 'a wd', 'd'), op('Add', 'x d', 'y'),
    ],
    weights: { ...constants(), wu: matrix(width, 32), bu: bias(32), wg: matrix(width, 32), wd: matrix(32, width) },
  }); // prettier-ignore
}

/** Attention in heads, from `x` to `y`. */
function attention(
  name: string,
  { heads = 2, mask = false, cross = false, softmaxAxis = -1, opset = 17, joined = false } = {},
): Entry {
  const size = width / heads;
  const split = (from: string, to: string, perm: number[]): NodeProto[] => [
    op('Reshape', `${from} heads`, `${to}_r`), op('Transpose', `${to}_r`, to, { perm }),
  ]; // prettier-ignore
  const memory = cross ? 'z' : 'x';
  const project = joined
    ? [op('MatMul', 'x wqkv', 'qkv'), op('Split', 'qkv', 'q0 k0 v0', { axis: -1 })]
    : [
        op('MatMul', 'x wq', 'q1'),
        op('Add', 'q1 bq', 'q0'),
        op('MatMul', `${memory} wk`, 'k0'),
        op('MatMul', `${memory} wv`, 'v0'),
      ];
  return entry(`attention ${name}`, {
    opset,
    inputs: { x: ['N', 6, width], ...(cross ? { z: ['N', 6, width] as Dims } : {}) },
    outputs: 'y',
    nodes: [
      ...project,
      ...split('q0', 'q', [0, 2, 1, 3]), ...split('k0', 'kt', [0, 2, 3, 1]), ...split('v0', 'v', [0, 2, 1, 3]),
      op('MatMul', 'q kt', 's'), op('Div', 's scale', 's1'), ...(mask ? [op('Add', 's1 mask', 's2')] : []),
      op('Softmax', mask ? 's2' : 's1', 'p', { axis: softmaxAxis }), op('MatMul', 'p v', 'c'),
      op('Transpose', 'c', 'ct', { perm: [0, 2, 1, 3] }), op('Reshape', 'ct whole', 'cr'), op('MatMul', 'cr wo', 'y'),
    ],
    weights: {
      wq: matrix(width, width), wk: matrix(width, width), wv: matrix(width, width), wo: matrix(width, width), bq: bias(width),
      wqkv: matrix(width, 3 * width), heads: integers([0, 6, heads, size]), whole: integers([0, 6, width]), scale: scalar(Math.sqrt(size)),
      mask: floats([6, 6], Array.from({ length: 36 }, (_, i) => (i % 6 > Math.floor(i / 6) ? -10_000 : 0))),
    },
  }); // prettier-ignore
}

function blocks(): Entry[] {
  return [
    attention('of one head', { heads: 1 }),
    attention('of two heads'),
    attention('with a mask', { mask: true }),
    attention('to a memory', { cross: true }),
    attention('of opset 12', { softmaxAxis: 3, opset: 12 }),
    attention('projected at once', { joined: true, opset: 13 }),
    ...Object.entries(activations).map(([name, nodes]) =>
      feedForward(`feed forward, ${name}`, norms['LayerNormalization']!, nodes),
    ),
    ...Object.entries(norms).map(([name, nodes]) => feedForward(`feed forward, ${name}`, nodes, activations['SiLU']!)),
    feedForward('feed forward of opset 20, Gelu', norms['LayerNormalization']!, [op('Gelu', 'h', 'a')], 20),
    entry('keys and values of earlier steps joined on', {
      inputs: { x: [1, 1, width], 'past.key': [1, 4, width] },
      outputs: 'y present.key',
      nodes: [
        op('MatMul', 'x wk', 'k'), op('Concat', 'past.key k', 'present.key', { axis: 1 }), op('Transpose', 'present.key', 't', { perm: [0, 2, 1] }),
        op('MatMul', 'x wq', 'q'), op('MatMul', 'q t', 's'), op('Softmax', 's', 'p'), op('MatMul', 'p present.key', 'c'), op('MatMul', 'c wo', 'y'),
      ],
      weights: { wk: matrix(width, width), wq: matrix(width, width), wo: matrix(width, width) },
    }),
    entry('rotated positions', {
      inputs: { x: ['N', 6, width] },
      outputs: 'y',
      nodes: [
        op('MatMul', 'x w', 'q'), op('Slice', 'q zero eight two', 'q1'), op('Slice', 'q eight end two', 'q2'), op('Neg', 'q2', 'n'),
        op('Concat', 'n q1', 'r', { axis: -1 }), op('Mul', 'q cos', 'a'), op('Mul', 'r sin', 'b'), op('Add', 'a b', 'e'), op('MatMul', 'e v', 'y'),
      ],
      weights: {
        w: matrix(width, width), v: matrix(width, 8), zero: integers([0]), eight: integers([8]), end: integers([16]), two: integers([2]),
        cos: floats([6, 16], Array.from({ length: 96 }, (_, i) => Math.cos(i / 9))), sin: floats([6, 16], Array.from({ length: 96 }, (_, i) => Math.sin(i / 9))),
      },
    }),
    entry('patches of an image to tokens', {
      inputs: { x: ['N', 3, 16, 16] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w b', 'c', { strides: [4, 4] }), op('Reshape', 'c flat', 'f'), op('Transpose', 'f', 't', { perm: [0, 2, 1] }),
        op('Add', 't places', 'p'), op('LayerNormalization', 'p gamma beta', 'n'), op('MatMul', 'n m', 'y'),
      ],
      weights: {
        w: weight([width, 3, 4, 4]), b: bias(width), flat: integers([0, width, 16]), places: weight([1, 16, width], 1), gamma: ones(width), beta: bias(width),
        m: matrix(width, 10),
      },
    }),
  ]; // prettier-ignore
}

function networks(): Entry[] {
  const pads = { pads: [1, 1, 1, 1] };
  const [a3, b3] = [() => weight([8, 8, 3, 3]), () => bias(8)];
  return [
    entry('inverted residual', {
      inputs: { x: ['N', 8, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w b', 'e'), op('Clip', 'e lo hi', 'e6'), op('Conv', 'e6 d c', 'f', { ...pads, group: 24 }), op('Clip', 'f lo hi', 'f6'),
        op('Conv', 'f6 v a', 'g'), op('Add', 'x g', 'y'),
      ],
      weights: { w: weight([24, 8, 1, 1]), b: bias(24), d: weight([24, 1, 3, 3]), c: bias(24), v: weight([8, 24, 1, 1]), a: bias(8), lo: scalar(0), hi: scalar(6) },
    }),
    entry('residual block with a projection', {
      inputs: { x: [1, 8, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w b', 'c', { ...pads, strides: [2, 2] }), op('Relu', 'c', 'r'), op('Conv', 'r v a', 'd', pads), op('Conv', 'x p', 's', { strides: [2, 2] }),
        op('Add', 'd s', 'u'), op('Relu', 'u', 'y'),
      ],
      weights: { w: a3(), b: b3(), v: a3(), a: b3(), p: weight([8, 8, 1, 1]) },
    }),
    entry('expands joined, then an average', {
      inputs: { x: ['N', 8, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x s', 'q'), op('Relu', 'q', 'r'), op('Conv', 'r e1 b', 'c1'), op('Conv', 'r e3 b', 'c3', pads), op('Relu', 'c1', 'r1'), op('Relu', 'c3', 'r3'),
        op('Concat', 'r1 r3', 'j', { axis: 1 }), op('Conv', 'j h', 'k'), op('GlobalAveragePool', 'k', 'g'), op('Flatten', 'g', 'y'),
      ],
      weights: { s: weight([4, 8, 1, 1]), e1: weight([8, 4, 1, 1]), e3: weight([8, 4, 3, 3]), b: b3(), h: weight([10, 16, 1, 1]) },
    }),
    entry('a small U-Net', {
      inputs: { x: [1, 4, 8, 8] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x w', 'c', pads), op('Relu', 'c', 'r'), op('MaxPool', 'r', 'm', { kernel_shape: [2, 2], strides: [2, 2] }), op('Conv', 'm v', 'd', pads), op('Relu', 'd', 's'),
        op('ConvTranspose', 's u', 't', { strides: [2, 2] }), op('Concat', 'r t', 'j', { axis: 1 }), op('Conv', 'j h', 'k'), op('Sigmoid', 'k', 'y'),
      ],
      weights: { w: weight([8, 4, 3, 3]), v: a3(), u: weight([8, 8, 2, 2], 32), h: weight([2, 16, 1, 1]) },
    }),
    entry('a detector head', {
      inputs: { x: [1, 8, 4, 4] },
      outputs: 'boxes scores',
      nodes: [
        op('Conv', 'x w b', 'c', pads), op('Sigmoid', 'c', 'g'), op('Mul', 'c g', 'm'), op('Conv', 'm v', 'd'), op('Reshape', 'd flat', 'f'),
        op('Slice', 'f zero four axis', 'raw'), op('Slice', 'f four end axis', 'logits'), op('Sigmoid', 'logits', 'scores'), op('Mul', 'raw step', 'wide'), op('Add', 'wide grid', 'boxes'),
      ],
      weights: {
        w: a3(), b: b3(), v: weight([7, 8, 1, 1]), flat: integers([1, 7, 16]), zero: integers([0]), four: integers([4]), end: integers([7]), axis: integers([1]), step: scalar(8),
        grid: floats([1, 4, 16], Array.from({ length: 64 }, (_, i) => i % 8)),
      },
    }),
    entry('boxes that are selected', {
      inputs: { boxes: [1, 6, 4], x: [1, 2, 16] },
      outputs: 'chosen scores',
      nodes: [
        op('MatMul', 'x w', 'l'), op('Sigmoid', 'l', 'scores'), op('NonMaxSuppression', 'boxes scores most overlap least', 'chosen'),
      ],
      weights: { w: matrix(16, 6), most: { dataType: 'int64', dims: [1], data: BigInt64Array.of(3n) }, overlap: floats([1], [0.5]), least: floats([1], [0.2]) },
    }),
    entry('the best of many', {
      inputs: { x: ['N', 32] },
      outputs: 'best at',
      nodes: [op('Gemm', 'x w b', 'y'), op('TopK', 'y three', 'best at')],
      weights: { w: matrix(32, 16), b: bias(16), three: integers([3]) },
    }),
    entry('a spectrum by convolution', {
      inputs: { x: ['N', 1, 64] },
      outputs: 'y',
      nodes: [
        op('Conv', 'x re', 'r', { strides: [8] }), op('Conv', 'x im', 'i', { strides: [8] }), op('Mul', 'r r', 'r2'), op('Mul', 'i i', 'i2'), op('Add', 'r2 i2', 'p'),
        op('Transpose', 'p', 't', { perm: [0, 2, 1] }), op('MatMul', 't mel', 'm'), op('Add', 'm tiny', 'e'), op('Log', 'e', 'y'),
      ],
      weights: { re: weight([9, 1, 16]), im: weight([9, 1, 16]), mel: floats([9, 6], Array.from({ length: 54 }, (_, i) => (i % 7) / 20)), tiny: scalar(0.1) },
    }),
    entry('a mask by Where', {
      inputs: { x: ['N', 5, 32], mask: ['N', 5, 1] },
      types: { mask: 'bool' },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('Where', 'mask h low', 'm'), op('MatMul', 'm v', 'y')],
      weights: { w: matrix(32, 16), v: matrix(16, 8), low: scalar(-1) },
    }),
    entry('sums over time', {
      inputs: { x: [1, 6, 32] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('CumSum', 'h one', 's'), op('ReduceMax', 's', 'm', { axes: [1], keepdims: 0 }), op('Gemm', 'm v', 'y')],
      weights: { w: matrix(32, 16), v: matrix(16, 8), one: { dataType: 'int64', dims: [], data: BigInt64Array.of(1n) } },
    }),
    entry('scattered rows', {
      inputs: { x: [4, 32] },
      outputs: 'y',
      nodes: [op('MatMul', 'x w', 'h'), op('ScatterND', 'blank at h', 's'), op('MatMul', 's v', 'y')],
      weights: { w: matrix(32, 16), v: matrix(16, 8), blank: floats([8, 16], Array(128).fill(0) as number[]), at: { dataType: 'int64', dims: [4, 1], data: BigInt64Array.of(0n, 2n, 4n, 6n) } },
    }),
    entry('unit length and cosine', {
      inputs: { x: ['N', 32] },
      outputs: 'y',
      nodes: [op('Gemm', 'x w', 'h'), op('ReduceL2', 'h', 'n', { axes: [1], keepdims: 1 }), op('Div', 'h n', 'u'), op('MatMul', 'u c', 'y')],
      weights: { w: matrix(32, 16), c: matrix(16, 8) },
    }),
  ]; // prettier-ignore
}

export function patterns(): Entry[] {
  return [...blocks(), ...networks()];
}
