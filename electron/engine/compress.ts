import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { settleRecipe } from '../../shared/recipe.ts';
import { runSchemaVersion, type RunDocument } from '../../shared/run.ts';
import { toleratedBy } from '../../shared/tolerances.ts';
import { takeInventory } from './1-analyze/cost.ts';
import { countMacs, noteUncounted } from './1-analyze/macs.ts';
import { summarizeWeights } from './7-judge/summarize-weights.ts';
import { checkFusion } from './4-quantize/verify.ts';
import { buildLedger } from './7-judge/ledger.ts';
import { stampModel } from './7-judge/stamp-model.ts';
import { checkDrops } from './7-judge/drop-gates.ts';
import { accuracyDropOf, checkGates, writeVerdict } from './7-judge/verdict.ts';
import { countValueSamples, heldRanges } from './5-measure/clipping.ts';
import { findClipping } from './7-judge/clip-findings.ts';
import { findStates } from './1-analyze/find-states.ts';
import { analyzeModel, assertQuantizable, firstPlanOptions } from './2-plan/analyze-model.ts';
import { planQuantization } from './2-plan/plan.ts';
import { calibrateModels } from './3-calibrate/calibrate.ts';
import { describeSaturation, measureSaturation } from './5-measure/saturation.ts';
import { leaveUnseenFloat } from './3-calibrate/unseen.ts';
import { batchSamples } from './data/batch.ts';
import type { Dataset } from './data/dataset.ts';
import { describeData } from './data/describe-data.ts';
import { keepPrepared } from './7-judge/keep-prepared.ts';
import { writeTimedPrepared } from './1-analyze/write-prepared.ts';
import { describeModel } from './1-analyze/describe-model.ts';
import { makeRunnable } from './1-analyze/runnable-model.ts';
import { assertNoInput } from './files/assert-no-input.ts';
import { assertUnchanged } from './files/readings.ts';
import type { EngineContext } from './job/engine-context.ts';
import { indexGraph } from './graph/graph.ts';
import { describeLayers } from './7-judge/layers.ts';
import { measureRun, writeCompared } from './5-measure/measure-run.ts';
import { externalFiles, hashModel, readModel } from './onnx/read-model.ts';
import { sourceSha256 } from './onnx/source-model.ts';
import { writeModel } from './onnx/write-model.ts';
import { RunLog } from './job/run-log.ts';
import { hasInt8DotProduct, readEnvironment } from './runtime/environment.ts';
import { describeStop, searchRecipe } from './6-search/search.ts';
import { summarizeRanges } from './7-judge/summarize-ranges.ts';
import type { Feeds } from './tensor/tensor.ts';
import { chosenModel } from './6-search/variant.ts';

/**
 * Candidates are compared on calibration samples worth about this many MACs, at least 32 samples and at most 128: small
 * models can afford the better comparison. By MACs and not by time, so that a run can be repeated.
 */
const tuningMacs = 30e9;
/** Evaluation samples that saturation is measured on: each layer has thousands of sums in one. */
const saturationSamples = 4;
/** Bins of the histograms that are kept for drawing. */
const drawnBins = 128;

/** Aborted when whoever waits says so, or when the search has had the time it was given. */
function enoughOf({ enough }: EngineContext, { searchSeconds }: CompressRequest): AbortSignal {
  const given = searchSeconds === null ? [] : [AbortSignal.timeout(searchSeconds * 1000)];
  return AbortSignal.any([...(enough === undefined ? [] : [enough]), ...given]);
}

/**
 * The main job, top to bottom: prepare, analyze, calibrate, quantize, measure, judge. Writes the compressed model to
 * `asked.outPath`, and the float model as prepared to `asked.preparedPath`, only when everything else has succeeded.
 * @throws AppError with what, where and what to do; CancelledError when `context.signal` aborts.
 */
export async function compress(asked: CompressRequest, context: EngineContext): Promise<RunDocument> {
  const startedTimestampMs = Date.now();
  const started = performance.now();
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-run-'));
  const log = new RunLog(context);
  let dataset: Dataset | null = null;
  try {
    const environment = await readEnvironment();
    const recipe = settleRecipe(asked.recipe, hasInt8DotProduct(environment));
    const request = { ...asked, recipe };
    const { threads } = request;
    // Nothing is timed in calibration and comparison, so they may use what the machine has.
    const fastThreads = Math.max(threads, Math.min(environment.cores, 8));
    const analysis = await analyzeModel(request, workFolder, log, context.allowedFolders);
    const { split, source, originalShapes, preparedShapes } = analysis;
    dataset = analysis.dataset;
    assertQuantizable(analysis);
    const { original, prepared } = source;
    assertNoInput(request.outPath, original);
    if (request.preparedPath !== null) assertNoInput(request.preparedPath, original);
    const runnable = await makeRunnable(original, join(workFolder, 'original.onnx'));
    log.add(runnable.diagnostics);
    const graph = indexGraph(original.proto);
    const preparedGraph = indexGraph(prepared.proto);

    log.begin('calibrate', 'running calibration samples');
    const samples = batchSamples(dataset, split.calibration);
    const sampleUnit = (dataset.fixedBatchSize ?? 1) === 1 ? 'samples' : 'batches';
    const observed = new Set(analysis.plan.observe);
    const calibrated = await calibrateModels(prepared, {
      plan: analysis.plan,
      graph: preparedGraph,
      shapes: preparedShapes,
      recipe,
      samples,
      threads: fastThreads,
      signal: context.signal,
      onSample: (done, total, detail) => log.report(done, total, sampleUnit, detail),
      // Others are looked at for their channels alone and get no range.
      onRange: (tensor, min, max) => observed.has(tensor) && context.onEvent({ type: 'range', tensor, min, max }),
    });
    for (const tensor of observed) {
      const seen = calibrated.prepared.statistics.get(tensor);
      if (seen !== undefined && seen.count > 0)
        context.onEvent({ type: 'range', tensor, min: seen.min, max: seen.max });
    }

    const { plan, keepFloat, diagnostics } = leaveUnseenFloat(
      analysis.plan,
      preparedGraph,
      calibrated.prepared.statistics,
      (float) => planQuantization(preparedGraph, preparedShapes, firstPlanOptions(recipe, prepared.folder, float)),
    );
    log.add(diagnostics);
    const comparedAt =
      plan.selection === null ? analysis.comparedAt : { tensors: plan.selection.tensors, ranksClasses: false };
    assertQuantizable({ ...analysis, plan });

    log.begin('quantize', 'choosing ranges and layers');
    const nodeMacs = graph.nodes.map((node) => ({ node, macs: countMacs(node, originalShapes) }));
    const macs = nodeMacs.reduce((sum, { macs: count }) => sum + (count ?? 0), 0);
    const tuningCount = Math.max(32, Math.min(128, Math.floor(tuningMacs / Math.max(1, macs))));
    const tuning: Feeds[] = [];
    for (let index = 0; index < Math.min(samples.count, tuningCount); index++) tuning.push(await samples.read(index));
    const result = await searchRecipe({
      ...calibrated,
      samples,
      graph: preparedGraph,
      shapes: preparedShapes,
      recipe,
      hasInt8DotProduct: hasInt8DotProduct(environment),
      tuning,
      keepFloat,
      comparedAt,
      threads,
      fastThreads,
      spawn: context.spawnChild,
      signal: context.signal,
      enough: enoughOf(context, request),
      onCandidate: (done, total, name) => log.report(done, total, 'candidates', name),
    });
    log.add(noteUncounted(nodeMacs));
    log.add(result.quantized.diagnostics);
    log.add(describeStop(result.stopped));
    const dataFacts = describeData(dataset, split, request.seed);
    const originalFacts = describeModel(original, sourceSha256(original), source.inputs, source.outputs);
    const stamped = stampModel(result.quantized.model, {
      vernierVersion: environment.vernierVersion,
      originalSha256: originalFacts.sha256,
      recipe,
      data: dataFacts,
      candidates: result.candidates,
    });
    const compressedPath = join(workFolder, 'compressed.onnx');
    await writeModel(stamped, compressedPath, { externalData: 'auto', sourceFolder: prepared.folder });
    const fusion = await checkFusion(compressedPath, result.plan, preparedGraph);
    log.add(fusion.diagnostics);
    const compressed = await readModel(compressedPath);
    const compressedGraph = indexGraph(compressed.proto);

    const twin = chosenModel(calibrated, result.variant);
    const twinPath = join(workFolder, 'float-twin.onnx');
    await writeModel(twin.model.proto, twinPath, { externalData: 'auto', sourceFolder: prepared.folder });
    const timedPreparedPath = await writeTimedPrepared(source, workFolder);
    const { accuracy, latency, layerErrors, clipping, layerTimes } = await measureRun(
      { ...request, modelPath: runnable.path },
      {
        graph,
        shapes: originalShapes,
        compressedPath,
        preparedPath: timedPreparedPath,
        compared: await writeCompared(
          { before: prepared, after: { ...prepared, proto: stamped } },
          comparedAt,
          workFolder,
        ),
        states: findStates(source.inputs, source.outputs),
        twinPath,
        pairs: [...result.quantized.dequantized].map(([before, after]) => ({ before, after })),
        clipping: {
          model: twin.model,
          ranges: heldRanges(result.plan, result.ranges, result.quantized.parameters),
          deciding: new Set(result.plan.deciding.map(({ group }) => group)),
          shapes: preparedShapes,
          valueSamples: countValueSamples(macs),
        },
      },
      { dataset, evaluation: split.evaluation, firstFeeds: analysis.firstFeeds },
      { fastThreads, context, log },
    );

    const ranges = summarizeRanges(result, twin, clipping, drawnBins);
    log.add(findClipping(ranges));
    const evaluation = batchSamples(dataset, split.evaluation);
    const isExact = result.variant.weightRange !== 'int8' || hasInt8DotProduct(environment);
    const saturation = isExact
      ? null
      : await measureSaturation({
          path: compressedPath,
          graph: preparedGraph,
          plan: result.plan,
          dequantized: result.quantized.dequantized,
          comparedAt: comparedAt?.tensors ?? [...preparedGraph.outputNames],
          samples: { ...evaluation, count: Math.min(saturationSamples, evaluation.count) },
          threads: fastThreads,
          dims: request.dims,
          signal: context.signal,
        });
    log.add(describeSaturation(saturation, accuracy.agreement.sqnrDb));

    log.begin('judge', 'writing the model and the verdict');
    await assertUnchanged([original.readings, ...dataset.readings.map((reading) => [reading])], context.signal);
    const preparedFacts = await keepPrepared(source, timedPreparedPath, request.preparedPath, {
      vernierVersion: environment.vernierVersion,
      originalSha256: originalFacts.sha256,
    });
    await writeModel(stamped, request.outPath, { externalData: 'auto', sourceFolder: prepared.folder });
    const written = await readModel(request.outPath);
    const writtenSha256 = await hashModel(written.path, externalFiles(written.proto, written.folder));
    const layers = describeLayers({
      graph,
      shapes: originalShapes,
      preparedGraph,
      compressedGraph,
      plan: result.plan,
      stored: result.quantized.stored,
      unfused: fusion.unfused,
      times: { before: layerTimes.before.layers, after: layerTimes.after.layers },
      errors: layerErrors,
    });
    const ledger = buildLedger({
      inventory: { before: takeInventory(graph), after: takeInventory(compressedGraph) },
      sizeBytes: { before: original.sizeBytes, after: written.sizeBytes },
      prepared: preparedFacts.changed
        ? { inventory: takeInventory(preparedGraph), sizeBytes: preparedFacts.sizeBytes }
        : null,
      layers,
      latency,
    });
    const gates = [
      ...checkGates(request.gates, {
        accuracyDrop: accuracyDropOf(accuracy, dataFacts),
        latency,
        sizeRatio: written.sizeBytes / original.sizeBytes,
      }),
      ...checkDrops(request.gates.maxDrops, accuracy, dataFacts),
    ];
    const tolerances = toleratedBy(request.gates);
    log.end();
    return {
      schemaVersion: runSchemaVersion,
      runId: request.runId,
      status: 'done',
      startedTimestampMs,
      durationMs: performance.now() - started,
      recipe,
      threads,
      model: {
        original: originalFacts,
        prepared: preparedFacts,
        compressed: describeModel(written, writtenSha256, source.inputs, source.outputs),
      },
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
      diagnostics: log.diagnostics,
      profile: {
        beforeSumMs: layerTimes.before.sumMs,
        afterSumMs: layerTimes.after.sumMs,
        beforeOverheadMs: layerTimes.before.overheadMs,
        afterOverheadMs: layerTimes.after.overheadMs,
        beforeUnattributedMs: layerTimes.before.unattributedMs,
        afterUnattributedMs: layerTimes.after.unattributedMs,
      },
      stageDurationsMs: log.stageDurationsMs,
      environment,
      gates,
      tolerances,
      verdict: writeVerdict(ledger, latency, accuracy, dataFacts, gates, log.diagnostics, tolerances),
    };
  } finally {
    await dataset?.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}
