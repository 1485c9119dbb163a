import type { DeviceFeatures } from '../../../shared/device-features.ts';
import type { Reason } from '../../../shared/engine-texts/say.ts';
import type { CalibrationMethod, Recipe } from '../../../shared/recipe.ts';
import type { QuantizationPlan, WeightRangeKind } from '../2-plan/quantization-plan.ts';
import type { Range } from '../3-calibrate/ranges.ts';

/** A calibration method with its parameter. */
export interface RangeMethod {
  readonly method: CalibrationMethod;
  /** Only `percentile` looks at it. */
  readonly percentile: number;
}

export function describeMethod({ method, percentile }: RangeMethod): string {
  return method === 'percentile' ? `percentile ${percentile}` : method;
}

/** One way to fill in the recipe's open choices. */
export interface Variant {
  readonly equalized: boolean;
  /** How strongly what matrix products read is smoothed; null where it is not. */
  readonly smoothing: number | null;
  /** For tensors that are never negative (behind ReLU), and for the others: their tails differ. */
  readonly oneSided: RangeMethod;
  readonly twoSided: RangeMethod;
  readonly weightRange: WeightRangeKind;
  readonly weightRounding: 'nearest' | 'compensated';
  readonly biasCorrection: boolean;
  /** What is multiplied by packed weights is not rounded, where there is a kernel for that. */
  readonly exactInputs?: boolean;
  /** Tensors whose range was refined on its own. */
  readonly refined: ReadonlyMap<string, RangeMethod>;
  /** Factor by which ranges reach further than the method says, though never beyond what was observed; 1 for none. */
  readonly headroom: number;
  /** Schemes of some layers, which the recipe's own overrides go before. */
  readonly overrides: Recipe['overrides'];
  /** Node name to the reason it stays in float. */
  readonly keepFloat: ReadonlyMap<string, Reason>;
}

/** What a choice may look at to say whether it is open: the recipe, the machine, and the plan the search starts from. */
export interface ChoiceFacts {
  readonly recipe: Recipe;
  readonly features: DeviceFeatures;
  /** True where there is a model whose channels were evened out. */
  readonly canEqualize: boolean;
  /** Strengths in which there is a smoothed model. */
  readonly smoothings: readonly number[];
  readonly plan: QuantizationPlan;
  /** True where the samples are noise: what inputs do together is not to be learned from them. */
  readonly areNoise: boolean;
}

/** The best so far. */
export interface Standing {
  readonly variant: Variant;
  readonly plan: QuantizationPlan;
  readonly ranges: ReadonlyMap<string, Range>;
  readonly planOf: (variant: Variant) => QuantizationPlan;
}

export interface Alternative {
  readonly name: string;
  readonly note?: string;
  /** What it does otherwise than the best so far; empty for the best so far itself. */
  readonly change: Partial<Variant>;
  /** May do worse on inputs that were not compared. */
  readonly isRisky?: true;
  /** What is taken while figures are all noise, and where the search ends before anybody has looked. */
  readonly isFallback?: true;
}

/**
 * What decides between alternatives.
 * `closeness`: outputs come closer. `caution`: the same, but a risky one has to be closer by more than a tie, where one can still tell.
 * `exchange`: closeness and speed, at the rate of the objective; with `curesRuin` whatever the time, where half of the noise goes.
 * `descent`: round after round, by at least so many dB; all of it is one candidate. `tolerance`: taken unless it loses more than so many dB; with
 * `orAmple` also where nobody can tell the difference all the same.
 */
export type Judgement =
  | { readonly by: 'closeness' | 'caution' }
  | { readonly by: 'exchange'; readonly curesRuin: boolean }
  | {
      readonly by: 'descent';
      readonly leastGainDb: number;
      readonly name: string;
      readonly note: (changed: number, rounds: number) => string;
    }
  | { readonly by: 'tolerance'; readonly mostLossDb: number; readonly orAmple?: true };

/**
 * When a choice is made. `ranges` and `rounding`: first, and again once layers that ruined the outputs are in float, for it is by chance
 * that one is made beside them; weights are rounded anew behind all that changes what they are multiplied by. `schemes`: once it
 * is known what stays in float. `margins`: at the end.
 */
export const stages = ['ranges', 'rounding', 'schemes', 'margins'] as const;
export type Stage = (typeof stages)[number];

/** Something that a recipe may leave to measurement, as a scheme offers it: the search tries what is here, and knows no more of it. */
export interface Choice {
  readonly name: string;
  readonly stage: Stage;
  /** Alternatives that are tried at most; the total of a search is their sum. */
  readonly most: number;
  readonly isOpen: (facts: ChoiceFacts) => boolean;
  /** Those of a later round are changes to the best of the earlier ones. */
  readonly rounds: (start: Standing) => readonly ((best: Standing) => readonly Alternative[])[];
  readonly judgedBy: Judgement;
  /** Of an exchange: what the others are held against, if it is not the best so far. */
  readonly base?: Alternative;
  /** Made once more when the layers in float are settled. */
  readonly isRepeated?: true;
  /** Made before all others, too, where there is little time: not to have looked would cost the result more than any range. */
  readonly isUrgent?: true;
  /** Passed over where outputs are so close that nobody can tell the difference. */
  readonly untilAmple?: true;
}

/** A few of many names, for a note. */
export const nameSome = (names: readonly string[]): string =>
  names.slice(0, 3).join(', ') + (names.length > 3 ? ', ...' : '');
