import { isLookup } from './3-quantize/plan.ts';
import { opEntry } from './1-analyze/op-table.ts';
import type { Graph } from './graph/graph.ts';
import type { Journal } from './journal.ts';
import type { Laboratory, Quality } from './laboratory.ts';
import type { QuantizedVariant } from './variant.ts';

/** Float prefixes longer than this were never worth it in what we measured. */
const longestFloatPrefix = 6;
/** Layers put into float bring conversions with them, which can make their neighbours slow: looked at again this often. */
const slowLayerRounds = 3;
/** Steps of a search that all this can take. */
export const floatCandidates = longestFloatPrefix + slowLayerRounds + 1;
/** The rate at which speed and closeness to the float model are exchanged: 1 dB of output SQNR for this share of latency. */
const latencySharePerDb = 0.02;
/** Closer than this to the float model nobody can tell the difference any more, so it buys no latency. */
export const ampleSqnrDb = 35;
/** Scores closer than this, in dB, are the same. */
const leastGainDb = 0.1;
/** A layer's time in a short profile is only good to about this share. */
const timeTolerance = 0.05;

/** Tables cost no time in either form, and most of a text model's size is theirs: float only when half of the noise is from them. */
const leastTableGainDb = 3;

const reason = 'measured: in float the model is faster or closer to the original';

/**
 * Which layers stay in float, by measurement: first the first ones, then those that int8 makes slower.
 * Candidates are compared by latency and output SQNR together.
 */
export async function keepLayersFloat(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  journal: Journal,
): Promise<QuantizedVariant> {
  const prefixed = await keepFloatPrefix(graph, laboratory, base, journal);
  const fast = await keepSlowLayersFloat(graph, laboratory, prefixed, journal);
  return keepNoisyTablesFloat(laboratory, fast, journal);
}

/** Nodes with a weight that a variant computes in int8, in the order of the graph. */
function int8Layers(graph: Graph, { plan }: QuantizedVariant): string[] {
  const int8 = new Set(plan.nodes.filter((node) => node.mode === 'int8').map((node) => node.node));
  return graph.nodes
    .filter((node) => int8.has(node.name) && opEntry(node.domain, node.opType)?.role === 'weighted')
    .map((node) => node.name);
}

function withFloat(laboratory: Laboratory, { variant }: QuantizedVariant, names: readonly string[]): QuantizedVariant {
  const keepFloat = new Map([...variant.keepFloat, ...names.map((name) => [name, reason] as const)]);
  return laboratory.build({ ...variant, keepFloat });
}

interface Comparison {
  readonly quality: Quality;
  /** Time of the base / time of the candidate. */
  readonly ratio: number;
  /** What the candidate is better by, in dB: latency exchanged, and a gain in speed only as far as it is sure. */
  readonly gain: number;
}

/** Holds candidates against one base while `use` runs. */
async function compareWith<Result>(
  laboratory: Laboratory,
  base: QuantizedVariant,
  use: (compare: (candidate: QuantizedVariant) => Promise<Comparison>) => Promise<Result>,
): Promise<Result> {
  const baseSession = await laboratory.open(base.quantized);
  try {
    const worth = ({ sqnrDb }: Quality): number => Math.min(sqnrDb, ampleSqnrDb);
    const baseWorth = worth(await laboratory.quality(base.quantized, baseSession));
    return await use(async (candidate) => {
      const session = await laboratory.open(candidate.quantized);
      try {
        const quality = await laboratory.quality(candidate.quantized, session);
        const { ratio, low } = await laboratory.latencyRatio(baseSession, session);
        const sure = ratio > 1 ? Math.max(1, low) : ratio;
        return { quality, ratio, gain: worth(quality) - baseWorth + (sure - 1) / latencySharePerDb };
      } finally {
        await session.release();
      }
    });
  } finally {
    await baseSession.release();
  }
}

/**
 * The first layers of image models have few channels and large maps: int8 kernels gain nothing there, the conversion costs,
 * and their rounding errors go through everything behind them. Tries keeping the first 1, 2, ... weighted layers in float.
 */
async function keepFloatPrefix(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose }: Journal,
): Promise<QuantizedVariant> {
  const layers = int8Layers(graph, base);
  let best = { variant: base, name: '', gain: 0 };
  await compareWith(laboratory, base, async (compare) => {
    let worseInARow = 0;
    for (let length = 1; length <= Math.min(longestFloatPrefix, layers.length - 1); length++) {
      const variant = withFloat(laboratory, base, layers.slice(0, length));
      const { quality, ratio, gain } = await compare(variant);
      const name = `float: first ${length} layer${length === 1 ? '' : 's'}`;
      record(name, quality, ratio, layers[length - 1]!);
      if (gain > best.gain + leastGainDb) [best, worseInARow] = [{ variant, name, gain }, 0];
      else worseInARow++;
      // Three longer prefixes without a gain: the rest would only be slower.
      if (worseInARow >= 3) break;
    }
  });
  choose(best.name);
  return best.variant;
}

/**
 * Int8 kernels are not faster at everything: depthwise convolutions on small maps, tiny layers and those between layers
 * that are float anyway can take longer, with the conversions they need, than they did in float. Puts all layers whose
 * profile says so into float at once, and looks again.
 */
async function keepSlowLayersFloat(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose }: Journal,
): Promise<QuantizedVariant> {
  const floatMs = await laboratory.layerTimes(null);
  let best = base;
  for (let round = 1; round <= slowLayerRounds; round++) {
    const int8Ms = await laboratory.layerTimes(best.quantized);
    const layers = int8Layers(graph, best);
    // A layer without a time of its own was fused into another one.
    const slow = layers.filter((name) => int8Ms.get(name)! > floatMs.get(name)! * (1 + timeTolerance));
    if (slow.length === 0 || slow.length === layers.length) break;
    const variant = withFloat(laboratory, best, slow);
    const { quality, ratio, gain } = await compareWith(laboratory, best, (compare) => compare(variant));
    const name = `float: ${slow.length} layer${slow.length === 1 ? '' : 's'} slower in int8${round === 1 ? '' : `, round ${round}`}`;
    record(name, quality, ratio, `${slow.slice(0, 3).join(', ')}${slow.length > 3 ? ', ...' : ''}`);
    if (gain <= leastGainDb) break;
    choose(name);
    best = variant;
  }
  return best;
}

/** Puts tables of weights back into float where rounding them is what ruins the outputs. */
async function keepNoisyTablesFloat(
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose }: Journal,
): Promise<QuantizedVariant> {
  const tables = base.plan.nodes.filter(isLookup).map((node) => node.node);
  if (tables.length === 0) return base;
  const before = await laboratory.assess(base);
  const variant = withFloat(laboratory, base, tables);
  const after = await laboratory.assess(variant);
  const name = `float: ${tables.length} table${tables.length === 1 ? '' : 's'}`;
  record(name, after, null, `${tables.slice(0, 3).join(', ')}${tables.length > 3 ? ', ...' : ''}`);
  if (before.sqnrDb >= ampleSqnrDb || after.sqnrDb - before.sqnrDb < leastTableGainDb) return base;
  choose(name);
  return variant;
}
