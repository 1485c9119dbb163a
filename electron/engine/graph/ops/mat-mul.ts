import { attributeInt } from '../../onnx/attributes.ts';
import { product, type Operator } from './operator.ts';

/** M * N * K over the batch, with broadcasting and vectors. */
export const matMul: Operator = {
  standard: {
    MatMul: null,
    MatMulInteger: { weightInputs: [1] },
    QLinearMatMul: { weightInputs: [3] },
  },
  contrib: {
    FusedMatMul: null,
    FusedMatMulActivation: null,
    TransposeMatMul: null,
    MatMulInteger16: { weightInputs: [1] },
    MatMulIntegerToFloat: { weightInputs: [1], biasInput: 6 },
    DynamicQuantizeMatMul: { weightInputs: [1], biasInput: 4, activationBits: 8 },
    QLinearMatMul: { weightInputs: [3] },
  },
  macs: (node, dims) => {
    const [input, output] = [dims.input(0), dims.output(0)];
    if (input === null || output === null) return null;
    // With `transBatchA` the summed dimension is the second, or the first where `transA` is set too.
    const isTransposed = attributeInt(node, 'transA', 0) !== 0 && input.length > 1;
    const isBatchMoved = attributeInt(node, 'transBatchA', 0) !== 0 && input.length > 2;
    const inner = isTransposed ? (isBatchMoved ? input[0] : input.at(-2)) : input.at(-1);
    return product(output) * (inner ?? 1);
  },
  channelAxis: (_node, rank) => (rank === 2 ? 1 : null),
};
