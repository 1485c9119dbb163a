import { precisionSchema } from './precision.ts';
import { z } from 'zod';
import { saidSchema, toldSchema } from './engine-texts/said.ts';
import { accuracySchema } from './accuracy.ts';
import { measurementSchema } from './measurement.ts';
import { interval95Schema } from './metric-row.ts';
import { predictionSchema } from './prediction.ts';
import { recipeSchema } from './recipe.ts';
import { sampleEvidenceSchema } from './sample-evidence.ts';
import { tolerancesSchema } from './tolerances.ts';

export type { Accuracy, Agreement, ClosedLoop, Estimate } from './accuracy.ts';
export type { Interval95, MetricRow } from './metric-row.ts';

/**
 * The run document: everything one compression run found out, in one versioned JSON value. Written by the engine, kept by
 * the store, read by reports, the command line and the window. docs/run-document.md explains every field.
 */
export const runSchemaVersion = 3;
/** Versions that can be read: all there have been. */
const readableVersions = z.literal([1, 2, runSchemaVersion]);

const count = z.number().int().nonnegative();
const milliseconds = z.number().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const ci95 = interval95Schema;

/** An input or output of a model. */
const valueFacts = z.object({
  name: z.string(),
  dataType: z.string(),
  /** A string is a symbolic dimension. */
  dims: z.array(z.union([z.number(), z.string()])),
  /** The model does not say how many dimensions there are; `dims` is empty then. */
  anyShape: z.boolean().default(false),
});

export const modelFactsSchema = z.object({
  path: z.string(),
  sha256,
  /** The .onnx file plus its external data. */
  sizeBytes: count,
  opset: count,
  inputs: z.array(valueFacts),
  outputs: z.array(valueFacts),
  producer: z.string(),
});
export type ModelFacts = z.infer<typeof modelFactsSchema>;

/** The float model that was quantized: constants, BatchNorm and shape work folded, weights no inputs any more. */
export const preparedFactsSchema = z.object({
  /** False where nothing that runs was folded: the model as given is then the float model as prepared, and was timed once. */
  changed: z.boolean(),
  /** As a file with its external data; of the original where nothing changed and no file was wanted. */
  sizeBytes: count,
  /** Nodes that compute something, in the file as given and as prepared. */
  nodesBefore: count,
  nodesAfter: count,
  /** Where it was kept as a file, and that file's hash; null where it was not asked for. */
  path: z.string().nullable(),
  sha256: sha256.nullable(),
});
export type PreparedFacts = z.infer<typeof preparedFactsSchema>;

export const dataFactsSchema = z.object({
  path: z.string().nullable(),
  kind: z.enum(['images', 'arrays', 'texts', 'onnx-test-data', 'random', 'none']),
  /** Over the sorted list of files and their hashes. */
  sha256: sha256.nullable(),
  labelled: z.boolean(),
  sampleCount: count,
  calibrationCount: count,
  evaluationCount: count,
  calibrationSha256: sha256.nullable(),
  evaluationSha256: sha256.nullable(),
  seed: z.number().int(),
  /** True when no real data was given: every figure that depends on it is then meaningless and marked. */
  random: z.boolean(),
});
export type DataFacts = z.infer<typeof dataFactsSchema>;

export const claimNames = [
  'parameters',
  'fp32EquivalentParameters',
  'storedBytes',
  'macs',
  'bops',
  'weightedCompute',
  'latencyMedianMs',
  'peakMemoryBytes',
] as const;
export type ClaimName = (typeof claimNames)[number];

export const ledgerRowSchema = z.object({
  claim: z.enum(claimNames),
  before: z.number(),
  /** Of the float model as prepared; null where it was not taken apart from `before`, or does not apply. */
  prepared: z.number().nullable().default(null),
  after: z.number(),
  /** before / after. */
  ratio: z.number(),
  ratioCi95: ci95.nullable(),
  unit: z.enum(['count', 'bytes', 'bit-operations', 'MACs', 'ms']),
  definition: z.string(),
  /** How the figure was got: "computed …" or "measured …" with n and conditions. */
  basis: z.string(),
  /** True where something could not be counted, on both sides. */
  isPartial: z.boolean().default(false),
});
export type LedgerRow = z.infer<typeof ledgerRowSchema>;

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

const ratioSchema = z.object({ ratio: z.number(), ci95 });

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
    })
    .nullable()
    .default(null),
  /**
   * The tensor that holds what it hands out when the model runs, as `ranges` name it: behind what was folded into it, or what it was
   * folded into. Null where nothing is left of it; missing in documents of versions that did not keep it.
   */
  outputTensor: z.string().nullable().optional(),
});
export type Layer = z.infer<typeof layerSchema>;

export const diagnosticSchema = z.object({
  severity: z.enum(['info', 'warning', 'error']),
  code: z.string(),
  message: z.string(),
  /** `message` by code and slots; null for sentences that no table has, missing in documents of versions that kept the sentence alone. */
  said: saidSchema.nullable().optional(),
  node: z.string().nullable(),
});
export type Diagnostic = z.infer<typeof diagnosticSchema>;

export const tensorRangeSchema = z.object({
  tensor: z.string(),
  /** Tensors that hold the same values, moved, pooled or joined, and are stored with this range, too. Empty in older documents. */
  sharedBy: z.array(z.string()).default([]),
  /** Observed over every calibration sample. */
  min: z.number(),
  max: z.number(),
  /** The range chosen by the calibration method. */
  low: z.number(),
  high: z.number(),
  scale: z.number(),
  zeroPoint: z.number().int(),
  /** Counts of at most 128 equal bins over [min, max]; empty when the method kept no histogram. */
  histogram: z.array(z.number()),
  /** True for outputs and what is only pooled, moved or joined towards them: these ranges allow for samples not seen. */
  decides: z.boolean().default(false),
  /** Share of its values in evaluation samples that lie beyond the range; null in documents of versions that did not look. */
  clippedValueShare: z.number().nullable().default(null),
  /** Share of `unseenSampleCount` evaluation samples with any such value. */
  clippedSampleShare: z.number().nullable().default(null),
  unseenSampleCount: count.nullable().default(null),
});
export type TensorRange = z.infer<typeof tensorRangeSchema>;

export const weightRangeSchema = z.object({
  /** The quantized layer, and its weight tensor in the float model. */
  node: z.string(),
  tensor: z.string(),
  min: z.number(),
  max: z.number(),
  /** Scales in use: one a channel, or one in all. */
  scaleCount: count,
  /** Largest magnitude that the smallest and the largest scale can hold. */
  narrowest: z.number(),
  widest: z.number(),
  /** Counts of at most 128 equal bins over [min, max]. */
  histogram: z.array(z.number()),
});
/** Weights of one layer before they were rounded, and the ranges chosen for them. */
export type WeightRange = z.infer<typeof weightRangeSchema>;

export const candidateSchema = z.object({
  name: z.string(),
  chosen: z.boolean(),
  /** SQNR of the output, or of what a final Softmax is made of, against the float model on calibration samples; null if identical. */
  sqnrDb: z.number().nullable(),
  /** The mean of the worst tenth of those samples; null in documents of versions that did not keep it. */
  worstTenthSqnrDb: z.number().nullable().default(null),
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

export const environmentSchema = z.object({
  vernierVersion: z.string(),
  onnxRuntimeVersion: z.string(),
  nodeVersion: z.string(),
  os: z.string(),
  cpuModel: z.string(),
  cpuFlags: z.array(z.string()),
  cores: count,
  totalMemoryBytes: count,
  loadAverage: z.array(z.number()),
  governor: z.string().nullable(),
  onBattery: z.boolean().nullable(),
});
export type Environment = z.infer<typeof environmentSchema>;

export const gateSchema = z.object({
  name: z.enum(['maxAccuracyDrop', 'minSpeedup', 'maxSizeRatio', 'maxDrop']),
  /** Of `maxDrop`: the row of `accuracy.metrics` that it looks at, limits and drops in its unit (of a share percentage points). */
  metric: z.string().nullable().default(null),
  limit: z.number(),
  actual: z.number().nullable(),
  met: z.boolean(),
  message: z.string(),
});
export type Gate = z.infer<typeof gateSchema>;

export const runStatuses = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** What is known from the moment a run starts; all of it is present in every later document. */
const runHeader = {
  schemaVersion: readableVersions,
  runId: z.string(),
  startedTimestampMs: z.number().int(),
  durationMs: milliseconds,
  recipe: recipeSchema,
  threads: count,
};

export const runDocumentSchema = z.object({
  ...runHeader,
  status: z.literal('done'),
  model: z.object({
    original: modelFactsSchema,
    /** Null in documents of versions that did not tell. */
    prepared: preparedFactsSchema.nullable().default(null),
    compressed: modelFactsSchema,
  }),
  data: dataFactsSchema,
  ledger: z.array(ledgerRowSchema),
  latency: latencySchema,
  /** Every measurement of these models' speed, where it was measured again; empty where `latency` is the only one. */
  measurements: z.array(measurementSchema).default([]),
  accuracy: accuracySchema,
  /** Evaluation samples that are answered otherwise; null in documents of versions that did not keep them. */
  samples: sampleEvidenceSchema.nullable().default(null),
  layers: z.array(layerSchema),
  /** Calibrated activation tensors. */
  ranges: z.array(tensorRangeSchema),
  /** Weights of quantized layers; empty in documents of versions that did not keep them. */
  weights: z.array(weightRangeSchema).default([]),
  /** What another run foretold of this one; null for most. */
  prediction: predictionSchema.nullable().default(null),
  /** How the layers' effects were measured; null where they could not be, were not asked for, and in documents of versions that did not. */
  effects: z
    .object({
      samples: count,
      layers: count,
      wholeSqnrDb: z.number(),
      wholeCi95: ci95.nullable(),
      spentMs: milliseconds,
    })
    .nullable()
    .default(null),
  /** What the search compared; empty when the recipe left nothing to choose. */
  candidates: z.array(candidateSchema),
  diagnostics: z.array(diagnosticSchema),
  /**
   * Sums of per-node times under profiling. They are not the end-to-end latency: the difference is scheduling and the
   * profiler's own work. Overhead is the part spent on inserted conversions; unattributed could not be traced to a layer.
   */
  profile: z.object({
    beforeSumMs: milliseconds,
    afterSumMs: milliseconds,
    beforeOverheadMs: milliseconds,
    afterOverheadMs: milliseconds,
    beforeUnattributedMs: milliseconds,
    afterUnattributedMs: milliseconds,
  }),
  /** Milliseconds spent per stage of the run. */
  stageDurationsMs: z.record(z.string(), milliseconds),
  environment: environmentSchema,
  gates: z.array(gateSchema),
  /** What the run was allowed to cost: the gates that were asked for, and the defaults of its version for the others. */
  tolerances: tolerancesSchema.prefault({}),
  /** Two lines for the person who decides. */
  verdict: z.array(z.string()).length(2),
});
export type RunDocument = z.infer<typeof runDocumentSchema>;

/** A run that ended early: what was asked for and why it ended. */
export const endedRunDocumentSchema = z.object({
  ...runHeader,
  status: z.enum(['failed', 'cancelled']),
  modelPath: z.string(),
  dataPath: z.string().nullable(),
  error: z.object({
    code: z.string(),
    message: z.string(),
    /** What the message says, by the code of its sentence; null in documents that kept the message alone. */
    said: toldSchema.nullable().default(null),
  }),
});
export type EndedRunDocument = z.infer<typeof endedRunDocumentSchema>;
