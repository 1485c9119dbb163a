import { oneOf } from './op-test.ts';
import { product, type Operator } from './operator.ts';

/**
 * Steps * batch * (W + R): gates * hidden * (input + hidden) in each direction. X: steps x batch x input, in either layout;
 * W and R: directions x gates*hidden x inputs, or transposed.
 */
export const recurrent: Operator = {
  standard: { LSTM: null, GRU: null, RNN: null },
  contrib: { DynamicQuantizeLSTM: { weightInputs: [1, 2], biasInput: 3, activationBits: 8 } },
  macs: (_node, dims) => {
    const [input, weight, recurrence] = [dims.input(0), dims.input(1), dims.input(2)];
    if (input?.length !== 3 || weight === null || recurrence === null) return null;
    return input[0]! * input[1]! * (product(weight) + product(recurrence));
  },
};

/** The one recurrent operator that ONNX Runtime has an int8 form of, with activations rounded as they come. */
export const isDynamicOnly = oneOf('LSTM');
