import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { runSchemaVersion, type RunDocument } from '../../shared/run.ts';
import { toleratedBy } from '../../shared/tolerances.ts';
import { takeInventory } from './1-analyze/cost.ts';
import { describeModel } from './1-analyze/describe-model.ts';
import { findCompared } from './1-analyze/find-compared.ts';
import { assertTokensFit } from './1-analyze/check-tokens.ts';
import { findStates } from './1-analyze/find-states.ts';
import { openRunData } from './1-analyze/open-run-data.ts';
import type { Dataset } from './data/dataset.ts';
import { observeShapes } from './1-analyze/observe-shapes.ts';
import { prepareModel } from './1-analyze/prepare.ts';
import { makeRunnable } from './1-analyze/runnable-model.ts';
import { measureOutputs, timeModels, writeCompared, type MeasuredPair } from './5-measure/measure-pair.ts';
import { judgeGates } from './7-judge/drop-gates.ts';
import { buildLedger } from './7-judge/ledger.ts';
import { judgeVerdict } from './7-judge/verdict.ts';
import { AppError } from '../../shared/app-error.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { readBatch } from './data/batch.ts';
import { describeData } from './data/describe-data.ts';
import { splitDataset } from './data/split.ts';
import { assertUnchanged } from './files/readings.ts';
import { indexGraph } from './graph/graph.ts';
import { noteTask } from './metrics/describe-task.ts';
import { findDetector } from './metrics/detection-heads/find-detector.ts';
import { assertKnownMetrics } from './metrics/known-metrics.ts';
import { describeOutputs } from './metrics/task.ts';
import type { EngineContext } from './job/engine-context.ts';
import { beginRun, type Run } from './job/run.ts';
import { readSourceModel, sourceSha256, type SourceModel } from './onnx/source-model.ts';

/** Claims that need each layer's precision, which only the run that made the model knows. */
const claimsOfLayers: readonly string[] = ['macs', 'bops', 'weightedCompute'];

/**
 * Measures a compressed model that is there against the one it was made of: on this machine, on the samples that a run with the same
 * options evaluates on. Writes nothing.
 * @param asked `outPath` is the compressed model, `modelPath` the original.
 * @throws AppError with what, where and what to do; CancelledError when `context.signal` aborts.
 */
export async function proveModel(asked: CompressRequest, context: EngineContext): Promise<RunDocument> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-prove-'));
  try {
    return await proveIn(await beginRun(asked, context, workFolder));
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function proveIn(run: Run): Promise<RunDocument> {
  const { request, context, log, workFolder } = run;
  assertKnownMetrics(request.gates.maxDrops, false);
  log.begin('prepare', 'reading both models');
  const source = await prepareModel(request.modelPath, workFolder);
  const compressed = await readSourceModel(request.outPath);
  assertSameInterface(source.original, compressed);
  log.begin('data', 'reading the data');
  const dataset = await openRunData(request, source, context.allowedFolders);
  try {
    assertTokensFit(dataset, indexGraph(source.original));
    return await measureAndJudge(run, source, compressed, dataset);
  } finally {
    await dataset.close();
  }
}

/** @throws AppError `model-unsupported` where one takes or gives what the other does not. */
function assertSameInterface(original: SourceModel, compressed: SourceModel): void {
  const names = ({ proto }: SourceModel, side: 'input' | 'output'): string[] =>
    proto.graph![side].map(({ name }) => name);
  const weights = new Set(original.proto.graph!.initializer.map(({ name }) => name));
  for (const side of ['input', 'output'] as const) {
    const there = new Set(names(compressed, side));
    const missing = names(original, side).find((name) => !there.has(name) && !weights.has(name));
    if (missing === undefined) continue;
    throw new AppError(
      'model-unsupported',
      tell('proofOtherForm', { path: compressed.path, side, name: missing, original: original.path }),
    );
  }
}

async function measureAndJudge(
  run: Run,
  source: Awaited<ReturnType<typeof prepareModel>>,
  compressed: SourceModel,
  dataset: Dataset,
): Promise<RunDocument> {
  const { request, context, log, workFolder } = run;
  const { seed } = request;
  const split = await splitDataset(dataset, {
    calibrationCount: request.recipe.calibrationSamples,
    evaluationCount: request.evaluationSamples,
    seed,
  });
  const firstFeeds = (await readBatch(dataset, [split.calibration[0] ?? 0], dataset.fixedBatchSize ?? 1)).feeds;
  log.begin('analyze', 'learning shapes');
  const shapes = await observeShapes(source.original, firstFeeds);
  const graph = indexGraph(source.original);
  const before = await makeRunnable(source.original, join(workFolder, 'before.onnx'));
  const after = await makeRunnable(compressed, join(workFolder, 'after.onnx'));
  const comparedAt = findCompared(source.prepared, source.outputs, request.modelPath).at;
  const compared = await writeCompared({ before: source.prepared, after: compressed }, comparedAt, workFolder);
  const detector = findDetector(
    describeOutputs(source.outputs, shapes, dataset.fixedBatchSize ?? 1),
    dataset,
    request.data,
    firstFeeds,
  );
  if (detector !== null || comparedAt === null)
    log.add(noteTask({ ...source, graph, shapes, dataset, feeds: firstFeeds, task: request.data.task, detector }));
  const pair: MeasuredPair = {
    before: before.path,
    prepared: null,
    after: after.path,
    compared,
    graph,
    shapes,
    states: findStates(source.inputs, source.outputs),
  };
  const data = { dataset, evaluation: split.evaluation, firstFeeds, detector };
  const { accuracy } = await measureOutputs(request, pair, data, run);
  const latency = await timeModels(request, pair, data, run);
  log.begin('judge', 'writing the verdict');
  await assertUnchanged(
    [source.original.readings, compressed.readings, ...dataset.readings.map((reading) => [reading])],
    context.signal,
  );
  return judge(run, {
    source,
    compressed,
    data: describeData(dataset, split, seed),
    accuracy,
    latency,
  });
}

interface Proven extends Pick<RunDocument, 'data' | 'accuracy' | 'latency'> {
  readonly source: Awaited<ReturnType<typeof prepareModel>>;
  readonly compressed: SourceModel;
}

function judge({ request, log, ...run }: Run, { source, compressed, data, accuracy, latency }: Proven): RunDocument {
  const { original, inputs, outputs } = source;
  const ledger = buildLedger({
    inventory: {
      before: takeInventory(indexGraph(original)),
      after: takeInventory(indexGraph(compressed)),
    },
    sizeBytes: { before: original.sizeBytes, after: compressed.sizeBytes },
    layers: [],
    latency,
  }).filter(({ claim }) => !claimsOfLayers.includes(claim));
  const gates = judgeGates(request.gates, {
    accuracy,
    data,
    latency,
    sizeRatio: compressed.sizeBytes / original.sizeBytes,
  });
  const tolerances = toleratedBy(request.gates, request.recipe);
  log.end();
  return {
    schemaVersion: runSchemaVersion,
    runId: request.runId,
    status: 'done',
    startedTimestampMs: run.startedTimestampMs,
    durationMs: performance.now() - run.startedMs,
    recipe: request.recipe,
    threads: request.threads,
    model: {
      original: describeModel(original, sourceSha256(original), inputs, outputs),
      prepared: null,
      compressed: describeModel(compressed, sourceSha256(compressed), inputs, outputs),
    },
    data,
    ledger,
    latency,
    measurements: [],
    accuracy,
    layers: [],
    ranges: [],
    weights: [],
    effects: null,
    saturation: null,
    prediction: null,
    candidates: [],
    samples: null,
    diagnostics: log.diagnostics,
    profile: {
      beforeSumMs: 0,
      afterSumMs: 0,
      beforeOverheadMs: 0,
      afterOverheadMs: 0,
      beforeUnattributedMs: 0,
      afterUnattributedMs: 0,
    },
    stageDurationsMs: log.stageDurationsMs,
    environment: run.device.environment,
    gates,
    tolerances,
    verdict: judgeVerdict(ledger, latency, accuracy, data, gates, log.diagnostics, tolerances),
  };
}
