import { attributeInt, attributeInts, attributeString } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { oneOf } from './op-test.ts';
import { product, type Operator } from './operator.ts';

/** Of a convolution; 1 of every other node, and where all inputs reach all outputs. */
export function groupsOf(node: NodeProto): number {
  return node.opType.includes('Conv') ? Math.max(1, attributeInt(node, 'group', 1)) : 1;
}

/** A convolution that holds integers, with the scales among its inputs. */
export const isStoredConvolution = oneOf('QLinearConv');

/** Groups of one channel each, for which ONNX Runtime has kernels of their own. @param weight dimensions. */
export function isDepthwise(node: NodeProto, weight: readonly number[]): boolean {
  const groups = groupsOf(node);
  return groups > 1 && weight[0] === groups && weight[1] === 1;
}

/** Where a convolution's windows lie, by spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Places before the input: rows above, columns left of it. */
  readonly begin: readonly number[];
}

/**
 * `auto_pad` as in ONNX Conv-11.
 * @param weight dimensions: Cout x Cin/groups x kernel.
 * @param input dimensions, and `output` ones, which only `auto_pad` looks at.
 */
export function windowOf(
  node: NodeProto,
  weight: readonly number[],
  input: readonly number[],
  output: readonly number[],
): Window {
  const kernel = weight.slice(2);
  const ones = kernel.map(() => 1);
  const strides = attributeInts(node, 'strides', ones);
  const dilations = attributeInts(node, 'dilations', ones);
  const autoPad = attributeString(node, 'auto_pad', 'NOTSET');
  if (!autoPad.startsWith('SAME')) {
    const begin = kernel.map((_, axis) => (autoPad === 'VALID' ? 0 : (attributeInts(node, 'pads')[axis] ?? 0)));
    return { kernel, strides, dilations, begin };
  }
  const begin = kernel.map((size, axis) => {
    const reach = (output[axis + 2]! - 1) * strides[axis]! + (size - 1) * dilations[axis]! + 1;
    const half = Math.max(0, reach - input[axis + 2]!) / 2;
    return autoPad === 'SAME_LOWER' ? Math.ceil(half) : Math.floor(half);
  });
  return { kernel, strides, dilations, begin };
}

/** N * Cout * spatial out * (Cin / groups) * kernel. Weight: Cout x Cin/groups x kernel. */
export const convolution: Operator = {
  standard: {
    Conv: null,
    ConvInteger: { weightInputs: [1] },
    QLinearConv: { weightInputs: [3], biasInput: 8 },
  },
  contrib: {
    FusedConv: null,
    NhwcFusedConv: null,
    QLinearConv: { weightInputs: [3], biasInput: 8 },
  },
  macs: ({ opType }, dims) => {
    const [output, weight] = [dims.output(0), dims.input(opType === 'QLinearConv' ? 3 : 1)];
    return output === null || weight === null ? null : product(output) * product(weight.slice(1));
  },
  channelAxis: () => 0,
};

/** N * Cin * spatial in * (Cout / groups) * kernel. Weight: Cin x Cout/groups x kernel. */
export const transposedConvolution: Operator = {
  standard: { ConvTranspose: null },
  contrib: {},
  macs: (_node, dims) => {
    const [input, weight] = [dims.input(0), dims.input(1)];
    return input === null || weight === null ? null : product(input) * product(weight.slice(1));
  },
  channelAxis: () => 1,
};
