import { z } from 'zod';
import { environmentSchema } from './run.ts';

export const benchRequestSchema = z.strictObject({
  modelPaths: z.tuple([z.string().min(1), z.string().min(1)]),
  threads: z.number().int().min(1).max(256).default(1),
  dims: z.record(z.string(), z.number().int().min(1)).default({}),
  minSeconds: z.number().positive().default(3),
});
export type BenchRequest = z.infer<typeof benchRequestSchema>;

const milliseconds = z.number().nonnegative();
const ci95 = z.tuple([z.number(), z.number()]);

/** Two models timed against each other: fresh processes, same threads, interleaved. */
export const benchResultSchema = z.object({
  schemaVersion: z.literal(1),
  threads: z.number().int(),
  batchSize: z.number().int(),
  variants: z.array(
    z.object({
      path: z.string(),
      sha256: z.string(),
      sizeBytes: z.number().int(),
      medianMs: milliseconds,
      meanMs: milliseconds,
      p90Ms: milliseconds,
      p95Ms: milliseconds,
      p99Ms: milliseconds.nullable(),
      count: z.number().int(),
      sessionLoadMs: milliseconds,
      peakMemoryBytes: z.number().int(),
    }),
  ),
  /** Second model against the first: first / second, above 1 means the second is faster. */
  speedup: z.object({ ratio: z.number(), ci95 }),
  /** The first model against itself, measured in the same minutes. */
  resolution: z.object({ ratio: z.number(), ci95 }).nullable(),
  /** As in the run document: below 0.9 other programs ran in the place of a model. */
  processorShare: z.number().nonnegative(),
  environment: environmentSchema,
});
export type BenchResult = z.infer<typeof benchResultSchema>;
