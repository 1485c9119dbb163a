import { z } from 'zod';
import { saidSchema, toldSchema } from './engine-texts/said.ts';
import { accuracySchema } from './accuracy.ts';
import { candidateSchema } from './candidate.ts';
import { latencySchema } from './latency.ts';
import { layerSchema } from './layer.ts';
import { measurementSchema } from './measurement.ts';
import { interval95Schema } from './metric-row.ts';
import { predictionSchema } from './prediction.ts';
import { recipeSchema } from './recipe.ts';
import { sampleEvidenceSchema } from './sample-evidence.ts';
import { saturationSchema } from './saturation.ts';
import { tolerancesSchema } from './tolerances.ts';

export type { Accuracy, Agreement, ClosedLoop, Estimate } from './accuracy.ts';
export type { Candidate } from './candidate.ts';
export type { Latency, LatencySide } from './latency.ts';
export type { Layer } from './layer.ts';
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
  /** What sums that saturate cost the outputs, here or elsewhere; null where it was not asked for, and in documents of versions that did not look. */
  saturation: saturationSchema.nullable().default(null),
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

/** A line of what the engine told on the way to an early end. */
const endedLogLineSchema = z.object({
  /** Since the run started. */
  atMs: milliseconds,
  kind: z.enum(['stage', 'message', 'diagnostic']),
  level: z.enum(['info', 'warning']),
  /** Of a stage, which began: its name. */
  message: z.string(),
  said: toldSchema.nullable().default(null),
});
export type EndedLogLine = z.infer<typeof endedLogLineSchema>;

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
  /** The last of what the engine told on the way; empty in documents of versions that did not keep it. */
  log: z.array(endedLogLineSchema).default([]),
});
export type EndedRunDocument = z.infer<typeof endedRunDocumentSchema>;
