import { z } from 'zod';
import { interval95Schema } from './metric-row.ts';

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();

export const latencySideSchema = z.object({
  medianMs: milliseconds,
  meanMs: milliseconds,
  p90Ms: milliseconds,
  p95Ms: milliseconds,
  /** Only with at least 1,000 iterations. */
  p99Ms: milliseconds.nullable(),
  count,
  sessionLoadMs: milliseconds,
  peakMemoryBytes: count,
  /** Every measured iteration in order, so that the distribution can be drawn and the interval recomputed. */
  samplesMs: z.array(z.number()),
});
export type LatencySide = z.infer<typeof latencySideSchema>;

const ratioSchema = z.object({ ratio: z.number(), ci95: interval95Schema });

export const latencySchema = z.object({
  threads: count,
  batchSize: count,
  inputDims: z.record(z.string(), z.array(z.number())),
  before: latencySideSchema,
  /** The float model as prepared, timed in turns with the others; null where it is the model as given, or in older documents. */
  prepared: latencySideSchema.nullable().default(null),
  after: latencySideSchema,
  /** before / after: above 1 means the compressed model is faster. */
  speedup: ratioSchema,
  /** What of it needs no compression (before / prepared), and what compression adds (prepared / after): they multiply to it. Null as `prepared`. */
  speedupParts: z.object({ folding: ratioSchema, compression: ratioSchema }).nullable().default(null),
  /** A/A control: the same original model against itself; the smallest ratio this machine could tell from 1 just now. */
  resolution: ratioSchema.nullable(),
  /**
   * Processor time / elapsed time while a model ran, of the model that got least. About 1 for each thread on a quiet machine;
   * below 0.9 others ran in its place. Null in documents of versions that did not measure it.
   */
  processorShare: z.number().nonnegative().nullable().default(null),
});
export type Latency = z.infer<typeof latencySchema>;
