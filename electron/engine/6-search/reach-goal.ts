import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { readSize, readTolerance, type Tolerance } from '../../../shared/goal-limits.ts';
import { schemeNames } from '../../../shared/schemes.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { formatBytes } from '../../../shared/units.ts';
import type { Quality } from '../metrics/output-quality.ts';
import type { Graph } from '../graph/graph.ts';
import type { Best } from './best.ts';
import type { OpenChoice } from './agenda.ts';
import { cheapestChoices } from './cheapest-choices.ts';
import { fileBytes } from './describe-candidate.ts';
import { compareWith, drownedDb } from './float-layers.ts';
import { mostLooks, noiseOf, offerBytes, offerNoise, offerTime, type LayerOffer } from './layer-offers.ts';
import { changeForms, type Form } from './units.ts';
import type { QuantizedVariant } from './variant.ts';

/** Assignments that are measured as a whole for one limit, at most. */
const mostTries = 8;
/** Where what is left to try would change the gain by less than this share of all that can be gained, it is left. */
const finest = 0.01;
const goalName = 'limits of the goal';

/** What of a search's agenda a recipe's limits take: at most two walks, each with its looks. */
export function goalChoices(recipe: Recipe): OpenChoice[] {
  const isLimited = recipe.within !== '' || recipe.maxSize !== '';
  return isLimited ? [{ choice: goalName, most: 2 * (mostLooks + mostTries) }] : [];
}

/** One limit, and what came of it. */
export interface GoalOutcome {
  readonly limit: 'within' | 'maxSize';
  readonly isMet: boolean;
  /** Bytes of the file, about, and how close it is, on the samples that candidates are compared on: without the limits, and with them. */
  readonly before: { readonly bytes: number; readonly quality: Quality };
  readonly after: { readonly bytes: number; readonly quality: Quality };
}

interface Accepts {
  readonly quality: (quality: Quality) => boolean;
  /** Noise that is thought to be the most that is accepted; null where nothing tells. */
  readonly mostNoise: number | null;
}

/** Points of answers lost; null where nothing ranks classes. */
export const pointsLost = ({ lossShare }: Quality): number | null => (lossShare === undefined ? null : 100 * lossShare);

function acceptsWithin(within: Tolerance | null, start: Quality): Accepts {
  if (within === null) {
    // Too little is left for anybody to use: whoever wants a file that small may say by --within how far it may go.
    const leastDb = Math.min(drownedDb, start.sqnrDb);
    return { quality: ({ sqnrDb }) => sqnrDb >= leastDb, mostNoise: noiseOf({ sqnrDb: leastDb }) };
  }
  const { amount, unit } = within;
  if (unit === 'dB') {
    const leastDb = start.sqnrDb - amount;
    return { quality: ({ sqnrDb }) => sqnrDb >= leastDb, mostNoise: noiseOf({ sqnrDb: leastDb }) };
  }
  return { quality: (quality) => (pointsLost(quality) ?? Infinity) <= amount + 1e-9, mostNoise: null };
}

interface Measured {
  readonly name: Sentence;
  readonly quality: Quality;
  /** False where time is what is wanted, and it takes as long. */
  readonly isFaster: boolean;
}

/** Assignments in the order of what they gain, made and measured when they are asked for. */
class Walk {
  readonly front: ReturnType<typeof cheapestChoices>;
  private readonly best: Best;
  private readonly offers: readonly (readonly LayerOffer[])[];
  private readonly made = new Map<number, QuantizedVariant>();
  private readonly start: QuantizedVariant;
  private readonly isTimed: boolean;

  constructor(best: Best, offers: readonly (readonly LayerOffer[])[], isTimed: boolean) {
    this.best = best;
    this.offers = offers;
    this.front = cheapestChoices(offers);
    this.start = best.variant;
    this.isTimed = isTimed;
  }

  formsAt(place: number): Map<string, Form> {
    const forms = this.front[place]!.picks.flatMap((pick, unit) => (pick < 0 ? [] : [...this.offers[unit]![pick]!.forms])); // prettier-ignore
    return new Map(forms);
  }

  async at(place: number): Promise<QuantizedVariant> {
    const known = this.made.get(place);
    if (known !== undefined) return known;
    const made = await this.best.make(changeForms(this.start.variant, this.formsAt(place)));
    this.made.set(place, made);
    return made;
  }

  /** Tells of it as a candidate. */
  async measure(place: number): Promise<Measured> {
    const { laboratory, journal } = this.best;
    const made = await this.at(place);
    const quality = await laboratory.assess(made);
    const ratio = this.isTimed
      ? await compareWith(laboratory, this.start, async (compare) => (await compare(made)).ratio)
      : null;
    const mix = nameMix(this.formsAt(place), laboratory.recipe.scheme);
    const name = say('layersForGoal', { mix, size: formatBytes(fileBytes(made)) });
    journal.record(name, made, quality, ratio, '');
    return { name, quality, isFaster: ratio === null || ratio > 1 };
  }
}

/** "int4-weights 12, int2-weights 3". */
function nameMix(forms: ReadonlyMap<string, Form>, usual: string): string {
  const counted = [...schemeNames, 'float' as const, 'unkept' as const].map((form) => {
    const count = [...forms.values()].filter((one) => one === form).length;
    return count === 0 ? '' : `${form === 'unkept' ? usual : form} ${count}`;
  });
  return counted.filter((text) => text !== '').join(', ');
}

interface Found {
  readonly place: number;
  readonly name: Sentence;
}

/**
 * The last place up to `end` that is accepted, which is held as the best. Noise is foretold as the sum of what single changes make, and that
 * corrected by what was measured last; where it was wrong twice, halves are taken.
 */
async function findLast(walk: Walk, best: Best, end: number, { quality, mostNoise }: Accepts): Promise<Found | null> {
  const base = noiseOf(await best.assess());
  let [low, high, correction] = [0, end + 1, 1];
  let found: Found | null = null;
  const gainAt = (place: number): number => walk.front[Math.min(place, end)]!.gain;
  for (let tries = 0; tries < mostTries && high - low > 1; tries++) {
    if (gainAt(high) - gainAt(low) < finest * gainAt(end) && found !== null) break;
    const isForetold = (place: number): boolean => walk.front[place]!.price * correction <= mostNoise! - base;
    let place = Math.floor((low + high) / 2);
    if (mostNoise !== null && tries < mostTries / 2) {
      place = high - 1;
      while (place > low + 1 && !isForetold(place)) place--;
    }
    const seen = await walk.measure(place);
    const { price } = walk.front[place]!;
    if (price > 0) correction = Math.max(0.05, (noiseOf(seen.quality) - base) / price);
    if (!quality(seen.quality) || !seen.isFaster) {
      high = place;
      continue;
    }
    [low, found] = [place, { place, name: seen.name }];
    best.take(await walk.at(place), seen.name);
  }
  return found;
}

/** The first place that is accepted, for those before it change less; the last one, if none is. */
async function findFirst(walk: Walk, best: Best, accepts: Accepts): Promise<boolean> {
  const last = walk.front.length - 1;
  if (last < 1) return false;
  let [low, high] = [0, last];
  let seen = await walk.measure(last);
  best.take(await walk.at(last), seen.name);
  let chosen = seen.name;
  const isMet = accepts.quality(seen.quality);
  for (let tries = 1; isMet && tries < mostTries && high - low > 1; tries++) {
    const place = Math.floor((low + high) / 2);
    seen = await walk.measure(place);
    if (!accepts.quality(seen.quality)) {
      low = place;
      continue;
    }
    [high, chosen] = [place, seen.name];
    best.take(await walk.at(place), chosen);
  }
  best.journal.choose(chosen);
  return isMet;
}

/** Makes the best smaller, by what costs least, until it fits, or is as small as is accepted. */
async function shrinkTo(walk: Walk, best: Best, mostBytes: number, accepts: Accepts): Promise<boolean> {
  let fits = -1;
  for (const place of walk.front.keys()) {
    if (fileBytes(best.variant) - walk.front[place]!.gain > mostBytes) continue;
    if (fileBytes(await walk.at(place)) > mostBytes) continue;
    fits = place;
    break;
  }
  if (fits >= 0) {
    const { name, quality } = await walk.measure(fits);
    if (accepts.quality(quality)) {
      best.take(await walk.at(fits), name);
      best.journal.choose(name);
      return true;
    }
  }
  const found = await findLast(walk, best, (fits < 0 ? walk.front.length : fits) - 1, accepts);
  if (found !== null) best.journal.choose(found.name);
  return false;
}

/**
 * Holds the best so far to the recipe's limits: `within` and towards the goal, the smallest or fastest that loses no more; `maxSize`, the
 * closest that fits. Layers are measured alone in each form they could take, the best mix for a limit is a 0-1 program of what that showed,
 * and mixes are measured as a whole until one is at the limit.
 */
export async function reachGoal(graph: Graph, best: Best, recipe: Recipe): Promise<GoalOutcome[]> {
  const [within, mostBytes] = [readTolerance(recipe.within), readSize(recipe.maxSize)];
  if (within === null && mostBytes === null) return [];
  const { journal } = best;
  journal.begin(goalName);
  const onLook = (): void => journal.advance(goalName);
  const before = { bytes: fileBytes(best.variant), quality: await best.assess() };
  const accepts = acceptsWithin(within, before.quality);
  const outcomes: Omit<GoalOutcome, 'before' | 'after'>[] = [];
  if (within !== null) {
    let isMet = accepts.quality(before.quality);
    if (!isMet && pointsLost(before.quality) !== null) {
      const walk = new Walk(best, await offerNoise(graph, best, recipe.goal, onLook), false);
      isMet = await findFirst(walk, best, accepts);
    } else if (isMet && (recipe.goal === 'size' || recipe.goal === 'speed')) {
      const isTimed = recipe.goal === 'speed';
      const offers = isTimed ? await offerTime(graph, best, onLook) : await offerBytes(graph, best, onLook);
      const walk = new Walk(best, offers, isTimed);
      const found = await findLast(walk, best, walk.front.length - 1, accepts);
      if (found !== null) journal.choose(found.name);
    }
    outcomes.push({ limit: 'within', isMet });
  }
  if (mostBytes !== null) {
    const isSmall = fileBytes(best.variant) <= mostBytes;
    const isMet =
      isSmall ||
      (await shrinkTo(new Walk(best, await offerBytes(graph, best, onLook), false), best, mostBytes, accepts));
    outcomes.push({ limit: 'maxSize', isMet });
  }
  const after = { bytes: fileBytes(best.variant), quality: await best.assess() };
  return outcomes.map((outcome) => ({ ...outcome, before, after }));
}
