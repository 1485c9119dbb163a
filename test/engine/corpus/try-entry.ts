import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import { compressRequestSchema } from '../../../shared/compress-request.ts';
import { schemeNames } from '../../../shared/schemes.ts';
import { recipePresets, recipeSchema } from '../../../shared/recipe.ts';
import { analyzeModel, assertQuantizable, type Analysis } from '../../../electron/engine/2-plan/analyze-model.ts';
import { isPlanned } from '../../../electron/engine/2-plan/quantization-plan.ts';
import { calibrateRun } from '../../../electron/engine/3-calibrate/calibrate-run.ts';
import { searchRun } from '../../../electron/engine/6-search/search-run.ts';
import { batchSamples } from '../../../electron/engine/data/batch.ts';
import { makeRunnable } from '../../../electron/engine/1-analyze/runnable-model.ts';
import { beginRun, type Run } from '../../../electron/engine/job/run.ts';
import { encodeModel } from '../../../electron/engine/onnx/encode-model.ts';
import { writeModel } from '../../../electron/engine/onnx/write-model.ts';
import { spawnNodeChild } from '../../../electron/engine/runtime/child-process.ts';
import { openSession } from '../../../electron/engine/runtime/session.ts';
import { fromFloat16Bits } from '../../../electron/engine/tensor/float16.ts';
import type { Feeds, Tensor } from '../../../electron/engine/tensor/tensor.ts';
import { makeRequest } from '../data/fixtures.ts';
import type { AnyScheme, Entry } from './entry.ts';

export const allSchemes: readonly AnyScheme[] = [...schemeNames, 'auto'];

/**
 * Least SQNR of an output of random weights and inputs, in dB. Rounding to b bits of a normal range leaves about 6 dB a bit less
 * 10; blocks of 4 bits have 20, of 2 bits 8; layers behind one another and unseen ranges take the rest.
 * Other schemes: more signal than noise.
 */
export const floorsDb: Readonly<Partial<Record<AnyScheme, number>>> = {
  'float16-weights': 50,
  'int8-weights': 30,
  'int8-dynamic': 20,
  'int8-static': 15,
  auto: 15,
  'int4-weights': 10,
  'int2-weights': 0,
};

export type Outcome =
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | {
      readonly kind: 'compressed';
      /** Of the output that is furthest from the original's; null where no output is of floats. */
      readonly sqnrDb: number | null;
      readonly reducedNodes: number;
      /** Nodes in float of which nobody says why. */
      readonly unexplained: readonly string[];
    };

/** The steps of `compress` up to the model, without looking for a better one, and both models on samples that were not calibrated. */
export async function tryEntry({ model, dims }: Entry, scheme: AnyScheme, folder: string): Promise<Outcome> {
  await mkdir(folder, { recursive: true });
  const modelPath = join(folder, 'model.onnx');
  await writeFile(modelPath, encodeModel(model));
  // Nothing is searched: what is tried is how each scheme plans and stores.
  const recipe = { ...recipePresets['int8-static-minmax'], scheme, calibrationSamples: 64 };
  const run = await makeRun(modelPath, recipe, dims ?? {}, folder);
  let analysis: Analysis | null = null;
  try {
    analysis = await analyzeModel(run.request, folder, run.log, null);
    assertQuantizable(analysis);
    const result = await searchRun(run, analysis, await calibrateRun(run, analysis));
    const compressedPath = join(folder, 'compressed.onnx');
    const sourceFolder = analysis.source.prepared.folder;
    await writeModel(result.quantized.model, compressedPath, { externalData: 'auto', sourceFolder });
    const { path } = await makeRunnable(analysis.source.original, join(folder, 'original.onnx'));
    const batches = batchSamples(analysis.dataset, analysis.split.evaluation);
    const samples: Feeds[] = [];
    for (let index = 0; index < batches.count; index++) samples.push(await batches.read(index));
    return {
      kind: 'compressed',
      sqnrDb: await compareModels(path, compressedPath, samples),
      reducedNodes: result.plan.nodes.filter(isPlanned).length,
      unexplained: result.plan.nodes.filter((node) => !isPlanned(node) && node.reason === '').map(({ node }) => node),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { kind: 'refused', code: error.code, message: error.message };
  } finally {
    await analysis?.dataset.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeRun(modelPath: string, recipe: object, dims: Readonly<Record<string, number>>, folder: string): Promise<Run> {
  const context = {
    signal: new AbortController().signal,
    enough: AbortSignal.abort(),
    onEvent: () => undefined,
    spawnChild: spawnNodeChild,
    allowedFolders: null,
  };
  const request = compressRequestSchema.parse({
    runId: 'corpus',
    modelPath,
    outPath: join(folder, 'out.onnx'),
    data: makeRequest({ random: true }),
    recipe: recipeSchema.parse(recipe),
    evaluationSamples: 3,
    dims,
  });
  // The answer is the same on every CPU: pairs are bounded.
  const run = await beginRun(request, context, folder);
  return { ...run, request, device: { ...run.device, features: { int8DotProduct: false } }, fastThreads: 1 };
} // prettier-ignore

function numbers({ dataType, data }: Tensor): number[] {
  return dataType === 'float16' ? [...data].map((bits) => fromFloat16Bits(Number(bits))) : [...data].map(Number);
}

const describe = (tensor: Tensor | undefined): string =>
  tensor === undefined ? 'missing' : `${tensor.dataType} [${tensor.dims.join(', ')}]`;

/** @returns SQNR of the worst output of floats. @throws where outputs differ in type or shape, or in where they are NaN. */
async function compareModels(before: string, after: string, samples: readonly Feeds[]): Promise<number | null> {
  const sums = new Map<string, { signal: number; error: number }>();
  const [original, compressed] = [await openSession(before, { threads: 1 }), await openSession(after, { threads: 1 })];
  try {
    for (const feeds of samples) {
      const [expected, actual] = [await original.run(feeds), await compressed.run(feeds)];
      for (const [name, tensor] of Object.entries(expected)) {
        const other = actual[name];
        // What is selected may be of another length.
        if (tensor.dataType !== other?.dataType || tensor.dims.length !== other.dims.length) {
          throw new Error(`output "${name}" is ${describe(other)} instead of ${describe(tensor)}`);
        }
        if (!tensor.dataType.startsWith('float')) continue;
        const sum = sums.get(name) ?? { signal: 0, error: 0 };
        sums.set(name, sum);
        const values = numbers(other);
        for (const [index, value] of numbers(tensor).entries()) addValue(sum, value, values[index]!, name);
      }
    }
  } finally {
    await original.release();
    await compressed.release();
  }
  const ratios = [...sums.values()].map(({ signal, error }) => (error === 0 ? Infinity : 10 * Math.log10(signal / error)));
  return ratios.length === 0 ? null : Math.min(...ratios);
} // prettier-ignore

function addValue(sum: { signal: number; error: number }, value: number, other: number, name: string): void {
  if (Object.is(value, other) || value === other) {
    if (Number.isFinite(value)) sum.signal += value ** 2;
    return;
  }
  if (!Number.isFinite(value) || !Number.isFinite(other))
    throw new Error(`output "${name}" has ${other} where the original has ${value}`);
  sum.signal += value ** 2;
  sum.error += (value - other) ** 2;
}

/** What is wrong with an outcome, in a sentence; null where nothing is. */
export function faultOf({ refusal, floorsDb: own }: Entry, scheme: AnyScheme, outcome: Outcome): string | null {
  if (outcome.kind === 'refused') {
    if (refusal !== undefined)
      return refusal.test(outcome.message) ? null : `refused for another reason: ${outcome.message}`;
    // With this scheme there is nothing to do: the reason of a node says why.
    return /^Nothing in .* can be quantized.*Of its \d+ nodes: \d+ \(".+"( \.\.\.)?\): \S/s.test(outcome.message)
      ? null
      : `refused: ${outcome.message}`;
  }
  if (refusal !== undefined) return 'was to be refused';
  if (outcome.unexplained.length > 0) return `no reason for ${outcome.unexplained.join(', ')}`;
  const floor = own?.[scheme] ?? floorsDb[scheme] ?? 0;
  if (outcome.sqnrDb !== null && !(outcome.sqnrDb >= floor)) return `${outcome.sqnrDb.toFixed(1)} dB, not ${floor} dB`;
  return null;
}
