import { attributeInt, attributeInts } from '../../onnx/attributes.ts';
import type { NodeProto, TensorProto } from '../../onnx/proto/onnx_pb.js';
import type { Weights } from '../../onnx/weights.ts';
import { oneOf } from './op-test.ts';

/*
 * Operators that hand on values as they are: all or some of them, in this order or another, under these dimensions or others.
 */

export const isIdentity = oneOf('Identity');
export const isConcat = oneOf('Concat');
export const isReshape = oneOf('Reshape');
export const isTranspose = oneOf('Transpose');
/** Give the same values other dimensions. */
export const isReshapeOrFlatten = oneOf('Flatten', 'Reshape');
/** The same, whichever way they say it. */
export const changesDimensions = oneOf('Flatten', 'Reshape', 'Squeeze', 'Unsqueeze');
/** Hand on one tensor whole, in this order of axes or another. */
export const handsOnWhole = oneOf('Identity', 'Cast', 'Transpose');
/** Hands on each of its inputs as it is. */
export const laysSideBySide = oneOf('Concat', 'SequenceConstruct');
/** Looks rows up in a table. */
export const isLookup = oneOf('Gather');
/** Look up by indices, the second input. */
export const picksByIndices = oneOf('Gather', 'GatherElements', 'GatherND');
/** What these hand out follows from their input's shape alone. */
export const readsShape = oneOf('Shape', 'Size');
/** Hand on values of the first input, all or some, in this order or another. */
export const movesValues = oneOf(
  ...(['Flatten', 'Gather', 'GatherElements', 'GatherND', 'Identity', 'Reshape'] as const),
  ...(['Slice', 'Split', 'Squeeze', 'TopK', 'Transpose', 'Unsqueeze'] as const),
);
/** Change where values are and what they are stored as, not what they mean. */
export const carriesValues = oneOf(
  ...(['Cast', 'DequantizeLinear', 'Dropout', 'Flatten', 'Gather', 'Identity', 'QuantizeLinear'] as const),
  ...(['Reshape', 'Resize', 'Slice', 'Split', 'Squeeze', 'Transpose', 'Unsqueeze', 'Upsample'] as const),
);
/** What ONNX Runtime moves a DequantizeLinear past (qdq_propagation.cc), or takes out before it does. */
export const isMovedPast = oneOf(
  ...(['Dropout', 'Flatten', 'Identity', 'MaxPool', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze'] as const),
);
/** Of these, what it puts a QuantizeLinear behind. */
export const isRequantizedBehind = oneOf('MaxPool', 'Reshape', 'Slice', 'Squeeze', 'Transpose', 'Unsqueeze');
/** ZipMap of ai.onnx.ml, which makes maps from class to score of a tensor. */
export const isZipMap = oneOf('ZipMap');

/** The order of axes of a Transpose of so many dimensions. */
export function permutationOf(transpose: NodeProto, rank: number): readonly number[] {
  return attributeInts(
    transpose,
    'perm',
    Array.from({ length: rank }, (_, axis) => rank - 1 - axis),
  );
}

/**
 * Whether a node makes N x C x … into N x (C * …), each channel's values side by side.
 */
export function flattensChannels(
  node: NodeProto,
  { constants, weights }: { readonly constants: ReadonlyMap<string, TensorProto>; readonly weights: Weights },
): boolean {
  if (node.opType === 'Flatten') return attributeInt(node, 'axis', 1) === 1;
  if (node.opType !== 'Reshape' || attributeInt(node, 'allowzero', 0) !== 0) return false;
  const target = constants.get(node.input[1] ?? '');
  return target?.dataType === 7 && [...(weights.read(target).data as BigInt64Array)].join() === '0,-1';
}
