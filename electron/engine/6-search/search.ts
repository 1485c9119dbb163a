import type { Candidate } from '../../../shared/run.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { WeightRange } from '../2-plan/plan.ts';
import type { Quality } from '../metrics/output-quality.ts';
import { ampleSqnrDb, floatCandidates, keepLayersFloat } from './keep-float.ts';
import { createJournal, type Journal } from './journal.ts';
import { Laboratory, type LaboratoryOptions } from './laboratory.ts';
import type { QuantizedVariant, RangeMethod, Variant } from './variant.ts';

export interface SearchOptions extends LaboratoryOptions {
  /** True where the CPU multiplies u8 x s8 without saturating 16-bit sums (VNNI, dot product). */
  readonly hasInt8DotProduct: boolean;
  readonly onCandidate: (done: number, total: number, name: string) => void;
}

export interface SearchResult extends QuantizedVariant {
  readonly candidates: readonly Candidate[];
}

const startingMethod: RangeMethod = { method: 'percentile', percentile: 99.99 };

/** Percentiles worth trying: how much tail is noise differs from model to model. */
const methodCandidates: readonly RangeMethod[] = [
  startingMethod,
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'minmax', percentile: 100 },
  { method: 'entropy', percentile: 100 },
  { method: 'mse', percentile: 100 },
];

function describeMethod({ method, percentile }: RangeMethod): string {
  return method === 'percentile' ? `percentile ${percentile}` : method;
}

const weightRangeOf: Readonly<Record<Recipe['reducedRange'], WeightRange>> = {
  auto: 'int8',
  off: 'int8',
  on: 'int8-reduced',
  pairs: 'int8-pairs',
};

/**
 * Fills in what the recipe leaves to measurement, one choice after the other: weight range, calibration methods,
 * equalization, bias correction, weight rounding, which layers stay in float, and single ranges. Candidates are compared on
 * calibration samples by SQNR of the output, and where speed is concerned by paired latency.
 */
export async function searchRecipe(options: SearchOptions): Promise<SearchResult> {
  const { recipe } = options;
  const laboratory = new Laboratory(options);
  const candidates: Candidate[] = [];
  const isAutoMethod = recipe.calibrationMethod === 'auto';
  const fixedMethod: RangeMethod = {
    method: recipe.calibrationMethod === 'auto' ? startingMethod.method : recipe.calibrationMethod,
    percentile: isAutoMethod ? startingMethod.percentile : recipe.percentile,
  };
  const steps = {
    weights: recipe.reducedRange === 'auto' && !options.hasInt8DotProduct,
    equalization: recipe.equalization === 'auto' && options.equalized !== null,
    methods: isAutoMethod,
    correction: recipe.biasCorrection === 'auto',
    rounding: recipe.weightRounding === 'auto',
    float: recipe.keepFloat === 'auto',
  };
  const total =
    (steps.weights ? 3 : 0) +
    (steps.equalization ? 1 : 0) +
    (steps.methods ? 2 * methodCandidates.length - 1 : 0) +
    (steps.correction ? 1 : 0) +
    (steps.rounding ? 1 : 0) +
    (steps.float ? floatCandidates : 0) +
    (steps.methods ? refinedRuns + 2 : 0);
  const journal = createJournal(candidates, (done, name) => options.onCandidate(done, total, name));
  const { record, choose } = journal;

  let best = laboratory.build({
    // On from the start where they are to be tried: which ranges are best depends on them.
    equalized: recipe.equalization !== 'off' && options.equalized !== null,
    biasCorrection: recipe.biasCorrection !== 'off',
    oneSided: fixedMethod,
    twoSided: fixedMethod,
    weightRange: weightRangeOf[recipe.reducedRange],
    weightRounding: 'nearest',
    refined: new Map(),
    headroom: 1,
    keepFloat: new Map(),
  });
  let bestQuality = null as Quality | null;
  /** Measures one change to the best so far and keeps it if the outputs come closer to the float model's. */
  const trial = async (name: string, change: Partial<Variant>, note = ''): Promise<boolean> => {
    const built = laboratory.build({ ...best.variant, ...change });
    const quality = await laboratory.assess(built);
    record(name, quality, null, note);
    if (bestQuality !== null && !(quality.sqnrDb > bestQuality.sqnrDb)) return false;
    [best, bestQuality] = [built, quality];
    return true;
  };
  /** Tries alternatives of one choice in turn; exactly one of them ends up marked as chosen. */
  const tryAll = async (
    alternatives: readonly (readonly [name: string, change: Partial<Variant>, note?: string])[],
  ) => {
    let chosen = '';
    for (const [name, change, note] of alternatives) if (await trial(name, change, note)) chosen = name;
    choose(chosen);
  };

  if (steps.weights) {
    const why = 'this CPU adds pairs of u8 x s8 products in 16 bits, which full 8-bit weights can saturate';
    await tryAll([
      ['weights: 8-bit', {}, why],
      ['weights: 8-bit, pairs bounded', { weightRange: 'int8-pairs' }],
      ['weights: 7-bit', { weightRange: 'int8-reduced' }],
    ]);
  }
  if (steps.methods) {
    // The starting point was measured already if the weight range was tried.
    if (bestQuality === null) await trial(`ranges: ${describeMethod(startingMethod)}`, {});
    else record(`ranges: ${describeMethod(startingMethod)}`, bestQuality, null, '');
    let chosen = `ranges: ${describeMethod(startingMethod)}`;
    for (const method of methodCandidates.slice(1)) {
      const name = `ranges: ${describeMethod(method)}`;
      if (await trial(name, { oneSided: method, twoSided: method })) chosen = name;
    }
    const common = best.variant.oneSided;
    const signed = [...best.ranges.values()].filter(({ low }) => low < 0).length;
    // Where all tensors are of one kind, a method for the signed ones is the same model again, or the same as before.
    const isMixed = signed > 0 && signed < best.ranges.size;
    for (const method of isMixed ? methodCandidates : []) {
      if (describeMethod(method) === describeMethod(common)) continue;
      const name = `ranges: ${describeMethod(common)}, signed tensors ${describeMethod(method)}`;
      if (await trial(name, { twoSided: method })) chosen = name;
    }
    choose(chosen);
  }
  if (bestQuality === null && (steps.equalization || steps.correction || steps.rounding)) {
    // What follows is a change to the best so far, which has a figure to beat even if nothing was tried before.
    bestQuality = await laboratory.assess(best);
  }
  if (steps.equalization) await tryAll([['without channel equalization', { equalized: false }]]);
  if (steps.correction) await tryAll([['without bias correction', { biasCorrection: false }]]);
  if (recipe.weightRounding !== 'nearest') {
    await laboratory.prepareCompensation(best);
    if (steps.rounding) await tryAll([['weights rounded with compensation', { weightRounding: 'compensated' }]]);
    else best = laboratory.build({ ...best.variant, weightRounding: 'compensated' });
  }
  if (steps.float) best = await keepLayersFloat(options.graph, laboratory, best, journal);
  if (steps.methods && (bestQuality?.sqnrDb ?? 0) < ampleSqnrDb) {
    best = await refineRanges(laboratory, best, journal);
  }
  if (steps.methods) best = await addHeadroom(laboratory, best, journal);
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
