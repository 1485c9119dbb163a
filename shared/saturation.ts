import { z } from 'zod';

/*
 * x86 CPUs without VNNI, AMX or the like add pairs of u8 x s8 products in 16 bits, which cut large sums off. What a model loses by that is
 * simulated on every CPU, so that a run tells of those that it did not run on.
 */

const count = z.number().int().nonnegative();

export const saturationSchema = z.object({
  /** Whether sums saturate on the CPU of this run. */
  isHere: z.boolean(),
  /** Samples it was simulated on; 0 where no pair of weights can saturate: the outputs are the same on every CPU. */
  samples: count,
  /**
   * The outputs against the original's, in dB as `sqnrDb` of a candidate, with exact sums and with sums that saturate. Null without
   * samples.
   */
  exactSqnrDb: z.number().nullable(),
  saturatingSqnrDb: z.number().nullable(),
  /** Layers in which pairs can saturate. */
  layers: count,
  /** Layers that were not looked at, though they can: operators whose sums cannot be had, or too many pairs. */
  leftOut: z.array(z.string()),
  spentMs: z.number().nonnegative(),
});
export type Saturation = z.infer<typeof saturationSchema>;

export const layerSaturationSchema = z.object({
  /** Of its pair sums, those that are cut off. */
  share: z.number(),
  /** Its output against what exact sums give, its inputs being exact; null where nothing is cut off. */
  sqnrDb: z.number().nullable(),
});
export type LayerSaturation = z.infer<typeof layerSaturationSchema>;

interface Saturated {
  readonly name: string;
  readonly saturation: LayerSaturation | null;
}

/** A layer that is by this much, in dB, closer to exact than the worst one is not what costs anything. */
const besideWorstDb = 30;

/** Layers in which sums are cut off, those first whose outputs are furthest off by that. */
export function worstSaturated<One extends Saturated>(layers: readonly One[]): One[] {
  const dbOf = ({ saturation }: One): number => saturation?.sqnrDb ?? Infinity;
  const cut = layers.filter((layer) => dbOf(layer) < Infinity);
  const worstDb = Math.min(...cut.map(dbOf));
  return cut
    .filter((layer) => dbOf(layer) < worstDb + besideWorstDb)
    .toSorted((left, right) => dbOf(left) - dbOf(right));
}

/** What the simulation tells apart, and outputs closer than this, in dB, to the original's lose nothing that counts. */
const leastLossDb = 1;
const harmlessDb = 40;

/** dB that the outputs lose where sums saturate; null where nothing that counts, or it is not known. */
export function saturationLossDb({ exactSqnrDb, saturatingSqnrDb }: Saturation): number | null {
  if (exactSqnrDb === null || saturatingSqnrDb === null || saturatingSqnrDb >= harmlessDb) return null;
  const lossDb = exactSqnrDb - saturatingSqnrDb;
  return lossDb < leastLossDb ? null : lossDb;
}

/** What a run tells of saturating sums that cost something. */
export interface SaturationEvidence {
  /** On the CPU of the run; else on others. */
  readonly isHere: boolean;
  /** Of the outputs, with exact sums and with those that saturate. */
  readonly exactDb: number;
  readonly saturatingDb: number;
  /** The worst of `count` layers that cut sums off, and which share of them. */
  readonly layers: readonly { readonly name: string; readonly value: number }[];
  readonly count: number;
}

/** @returns null where the run is of the other sort of CPU, or nothing that counts is lost. */
export function saturationEvidence(
  { saturation, layers }: { readonly saturation: Saturation | null; readonly layers: readonly Saturated[] },
  isHere: boolean,
  most: number,
): SaturationEvidence | null {
  if (saturation?.isHere !== isHere || saturationLossDb(saturation) === null) return null;
  const worst = worstSaturated(layers);
  return {
    isHere,
    exactDb: saturation.exactSqnrDb!,
    saturatingDb: saturation.saturatingSqnrDb!,
    layers: worst.slice(0, most).map(({ name, saturation: own }) => ({ name, value: own!.share })),
    count: worst.length,
  };
}
