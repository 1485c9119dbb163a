import { attributeInt } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { product, type Operator } from './operator.ts';

/** Of a convolution; 1 of every other node, and where all inputs reach all outputs. */
export function groupsOf(node: NodeProto): number {
  return node.opType.includes('Conv') ? Math.max(1, attributeInt(node, 'group', 1)) : 1;
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
