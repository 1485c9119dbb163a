import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import type { BenchRequest, BenchResult } from '../../shared/bench.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { dummyFeeds } from './1-analyze/observe-shapes.ts';
import { makeRunnable } from './1-analyze/runnable-model.ts';
import { measureModels } from './5-measure/latency.ts';
import type { EngineContext } from './job/engine-context.ts';
import { assertNotEmpty, checkDimensions, markShapeless } from './data/model-inputs.ts';
import { assertUnchanged, type Reading } from './files/readings.ts';
import { readSourceModel } from './onnx/source-model.ts';
import { readEnvironment } from './runtime/environment.ts';
import { openSession, type ValueInfo } from './runtime/session.ts';
import { createRandom } from './tensor/random.ts';
import type { Feeds } from './tensor/tensor.ts';

/** Seeded noise instead of zeros, for zeros can take short cuts (denormals, sparsity) that real inputs do not. */
function makeFeeds(inputs: readonly ValueInfo[], dims: Readonly<Record<string, number>>): Feeds {
  const feeds = dummyFeeds(inputs, dims);
  const random = createRandom(1);
  for (const tensor of Object.values(feeds)) {
    if (tensor.data instanceof Float32Array)
      for (let index = 0; index < tensor.data.length; index++) tensor.data[index] = random();
  }
  return feeds;
}

interface Candidate {
  readonly runnablePath: string;
  readonly sizeBytes: number;
  readonly readings: readonly Reading[];
  readonly inputs: readonly ValueInfo[];
}

async function openCandidate(path: string, copyPath: string): Promise<Candidate> {
  // Timed from its own file: nothing has to be in memory here.
  const source = await readSourceModel(path, 0);
  assertNotEmpty(source.proto.graph!);
  const { path: runnablePath } = await makeRunnable(source, copyPath);
  const session = await openSession(runnablePath, { threads: 1 });
  const inputs = markShapeless(session.inputs, source.proto.graph!.input);
  await session.release();
  return { runnablePath, sizeBytes: source.sizeBytes, readings: source.readings, inputs };
}

/**
 * Times two models against each other; the ratio says how much faster the second is than the first.
 * @throws AppError, also `input-changed` when one of the files is no longer what was opened.
 */
export async function benchModels(request: BenchRequest, context: EngineContext): Promise<BenchResult> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-bench-'));
  try {
    return await benchIn(workFolder, request, context);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

async function benchIn(workFolder: string, request: BenchRequest, context: EngineContext): Promise<BenchResult> {
  const { threads, dims } = request;
  const [firstPath, secondPath] = request.modelPaths;
  const first = await openCandidate(firstPath, join(workFolder, 'first.onnx'));
  const second = await openCandidate(secondPath, join(workFolder, 'second.onnx'));
  const models = [first, second];
  checkDimensions(
    models.flatMap(({ inputs }) => inputs),
    dims,
  );
  const feeds = makeFeeds(first.inputs, dims);
  const measured = await measureModels({
    variants: [
      { name: 'before', modelPath: first.runnablePath, feeds },
      { name: 'after', modelPath: second.runnablePath, feeds: makeFeeds(second.inputs, dims) },
    ],
    threads,
    feeds,
    dims,
    minSeconds: request.minSeconds,
    aaControl: true,
    spawn: context.spawnChild,
    signal: context.signal,
    onBlock: ({ variant, samplesMs, doneShare }) => {
      if (variant === 'before' || variant === 'after') context.onEvent({ type: 'latency', variant, samplesMs });
      context.onEvent({
        type: 'progress',
        stage: 'latency',
        done: Math.round(doneShare * 1000),
        total: 1000,
        unit: 'per mille',
        detail: 'interleaved runs',
      });
    },
  });
  await assertUnchanged(
    models.map(({ readings }) => readings),
    context.signal,
  );
  const speedup = measured.models[1]?.speedup;
  if (speedup == null) throw new AppError('internal', tell('secondModelNotMeasured'));
  return {
    schemaVersion: 1,
    threads,
    batchSize: measured.batchSize,
    variants: measured.models.map(({ side: { samplesMs: _samples, ...side } }, index) => ({
      path: request.modelPaths[index]!,
      sha256: models[index]!.readings.at(-1)!.sha256,
      sizeBytes: models[index]!.sizeBytes,
      ...side,
    })),
    speedup: { ratio: speedup.ratio, ci95: speedup.ci95 },
    resolution: measured.resolution,
    processorShare: measured.processorShare,
    environment: await readEnvironment(),
  };
}
