import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type NodeProto,
} from '../../../electron/engine/onnx/proto/onnx_pb.js';
import { makeTensor } from '../../../electron/engine/onnx/tensor-proto.ts';
import { toFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import type { Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { floats, integers, op } from '../build-model.ts';
import { bias, entry, matrix, weight, type Entry, type Sketch } from './entry.ts';

const half = ({ dims, data }: Tensor): Tensor => ({
  dataType: 'float16',
  dims,
  data: Uint16Array.from([...data].map(Number), toFloat16Bits),
});
const double = ({ dims, data }: Tensor): Tensor => ({
  dataType: 'float64',
  dims,
  data: Float64Array.from([...data].map(Number)),
});
const with_ = ({ dims, data }: Tensor, change: (value: number, index: number) => number): Tensor =>
  floats(
    dims,
    [...data].map((v, i) => change(Number(v), i)),
  );

function constant(tensor: Tensor, output: string): NodeProto {
  const node = op('Constant', '', output);
  node.attribute.push(
    create(AttributeProtoSchema, { name: 'value', type: AttributeType.TENSOR, t: makeTensor('', tensor) }),
  );
  return node;
}

/** A matrix `w` of 32 x 16 behind nodes, and a product of it. */
function behind(name: string, nodes: readonly NodeProto[], weights: Sketch['weights']): Entry {
  return entry(`weight behind ${name}`, {
    inputs: { x: ['N', 32] },
    outputs: 'y',
    nodes: [...nodes, op('MatMul', 'x w', 'y')],
    weights: weights!,
  });
}

const w16 = () => matrix(32, 16);

const positions = (): Entry[] => [
  behind('Constant', [constant(w16(), 'w')], {}),
  behind('Identity', [op('Identity', 'v', 'w')], { v: w16() }),
  behind('Transpose', [op('Transpose', 'v', 'w', { perm: [1, 0] })], { v: weight([16, 32]) }),
  behind('Reshape', [op('Reshape', 'v s', 'w')], { v: weight([4, 8, 16], 32), s: integers([32, 16]) }),
  behind('Cast of float16', [op('Cast', 'v', 'w', { to: 1 })], { v: half(w16()) }),
  behind('Cast of double', [op('Cast', 'v', 'w', { to: 1 })], { v: double(w16()) }),
  behind('Concat', [op('Concat', 'u v', 'w', { axis: 1 })], { u: matrix(32, 8), v: matrix(32, 8) }),
  behind('Slice', [op('Slice', 'v a b c', 'w')], { v: matrix(40, 16), a: integers([4]), b: integers([36]), c: integers([0]) }),
  behind('Split', [op('Split', 'v', 'w u', { axis: 1 })], { v: matrix(32, 32) }),
  behind('Squeeze', [op('Squeeze', 'v a', 'w')], { v: weight([1, 32, 16], 32), a: integers([0]) }),
  behind('Mul by a norm', [op('Mul', 'v g', 'w')], { v: w16(), g: floats([16], Array.from({ length: 16 }, (_, i) => 0.8 + i / 40)) }),
  behind('Add of a low-rank part', [op('MatMul', 'l r', 'p'), op('Add', 'v p', 'w')], { v: w16(), l: matrix(32, 2), r: matrix(2, 16) }),
  behind('three Identities', [op('Identity', 'v', 'i'), op('Identity', 'i', 'j'), op('Identity', 'j', 'w')], { v: w16() }),
  behind('DequantizeLinear', [op('DequantizeLinear', 'v s z', 'w')], {
    v: { dataType: 'int8', dims: [32, 16], data: Int8Array.from({ length: 512 }, (_, i) => ((i * 37) % 255) - 127) },
    s: floats([], [0.002]),
    z: { dataType: 'int8', dims: [], data: Int8Array.of(0) },
  }),
]; // prettier-ignore

function shared(name: string, sketch: Omit<Sketch, 'inputs' | 'outputs'> & Partial<Sketch>): Entry {
  return entry(`shared: ${name}`, { inputs: { x: [4, 32] }, outputs: 'y', ...sketch });
}

const sharing = (): Entry[] => [
  shared('two products of one weight', { nodes: [op('MatMul', 'x w', 'h'), op('Relu', 'h', 'r'), op('MatMul', 'r w', 'y')], weights: { w: matrix(32, 32) } }),
  shared('once as it is, once transposed', { nodes: [op('Gemm', 'x w', 'h'), op('Gemm', 'h w', 'y', { transB: 1 })], weights: { w: matrix(32, 32) } }),
  shared('by a product and a sum', { nodes: [op('MatMul', 'x w', 'h'), op('Add', 'h w', 'y')], weights: { w: matrix(32, 32) }, inputs: { x: [32, 32] } }),
  shared('by a product and an output', { nodes: [op('MatMul', 'x w', 'y'), op('Identity', 'w', 'z')], weights: { w: w16() }, outputs: 'y z' }),
  shared('a weight that is an output', { nodes: [op('MatMul', 'x w', 'y')], weights: { w: w16() }, outputs: 'y w' }),
  shared('one bias for two layers', { nodes: [op('Gemm', 'x w b', 'h'), op('Gemm', 'h v b', 'y')], weights: { w: matrix(32, 32), v: matrix(32, 32), b: bias(32) } }),
  shared('two convolutions of one filter', {
    inputs: { x: [1, 8, 8, 8] },
    nodes: [op('Conv', 'x w b', 'c', { pads: [1, 1, 1, 1] }), op('Relu', 'c', 'r'), op('Conv', 'r w b', 'y', { dilations: [2, 2] })],
    weights: { w: weight([8, 8, 3, 3]), b: bias(8) },
  }),
  shared('the same values twice', { nodes: [op('MatMul', 'x w', 'h'), op('MatMul', 'h v', 'y')], weights: (() => { const w = matrix(32, 32); return { w, v: w }; })() }),
]; // prettier-ignore

function values(name: string, made: Tensor, more: Omit<Entry, 'name' | 'model'> = {}): Entry[] {
  const isMatrix = made.dims.length === 2;
  return [
    entry(
      `values: ${name}`,
      {
        inputs: { x: isMatrix ? ['N', made.dims[0]!] : ['N', made.dims[1]!, 6, 6] },
        outputs: 'y',
        nodes: [isMatrix ? op('Gemm', 'x w b', 'y') : op('Conv', 'x w b', 'y')],
        weights: { w: made, b: bias(made.dims[isMatrix ? 1 : 0]!) },
      },
      more,
    ),
  ];
}

const strange = (): Entry[] => [
  ...values('all zero', with_(w16(), () => 0)),
  ...values('one column zero', with_(w16(), (v, i) => (i % 16 === 3 ? 0 : v))),
  ...values('one filter zero', with_(weight([8, 4, 3, 3]), (v, i) => (i < 36 ? 0 : v))),
  ...values('all alike', with_(w16(), () => 0.25)),
  ...values('denormal', with_(w16(), (v) => v * 1e-40)),
  ...values('denormal filters', with_(weight([8, 4, 3, 3]), (v) => v * 1e-40)),
  ...values('one tiny column', with_(w16(), (v, i) => (i % 16 === 3 ? v * 1e-30 : v))),
  ...values('huge', with_(w16(), (v) => v * 1e30)),
  ...values('huge filters', with_(weight([8, 4, 3, 3]), (v) => v * 1e30)),
  ...values('beyond half floats', with_(w16(), (v) => v * 1e6)),
  ...values('one far away', with_(w16(), (v, i) => (i === 77 ? 40 : v)), { floorsDb: { 'int2-weights': -6 } }),
  ...values('positive alone', with_(w16(), Math.abs)),
  ...values('of one row', matrix(1, 16)),
  ...values('of one column', matrix(32, 1)),
  ...values('NaN', with_(w16(), (v, i) => (i === 5 ? NaN : v)), { refusal: /NaN|not finite|infinit/i }),
  ...values('infinite', with_(w16(), (v, i) => (i === 5 ? Infinity : v)), { refusal: /NaN|not finite|infinit/i }),
  ...values('NaN in a filter', with_(weight([8, 4, 3, 3]), (v, i) => (i === 5 ? NaN : v)), { refusal: /NaN|not finite|infinit/i }),
  entry('values: no elements', {
    inputs: { x: [4, 32] },
    outputs: 'y',
    nodes: [op('MatMul', 'x w', 'p'), op('Concat', 'p e', 'y', { axis: 1 })],
    weights: { w: w16(), e: floats([4, 0], []) },
  }),
  entry('values: a sum over nothing', {
    inputs: { x: [4, 32] },
    outputs: 'y',
    nodes: [op('Slice', 'x zero zero one', 'n'), op('MatMul', 'n e', 'p'), op('MatMul', 'x w', 'q'), op('Add', 'p q', 'y')],
    weights: { w: w16(), e: floats([0, 16], []), zero: integers([0]), one: integers([1]) },
  }),
  entry('values: a table without columns', {
    inputs: { x: [4, 32], ids: [4] },
    types: { ids: 'int64' },
    outputs: 'y',
    nodes: [op('Gather', 'e ids', 'p'), op('MatMul', 'x w', 'q'), op('Concat', 'q p', 'y', { axis: 1 })],
    weights: { w: w16(), e: floats([20, 0], []) },
  }),
  entry('values: filters for no channels', {
    inputs: { x: [1, 8, 6, 6] },
    outputs: 'y',
    nodes: [op('Conv', 'x w', 'p'), op('Conv', 'x e', 'q'), op('Concat', 'p q', 'y', { axis: 1 })],
    weights: { w: weight([8, 8, 3, 3]), e: floats([0, 8, 3, 3], []) },
  }, { refusal: /the Conv "q" has no elements/ }),
  entry('values: rows of a Gemm that are none', {
    inputs: { x: [4, 32] },
    outputs: 'y',
    nodes: [op('Gemm', 'x e', 'p'), op('Gemm', 'x w', 'q'), op('Concat', 'p q', 'y', { axis: 1 })],
    weights: { w: w16(), e: floats([32, 0], []) },
  }),
  entry('values: a bias far beyond the sums', {
    inputs: { x: ['N', 8, 6, 6] },
    outputs: 'y',
    nodes: [op('Conv', 'x w b', 'y')],
    weights: { w: weight([8, 8, 3, 3]), b: floats([8], [1e5, 0, 0, 0, 0, 0, 0, -1e5]) },
  }),
  entry('values: a bias beside filters of zero', {
    inputs: { x: ['N', 8, 6, 6] },
    outputs: 'y',
    nodes: [op('Conv', 'x w b', 'y')],
    weights: { w: with_(weight([8, 8, 3, 3]), () => 0), b: bias(8) },
  }),
]; // prettier-ignore

export function weights(): Entry[] {
  return [...positions(), ...sharing(), ...strange()];
}
