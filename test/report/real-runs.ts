import { readFileSync } from 'node:fs';
import { judgeVerdict } from '../../electron/engine/7-judge/verdict.ts';
import { rowsOfFields } from '../../shared/accuracy.ts';
import {
  runDocumentSchema,
  type ClaimName,
  type EndedRunDocument,
  type Layer,
  type RunDocument,
} from '../../shared/run.ts';

/** Documents of real runs, kept beside the tests of the window. */
export function readRealRun(
  name: 'mobilenetv2' | 'resnet8-auto' | 'resnet8-entropy' | 'resnet8-minmax' | 'resnet8-two-threads',
): RunDocument {
  const file = new URL(`../renderer/fixture/${name}.json`, import.meta.url);
  return runDocumentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

export function renameLayer(document: RunDocument, index: number, changes: Partial<Layer>): RunDocument {
  return {
    ...document,
    layers: document.layers.map((layer, position) => (position === index ? { ...layer, ...changes } : layer)),
  };
}

export function makeFailedRun(): EndedRunDocument {
  const { recipe } = readRealRun('mobilenetv2');
  return {
    schemaVersion: 1,
    runId: '0b0c6a0e-1111-4222-8333-444455556666',
    status: 'failed',
    startedTimestampMs: 1_795_000_000_000,
    durationMs: 12_345,
    recipe,
    threads: 1,
    modelPath: '/home/ada/models/net.onnx',
    dataPath: '/home/ada/data',
    error: {
      code: 'data-shape',
      message: 'The input "x" wants [1 x 3 x 8 x 8]. Give data of the right shape.',
      said: null,
    },
    log: [],
  };
}

/** The run as it would be of a model in which folding makes a good part of the speed-up. */
export function withPrepared(document: RunDocument): RunDocument {
  const { latency, ledger, model, accuracy, data } = document;
  const { before, speedup } = latency;
  const move = ({ ratio, ci95 }: typeof speedup, factor: number): typeof speedup => ({
    ratio: ratio * factor,
    ci95: [ci95[0] * factor, ci95[1] * factor],
  });
  const folding = { ratio: 1.2, ci95: [1.15, 1.25] as [number, number] };
  const scale = (samplesMs: readonly number[]): number[] => samplesMs.map((sample) => sample / folding.ratio);
  const measured = {
    ...latency,
    prepared: {
      ...before,
      medianMs: before.medianMs / folding.ratio,
      meanMs: before.meanMs / folding.ratio,
      p90Ms: before.p90Ms / folding.ratio,
      p95Ms: before.p95Ms / folding.ratio,
      samplesMs: scale(before.samplesMs),
    },
    speedupParts: { folding, compression: move(speedup, 1 / folding.ratio) },
  };
  const sizeBytes = Math.round(0.98 * model.original.sizeBytes);
  const prepared = {
    changed: true,
    sizeBytes,
    nodesBefore: 120,
    nodesAfter: 66,
    path: '/home/ada/models/net.prepared.onnx',
    sha256: 'c0ffee'.repeat(11).slice(0, 64),
  };
  const figures: Partial<Record<ClaimName, number>> = {
    storedBytes: sizeBytes,
    latencyMedianMs: measured.prepared.medianMs,
    peakMemoryBytes: before.peakMemoryBytes,
  };
  return {
    ...document,
    model: { ...model, prepared },
    latency: measured,
    ledger: ledger.map((row) => ({ ...row, prepared: figures[row.claim] ?? null })),
    verdict: judgeVerdict(ledger, measured, accuracy, data, document.gates, [], undefined, document.layers),
  };
}

/** The run as it would be of a model in which nothing ranks classes, such as a detector compared before its selection. */
export function withoutClasses(document: RunDocument): RunDocument {
  const { accuracy, latency, data, ledger, candidates } = document;
  const fields = {
    metric: 'agreement' as const,
    count: accuracy.count,
    before: null,
    after: null,
    difference: null,
    top5: null,
    mcnemar: null,
    expectedDifference: null,
    expectedDifferenceCi95: null,
    agreement: { ...accuracy.agreement, top1: null },
    closedLoop: null,
    targetKind: null,
  };
  const agreement = { ...fields, metrics: rowsOfFields(fields) };
  return {
    ...document,
    data: { ...data, labelled: false },
    accuracy: agreement,
    candidates: candidates.map((candidate) => ({ ...candidate, top1Agreement: null })),
    verdict: judgeVerdict(ledger, latency, agreement, data, []),
  };
}
