import { z } from 'zod';
import { saidSchema } from './engine-texts/said.ts';
import { interval95Schema } from './metric-row.ts';
import { precisionSchema } from './precision.ts';
import { layerSaturationSchema } from './saturation.ts';

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();
const ci95 = interval95Schema;

/** What did a layer's work in one run under profiling, and what of its milliseconds went into conversions around it. */
const layerPartsSchema = z.object({
  /** Op types as the runtime names them; its own kernels, not those of the file. */
  kernels: z.array(z.string()),
  /** Quantizing, dequantizing, casting. */
  conversionMs: milliseconds,
  /** Changes of the layout in memory. */
  layoutMs: milliseconds,
});

export const layerSchema = z.object({
  name: z.string(),
  opType: z.string(),
  inputShape: z.array(z.number()).nullable(),
  outputShape: z.array(z.number()).nullable(),
  /** Weight elements this node uses (shared ones counted at every user; totals are de-duplicated in the ledger). */
  parameters: count,
  macs: count,
  /** False where `macs` is 0 because nobody knows it. */
  macsKnown: z.boolean().default(true),
  weightBits: z.number().int(),
  activationBits: z.number().int(),
  /** The same of the original: half floats, integers of a model that came quantized. */
  originalWeightBits: z.number().int().default(32),
  originalActivationBits: z.number().int().default(32),
  /** What it is stored and computed in now; null in documents of versions that told it by bits alone. */
  precision: precisionSchema.nullable().default(null),
  /** Whether it computes with, or moves, what is stored in fewer bits; not what only has conversions around it. */
  quantized: z.boolean(),
  /** Why it was not quantized, or what became of it ("folded into …"); empty when quantized. */
  reason: z.string(),
  /** `reason` by code and slots; null where it is empty, missing in documents of versions that kept the sentence alone. */
  reasonSaid: saidSchema.nullable().optional(),
  bytesBefore: count,
  bytesAfter: count,
  latencyBeforeMs: milliseconds.nullable(),
  latencyAfterMs: milliseconds.nullable(),
  /** Its times taken apart, null on a side where another layer does its work; null in documents of versions that did not keep them. */
  ran: z.object({ before: layerPartsSchema.nullable(), after: layerPartsSchema.nullable() }).nullable().default(null),
  /** Groups of a convolution: as many as input channels where each is convolved alone. */
  groups: z.number().int().positive().default(1),
  /** SQNR of this layer's output, compressed against original, over a few samples. */
  sqnrDb: z.number().nullable(),
  /**
   * The same of the layer alone: everything before it exact, its inputs rounded as they are. Null where nothing differs, where it was not
   * measured (control flow, more than 1 GB of weights), and in documents of versions that did not.
   */
  introducedSqnrDb: z.number().nullable().default(null),
  /**
   * What it costs the output: how close that is with only this layer compressed, and with all but this one, in dB as `sqnrDb` of a
   * candidate, with 95 % intervals from three samples on. Null where it was not looked at; see `effects`.
   */
  effect: z
    .object({
      onlySqnrDb: z.number(),
      onlyCi95: ci95.nullable(),
      withoutSqnrDb: z.number(),
      withoutCi95: ci95.nullable(),
      /** Layers beside it that would be in float with it, as a sum is whose inputs are not all rounded; without them, too. */
      alsoFloat: z.array(z.string()).default([]),
    })
    .nullable()
    .default(null),
  /** What cutting off sums of products adds to it on CPUs that do; null where no pair of its weights can be, and where it was not looked at. */
  saturation: layerSaturationSchema.nullable().default(null),
  /**
   * The tensor that holds what it hands out when the model runs, as `ranges` name it: behind what was folded into it, or what it was
   * folded into. Null where nothing is left of it; missing in documents of versions that did not keep it.
   */
  outputTensor: z.string().nullable().optional(),
});
export type Layer = z.infer<typeof layerSchema>;
