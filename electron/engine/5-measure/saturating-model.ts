import { create } from '@bufbuild/protobuf';
import { copyMessage, createNamer, cutModel, makeNode } from '../graph/edit.ts';
import { indexGraph, opsetVersion, type Graph } from '../graph/graph.ts';
import { groupsOf } from '../graph/ops/convolution.ts';
import type { Shapes } from '../graph/shapes.ts';
import { intAttribute, intsAttribute } from '../onnx/attributes.ts';
import { ValueInfoProtoSchema, type NodeProto } from '../onnx/proto/onnx_pb.js';
import type { OnnxModel } from '../onnx/read-model.ts';
import { sortNodes } from '../onnx/sort-nodes.ts';
import { dataTypes, elementCount } from '../tensor/tensor.ts';
import { findInt8Layers, type Int8Layer } from './int8-layers.ts';
import { addColumns, GraphBuilder, type LayerShapes } from './sum-columns.ts';
import { findSaturatingPairs, pairLimits, pairsOf } from './saturating-pairs.ts';

/*
 * A low-bit model as it computes on an x86 CPU without VNNI, on any CPU: behind each layer stands what cutting pair sums off at 16 bits
 * adds to it, computed by standard operators from the very integers. Only pairs are looked at that can saturate, which are few. Run
 * unoptimized, so that ONNX Runtime computes everything else in float, which gives what exact sums give.
 */

/** The input that turns saturation on (1) and off (0). */
export const saturatesInput = 'vernier/saturates';
/** Pair sums that are held at once, and in all of one run. */
const mostAtOnce = 4_000_000;
const mostInRun = 400_000_000;
/** Copies of a layer's inputs, one for each place of the kernel that reads them. */
const mostColumns = 64_000_000;

export interface SaturatingLayer {
  readonly node: string;
  /** A tensor of three: pair sums cut off, power of what that adds to the layer's output, power of the output. */
  readonly figures: string;
  /** Pair sums of one run that it is compared with. */
  readonly pairSums: number;
}

export interface SaturatingModel {
  readonly model: OnnxModel;
  /** Layers of which some pair can saturate. */
  readonly layers: readonly SaturatingLayer[];
  /** Layers that were not looked at: their integers cannot be had, or it would take too long. */
  readonly leftOut: readonly string[];
}

/** Where the input at place `k` of an output channel's sum is found among the columns. */
function columnOf({ node, order, dims, stacked }: Int8Layer, channel: number, k: number): number {
  if (stacked > 1) return Math.floor(channel / (order.channels / stacked)) * order.length + k;
  const groups = groupsOf(node);
  const group = Math.floor(channel / (order.channels / groups));
  return groups === 1 ? k : Math.floor(k / dims[1]!) * dims[1]! * groups + group * dims[1]! + (k % dims[1]!);
}

interface RiskyChannel {
  readonly channel: number;
  /** Where its pairs begin, see `findSaturatingPairs`. */
  readonly begins: readonly number[];
}

/** Channels with about as many pairs, that many of them at once: they are filled up to the first one's number. */
function cutIntoChunks(begins: readonly (readonly number[])[], positions: number): RiskyChannel[][] {
  const risky = begins.map((list, channel) => ({ channel, begins: list })).filter((entry) => entry.begins.length > 0);
  const sorted = risky.toSorted((left, right) => right.begins.length - left.begins.length);
  const chunks: RiskyChannel[][] = [];
  for (let start = 0; start < sorted.length;) {
    const width = sorted[start]!.begins.length;
    const count = Math.max(1, Math.floor(mostAtOnce / (positions * width)));
    chunks.push(sorted.slice(start, start + count));
    start += count;
  }
  return chunks;
}

/** What cutting off adds to each channel's sum, samples x channels x positions, and how many pair sums it concerns. */
function addChunk(build: GraphBuilder, layer: Int8Layer, columns: string, chunk: readonly RiskyChannel[]) {
  const { weights, order } = layer;
  const width = chunk[0]!.begins.length;
  const products = [0, 1].map((side) => {
    const places = new Array<number>(chunk.length * width).fill(0);
    const factors = new Float32Array(chunk.length * width);
    chunk.forEach(({ channel, begins }, row) => {
      begins.forEach((begin, at) => {
        // A last product without a partner.
        if (begin + side >= order.length) return;
        places[row * width + at] = columnOf(layer, channel, begin + side);
        factors[row * width + at] = weights[order.offset(channel, begin + side)]!;
      });
    });
    const inputs = build.add('Gather', [columns, build.integers(places)], [intAttribute('axis', 1)]);
    return build.add('Mul', [inputs, build.floats(factors, [factors.length, 1])]);
  });
  const sums = build.add('Add', products);
  const limits = [pairLimits.low, pairLimits.high].map((limit) => build.floats([limit], []));
  const added = build.add('Sub', [build.add('Clip', [sums, ...limits]), sums]);
  const count = build.add('ReduceSum', [build.add('Sign', [build.add('Abs', [added])])], [intAttribute('keepdims', 0)]);
  const byChannel = build.add('Reshape', [added, build.integers([0, chunk.length, width, -1])]);
  const ones = build.floats(new Float32Array(width).fill(1), [1, width]);
  const total = build.add('Reshape', [build.add('MatMul', [ones, byChannel]), build.integers([0, chunk.length, -1])]);
  return { total, count };
}

/** The same of a whole layer: in steps of its sums, every channel in its place. */
function addCorrection(
  build: GraphBuilder,
  layer: Int8Layer,
  columns: string,
  chunks: readonly (readonly RiskyChannel[])[],
) {
  const parts = chunks.map((chunk) => addChunk(build, layer, columns, chunk));
  const totals = parts.map(({ total }) => total);
  const joined = totals.length === 1 ? totals[0]! : build.add('Concat', totals, [intAttribute('axis', 1)]);
  const inOrder = chunks.flat().map(({ channel }) => channel);
  // Channels that cannot saturate read the row of zeros behind all others.
  const withZero = build.add('Pad', [joined, build.integers([0, 0, 0, 0, 1, 0])]);
  const rows = new Array<number>(layer.order.channels).fill(inOrder.length);
  inOrder.forEach((channel, row) => {
    rows[channel] = row;
  });
  const sums = build.add('Gather', [withZero, build.integers(rows)], [intAttribute('axis', 1)]);
  const counts = parts.map(({ count }) => count);
  return { sums, count: counts.length === 1 ? counts[0]! : build.add('Sum', counts) };
}

/** Of a stack of matrices: matrices x rows x columns again. */
function addUnstacked(build: GraphBuilder, { stacked, order }: Int8Layer, sums: string): string {
  if (stacked === 1) return sums;
  const byMatrix = build.add('Reshape', [sums, build.integers([stacked, order.channels / stacked, -1])]);
  return build.add('Transpose', [byMatrix], [intsAttribute('perm', [0, 2, 1])]);
}

/** A product of integers in float, which sums exactly on every CPU. */
function addFloatProduct(build: GraphBuilder, { node, integers, zeroPoint }: Int8Layer): string {
  const values = build.toFloat(integers);
  const centred = zeroPoint === null ? values : build.add('Sub', [values, build.toFloat(zeroPoint)]);
  return build.add('MatMul', [centred, build.toFloat(node.input[1]!)]);
}

/** Nodes that stand for a layer: what it gives exactly, and what saturation adds where it is turned on. */
function addLayer(
  build: GraphBuilder,
  layer: Int8Layer,
  shapes: LayerShapes,
  chunks: readonly (readonly RiskyChannel[])[],
): { readonly nodes: readonly NodeProto[]; readonly figures: string } {
  const { node, scales } = layer;
  const output = node.output[0]!;
  const exact = scales === null ? addFloatProduct(build, layer) : build.newName(`${output}/exact`);
  const columns = addColumns(build, layer, exact, shapes);
  const { sums, count } = addCorrection(build, layer, columns, chunks);
  const steps = build.floats(scales ?? [1], [scales?.length ?? 1, 1]);
  const scaled = build.add('Mul', [sums, steps]);
  const added = build.add('Reshape', [addUnstacked(build, layer, scaled), build.add('Shape', [exact])]);
  const whole = build.add('Add', [exact, build.add('Mul', [added, saturatesInput])]);
  const power = (tensor: string): string =>
    build.add('ReduceSum', [build.add('Mul', [tensor, tensor])], [intAttribute('keepdims', 0)]);
  const figures = [count, power(added), power(exact)].map((figure) =>
    build.add('Reshape', [figure, build.integers([1])]),
  );
  return {
    nodes: [
      ...(scales === null ? [] : [copyMessage(node, { output: [exact] })]),
      scales === null
        ? makeNode(
            'Cast',
            build.newName(`${output}/whole`),
            [whole],
            [output],
            [intAttribute('to', dataTypes.int32.number)],
          )
        : makeNode('Identity', build.newName(`${output}/whole`), [whole], [output]),
    ],
    figures: build.add('Concat', figures, [intAttribute('axis', 0)]),
  };
}

export interface SaturatingModelOptions {
  readonly compressed: OnnxModel;
  /** Nodes that ONNX Runtime computes in float, between conversions. */
  readonly unfused: ReadonlySet<string>;
  /** The float model as prepared, whose layers have the same names, and dimensions of its tensors in one run. */
  readonly prepared: Graph;
  readonly shapes: Shapes;
  /** Tensors that it ends at. */
  readonly compared: readonly string[];
}

/** @returns null where the model is older than the operators that are needed. */
export function buildSaturatingModel(options: SaturatingModelOptions): SaturatingModel | null {
  const { compressed, unfused, prepared, shapes, compared } = options;
  const graph = indexGraph(compressed);
  if (opsetVersion(graph.model) < 11) return null;
  const build = new GraphBuilder(createNamer(compressed.proto.graph!));
  const { layers: found, unknown } = findInt8Layers(graph, unfused);
  const dimsOf = new Map(
    prepared.nodes.map(({ name, input, output }) => [name, [shapes.get(input[0] ?? ''), shapes.get(output[0] ?? '')]]),
  );
  const [layers, leftOut] = [[] as SaturatingLayer[], [...unknown]];
  const replaced = new Map<NodeProto, readonly NodeProto[]>();
  let held = 0;
  for (const layer of found) {
    const { node, order } = layer;
    const [input, output] = dimsOf.get(node.name) ?? [];
    const positions = output === undefined ? Infinity : elementCount(output.dims) / order.channels;
    const begins = findSaturatingPairs(layer.weights, order, (mostInRun - held) / positions);
    if (begins?.every((list) => list.length === 0) === true) continue;
    const columns = positions * order.length * groupsOf(node) * layer.stacked;
    // Of a stack that is multiplied by fewer or more matrices than it has, nobody knows here which meets which.
    const isStackAlike = layer.stacked === elementCount(input?.dims.slice(0, -2) ?? []);
    if (
      begins === null ||
      input === undefined ||
      output === undefined ||
      columns > mostColumns ||
      (layer.stacked > 1 && !isStackAlike)
    ) {
      leftOut.push(node.name);
      continue;
    }
    const chunks = cutIntoChunks(begins, positions);
    held += positions * chunks.reduce((sum, chunk) => sum + chunk.length * chunk[0]!.begins.length, 0);
    const made = addLayer(build, layer, { input: input.dims, output: output.dims }, chunks);
    replaced.set(node, made.nodes);
    layers.push({ node: node.name, figures: made.figures, pairSums: positions * order.channels * pairsOf(order) });
  }
  const model = joinModel(compressed, build, replaced, [...compared, ...layers.map(({ figures }) => figures)]);
  return { model, layers, leftOut };
}

function joinModel(
  compressed: OnnxModel,
  build: GraphBuilder,
  replaced: ReadonlyMap<NodeProto, readonly NodeProto[]>,
  ends: readonly string[],
): OnnxModel {
  const graph = compressed.proto.graph!;
  const flag = create(ValueInfoProtoSchema, {
    name: saturatesInput,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes.float32.number, shape: { dim: [] } } } },
  });
  const whole = copyMessage(graph, {
    input: [...graph.input, flag],
    node: [...graph.node.flatMap((node) => replaced.get(node) ?? [node]), ...build.nodes],
    initializer: [...graph.initializer, ...build.initializers],
  });
  const proto = copyMessage(compressed.proto, { graph: whole });
  sortNodes(proto);
  return { ...compressed, proto: cutModel(proto, ends) };
}
