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
