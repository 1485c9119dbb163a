import type { AttributeValue, Dims } from '../build-model.ts';
import { floats, integers, noise, op } from '../build-model.ts';
import { bias, entry, matrix, weight, type Entry } from './entry.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

/** Attributes of a convolution, and how many of 8 channels each filter reads; by what exporters call it. */
const forms: Readonly<Record<string, readonly [attributes: (rank: number) => Attributes, inGroup: number]>> = {
  plain: [() => ({}), 8],
  strided: [(rank) => ({ strides: Array(rank).fill(2) as number[] }), 8],
  padded: [(rank) => ({ pads: Array(2 * rank).fill(1) as number[] }), 8],
  'padded on one side': [(rank) => ({ pads: Array.from({ length: 2 * rank }, (_, i) => (i < rank ? 2 : 0)) }), 8],
  dilated: [(rank) => ({ dilations: Array(rank).fill(2) as number[] }), 8],
  grouped: [() => ({ group: 2 }), 4],
  depthwise: [() => ({ group: 8 }), 1],
  'same upper': [() => ({ auto_pad: 'SAME_UPPER' }), 8],
};

const spatial = (rank: number): number[] => (rank === 1 ? [24] : rank === 2 ? [9, 10] : [6, 6, 6]);

function convolutionForms(): Entry[] {
  return [1, 2, 3].flatMap((rank) =>
    Object.entries(forms).map(([form, [attributes, inGroup]]) =>
      entry(`Conv ${rank}-D ${form}`, {
        inputs: { x: ['N', 8, ...spatial(rank)] },
        outputs: 'y',
        nodes: [op('Conv', 'x w b', 'y', attributes(rank))],
        weights: { w: weight([16, inGroup, ...(Array(rank).fill(3) as number[])]), b: bias(16) },
      }),
    ),
  );
}

/** What may stand behind a convolution, from `c` to `y`. */
const followers: Readonly<Record<string, Parameters<typeof op>[]>> = {
  Relu: [['Relu', 'c', 'y']],
  'Clip to 6': [['Clip', 'c zero six', 'y']],
  'Clip below alone': [['Clip', 'c zero', 'y']],
  'Clip above alone': [['Clip', 'c _ six', 'y']],
  LeakyRelu: [['LeakyRelu', 'c', 'y', { alpha: { float: 0.1 } }]],
  Sigmoid: [['Sigmoid', 'c', 'y']],
  Tanh: [['Tanh', 'c', 'y']],
  Elu: [['Elu', 'c', 'y']],
  PRelu: [['PRelu', 'c slope', 'y']],
  HardSwish: [['HardSwish', 'c', 'y']],
  SiLU: [['Sigmoid', 'c', 's'], ['Mul', 'c s', 'y']], // prettier-ignore
  Mish: [['Softplus', 'c', 'p'], ['Tanh', 'p', 't'], ['Mul', 'c t', 'y']], // prettier-ignore
  'hard swish in parts': [['Add', 'c three', 'a'], ['Clip', 'a zero six', 'k'], ['Mul', 'c k', 'm'], ['Div', 'm six', 'y']], // prettier-ignore
  'sum with its input': [['Conv', 'c v', 'd'], ['Add', 'd c', 'y']], // prettier-ignore
  'joined with its input': [['Conv', 'c v', 'd'], ['Relu', 'd', 'r'], ['Concat', 'r c', 'y', { axis: 1 }]], // prettier-ignore
  'split in two': [['Split', 'c', 'l m', { axis: 1 }], ['Add', 'l m', 'y']], // prettier-ignore
  'squeeze and excite': [['GlobalAveragePool', 'c', 'g'], ['Conv', 'g v', 'e'], ['Sigmoid', 'e', 's'], ['Mul', 'c s', 'y']], // prettier-ignore
  BatchNormalization: [['BatchNormalization', 'c one1 zero1 zero1 one1', 'y']],
  InstanceNormalization: [['InstanceNormalization', 'c one1 zero1', 'y']],
  LRN: [['LRN', 'c', 'y', { size: 3 }]],
  MaxPool: [['MaxPool', 'c', 'y', { kernel_shape: [2, 2], strides: [2, 2] }]],
  'MaxPool with indices': [['MaxPool', 'c', 'y i', { kernel_shape: [2, 2] }]],
  AveragePool: [['AveragePool', 'c', 'y', { kernel_shape: [2, 2], pads: [1, 1, 0, 0] }]],
  'AveragePool, padding counted': [['AveragePool', 'c', 'y', { kernel_shape: [2, 2], pads: [1, 1, 0, 0], count_include_pad: 1 }]], // prettier-ignore
  GlobalAveragePool: [['GlobalAveragePool', 'c', 'y']],
  GlobalMaxPool: [['GlobalMaxPool', 'c', 'y']],
  LpPool: [['LpPool', 'c', 'y', { kernel_shape: [2, 2] }]],
  'ReduceMean over the map': [['ReduceMean', 'c', 'y', { axes: [2, 3], keepdims: 1 }]],
  'ReduceMean without the map': [['ReduceMean', 'c', 'y', { axes: [-2, -1], keepdims: 0 }]],
  'ReduceMean of channels': [['ReduceMean', 'c', 'y', { axes: [1], keepdims: 1 }]],
  'Resize nearest': [['Resize', 'c _ scales', 'y', { mode: 'nearest' }]],
  'Resize linear': [['Resize', 'c _ scales', 'y', { mode: 'linear' }]],
  'Resize cubic': [['Resize', 'c _ scales', 'y', { mode: 'cubic' }]],
  'Resize to sizes': [['Resize', 'c _ _ sizes', 'y', { mode: 'nearest' }]],
  'Pad constant': [['Pad', 'c pads', 'y']],
  'Pad with another value': [['Pad', 'c pads six', 'y']],
  'Pad reflect': [['Pad', 'c pads', 'y', { mode: 'reflect' }]],
  'Pad edge': [['Pad', 'c pads', 'y', { mode: 'edge' }]],
  DepthToSpace: [['DepthToSpace', 'c', 'y', { blocksize: 2 }]],
  SpaceToDepth: [['SpaceToDepth', 'c', 'y', { blocksize: 2 }]],
  'pixel shuffle in parts': [['Reshape', 'c shuffled', 's'], ['Transpose', 's', 't', { perm: [0, 1, 4, 2, 5, 3] }], ['Reshape', 't unshuffled', 'y']], // prettier-ignore
  Softmax: [['Softmax', 'c', 'y', { axis: 1 }]],
  ArgMax: [['ArgMax', 'c', 'y', { axis: 1 }], ['Relu', 'c', 'z']], // prettier-ignore
  'sum with a constant': [['Add', 'c three', 'y']],
  'times a constant of channels': [['Mul', 'c slope', 'y']],
  'minus a constant': [['Sub', 'c three', 'y']],
};

const followerWeights = () => ({
  w: weight([16, 8, 3, 3]),
  b: bias(16),
  v: weight([16, 16, 1, 1]),
  zero: floats([], [0]),
  three: floats([], [3]),
  six: floats([], [6]),
  slope: noise([16, 1, 1], 9, 0.3),
  one1: floats(
    [16],
    Array.from({ length: 16 }, (_, channel) => 0.8 + channel / 40),
  ),
  zero1: floats([16], Array(16).fill(0.1) as number[]),
  scales: floats([4], [1, 1, 2, 2]),
  sizes: integers([1, 16, 12, 12]),
  pads: integers([0, 0, 1, 1, 0, 0, 1, 1]),
  shuffled: integers([-1, 4, 2, 2, 8, 8]),
  unshuffled: integers([-1, 4, 16, 16]),
});

function behindConvolutions(): Entry[] {
  return Object.entries(followers).map(([name, nodes]) =>
    entry(`Conv, ${name}`, {
      inputs: { x: [1, 8, 8, 8] },
      outputs: name === 'ArgMax' ? 'y z' : 'y',
      nodes: [op('Conv', 'x w b', 'c', { pads: [1, 1, 1, 1] }), ...nodes.map((node) => op(...node))],
      weights: followerWeights(),
    }),
  );
}

function transposed(name: string, dims: Dims, filter: readonly number[], attributes: Attributes): Entry {
  return entry(`ConvTranspose ${name}`, {
    inputs: { x: dims },
    outputs: 'y',
    nodes: [op('Conv', 'x k', 'c'), op('ConvTranspose', 'c w b', 'y', attributes)],
    weights: {
      k: weight([8, 8, ...filter.slice(2).map(() => 1)]),
      w: weight(filter, filter[0]! * filter.slice(2).reduce((product, size) => product * size, 1)),
      b: bias(filter[1]! * (Number(attributes['group'] ?? 1))),
    },
  }); // prettier-ignore
}

/** A whole small network, with the dimension of the batch as exporters write it. */
function classifier(name: string, batch: number | string): Entry {
  return entry(`small classifier, batch ${name}`, {
    inputs: { x: [batch, 3, 12, 12] },
    outputs: 'scores',
    nodes: [
      op('Conv', 'x w b', 'c', { strides: [2, 2], pads: [1, 1, 1, 1] }),
      op('Relu', 'c', 'r'),
      op('Conv', 'r v a', 'd', { group: 16, pads: [1, 1, 1, 1] }),
      op('Clip', 'd zero six', 'e'),
      op('GlobalAveragePool', 'e', 'g'),
      op('Flatten', 'g', 'f'),
      op('Gemm', 'f u t', 'scores', { transB: 1 }),
    ],
    weights: {
      w: weight([16, 3, 3, 3]),
      b: bias(16),
      v: weight([16, 1, 3, 3]),
      a: bias(16),
      u: weight([10, 16]),
      t: bias(10),
      zero: floats([], [0]),
      six: floats([], [6]),
    },
  });
}

export function convolutions(): Entry[] {
  return [
    ...convolutionForms(),
    ...behindConvolutions(),
    transposed('1-D', ['N', 8, 16], [8, 4, 3], { strides: [2] }),
    transposed('2-D', ['N', 8, 6, 6], [8, 4, 2, 2], { strides: [2, 2] }),
    transposed('2-D, padding of its output', ['N', 8, 6, 6], [8, 4, 3, 3], { strides: [2, 2], output_padding: [1, 1] }),
    transposed('2-D grouped', ['N', 8, 6, 6], [8, 2, 3, 3], { group: 4 }),
    transposed('3-D', ['N', 8, 4, 4, 4], [8, 4, 2, 2, 2], { strides: [2, 2, 2] }),
    classifier('of one', 1),
    classifier('of four', 4),
    classifier('open', 'N'),
    entry('filters computed from the input', {
      inputs: { x: [1, 4, 8, 8], k: [4, 4, 3, 3] },
      outputs: 'y',
      nodes: [op('Conv', 'x k', 'c'), op('Conv', 'c w', 'y')],
      weights: { w: weight([4, 4, 1, 1]) },
    }),
    entry('convolution between two transposes', {
      inputs: { x: ['N', 8, 8, 4] },
      outputs: 'y',
      nodes: [
        op('Transpose', 'x', 't', { perm: [0, 3, 1, 2] }),
        op('Conv', 't w b', 'c'),
        op('Relu', 'c', 'r'),
        op('Transpose', 'r', 'u', { perm: [0, 2, 3, 1] }),
        op('MatMul', 'u m', 'y'),
      ],
      weights: { w: weight([16, 4, 3, 3]), b: bias(16), m: matrix(16, 8) },
    }),
  ];
}
