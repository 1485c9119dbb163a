import { z } from 'zod';
import { describeScheme } from './schemes.ts';
import type { Recipe } from './recipe.ts';

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

/** Stored in fewer bits and computed as before, a model is meant to be smaller: no faster is as asked for, surely slower is not. */
const storedOnlyMinSpeedup = 0.9;

/** What was asked for, and the defaults for the rest. */
export function toleratedBy(
  gates: Readonly<Record<keyof Tolerances, number | null>>,
  { scheme }: Pick<Recipe, 'scheme'>,
): Tolerances {
  const minSpeedup =
    gates.minSpeedup ?? (scheme !== 'auto' && describeScheme(scheme).storedOnly ? storedOnlyMinSpeedup : undefined);
  return tolerancesSchema.parse({
    maxAccuracyDrop: gates.maxAccuracyDrop ?? undefined,
    minSpeedup,
    maxSizeRatio: gates.maxSizeRatio ?? undefined,
  });
}
