/**
 * How good the prediction of a run is for what a layer in float brings: for each model the five layers that promise most are really left in
 * float, by runs as "Try this" starts them, and what was foretold is held against what came: the closeness of the output, on the samples that
 * it was foretold by and on all evaluation samples, size and time.
 *
 *     npm run bench:what-if -- MODEL.onnx DATA [MODEL.onnx DATA …] [--preprocessor FILE] [--calibration COUNT] [--evaluation COUNT]
 *
 * DATA is `random` for noise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compress } from '../electron/engine/compress.ts';
import { median } from '../electron/engine/tensor/statistics.ts';
import { spawnNodeChild } from '../electron/engine/runtime/child-process.ts';
import { compressRequestSchema } from '../shared/compress-request.ts';
import { alsoInFloat, isFlippable, predictFloat } from '../shared/predict-float.ts';
import { recipePresets } from '../shared/recipe.ts';
import type { RunDocument } from '../shared/run.ts';

const triedLayers = 5;
/** Models are timed for so long, unless it is said otherwise. */
process.env['VERNIER_TIMING_SECONDS'] ??= '1';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { preprocessor: { type: 'string' }, calibration: { type: 'string' }, evaluation: { type: 'string' } },
});

async function run(modelPath: string, data: string, excludeNodes: readonly string[]): Promise<RunDocument> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-what-if-'));
  const asked = compressRequestSchema.parse({
    runId: 'what-if',
    modelPath,
    outPath: join(workFolder, 'out.onnx'),
    data: {
      path: data === 'random' ? null : resolve(data),
      random: data === 'random',
      preprocessorPath: values.preprocessor === undefined ? null : resolve(values.preprocessor),
    },
    recipe: {
      ...recipePresets['int8-static-minmax'],
      calibrationSamples: Number(values.calibration ?? 100),
      excludeNodes,
    },
    evaluationSamples: Number(values.evaluation ?? 300),
    threads: 2,
    saturation: false,
  });
  const context = {
    signal: new AbortController().signal,
    onEvent: () => undefined,
    spawnChild: spawnNodeChild,
    allowedFolders: null,
  };
  try {
    return await compress(asked, context);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** Places from 1; equal values share the mean of theirs. */
function ranksOf(of: readonly number[]): number[] {
  const sorted = of.toSorted((left, right) => left - right);
  return of.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2 + 1);
}

/** Spearman's rank correlation. */
function spearman(first: readonly number[], second: readonly number[]): number {
  const [a, b] = [ranksOf(first), ranksOf(second)];
  const middle = (first.length + 1) / 2;
  const sum = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((total, value, index) => total + (value - middle) * (y[index]! - middle), 0);
  return sum(a, b) / Math.sqrt(sum(a, a) * sum(b, b));
}

interface Outcome {
  readonly predictedDb: number;
  /** On the samples that it was foretold by, but for a few where the runs looked at different numbers of them. */
  readonly sameDb: number;
  /** On all evaluation samples. */
  readonly allDb: number;
  /** Came / foretold - 1. */
  readonly sizeOff: number;
  readonly timeOff: number;
}

async function tryLayer(model: string, data: string, base: RunDocument, layer: string): Promise<Outcome> {
  const predicted = predictFloat(base, new Set([layer]));
  const came = await run(model, data, [layer]);
  return {
    predictedDb: predicted.sqnrDb! - base.effects!.wholeSqnrDb,
    sameDb: came.effects!.wholeSqnrDb - base.effects!.wholeSqnrDb,
    allDb: allSamplesDb(came) - allSamplesDb(base),
    sizeOff: came.model.compressed.sizeBytes / predicted.sizeBytes - 1,
    timeOff: came.latency.after.medianMs / predicted.medianMs - 1,
  };
}

const allSamplesDb = ({ accuracy }: RunDocument): number => accuracy.agreement.samples?.meanSqnrDb ?? Number.NaN;
const decibels = (value: number): string => `${value.toFixed(2)} dB`;
const percent = (share: number): string => `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} %`;

function printCorrelations(what: string, outcomes: readonly Outcome[]): void {
  const predicted = outcomes.map(({ predictedDb }) => predictedDb);
  const of = (measured: (outcome: Outcome) => number): string => spearman(predicted, outcomes.map(measured)).toFixed(3);
  const [same, all] = [of(({ sameDb }) => sameDb), of(({ allDb }) => allDb)];
  console.log(
    `Spearman over ${outcomes.length} layers${what}: ${same} on the samples it was foretold by, ${all} on all evaluation samples`,
  );
}

if (positionals.length === 0 || positionals.length % 2 === 1) {
  throw new Error('Name models and data: npm run bench:what-if -- MODEL.onnx DATA [MODEL.onnx DATA …]');
}
const outcomes: Outcome[] = [];
for (let at = 0; at < positionals.length; at += 2) {
  const [model, data] = [resolve(positionals[at]!), positionals[at + 1]!];
  const base = await run(model, data, []);
  if (base.effects === null) {
    console.log(`${basename(model)}: the effects of layers could not be measured`);
    continue;
  }
  const { wholeSqnrDb, samples } = base.effects;
  console.log(`${basename(model)}: ${decibels(wholeSqnrDb)} with all layers compressed, ${samples} samples`);
  const tried = base.layers
    .filter((layer) => isFlippable(layer) && layer.effect !== null)
    .toSorted((left, right) => right.effect!.withoutSqnrDb - left.effect!.withoutSqnrDb)
    .slice(0, triedLayers);
  const own: Outcome[] = [];
  for (const { name } of tried) {
    const outcome = await tryLayer(model, data, base, name);
    own.push(outcome);
    const beside = alsoInFloat(base, new Set([name])).map((layer) => layer.name);
    console.log(
      `  ${[name, ...beside].join(' and ')} in float: predicted ${decibels(outcome.predictedDb)}, ` +
        `came ${decibels(outcome.sameDb)}, on all samples ${decibels(outcome.allDb)}, ` +
        `size ${percent(outcome.sizeOff)}, time ${percent(outcome.timeOff)}`,
    );
  }
  outcomes.push(...own);
  if (own.length > 1) printCorrelations(` of ${basename(model)}`, own);
}
printCorrelations('', outcomes);
const off = (of: (outcome: Outcome) => number): string =>
  `median ${percent(median(outcomes.map((outcome) => Math.abs(of(outcome))))).slice(1)}, at most ` +
  percent(Math.max(...outcomes.map((outcome) => Math.abs(of(outcome))))).slice(1);
console.log(`Off by: size ${off(({ sizeOff }) => sizeOff)}; time ${off(({ timeOff }) => timeOff)}`);
console.log(`Load of the machine: ${loadavg()[0]!.toFixed(1)}`);
