import { z } from 'zod';
import { saidSchema } from './engine-texts/said.ts';

const count = z.number().int().nonnegative();

export const candidateSchema = z.object({
  name: z.string(),
  chosen: z.boolean(),
  /** SQNR of the output, or of what a final Softmax is made of, against the float model on calibration samples; null if identical. */
  sqnrDb: z.number().nullable(),
  /** The mean of the worst tenth of those samples; null in documents of versions that did not keep it. */
  worstTenthSqnrDb: z.number().nullable().default(null),
  /**
   * What candidates were compared by, where that is a loss in the terms of the task and not SQNR: mean over the same samples, and its
   * words. Its value is null where an output is no number. Missing where SQNR decides, and in older documents.
   */
  taskLoss: z
    .object({
      label: z.string(),
      definition: z.string(),
      zh: z.object({ label: z.string(), definition: z.string() }),
      unit: z.enum(['nat', '']),
      value: z.number().nullable(),
    })
    .optional(),
  /** Null where no compared output ranks classes. */
  top1Agreement: z.number().nullable(),
  latencyRatio: z.number().nullable(),
  note: z.string(),
  /** `name` and `note` by code and slots; null where there is none, missing in documents of versions that kept the sentence alone. */
  nameSaid: saidSchema.nullable().optional(),
  noteSaid: saidSchema.nullable().optional(),
  /** How each choice is made in it; missing in documents of versions that kept the name alone. */
  settings: z
    .object({
      weightRange: z.string(),
      weightRounding: z.string(),
      equalized: z.boolean(),
      /** Strength in which what matrix products read is smoothed; null where it is not, and in documents of versions that could not. */
      smoothing: z.number().nullable().default(null),
      biasCorrection: z.boolean(),
      /** Calibration methods of tensors that are never negative, and of the others. */
      oneSided: z.string(),
      twoSided: z.string(),
      /** Tensors with a method of their own. */
      refinedTensors: count,
      headroom: z.number(),
      exactInputs: z.boolean(),
      /** Nodes that measurement, or what calibration saw, leaves in float. */
      keptFloat: count,
      /** Nodes of each scheme, float among them. */
      schemes: z.record(z.string(), count),
    })
    .optional(),
  /** Of its constants. */
  sizeBytes: count.optional(),
});
/** One alternative the recipe search measured before deciding. */
export type Candidate = z.infer<typeof candidateSchema>;
