import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompressRequest } from '../../shared/compress-request.ts';
import type { RunDocument } from '../../shared/run.ts';
import { analyzeModel, assertQuantizable, type Analysis } from './2-plan/analyze-model.ts';
import { calibrateRun } from './3-calibrate/calibrate-run.ts';
import { assertMetricThere } from './5-measure/custom-metric.ts';
import { measureRun } from './5-measure/measure-run.ts';
import { assertKnownMetrics } from './metrics/known-metrics.ts';
import { writeVersions } from './6-search/model-versions.ts';
import { searchRun } from './6-search/search-run.ts';
import { judgeRun } from './7-judge/judge-run.ts';
import { assertNoInput } from './files/assert-no-input.ts';
import type { EngineContext } from './job/engine-context.ts';
import { limitTime, type Limit } from './job/limit.ts';
import { beginRun } from './job/run.ts';

/**
 * The main job, top to bottom: prepare, analyze, calibrate, quantize, measure, judge. Writes the compressed model to
 * `asked.outPath`, and the float model as prepared to `asked.preparedPath`, only when everything else has succeeded.
 * @throws AppError with what, where and what to do; CancelledError when `context.signal` aborts.
 */
export async function compress(asked: CompressRequest, context: EngineContext): Promise<RunDocument> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-run-'));
  let analysis: Analysis | null = null;
  let limit: Limit | null = null;
  try {
    const run = await beginRun(asked, context, workFolder);
    const { request, fastThreads, log } = run;
    assertKnownMetrics(request.gates.maxDrops, context.customMetric != null);
    if (context.customMetric != null) await assertMetricThere(context.customMetric);
    analysis = await analyzeModel(request, workFolder, log, context.allowedFolders, run.scratch);
    assertQuantizable(analysis);
    assertNoInput(request.outPath, analysis.source.original);
    if (request.preparedPath !== null) assertNoInput(request.preparedPath, analysis.source.original);

    limit = limitTime(context.enough, request.searchSeconds);
    const calibrated = await calibrateRun(run, analysis, limit.signal);
    analysis = { ...analysis, split: { ...analysis.split, calibration: calibrated.indices } };
    const result = await searchRun(run, analysis, calibrated, limit);
    const versions = await writeVersions(run, analysis, calibrated, result);
    const measured = await measureRun(
      { ...request, modelPath: versions.originalPath },
      versions.measured,
      {
        dataset: analysis.dataset,
        evaluation: analysis.split.evaluation,
        firstFeeds: analysis.firstFeeds,
        detector: analysis.detector,
      },
      { fastThreads, timing: run.timing, context, log },
    );
    return await judgeRun(run, { analysis, calibrated, result, versions, measured });
  } finally {
    limit?.clear();
    await analysis?.dataset.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}
