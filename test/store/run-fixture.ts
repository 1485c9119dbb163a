import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { compressRequestSchema, type CompressRequest } from '../../shared/compress-request.ts';
import { runDocumentSchema, type LatencySide, type RunDocument } from '../../shared/run.ts';

/** A folder that is gone when the test is over. */
export function makeFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vernier-test-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function makeRequest(changes: Partial<CompressRequest> = {}): CompressRequest {
  return {
    ...compressRequestSchema.parse({
      runId: randomUUID(),
      modelPath: '/models/net.onnx',
      outPath: '/models/net.int8.onnx',
      data: { path: '/data/images' },
      recipe: {},
    }),
    ...changes,
  };
}

function makeLatencySide(medianMs: number): LatencySide {
  return {
    medianMs,
    meanMs: medianMs * 1.1,
    p90Ms: medianMs * 1.2,
    p95Ms: medianMs * 1.3,
    p99Ms: null,
    count: 3,
    sessionLoadMs: 12,
    peakMemoryBytes: 90_000_000,
    samplesMs: [medianMs * 0.9, medianMs, medianMs * 1.1],
  };
}

/** A small finished run that passes the schema, as the engine would hand it over. */
export function makeDocument(request: CompressRequest, changes: Partial<RunDocument> = {}): RunDocument {
  const facts = { opset: 13, inputs: [], outputs: [], producer: 'test' };
  const layer = {
    inputShape: [1, 3, 8, 8],
    outputShape: [1, 4, 8, 8],
    parameters: 108,
    macs: 6912,
    bytesBefore: 432,
    bytesAfter: 124,
    latencyBeforeMs: 0.5,
    latencyAfterMs: 0.25,
    sqnrDb: 31.5,
  };
  return runDocumentSchema.parse({
    schemaVersion: 1,
    runId: request.runId,
    status: 'done',
    startedTimestampMs: 1_700_000_000_000,
    durationMs: 61_234.5,
    recipe: request.recipe,
    threads: request.threads,
    model: {
      original: { ...facts, path: request.modelPath, sha256: 'a'.repeat(64), sizeBytes: 4000 },
      compressed: { ...facts, path: request.outPath, sha256: 'b'.repeat(64), sizeBytes: 1000 },
    },
    data: {
      path: request.data.path,
      kind: 'images',
      sha256: 'c'.repeat(64),
      labelled: true,
      sampleCount: 300,
      calibrationCount: 100,
      evaluationCount: 200,
      calibrationSha256: 'd'.repeat(64),
      evaluationSha256: 'e'.repeat(64),
      seed: 0,
      random: false,
    },
    ledger: [
      {
        claim: 'storedBytes',
        before: 4000,
        after: 1000,
        ratio: 4,
        ratioCi95: null,
        unit: 'bytes',
        definition: 'File plus external data.',
        basis: 'computed from the files',
      },
      {
        claim: 'latencyMedianMs',
        before: 2,
        after: 1,
        ratio: 2,
        ratioCi95: [1.9, 2.1],
        unit: 'ms',
        definition: 'Median of paired runs.',
        basis: 'measured, n = 3',
      },
    ],
    latency: {
      threads: 1,
      batchSize: 1,
      inputDims: { x: [1, 3, 8, 8] },
      before: makeLatencySide(2),
      after: makeLatencySide(1),
      speedup: { ratio: 2, ci95: [1.9, 2.1] },
      resolution: { ratio: 1.001, ci95: [0.997, 1.004] },
    },
    accuracy: {
      metric: 'top1',
      count: 200,
      before: { value: 0.84, ci95: [0.78, 0.88] },
      after: { value: 0.835, ci95: [0.775, 0.88] },
      difference: { value: -0.005, ci95: [-0.02, 0.01] },
      top5: null,
      mcnemar: { onlyBefore: 2, onlyAfter: 1, pValue: 1 },
      agreement: { top1: 0.98, sqnrDb: 27.3, cosine: 0.999, count: 200 },
    },
    layers: [
      { ...layer, name: 'conv', opType: 'Conv', weightBits: 8, activationBits: 8, quantized: true, reason: '' },
      {
        ...layer,
        name: '=HYPERLINK("http://x","y")',
        opType: 'Relu',
        weightBits: 32,
        activationBits: 32,
        quantized: false,
        reason: 'folded into "conv"',
        latencyAfterMs: null,
        sqnrDb: null,
      },
    ],
    ranges: [],
    weights: [],
    candidates: [],
    diagnostics: [],
    profile: {
      beforeSumMs: 1,
      afterSumMs: 0.5,
      beforeOverheadMs: 0,
      afterOverheadMs: 0.1,
      beforeUnattributedMs: 0,
      afterUnattributedMs: 0,
    },
    stageDurationsMs: { calibrate: 1000 },
    environment: {
      vernierVersion: '0.1.0',
      onnxRuntimeVersion: '1.30.0',
      nodeVersion: '24.0.0',
      os: 'test',
      cpuModel: 'test',
      cpuFlags: [],
      cores: 2,
      totalMemoryBytes: 1,
      loadAverage: [0, 0, 0],
      governor: null,
      onBattery: null,
    },
    gates: [],
    verdict: ['Twice as fast and a quarter of the size.', 'Accuracy is the same as far as 200 samples tell.'],
    ...changes,
  });
}

/** What stands in every compressed model, and in no file of anybody else. */
export const stamp = 'vernier.original_sha256';
