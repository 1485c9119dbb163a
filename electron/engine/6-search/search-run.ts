import { join } from 'node:path';
import { countMacs, noteUncounted } from '../1-analyze/macs.ts';
import type { Analysis } from '../2-plan/analyze-model.ts';
import type { CalibratedRun } from '../3-calibrate/calibrate-run.ts';
import { readTolerance } from '../../../shared/goal-limits.ts';
import { createTaskLoss } from '../5-measure/task-loss.ts';
import { indexGraph } from '../graph/graph.ts';
import { limitTime, type Limit } from '../job/limit.ts';
import type { Run } from '../job/run.ts';
import { KeptSamples } from './kept-samples.ts';
import { describeGoal } from './describe-goal.ts';
import { describeStop, searchRecipe, type SearchResult } from './search.ts';

/**
 * Candidates are compared on calibration samples worth about this many MACs, at least 32 samples and at most 128: small
 * models can afford the better comparison. By MACs and not by time, so that a run can be repeated.
 */
const tuningMacs = 30e9;

/** The best model that the recipe allows, of those that were compared. */
export async function searchRun(
  { request, device, fastThreads, workFolder, scratch, log, context }: Run,
  { source, dataset, split, originalShapes, preparedShapes }: Analysis,
  { models, samples, keepFloat, comparedAt }: CalibratedRun,
  limit: Limit = limitTime(context.enough, request.searchSeconds),
): Promise<SearchResult> {
  log.begin('quantize', 'choosing ranges and layers');
  const nodes = indexGraph(source.original).nodes.map((node) => ({
    node,
    macs: countMacs(node, originalShapes),
  }));
  const macs = nodes.reduce((sum, { macs: count }) => sum + (count ?? 0), 0);
  const tuningCount = Math.max(32, Math.min(128, Math.floor(tuningMacs / Math.max(1, macs))));
  const tuning = new KeptSamples(join(workFolder, 'compared-samples.data'));
  for (let index = 0; index < Math.min(samples.count, tuningCount); index++) {
    if (index > 0 && limit.signal.aborted) break;
    tuning.add(await samples.read(index));
  }
  const graph = indexGraph(source.prepared);
  const countsAnswers = readTolerance(request.recipe.within)?.unit === 'points';
  const result = await searchRecipe({
    ...models,
    samples,
    isRushed: request.searchSeconds !== null,
    areNoise: dataset.sha256 === null,
    graph,
    shapes: preparedShapes,
    recipe: request.recipe,
    features: device.features,
    tuning,
    ...(countsAnswers ? { rightClass: (sample) => dataset.labels?.[split.calibration[sample] ?? -1] ?? null } : {}),
    taskLoss: createTaskLoss({ dataset, indices: split.calibration, source: { graph, shapes: preparedShapes } }),
    keepFloat,
    comparedAt,
    scratch,
    threads: request.threads,
    fastThreads,
    spawn: context.spawnChild,
    signal: context.signal,
    enough: limit.signal,
    onEvent: context.onEvent,
    onLayers: (done, total, isLate) =>
      log.report(done, total, 'layers', isLate ? 'time is up, finishing the first model' : 'rounding weights'),
    onCandidate: ({ done, total, ms }, name) => {
      log.report(done, total, 'candidates', name, ms === null ? null : Math.min(ms, limit.leftMs()));
    },
  });
  log.add(noteUncounted(nodes));
  log.add(result.quantized.diagnostics);
  log.add(describeStop(result.stopped));
  log.add(describeGoal(request.recipe, result.goal));
  return result;
}
