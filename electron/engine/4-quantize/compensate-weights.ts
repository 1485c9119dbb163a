import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { CancelledError } from '../../../shared/app-error.ts';
import {
  describeLayerInput,
  observeInputMoments,
  type LayerInput,
  type MomentOptions,
} from '../3-calibrate/input-moments.ts';
import { compensateRounding } from './compensate-rounding.ts';
import { isStatic, type QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { RoundedWeight, WeightCache } from './weights.ts';
import { indexGraph } from '../graph/graph.ts';
import type { OnnxModel } from '../onnx/read-model.ts';

/** Inputs of a layer beyond which the cubic cost of the factorization is felt: seconds a layer. */
const longestLayer = 1280;

/**
 * The weights of a model in `weightCache` rounded anew with compensation where it can be had: layers of their own weight, with at
 * most `longestLayer` inputs an output, within the range that the plan gives them. All others stay as the cache has them.
 */
export async function compensateWeights(
  model: OnnxModel,
  plan: QuantizationPlan,
  weightCache: WeightCache,
  options: MomentOptions,
): Promise<WeightCache> {
  const graph = indexGraph(model);
  const result: WeightCache = new Map(weightCache);
  const planOf = new Map(plan.nodes.map((entry) => [entry.node, entry]));
  const layers = graph.nodes.flatMap((node): LayerInput[] => {
    const nodePlan = planOf.get(node.name);
    const weight = nodePlan !== undefined && isStatic(nodePlan) ? nodePlan.weight : null;
    if (weight === null || graph.consumers.get(weight.tensor)?.length !== 1) return [];
    const layer = describeLayerInput(node, graph.constants.get(weight.tensor)!.dims.map(Number), options.shapes);
    return layer !== null && layer.length <= longestLayer ? [layer] : [];
  });
  for await (const moments of observeInputMoments(model, layers, options)) {
    await yieldToEvents();
    if (options.signal.aborted) throw new CancelledError();
    const planned = planOf.get(moments.layer.node.name)!.weight!;
    const weight = graph.constants.get(planned.tensor)!;
    const data = graph.weights.floats(weight);
    const compensated = new Map<string, RoundedWeight>();
    for (const [key, rounded] of weightCache.get(weight) ?? []) {
      const { order, range } = rounded.scheme;
      // Ranges that were tried and dropped are in the cache as well; each would cost as much as the one that is used.
      if (order === null || range !== planned.range) continue;
      compensated.set(key, compensateRounding(data, rounded, order, moments) ?? rounded);
    }
    result.set(weight, compensated);
  }
  return result;
}
