import { z } from 'zod';

/** What another run foretold of this one, whose layers it keeps in float: see `predictFloat`. */
export const predictionSchema = z.strictObject({
  /** The run that it was foretold by. */
  runId: z.string().min(1).max(100),
  /** Layers that were in fewer bits there and are in float here. */
  layers: z.array(z.string().max(2000)).min(1).max(10_000),
  sizeBytes: z.number().nonnegative(),
  medianMs: z.number().nonnegative(),
  /** dB, as `effects.wholeSqnrDb`; null where the effect of one of the layers was not measured. */
  sqnrDb: z.number().nullable(),
});
export type Prediction = z.infer<typeof predictionSchema>;
