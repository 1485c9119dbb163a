/** Feeds a stretch of mutants to the readers, or models to ONNX Runtime; says on standard output which one is next, and what it found. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { costOf, totalParameters } from '../electron/engine/1-analyze/cost.ts';
import { declaredShapes } from '../electron/engine/1-analyze/observe-shapes.ts';
import { planQuantization } from '../electron/engine/2-plan/plan.ts';
import { openDataset } from '../electron/engine/data/open-dataset.ts';
import { nameNodes } from '../electron/engine/graph/edit.ts';
import { indexGraph } from '../electron/engine/graph/graph.ts';
import { usePlainNames } from '../electron/engine/graph/plain-names.ts';
import { inspectModel } from '../electron/engine/inspect.ts';
import { encodeModel } from '../electron/engine/onnx/encode-model.ts';
import { decodeModel, externalFiles } from '../electron/engine/onnx/read-model.ts';
import type { ValueInfo } from '../electron/engine/runtime/session.ts';
import { AppError } from '../shared/app-error.ts';
import { recipeSchema } from '../shared/recipe.ts';
import { imageInput, makeRequest } from '../test/engine/data/fixtures.ts';
import { makeData, makeModel } from './fuzz-mutants.ts';
import type { FuzzKind, FuzzNews } from './fuzz.ts';

const [kind, seed, from, to] = [process.argv[2] as FuzzKind, ...process.argv.slice(3).map(Number)];
const folder = mkdtempSync(join(tmpdir(), 'vernier-fuzz-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const pause = new Int32Array(new SharedArrayBuffer(4));

/** At once, whatever comes: a crash would take along what waits to be written. */
function tell(news: FuzzNews): void {
  let rest = Buffer.from(`${JSON.stringify(news)}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      // The pipe is full: on a busy machine its reader comes later.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 1);
    }
  }
}

function readMutant(bytes: Uint8Array): void {
  const model = decodeModel(bytes);
  externalFiles(model, folder);
  const graph = model.graph!;
  nameNodes(graph);
  usePlainNames(model, { inner: true });
  const indexed = indexGraph({ proto: model, folder });
  const shapes = declaredShapes(graph, {});
  totalParameters(indexed);
  for (const node of indexed.nodes) costOf(node, indexed, shapes);
  const recipe = recipeSchema.parse({});
  planQuantization(indexed, shapes, { recipe, weightRange: 'int8', keepFloat: new Map() });
  encodeModel(model);
}

const tokenInput: ValueInfo = { name: 'input_ids', dataType: 'int64', dims: ['batch', 'tokens'] };
const classScores: ValueInfo = { name: 'logits', dataType: 'float32', dims: ['batch', 2] };

async function openMutant(index: number): Promise<void> {
  const mutant = makeData(seed!, index);
  const root = join(folder, String(index));
  for (const [name, bytes] of Object.entries(mutant.files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), bytes);
  }
  const beside = (name: string | undefined) => (name === undefined ? null : join(root, name));
  const request = makeRequest({
    path: join(root, mutant.path),
    labelsPath: beside(mutant.labels),
    preprocessorPath: beside(mutant.preprocessor),
    annotationsPath: beside(mutant.annotations),
    tokenizerPath: beside(mutant.tokenizer),
  });
  const model = { path: join(root, 'model.onnx'), outputs: [classScores], states: [] };
  try {
    const inputs = mutant.tokenizer === undefined ? [imageInput] : [tokenInput];
    const dataset = await openDataset(request, inputs, { seed: 0, dims: {}, model });
    try {
      await dataset.read(0);
    } finally {
      await dataset.close();
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function loadMutant(bytes: Uint8Array): Promise<void> {
  decodeModel(bytes);
  const path = join(folder, 'model.onnx');
  writeFileSync(path, bytes);
  await inspectModel(path, { dims: {} }, { onEvent: () => undefined });
}

for (let index = from!; index < to!; index++) {
  tell({ at: index });
  try {
    if (kind === 'data') await openMutant(index);
    else if (kind === 'models') readMutant(makeModel(seed!, index));
    else await loadMutant(makeModel(seed!, index));
    tell({ accepted: index });
  } catch (error) {
    if (!(error instanceof AppError)) {
      tell({ foreign: index, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
}
tell({ peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1000) });
