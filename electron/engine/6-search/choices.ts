import { say } from '../../../shared/engine-texts/say.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import type { WeightRangeKind } from '../2-plan/quantization-plan.ts';
import type { Quality } from '../metrics/output-quality.ts';
import type { OpenChoice } from './agenda.ts';
import { describeMethod } from './describe-candidate.ts';
import type { Journal } from './journal.ts';
import { ampleSqnrDb, compareWith, drownedDb, leastRuinDb, tieDb } from './float-layers.ts';
import type { Laboratory } from './laboratory.ts';
import type { QuantizedVariant, RangeMethod, Variant } from './variant.ts';

/** Which of the open choices a recipe leaves to measurement. */
export interface OpenChoices {
  readonly weights: boolean;
  readonly methods: boolean;
  readonly equalization: boolean;
  readonly correction: boolean;
  readonly rounding: boolean;
  readonly inputs: boolean;
}

/**
 * Makes one choice for the best variant so far.
 * @param suffix tells candidates of a choice that is made again from those of the first time.
 * @param isLast it will not be made again.
 */
export type Decide = (best: Best, suffix: string, isLast?: boolean) => Promise<void>;

/** The best variant so far; its quality is null until something was compared. */
export class Best {
  private readonly laboratory: Laboratory;
  private readonly journal: Journal;
  variant: QuantizedVariant;
  quality: Quality | null = null;

  constructor(laboratory: Laboratory, journal: Journal, variant: QuantizedVariant) {
    this.laboratory = laboratory;
    this.journal = journal;
    this.variant = variant;
  }

  build(change: Partial<Variant>): QuantizedVariant {
    return this.laboratory.build({ ...this.variant.variant, ...change });
  }

  /** Measures one variant and keeps it if its outputs come closer to the float model's. */
  async tryVariant(name: string, built: QuantizedVariant, note = ''): Promise<boolean> {
    const quality = await this.laboratory.assess(built);
    this.journal.record(name, built, quality, null, note);
    if (this.quality !== null && !(quality.sqnrDb > this.quality.sqnrDb)) return false;
    [this.variant, this.quality] = [built, quality];
    this.journal.hold(built, name);
    return true;
  }

  /** What follows is a change to the best so far, which has a figure to beat even if nothing was tried before. */
  async assess(): Promise<Quality> {
    return (this.quality ??= await this.laboratory.assess(this.variant));
  }

  async tryOnly(name: string, change: Partial<Variant>): Promise<void> {
    await this.assess();
    if (await this.tryVariant(name, this.build(change))) this.journal.choose(name);
  }
}

export const startingMethod: RangeMethod = { method: 'percentile', percentile: 99.99 };

/** Percentiles worth trying: how much tail is noise differs from model to model. */
const methodCandidates: readonly RangeMethod[] = [
  startingMethod,
  { method: 'percentile', percentile: 99.9 },
  { method: 'percentile', percentile: 99.999 },
  { method: 'minmax', percentile: 100 },
  { method: 'entropy', percentile: 100 },
  { method: 'mse', percentile: 100 },
];

export const weightRangeOf: Readonly<Record<Recipe['reducedRange'], WeightRangeKind>> = {
  auto: 'int8',
  off: 'int8',
  safe: 'int8-pairs',
  on: 'int8-reduced',
  pairs: 'int8-pairs',
};

const why = say('pairsSaturate');
const weightCandidates: readonly (readonly [range: WeightRangeKind, name: string, note: string])[] = [
  ['int8', say('weightsOfBits', { bits: 8 }), why],
  ['int8-pairs', say('weightsPairsBounded'), ''],
  ['int8-reduced', say('weightsOfBits', { bits: 7 }), ''],
];

/**
 * The range of weights under which outputs come closest; full 8 bits only where they are closer by more than a tie and one can
 * tell the difference, for what saturates on other inputs than those compared shows here only by chance.
 * @param isLast otherwise, while something drowns what weights do, the range is not chosen by figures that are all noise: pairs are
 * bounded until the choice is made again.
 */
async function chooseWeights(
  laboratory: Laboratory,
  journal: Journal,
  best: Best,
  suffix: string,
  isLast: boolean,
): Promise<void> {
  const tried: { readonly name: string; readonly range: WeightRangeKind; readonly built: QuantizedVariant; readonly quality: Quality }[] = []; // prettier-ignore
  for (const [range, name, note] of weightCandidates) {
    const { weightRounding } = best.variant.variant;
    const isSame = range === best.variant.variant.weightRange;
    // Weights are rounded to nearest once before they can be compensated.
    const nearest = isSame ? best.variant : best.build({ weightRange: range, weightRounding: 'nearest' });
    if (!isSame && weightRounding === 'compensated') await laboratory.prepareCompensation(nearest);
    const built = isSame || weightRounding === 'nearest' ? nearest : best.build({ weightRange: range });
    const quality = await laboratory.assess(built);
    journal.record(name + suffix, built, quality, null, note);
    tried.push({ name: name + suffix, range, built, quality });
  }
  const closest = tried.toSorted((left, right) => right.quality.sqnrDb - left.quality.sqnrDb);
  const safe = closest.find(({ range }) => range !== 'int8')!;
  const isAsGood = safe.quality.sqnrDb >= Math.min(closest[0]!.quality.sqnrDb - tieDb, ampleSqnrDb);
  const isDrowned = closest[0]!.quality.worstTenthDb < drownedDb;
  const bounded = tried.find(({ range }) => range === 'int8-pairs')!;
  const chosen = isDrowned && !isLast ? bounded : isAsGood ? safe : closest[0]!;
  [best.variant, best.quality] = [chosen.built, chosen.quality];
  journal.hold(chosen.built, chosen.name);
  journal.choose(chosen.name);
}

/** The calibration method for all tensors, then the one for signed tensors. */
async function chooseMethods(journal: Journal, best: Best, suffix: string): Promise<void> {
  const nameOf = (method: RangeMethod): string => say('rangesBy', { method: describeMethod(method) }) + suffix;
  const starting = best.variant.variant.oneSided;
  // The starting point was measured already if the weight range was tried.
  journal.record(nameOf(starting), best.variant, await best.assess(), null, '');
  let chosen = nameOf(starting);
  for (const method of methodCandidates) {
    if (describeMethod(method) === describeMethod(starting)) continue;
    const built = best.build({ oneSided: method, twoSided: method });
    if (await best.tryVariant(nameOf(method), built)) chosen = nameOf(method);
  }
  const common = best.variant.variant.oneSided;
  const { ranges } = best.variant;
  const signed = [...ranges.values()].filter(({ low }) => low < 0).length;
  // Where all tensors are of one kind, a method for the signed ones is the same model again, or the same as before.
  const isMixed = signed > 0 && signed < ranges.size;
  for (const method of isMixed ? methodCandidates : []) {
    if (describeMethod(method) === describeMethod(common)) continue;
    const name = say('rangesMixed', { one: describeMethod(common), two: describeMethod(method) }) + suffix;
    if (await best.tryVariant(name, best.build({ twoSided: method }))) chosen = name;
  }
  journal.choose(chosen);
}

const inputNames = {
  rounded: say('inputsRoundedChoice'),
  exact: say('inputsExact'),
} as const;

/**
 * Rounded inputs are what makes products with packed weights fast, so they are exact only where rounding them makes half of the
 * noise, as it does where a few values of an activation tower over the rest, or where that is as fast.
 */
async function chooseInputs(laboratory: Laboratory, journal: Journal, best: Best, suffix: string): Promise<void> {
  const [rounded, exact] = [best.build({ exactInputs: false }), best.build({ exactInputs: true })];
  const before = await laboratory.assess(rounded);
  journal.record(inputNames.rounded + suffix, rounded, before, null, '');
  const { quality, ratio, gain } = await compareWith(laboratory, rounded, (compare) => compare(exact));
  journal.record(inputNames.exact + suffix, exact, quality, ratio, '');
  const isRuined = before.sqnrDb < ampleSqnrDb && quality.sqnrDb - before.sqnrDb >= leastRuinDb;
  const isExact = isRuined || gain > tieDb;
  [best.variant, best.quality] = isExact ? [exact, quality] : [rounded, before];
  const name = (isExact ? inputNames.exact : inputNames.rounded) + suffix;
  journal.hold(best.variant, name);
  journal.choose(name);
}

export type ChoiceName = keyof OpenChoices;

/** The order in which choices are made, and how many alternatives each has at most. */
const alternatives: Readonly<Record<ChoiceName, number>> = {
  weights: weightCandidates.length,
  methods: 2 * methodCandidates.length - 1,
  equalization: 1,
  correction: 1,
  inputs: Object.keys(inputNames).length,
  rounding: 1,
};

const namesOf = (open: Partial<OpenChoices>): ChoiceName[] =>
  (Object.keys(alternatives) as ChoiceName[]).filter((name) => open[name] === true);

/** @param suffix of choices that are made once more. */
export const openChoices = (open: Partial<OpenChoices>, suffix = ''): OpenChoice[] =>
  namesOf(open).map((name) => ({ choice: name + suffix, most: alternatives[name] }));

/** The choices that are open, in the order in which they are made. */
export function createChoices(laboratory: Laboratory, journal: Journal, open: OpenChoices): Map<ChoiceName, Decide> {
  const all: Readonly<Record<ChoiceName, Decide>> = {
    weights: (best, suffix, isLast = false) => chooseWeights(laboratory, journal, best, suffix, isLast),
    methods: (best, suffix) => chooseMethods(journal, best, suffix),
    equalization: (best, suffix) =>
      best.tryOnly(`${best.variant.variant.equalized ? 'without' : 'with'} channel equalization${suffix}`, {
        equalized: !best.variant.variant.equalized,
      }),
    correction: (best, suffix) =>
      best.tryOnly(`${best.variant.variant.biasCorrection ? 'without' : 'with'} bias correction${suffix}`, {
        biasCorrection: !best.variant.variant.biasCorrection,
      }),
    inputs: (best, suffix) => chooseInputs(laboratory, journal, best, suffix),
    rounding: async (best, suffix) => {
      if (best.variant.variant.weightRounding === 'compensated') return;
      laboratory.assertNotEnough();
      await laboratory.prepareCompensation(best.variant);
      await best.tryOnly(`weights rounded with compensation${suffix}`, { weightRounding: 'compensated' });
    },
  };
  return new Map(namesOf(open).map((name) => [name, all[name]]));
}
