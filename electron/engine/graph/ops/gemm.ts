import { attributeInt } from '../../onnx/attributes.ts';
import { product, type Operator } from './operator.ts';

/** M * N * K, whichever operand is transposed. */
export const gemm: Operator = {
  standard: { Gemm: null },
  contrib: { FusedGemm: null, QGemm: { weightInputs: [3], biasInput: 6 } },
  macs: (node, dims) => {
    const [input, output] = [dims.input(0), dims.output(0)];
    if (input === null || output === null) return null;
    return product(output) * input[attributeInt(node, 'transA', 0) === 0 ? 1 : 0]!;
  },
  channelAxis: (node) => (attributeInt(node, 'transB', 0) === 0 ? 1 : 0),
};
