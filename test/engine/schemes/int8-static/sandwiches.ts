import type { ModelProto, NodeProto } from '../../../../electron/engine/onnx/proto/onnx_pb.js';
import type { Tensor } from '../../../../electron/engine/tensor/tensor.ts';
import { buildModel, floats, integers, noise, op } from '../../build-model.ts';

/** An operator between two convolutions. */
export interface Sandwich {
  readonly name: string;
  /** Nodes from `a` (N x 8 x 8 x 8) to `m`. */
  readonly nodes: (opset: number) => readonly NodeProto[];
  /** Channels of `m`. */
  readonly channels?: number;
  readonly weights?: Readonly<Record<string, Tensor>>;
  /** What the operator becomes, besides the convolutions around it. */
  readonly becomes: Readonly<Record<string, number>>;
  /** First opset it takes int8 from. */
  readonly from?: number;
  /** False where branches keep int8 activations (not uint8 ones) from fusing: see "int8 activations". */
  readonly signed?: boolean;
}

export const same = { pads: [1, 1, 1, 1] };
const pool = { kernel_shape: [2, 2], strides: [2, 2] };
const half = (opset: number) => ({ axis: 1, ...(opset >= 18 ? { num_outputs: 2 } : {}) });

export const sandwiches: readonly Sandwich[] = [
  { name: 'Conv', nodes: () => [op('Conv', 'a w3', 'm', same)], becomes: { QLinearConv: 1 } },
  { name: 'Relu', nodes: () => [op('Relu', 'a', 'm')], becomes: {}, signed: false },
  {
    name: 'Clip',
    nodes: () => [op('Clip', 'a low high', 'm')],
    weights: { low: floats([], [0]), high: floats([], [1]) },
    becomes: {},
    signed: false,
  },
  {
    name: 'LeakyRelu',
    nodes: () => [op('LeakyRelu', 'a', 'm', { alpha: { float: 0.1 } })],
    becomes: { QLinearLeakyRelu: 1 },
  },
  { name: 'Sigmoid', nodes: () => [op('Sigmoid', 'a', 'm')], becomes: { QLinearSigmoid: 1 } },
  { name: 'Softmax', nodes: () => [op('Softmax', 'a', 'm', { axis: 3 })], becomes: { QLinearSoftmax: 1 } },
  {
    name: 'Mul (SiLU)',
    nodes: () => [op('Sigmoid', 'a', 's'), op('Mul', 'a s', 'm')],
    becomes: { QLinearMul: 1, QLinearSigmoid: 1 },
    signed: false,
  },
  {
    name: 'Mul (squeeze and excitation)',
    nodes: () => [
      op('GlobalAveragePool', 'a', 'g'),
      op('Conv', 'g excite', 'e'),
      op('Sigmoid', 'e', 's'),
      op('Mul', 'a s', 'm'),
    ],
    weights: { excite: noise([8, 8, 1, 1], 5, 0.3) },
    becomes: { QLinearConv: 1, QLinearGlobalAveragePool: 1, QLinearMul: 1, QLinearSigmoid: 1 },
    signed: false,
  },
  {
    name: 'Mul with a constant',
    nodes: () => [op('Mul', 'a k', 'm')],
    weights: { k: noise([1, 8, 1, 1], 9) },
    becomes: { QLinearMul: 1 },
    signed: false,
  },
  {
    name: 'Add (residual)',
    nodes: () => [op('Conv', 'a w3', 'r', same), op('Add', 'a r', 'm')],
    becomes: { QLinearConv: 1, QLinearAdd: 1 },
    signed: false,
  },
  {
    name: 'Add and Relu (residual)',
    nodes: () => [op('Conv', 'a w3', 'r', same), op('Add', 'a r', 't'), op('Relu', 't', 'm')],
    becomes: { QLinearConv: 1, QLinearAdd: 1 },
    signed: false,
  },
  {
    name: 'Add with a constant',
    nodes: () => [op('Add', 'a k', 'm')],
    weights: { k: noise([1, 8, 1, 1], 9) },
    becomes: { QLinearAdd: 1 },
    signed: false,
  },
  {
    name: 'Concat',
    nodes: () => [op('Conv', 'a w3', 'r', same), op('Concat', 'a r', 'm', { axis: 1 })],
    channels: 16,
    becomes: { QLinearConv: 1, QLinearConcat: 1 },
    signed: false,
  },
  { name: 'AveragePool', nodes: () => [op('AveragePool', 'a', 'm', pool)], becomes: { QLinearAveragePool: 1 } },
  {
    name: 'GlobalAveragePool',
    nodes: () => [op('GlobalAveragePool', 'a', 'm')],
    becomes: { QLinearGlobalAveragePool: 1 },
  },
  { name: 'MaxPool', nodes: () => [op('MaxPool', 'a', 'm', pool)], becomes: { NhwcMaxPool: 1 }, from: 12 },
  {
    name: 'Resize',
    nodes: () => [
      op('Resize', 'a roi scales', 'm', {
        mode: 'nearest',
        coordinate_transformation_mode: 'asymmetric',
        nearest_mode: 'floor',
      }),
    ],
    weights: { roi: floats([0], []), scales: floats([4], [1, 1, 2, 2]) },
    becomes: { Resize: 1 },
  },
  {
    name: 'Reshape',
    nodes: () => [op('Reshape', 'a shape', 'm')],
    channels: 16,
    weights: { shape: integers([-1, 16, 4, 8]) },
    becomes: { Reshape: 1 },
  },
  {
    name: 'Flatten',
    nodes: () => [op('Flatten', 'a', 'f'), op('Reshape', 'f shape', 'm')],
    weights: { shape: integers([-1, 8, 8, 8]) },
    becomes: { Flatten: 1, Reshape: 1 },
  },
  { name: 'Transpose', nodes: () => [op('Transpose', 'a', 'm', { perm: [0, 1, 3, 2] })], becomes: {} },
  {
    name: 'Squeeze and Unsqueeze',
    nodes: (opset) =>
      opset < 13
        ? [op('Unsqueeze', 'a', 'u', { axes: [0] }), op('Squeeze', 'u', 'm', { axes: [0] })]
        : [op('Unsqueeze', 'a first', 'u'), op('Squeeze', 'u first', 'm')],
    weights: { first: integers([0]) },
    becomes: { Squeeze: 1, Unsqueeze: 1 },
  },
  {
    name: 'Slice',
    nodes: () => [op('Slice', 'a start end axis', 'm')],
    channels: 4,
    weights: { start: integers([0]), end: integers([4]), axis: integers([1]) },
    becomes: { Slice: 1 },
  },
  {
    name: 'Gather',
    nodes: () => [op('Gather', 'a indices', 'm', { axis: 1 })],
    channels: 3,
    weights: { indices: integers([5, 0, 3]) },
    becomes: { Gather: 1 },
  },
  {
    name: 'Split',
    nodes: (opset) => [op('Split', 'a', 's1 s2', half(opset)), op('Add', 's2 s1', 'm')],
    channels: 4,
    becomes: { Split: 1, QLinearAdd: 1 },
  },
  {
    name: 'Split and Concat',
    nodes: (opset) => [op('Split', 'a', 's1 s2', half(opset)), op('Concat', 's2 s1', 'm', { axis: 1 })],
    becomes: { Split: 1, QLinearConcat: 1 },
  },
  { name: 'Identity', nodes: () => [op('Identity', 'a', 'm')], becomes: {} },
  {
    name: 'Pad with zeros',
    nodes: () => [op('Pad', 'a pads', 'm')],
    weights: { pads: integers([0, 0, 1, 1, 0, 0, 1, 1]) },
    becomes: { Pad: 1 },
    from: 13,
    signed: false,
  },
  {
    name: 'Pad by reflection',
    nodes: () => [op('Pad', 'a pads', 'm', { mode: 'reflect' })],
    weights: { pads: integers([0, 0, 1, 1, 0, 0, 1, 1]) },
    becomes: { Pad: 1 },
    from: 13,
    signed: false,
  },
  {
    name: 'DepthToSpace',
    nodes: () => [op('DepthToSpace', 'a', 'm', { blocksize: 2 })],
    channels: 2,
    becomes: { DepthToSpace: 1 },
    signed: false,
  },
  {
    name: 'SpaceToDepth',
    nodes: () => [op('SpaceToDepth', 'a', 'm', { blocksize: 2 })],
    channels: 32,
    becomes: { SpaceToDepth: 1 },
    signed: false,
  },
];

export const samples = [0, 1, 2].map((index) => ({ x: noise([2, 4, 8, 8], 10 + index) }));

export function buildSandwich({ nodes, channels = 8, weights = {} }: Sandwich, opset: number): ModelProto {
  const inner = nodes(opset);
  const all: Record<string, Tensor> = {
    w1: noise([8, 4, 3, 3], 1, 0.2),
    b1: noise([8], 2, 0.1),
    w2: noise([4, channels, 1, 1], 3, 0.4),
    b2: noise([4], 4, 0.1),
    w3: noise([8, 8, 3, 3], 8, 0.15),
    ...weights,
  };
  const used = new Set(['w1', 'b1', 'w2', 'b2', ...inner.flatMap((node) => node.input)]);
  return buildModel({
    opset,
    inputs: { x: [2, 4, 8, 8] },
    outputs: 'y',
    nodes: [op('Conv', 'x w1 b1', 'a', same), ...inner, op('Conv', 'm w2 b2', 'y')],
    weights: Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name))),
  });
}
