import { create } from '@bufbuild/protobuf';
import {
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type ModelProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { floats, integers, op } from '../build-model.ts';
import { value } from '../control-flow-model.ts';
import { bias, entry, matrix, model, weight, type Entry, type Sketch } from './entry.ts';

/** Convolution, pooling and a dense layer, by operators that every opset has. */
const network = (opset: number): Sketch => ({
  opset,
  inputs: { x: [1, 4, 8, 8] },
  outputs: 'y',
  nodes: [
    op('Conv', 'x w b', 'c'), op('Relu', 'c', 'r'), op('MaxPool', 'r', 'm', { kernel_shape: [2, 2], strides: [2, 2] }),
    op('Reshape', 'm s', 'f'), op('Gemm', 'f v t', 'y'),
  ],
  weights: { w: weight([8, 4, 3, 3]), b: bias(8), s: integers([1, -1]), v: matrix(72, 10), t: bias(10) },
}); // prettier-ignore

const tokens = (opset: number): Sketch => ({
  opset,
  inputs: { x: ['N', 5, 32] },
  outputs: 'y',
  nodes: [op('MatMul', 'x w', 'p'), op('Add', 'p b', 'h'), op('Sigmoid', 'h', 'g'), op('Mul', 'h g', 'a'), op('MatMul', 'a v', 'y')],
  weights: { w: matrix(32, 24), b: bias(24), v: matrix(24, 8) },
}); // prettier-ignore

export const dense = (): Sketch => ({
  inputs: { x: ['N', 32] },
  outputs: 'y',
  nodes: [op('Gemm', 'x w b', 'h'), op('Relu', 'h', 'r'), op('Gemm', 'r v', 'y')],
  weights: { w: matrix(32, 24), b: bias(24), v: matrix(24, 8) },
});

function versions(): Entry[] {
  const opsets = Array.from({ length: 18 }, (_, index) => 7 + index);
  const irVersions = Array.from({ length: 11 }, (_, index) => 3 + index);
  return [
    ...opsets.map((opset) => entry(`opset ${opset}, convolutions`, network(opset))),
    ...opsets.map((opset) => entry(`opset ${opset}, products`, tokens(opset))),
    ...irVersions.map((irVersion) => {
      const made = model({ ...network(irVersion < 4 ? 8 : 11), irVersion });
      // Before IR 4 every initializer had to be an input too.
      if (irVersion < 4) listInitializers(made);
      return { name: `IR version ${irVersion}`, model: made };
    }),
  ];
}

function listInitializers(made: ModelProto): void {
  const graph = made.graph!;
  for (const { name, dims, dataType } of graph.initializer)
    graph.input.push(value(name, dims.map(Number), dataType === 7 ? 'int64' : 'float32'));
}

function changed(
  name: string,
  sketch: Sketch,
  change: (made: ModelProto) => void,
  more: Omit<Entry, 'name' | 'model'> = {},
): Entry {
  const made = model(sketch);
  change(made);
  return { name, model: made, ...more };
}

const naming = (): Entry[] => [
  changed('nodes without names', dense(), ({ graph }) => graph!.node.forEach((node) => (node.name = ''))),
  changed('two nodes of one name', dense(), ({ graph }) => graph!.node.forEach((node) => (node.name = 'layer')), { refusal: /two of its nodes/ }),
  changed('names with slashes, colons and spaces', dense(), ({ graph }) => graph!.node.forEach((node, i) => (node.name = `/model: layer.${i}/ "x"`))),
  changed('nodes out of order', dense(), ({ graph }) => graph!.node.reverse()),
  changed('a graph without a name', dense(), ({ graph }) => (graph!.name = '')),
  changed('initializers listed as inputs', dense(), listInitializers),
  changed('an initializer that nothing reads', dense(), ({ graph }) => graph!.initializer.push(makeTensor('idle', bias(3)))),
  changed('a node that nothing reads', dense(), ({ graph }) => graph!.node.push(op('Tanh', 'h', 'idle'))),
  changed('values described in the graph', dense(), ({ graph }) => graph!.valueInfo.push(value('h', [1, 24]), value('r', [1, 24]))),
  changed('weights as single floats', dense(), ({ graph }) => {
    graph!.initializer = graph!.initializer.map((tensor) =>
      tensor.dataType !== 1
        ? tensor
        : create(TensorProtoSchema, { name: tensor.name, dims: tensor.dims, dataType: 1, floatData: [...new Float32Array(Uint8Array.from(tensor.rawData).buffer)] }),
    );
  }),
  changed('an output that is an input', dense(), ({ graph }) => graph!.output.push(create(ValueInfoProtoSchema, { name: 'x' }))),
  changed('an output inside', dense(), ({ graph }) => graph!.output.push(create(ValueInfoProtoSchema, { name: 'h' }))),
  changed('a domain written out', dense(), (made) => {
    made.opsetImport[0]!.domain = 'ai.onnx';
    for (const node of made.graph!.node) node.domain = 'ai.onnx';
  }),
]; // prettier-ignore

const kinds = (): Entry[] => [
  entry('open batch and length', { ...tokens(17), inputs: { x: ['N', 'S', 32] } }, { dims: { S: 7 } }),
  entry('open height and width', {
    inputs: { x: ['N', 4, 'H', 'W'] },
    outputs: 'y',
    nodes: [op('Conv', 'x w b', 'c'), op('Relu', 'c', 'r'), op('GlobalAveragePool', 'r', 'g'), op('Flatten', 'g', 'f'), op('Gemm', 'f v', 'y')],
    weights: { w: weight([8, 4, 3, 3]), b: bias(8), v: matrix(8, 5) },
  }, { dims: { H: 9, W: 11 } }),
  entry('shapes computed from the input', {
    inputs: { x: ['N', 'S', 32] },
    outputs: 'y',
    nodes: [
      op('Shape', 'x', 's'), op('Gather', 's two', 'd'), op('Concat', 'minus d', 't', { axis: 0 }), op('Reshape', 'x t', 'f'), op('MatMul', 'f w', 'p'),
      op('Slice', 's zero two', 'bs'), op('Concat', 'bs minus', 'u', { axis: 0 }), op('Reshape', 'p u', 'y'),
    ],
    weights: { two: integers([2]), zero: integers([0]), minus: integers([-1]), w: matrix(32, 16) },
  }, { dims: { S: 4 } }),
  entry('several inputs and outputs', {
    inputs: { x: ['N', 32], z: ['N', 24] },
    outputs: 'y h u',
    nodes: [op('Gemm', 'x w b', 'h'), op('Add', 'h z', 's'), op('Gemm', 's v', 'y'), op('Sigmoid', 'y', 'u')],
    weights: { w: matrix(32, 24), b: bias(24), v: matrix(24, 8) },
  }),
  entry('a length of int32', {
    inputs: { x: [1, 6, 32], n: [1] },
    types: { n: 'int32' },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'h'), op('Cast', 'n', 'f', { to: 1 }), op('Add', 'h f', 'y')],
    weights: { w: matrix(32, 16) },
  }),
  entry('bytes as input', {
    inputs: { x: [1, 4, 8, 8] },
    types: { x: 'uint8' },
    outputs: 'y',
    nodes: [op('Cast', 'x', 'f', { to: 1 }), op('Div', 'f top', 'n'), op('Conv', 'n w b', 'y')],
    weights: { top: floats([], [255]), w: weight([8, 4, 3, 3]), b: bias(8) },
  }),
  entry('a switch of bool', {
    inputs: { x: ['N', 32], on: ['N', 16] },
    types: { on: 'bool' },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'h'), op('Not', 'on', 'off'), op('Where', 'off h zero', 'y')],
    weights: { w: matrix(32, 16), zero: floats([], [0]) },
  }),
  entry('doubles', {
    inputs: { x: ['N', 32] },
    types: { x: 'float64' },
    outputs: 'y',
    nodes: [op('Cast', 'x', 'f', { to: 1 }), op('MatMul', 'f w', 'h'), op('Cast', 'h', 'y', { to: 11 })],
    weights: { w: matrix(32, 16) },
  }),
  entry('a number of integers beside the scores', {
    inputs: { x: ['N', 32] },
    outputs: 'y label',
    nodes: [op('Gemm', 'x w b', 'y'), op('ArgMax', 'y', 'label', { axis: 1, keepdims: 0 })],
    weights: { w: matrix(32, 16), b: bias(16) },
  }),
  entry('a sequence beside the scores', {
    inputs: { x: ['N', 32] },
    outputs: 'y parts',
    nodes: [op('Gemm', 'x w b', 'y'), op('SplitToSequence', 'y', 'parts', { axis: 1 })],
    weights: { w: matrix(32, 16), b: bias(16) },
  }),
  entry('a sequence inside', {
    inputs: { x: [1, 32] },
    outputs: 'y',
    nodes: [op('Gemm', 'x w b', 'h'), op('SequenceConstruct', 'h h', 'q'), op('ConcatFromSequence', 'q', 'c', { axis: 1 }), op('MatMul', 'c v', 'y')],
    weights: { w: matrix(32, 16), b: bias(16), v: matrix(32, 8) },
  }),
  entry('nothing but a sequence', {
    inputs: { x: [1, 32] },
    outputs: 'parts',
    nodes: [op('Gemm', 'x w b', 'y'), op('SplitToSequence', 'y', 'parts', { axis: 1 })],
    weights: { w: matrix(32, 16), b: bias(16) },
  }, { refusal: /none of the outputs/ }),
  entry('inputs left out', {
    inputs: { x: [1, 4, 8, 8] },
    outputs: 'y',
    nodes: [op('Conv', 'x w _', 'c'), op('Clip', 'c _ _', 'k'), op('Resize', 'k _ s _', 'y')],
    weights: { w: weight([8, 4, 3, 3]), s: floats([4], [1, 1, 2, 2]) },
  }),
  entry('no weights at all', { inputs: { x: ['N', 32] }, outputs: 'y', nodes: [op('Tanh', 'x', 't'), op('Exp', 't', 'y')] }, { refusal: /Nothing in/ }),
  entry('strings inside', {
    inputs: { x: [1, 32] },
    outputs: 'y',
    nodes: [op('Gemm', 'x w b', 'h'), op('Cast', 'h', 's', { to: 8 }), op('Cast', 's', 'n', { to: 1 }), op('MatMul', 'n v', 'y')],
    weights: { w: matrix(32, 16), b: bias(16), v: matrix(16, 8) },
  }),
]; // prettier-ignore

const half = ({ dims, data }: Tensor): Tensor => ({
  dataType: 'float16',
  dims,
  data: Uint16Array.from([...data].map(Number), toFloat16Bits),
});
const bytes = (dims: readonly number[], type: 'int8' | 'uint8'): Tensor => {
  const count = dims.reduce((product, dim) => product * dim, 1);
  const data = type === 'int8' ? Int8Array.from({ length: count }, (_, i) => ((i * 37) % 127) - 63) : Uint8Array.from({ length: count }, (_, i) => (i * 37) % 255);
  return { dataType: type, dims, data };
}; // prettier-ignore
const zero = (type: 'int8' | 'uint8'): Tensor => ({
  dataType: type,
  dims: [],
  data: type === 'int8' ? Int8Array.of(0) : Uint8Array.of(128),
});

const reduced = (): Entry[] => [
  entry('half floats throughout', {
    inputs: { x: ['N', 32] },
    types: { x: 'float16' },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'h'), op('Relu', 'h', 'r'), op('MatMul', 'r v', 'y')],
    weights: { w: half(matrix(32, 24)), v: half(matrix(24, 8)) },
  }),
  entry('half floats between casts', {
    inputs: { x: [1, 4, 8, 8] },
    outputs: 'y',
    nodes: [op('Cast', 'x', 'a', { to: 10 }), op('Conv', 'a w', 'c'), op('Relu', 'c', 'r'), op('Cast', 'r', 'y', { to: 1 })],
    weights: { w: half(weight([8, 4, 3, 3])) },
  }),
  entry('one layer in half floats', {
    inputs: { x: ['N', 32] },
    outputs: 'y',
    nodes: [op('MatMul', 'x u', 'f'), op('Cast', 'f', 'a', { to: 10 }), op('MatMul', 'a w', 'c'), op('Cast', 'c', 'd', { to: 1 }), op('MatMul', 'd v', 'y')],
    weights: { u: matrix(32, 32), w: half(matrix(32, 24)), v: matrix(24, 8) },
  }),
  entry('one layer quantized already', {
    inputs: { x: ['N', 4, 8, 8] },
    outputs: 'y',
    nodes: [
      op('Conv', 'x u', 'f'), op('QuantizeLinear', 'f s zu', 'q'), op('DequantizeLinear', 'q s zu', 'd'), op('DequantizeLinear', 'w t zi', 'dw'), op('Conv', 'd dw', 'c'),
      op('Relu', 'c', 'r'), op('Conv', 'r v', 'y'),
    ],
    weights: { u: weight([4, 4, 3, 3]), w: bytes([8, 4, 3, 3], 'int8'), v: weight([4, 8, 1, 1]), s: floats([], [0.03]), t: floats([], [0.004]), zu: zero('uint8'), zi: zero('int8') },
  }, { floorsDb: { 'float16-weights': 40 } }),
  entry('an integer convolution beside a float one', {
    inputs: { x: ['N', 4, 8, 8] },
    outputs: 'y',
    nodes: [op('QuantizeLinear', 'x s zu', 'q'), op('QLinearConv', 'q s zu w t zi s zu', 'c'), op('DequantizeLinear', 'c s zu', 'd'), op('Conv', 'd v', 'y')],
    weights: { w: bytes([8, 4, 3, 3], 'int8'), v: weight([4, 8, 1, 1]), s: floats([], [0.03]), t: floats([], [0.004]), zu: zero('uint8'), zi: zero('int8') },
  }),
  entry('a dynamic product beside a float one', {
    inputs: { x: [4, 32] },
    outputs: 'y',
    nodes: [op('DynamicQuantizeLinear', 'x', 'q s z'), op('MatMulInteger', 'q w z zi', 'i'), op('Cast', 'i', 'f', { to: 1 }), op('Mul', 'f s', 'g'), op('Mul', 'g t', 'h'), op('MatMul', 'h v', 'y')],
    weights: { w: bytes([32, 24], 'int8'), v: matrix(24, 8), t: floats([], [0.004]), zi: zero('int8') },
  }, { floorsDb: { 'int8-static': 12, auto: 12 } }),
  entry('packed weights beside float ones', {
    inputs: { x: [4, 32] },
    outputs: 'y',
    nodes: [op('MatMulNBits', 'x w s', 'h', { K: 32, N: 16, bits: 4, block_size: 32 }, 'com.microsoft'), op('MatMul', 'h v', 'y')],
    weights: { w: bytes([16, 1, 16], 'uint8'), s: floats([16], Array(16).fill(0.03) as number[]), v: matrix(16, 8) },
  }),
  entry('nothing left to quantize', {
    inputs: { x: [4, 32] },
    outputs: 'y',
    nodes: [op('QuantizeLinear', 'x s zu', 'q'), op('DequantizeLinear', 'q s zu', 'd'), op('DequantizeLinear', 'w t zi', 'dw'), op('MatMul', 'd dw', 'y')],
    weights: { w: bytes([32, 24], 'int8'), s: floats([], [0.03]), t: floats([], [0.004]), zu: zero('uint8'), zi: zero('int8') },
  }),
]; // prettier-ignore

export function habits(): Entry[] {
  return [...versions(), ...naming(), ...kinds(), ...reduced()];
}
