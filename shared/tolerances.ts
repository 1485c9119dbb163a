import { z } from 'zod';

/**
 * What a run may cost and still be worth shipping. Defaults are those of version 3 documents; the gates of a run take their
 * place where somebody set them.
 */
export const tolerancesSchema = z.object({
  /** Largest loss of the metric that counts: percentage points of a share, else percent of the original's figure. */
  maxAccuracyDrop: z.number().default(1),
  /** Smallest speed-up, before / after. */
  minSpeedup: z.number().default(1),
  /** Largest size after / before. */
  maxSizeRatio: z.number().default(1),
});
export type Tolerances = z.infer<typeof tolerancesSchema>;

/** What was asked for, and the defaults for the rest. */
export function toleratedBy(gates: Readonly<Record<keyof Tolerances, number | null>>): Tolerances {
  return tolerancesSchema.parse(Object.fromEntries(Object.entries(gates).filter(([, limit]) => limit !== null)));
}
