import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import type { Candidate, Diagnostic } from '../../../shared/run.ts';
import type { DeviceFeatures } from '../../../shared/device-features.ts';
import { settleRecipe } from '../../../shared/recipe.ts';
import type { QuantizationPlan } from '../2-plan/quantization-plan.ts';
import { offerChoices } from '../schemes/all.ts';
import type { Choice, ChoiceFacts, Stage, Standing, Variant } from '../schemes/choice.ts';
import { startingVariant } from '../schemes/starting-variant.ts';
import { canCompensate } from '../schemes/weight-choices.ts';
import { Agenda, type OpenChoice, type Remaining } from './agenda.ts';
import { Best, isSame } from './best.ts';
import { EnoughError } from './enough.ts';
import { drownedDb } from './float-layers.ts';
import { createJournal, type Journal, type SearchEvent } from './journal.ts';
import { floatChoices, keepLayersFloat, keepSlowLayersFloat, slowChoice } from './keep-float.ts';
import { Laboratory, type LaboratoryOptions } from './laboratory.ts';
import { makeChoice } from './make-choice.ts';
import { goalChoices, reachGoal, type GoalOutcome } from './reach-goal.ts';
import type { QuantizedVariant } from './variant.ts';

export interface SearchOptions extends LaboratoryOptions {
  /** True where the CPU multiplies u8 x s8 without saturating 16-bit sums (VNNI, dot product). */
  readonly features: DeviceFeatures;
  /** The time is limited: what can cost the result most is looked at first. */
  readonly isRushed?: boolean;
  readonly onCandidate: (remaining: Remaining, name: string) => void;
  /** Each candidate once it is compared, and which is the best so far. */
  readonly onEvent?: (event: SearchEvent) => void;
}

export interface Stopped {
  /** Steps it had done, of at most how many. */
  readonly done: number;
  readonly most: number;
  /** How long it went on all the same, for a variant that it could not end without. */
  readonly lateMs: number;
}

export interface SearchResult extends QuantizedVariant {
  readonly candidates: readonly Candidate[];
  /** Where the search was told to stop; null where it came to its end. */
  readonly stopped: Stopped | null;
  /** What came of the limits of the recipe; null where the search was told to stop before it came to them. */
  readonly goal: readonly GoalOutcome[] | null;
}

/** Candidates of a choice that is made once more, and of slow layers that are looked for behind another choice. */
const [again, atEnd, atFirst] = [', again', ', at the end', ', at a first look'];
const behind = ({ name }: Choice): string => `, with ${name}`;

/** The choices that are open, by when they are made. */
interface Offer {
  readonly first: readonly Choice[];
  /** Of the first, those that are made once more behind the layers in float. */
  readonly repeated: readonly Choice[];
  readonly schemes: readonly Choice[];
  readonly margins: readonly Choice[];
  readonly keepsFloat: boolean;
  /** Those that are made before all others, with a look at slow layers between what is timed and what is not; null where there is time. */
  readonly urgent: { readonly timed: readonly Choice[]; readonly others: readonly Choice[] } | null;
}

function sortChoices(open: readonly Choice[], keepsFloat: boolean, isRushed: boolean): Offer {
  const at = (stage: Stage): Choice[] => open.filter((choice) => choice.stage === stage);
  const first = [...at('ranges'), ...at('rounding')];
  const repeated = keepsFloat ? first.filter(({ isRepeated }) => isRepeated === true) : [];
  const urgent = open.filter(({ isUrgent }) => isUrgent === true);
  const isTimed = ({ judgedBy }: Choice): boolean => judgedBy.by === 'exchange';
  const before = { timed: urgent.filter(isTimed), others: urgent.filter((choice) => !isTimed(choice)) };
  // Where nothing but layers in float is open there is little to be in a hurry for.
  const hurries = isRushed && keepsFloat && first.length > 1;
  return {
    first,
    repeated,
    schemes: at('schemes'),
    margins: at('margins'),
    keepsFloat,
    urgent: hurries ? before : null,
  };
}

/** All that may be tried, in its order. */
function planAgenda(
  { first, repeated, schemes, margins, keepsFloat, urgent }: Offer,
  limits: readonly OpenChoice[],
): Agenda {
  const list = (choices: readonly Choice[], suffix = ''): OpenChoice[] =>
    choices.map(({ name, most }) => ({ choice: name + suffix, most }));
  return new Agenda([
    ...(urgent === null ? [] : [...list(urgent.timed, atFirst), slowChoice(atFirst), ...list(urgent.others, atFirst)]),
    ...list(first),
    ...(keepsFloat ? floatChoices(list(first, again)) : []),
    ...list(repeated, atEnd),
    ...schemes.flatMap((choice) => [...list([choice]), slowChoice(behind(choice))]),
    ...list(margins),
    ...limits,
  ]);
}

/** What a search ends with before anybody has looked: for risky alternatives, what is taken in their place. */
function avoidRisks(standing: Standing, choices: readonly Choice[]): Partial<Variant> {
  const risky = choices.filter(({ judgedBy }) => judgedBy.by === 'caution');
  const offered = risky.flatMap((choice) => choice.rounds(standing).flatMap((round) => round(standing)));
  return Object.assign({}, ...offered.filter(({ isFallback }) => isFallback).map(({ change }) => change)) as Partial<Variant>; // prettier-ignore
}

/**
 * Fills in what the recipe leaves to measurement, one choice of the schemes after the other, and which layers stay in float. Candidates
 * are compared on calibration samples by SQNR of the output, and where speed is concerned by paired latency.
 *
 * A choice made while one layer drowns what all others do is made by chance: once layers that ruin the outputs are in float, all
 * of them are made again, and once others are, those that chance decides.
 *
 * There is a best so far at any moment, which is the result when `options.enough` is aborted.
 */
export async function searchRecipe(
  options: SearchOptions,
  laboratory = new Laboratory(options),
): Promise<SearchResult> {
  const recipe = settleRecipe(options.recipe, options.features);
  const candidates: Candidate[] = [];
  const made = { canEqualize: options.equalized !== null, smoothings: [...options.smoothed.keys()] };
  const begun = startingVariant(recipe, made, options.keepFloat);
  const planOf = (variant: Variant): QuantizationPlan => laboratory.plan(variant);
  const first: Standing = { variant: begun, plan: planOf(begun), ranges: new Map(), planOf };
  const { features, areNoise = false } = options;
  const facts: ChoiceFacts = { recipe, features, ...made, plan: first.plan, areNoise };
  const offer = sortChoices(offerChoices(facts), recipe.keepFloat === 'auto', options.isRushed === true);
  const journal: Journal = createJournal(
    candidates,
    options.onCandidate,
    planAgenda(offer, goalChoices(recipe)),
    options.onEvent,
  );
  const safe: Variant = { ...begun, ...avoidRisks(first, offer.first) };
  // Of a large model each variant takes a minute: where there is no time to look, one is made.
  const endWithSafe = async (): Promise<SearchResult> => {
    const made = await laboratory.build(safe, true);
    const { done, total } = journal.remaining();
    const stopped = total === 0 ? null : { done, most: total, lateMs: laboratory.lateMs() };
    return { ...made, candidates, stopped, goal: null };
  };
  if (options.enough?.aborted === true) return endWithSafe();
  // What is looked at first has no risks: it is made at once, not behind another.
  const toStart = offer.urgent === null ? begun : safe;
  let start: QuantizedVariant | null = null;
  try {
    start = await laboratory.build(toStart, isSame(toStart, safe));
    journal.hold(start);
    const best = await search(options, facts, offer, new Best(laboratory, journal, start));
    const goal = await reachGoal(options.graph, best, recipe);
    return { ...best.variant, candidates, stopped: null, goal };
  } catch (error) {
    if (!(error instanceof EnoughError)) throw error;
    const held = journal.best();
    if (held?.name !== undefined) journal.choose(held.name);
    const isUntried = held?.variant === start && !isSame(safe, toStart);
    if (held === null || isUntried) return endWithSafe();
    const { done, total } = journal.remaining();
    const stopped = { done, most: total, lateMs: laboratory.lateMs() };
    return { ...held.variant, candidates, stopped, goal: null };
  }
}

/** With what saturates nowhere: is it slower than float, which layers are, and what can be stored of them. */
async function lookFirst(graph: SearchOptions['graph'], { first, urgent }: Offer, best: Best): Promise<void> {
  best.take(await best.make(avoidRisks(best.standing(), first)));
  for (const choice of urgent!.timed) await makeChoice(best, choice, { suffix: atFirst, isLast: false });
  if (best.variant.plan.observe.length > 0) {
    best.variant = await keepSlowLayersFloat(graph, best.laboratory, best.variant, best.journal, atFirst);
  }
  for (const choice of urgent!.others) await makeChoice(best, choice, { suffix: atFirst, isLast: false });
}

async function search({ graph }: SearchOptions, facts: ChoiceFacts, offer: Offer, best: Best): Promise<Best> {
  const { laboratory, journal } = best;
  const { first, repeated, keepsFloat } = offer;
  /** Layers that were in float when the choices were made, and whether they were made by more than chance. */
  let [inFloat, isDrowned] = [0, false];
  const decide = async (suffix: string): Promise<void> => {
    inFloat = best.variant.variant.keepFloat.size;
    // A search that puts no layers into float makes each choice once.
    for (const choice of first) await makeChoice(best, choice, { suffix, isLast: !keepsFloat });
    isDrowned = repeated.length > 0 && (await best.assess()).worstTenthDb < drownedDb;
  };
  if (offer.urgent !== null) await lookFirst(graph, offer, best);
  // Without activations in 8 bits there are no ranges to choose any more.
  if (offer.urgent === null || best.variant.plan.observe.length > 0) await decide('');
  if (facts.recipe.weightRounding === 'compensated' && canCompensate(facts)) {
    best.take(await best.make({ weightRounding: 'compensated' }));
  }
  if (keepsFloat) {
    best.variant = await keepLayersFloat(graph, laboratory, best.variant, journal, async (variant) => {
      best.variant = variant;
      await decide(again);
      return best.variant;
    });
    const isShaken = isDrowned || best.variant.variant.keepFloat.size > inFloat;
    for (const choice of isShaken ? repeated : []) await makeChoice(best, choice, { suffix: atEnd, isLast: true });
  }
  for (const choice of offer.schemes) {
    const before = best.variant;
    await makeChoice(best, choice, { suffix: '', isLast: true });
    // What is only stored otherwise takes the time it took.
    if (best.variant === before || choice.judgedBy.by === 'tolerance') continue;
    best.variant = await keepSlowLayersFloat(graph, laboratory, best.variant, journal, behind(choice));
  }
  for (const choice of offer.margins) await makeChoice(best, choice, { suffix: '', isLast: true });
  return best;
}

export function describeStop(stopped: SearchResult['stopped']): Diagnostic[] {
  if (stopped === null) return [];
  const { done, most, lateMs } = stopped;
  const inform = (code: string, message: Sentence): Diagnostic => ({ severity: 'info', code, message, node: null });
  const notes = [inform('search-stopped', say('searchStopped', { done, most }))];
  const seconds = Math.round(lateMs / 1000);
  if (seconds > 0) notes.push(inform('search-late', say('searchLate', { seconds })));
  return notes;
}
