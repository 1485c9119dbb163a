import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import { isPlanned } from '../2-plan/quantization-plan.ts';
import { opEntry } from '../2-plan/op-table.ts';
import type { Graph } from '../graph/graph.ts';
import type { CandidateQuality } from './candidate-quality.ts';
import { constantBytes } from './describe-candidate.ts';
import type { Laboratory } from './laboratory.ts';
import type { QuantizedVariant } from './variant.ts';

/** Scores closer than this, in dB, are a tie, which fewer layers in float win: short timings are only good to about 1 %. */
export const tieDb = 0.5;
/** A worst tenth of samples below this, in dB, and something drowns what most layers do: what is chosen then is chosen by chance. */
export const drownedDb = 10;
/** What ruins the outputs makes half of their noise or more; of less than that another set of samples may think otherwise. */
export const leastRuinDb = 3;

const reason = say('measuredInFloat');

/** Nodes with a weight that a variant has in fewer bits, in the order of the graph. */
export function reducedLayers(graph: Graph, { plan }: QuantizedVariant): string[] {
  const planned = new Set(plan.nodes.filter(isPlanned).map((node) => node.node));
  return graph.nodes
    .filter((node) => planned.has(node.name) && opEntry(node.domain, node.opType)?.role === 'weighted')
    .map((node) => node.name);
}

export function withFloat(
  laboratory: Laboratory,
  { variant }: QuantizedVariant,
  names: readonly string[],
): Promise<QuantizedVariant> {
  laboratory.assertNotEnough();
  const keepFloat = new Map([...variant.keepFloat, ...names.map((name) => [name, reason] as const)]);
  return laboratory.build({ ...variant, keepFloat });
}

export interface CandidateGain {
  readonly quality: CandidateQuality;
  /** Time of the base / time of the candidate. */
  readonly ratio: number;
  /** What the candidate is better by, in dB: latency and size exchanged, and a gain in speed only as far as it is sure. */
  readonly gain: number;
}

/** Holds candidates against one base while `use` runs. */
export async function compareWith<Result>(
  laboratory: Laboratory,
  base: QuantizedVariant,
  use: (compare: (candidate: QuantizedVariant) => Promise<CandidateGain>) => Promise<Result>,
): Promise<Result> {
  const baseSession = await laboratory.open(base.quantized);
  try {
    const { ampleSqnrDb, latencySharePerDb, sqnrPerHalvingDb } = laboratory.objective;
    const worth = ({ closenessDb }: CandidateQuality): number => Math.min(closenessDb, ampleSqnrDb);
    const baseBytes = constantBytes(base);
    const baseWorth = worth(await laboratory.quality(base.quantized, baseSession));
    return await use(async (candidate) => {
      const session = await laboratory.open(candidate.quantized);
      try {
        const quality = await laboratory.quality(candidate.quantized, session);
        const { ratio, low } = await laboratory.latencyRatio(baseSession, session);
        const sure = ratio > 1 ? Math.max(1, low) : ratio;
        const halvings = sqnrPerHalvingDb === 0 ? 0 : Math.log2(baseBytes / constantBytes(candidate));
        const gain = worth(quality) - baseWorth + (sure - 1) / latencySharePerDb + halvings * sqnrPerHalvingDb;
        return { quality, ratio, gain };
      } finally {
        await session.release();
      }
    });
  } finally {
    await baseSession.release();
  }
}

/** Candidates of layers in float, the first look at them or a later one. */
export const nameSlower = (count: number, round: number): Sentence =>
  round === 1 ? say('floatSlower', { count }) : say('floatSlowerRound', { count, round });
export const nameNoisy = (count: number, round: number): Sentence =>
  round === 1 ? say('floatNoisy', { count }) : say('floatNoisyRound', { count, round });
