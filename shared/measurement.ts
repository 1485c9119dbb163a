import { z } from 'zod';
import { interval95Schema } from './metric-row.ts';

/** One of several latency measurements of the same two models, told in the order in which they were made. */
export const measurementSchema = z.object({
  measuredTimestampMs: z.number().int(),
  /** before / after. */
  speedup: z.object({ ratio: z.number(), ci95: interval95Schema }),
  beforeMedianMs: z.number().nonnegative(),
  afterMedianMs: z.number().nonnegative(),
  processorShare: z.number().nonnegative().nullable(),
  /** Whether `latency`, and with it ledger, gates and decision, are of this one. */
  decides: z.boolean(),
});
export type Measurement = z.infer<typeof measurementSchema>;
