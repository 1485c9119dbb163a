import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
import { oneOf } from './op-test.ts';

export const isBatchNormalization = oneOf('BatchNormalization');

/** Make new values of old ones without weights of their own, so that how large a single one was no longer shows. */
export const makesNewValues = oneOf(
  ...([
    'Einsum',
    'GRU',
    'LSTM',
    'RNN',
    'LRN',
    'LpNormalization',
    'MeanVarianceNormalization',
    'MatMulInteger',
  ] as const),
  ...(['GroupNormalization', 'InstanceNormalization', 'LayerNormalization', 'RMSNormalization'] as const),
);

/** Hand out features, images or parts of different meaning, not scores of classes, however many there are of them. */
export const makesFeatures = oneOf(
  ...(['BatchNormalization', 'DepthToSpace', 'GroupNormalization', 'InstanceNormalization'] as const),
  ...(['LayerNormalization', 'LpNormalization', 'MeanVarianceNormalization', 'RMSNormalization'] as const),
  ...(['SimplifiedLayerNormalization', 'SkipLayerNormalization', 'Tanh', 'GRU', 'LSTM', 'RNN'] as const),
);

const isPlainNorm = oneOf('LayerNormalization', 'RMSNormalization', 'SimplifiedLayerNormalization');
const isNormOfSum = oneOf('SkipLayerNormalization');
const isRmsNormOfSum = oneOf('SkipSimplifiedLayerNormalization');

/**
 * Where a normalization of the last axis has what its first output is multiplied by, and what is then added: positions of inputs.
 * @returns null for other nodes.
 */
export function scaleAndShift(node: NodeProto): readonly number[] | null {
  if (isPlainNorm(node)) return [1, 2];
  if (isNormOfSum(node)) return [2, 3];
  return isRmsNormOfSum(node) ? [2] : null;
}
