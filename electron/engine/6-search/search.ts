import { say } from '../../../shared/engine-texts/say.ts';
import type { Candidate, Diagnostic } from '../../../shared/run.ts';
import type { DeviceFeatures } from '../../../shared/device-features.ts';
import { settleRecipe, type Recipe } from '../../../shared/recipe.ts';
import { isPlanned } from '../2-plan/quantization-plan.ts';
import { Best, createChoices, openChoices, startingMethod, weightRangeOf, type OpenChoices } from './choices.ts';
import { EnoughError } from './enough.ts';
import { ampleSqnrDb, drownedDb } from './float-layers.ts';
import { floatChoices, keepLayersFloat } from './keep-float.ts';
import { Agenda, type OpenChoice, type Remaining } from './agenda.ts';
import { createJournal, type Journal } from './journal.ts';
import { mixChoices, mixSchemes } from './mix-schemes.ts';
import { Laboratory, type LaboratoryOptions } from './laboratory.ts';
import type { QuantizedVariant, RangeMethod, Variant } from './variant.ts';

export interface SearchOptions extends LaboratoryOptions {
  /** True where the CPU multiplies u8 x s8 without saturating 16-bit sums (VNNI, dot product). */
  readonly features: DeviceFeatures;
  readonly onCandidate: (remaining: Remaining, name: string) => void;
}

export interface SearchResult extends QuantizedVariant {
  readonly candidates: readonly Candidate[];
  /** Where the search was told to stop: the steps it had done, of at most how many; null where it came to its end. */
  readonly stopped: { readonly done: number; readonly most: number } | null;
}

/** Candidates of a choice that is made once more. */
const [again, atEnd] = [', again', ', at the end'];

/** What the recipe says where it says something, and what a search starts from where it does not. */
function startingVariant({ equalized, keepFloat }: SearchOptions, recipe: Recipe): Variant {
  const method: RangeMethod =
    recipe.calibrationMethod === 'auto'
      ? startingMethod
      : { method: recipe.calibrationMethod, percentile: recipe.percentile };
  return {
    // On from the start where they are to be tried: which ranges are best depends on them.
    equalized: recipe.equalization !== 'off' && equalized !== null,
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

/** Weights that can be rounded with compensation: beside activations in 8 bits, and in blocks where inputs are real. */
function compensates({ areNoise }: SearchOptions, { plan }: QuantizedVariant): boolean {
  return (
    plan.observe.length > 0 ||
    (areNoise !== true && plan.nodes.some(({ precision }) => precision.weights?.block != null))
  );
}

/** Where no activation is stored there are no ranges to choose, and no sums of integers to make up for. */
function findOpenChoices(options: SearchOptions, recipe: Recipe, start: QuantizedVariant): OpenChoices {
  const { plan } = start;
  const hasRanges = plan.observe.length > 0;
  const multipliesIntegers = plan.nodes.some(
    (node) => isPlanned(node) && node.precision.activations !== null && node.precision.weights?.type === 'int8',
  );
  return {
    weights: multipliesIntegers && recipe.reducedRange === 'auto' && !options.features.int8DotProduct,
    methods: hasRanges && recipe.calibrationMethod === 'auto',
    equalization: hasRanges && recipe.equalization === 'auto' && options.equalized !== null,
    correction: hasRanges && recipe.biasCorrection === 'auto',
    inputs: plan.nodes.some(({ precision }) => precision.weights?.type === 'uint4' && precision.activations !== null),
    rounding: compensates(options, start) && recipe.weightRounding === 'auto',
  };
}

/**
 * Fills in what the recipe leaves to measurement, one choice after the other: weight range, calibration methods,
 * equalization, bias correction, weight rounding, which layers stay in float, and single ranges. Candidates are compared on
 * calibration samples by SQNR of the output, and where speed is concerned by paired latency.
 *
 * A choice made while one layer drowns what all others do is made by chance: once layers that ruin the outputs are in float, all
 * of them are made again, and once others are, that of the weight range.
 *
 * There is a best so far at any moment, which is the result when `options.enough` is aborted.
 */
export async function searchRecipe(
  options: SearchOptions,
  laboratory = new Laboratory(options),
): Promise<SearchResult> {
  const recipe = settleRecipe(options.recipe, options.features);
  const candidates: Candidate[] = [];
  const start = laboratory.build(startingVariant(options, recipe));
  const open = findOpenChoices(options, recipe, start);
  const [keepsFloat, isAutoMethod, mixes] = [recipe.keepFloat === 'auto', open.methods, recipe.scheme === 'auto'];
  const journal: Journal = createJournal(
    candidates,
    options.onCandidate,
    new Agenda([
      ...openChoices(open),
      ...(keepsFloat ? floatChoices(openChoices(open, again)) : []),
      ...(keepsFloat && open.weights ? openChoices({ weights: true }, atEnd) : []),
      ...(mixes ? mixChoices : []),
      ...(isAutoMethod ? [refineChoice, headroomChoice] : []),
    ]),
  );
  journal.hold(start);
  const choices = createChoices(laboratory, journal, open);
  const weights = choices.get('weights');

  /** Layers that were in float when the choices were made, and whether they were made by more than chance. */
  let [inFloat, isDrowned] = [0, false];
  const decide = async (variant: QuantizedVariant, suffix: string): Promise<QuantizedVariant> => {
    const best = new Best(laboratory, journal, variant);
    // A search that puts no layers into float makes each choice once.
    for (const [name, decideOn] of choices) {
      journal.begin(name + suffix);
      await decideOn(best, suffix, !keepsFloat);
    }
    inFloat = variant.variant.keepFloat.size;
    isDrowned = (best.quality?.worstTenthDb ?? Infinity) < drownedDb;
    return best.variant;
  };
  const search = async (): Promise<QuantizedVariant> => {
    let best = await decide(start, '');
    if (compensates(options, start) && recipe.weightRounding === 'compensated') {
      await laboratory.prepareCompensation(best);
      best = laboratory.build({ ...best.variant, weightRounding: 'compensated' });
      journal.hold(best);
    }
    if (keepsFloat) {
      best = await keepLayersFloat(options.graph, laboratory, best, journal, (variant) => decide(variant, again));
      if (weights !== undefined && (isDrowned || best.variant.keepFloat.size > inFloat)) {
        const last = new Best(laboratory, journal, best);
        journal.begin(`weights${atEnd}`);
        await weights(last, atEnd, true);
        best = last.variant;
      }
    }
    if (mixes) best = await mixSchemes(options.graph, laboratory, best, journal);
    if (isAutoMethod && (await laboratory.assess(best)).sqnrDb < ampleSqnrDb) {
      best = await refineRanges(laboratory, best, journal);
    }
    return isAutoMethod ? addHeadroom(laboratory, best, journal) : best;
  };
  try {
    return { ...(await search()), candidates, stopped: null };
  } catch (error) {
    if (!(error instanceof EnoughError)) throw error;
    const { variant, name } = journal.best()!;
    const { done, total } = journal.remaining();
    if (name !== undefined) journal.choose(name);
    // Full 8 bits may saturate here, and nobody has looked whether they do.
    const isUnsafe = open.weights && variant === start;
    const safe = isUnsafe ? laboratory.build({ ...start.variant, weightRange: 'int8-pairs' }) : variant;
    return { ...safe, candidates, stopped: { done, most: total } };
  }
}

export function describeStop(stopped: SearchResult['stopped']): Diagnostic[] {
  if (stopped === null) return [];
  return [
    {
      severity: 'info',
      code: 'search-stopped',
      message: say('searchStopped', { done: stopped.done, most: stopped.most }),
      node: null,
    },
  ];
}

/** Tensors are refined in this many runs of neighbours: single ones would cost more trials than they bring. */
const refinedRuns = 12;

const refineChoice: OpenChoice = { choice: 'ranges refined by depth', most: refinedRuns + 1 };
const headroomChoice: OpenChoice = { choice: 'ranges with headroom', most: 1 };

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
  const name = say('rangesByDepth');
  journal.begin(refineChoice.choice);
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
    if (found) {
      changes++;
      journal.hold(best);
    }
    journal.advance(name);
  }
  journal.record(
    name,
    best,
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
  { begin, record, choose }: Journal,
): Promise<QuantizedVariant> {
  const wider = laboratory.build({ ...base.variant, headroom });
  const name = say('rangesWithHeadroom', { share: 10 });
  begin(headroomChoice.choice);
  const before = await laboratory.assess(base);
  const after = await laboratory.assess(wider);
  record(name, wider, after, null, 'for inputs that calibration did not see');
  if (before.sqnrDb - after.sqnrDb > largestHeadroomLossDb) return base;
  choose(name);
  return wider;
}
