import type { Alternative, Standing, Variant } from '../schemes/choice.ts';
import type { CandidateQuality } from './candidate-quality.ts';
import type { Journal } from './journal.ts';
import type { Laboratory } from './laboratory.ts';
import { hasRanges, type QuantizedVariant } from './variant.ts';

export const isSame = (left: Variant, right: Variant): boolean =>
  (Object.keys({ ...left, ...right }) as (keyof Variant)[]).every((key) => left[key] === right[key]);

/** The best variant so far, and what is made of it. */
export class Best {
  readonly laboratory: Laboratory;
  readonly journal: Journal;
  variant: QuantizedVariant;

  constructor(laboratory: Laboratory, journal: Journal, variant: QuantizedVariant) {
    this.laboratory = laboratory;
    this.journal = journal;
    this.variant = variant;
  }

  standing(): Standing {
    return { ...this.variant, planOf: (variant) => this.laboratory.plan(variant) };
  }

  /** What a round offers, but for what would need ranges of tensors that calibration did not look at. */
  offers(round: (best: Standing) => readonly Alternative[]): readonly Alternative[] {
    return round(this.standing()).filter(({ change }) =>
      hasRanges(this.laboratory.options, { ...this.variant.variant, ...change }),
    );
  }

  assess(): Promise<CandidateQuality> {
    return this.laboratory.assess(this.variant);
  }

  /** The best with a change; itself where that changes nothing. */
  async make(change: Partial<Variant>): Promise<QuantizedVariant> {
    const { laboratory } = this;
    const before = this.variant.variant;
    const wanted = { ...before, ...change };
    if (isSame(wanted, before)) return this.variant;
    laboratory.assertNotEnough();
    const isNew = before.weightRounding !== 'compensated' || wanted.weightRange !== before.weightRange;
    if (wanted.weightRounding === 'compensated' && isNew) {
      // Weights are rounded to nearest once before they can be compensated.
      const nearest: Variant = { ...wanted, weightRounding: 'nearest' };
      await laboratory.prepareCompensation(isSame(nearest, before) ? this.variant : await laboratory.build(nearest));
    }
    return laboratory.build(wanted);
  }

  /** From here on this is the best: a search that is told to stop ends with it. */
  take(variant: QuantizedVariant, name?: string): void {
    this.variant = variant;
    this.journal.hold(variant, name);
  }
}
