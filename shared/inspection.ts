import { z } from 'zod';
import { diagnosticSchema, modelFactsSchema } from './run.ts';

const count = z.number().int().nonnegative();

/** What `vernier inspect` finds in one model without changing or measuring it. */
export const inspectionSchema = z.object({
  schemaVersion: z.literal(1),
  model: modelFactsSchema,
  /** Dimensions the shapes below hold for: every symbolic one with the value used. */
  dims: z.record(z.string(), z.number()),
  totals: z.object({
    /** Layers and Constant nodes. */
    nodes: count,
    quantizableNodes: count,
    /** Weight elements, counted at every node that reads them. */
    parameters: count,
    /** Weight elements, tied weights once. */
    parametersDeduplicated: count,
    storedBytes: count,
    macs: count,
  }),
  layers: z.array(
    z.object({
      name: z.string(),
      opType: z.string(),
      inputShape: z.array(z.number()).nullable(),
      outputShape: z.array(z.number()).nullable(),
      parameters: count,
      bytes: count,
      /** Null when a shape it depends on is unknown. */
      macs: count.nullable(),
      quantizable: z.boolean(),
      /** Why not, or what it is folded into. */
      reason: z.string(),
    }),
  ),
  /** Constant nodes: stored values, no layers. Their parameters and bytes count at the layers that read them. */
  constants: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.number()).nullable(),
        bytes: count,
        /** Names of the nodes that read it; empty when only a subgraph does. */
        usedBy: z.array(z.string()),
      }),
    )
    .default([]),
  diagnostics: z.array(diagnosticSchema),
});
export type Inspection = z.infer<typeof inspectionSchema>;
