import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { WeightRangeKind } from '../2-plan/quantization-plan.ts';
import type { ChoiceFacts, RangeMethod, Variant } from './choice.ts';

export const startingMethod: RangeMethod = { method: 'percentile', percentile: 99.99 };

const weightRangeOf: Readonly<Record<Recipe['reducedRange'], WeightRangeKind>> = {
  auto: 'int8',
  off: 'int8',
  safe: 'int8-pairs',
  on: 'int8-reduced',
  pairs: 'int8-pairs',
};

/**
 * What the recipe says where it says something, and what a search starts from where it does not.
 * @param smoothings strengths in which there is a smoothed model.
 * @param keepFloat nodes that stay in float whatever is found: name to reason.
 */
export function startingVariant(
  recipe: Recipe,
  { canEqualize, smoothings }: Pick<ChoiceFacts, 'canEqualize' | 'smoothings'>,
  keepFloat: ReadonlyMap<string, Reason>,
): Variant {
  const method: RangeMethod =
    recipe.calibrationMethod === 'auto'
      ? startingMethod
      : { method: recipe.calibrationMethod, percentile: recipe.percentile };
  return {
    // On from the start where they are to be tried: which ranges are best depends on them.
    equalized: recipe.equalization !== 'off' && canEqualize,
    smoothing: recipe.smoothing === 'on' ? (smoothings[0] ?? null) : null,
    biasCorrection: recipe.biasCorrection !== 'off',
    oneSided: method,
    twoSided: method,
    weightRange: weightRangeOf[recipe.reducedRange],
    weightRounding: 'nearest',
    refined: new Map(),
    headroom: 1,
    overrides: [],
    keepFloat,
  };
}
