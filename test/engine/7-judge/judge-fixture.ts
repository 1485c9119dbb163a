import { rowsOfFields } from '../../../shared/accuracy.ts';
import type { Accuracy, DataFacts, Latency, LatencySide, Layer } from '../../../shared/run.ts';

function makeSide(medianMs: number, peakMemoryBytes: number): LatencySide {
  return {
    medianMs,
    meanMs: medianMs,
    p90Ms: medianMs,
    p95Ms: medianMs,
    p99Ms: null,
    count: 200,
    sessionLoadMs: 10,
    peakMemoryBytes,
    samplesMs: [],
  };
}

/** 30 ms -> 10 ms at 1 thread, unless told otherwise; the time after follows from another ratio. */
export function makeLatency(changes: Partial<Latency> = {}): Latency {
  const { ratio } = changes.speedup ?? { ratio: 3 };
  return {
    threads: 1,
    batchSize: 1,
    inputDims: { x: [1, 3, 8, 8] },
    before: makeSide(30, 300e6),
    prepared: null,
    after: makeSide(30 / ratio, 100e6),
    speedupParts: null,
    speedup: { ratio: 3, ci95: [2.9, 3.1] },
    resolution: null,
    processorShare: 0.99,
    ...changes,
  };
}

const estimate = (value: number, half: number): { value: number; ci95: [number, number] } => ({
  value,
  ci95: [value - half, value + half],
});

/** Top-1 80.0 % -> 79.6 % of 500, unless told otherwise. */
export function makeAccuracy(changes: Partial<Accuracy> = {}): Accuracy {
  const fields: Omit<Accuracy, 'metrics'> = {
    metric: 'top1',
    count: 500,
    before: estimate(0.8, 0.035),
    after: estimate(0.796, 0.035),
    difference: estimate(-0.004, 0.012),
    top5: null,
    mcnemar: { onlyBefore: 5, onlyAfter: 3, pValue: 0.73 },
    expectedDifference: -0.003,
    expectedDifferenceCi95: [-0.008, 0.001],
    agreement: { top1: 0.98, sqnrDb: 25, cosine: 0.99, count: 500, decisions: 500, samples: null },
    closedLoop: null,
    targetKind: null,
    ...changes,
  };
  return { ...fields, metrics: changes.metrics ?? rowsOfFields(fields) };
}

/** Without labels there is agreement only. */
export const unlabelled: Partial<Accuracy> = {
  metric: 'agreement',
  before: null,
  after: null,
  difference: null,
  mcnemar: null,
  expectedDifference: null,
  expectedDifferenceCi95: null,
};

export function makeData(changes: Partial<DataFacts> = {}): DataFacts {
  return {
    path: '/data',
    kind: 'arrays',
    sha256: null,
    labelled: true,
    sampleCount: 600,
    calibrationCount: 100,
    evaluationCount: 500,
    calibrationSha256: null,
    evaluationSha256: null,
    seed: 0,
    random: false,
    ...changes,
  };
}

export function makeLayer(changes: Partial<Layer>): Layer {
  return {
    name: 'layer',
    opType: 'Conv',
    inputShape: null,
    outputShape: null,
    parameters: 0,
    macs: 0,
    macsKnown: true,
    weightBits: 32,
    originalWeightBits: 32,
    originalActivationBits: 32,
    activationBits: 32,
    precision: null,
    quantized: false,
    reason: '',
    bytesBefore: 0,
    bytesAfter: 0,
    latencyBeforeMs: null,
    latencyAfterMs: null,
    ran: null,
    groups: 1,
    introducedSqnrDb: null,
    saturation: null,
    effect: null,
    sqnrDb: null,
    ...changes,
  };
}
