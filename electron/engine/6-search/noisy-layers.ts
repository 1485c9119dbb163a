import { say } from '../../../shared/engine-texts/say.ts';
import type { Graph } from '../graph/graph.ts';
import { compareWith, drownedDb, reducedLayers, leastRuinDb, nameNoisy, tieDb, withFloat } from './float-layers.ts';
import { nameSome } from '../schemes/choice.ts';
import type { OpenChoice } from './agenda.ts';
import type { Journal } from './journal.ts';
import type { Laboratory } from './laboratory.ts';
import type { QuantizedVariant } from './variant.ts';

/** Layers that ruin the outputs are looked for in this many runs of neighbours, and then within the worst of them. */
const noisyRuns = 8;
const noisyLayerRounds = 3;
/** Layers that alone leave the worst tenth of samples no closer than this ruin the outputs. */
const ruinousDb = 15;
/** Runs of layers that are looked at alone, at most: a search must end where all of them ruin the outputs. */
const mostLooks = 32;
export const noisyChoice: OpenChoice = {
  choice: say('floatNoisyLayers'),
  most: noisyLayerRounds * (2 * noisyRuns + 1),
};

function splitEvenly<Item>(items: readonly Item[], parts: number): Item[][] {
  const length = Math.ceil(items.length / parts);
  return Array.from({ length: Math.ceil(items.length / length) }, (_, part) =>
    items.slice(part * length, (part + 1) * length),
  );
}

interface NoisyLayers {
  readonly layers: readonly string[];
  /** dB by which the output comes closer to the float model's with these layers in float. */
  readonly gainDb: number;
}

/** The few layers in a row that make most of the noise; null where it comes from everywhere. */
async function findNoisyLayers(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  onLook: () => void,
): Promise<NoisyLayers | null> {
  const { closenessDb, worstTenthDb } = await laboratory.assess(base);
  if (closenessDb >= laboratory.objective.ampleSqnrDb && worstTenthDb >= drownedDb) return null;
  const findWorst = async (runs: readonly (readonly string[])[], onRun?: () => void): Promise<NoisyLayers> => {
    let worst: NoisyLayers = { layers: [], gainDb: -Infinity };
    for (const layers of runs) {
      onRun?.();
      const quality = await laboratory.assess(await withFloat(laboratory, base, layers));
      const gainDb = quality.closenessDb - closenessDb;
      if (gainDb > worst.gainDb) worst = { layers, gainDb };
    }
    return worst;
  };
  const all = reducedLayers(graph, base);
  if (all.length < 2) return null;
  if (worstTenthDb < drownedDb) {
    const ruinous = await findRuinousLayers(laboratory, base, all, onLook);
    if (ruinous.length > 0 && ruinous.length < all.length) {
      const quality = await laboratory.assess(await withFloat(laboratory, base, ruinous));
      if (quality.closenessDb - closenessDb >= leastRuinDb)
        return { layers: ruinous, gainDb: quality.closenessDb - closenessDb };
    }
  }
  let found = await findWorst(splitEvenly(all, noisyRuns), onLook);
  if (found.gainDb < leastRuinDb) return null;
  while (found.layers.length > 1) {
    const half = await findWorst(splitEvenly(found.layers, 2));
    // Both halves are to blame, or it takes both to help.
    if (half.gainDb < found.gainDb - leastRuinDb) break;
    found = half;
  }
  return found;
}

/**
 * Layers of which each ruins the outputs by itself. Where there are several, no one shows by being put into float, for the
 * others still do what they do; so runs of layers are looked at in int8 with all others in float.
 */
async function findRuinousLayers(
  laboratory: Laboratory,
  base: QuantizedVariant,
  all: readonly string[],
  onLook: () => void,
): Promise<string[]> {
  let looks = 0;
  const look = async (layers: readonly string[], onRun?: () => void): Promise<string[]> => {
    onRun?.();
    if (looks++ >= mostLooks) return [...layers];
    const alone = await withFloat(
      laboratory,
      base,
      all.filter((name) => !layers.includes(name)),
    );
    if ((await laboratory.assess(alone)).worstTenthDb >= ruinousDb) return [];
    if (layers.length === 1) return [...layers];
    const parts: string[][] = [];
    for (const half of splitEvenly(layers, 2)) parts.push(await look(half));
    // Neither half does it alone: it takes both.
    return parts.some((part) => part.length > 0) ? parts.flat() : [...layers];
  };
  const found: string[] = [];
  for (const run of splitEvenly(all, noisyRuns)) found.push(...(await look(run, onLook)));
  return found;
}

/**
 * A few layers can ruin what all others do well: those that read a tensor of which some channels are far larger than the
 * rest, so that one scale leaves nothing of the rest.
 */
export async function keepNoisyLayersFloat(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { begin, record, choose, advance, hold }: Journal,
): Promise<QuantizedVariant> {
  begin(noisyChoice.choice);
  let best = base;
  for (let round = 1; round <= noisyLayerRounds; round++) {
    const found = await findNoisyLayers(graph, laboratory, best, () => advance(noisyChoice.choice));
    if (found === null) break;
    const { layers } = found;
    const variant = await withFloat(laboratory, best, layers);
    const { quality, ratio, gain } = await compareWith(laboratory, best, (compare) => compare(variant));
    const name = nameNoisy(layers.length, round);
    record(name, variant, quality, ratio, nameSome(layers));
    if (gain <= tieDb) break;
    hold(variant, name);
    choose(name);
    best = variant;
  }
  return best;
}
