import type { WeightRange } from '../../../shared/run.ts';
import type { Graph } from '../graph/graph.ts';
import { untransposed } from '../graph/transposed-constants.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import type { TensorProto } from '../onnx/proto/onnx_pb.js';
import { isFloatTensor, readFloat32, readTensor } from '../onnx/tensor-proto.ts';
import { StreamingHistogram, summarizeHistogram } from '../tensor/histogram.ts';

interface IndexedModel {
  readonly model: Pick<OnnxModel, 'folder'>;
  readonly graph: Graph;
}

/**
 * The float weights of every quantized layer as a histogram of `bins` bins, with the ranges their scales cover.
 * @param float the model whose weights were rounded: after BatchNorm was folded and channels were evened out.
 */
export function summarizeWeights(float: IndexedModel, compressed: IndexedModel, bins: number): WeightRange[] {
  const floatNodes = new Map(float.graph.nodes.map((node) => [node.name, node]));
  return compressed.graph.nodes.flatMap((node) =>
    node.input.flatMap((input, index) => {
      // A table of integers has its scales behind the look-up.
      const isTable = node.opType === 'Gather' && index === 0 && compressed.graph.constants.has(input);
      const dequantize = isTable
        ? compressed.graph.consumers.get(node.output[0]!)?.[0]
        : compressed.graph.producers.get(input);
      if (dequantize?.opType !== 'DequantizeLinear') return [];
      const integers = compressed.graph.constants.get(
        isTable ? input : untransposed(dequantize.input[0]!, compressed.graph),
      );
      const scales = compressed.graph.constants.get(dequantize.input[1]!);
      const tensor = floatNodes.get(node.name)?.input[index] ?? '';
      const weights = float.graph.constants.get(tensor);
      // Biases are int32: their scale follows from the others and nobody chose it.
      const isWeight = integers !== undefined && readTensor(integers, compressed.model.folder).dataType === 'int8';
      if (!isWeight || scales === undefined || weights === undefined || !isFloatTensor(weights)) return [];
      const histogram = new StreamingHistogram();
      histogram.add(readFloat32(weights, float.model.folder));
      const halfWidths = coveredHalfWidths(integers, scales, compressed.model.folder);
      return [
        {
          node: node.name,
          tensor,
          min: histogram.min,
          max: histogram.max,
          scaleCount: halfWidths.length,
          narrowest: halfWidths.reduce((least, width) => Math.min(least, width), Infinity),
          widest: halfWidths.reduce((most, width) => Math.max(most, width), 0),
          histogram: summarizeHistogram(histogram, bins),
        },
      ];
    }),
  );
}

/** Each scale times the largest integer in use: 127, or less where the range was reduced. Channels of zeros have none. */
function coveredHalfWidths(integers: TensorProto, scales: TensorProto, folder: string): number[] {
  let largest = 0;
  for (const value of readTensor(integers, folder).data) largest = Math.max(largest, Math.abs(Number(value)));
  const widths = [...readFloat32(scales, folder)].map((scale) => scale * largest);
  const used = widths.filter((width) => width > 0);
  return used.length === 0 ? [0] : used;
}
