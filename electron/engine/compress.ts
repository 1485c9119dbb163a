import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError, CancelledError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { OnEvent, Stage } from '../../shared/events.ts';
import { runSchemaVersion, type Diagnostic, type RunDocument, type TensorRange } from '../../shared/run.ts';
import type { AllowedFolders } from './allowed-folders.ts';
import { countMacs, noteUncounted, takeInventory } from './1-analyze/cost.ts';
import { prepareModel } from './1-analyze/prepare.ts';
import { integerOpset, perChannelOpset, raiseOpset } from './1-analyze/raise-opset.ts';
import { observeShapes } from './1-analyze/shapes.ts';
import { calibrateModels } from './calibrate.ts';
import { planQuantization, type QuantizationPlan } from './3-quantize/plan.ts';
import { findIdleSelectors } from './3-quantize/select-nodes.ts';
import { summarizeWeights } from './3-quantize/summarize-weights.ts';
import { verifyFusion } from './3-quantize/verify.ts';
import { measureAccuracy } from './4-measure/accuracy.ts';
import { measureLayerErrors } from './4-measure/layer-error.ts';
import { measureLatency } from './4-measure/latency.ts';
import { measureLayers } from './4-measure/measure-layers.ts';
import { buildLedger } from './5-judge/ledger.ts';
import { stampModel } from './5-judge/stamp-model.ts';
import { accuracyDropPoints, checkGates, writeVerdict } from './5-judge/verdict.ts';
import { groupIntoBatches, readBatch } from './data/batch.ts';
import type { Dataset } from './data/dataset.ts';
import { describeData } from './data/describe-data.ts';
import { openDataset } from './data/open-dataset.ts';
import { splitDataset } from './data/split.ts';
import { describeModel } from './describe-model.ts';
import { indexGraph, opsetVersion } from './graph/graph.ts';
import { describeLayers } from './layers.ts';
import { readModel, writeModel } from './onnx/model-file.ts';
import type { SpawnChild } from './runtime/child-process.ts';
import { hasInt8DotProduct, readEnvironment } from './runtime/environment.ts';
import { searchRecipe } from './search.ts';
import { summarizeHistogram } from './tensor/histogram.ts';
import { dataTypes, type Feeds } from './tensor/tensor.ts';
import { chosenModel } from './variant.ts';

export interface EngineContext {
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
  /** How helper processes are started; Electron's host has its own way. */
  readonly spawnChild: SpawnChild;
  readonly allowedFolders: AllowedFolders;
}

/**
 * Candidates are compared on calibration samples worth about this many MACs, at least 32 samples and at most 128: small
 * models can afford the better comparison. By MACs and not by time, so that a run can be repeated.
 */
const tuningMacs = 30e9;
/** Evaluation samples that every layer's error is measured on: each layer has thousands of values in one sample. */
const layerErrorSamples = 8;
/** Bins of the histograms that are kept for drawing. */
const drawnBins = 128;

/** Stages in order, with progress events and the time each took. */
class StageClock {
  readonly durationsMs: Record<string, number> = {};
  private stage: Stage | null = null;
  private startedMs = 0;
  private readonly context: EngineContext;

  constructor(context: EngineContext) {
    this.context = context;
  }

  begin(stage: Stage, detail: string): void {
    if (this.context.signal.aborted) throw new CancelledError();
    this.end();
    this.stage = stage;
    this.startedMs = performance.now();
    this.report(0, 1, 'steps', detail);
  }

  report(done: number, total: number, unit: string, detail: string): void {
    this.context.onEvent({ type: 'progress', stage: this.stage!, done, total, unit, detail });
  }

  end(): void {
    if (this.stage === null) return;
    const earlier = this.durationsMs[this.stage] ?? 0;
    this.durationsMs[this.stage] = earlier + performance.now() - this.startedMs;
  }
}

interface Analysis {
  readonly dataset: Dataset;
  readonly split: Awaited<ReturnType<typeof splitDataset>>;
  readonly source: Awaited<ReturnType<typeof prepareModel>>;
  readonly firstFeeds: Feeds;
  readonly originalShapes: Awaited<ReturnType<typeof observeShapes>>;
  readonly preparedShapes: Awaited<ReturnType<typeof observeShapes>>;
  readonly plan: QuantizationPlan;
}

/** Everything up to the first decision: prepared model, data split, shapes, and the plan before any search. */
async function analyze(
  request: CompressRequest,
  workFolder: string,
  clock: StageClock,
  addDiagnostics: (diagnostics: readonly Diagnostic[]) => void,
  allowedFolders: AllowedFolders,
): Promise<Analysis> {
  const { recipe } = request;
  clock.begin('prepare', 'folding constants and BatchNorm');
  const source = await prepareModel(request.modelPath, workFolder);
  addDiagnostics(source.diagnostics);

  clock.begin('data', 'reading the data');
  const dataset = await openDataset(request.data, source.inputs, {
    seed: request.seed,
    dims: request.dims,
    allowedFolders,
    ...(request.data.random
      ? { randomCount: recipe.calibrationSamples + (request.evaluationSamples ?? recipe.calibrationSamples) }
      : {}),
  });
  const split = await splitDataset(dataset, {
    calibrationCount: recipe.calibrationSamples,
    evaluationCount: request.evaluationSamples,
    seed: request.seed,
  });
  addDiagnostics([
    ...dataset.notes.map((message) => ({ severity: 'info' as const, code: 'data-note', message, node: null })),
    ...split.warnings.map(({ code, message }) => ({ severity: 'warning' as const, code, message, node: null })),
  ]);
  if (request.data.random) {
    addDiagnostics([
      {
        severity: 'warning',
        code: 'data-random',
        message:
          'Random noise stands in for data: ranges, agreement and accuracy mean nothing; sizes and times still hold.',
        node: null,
      },
    ]);
  }

  clock.begin('analyze', 'learning shapes');
  const firstFeeds = (await readBatch(dataset, [split.calibration[0]!], dataset.fixedBatchSize ?? 1)).feeds;
  const originalShapes = await observeShapes(source.original, firstFeeds).catch((error: unknown) => {
    if (!request.data.random || !(error instanceof AppError) || error.code !== 'model-run-failed') throw error;
    throw new AppError(
      error.code,
      `The model does not run on noise: its sizes (--dim) or values may be ones it cannot take. Give real data with --data. ${error.message}`,
      { cause: error },
    );
  });
  const wantedOpset = recipe.perChannel ? perChannelOpset : integerOpset;
  if (opsetVersion(source.prepared.proto) < wantedOpset) {
    addDiagnostics(raiseOpset(source.prepared.proto, await observeShapes(source.prepared, firstFeeds)));
  }
  const preparedShapes = await observeShapes(source.prepared, firstFeeds);
  addDiagnostics(
    findIdleSelectors(recipe, indexGraph(source.prepared.proto)).map((selector) => ({
      severity: 'warning' as const,
      code: 'selector-idle',
      message: `No node is called "${selector}", as the recipe has it; \`vernier inspect\` lists the names.`,
      node: null,
    })),
  );
  const plan = planQuantization(indexGraph(source.prepared.proto), preparedShapes, {
    recipe,
    weightRange: 'int8',
    keepFloat: new Map(),
    folder: source.prepared.folder,
  });
  return { dataset, split, source, firstFeeds, originalShapes, preparedShapes, plan };
}

/**
 * Refuses a model that would come out as it went in, before anything is calibrated.
 * @throws AppError `quantization-failed` with the commonest reasons; `model-unsupported`.
 */
function assertQuantizable({ plan, source }: Analysis): void {
  if (!plan.nodes.some((node) => node.mode === 'int8')) {
    const counts = new Map<string, number>();
    for (const { reason } of plan.nodes) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const common = [...counts].sort(([, left], [, right]) => right - left).slice(0, 3);
    const graph = source.original.proto.graph!;
    const guess = graph.node.some((node) => node.opType === 'DequantizeLinear')
      ? '; it seems to be quantized already'
      : graph.initializer.some((tensor) => tensor.dataType === dataTypes.float16.number)
        ? '; its weights are float16: give the float32 model it was made from'
        : '';
    throw new AppError(
      'quantization-failed',
      `Nothing in "${source.original.path}" can be quantized${guess}. ` +
        `Of its ${plan.nodes.length} nodes: ${common.map(([reason, count]) => `${count}: ${reason}`).join('; ')}. ` +
        '`vernier inspect` tells the reason of each.',
    );
  }
  const opset = opsetVersion(source.prepared.proto);
  if (opset < integerOpset) {
    throw new AppError(
      'model-unsupported',
      `"${source.original.path}" is of opset ${opset}, and int8 operators exist from opset ${integerOpset} on; it cannot be ` +
        `raised because ${source.prepared.proto.functions.length > 0 ? 'it has functions of its own' : 'of its subgraphs or operators'}. ` +
        `Export it with opset ${perChannelOpset} or later.`,
    );
  }
}

/** The plan the recipe leads to before anything is calibrated or measured: what `--plan` prints. */
export async function planModel(request: CompressRequest, context: EngineContext): Promise<QuantizationPlan> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-plan-'));
  try {
    const { plan, dataset } = await analyze(
      request,
      workFolder,
      new StageClock(context),
      () => undefined,
      context.allowedFolders,
    );
    await dataset.close();
    return plan;
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/**
 * The main job, top to bottom: prepare, analyze, calibrate, quantize, measure, judge. Writes the compressed model to
 * `request.outPath` only when everything else has succeeded.
 * @throws AppError with what, where and what to do; CancelledError when `context.signal` aborts.
 */
export async function compress(request: CompressRequest, context: EngineContext): Promise<RunDocument> {
  const startedTimestampMs = Date.now();
  const started = performance.now();
  const { recipe, threads, seed } = request;
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-run-'));
  const clock = new StageClock(context);
  const diagnostics: Diagnostic[] = [];
  const addDiagnostics = (added: readonly Diagnostic[]): void => {
    diagnostics.push(...added);
    for (const diagnostic of added) context.onEvent({ type: 'diagnostic', diagnostic });
  };
  let dataset: Dataset | null = null;
  try {
    const environment = await readEnvironment();
    // Nothing is timed in calibration and comparison, so they may use what the machine has.
    const fastThreads = Math.max(threads, Math.min(environment.cores, 8));
    const analysis = await analyze(request, workFolder, clock, addDiagnostics, context.allowedFolders);
    const { split, source, originalShapes, preparedShapes, plan } = analysis;
    dataset = analysis.dataset;
    assertQuantizable(analysis);
    const { original, prepared } = source;
    const graph = indexGraph(original.proto);
    const preparedGraph = indexGraph(prepared.proto);

    clock.begin('calibrate', 'running calibration samples');
    const data = dataset;
    const batchSize = data.fixedBatchSize ?? 1;
    const calibrationBatches = groupIntoBatches(split.calibration, batchSize);
    const readCalibration = async (index: number): Promise<Feeds> =>
      (await readBatch(data, calibrationBatches[index]!, batchSize)).feeds;
    const samples = { count: calibrationBatches.length, read: readCalibration };
    const observed = new Set(plan.observe);
    const calibrated = await calibrateModels(prepared, {
      plan,
      graph: preparedGraph,
      shapes: preparedShapes,
      recipe,
      samples,
      threads: fastThreads,
      signal: context.signal,
      onSample: (done, total, detail) => clock.report(done, total, batchSize === 1 ? 'samples' : 'batches', detail),
      // Others are looked at for their channels alone and get no range.
      onRange: (tensor, min, max) => observed.has(tensor) && context.onEvent({ type: 'range', tensor, min, max }),
    });
    for (const tensor of observed) {
      const seen = calibrated.prepared.statistics.get(tensor);
      if (seen !== undefined) context.onEvent({ type: 'range', tensor, min: seen.min, max: seen.max });
    }

    clock.begin('quantize', 'choosing ranges and layers');
    const nodeMacs = graph.nodes.map((node) => countMacs(node, originalShapes));
    const macs = nodeMacs.reduce<number>((sum, count) => sum + (count ?? 0), 0);
    const tuningCount = Math.max(32, Math.min(128, Math.floor(tuningMacs / Math.max(1, macs))));
    const tuning: Feeds[] = [];
    for (let index = 0; index < Math.min(calibrationBatches.length, tuningCount); index++)
      tuning.push(await readCalibration(index));
    const result = await searchRecipe({
      ...calibrated,
      samples,
      graph: preparedGraph,
      shapes: preparedShapes,
      recipe,
      hasInt8DotProduct: hasInt8DotProduct(environment),
      tuning,
      threads,
      fastThreads,
      spawn: context.spawnChild,
      signal: context.signal,
      onCandidate: (done, total, name) => clock.report(done, total, 'candidates', name),
    });
    addDiagnostics(noteUncounted(nodeMacs));
    addDiagnostics(result.quantized.diagnostics);
    const dataFacts = describeData(data, split, seed);
    const originalFacts = await describeModel(original, source.inputs, source.outputs);
    const stamped = stampModel(result.quantized.model, {
      vernierVersion: environment.vernierVersion,
      originalSha256: originalFacts.sha256,
      recipe,
      data: dataFacts,
      candidates: result.candidates,
    });
    const compressedPath = join(workFolder, 'compressed.onnx');
    await writeModel(stamped, compressedPath, { externalData: 'auto', sourceFolder: prepared.folder });
    addDiagnostics(await verifyFusion(compressedPath, result.plan));
    const compressed = await readModel(compressedPath);
    const compressedGraph = indexGraph(compressed.proto);

    clock.begin('accuracy', 'comparing outputs');
    const { accuracy, diagnostics: accuracyDiagnostics } = await measureAccuracy({
      before: request.modelPath,
      after: compressedPath,
      dataset: data,
      indices: split.evaluation,
      labels: data.labels,
      threads: fastThreads,
      dims: request.dims,
      signal: context.signal,
      onProgress: (done, total) => clock.report(done, total, 'samples', 'comparing outputs'),
    });
    addDiagnostics(accuracyDiagnostics);
    // The float twin of the chosen variant: an equalized model holds other values in its tensors than the user's.
    const twinPath = join(workFolder, 'float-twin.onnx');
    const twin = chosenModel(calibrated, result.variant);
    await writeModel(twin.model.proto, twinPath, { externalData: 'auto', sourceFolder: prepared.folder });
    const errorBatches = groupIntoBatches(split.evaluation, batchSize).slice(0, layerErrorSamples);
    const layerErrors = await measureLayerErrors({
      before: twinPath,
      after: compressedPath,
      pairs: [...result.quantized.dequantized].map(([before, after]) => ({ before, after })),
      samples: {
        count: errorBatches.length,
        read: async (index) => (await readBatch(data, errorBatches[index]!, batchSize)).feeds,
      },
      threads: fastThreads,
      dims: request.dims,
      signal: context.signal,
      onProgress: (done, total) => clock.report(done, total, 'samples', 'error of each layer'),
    });

    clock.begin('latency', 'interleaved runs in fresh processes');
    const latency = await measureLatency({
      variants: [
        { name: 'before', modelPath: request.modelPath },
        { name: 'after', modelPath: compressedPath },
      ],
      threads,
      feeds: analysis.firstFeeds,
      dims: request.dims,
      batchSize,
      aaControl: true,
      seed,
      spawn: context.spawnChild,
      signal: context.signal,
      onBlock: ({ variant, samplesMs, doneShare }) => {
        if (variant === 'before' || variant === 'after') context.onEvent({ type: 'latency', variant, samplesMs });
        clock.report(Math.round(doneShare * 1000), 1000, 'per mille', 'interleaved runs');
      },
    });

    clock.begin('profile', 'timing layers');
    const profileOf = (variant: 'before' | 'after', modelPath: string) =>
      measureLayers(graph, {
        modelPath,
        variant,
        threads,
        feeds: analysis.firstFeeds,
        dims: request.dims,
        spawn: context.spawnChild,
        signal: context.signal,
      });
    const timesBefore = await profileOf('before', request.modelPath);
    clock.report(1, 2, 'models', 'timing layers');
    const timesAfter = await profileOf('after', compressedPath);

    clock.begin('judge', 'writing the model and the verdict');
    await writeModel(stamped, request.outPath, { externalData: 'auto', sourceFolder: prepared.folder });
    const written = await readModel(request.outPath);
    const layers = describeLayers({
      graph,
      shapes: originalShapes,
      preparedGraph,
      compressedGraph,
      plan: result.plan,
      times: { before: timesBefore.layers, after: timesAfter.layers },
      errors: layerErrors,
    });
    const ledger = buildLedger({
      inventory: { before: takeInventory(graph), after: takeInventory(compressedGraph) },
      sizeBytes: { before: original.sizeBytes, after: written.sizeBytes },
      layers,
      latency,
    });
    const gates = checkGates(request.gates, {
      accuracyDrop: accuracyDropPoints(accuracy, dataFacts),
      latency,
      sizeRatio: written.sizeBytes / original.sizeBytes,
    });
    const ranges = result.plan.observe.flatMap((tensor): TensorRange[] => {
      const seen = twin.statistics.get(tensor);
      const chosen = result.ranges.get(tensor);
      const parameters = result.quantized.parameters.get(tensor);
      if (seen === undefined || chosen === undefined || parameters === undefined) return [];
      const histogram = seen.histogram === null ? [] : summarizeHistogram(seen.histogram, drawnBins);
      return [{ tensor, min: seen.min, max: seen.max, ...chosen, ...parameters, histogram }];
    });
    clock.end();
    return {
      schemaVersion: runSchemaVersion,
      runId: request.runId,
      status: 'done',
      startedTimestampMs,
      durationMs: performance.now() - started,
      recipe,
      threads,
      model: { original: originalFacts, compressed: await describeModel(written, source.inputs, source.outputs) },
      data: dataFacts,
      ledger,
      latency,
      accuracy,
      layers,
      ranges,
      weights: summarizeWeights(
        { model: twin.model, graph: indexGraph(twin.model.proto) },
        { model: compressed, graph: compressedGraph },
        drawnBins,
      ),
      candidates: [...result.candidates],
      diagnostics,
      profile: {
        beforeSumMs: timesBefore.sumMs,
        afterSumMs: timesAfter.sumMs,
        beforeOverheadMs: timesBefore.overheadMs,
        afterOverheadMs: timesAfter.overheadMs,
        beforeUnattributedMs: timesBefore.unattributedMs,
        afterUnattributedMs: timesAfter.unattributedMs,
      },
      stageDurationsMs: clock.durationsMs,
      environment,
      gates,
      verdict: writeVerdict(ledger, latency, accuracy, dataFacts, gates),
    };
  } finally {
    await dataset?.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}
