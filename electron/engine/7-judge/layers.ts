import { takeApart } from '../../../shared/engine-texts/said.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { bitsOf, floatPrecision, type Precision } from '../../../shared/precision.ts';
import type { Layer } from '../../../shared/run.ts';
import type { LayerSaturation } from '../../../shared/saturation.ts';
import { costOf } from '../1-analyze/cost.ts';
import type { Shapes } from '../graph/shapes.ts';
import { traceLayers } from '../1-analyze/trace.ts';
import { originalBits, type NodeBits } from '../1-analyze/original-bits.ts';
import type { LayerEffect } from '../5-measure/layer-effects.ts';
import type { LayerParts, LayerTimes } from '../5-measure/layer-times.ts';
import { groupsOf } from '../graph/ops/convolution.ts';
import type { NodePlan, QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { Graph } from '../graph/graph.ts';
import { isConstantNode } from '../onnx/initializers.ts';
import type { NodeProto } from '../onnx/proto/onnx_pb.js';
import { tensorByteLength } from '../onnx/tensor-proto.ts';
import { isDequantize, isIntegerProduct } from '../graph/ops/conversions.ts';
import { isLookup, isReshape } from '../graph/ops/layouts.ts';

/** Per-layer milliseconds by the user's node name, and what they are made of. */
export interface TimesOfBoth {
  readonly before: Pick<LayerTimes, 'layers' | 'parts'>;
  readonly after: Pick<LayerTimes, 'layers' | 'parts'>;
}

export interface LayersInput {
  /** The user's graph, and shapes of all its tensors. */
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly preparedGraph: Graph;
  readonly compressedGraph: Graph;
  readonly plan: QuantizationPlan;
  /** What the scheme stored for each node of the prepared graph that it did not leave in float. */
  readonly stored: ReadonlyMap<string, Precision>;
  /** Nodes of the plan that run in float all the same, between conversions. */
  readonly unfused: ReadonlySet<string>;
  readonly times: TimesOfBoth;
  /** Error of each 8-bit tensor against its float twin, by the prepared graph's tensor name. */
  readonly errors: Errors;
  /** The same of each layer by itself, with exact inputs. */
  readonly introduced: Errors;
  /** What layers cost the output, by the tensor they hand out. */
  readonly effects: ReadonlyMap<string, LayerEffect>;
  /** What saturating sums add to layers, by the prepared graph's node. */
  readonly saturation: ReadonlyMap<string, LayerSaturation>;
}

/** Constants that a product of integers is multiplied by, once it is float: the scales of its weights. */
function scalesBehind(node: NodeProto, graph: Graph): string[] {
  if (!isIntegerProduct(node)) return [];
  const [cast] = graph.consumers.get(node.output[0]!) ?? [];
  const [scaled] = cast === undefined ? [] : (graph.consumers.get(cast.output[0]!) ?? []);
  return (graph.producers.get(scaled?.input[1] ?? '')?.input ?? []).filter((name) => graph.constants.has(name));
}

/** Constants by what is computed from them alone, however a scheme stored it; null where it depends on what is fed. */
type ConstantsBehind = (name: string) => readonly string[] | null;

function findConstants(graph: Graph): ConstantsBehind {
  const known = new Map<string, readonly string[] | null>();
  const behind: ConstantsBehind = (name) => {
    if (name === '' || graph.constants.has(name)) return [name];
    const before = known.get(name);
    if (before !== undefined) return before;
    const producer = graph.producers.get(name);
    // The dimensions that a Reshape gives are no part of a weight.
    const inputs = isReshape(producer) ? producer.input.slice(0, 1) : producer?.input;
    const found = inputs?.map(behind) ?? [null];
    const all = found.every((names) => names !== null) ? found.flat() : null;
    known.set(name, all);
    return all;
  };
  return behind;
}

/**
 * Bytes a node of the compressed graph keeps: its constants and those that they are made of when the model is loaded, integers and
 * scales; a table of integers has its scales behind the look-up.
 */
function storedBytes(node: NodeProto, graph: Graph, constantsBehind: ConstantsBehind): number {
  const names = new Set(node.input.flatMap((input) => constantsBehind(input) ?? []));
  const [behind] = isLookup(node) ? (graph.consumers.get(node.output[0]!) ?? []) : [];
  if (isDequantize(behind)) for (const name of behind.input.slice(1)) names.add(name);
  for (const scale of scalesBehind(node, graph)) names.add(scale);
  let bytes = 0;
  for (const name of names) {
    const tensor = graph.constants.get(name);
    if (tensor !== undefined) bytes += tensorByteLength(tensor);
  }
  return bytes;
}

/**
 * One row for every node of the user's model but its Constants: what it costs, what became of it, how long it takes on both
 * sides.
 */
export function describeLayers(input: LayersInput): Layer[] {
  const { graph, shapes, preparedGraph, compressedGraph, plan, times, unfused } = input;
  const planned = new Map<string, NodePlan>(plan.nodes.map((node) => [node.node, node]));
  const compressedNodes = new Map(compressedGraph.nodes.map((node) => [node.name, node]));
  const traced = traceLayers(graph, preparedGraph);
  const constantsBehind = findConstants(compressedGraph);
  const in8Bits = new Set(plan.tensors.map(({ tensor }) => tensor));
  /** What a node hands out, behind the clamps that were folded into its range; what is stored in 8 bits first. */
  const outputsOf = (node: NodeProto): string[] =>
    node.output
      .filter((output) => output !== '')
      .flatMap((output) => {
        const clamp = preparedGraph.consumers
          .get(output)
          ?.find((user) => (planned.get(user.name)?.foldedInto ?? null) !== null);
        return clamp === undefined ? [output] : outputsOf(clamp);
      })
      .sort((left, right) => Number(in8Bits.has(right)) - Number(in8Bits.has(left)));
  const layers = graph.nodes.filter((node) => !isConstantNode(node));
  return layers.map((node): Layer => {
    const cost = costOf(node, graph, shapes);
    const target = traced.get(node.name) ?? null;
    const outputs = target === null ? [] : outputsOf(target);
    const nodePlan = target === null ? undefined : planned.get(target.name);
    const isItself = target?.name === node.name || (cost.macs ?? 0) > 0;
    const isUnfused = target !== null && unfused.has(target.name);
    // What was folded into another layer computes nothing any more.
    const stored = isItself && target !== null && !isUnfused ? input.stored.get(target.name) : undefined;
    const before = originalBits(node, graph, shapes);
    const compressedNode = isItself && target !== null ? compressedNodes.get(target.name) : undefined;
    const reason =
      target === null
        ? say('removed')
        : target.name !== node.name
          ? say('foldedInto', { name: target.name })
          : isUnfused
            ? say('unfused')
            : (nodePlan?.reason ?? '');
    return {
      name: node.name,
      opType: node.opType,
      inputShape: toDims(shapes, node.input[0]),
      outputShape: toDims(shapes, node.output[0]),
      parameters: cost.parameters,
      macs: cost.macs ?? 0,
      macsKnown: cost.macs !== null,
      ...computedBits(stored, before),
      precision: stored ?? floatPrecision,
      originalWeightBits: before.weightBits,
      originalActivationBits: before.activationBits,
      quantized: stored !== undefined,
      reason,
      reasonSaid: takeApart(reason),
      bytesBefore: cost.bytes,
      bytesAfter: compressedNode === undefined ? 0 : storedBytes(compressedNode, compressedGraph, constantsBehind),
      latencyBeforeMs: times.before.layers.get(node.name) ?? null,
      latencyAfterMs: times.after.layers.get(node.name) ?? null,
      ran: {
        before: writableParts(times.before.parts.get(node.name)),
        after: writableParts(times.after.parts.get(node.name)),
      },
      groups: groupsOf(node),
      sqnrDb: isItself ? errorOf(outputs, input.errors) : null,
      introducedSqnrDb: isItself ? errorOf(outputs, input.introduced) : null,
      effect: stored === undefined ? null : effectOf(outputs, input.effects),
      saturation: (stored === undefined ? undefined : input.saturation.get(target!.name)) ?? null,
      outputTensor: outputs[0] ?? null,
    };
  });
}

/**
 * Bits of what a layer multiplies: weights that are made floats again before anything is computed count as what they were. A node
 * without weights has activations on both sides.
 */
function computedBits(stored: Precision | undefined, before: NodeBits): NodeBits {
  const activations = stored?.activations == null ? null : bitsOf(stored.activations);
  const weights = stored?.weights == null || stored.expandsAtLoad ? null : bitsOf(stored.weights);
  return {
    weightBits: weights ?? activations ?? before.weightBits,
    activationBits: activations ?? before.activationBits,
  };
}

function writableParts(parts: LayerParts | undefined): NonNullable<Layer['ran']>['after'] {
  return parts === undefined ? null : { ...parts, kernels: [...parts.kernels] };
}

type Errors = ReadonlyMap<string, { readonly sqnrDb: number | null }>;

/** Of the first of its outputs that was compared; null where none was. */
function errorOf(outputs: readonly string[], errors: Errors): number | null {
  return outputs.map((output) => errors.get(output)).find((error) => error !== undefined)?.sqnrDb ?? null;
}

function effectOf(outputs: readonly string[], effects: LayersInput['effects']): Layer['effect'] {
  const effect = outputs.map((output) => effects.get(output)).find((found) => found !== undefined);
  if (effect === undefined) return null;
  const { only, without, alsoFloat } = effect;
  return {
    onlySqnrDb: only.sqnrDb,
    onlyCi95: only.ci95,
    withoutSqnrDb: without.sqnrDb,
    withoutCi95: without.ci95,
    alsoFloat: [...alsoFloat],
  };
}

function toDims(shapes: Shapes, name: string | undefined): number[] | null {
  const facts = shapes.get(name ?? '');
  return facts === undefined ? null : [...facts.dims];
}
