import { runSchemaVersion, type RunDocument } from '../../../shared/run.ts';
import { toleratedBy } from '../../../shared/tolerances.ts';
import { takeInventory } from '../1-analyze/cost.ts';
import { describeModel } from '../1-analyze/describe-model.ts';
import type { Analysis } from '../2-plan/analyze-model.ts';
import type { CalibratedRun } from '../3-calibrate/calibrate-run.ts';
import type { Measurements } from '../5-measure/measure-run.ts';
import { describeSaturation } from '../5-measure/saturation.ts';
import { simulateSaturation, type SimulatedSaturation } from '../5-measure/simulate-saturation.ts';
import type { ModelVersions } from '../6-search/model-versions.ts';
import type { SearchResult } from '../6-search/search.ts';
import { batchSamples } from '../data/batch.ts';
import { describeData } from '../data/describe-data.ts';
import { assertUnchanged } from '../files/readings.ts';
import { indexGraph } from '../graph/graph.ts';
import { limitTime } from '../job/limit.ts';
import type { Run } from '../job/run.ts';
import { externalFiles, hashModel, readModel, type OnnxModel } from '../onnx/read-model.ts';
import { sourceSha256 } from '../onnx/source-model.ts';
import { writeModel } from '../onnx/write-model.ts';
import { findClipping } from './clip-findings.ts';
import { judgeGates, withGoal } from './drop-gates.ts';
import { keepPrepared } from './keep-prepared.ts';
import { describeLayers } from './layers.ts';
import { buildLedger } from './ledger.ts';
import { summarizeRanges } from './summarize-ranges.ts';
import { summarizeWeights } from './summarize-weights.ts';
import { judgeVerdict } from './verdict.ts';

/** Saturation is simulated on the samples so far when these are over, on one at least. */
const saturationSeconds = 20;
/** Bins of the histograms that are kept for drawing. */
const drawnBins = 128;

/** All that a run found out. */
export interface RunFindings {
  readonly analysis: Analysis;
  readonly calibrated: CalibratedRun;
  readonly result: SearchResult;
  readonly versions: ModelVersions;
  readonly measured: Measurements;
}

/** What sums that saturate cost the outputs, on CPUs where they do: on calibration samples. */
async function judgeSaturation({ request, device, fastThreads, log, context }: Run, found: RunFindings) {
  if (!request.saturation) return null;
  const startedMs = performance.now();
  const { analysis, versions } = found;
  const limit = limitTime(context.enough, saturationSeconds);
  const simulated = await simulateSaturation({
    float: analysis.source.prepared,
    compressed: versions.measured.compressed,
    unfused: versions.unfused,
    prepared: versions.preparedGraph,
    shapes: analysis.preparedShapes,
    compared: versions.measured.comparedTensors,
    samples: batchSamples(analysis.dataset, analysis.split.calibration),
    threads: fastThreads,
    dims: request.dims,
    signal: context.signal,
    enough: limit.signal,
  }).finally(limit.clear);
  if (simulated === null) return null;
  const isHere = !device.features.int8DotProduct;
  log.add(describeSaturation(simulated, isHere));
  return { simulated, isHere, spentMs: performance.now() - startedMs };
}

function describeSimulated(judged: Awaited<ReturnType<typeof judgeSaturation>>): RunDocument['saturation'] {
  if (judged === null) return null;
  const { simulated, isHere, spentMs } = judged;
  const { samples, exactSqnrDb, saturatingSqnrDb, layers, leftOut } = simulated;
  const figures = samples === 0 ? { exactSqnrDb: null, saturatingSqnrDb: null } : { exactSqnrDb, saturatingSqnrDb };
  return { isHere, samples, ...figures, layers: layers.size, leftOut: [...leftOut], spentMs };
}

/** The compressed model under the name that was asked for, and the prepared one where it was asked for. */
async function writeOutputs({ request, device, log, context }: Run, { analysis, versions }: RunFindings) {
  const { source, dataset } = analysis;
  const { original, prepared } = source;
  log.begin('judge', 'writing the model and the verdict');
  await assertUnchanged([original.readings, ...dataset.readings.map((reading) => [reading])], context.signal);
  const preparedFacts = await keepPrepared(source, versions.preparedPath, request.preparedPath, {
    vernierVersion: device.environment.vernierVersion,
    originalSha256: sourceSha256(original),
  });
  await writeModel(versions.stamped, request.outPath, { externalData: 'auto', sourceFolder: prepared.folder });
  const written = await readModel(request.outPath);
  return {
    preparedFacts,
    written,
    sha256: await hashModel(written.path, externalFiles(written.proto, written.folder)),
  };
}

function describeAll(
  { analysis, result, versions, measured }: RunFindings,
  preparedFacts: RunDocument['model']['prepared'],
  written: OnnxModel,
  saturation: SimulatedSaturation | null,
) {
  const { originalGraph: graph, preparedGraph, compressedGraph, unfused } = versions;
  const { layerTimes, layerErrors, introduced, effects, latency } = measured;
  const layers = describeLayers({
    graph,
    shapes: analysis.originalShapes,
    preparedGraph,
    compressedGraph,
    plan: result.plan,
    stored: result.quantized.stored,
    unfused,
    times: layerTimes,
    errors: layerErrors,
    introduced,
    effects: effects?.layers ?? new Map(),
    saturation: saturation?.layers ?? new Map(),
  });
  const ledger = buildLedger({
    inventory: { before: takeInventory(graph), after: takeInventory(compressedGraph) },
    sizeBytes: { before: analysis.source.original.sizeBytes, after: written.sizeBytes },
    prepared: preparedFacts?.changed
      ? { inventory: takeInventory(preparedGraph), sizeBytes: preparedFacts.sizeBytes }
      : null,
    layers,
    latency,
  });
  return { layers, ledger };
}

function describeProfile({ before, after }: Measurements['layerTimes']): RunDocument['profile'] {
  return {
    beforeSumMs: before.sumMs,
    afterSumMs: after.sumMs,
    beforeOverheadMs: before.overheadMs,
    afterOverheadMs: after.overheadMs,
    beforeUnattributedMs: before.unattributedMs,
    afterUnattributedMs: after.unattributedMs,
  };
}

function describeEffects(effects: Measurements['effects']): RunDocument['effects'] {
  if (effects === null) return null;
  const { samples, whole, layers, spentMs } = effects;
  return { samples, layers: layers.size, wholeSqnrDb: whole.sqnrDb, wholeCi95: whole.ci95, spentMs };
}

/** Writes the outputs, when all else has succeeded, and tells what was done and what it brought. */
export async function judgeRun(run: Run, found: RunFindings): Promise<RunDocument> {
  const { request, log } = run;
  const { source, dataset, split } = found.analysis;
  const { twin, compressedGraph } = found.versions;
  const { accuracy, samples, latency, clipping, layerTimes } = found.measured;
  const ranges = summarizeRanges(found.result, twin, clipping, drawnBins);
  log.add(findClipping(ranges));
  const saturation = await judgeSaturation(run, found);
  const { preparedFacts, written, sha256 } = await writeOutputs(run, found);
  const { layers, ledger } = describeAll(found, preparedFacts, written, saturation?.simulated ?? null);
  const data = describeData(dataset, split, request.seed);
  const sizeRatio = written.sizeBytes / source.original.sizeBytes;
  const limits = withGoal(request.gates, request.recipe, source.original.sizeBytes);
  const gates = judgeGates(limits, { accuracy, data, latency, sizeRatio });
  const tolerances = toleratedBy(limits, request.recipe);
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
      original: describeModel(source.original, sourceSha256(source.original), source.inputs, source.outputs),
      prepared: preparedFacts,
      compressed: describeModel(written, sha256, source.inputs, source.outputs),
    },
    data,
    ledger,
    latency,
    measurements: [],
    accuracy,
    samples,
    layers,
    ranges,
    weights: summarizeWeights(indexGraph(twin.model), compressedGraph, drawnBins),
    prediction: request.prediction,
    effects: describeEffects(found.measured.effects),
    saturation: describeSimulated(saturation),
    candidates: [...found.result.candidates],
    diagnostics: log.diagnostics,
    profile: describeProfile(layerTimes),
    stageDurationsMs: log.stageDurationsMs,
    environment: run.device.environment,
    gates,
    tolerances,
    verdict: judgeVerdict(ledger, latency, accuracy, data, gates, log.diagnostics, tolerances, layers),
  };
}
