import { attributeFloat, attributeInt } from '../onnx/attributes.ts';
import { isStandardOp, opsetVersion, type Graph } from '../graph/graph.ts';
import type { NodeProto, TensorProto } from '../onnx/proto/onnx_pb.js';
import {
  factorsOf,
  isConvolution,
  isGemm,
  isMatMul,
  isTransposedConvolution,
  readsPadding,
  weightLayout,
  type WeightLayout,
} from '../graph/ops/linear-layers.ts';
import { flattensChannels } from '../graph/ops/layouts.ts';
import { isBatchNormalization } from '../graph/ops/normalization.ts';

/** A BatchNormalization at inference: y = scale * x + shift, a value of each per channel (axis 1). */
interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
  /** How far the channels reach before and behind it, by its own statistics: |mean| + 3 deviations, the widest channel. */
  readonly reach: { readonly before: number; readonly behind: number };
}

/** One BatchNormalization and what it becomes part of: a decision, nothing is changed yet. */
export interface BatchNormFold {
  readonly norm: NodeProto;
  /** The linear layer that takes it in. */
  readonly layer: NodeProto;
  /** Whether the layer makes what the BatchNormalization reads, or reads what it makes. */
  readonly layerIs: 'before' | 'behind';
  /** What reads the BatchNormalization: `layer` itself, or a Flatten in between. */
  readonly reader: NodeProto;
  readonly weight: { readonly name: string; readonly dims: readonly number[]; readonly data: Float32Array };
  /** One value per output channel, factors included. */
  readonly bias: Float32Array;
}

/** A BatchNormalization that could be folded and was not. */
export interface KeptBatchNorm {
  readonly norm: NodeProto;
  readonly layer: NodeProto;
  /** What int8 would lose at the layer's output by folding, in dB. */
  readonly lossDb: number;
}

export interface BatchNormPlan {
  readonly folds: readonly BatchNormFold[];
  readonly kept: readonly KeptBatchNorm[];
}

/**
 * A layer that reads the normalized tensor with one scale of 8 bits may not be handed raw features of very different ranges
 * instead. More than this factor of noise power (one bit is 4) is not worth a BatchNormalization.
 */
const largestNoiseGain = 4;
/** Deviations that count as a channel's reach. */
const reachDeviations = 3;

function constantFloats(graph: Graph, name: string | undefined): Float32Array | null {
  const tensor = name === undefined ? undefined : graph.constants.get(name);
  return tensor?.dataType === 1 ? (graph.weights.read(tensor).data as Float32Array) : null;
}

function affineOf(norm: NodeProto, graph: Graph): Affine | null {
  const isInference =
    attributeInt(norm, 'training_mode', 0) === 0 &&
    attributeInt(norm, 'spatial', 1) === 1 &&
    norm.output.every((name, index) => index === 0 || name === '');
  if (!isInference) return null;
  const [gamma, beta, mean, variance] = norm.input.slice(1, 5).map((name) => constantFloats(graph, name));
  if (gamma == null || beta == null || mean == null || variance == null) return null;
  const epsilon = attributeFloat(norm, 'epsilon', Math.fround(1e-5));
  const scale = Float64Array.from(gamma, (value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  const shift = Float64Array.from(beta, (value, channel) => value - mean[channel]! * scale[channel]!);
  if (![...scale, ...shift].every(Number.isFinite)) return null;
  const widest = (centers: Float32Array, deviations: Float32Array): number =>
    centers.reduce(
      (most, center, c) => Math.max(most, Math.abs(center) + reachDeviations * Math.abs(deviations[c]!)),
      0,
    );
  return { scale, shift, reach: { before: widest(mean, variance.map(Math.sqrt)), behind: widest(beta, gamma) } };
}

/** The bias as one value per output channel; null where it is not constant or differs from row to row. */
function biasOf(layer: NodeProto, outputs: number, graph: Graph): Float64Array | null {
  const name = layer.input[2] ?? '';
  if (name === '') return new Float64Array(outputs);
  const dims = graph.constants.get(name)?.dims.map(Number) ?? [];
  const values = constantFloats(graph, name);
  if (values === null || dims.slice(0, -1).some((dim) => dim !== 1)) return null;
  if (values.length !== 1 && values.length !== outputs) return null;
  const factor = factorsOf(layer).bias;
  return Float64Array.from({ length: outputs }, (_, channel) => factor * values[values.length === 1 ? 0 : channel]!);
}

/** A tensor that one node reads once, and nothing else sees. */
function soleReader(name: string, graph: Graph): NodeProto | null {
  const readers = graph.consumers.get(name) ?? [];
  return readers.length === 1 && !graph.outputNames.has(name) && !graph.capturedNames.has(name) ? readers[0]! : null;
}

/** Whether a tensor surely has two dimensions, so that axis 1 is also its last. */
function isMatrix(name: string, graph: Graph): boolean {
  const { input, valueInfo } = graph.model.graph!;
  const declared = [...input, ...valueInfo].find((value) => value.name === name)?.type?.value;
  if (declared?.case === 'tensorType' && declared.value.shape !== undefined)
    return declared.value.shape.dim.length === 2;
  const maker = graph.producers.get(name);
  if (maker === undefined || !isStandardOp(maker)) return false;
  if (isBatchNormalization(maker)) return isMatrix(maker.input[0]!, graph);
  return isGemm(maker) || flattensChannels(maker, graph);
}

interface Weight {
  readonly tensor: TensorProto;
  readonly dims: readonly number[];
  readonly layout: WeightLayout;
}

/** The layer's weight where it is its own: a constant that others share would have to be stored twice. */
function weightOf(layer: NodeProto, graph: Graph): Weight | null {
  const name = layer.input[1] ?? '';
  const tensor = graph.constants.get(name);
  if (!isStandardOp(layer) || tensor?.dataType !== 1 || graph.producers.has(name)) return null;
  if (soleReader(name, graph) !== layer || attributeInt(layer, 'transA', 0) !== 0) return null;
  const dims = tensor.dims.map(Number);
  const layout = weightLayout(layer, dims);
  // A MatMul gets a bias by becoming a Gemm, which takes matrices only.
  if (isMatMul(layer) && (dims.length !== 2 || !isMatrix(layer.input[0]!, graph))) return null;
  return layout === null ? null : { tensor, dims, layout };
}

function foldInto(
  { norm, layer, layerIs, reader }: Pick<BatchNormFold, 'norm' | 'layer' | 'layerIs' | 'reader'>,
  graph: Graph,
): BatchNormFold | KeptBatchNorm | null {
  const weight = weightOf(layer, graph);
  const affine = affineOf(norm, graph);
  if (weight === null || affine === null) return null;
  const { layout, dims, tensor } = weight;
  const bias = biasOf(layer, layout.outputs, graph);
  const channels = affine.scale.length;
  // Behind a Flatten every channel is so many columns.
  const columns = layerIs === 'before' || reader === layer ? 1 : layout.inputs / channels;
  const fits = layerIs === 'before' ? channels === layout.outputs : channels * columns === layout.inputs;
  if (bias === null || !fits || !Number.isInteger(columns)) return null;
  const alpha = factorsOf(layer).product;
  const values = graph.weights.read(tensor).data as Float32Array;
  const data = new Float32Array(values.length);
  const rest = values.length / Math.max(1, dims[0]! * dims[1]!);
  let [energyBefore, energyAfter] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const pair = Math.floor(index / rest);
    const [first, second] = [Math.floor(pair / dims[1]!), pair % dims[1]!];
    const output = layout.outputOf(first, second);
    const channel = layerIs === 'before' ? output : Math.floor(layout.inputOf(first, second) / columns);
    data[index] = values[index]! * affine.scale[channel]!;
    if (layerIs === 'behind') bias[output]! += alpha * values[index]! * affine.shift[channel]!;
    energyBefore += values[index]! ** 2;
    energyAfter += data[index]! ** 2;
  }
  if (layerIs === 'before') {
    for (let channel = 0; channel < channels; channel++)
      bias[channel] = affine.scale[channel]! * bias[channel]! + affine.shift[channel]!;
  } else {
    const { before, behind } = affine.reach;
    const gain = (before ** 2 * energyAfter) / (behind ** 2 * energyBefore);
    if (gain > largestNoiseGain && Number.isFinite(gain)) return { norm, layer, lossDb: 10 * Math.log10(gain) };
  }
  const folded = Float32Array.from(bias);
  if (!data.every(Number.isFinite) || !folded.every(Number.isFinite)) return null;
  return { norm, layer, layerIs, reader, weight: { name: tensor.name, dims, data }, bias: folded };
}

function planOne(norm: NodeProto, graph: Graph): BatchNormFold | KeptBatchNorm | null {
  const maker = graph.producers.get(norm.input[0] ?? '');
  if (maker !== undefined && soleReader(norm.input[0]!, graph) === norm) {
    const found = foldInto({ norm, layer: maker, layerIs: 'before', reader: norm }, graph);
    if (found !== null) return found;
  }
  const reader = soleReader(norm.output[0] ?? '', graph);
  if (reader === null || reader.input[0] !== norm.output[0] || !isStandardOp(reader)) return null;
  const layer = flattensChannels(reader, graph) ? soleReader(reader.output[0]!, graph) : reader;
  if (layer === null || isTransposedConvolution(layer)) return null;
  if (layer !== reader && (isConvolution(layer) || layer.input[0] !== reader.output[0])) return null;
  const kernel =
    graph.constants
      .get(layer.input[1] ?? '')
      ?.dims.slice(2)
      .map(Number) ?? [];
  // Those zeros were not normalized, and a shift cannot make up for that.
  if (readsPadding(layer, kernel)) return null;
  return foldInto({ norm, layer, layerIs: 'behind', reader }, graph);
}

/**
 * Which BatchNormalizations of one graph can become part of a layer beside them, exactly: behind Conv, ConvTranspose, Gemm
 * and MatMul; before Gemm and MatMul (also with a Flatten in between) and Conv without padding. Never in training mode, with
 * further outputs, or where something else reads the tensor in between. Folds of one plan touch different layers; plan again
 * after carrying them out.
 */
export function planBatchNormFolds(graph: Graph): BatchNormPlan {
  const folds: BatchNormFold[] = [];
  const kept: KeptBatchNorm[] = [];
  const touched = new Set<NodeProto>();
  // Before opset 7 training and broadcasting were told otherwise.
  if (opsetVersion(graph.model) < 7) return { folds, kept };
  for (const norm of graph.nodes) {
    if (!isBatchNormalization(norm) || !isStandardOp(norm)) continue;
    const found = planOne(norm, graph);
    if (found === null) continue;
    if ('lossDb' in found) kept.push(found);
    else {
      const nodes = [found.norm, found.layer, found.reader];
      if (nodes.some((node) => touched.has(node))) continue;
      for (const node of nodes) touched.add(node);
      folds.push(found);
    }
  }
  return { folds, kept };
}
