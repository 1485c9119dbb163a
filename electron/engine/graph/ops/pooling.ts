import { attributeInts } from '../../onnx/attributes.ts';
import type { NodeProto } from '../../onnx/proto/onnx_pb.js';
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

/** An average of values apart from each other (opset 19), which ONNX Runtime's integer operator cannot say. */
export function isDilatedAverage(node: NodeProto): boolean {
  return node.opType === 'AveragePool' && attributeInts(node, 'dilations').some((dilation) => dilation !== 1);
}
