/** One model by one recipe, up to the file: the quantizer alone, for `bench/fidelity.ts`. The last line is JSON: seconds and megabytes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressRequestSchema, dataRequestSchema } from '../shared/compress-request.ts';
import { recipePresets, recipeSchema } from '../shared/recipe.ts';
import { analyzeModel, assertQuantizable } from '../electron/engine/2-plan/analyze-model.ts';
import { calibrateRun } from '../electron/engine/3-calibrate/calibrate-run.ts';
import { searchRun } from '../electron/engine/6-search/search-run.ts';
import { beginRun } from '../electron/engine/job/run.ts';
import { writeModel } from '../electron/engine/onnx/write-model.ts';
import { spawnNodeChild } from '../electron/engine/runtime/child-process.ts';

const [modelPath, samplesPath, preset, outPath, seconds] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const folder = await mkdtemp(join(tmpdir(), 'vernier-fidelity-'));
const context = {
  signal: new AbortController().signal,
  onEvent: () => undefined,
  spawnChild: spawnNodeChild,
  allowedFolders: null,
};
const startedMs = performance.now();
const request = compressRequestSchema.parse({
  runId: 'fidelity',
  modelPath,
  outPath,
  data: dataRequestSchema.parse({ path: samplesPath }),
  // Samples that measure come from elsewhere: all but one may calibrate.
  recipe: recipeSchema.parse({ ...recipePresets[preset], calibrationSamples: 64 }),
  evaluationSamples: 1,
  searchSeconds: Number(seconds),
});
try {
  const run = await beginRun(request, context, folder);
  const analysis = await analyzeModel(run.request, folder, run.log, null);
  assertQuantizable(analysis);
  const { quantized } = await searchRun(run, analysis, await calibrateRun(run, analysis));
  await writeModel(quantized.model, outPath, { externalData: 'auto', sourceFolder: analysis.source.prepared.folder });
  await analysis.dataset.close();
  console.log(
    JSON.stringify({
      seconds: (performance.now() - startedMs) / 1000,
      megabytes: process.resourceUsage().maxRSS / 1024,
    }),
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
