import { oneOf } from './op-test.ts';

/*
 * Operators that compute one value of one place, or of the same place of several tensors.
 */

export const isAdd = oneOf('Add');
export const isMultiply = oneOf('Mul');
export const isAddOrMultiply = oneOf('Add', 'Mul');
export const isDivision = oneOf('Div');
/** Chooses one of two values: what it never chooses does not count. */
export const isChoice = oneOf('Where');
export const isClip = oneOf('Clip');
export const isRelu = oneOf('Relu');
export const isSigmoid = oneOf('Sigmoid');
export const isSoftmax = oneOf('Softmax');
/** Hand out shares of a whole, or their logarithms. */
export const makesProbabilities = oneOf('LogSoftmax', 'Softmax');
/** Features are rectified, scores are not. */
export const isRectifier = oneOf('Clip', 'Elu', 'Gelu', 'HardSwish', 'LeakyRelu', 'PRelu', 'Relu');
/** f(s * x) = s * f(x) for s > 0, channel by channel. */
export const isHomogeneous = oneOf('Relu', 'LeakyRelu', 'MaxPool', 'AveragePool', 'GlobalAveragePool', 'Identity');
/** The same for each value by itself, wherever its channel lies. */
export const isHomogeneousByValue = oneOf('Relu', 'LeakyRelu', 'Identity');
