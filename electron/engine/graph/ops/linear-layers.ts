import { attributeFloat, attributeInt, attributeInts, attributeString } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { oneOf } from './op-test.ts';

/*
 * Conv, ConvTranspose, Gemm and MatMul of the standard set: where their weights' outputs and inputs lie, and what is added up.
 */

export const isConvolution = oneOf('Conv');
export const isTransposedConvolution = oneOf('ConvTranspose');
export const isAnyConvolution = oneOf('Conv', 'ConvTranspose');
export const isGemm = oneOf('Gemm');
export const isMatMul = oneOf('MatMul');
export const isMatrixProduct = oneOf('Gemm', 'MatMul');

/** How a linear layer's weight, seen as [first, second, rest], ties output channels to input channels. */
export interface WeightLayout {
  readonly outputs: number;
  readonly inputs: number;
  readonly outputOf: (first: number, second: number) => number;
  readonly inputOf: (first: number, second: number) => number;
}

/** @returns null for a node that is no linear layer. */
export function weightLayout(layer: NodeProto, [first, second]: readonly number[]): WeightLayout | null {
  if (first === undefined || second === undefined) return null;
  const group = attributeInt(layer, 'group', 1);
  switch (layer.opType) {
    case 'Conv':
      return {
        outputs: first,
        inputs: second * group,
        outputOf: (output) => output,
        inputOf: (output, input) => Math.floor(output / (first / group)) * second + input,
      };
    case 'ConvTranspose':
      return {
        outputs: second * group,
        inputs: first,
        outputOf: (input, output) => Math.floor(input / (first / group)) * second + output,
        inputOf: (input) => input,
      };
    case 'Gemm':
    case 'MatMul': {
      const isTransposed = attributeInt(layer, 'transB', 0) === 1;
      return {
        outputs: isTransposed ? first : second,
        inputs: isTransposed ? second : first,
        outputOf: (row, column) => (isTransposed ? row : column),
        inputOf: (row, column) => (isTransposed ? column : row),
      };
    }
    default:
      return null;
  }
}

/** True for a Gemm whose weight is outputs x inputs. */
export function hasTransposedWeight(layer: NodeProto): boolean {
  return isGemm(layer) && attributeInt(layer, 'transB', 0) !== 0;
}

/** The axis of a layer's weight that its outputs lie on: a convolution's, or a matrix's. */
export function outputAxis(layer: NodeProto): 0 | 1 {
  return isConvolution(layer) || hasTransposedWeight(layer) ? 0 : 1;
}

/** What a Gemm multiplies its product, and what it adds, by; 1 for others. */
export function factorsOf(layer: NodeProto): { readonly product: number; readonly bias: number } {
  return isGemm(layer)
    ? { product: attributeFloat(layer, 'alpha', 1), bias: attributeFloat(layer, 'beta', 1) }
    : { product: 1, bias: 1 };
}

/** True where a layer's third input may be a bias. */
export function takesBias(layer: NodeProto): boolean {
  return !isMatMul(layer);
}

/**
 * Which axis of its input a layer sums over, and how long it is by its weight.
 * @returns null for a node that is no linear layer, and for products of stacks of matrices.
 */
export function summedAxis(
  layer: NodeProto,
  dims: readonly number[],
): { readonly axis: number; readonly count: number } | null {
  switch (layer.opType) {
    case 'Conv':
      return { axis: 1, count: dims[1]! * attributeInt(layer, 'group', 1) };
    case 'ConvTranspose':
      return { axis: 1, count: dims[0]! };
    case 'Gemm':
      return { axis: attributeInt(layer, 'transA', 0) === 0 ? 1 : 0, count: dims[hasTransposedWeight(layer) ? 1 : 0]! };
    case 'MatMul':
      return dims.length === 2 ? { axis: -1, count: dims[0]! } : null;
    default:
      return null;
  }
}

/** True for a Conv that reads zeros beside its input. */
export function readsPadding(layer: NodeProto, kernel: readonly number[]): boolean {
  if (!isConvolution(layer)) return false;
  const auto = attributeString(layer, 'auto_pad', 'NOTSET');
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') return kernel.some((size) => size !== 1);
  return auto === 'NOTSET' && attributeInts(layer, 'pads').some((pad) => pad !== 0);
}
