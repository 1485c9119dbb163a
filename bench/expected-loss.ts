/**
 * `npm run bench:expected-loss -- MODEL DATA [--preprocessor FILE] [--labels FILE] [--recipe NAME] [--samples N] [--splits N]`: is
 * the loss that a run expects the one it measures? Compresses the model on several splits of labelled data, nothing timed, and
 * prints both with the interval of what was measured. Exit code 1 where the expected loss lies outside one of them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { analyzeModel } from '../electron/engine/2-plan/analyze-model.ts';
import { calibrateModels } from '../electron/engine/3-calibrate/calibrate.ts';
import { measureAccuracy } from '../electron/engine/5-measure/accuracy.ts';
import { listOf } from '../electron/engine/6-search/kept-samples.ts';
import { searchRecipe } from '../electron/engine/6-search/search.ts';
import { batchSamples } from '../electron/engine/data/batch.ts';
import { indexGraph } from '../electron/engine/graph/graph.ts';
import type { EngineContext } from '../electron/engine/job/engine-context.ts';
import { RunLog } from '../electron/engine/job/run-log.ts';
import { writeModel } from '../electron/engine/onnx/write-model.ts';
import { spawnNodeChild } from '../electron/engine/runtime/child-process.ts';
import { readDevice } from '../electron/engine/runtime/device.ts';
import type { Feeds } from '../electron/engine/tensor/tensor.ts';
import { compressRequestSchema, type CompressRequest } from '../shared/compress-request.ts';
import { recipePresets } from '../shared/recipe.ts';
import type { Accuracy } from '../shared/run.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    preprocessor: { type: 'string' },
    labels: { type: 'string' },
    recipe: { type: 'string', default: 'int8-static-percentile' },
    'reduced-range': { type: 'string', default: 'pairs' },
    samples: { type: 'string', default: '50' },
    splits: { type: 'string', default: '5' },
  },
});
const [modelPath, dataPath] = positionals;
if (modelPath === undefined || dataPath === undefined || recipePresets[values.recipe] === undefined) {
  console.error(`Give a model and labelled data, and one of the recipes ${Object.keys(recipePresets).join(', ')}.`);
  process.exit(2);
}

const threads = 2;
const tuningSamples = 32;
const { signal } = new AbortController();
const context: EngineContext = { signal, onEvent: () => undefined, spawnChild: spawnNodeChild, allowedFolders: null };
const { features } = await readDevice();

/** Calibrates, searches what the recipe leaves open, and compares on the samples that are left. */
async function compressSplit(request: CompressRequest, folder: string): Promise<Accuracy> {
  const { dataset, split, source, preparedShapes, plan, comparedAt } = await analyzeModel(
    request,
    folder,
    new RunLog(context),
    null,
  );
  try {
    const { prepared } = source;
    const graph = indexGraph(prepared);
    const samples = batchSamples(dataset, split.calibration);
    const common = { graph, shapes: preparedShapes, recipe: request.recipe, samples, threads, signal };
    const calibrated = await calibrateModels(prepared, { ...common, plan, onSample: () => undefined });
    const tuning: Feeds[] = [];
    for (let index = 0; index < Math.min(samples.count, tuningSamples); index++) tuning.push(await samples.read(index));
    const { quantized } = await searchRecipe({
      ...calibrated,
      ...common,
      features,
      tuning: listOf(tuning),
      keepFloat: new Map(),
      comparedAt: plan.selection === null ? comparedAt : { tensors: plan.selection.tensors, ranksClasses: false },
      fastThreads: threads,
      spawn: spawnNodeChild,
      onCandidate: () => undefined,
    });
    const after = join(folder, 'compressed.onnx');
    await writeModel(quantized.model, after, { externalData: 'auto', sourceFolder: prepared.folder });
    const options = { dataset, indices: split.evaluation, labels: dataset.labels, threads };
    return (await measureAccuracy({ ...options, before: request.modelPath, after })).accuracy;
  } finally {
    await dataset.close();
  }
}

const points = (share: number): string => (share * 100).toFixed(2).padStart(6);
const pathOf = (path: string | undefined): string | null => (path === undefined ? null : resolve(path));

let outside = 0;
console.log(`${basename(modelPath)}, ${values.recipe}, ${values.samples} calibration samples; points of top-1`);
console.log('split  measured [95 %]            expected [95 %]');
for (let seed = 0; seed < Number(values.splits); seed++) {
  const folder = await mkdtemp(join(tmpdir(), 'vernier-bench-'));
  try {
    const accuracy = await compressSplit(
      compressRequestSchema.parse({
        runId: `split-${seed}`,
        modelPath: resolve(modelPath),
        outPath: join(folder, 'out.onnx'),
        data: {
          path: resolve(dataPath),
          preprocessorPath: pathOf(values.preprocessor),
          labelsPath: pathOf(values.labels),
        },
        recipe: {
          ...recipePresets[values.recipe],
          reducedRange: values['reduced-range'],
          calibrationSamples: Number(values.samples),
        },
        seed,
      }),
      folder,
    );
    const { difference, expectedDifference: expected, expectedDifferenceCi95: interval } = accuracy;
    if (difference === null || expected === null || interval === null) throw new Error('The data has no labels, or too few samples.'); // prettier-ignore
    const [low, high] = difference.ci95;
    const isInside = low <= expected && expected <= high;
    if (!isInside) outside++;
    console.log(
      `${String(seed).padEnd(5)} ${points(difference.value)} [${points(low)}, ${points(high)}]   ` +
        `${points(expected)} [${points(interval[0])}, ${points(interval[1])}]  ${isInside ? 'inside' : 'OUTSIDE'}, n = ${accuracy.count}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
if (outside > 0) process.exitCode = 1;
