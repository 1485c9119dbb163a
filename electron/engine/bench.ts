import { AppError } from '../../shared/app-error.ts';
import type { BenchRequest, BenchResult } from '../../shared/bench.ts';
import { dummyFeeds } from './1-analyze/observe-shapes.ts';
import { measureModels } from './5-measure/latency.ts';
import type { EngineContext } from './job/engine-context.ts';
import { checkDimensions } from './data/model-inputs.ts';
import { externalFiles, hashModel, readModel, type OnnxModel } from './onnx/read-model.ts';
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

/** Times two models against each other; the ratio says how much faster the second is than the first. */
export async function benchModels(request: BenchRequest, context: EngineContext): Promise<BenchResult> {
  const { threads, dims } = request;
  const models: { readonly model: OnnxModel; readonly sha256: string; readonly inputs: readonly ValueInfo[] }[] = [];
  for (const path of request.modelPaths) {
    const model = await readModel(path);
    const session = await openSession(path, { threads: 1 });
    const { inputs } = session;
    await session.release();
    models.push({
      model,
      sha256: await hashModel(path, externalFiles(model.proto, model.folder)),
      inputs,
    });
  }
  checkDimensions(
    models.flatMap(({ inputs }) => inputs),
    dims,
  );
  const [first, second] = models as [(typeof models)[number], (typeof models)[number]];
  const feeds = makeFeeds(first.inputs, dims);
  const measured = await measureModels({
    variants: [
      { name: 'before', modelPath: request.modelPaths[0], feeds },
      { name: 'after', modelPath: request.modelPaths[1], feeds: makeFeeds(second.inputs, dims) },
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
  const speedup = measured.models[1]?.speedup;
  if (speedup == null) throw new AppError('internal', 'The second model was not measured.');
  return {
    schemaVersion: 1,
    threads,
    batchSize: measured.batchSize,
    variants: measured.models.map(({ side: { samplesMs: _samples, ...side } }, index) => ({
      path: request.modelPaths[index]!,
      sha256: models[index]!.sha256,
      sizeBytes: models[index]!.model.sizeBytes,
      ...side,
    })),
    speedup: { ratio: speedup.ratio, ci95: speedup.ci95 },
    resolution: measured.resolution,
    processorShare: measured.processorShare,
    environment: await readEnvironment(),
  };
}
