import { say } from '../../../shared/engine-texts/say.ts';
import { bitsOf } from '../../../shared/precision.ts';
import { isStoredLookup, isPlanned } from '../2-plan/quantization-plan.ts';
import type { Graph } from '../graph/graph.ts';
import { tensorElementCount } from '../onnx/tensor-proto.ts';
import { compareWith, reducedLayers, leastRuinDb, nameSlower, tieDb, withFloat } from './float-layers.ts';
import { nameSome } from '../schemes/choice.ts';
import type { OpenChoice } from './agenda.ts';
import type { Journal } from './journal.ts';
import { keepLastStepsFloat } from './last-steps.ts';
import type { Laboratory } from './laboratory.ts';
import { keepNoisyLayersFloat, noisyChoice } from './noisy-layers.ts';
import type { QuantizedVariant } from './variant.ts';

/** Float prefixes longer than this were never worth it in what we measured. */
const longestFloatPrefix = 6;
/** Layers put into float bring conversions with them, which can make their neighbours slow: looked at again this often. */
const slowLayerRounds = 3;
const [prefix, slow, last, tables] = [
  'float: first layers',
  'float: slow layers',
  'float: last steps',
  'float: tables',
];
/** @param again choices that are made once more behind the layers that make the noise. */
export const floatChoices = (again: readonly OpenChoice[]): OpenChoice[] => [
  noisyChoice,
  ...again,
  { choice: prefix, most: longestFloatPrefix },
  slowChoice(),
  { choice: last, most: 1 },
  { choice: tables, most: 1 },
];
/** Looking at slow layers, here or at the end of something else. */
export const slowChoice = (suffix = ''): OpenChoice => ({ choice: slow + suffix, most: slowLayerRounds });
/** A layer's time in a short profile is only good to about this share. */
const timeTolerance = 0.05;

/**
 * Which layers stay in float, by measurement: first those that ruin the outputs, then the first ones, then those that int8
 * makes slower, and the last steps without weights. Candidates are compared by latency and output SQNR together.
 * @param decideAgain makes the other choices once more when the layers that ruined the outputs are in float.
 */
export async function keepLayersFloat(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  journal: Journal,
  decideAgain: (variant: QuantizedVariant) => Promise<QuantizedVariant> = (variant) => Promise.resolve(variant),
): Promise<QuantizedVariant> {
  const noiseless = await keepNoisyLayersFloat(graph, laboratory, base, journal);
  const exact = noiseless === base ? base : await decideAgain(noiseless);
  // What is made float again when the model is loaded is as fast in either form.
  const isTimed = exact.plan.nodes.some(
    (node) => isPlanned(node) && !node.precision.expandsAtLoad && !isStoredLookup(node),
  );
  if (!isTimed) return exact;
  journal.begin(prefix);
  const prefixed = await keepFloatPrefix(graph, laboratory, exact, journal);
  const fast = await keepSlowLayersFloat(graph, laboratory, prefixed, journal);
  journal.begin(last);
  const uncut = await keepLastStepsFloat(graph, laboratory, fast, journal);
  journal.begin(tables);
  return keepNoisyTablesFloat(laboratory, uncut, journal);
}

/**
 * The first layers of image models have few channels and large maps: int8 kernels gain nothing there, the conversion costs,
 * and their rounding errors go through everything behind them. Tries keeping the first 1, 2, ... weighted layers in float;
 * the shortest of those that tie with the best wins.
 */
async function keepFloatPrefix(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose, hold }: Journal,
): Promise<QuantizedVariant> {
  // Weights in blocks of a few bits are there for their size: any of them in float would come closer.
  const inBlocks = new Set(
    base.plan.nodes.filter(({ precision }) => precision.weights?.block != null).map(({ node }) => node),
  );
  const layers = reducedLayers(graph, base).filter((name) => !inBlocks.has(name));
  if (layers.length < 2) return base;
  const tried = [{ variant: base, name: '', gain: 0 }];
  const largestGain = () => Math.max(...tried.map(({ gain }) => gain));
  await compareWith(laboratory, base, async (compare) => {
    let worseInARow = 0;
    for (let length = 1; length <= Math.min(longestFloatPrefix, layers.length - 1); length++) {
      const variant = await withFloat(laboratory, base, layers.slice(0, length));
      const { quality, ratio, gain } = await compare(variant);
      const name = say('floatFirst', { count: length });
      record(name, variant, quality, ratio, layers[length - 1]!);
      worseInARow = gain > largestGain() ? 0 : worseInARow + 1;
      tried.push({ variant, name, gain });
      // Three longer prefixes without a gain: the rest would only be slower.
      if (worseInARow >= 3) break;
    }
  });
  const best = tried.find(({ gain }) => gain >= largestGain() - tieDb)!;
  hold(best.variant, best.name);
  choose(best.name);
  return best.variant;
}

const sumOf = (times: ReadonlyMap<string, number>): number => [...times.values()].reduce((sum, ms) => sum + ms, 0);

/** By what share of its weights' bytes a variant grows when one more of its int8 layers is put into float. */
function growthInFloat(graph: Graph, { plan }: QuantizedVariant): (layer: string) => number {
  const elements = (tensor: string): number => tensorElementCount(graph.constants.get(tensor)!);
  const weightOf = new Map(plan.nodes.map(({ node, weight }) => [node, weight?.tensor ?? null]));
  /** Bytes of a weight's element as it is stored. */
  const stored = new Map(
    plan.nodes.flatMap(({ weight, precision }) =>
      weight === null || precision.weights === null ? [] : [[weight.tensor, bitsOf(precision.weights) / 8] as const],
    ),
  );
  let bytes = 0;
  for (const tensor of graph.constants.keys()) bytes += elements(tensor) * (stored.get(tensor) ?? 4);
  return (layer) => {
    const tensor = weightOf.get(layer) ?? null;
    return tensor === null ? 0 : ((4 - (stored.get(tensor) ?? 4)) * elements(tensor)) / bytes;
  };
}

/**
 * Int8 kernels are not faster at everything: depthwise convolutions on small maps, tiny layers and those between layers
 * that are float anyway can take longer, with the conversions they need, than they did in float. Puts all layers whose
 * profile says so into float at once, and looks again; but once the model is faster than it was, not those whose weights
 * would make it much larger for little.
 */
export async function keepSlowLayersFloat(
  graph: Graph,
  laboratory: Laboratory,
  base: QuantizedVariant,
  { begin, record, choose, hold }: Journal,
  suffix = '',
): Promise<QuantizedVariant> {
  begin(slowChoice(suffix).choice);
  const floatMs = await laboratory.layerTimes(null);
  let best = base;
  for (let round = 1; round <= slowLayerRounds; round++) {
    const int8Ms = await laboratory.layerTimes(best.quantized);
    const layers = reducedLayers(graph, best);
    const totalMs = sumOf(int8Ms);
    // A model slower than it was is not worth its size; one that is faster is.
    const rate = totalMs < sumOf(floatMs) ? laboratory.objective.latencySharePerSize : 0;
    const growth = growthInFloat(graph, best);
    const slow = layers.filter((name) => {
      const [before, after] = [floatMs.get(name), int8Ms.get(name)];
      // A layer without a time of its own was fused into another one.
      if (before === undefined || after === undefined || after <= before * (1 + timeTolerance)) return false;
      return (after - before) / totalMs >= rate * growth(name);
    });
    if (slow.length === 0 || slow.length === layers.length) break;
    const variant = await withFloat(laboratory, best, slow);
    const once = () => compareWith(laboratory, best, (compare) => compare(variant));
    const first = await once();
    // What one timing finds faster has to be so again: the profile and it may have seen the same slow spell.
    const second = first.gain > tieDb ? await once() : first;
    const { quality, ratio, gain } = second.gain < first.gain ? second : first;
    const name = nameSlower(slow.length, round) + suffix;
    record(name, variant, quality, ratio, nameSome(slow));
    if (gain <= tieDb) break;
    hold(variant, name);
    choose(name);
    best = variant;
  }
  return best;
}

/**
 * Puts tables of weights back into float where rounding them is what ruins the outputs: they cost no time in either form, and
 * most of a text model's size is theirs.
 */
async function keepNoisyTablesFloat(
  laboratory: Laboratory,
  base: QuantizedVariant,
  { record, choose }: Journal,
): Promise<QuantizedVariant> {
  // A table that a layer multiplies by in 8 bits would be stored twice.
  const tables = base.plan.nodes
    .filter((node) => isStoredLookup(node) && node.weight!.sharedWith === undefined)
    .map((node) => node.node);
  if (tables.length === 0) return base;
  const before = await laboratory.assess(base);
  const variant = await withFloat(laboratory, base, tables);
  const after = await laboratory.assess(variant);
  const name = say('floatTables', { count: tables.length });
  record(name, variant, after, null, nameSome(tables));
  if (before.closenessDb >= laboratory.objective.ampleSqnrDb || after.closenessDb - before.closenessDb < leastRuinDb)
    return base;
  choose(name);
  return variant;
}
