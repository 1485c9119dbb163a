/**
 * `npm run bench:surrogate -- MODEL DATA [--labels FILE] [--preprocessor FILE] [--annotations PATH] [--texts FILE] [--characters FILE] [--task TASK] [--dim NAME=N] [--samples N]
 * [--variants N] [--evaluation N] [--seeds N] [--fixed]`: does what a search compares candidates by follow the metric of the task? Quantizes a model
 * in many ways (ranges, weights, layers in float), looks at each on calibration samples as a search does, measures it on others, and
 * prints Spearman's correlation of the metric's loss with what the SQNR of the outputs says, and with the task's surrogate.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { analyzeModel, type Analysis } from '../electron/engine/2-plan/analyze-model.ts';
import { calibrateRun } from '../electron/engine/3-calibrate/calibrate-run.ts';
import { measureAccuracy } from '../electron/engine/5-measure/accuracy.ts';
import { measureBoxesOf } from '../electron/engine/5-measure/boxes.ts';
import { createTaskLoss } from '../electron/engine/5-measure/task-loss.ts';
import { decibelsOf } from '../electron/engine/6-search/candidate-quality.ts';
import { listOf } from '../electron/engine/6-search/kept-samples.ts';
import { Laboratory } from '../electron/engine/6-search/laboratory.ts';
import { indexGraph } from '../electron/engine/graph/graph.ts';
import type { EngineContext } from '../electron/engine/job/engine-context.ts';
import { beginRun } from '../electron/engine/job/run.ts';
import { createQualityMeter, type SampleOutputs } from '../electron/engine/metrics/output-quality.ts';
import { findClassOutput, readOutputs } from '../electron/engine/metrics/read-outputs.ts';
import { sampleDims } from '../electron/engine/metrics/task.ts';
import { compareRanks } from '../electron/engine/metrics/rank-correlation.ts';
import type { SampleLoss } from '../electron/engine/metrics/surrogate.ts';
import { surrogates } from '../electron/engine/metrics/surrogates.ts';
import { writeModel } from '../electron/engine/onnx/write-model.ts';
import { spawnNodeChild } from '../electron/engine/runtime/child-process.ts';
import { selectorOf } from '../electron/engine/2-plan/select-nodes.ts';
import { isPlanned } from '../electron/engine/2-plan/quantization-plan.ts';
import type { Variant } from '../electron/engine/schemes/choice.ts';
import { startingVariant } from '../electron/engine/schemes/starting-variant.ts';
import { createRandom } from '../electron/engine/tensor/random.ts';
import type { Feeds } from '../electron/engine/tensor/tensor.ts';
import { compressRequestSchema, type CompressRequest } from '../shared/compress-request.ts';
import { say } from '../shared/engine-texts/say.ts';
import type { MetricRow } from '../shared/metric-row.ts';
import { recipePresets } from '../shared/recipe.ts';
import { trials } from './surrogate-trials.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    preprocessor: { type: 'string' },
    labels: { type: 'string' },
    annotations: { type: 'string' },
    texts: { type: 'string' },
    characters: { type: 'string' },
    task: { type: 'string' },
    dim: { type: 'string', multiple: true, default: [] },
    samples: { type: 'string', default: '32' },
    evaluation: { type: 'string', default: '1000' },
    variants: { type: 'string', default: '24' },
    seeds: { type: 'string', default: '1' },
  },
});
const [modelPath, dataPath] = positionals;
if (modelPath === undefined || dataPath === undefined) {
  console.error('Give a model and its data.');
  process.exit(2);
}
const threads = 1;
const { signal } = new AbortController();
const context: EngineContext = { signal, onEvent: () => undefined, spawnChild: spawnNodeChild, allowedFolders: null };
const pathOf = (path: string | undefined): string | null => (path === undefined ? null : resolve(path));

const pick = <Item>(items: readonly Item[], random: () => number): Item => items[Math.floor(random() * items.length)]!;

/** Ways to quantize that differ in all that a search decides. */
function drawVariant(base: Variant, layers: readonly string[], random: () => number): Variant {
  const methods = [
    { method: 'minmax', percentile: 100 },
    { method: 'entropy', percentile: 100 },
    { method: 'mse', percentile: 100 },
    ...[95, 98, 99, 99.9, 99.99].map((percentile) => ({ method: 'percentile', percentile }) as const),
  ] as const;
  const [floatShare, fewBitsShare] = [pick([0, random()], random), pick([0, random() / 2], random)];
  const float = layers.filter(() => random() < floatShare);
  const fewBits = layers.filter(() => random() < fewBitsShare);
  const scheme = pick(['int4-weights', 'int2-weights'] as const, random);
  return {
    ...base,
    oneSided: pick(methods, random),
    twoSided: pick(methods, random),
    weightRange: pick(['int8', 'int8-pairs', 'int8-reduced'] as const, random),
    biasCorrection: random() < 0.5,
    headroom: pick([1, 1, 1.1, 0.9], random),
    overrides: fewBits.length === 0 ? [] : [{ scheme, nodes: fewBits.map(selectorOf), opTypes: [] }],
    keepFloat: new Map([
      ...base.keepFloat,
      ...float.slice(0, layers.length - 1).map((name) => [name, say('measuredInFloat')] as const),
    ]),
  };
}

interface Seen {
  readonly sqnrDb: number;
  readonly surrogate: Readonly<Record<string, number>>;
  readonly rows: readonly MetricRow[];
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;

/** As a search has it: the mean over samples of dB, and of the losses themselves. */
const summarize = (losses: readonly SampleLoss[]): Record<string, number> => ({
  surrogate: -mean(losses.map(decibelsOf)),
  mean: mean(losses.map(({ loss }) => loss)),
});

/** The figures of a model, each metric of its task and the loss that is expected of labels. */
async function judge(analysis: Analysis, request: CompressRequest, after: string): Promise<MetricRow[]> {
  const { dataset, split, source, detector, originalShapes } = analysis;
  const indices = split.evaluation.slice(0, Number(values.evaluation));
  const options = { before: request.modelPath, after, dataset, indices, threads, dims: request.dims, signal };
  const { accuracy } = await measureAccuracy({
    ...options,
    labels: dataset.labels,
    task: request.data.task,
    ...(detector === null ? {} : { outputName: null }),
    source: { graph: indexGraph(source.original), shapes: originalShapes },
  });
  const boxes = await measureBoxesOf(detector, options);
  const rows = [...boxes.judged, ...boxes.agreed, ...accuracy.metrics];
  const { expectedDifference: expected } = accuracy;
  if (expected === null) return rows;
  return [...rows, { ...rows[0]!, metric: 'expected loss', before: 0, after: expected, higherIsBetter: true }];
}

const requestOf = (seed: number, folder: string) =>
  compressRequestSchema.parse({
    runId: `surrogate-${seed}`,
    modelPath: resolve(modelPath),
    outPath: join(folder, 'out.onnx'),
    data: {
      path: resolve(dataPath),
      preprocessorPath: pathOf(values.preprocessor),
      labelsPath: pathOf(values.labels),
      annotationsPath: pathOf(values.annotations),
      textsPath: pathOf(values.texts),
      charactersPath: pathOf(values.characters),
      task: values.task ?? null,
    },
    dims: Object.fromEntries(
      values.dim.map((text) => text.split('=')).map(([name = '', size]) => [name, Number(size)]),
    ),
    recipe: { ...recipePresets['int8-static-minmax'], calibrationSamples: Number(values.samples), keepFloat: 'none' },
    seed,
  });

async function measureVariants(seed: number, folder: string): Promise<{ name: string; seen: Seen[] }> {
  const request = requestOf(seed, folder);
  const run = await beginRun(request, context, folder);
  const analysis = await analyzeModel(run.request, folder, run.log, null, run.scratch);
  const { dataset, split, source, preparedShapes: shapes, plan, detector } = analysis;
  const { models, samples, keepFloat, comparedAt } = await calibrateRun(run, analysis);
  const graph = indexGraph(source.prepared);
  const tuning: Feeds[] = [];
  for (let index = 0; index < samples.count; index++) tuning.push(await samples.read(index));
  const laboratory = new Laboratory({
    ...models,
    samples,
    graph,
    shapes,
    recipe: run.request.recipe,
    scratch: run.scratch,
    tuning: listOf(tuning),
    keepFloat,
    comparedAt,
    threads,
    fastThreads: threads,
    spawn: spawnNodeChild,
    signal,
  });
  const float = await laboratory.open(null);
  const fetched = float.outputs.filter(({ dataType }) => dataType === 'float32').map(({ name }) => name);
  const reference: SampleOutputs[] = [];
  for (const feeds of tuning) reference.push(await float.run(feeds, fetched));
  const outputSource = { graph, shapes };
  const facts = float.outputs.filter(({ name }) => fetched.includes(name)).map(({ name, dataType }) => ({
    name,
    dataType,
    dims: sampleDims(reference[0]![name]!.dims, dataset.fixedBatchSize ?? 1),
  })); // prettier-ignore
  const origin = { ...outputSource, inputs: float.inputs };
  const { task } = request.data;
  const ranks = comparedAt?.ranksClasses !== false && detector === null;
  const classOutput = ranks
    ? findClassOutput(float.outputs, { origin, labelled: dataset.labels !== null, task })
    : null;
  const reading = readOutputs(dataset, facts, { classOutput, compared: fetched, task });
  const lossOptions = { dataset, indices: split.calibration, source: outputSource };
  const taskLoss = createTaskLoss(lossOptions, reading, [...surrogates, ...trials]);
  const random = createRandom(seed + 1);
  const layers = plan.nodes.filter(isPlanned).map(({ node }) => node);
  const base = startingVariant(run.request.recipe, { canEqualize: false, smoothings: [] }, keepFloat);
  const seen: Seen[] = [];
  for (let index = 0; index < Number(values.variants); index++) {
    const { quantized } = await laboratory.build(drawVariant(base, layers, random), true);
    const session = await laboratory.open(quantized);
    const meter = createQualityMeter(reference[0]!, null, outputSource);
    const losses: SampleLoss[] = [];
    for (const [batch, feeds] of tuning.entries()) {
      const outputs = await session.run(feeds, fetched);
      meter.add(reference[batch]!, outputs);
      const loss = taskLoss?.of(batch, reference[batch]!, outputs) ?? null;
      if (loss !== null) losses.push(loss);
    }
    await session.release();
    const after = join(folder, 'after.onnx');
    await writeModel(quantized.model, after, { externalData: 'auto', sourceFolder: folder });
    const rows = await judge(analysis, request, after);
    seen.push({ sqnrDb: mean(meter.decibels), surrogate: summarize(losses), rows });
  }
  await float.release();
  await dataset.close();
  return { name: taskLoss?.surrogate.label ?? 'none', seen };
}

/** Spearman's correlation; NaN where nothing varies. */
const correlate = (left: readonly number[], right: readonly number[]): number =>
  compareRanks(left.map((value, at) => ({ before: value, after: value, target: right[at]! })))?.before ?? NaN;

console.log(`${basename(modelPath)}: ${values.variants} variants, ${values.samples} calibration samples`);
for (let seed = 0; seed < Number(values.seeds); seed++) {
  const folder = await mkdtemp(join(tmpdir(), 'vernier-bench-'));
  try {
    const { name, seen } = await measureVariants(seed, folder);
    if (seed === 0) console.log(`surrogate: ${name}`);
    for (const { metric, higherIsBetter } of seen[0]!.rows) {
      const losses = seen.map(({ rows }) => {
        const value = rows.find((row) => row.metric === metric)?.after ?? 0;
        return higherIsBetter ? -value : value;
      });
      const sqnr = correlate(
        losses,
        seen.map(({ sqnrDb }) => -sqnrDb),
      );
      const others = Object.keys(seen[0]!.surrogate).map((key) => `${key} ${correlate(losses, seen.map(({ surrogate }) => surrogate[key]!)).toFixed(3)}`); // prettier-ignore
      console.log(`seed ${seed} ${metric.padEnd(18)} SQNR ${sqnr.toFixed(3)}  ${others.join('  ')}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
