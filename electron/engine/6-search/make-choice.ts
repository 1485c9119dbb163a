import type { Alternative, Choice, Judgement } from '../schemes/choice.ts';
import type { CandidateQuality } from './candidate-quality.ts';
import type { Best } from './best.ts';
import { describeCandidate } from './describe-candidate.ts';
import { compareWith, drownedDb, leastRuinDb, tieDb } from './float-layers.ts';
import type { QuantizedVariant } from './variant.ts';

export interface Occasion {
  /** Tells candidates of a choice that is made once more from those of the first time. */
  readonly suffix: string;
  /** False where it will be made once more. */
  readonly isLast: boolean;
}

type Judge<By extends Judgement['by']> = (
  best: Best,
  choice: Choice & { readonly judgedBy: Extract<Judgement, { readonly by: By }> },
  occasion: Occasion,
) => Promise<void>;

/** Takes whatever comes closer to the float model; the best so far may be among the alternatives. */
const judgeByCloseness: Judge<'closeness'> = async (best, choice, { suffix }) => {
  let chosen: string | null = null;
  for (const round of choice.rounds(best.standing())) {
    for (const { name, note = '', change } of best.offers(round)) {
      // What follows is a change to the best so far, which has a figure to beat even if nothing was tried before.
      const before = await best.assess();
      const variant = await best.make(change);
      const quality = await best.laboratory.assess(variant);
      best.journal.record(name + suffix, variant, quality, null, note);
      if (variant !== best.variant) {
        if (!(quality.closenessDb > before.closenessDb)) continue;
        best.take(variant, name + suffix);
      }
      chosen = name + suffix;
    }
  }
  if (chosen !== null) best.journal.choose(chosen);
};

/**
 * The alternative under which outputs come closest; a risky one only where it is closer by more than a tie and one can tell the
 * difference. While something drowns what all of them do, none is chosen by figures that are all noise, unless there is no other time.
 */
const judgeByCaution: Judge<'caution'> = async (best, choice, { suffix, isLast }) => {
  const tried: (Alternative & { readonly variant: QuantizedVariant; readonly quality: CandidateQuality })[] = [];
  for (const alternative of choice.rounds(best.standing()).flatMap((round) => best.offers(round))) {
    const variant = await best.make(alternative.change);
    const quality = await best.laboratory.assess(variant);
    const name = alternative.name + suffix;
    best.journal.record(name, variant, quality, null, alternative.note ?? '');
    tried.push({ ...alternative, name, variant, quality });
  }
  const sorted = tried.toSorted((left, right) => right.quality.closenessDb - left.quality.closenessDb);
  const [closest, safe] = [sorted[0]!, sorted.find(({ isRisky }) => isRisky !== true)!];
  const { ampleSqnrDb } = best.laboratory.objective;
  const isAsGood = safe.quality.closenessDb >= Math.min(closest.quality.closenessDb - tieDb, ampleSqnrDb);
  const isDrowned = closest.quality.worstTenthDb < drownedDb;
  const fallback = tried.find(({ isFallback }) => isFallback === true)!;
  const chosen = isDrowned && !isLast ? fallback : isAsGood ? safe : closest;
  best.take(chosen.variant, chosen.name);
  best.journal.choose(chosen.name);
};

const bytesOf = (variant: QuantizedVariant): number => describeCandidate(variant).sizeBytes ?? 0;

/** Takes what is closer or faster, by more than a tie, than what the others are held against. */
const judgeByExchange: Judge<'exchange'> = async (best, choice, { suffix }) => {
  const alternatives = choice.rounds(best.standing()).flatMap((round) => best.offers(round));
  if (alternatives.length === 0) return;
  const { laboratory, journal } = best;
  const { objective } = laboratory;
  let [base, baseName] = [best.variant, ''];
  if (choice.base !== undefined) {
    [base, baseName] = [await best.make(choice.base.change), choice.base.name + suffix];
    journal.record(baseName, base, await laboratory.assess(base), null, choice.base.note ?? '');
  }
  let chosen = { variant: base, gain: tieDb, name: baseName };
  await compareWith(laboratory, base, async (compare) => {
    for (const { name, note = '', change } of alternatives) {
      const variant = await best.make(change);
      const { quality, ratio, gain } = await compare(variant);
      journal.record(name + suffix, variant, quality, ratio, note);
      const before = (await laboratory.assess(base)).closenessDb;
      const isCured = before < objective.ampleSqnrDb && quality.closenessDb - before >= leastRuinDb;
      // No worse in anything, though it may be a tie in each.
      const isBetter = ratio > 1 && quality.closenessDb >= before && bytesOf(variant) <= bytesOf(base);
      const isFirst = chosen.variant === base && isBetter;
      if (gain > chosen.gain || isFirst || (choice.judgedBy.curesRuin && isCured))
        chosen = { variant, gain: Math.max(gain, chosen.gain), name: name + suffix };
    }
  });
  if (chosen.name === '') return;
  best.take(chosen.variant, chosen.name);
  journal.choose(chosen.name);
};

/** Goes on from whatever comes closer by enough; which of them did, one candidate tells in the end. */
const judgeByDescent: Judge<'descent'> = async (best, choice) => {
  const { leastGainDb, name, note } = choice.judgedBy;
  const rounds = choice.rounds(best.standing());
  let changed = 0;
  for (const round of rounds) {
    let found = best.variant;
    let quality = await best.assess();
    for (const { change } of best.offers(round)) {
      const variant = await best.make(change);
      const next = await best.laboratory.assessAgainst(quality, variant);
      if (next !== null && next.closenessDb > quality.closenessDb + leastGainDb) [found, quality] = [variant, next];
    }
    if (found !== best.variant) {
      changed++;
      best.take(found);
    }
    best.journal.advance(name);
  }
  best.journal.record(name, best.variant, await best.assess(), null, note(changed, rounds.length));
  if (changed > 0) best.journal.choose(name);
};

/** Takes what is better for other inputs, unless those that were compared lose too much by it. */
const judgeByTolerance: Judge<'tolerance'> = async (best, choice, { suffix }) => {
  for (const { name, note = '', change } of choice.rounds(best.standing()).flatMap((round) => best.offers(round))) {
    const variant = await best.make(change);
    const before = await best.assess();
    const after = await best.laboratory.assess(variant);
    best.journal.record(name + suffix, variant, after, null, note);
    const isAmple = choice.judgedBy.orAmple === true && after.closenessDb >= best.laboratory.objective.ampleSqnrDb;
    if (!isAmple && before.closenessDb - after.closenessDb > choice.judgedBy.mostLossDb) continue;
    best.take(variant, name + suffix);
    best.journal.choose(name + suffix);
  }
};

const judges: { readonly [By in Judgement['by']]: Judge<By> } = {
  closeness: judgeByCloseness,
  caution: judgeByCaution,
  exchange: judgeByExchange,
  descent: judgeByDescent,
  tolerance: judgeByTolerance,
};

/** Tries what a choice offers, and makes of the best so far what it decides for. */
export async function makeChoice(best: Best, choice: Choice, occasion: Occasion): Promise<void> {
  const { objective } = best.laboratory;
  if (choice.untilAmple === true && (await best.assess()).closenessDb >= objective.ampleSqnrDb) return;
  best.journal.begin(choice.name + occasion.suffix);
  await (judges[choice.judgedBy.by] as Judge<Judgement['by']>)(best, choice, occasion);
}
