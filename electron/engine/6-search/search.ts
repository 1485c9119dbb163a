import type { Candidate } from '../../../shared/run.ts';
import { settleRecipe } from '../../../shared/recipe.ts';
import { isPlanned } from '../2-plan/quantization-plan.ts';
import { Best, createChoices, startingMethod, weightRangeOf } from './choices.ts';
import { ampleSqnrDb, drownedDb } from './float-layers.ts';
import { floatCandidates, keepLayersFloat } from './keep-float.ts';
import { createJournal, type Journal } from './journal.ts';
import { Laboratory, type LaboratoryOptions } from './laboratory.ts';
import type { QuantizedVariant, RangeMethod } from './variant.ts';

export interface SearchOptions extends LaboratoryOptions {
  /** True where the CPU multiplies u8 x s8 without saturating 16-bit sums (VNNI, dot product). */
  readonly hasInt8DotProduct: boolean;
  readonly onCandidate: (done: number, total: number, name: string) => void;
}

export interface SearchResult extends QuantizedVariant {
  readonly candidates: readonly Candidate[];
}

/** Candidates of a choice that is made again. */
const again = ', again';

/**
 * Fills in what the recipe leaves to measurement, one choice after the other: weight range, calibration methods,
 * equalization, bias correction, weight rounding, which layers stay in float, and single ranges. Candidates are compared on
 * calibration samples by SQNR of the output, and where speed is concerned by paired latency.
 *
 * A choice made while one layer drowns what all others do is made by chance: once layers that ruin the outputs are in float, all
 * of them are made again, and once others are, that of the weight range.
 */
export async function searchRecipe(
  options: SearchOptions,
  laboratory = new Laboratory(options),
): Promise<SearchResult> {
  const recipe = settleRecipe(options.recipe, options.hasInt8DotProduct);
  const candidates: Candidate[] = [];
  const fixedMethod: RangeMethod =
    recipe.calibrationMethod === 'auto'
      ? startingMethod
      : { method: recipe.calibrationMethod, percentile: recipe.percentile };
  const start = laboratory.build({
    // On from the start where they are to be tried: which ranges are best depends on them.
    equalized: recipe.equalization !== 'off' && options.equalized !== null,
    biasCorrection: recipe.biasCorrection !== 'off',
    oneSided: fixedMethod,
    twoSided: fixedMethod,
    weightRange: weightRangeOf[recipe.reducedRange],
    weightRounding: 'nearest',
    refined: new Map(),
    headroom: 1,
    keepFloat: options.keepFloat,
  });
  // Where no activation is stored there are no ranges to choose, and no sums of integers to make up for.
  const hasRanges = start.plan.observe.length > 0;
  const multipliesIntegers = start.plan.nodes.some(
    (node) => isPlanned(node) && node.precision.activations !== null && node.precision.weights?.type === 'int8',
  );
  const isAutoMethod = hasRanges && recipe.calibrationMethod === 'auto';
  const keepsFloat = recipe.keepFloat === 'auto';
  let total = 0;
  const journal = createJournal(candidates, (done, name) => options.onCandidate(done, total, name));
  const choices = createChoices(laboratory, journal, {
    weights: multipliesIntegers && recipe.reducedRange === 'auto' && !options.hasInt8DotProduct,
    methods: isAutoMethod,
    equalization: hasRanges && recipe.equalization === 'auto' && options.equalized !== null,
    correction: hasRanges && recipe.biasCorrection === 'auto',
    rounding: hasRanges && recipe.weightRounding === 'auto',
  });
  const weights = choices.get('weights');
  const once = [...choices.values()].reduce((sum, { most }) => sum + most, 0);
  total =
    once + (keepsFloat ? once + floatCandidates + (weights?.most ?? 0) : 0) + (isAutoMethod ? refinedRuns + 2 : 0);

  /** Layers that were in float when the choices were made, and whether they were made by more than chance. */
  let [inFloat, isDrowned] = [0, false];
  const decide = async (variant: QuantizedVariant, suffix: string): Promise<QuantizedVariant> => {
    const best = new Best(laboratory, journal, variant);
    // A search that puts no layers into float makes each choice once.
    for (const choice of choices.values()) await choice.decide(best, suffix, !keepsFloat);
    inFloat = variant.variant.keepFloat.size;
    isDrowned = (best.quality?.worstTenthDb ?? Infinity) < drownedDb;
    return best.variant;
  };
  let best = await decide(start, '');
  if (hasRanges && recipe.weightRounding === 'compensated') {
    await laboratory.prepareCompensation(best);
    best = laboratory.build({ ...best.variant, weightRounding: 'compensated' });
  }
  if (keepsFloat) {
    best = await keepLayersFloat(options.graph, laboratory, best, journal, (variant) => decide(variant, again));
    if (weights !== undefined && (isDrowned || best.variant.keepFloat.size > inFloat)) {
      const last = new Best(laboratory, journal, best);
      await weights.decide(last, ', at the end', true);
      best = last.variant;
    }
  }
  if (isAutoMethod && (await laboratory.assess(best)).sqnrDb < ampleSqnrDb) {
    best = await refineRanges(laboratory, best, journal);
  }
  if (isAutoMethod) best = await addHeadroom(laboratory, best, journal);
  return { ...best, candidates };
}

/** Tensors are refined in this many runs of neighbours: single ones would cost more trials than they bring. */
const refinedRuns = 12;

/** What refinement chooses from. */
const refinements: readonly RangeMethod[] = [
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.97 },
  { method: 'percentile', percentile: 99.99 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'mse', percentile: 100 },
];

/**
 * One pass of coordinate descent over the ranges: for each run of neighbouring tensors the method under which the output
 * comes closest to the float model's. How much of a tail may be cut differs with depth, which no common method can follow.
 */
async function refineRanges(
  laboratory: Laboratory,
  base: QuantizedVariant,
  journal: Journal,
): Promise<QuantizedVariant> {
  const tensors = base.plan.observe.filter((tensor) => base.ranges.has(tensor));
  const length = Math.ceil(tensors.length / refinedRuns);
  let best = base;
  let bestQuality = await laboratory.assess(base);
  const name = 'ranges refined by depth';
  let changes = 0;
  for (let start = 0; start < tensors.length; start += length) {
    const run = tensors.slice(start, start + length);
    const before = best.variant.refined;
    let found = false;
    for (const method of refinements) {
      const refined = new Map([...before, ...run.map((tensor) => [tensor, method] as const)]);
      const built = laboratory.build({ ...best.variant, refined });
      const quality = await laboratory.assessAgainst(bestQuality, built);
      if (quality !== null && quality.sqnrDb > bestQuality.sqnrDb + 0.02)
        [best, bestQuality, found] = [built, quality, true];
    }
    if (found) changes++;
    journal.advance(name);
  }
  journal.record(
    name,
    bestQuality,
    null,
    `${changes} of ${Math.ceil(tensors.length / length)} runs of tensors changed method`,
  );
  if (changes > 0) journal.choose(name);
  return best;
}

/**
 * How far ranges reach beyond what is best for the calibration samples. A cut that is best for the samples it was chosen on
 * cuts too deep for others: on MobileNetV2's unseen images a tenth more costs no SQNR, and the divergence of the class
 * probabilities falls by a tenth.
 */
const headroom = 1.1;
/** Ranges that lose more than this, in dB, by reaching further are left as they are. */
const largestHeadroomLossDb = 1;

async function addHeadroom(
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose }: Journal,
): Promise<QuantizedVariant> {
  const wider = laboratory.build({ ...base.variant, headroom });
  const name = 'ranges with 10 % headroom';
  const before = await laboratory.assess(base);
  const after = await laboratory.assess(wider);
  record(name, after, null, 'for inputs that calibration did not see');
  if (before.sqnrDb - after.sqnrDb > largestHeadroomLossDb) return base;
  choose(name);
  return wider;
}
