import { attributeInt } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { product, type Operator } from './operator.ts';

const shapeOf = (node: NodeProto): { readonly inner: number; readonly columns: number } | null => {
  const [inner, columns] = [attributeInt(node, 'K', null), attributeInt(node, 'N', null)];
  return inner === null || columns === null ? null : { inner, columns };
};

/** Weights of 2, 4 or 8 bits in blocks, several in a byte: K x N of them, as the attributes say. */
export const packedMatMul: Operator = {
  standard: {},
  contrib: {
    MatMulNBits: { weightInputs: [1], biasInput: 5 },
    MatMulBnb4: { weightInputs: [1] },
  },
  macs: (node, dims) => {
    const [output, shape] = [dims.output(0), shapeOf(node)];
    return output === null || shape === null ? null : product(output) * shape.inner;
  },
  packed: {
    scaleInput: 2,
    zeroPointInput: 3,
    bits: (node) => (node.opType === 'MatMulBnb4' ? 4 : attributeInt(node, 'bits', 4)),
    elements: (node) => {
      const shape = shapeOf(node);
      return shape === null ? null : shape.inner * shape.columns;
    },
  },
};
