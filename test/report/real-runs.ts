import { readFileSync } from 'node:fs';
import { writeVerdict } from '../../electron/engine/7-judge/verdict.ts';
import { runDocumentSchema, type EndedRunDocument, type Layer, type RunDocument } from '../../shared/run.ts';

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
    error: { code: 'data-shape', message: 'The input "x" wants [1 x 3 x 8 x 8]. Give data of the right shape.' },
  };
}

/** The run as it would be of a model in which nothing ranks classes, such as a detector compared before its selection. */
export function withoutClasses(document: RunDocument): RunDocument {
  const { accuracy, latency, data, ledger, candidates } = document;
  const agreement: RunDocument['accuracy'] = {
    metric: 'agreement',
    count: accuracy.count,
    before: null,
    after: null,
    difference: null,
    top5: null,
    mcnemar: null,
    expectedDifference: null,
    expectedDifferenceCi95: null,
    agreement: { ...accuracy.agreement, top1: null },
  };
  return {
    ...document,
    data: { ...data, labelled: false },
    accuracy: agreement,
    candidates: candidates.map((candidate) => ({ ...candidate, top1Agreement: null })),
    verdict: writeVerdict(ledger, latency, agreement, data, []),
  };
}
