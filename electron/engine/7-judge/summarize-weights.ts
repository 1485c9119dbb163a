import type { WeightRange } from '../../../shared/run.ts';
import type { Graph } from '../graph/graph.ts';
import { untransposed } from '../graph/transposed-constants.ts';
import { viewOf, widenedWeight } from '../graph/widened.ts';
import { integerFormOf, operatorOf } from '../graph/ops/all.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import { isFloatTensor } from '../onnx/tensor-proto.ts';
import type { Weights } from '../onnx/weights.ts';
import { dataTypes } from '../tensor/tensor.ts';
import { packedAt } from '../tensor/packed-integers.ts';
import { StreamingHistogram, summarizeHistogram } from '../tensor/histogram.ts';
import { isDequantize } from '../graph/ops/conversions.ts';
import { isLookup } from '../graph/ops/layouts.ts';

/**
 * The float weights of every quantized layer as a histogram of `bins` bins, with the ranges their scales cover.
 * @param float the model whose weights were rounded: after BatchNorm was folded and channels were evened out.
 */
export function summarizeWeights(float: Graph, compressed: Graph, bins: number): WeightRange[] {
  const floatNodes = new Map(float.nodes.map((node) => [node.name, node]));
  return compressed.nodes.flatMap((node) =>
    node.input.flatMap((_input, index) => {
      const tensor = floatNodes.get(node.name)?.input[index] ?? '';
      const weights = float.constants.get(tensor);
      if (weights === undefined || !isFloatTensor(weights)) return [];
      const halfWidths = packedHalfWidths(node, index, compressed) ?? integerHalfWidths(node, index, compressed);
      if (halfWidths === null) return [];
      const histogram = new StreamingHistogram();
      histogram.add(float.weights.floats(weights));
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

/** The largest magnitude that each scale of an input can hold; null where the input is no weight of 8 bits. */
function integerHalfWidths(node: NodeProto, index: number, graph: Graph): number[] | null {
  const input = node.input[index]!;
  // A table of integers has its scales behind the look-up.
  const isTable = isLookup(node) && index === 0 && graph.constants.has(input);
  const dequantize = isTable ? graph.consumers.get(node.output[0]!)?.[0] : graph.producers.get(input);
  const widened = widenedWeight(dequantize, viewOf(graph));
  if (widened === null && !isDequantize(dequantize)) return null;
  const stored = widened?.integers ?? (isTable ? input : untransposed(dequantize!.input[0]!, graph));
  const [integers, scales] = [stored, widened?.scale ?? dequantize!.input[1]!].map((name) => graph.constants.get(name));
  // Biases are int32: their scale follows from the others and nobody chose it.
  const isWeight = integers !== undefined && integers.dataType === dataTypes.int8.number;
  return isWeight && scales !== undefined ? coveredHalfWidths(integers, scales, graph.weights) : null;
}

/** The same of packed weights, which have a scale and a zero point for each block; null for others. */
function packedHalfWidths(node: NodeProto, index: number, graph: Graph): number[] | null {
  const packed = operatorOf(node)?.packed;
  if (packed === undefined || integerFormOf(node)?.weightInputs[0] !== index) return null;
  const scales = graph.constants.get(node.input[packed.scaleInput] ?? '');
  const zeroPoints = graph.constants.get(node.input[packed.zeroPointInput] ?? '');
  if (scales?.dims.length !== 2 || zeroPoints?.dims.length !== 2) return null;
  const bits = packed.bits(node);
  const [blocks, rowBytes] = [Number(scales.dims[1]), Number(zeroPoints.dims[1])];
  const bytes = graph.weights.bytes(zeroPoints);
  return Array.from(graph.weights.floats(scales), (scale, place) => {
    const zeroPoint = packedAt(bytes, Math.floor(place / blocks) * rowBytes, place % blocks, bits);
    return scale * Math.max(zeroPoint, 2 ** bits - 1 - zeroPoint);
  });
}

/** Each scale times the largest integer in use: 127, or less where the range was reduced. Channels of zeros have none. */
function coveredHalfWidths(integers: TensorProto, scales: TensorProto, weights: Weights): number[] {
  const { data } = weights.read(integers) as { readonly data: Int8Array };
  let largest = 0;
  for (let index = 0; index < data.length; index++) {
    const magnitude = Math.abs(data[index]!);
    if (magnitude > largest) largest = magnitude;
  }
  const widths = [...weights.floats(scales)].map((scale) => scale * largest);
  const used = widths.filter((width) => width > 0);
  return used.length === 0 ? [0] : used;
}
