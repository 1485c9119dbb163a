/**
 * How good the prediction of a run is for what a layer in float brings: for each model the five layers that promise most are really left in
 * float, and the closeness of the output to the original's is measured on samples that neither has seen.
 *
 *     npm run bench:what-if -- MODEL.onnx DATA [MODEL.onnx DATA …]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { analyzeModel } from '../electron/engine/2-plan/analyze-model.ts';
import { calibrateRun } from '../electron/engine/3-calibrate/calibrate-run.ts';
import { measureEffects } from '../electron/engine/5-measure/measure-effects.ts';
import { writeVersions, type ModelVersions } from '../electron/engine/6-search/model-versions.ts';
import { searchRun } from '../electron/engine/6-search/search-run.ts';
import { batchSamples } from '../electron/engine/data/batch.ts';
import { beginRun } from '../electron/engine/job/run.ts';
import { createQualityMeter } from '../electron/engine/metrics/output-quality.ts';
import { spawnNodeChild } from '../electron/engine/runtime/child-process.ts';
import { openSession } from '../electron/engine/runtime/session.ts';
import { compressRequestSchema } from '../shared/compress-request.ts';
import { recipePresets } from '../shared/recipe.ts';

const triedLayers = 5;
const measuredSamples = 24;

interface Made {
  /** dB on samples that nothing was predicted by. */
  readonly sqnrDb: number;
  /** dB that the layers bring in float, by name, as predicted, largest first; empty where that was not asked for. */
  readonly gains: readonly (readonly [layer: string, gainDb: number])[];
}

/** The layer whose result a tensor is: behind what was folded into it. */
function layerOf({ preparedGraph: { producers, constants } }: ModelVersions, tensor: string): string | null {
  const node = producers.get(tensor);
  if (node === undefined) return null;
  return node.input.slice(1).some((name) => constants.has(name)) ? node.name : layerOf2(node.input[0]);

  function layerOf2(input: string | undefined): string | null {
    const before = producers.get(input ?? '');
    return before?.input.slice(1).some((name) => constants.has(name)) === true ? before.name : null;
  }
}

async function make(modelPath: string, dataPath: string, floatLayer: string | null): Promise<Made> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-what-if-'));
  const asked = compressRequestSchema.parse({
    runId: 'what-if',
    modelPath,
    outPath: join(workFolder, 'out.onnx'),
    data: { path: dataPath },
    recipe: {
      ...recipePresets['int8-static-minmax'],
      ...(floatLayer === null ? {} : { excludeNodes: [floatLayer] }),
    },
    threads: 2,
  });
  const context = {
    signal: new AbortController().signal,
    onEvent: () => undefined,
    spawnChild: spawnNodeChild,
    allowedFolders: null,
  };
  const run = await beginRun(asked, context, workFolder);
  const analysis = await analyzeModel(run.request, workFolder, run.log, null, run.scratch);
  try {
    const calibrated = await calibrateRun(run, analysis);
    const versions = await writeVersions(run, analysis, calibrated, await searchRun(run, analysis, calibrated));
    const { evaluation } = analysis.split;
    const samples = batchSamples(analysis.dataset, evaluation);
    const options = { threads: run.fastThreads, dims: {}, signal: context.signal, log: run.log };
    const effects = floatLayer === null ? await measureEffects(versions.measured, { samples, ...options }) : null;
    // Those at the end: the first ones are what was predicted by.
    const others = batchSamples(analysis.dataset, evaluation.slice(-measuredSamples));
    const gains = [...(effects?.layers ?? [])].flatMap(([tensor, { without }]) => {
      const layer = layerOf(versions, tensor);
      return layer === null ? [] : [[layer, without.sqnrDb - effects!.whole.sqnrDb] as const];
    });
    return {
      sqnrDb: await closenessOf(versions, others),
      gains: gains.toSorted(([, left], [, right]) => right - left).slice(0, triedLayers),
    };
  } finally {
    await analysis.dataset.close();
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function closenessOf(versions: ModelVersions, samples: ReturnType<typeof batchSamples>): Promise<number> {
  const { compared, compressedPath, graph, shapes } = versions.measured;
  const before = await openSession(compared?.before ?? versions.originalPath, { threads: 2 });
  const after = await openSession(compared?.after ?? compressedPath, { threads: 2 });
  try {
    let meter: ReturnType<typeof createQualityMeter> | null = null;
    for (let index = 0; index < samples.count; index++) {
      const feeds = await samples.read(index);
      const expected = await before.run(feeds);
      meter ??= createQualityMeter(expected, null, { graph, shapes });
      meter.add(expected, await after.run(feeds));
    }
    return meter!.quality().sqnrDb;
  } finally {
    await before.release();
    await after.release();
  }
}

/** Places from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const sorted = values.toSorted((left, right) => left - right);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

/** Spearman's rank correlation. */
function spearman(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [ranksOf(first), ranksOf(second)];
  const middle = (first.length + 1) / 2;
  const sum = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((total, value, index) => total + (value - middle) * (y[index]! - middle), 0);
  return sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
}

const { positionals } = parseArgs({ allowPositionals: true });
if (positionals.length === 0 || positionals.length % 2 === 1) {
  throw new Error('Name models and data: npm run bench:what-if -- MODEL.onnx DATA [MODEL.onnx DATA …]');
}
const predicted: number[] = [];
const measured: number[] = [];
for (let at = 0; at < positionals.length; at += 2) {
  const [model, data] = [resolve(positionals[at]!), resolve(positionals[at + 1]!)];
  const base = await make(model, data, null);
  console.log(`${basename(model)}: ${base.sqnrDb.toFixed(2)} dB with all layers compressed`);
  for (const [layer, gainDb] of base.gains) {
    const gotDb = (await make(model, data, layer)).sqnrDb - base.sqnrDb;
    predicted.push(gainDb);
    measured.push(gotDb);
    console.log(`  ${layer} in float: predicted ${gainDb.toFixed(2)} dB, measured ${gotDb.toFixed(2)} dB`);
  }
}
console.log(`Spearman over ${predicted.length} layers: ${spearman(predicted, measured).toFixed(3)}`);
