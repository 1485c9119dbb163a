import type { Recipe } from '../../../shared/recipe.ts';
import type { Shapes } from '../graph/shapes.ts';
import { chooseRange, type Range } from '../3-calibrate/ranges.ts';
import { applyPlan, type QuantizedModel } from '../schemes/apply-plan.ts';
import type { Variant } from '../schemes/choice.ts';
import { planQuantization } from '../2-plan/plan.ts';
import type { QuantizationPlan } from '../2-plan/quantization-plan.ts';
import type { PackedCache, WeightCache } from '../4-quantize/weights.ts';
import type { CalibratedModel } from '../3-calibrate/calibrated-model.ts';
import type { CalibratedModels } from '../3-calibrate/calibrate.ts';
import type { Graph } from '../graph/graph.ts';
import type { Steps } from '../job/steps.ts';

export interface QuantizedVariant {
  readonly variant: Variant;
  readonly plan: QuantizationPlan;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly quantized: QuantizedModel;
}
/** What every variant of one run is made of. */
export interface VariantOptions extends CalibratedModels {
  readonly graph: Graph;
  readonly shapes: Shapes;
  readonly recipe: Recipe;
}

/** The float model that a variant is made of. */
export function chosenModel({ prepared, equalized, smoothed }: CalibratedModels, variant: Variant): CalibratedModel {
  const smooth = variant.smoothing === null ? undefined : smoothed.get(variant.smoothing);
  if (smooth !== undefined) return smooth;
  return variant.equalized && equalized !== null ? equalized : prepared;
}

/** Rounded weights that variants share: each is rounded once. Tensors are told apart by identity, so models share it too. */
export interface RoundedWeights {
  readonly nearest: WeightCache;
  /** Null until there are any. */
  readonly compensated: { readonly integers: WeightCache; readonly blocks: PackedCache } | null;
}

export function planVariant({ graph, shapes, recipe }: VariantOptions, variant: Variant): QuantizationPlan {
  return planQuantization(graph, shapes, {
    recipe: { ...recipe, overrides: [...variant.overrides, ...recipe.overrides] },
    weightRange: variant.weightRange,
    exactInputs: variant.exactInputs ?? false,
    keepFloat: variant.keepFloat,
  });
}

/** False where the plan has a tensor in 8 bits that calibration did not look at: a Conv's output where its Relu is to be something else. */
export function hasRanges(options: VariantOptions, variant: Variant): boolean {
  const { statistics } = chosenModel(options, variant);
  const { constants } = options.graph;
  return planVariant(options, variant).observe.every((tensor) => statistics.has(tensor) || constants.has(tensor));
}

/** In the steps of `applyPlan`, and one, at no layer, for each range that is looked for. */
export function* buildVariant(
  options: VariantOptions,
  variant: Variant,
  rounded: RoundedWeights,
): Steps<QuantizedVariant> {
  const { model, statistics, rangeCache } = chosenModel(options, variant);
  const plan = planVariant(options, variant);
  const symmetric = options.recipe.symmetricActivations;
  const deciding = new Map(plan.deciding.map((group) => [group.group, group]));
  const ranges = new Map<string, Range>();
  for (const tensor of plan.observe) {
    const seen = statistics.get(tensor);
    if (seen === undefined) continue;
    const ends = deciding.get(tensor);
    if (ends !== undefined) {
      ranges.set(tensor, chooseRange(tensor, seen, { ...variant.oneSided, symmetric, deciding: ends }));
      continue;
    }
    const method = variant.refined.get(tensor) ?? (seen.min >= 0 ? variant.oneSided : variant.twoSided);
    const key = `${method.method} ${method.percentile} ${tensor}`;
    let range = rangeCache.get(key);
    if (range === undefined) {
      range = chooseRange(tensor, seen, { ...method, symmetric });
      rangeCache.set(key, range);
      yield 0;
    }
    const { low, high } = range;
    // Symmetric ranges may reach beyond what was observed on one side already.
    const [lowest, highest] = [Math.min(low, seen.min), Math.max(high, seen.max)];
    ranges.set(tensor, {
      low: Math.max(lowest, low * variant.headroom),
      high: Math.min(highest, high * variant.headroom),
    });
  }
  const inputMeans = new Map<string, Float64Array>();
  if (variant.biasCorrection) {
    for (const [tensor, { channels }] of statistics) if (channels !== null) inputMeans.set(tensor, channels.means);
  }
  const compensated = variant.weightRounding === 'compensated' ? rounded.compensated : null;
  const weights = compensated?.integers ?? rounded.nearest;
  const quantized = yield* applyPlan(model, plan, ranges, inputMeans, weights, compensated?.blocks);
  // A smoothed model was made of the equalized one, where there is one.
  const equalized = variant.smoothing === null ? variant.equalized : options.equalized !== null;
  return { variant: { ...variant, equalized }, plan, ranges, quantized };
}
