/**
 * How good the simulation of saturating sums is: on a CPU without int8 dot product, what it says of a model with full 8-bit weights
 * beside what the same model really gives here, on the same samples.
 *
 *     npm run bench:saturation -- MODEL.onnx DATA [MODEL.onnx DATA …] [--form NAME] [--preprocessor FILE] [--calibration COUNT]
 *
 * DATA is `random` for noise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { z } from 'zod';
import { analyzeModel } from '../electron/engine/2-plan/analyze-model.ts';
import { calibrateRun } from '../electron/engine/3-calibrate/calibrate-run.ts';
import { simulateSaturation } from '../electron/engine/5-measure/simulate-saturation.ts';
import { writeVersions, type ModelVersions } from '../electron/engine/6-search/model-versions.ts';
import { searchRun } from '../electron/engine/6-search/search-run.ts';
import { batchSamples } from '../electron/engine/data/batch.ts';
import { cutModel } from '../electron/engine/graph/edit.ts';
import { beginRun } from '../electron/engine/job/run.ts';
import { createQualityMeter } from '../electron/engine/metrics/output-quality.ts';
import { encodeModel } from '../electron/engine/onnx/encode-model.ts';
import type { OnnxModel } from '../electron/engine/onnx/read-model.ts';
import { spawnNodeChild } from '../electron/engine/runtime/child-process.ts';
import { openSession } from '../electron/engine/runtime/session.ts';
import { mean } from '../electron/engine/tensor/statistics.ts';
import { compressRequestSchema } from '../shared/compress-request.ts';
import { recipePresets, type recipeSchema } from '../shared/recipe.ts';

const forms: Readonly<Record<string, z.input<typeof recipeSchema>>> = {
  static: { ...recipePresets['int8-static-minmax'], reducedRange: 'off' },
  'per tensor': { ...recipePresets['int8-static-minmax'], reducedRange: 'off', perChannel: false },
  's8 inputs': { ...recipePresets['int8-static-minmax'], reducedRange: 'off', symmetricActivations: true },
  dynamic: { ...recipePresets['int8-static-minmax'], scheme: 'int8-dynamic', reducedRange: 'off' },
};

interface Asked {
  readonly form: string;
  /** Null for noise. */
  readonly dataPath: string | null;
  readonly preprocessorPath: string | null;
  readonly calibrationSamples: number;
}

async function compare(
  modelPath: string,
  { form, dataPath, preprocessorPath, calibrationSamples }: Asked,
): Promise<string> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-saturation-'));
  const asked = compressRequestSchema.parse({
    runId: 'saturation',
    modelPath,
    outPath: join(workFolder, 'out.onnx'),
    data: { path: dataPath, random: dataPath === null, preprocessorPath },
    recipe: { ...forms[form], calibrationSamples },
    threads: 2,
  });
  const signal = new AbortController().signal;
  const context = { signal, onEvent: () => undefined, spawnChild: spawnNodeChild, allowedFolders: null };
  const run = await beginRun(asked, context, workFolder);
  const analysis = await analyzeModel(run.request, workFolder, run.log, null, run.scratch);
  try {
    const calibrated = await calibrateRun(run, analysis);
    const result = await searchRun(run, analysis, calibrated);
    const versions = await writeVersions(run, analysis, calibrated, result);
    const samples = batchSamples(analysis.dataset, analysis.split.calibration);
    const startedMs = performance.now();
    const found = await simulateSaturation({
      float: analysis.source.prepared,
      compressed: versions.measured.compressed,
      unfused: versions.unfused,
      prepared: versions.preparedGraph,
      shapes: analysis.preparedShapes,
      compared: versions.measured.comparedTensors,
      samples,
      threads: run.fastThreads,
      dims: run.request.dims,
    });
    const seconds = (performance.now() - startedMs) / 1000;
    if (found === null) return 'not simulated';
    if (found.layers.size === 0)
      return `no pair can saturate, ${found.leftOut.length} left out, ${seconds.toFixed(1)} s`;
    const real = await closenessHere(versions, analysis.source.prepared, samples, found.samples);
    const difference = real - found.saturatingSqnrDb;
    return [
      `exact ${found.exactSqnrDb.toFixed(2)}`,
      `simulated ${found.saturatingSqnrDb.toFixed(2)}`,
      `real ${real.toFixed(2)}`,
      `difference ${difference.toFixed(3)} dB`,
      `${found.layers.size} layers, ${found.leftOut.length} left out`,
      `${seconds.toFixed(1)} s`,
    ].join('  ');
  } finally {
    await analysis.dataset.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** By ONNX Runtime's own kernels on this CPU. */
async function closenessHere(
  { measured: { compressed, comparedTensors, clipping }, preparedGraph: graph }: ModelVersions,
  float: OnnxModel,
  samples: ReturnType<typeof batchSamples>,
  count: number,
): Promise<number> {
  const open = ({ proto, folder }: OnnxModel) =>
    openSession(encodeModel(cutModel(proto, comparedTensors)), {
      threads: 2,
      config: { 'session.model_external_initializers_file_folder_path': folder },
    });
  const [before, after] = [await open(float), await open(compressed)];
  const decibels: number[] = [];
  for (let index = 0; index < count; index++) {
    const feeds = await samples.read(index);
    const expected = await before.run(feeds);
    const meter = createQualityMeter(expected, null, { graph, shapes: clipping.shapes });
    meter.add(expected, await after.run(feeds));
    decibels.push(meter.decibels[0]!);
  }
  await before.release();
  await after.release();
  return mean(decibels);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { form: { type: 'string' }, preprocessor: { type: 'string' }, calibration: { type: 'string' } },
});
for (let index = 0; index + 1 < positionals.length; index += 2) {
  const [model, data] = [resolve(positionals[index]!), positionals[index + 1]!];
  for (const form of values.form === undefined ? Object.keys(forms) : [values.form]) {
    const asked = {
      form,
      dataPath: data === 'random' ? null : resolve(data),
      preprocessorPath: values.preprocessor === undefined ? null : resolve(values.preprocessor),
      calibrationSamples: Number(values.calibration ?? 100),
    };
    console.log(`${basename(model)}, ${form}: ${await compare(model, asked)}`);
  }
}
