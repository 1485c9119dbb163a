import { z } from 'zod';

const count = z.number().int().nonnegative();
const node = z.object({ name: z.string(), opType: z.string() });

export const diffStates = ['kept', 'replaced', 'folded', 'removed', 'inserted'] as const;

export const nodeDifferenceSchema = z.object({
  /**
   * `kept`: the same operator, attributes and weights, fed by the same. `replaced`: another of these, see `changes`. `folded`: gone
   * into `into`, or into a constant where that is null. `removed`: gone, and nothing near it changed. `inserted`: new.
   */
  state: z.enum(diffStates),
  /** Null for inserted nodes. */
  before: node.nullable(),
  /** Null for nodes that are gone. */
  after: node.nullable(),
  /** The node of the second model that a folded one went into. */
  into: z.string().nullable(),
  /** What is another now: "weights: float32 -> int8". */
  changes: z.array(z.string()),
  /** Modules around it, the outermost first, as far as names tell; missing in documents of versions that did not look. */
  path: z.array(z.string()).default([]),
});
export type NodeDifference = z.infer<typeof nodeDifferenceSchema>;

const side = z.object({
  path: z.string(),
  sha256: z.string(),
  sizeBytes: count,
  opset: count,
  /** Nodes that compute something: constants are left out. */
  nodes: count,
});

/** What `vernier diff` finds between two models, without running either. */
export const modelDiffSchema = z.object({
  schemaVersion: z.literal(1),
  models: z.tuple([side, side]),
  counts: z.record(z.enum(diffStates), count),
  /** The same by operator, the most frequent first; missing in documents of versions that did not count them. */
  operators: z.partialRecord(z.enum(diffStates), z.record(z.string(), count)).default({}),
  /** Inputs and outputs of the models that are not alike in both: "output y: only in the second". */
  interface: z.array(z.string()),
  /** Nodes of the first model in its order, then what was inserted in the order of the second. */
  nodes: z.array(nodeDifferenceSchema),
});
export type ModelDiff = z.infer<typeof modelDiffSchema>;
