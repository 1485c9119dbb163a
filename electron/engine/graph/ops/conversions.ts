import { oneOf } from './op-test.ts';

/*
 * Operators that store the same values otherwise.
 */

export const isQuantize = oneOf('QuantizeLinear');
export const isDequantize = oneOf('DequantizeLinear');
/** Both have a scale and a zero point behind their first input. */
export const isQuantizeOrDequantize = oneOf('QuantizeLinear', 'DequantizeLinear');
export const isCast = oneOf('Cast');
/** What is behind these is fed by what is before. */
export const isConversion = oneOf('Cast', 'DequantizeLinear', 'DynamicQuantizeLinear', 'QuantizeLinear');
/** A product of integers, whose scales come behind it. */
export const isIntegerProduct = ({ opType }: { readonly opType: string }): boolean => opType.endsWith('Integer');
/** Products of which ONNX Runtime has kernels for u8 x s8; those of ConvInteger multiply s8 x u8, and sum exactly. */
export const isIntegerMatrixProduct = oneOf('MatMulInteger');
export const isIntegerConvolution = oneOf('ConvInteger');

/** Attributes that say of which type elements are: those that a node makes, or computes with. */
const elementTypes: ReadonlySet<string> = new Set([
  ...['dtype', 'output_datatype', 'output_dtype', 'precision', 'softmax_precision', 'stash_type'],
]);

/** Whether an attribute of a node says of which type elements are. */
export function namesElementType(node: { readonly opType: string }, attribute: string): boolean {
  return elementTypes.has(attribute) || (attribute === 'to' && isCast(node));
}
