import { say, type Reason } from '../../../shared/engine-texts/say.ts';
import type { Diagnostic } from '../../../shared/run.ts';
import { findStates } from '../1-analyze/find-states.ts';
import type { ComparedAt } from '../1-analyze/find-compared.ts';
import { assertQuantizable, firstPlanOptions, type Analysis } from '../2-plan/analyze-model.ts';
import { planQuantization } from '../2-plan/plan.ts';
import { batchSamples } from '../data/batch.ts';
import { indexGraph } from '../graph/graph.ts';
import type { Run } from '../job/run.ts';
import { calibrateModels, type CalibratedModels } from './calibrate.ts';
import type { CalibrationSamples } from './observe.ts';
import { leaveUnseenFloat } from './unseen.ts';

/** The plan's tensors, seen. */
export interface CalibratedRun {
  readonly models: CalibratedModels;
  readonly samples: CalibrationSamples;
  /** Which of the dataset they are: all that were meant to be, or as many as there was time for. */
  readonly indices: readonly number[];
  /** Nodes that stay in float because calibration saw nothing of what they read: name to reason. */
  readonly keepFloat: ReadonlyMap<string, Reason>;
  /** Where both models are compared when their outputs cannot be; null when they can. */
  readonly comparedAt: ComparedAt | null;
}

/**
 * Runs the calibration samples.
 * @param enough aborted when those so far are to do.
 * @throws AppError where nothing is left that can be quantized.
 */
export async function calibrateRun(
  { request, fastThreads, scratch, log, context }: Run,
  analysis: Analysis,
  enough = new AbortController().signal,
): Promise<CalibratedRun> {
  const { dataset, split, preparedShapes: shapes, plan: first } = analysis;
  const { prepared, inputs, outputs } = analysis.source;
  const graph = indexGraph(prepared);
  log.begin('calibrate', 'running calibration samples');
  const meant = batchSamples(dataset, split.calibration);
  const batchSize = dataset.fixedBatchSize ?? 1;
  const unit = batchSize === 1 ? 'samples' : 'batches';
  let seen = meant.count;
  const observed = new Set(first.observe);
  const models = await calibrateModels(prepared, {
    plan: first,
    graph,
    shapes,
    recipe: request.recipe,
    samples: meant,
    threads: fastThreads,
    signal: context.signal,
    enough,
    onStopped: (count) => (seen = Math.min(seen, count)),
    place: (proto) => scratch.placeInSteps(proto),
    onSample: (done, total, detail) => log.report(done, total, unit, detail),
    // Others are looked at for their channels alone and get no range.
    onRange: (tensor, min, max) => observed.has(tensor) && context.onEvent({ type: 'range', tensor, min, max }),
  });
  for (const tensor of observed) {
    const seen = models.prepared.statistics.get(tensor);
    if (seen !== undefined && seen.min <= seen.max)
      context.onEvent({ type: 'range', tensor, min: seen.min, max: seen.max });
  }
  const states = new Set(findStates(inputs, outputs).map(({ input }) => input));
  const { plan, keepFloat, diagnostics } = leaveUnseenFloat(
    first,
    graph,
    { statistics: models.prepared.statistics, states },
    (float) => planQuantization(graph, shapes, firstPlanOptions(request.recipe, float)),
  );
  log.add(diagnostics);
  assertQuantizable({ ...analysis, plan });
  const indices = split.calibration.slice(0, seen * batchSize);
  if (seen < meant.count) log.add([noteStopped(indices.length, split.calibration.length)]);
  const { selection } = plan;
  const comparedAt = selection === null ? analysis.comparedAt : { tensors: selection.tensors, ranksClasses: false };
  return { models, samples: batchSamples(dataset, indices), indices, keepFloat, comparedAt };
}

function noteStopped(done: number, most: number): Diagnostic {
  return {
    severity: 'warning',
    code: 'calibration-stopped',
    message: say('calibrationStopped', { done, most }),
    node: null,
  };
}
