import { say } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { opEntry } from '../2-plan/op-table.ts';
import { isPlanned, type NodePlan, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { Graph } from '../graph/graph.ts';
import type { OnnxModel } from '../onnx/read-model.ts';
import { measureLayerErrors, type LayerErrorOptions } from './layer-error.ts';

export interface SaturationOptions extends Pick<LayerErrorOptions, 'samples' | 'threads' | 'dims' | 'signal'> {
  /** The quantized model. */
  readonly model: OnnxModel;
  readonly graph: Graph;
  /** The tensors that are compared with the original's. */
  readonly comparedAt: readonly string[];
  readonly plan: QuantizationPlan;
  /** Prepared tensor name to the tensor that holds its dequantized value in the quantized model. */
  readonly dequantized: ReadonlyMap<string, string>;
}

/** Outputs closer than this, in dB, to what exact sums give: what saturates is lost in the rounding of 8 bits. */
const harmlessDb = 30;
/** A layer whose output is by this much further off than its inputs, in dB, is one that saturates. */
const leastDropDb = 6;
const namedLayers = 3;
/** What kernels that round to the other side come to at best, in dB: closer is as good as the same. */
const exactDb = 60;
/** Tensors that are looked at, each in a session of its own, and on how many samples. */
const mostLooks = 64;
const layerSamples = 2;

export interface Saturation {
  /** The outputs against those of the same int8 model with exact sums, of the output that is furthest off. */
  readonly outputSqnrDb: number;
  /** Layers in which it happens, those that lose most first; empty where no single one loses much. */
  readonly layers: readonly string[];
}

/** True for a node that multiplies integers: only their sums saturate. */
function multiplies8Bits(nodePlan: NodePlan | undefined): boolean {
  return nodePlan !== undefined && isPlanned(nodePlan) && nodePlan.precision.activations !== null;
}

/** A layer, with the tensors it reads and the one its result is seen in. */
interface WeightedLayer {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly result: string;
}

function int8LayersOf({ graph, plan }: SaturationOptions): WeightedLayer[] {
  const planned = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  /** Behind the activations that were folded into a layer. */
  const resultOf = (tensor: string): string => {
    const next = graph.consumers.get(tensor)?.find(({ name }) => (planned.get(name)?.foldedInto ?? null) !== null);
    return next === undefined ? tensor : resultOf(next.output[0]!);
  };
  return graph.nodes
    .filter((node) => multiplies8Bits(planned.get(node.name)) && opEntry(node.domain, node.opType)?.role === 'weighted')
    .map(({ name, input, output }) => ({
      name,
      inputs: input.filter((tensor) => !graph.constants.has(tensor)),
      result: resultOf(output[0]!),
    }));
}

/**
 * What a quantized model loses on this CPU by sums of products that saturate, by measurement: ONNX Runtime computes the same
 * model once in int8 kernels and once unfused, in float, which gives what exact sums give. Each tensor is looked at in a session of
 * its own, for a tensor that is an output can keep its readers from being fused.
 * @returns null where it loses nothing that counts.
 * @throws as `measureLayerErrors`.
 */
export async function measureSaturation(options: SaturationOptions): Promise<Saturation | null> {
  const { model, dequantized, comparedAt } = options;
  const measure = async (tensors: readonly string[], samples: SaturationOptions['samples']): Promise<number> => {
    const pairs = tensors.map((tensor) => ({ before: tensor, after: tensor }));
    const errors = await measureLayerErrors({ ...options, samples, before: model, after: model, beforeOptimization: 'disabled', pairs }); // prettier-ignore
    return Math.min(exactDb, ...[...errors.values()].map(({ sqnrDb }) => sqnrDb ?? exactDb));
  };
  const outputSqnrDb = await measure(comparedAt, options.samples);
  if (outputSqnrDb >= harmlessDb) return null;

  const few = { ...options.samples, count: Math.min(layerSamples, options.samples.count) };
  const known = new Map<string, number>();
  const look = async (tensor: string): Promise<number> => {
    const name = dequantized.get(tensor) ?? tensor;
    if (!known.has(name) && known.size < mostLooks) known.set(name, await measure([name], few));
    return known.get(name) ?? exactDb;
  };
  const drops: { readonly name: string; readonly drop: number }[] = [];
  for (const { name, inputs, result } of int8LayersOf(options)) {
    const before: number[] = [];
    for (const tensor of inputs) before.push(await look(tensor));
    drops.push({ name, drop: Math.min(exactDb, ...before) - (await look(result)) });
  }
  const worst = drops.filter(({ drop }) => drop >= leastDropDb).toSorted((left, right) => right.drop - left.drop);
  return { outputSqnrDb, layers: worst.map(({ name }) => name) };
}

/** @param sqnrDb of the outputs against the original's: null where they are the same. */
export function describeSaturation(saturation: Saturation | null, sqnrDb: number | null): Diagnostic[] {
  // Less than half of all the noise is not what ruins the outputs.
  if (saturation === null || sqnrDb === null || saturation.outputSqnrDb > sqnrDb + 3) return [];
  const { layers, outputSqnrDb } = saturation;
  const names = layers.slice(0, namedLayers).map((name) => `"${name}"`);
  const where =
    names.length === 0 ? 'over all layers' : names.join(', ') + (layers.length > namedLayers ? ' and others' : '');
  return [
    {
      severity: 'warning',
      code: 'saturation',
      message: say('saturation', { db: outputSqnrDb.toFixed(1), layers: where }),
      node: layers[0] ?? null,
    },
  ];
}
