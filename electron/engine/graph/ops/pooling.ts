import { oneOf } from './op-test.ts';

export const isMaxPool = oneOf('MaxPool');
/** Make one value of those of a window, or of an axis. */
export const isPooling = oneOf(
  ...([
    'AveragePool',
    'GlobalAveragePool',
    'GlobalMaxPool',
    'MaxPool',
    'ReduceMax',
    'ReduceMean',
    'ReduceSum',
  ] as const),
);
