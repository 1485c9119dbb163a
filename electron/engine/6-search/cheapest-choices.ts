/** One thing that may be done to a unit, beside leaving it as it is. */
export interface Offer {
  /** How much of what is wanted it brings; above 0. */
  readonly gain: number;
  /** What it costs; not below 0. Gains and prices of several units add up. */
  readonly price: number;
}

/** At most one offer for each unit: its index, or -1 to leave the unit as it is. */
export interface Assignment {
  readonly gain: number;
  readonly price: number;
  readonly picks: readonly number[];
}

/** Gains are counted in this many parts of all that can be gained. */
const gainSteps = 4096;

/**
 * The best that can be had, from nothing to all that can be gained: assignments of which each is the cheapest for at least its gain, by
 * rising gain and price. A 0-1 program with one sum, solved by dynamic programming (Kellerer et al., "Knapsack Problems" (2004), chapter
 * 11): exact but for rounding each gain down to a step, in units x offers x steps additions.
 */
export function cheapestChoices(units: readonly (readonly Offer[])[]): Assignment[] {
  const most = units.reduce((sum, offers) => sum + Math.max(0, ...offers.map(({ gain }) => gain)), 0);
  const stepsOf = ({ gain }: Offer): number => Math.floor((gain / most) * gainSteps);
  let cheapest = new Float64Array(gainSteps + 1).fill(Infinity);
  cheapest[0] = 0;
  const picked = units.map((offers) => {
    const next = cheapest.slice();
    const picks = new Int16Array(gainSteps + 1).fill(-1);
    offers.forEach((offer, index) => {
      const steps = stepsOf(offer);
      for (let at = steps; at <= gainSteps; at++) {
        const price = cheapest[at - steps]! + offer.price;
        if (price < next[at]!) [next[at], picks[at]] = [price, index];
      }
    });
    cheapest = next;
    return picks;
  });
  const front: Assignment[] = [];
  let lowest = Infinity;
  for (let end = gainSteps; end >= 0; end--) {
    // Nothing is always among them, also where something costs as little.
    if (end > 0 && !(cheapest[end]! < lowest)) continue;
    lowest = cheapest[end]!;
    front.push(readBack(units, picked, stepsOf, end));
  }
  return front.reverse();
}

function readBack(
  units: readonly (readonly Offer[])[],
  picked: readonly Int16Array[],
  stepsOf: (offer: Offer) => number,
  end: number,
): Assignment {
  const picks = new Array<number>(units.length).fill(-1);
  let [at, gain, price] = [end, 0, 0];
  for (let unit = units.length - 1; unit >= 0; unit--) {
    const index = picked[unit]![at]!;
    picks[unit] = index;
    if (index < 0) continue;
    const offer = units[unit]![index]!;
    [at, gain, price] = [at - stepsOf(offer), gain + offer.gain, price + offer.price];
  }
  return { gain, price, picks };
}
