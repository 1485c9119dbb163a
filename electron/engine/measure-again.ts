import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../shared/app-error.ts';
import type { CompressRequest } from '../../shared/compress-request.ts';
import { tell } from '../../shared/engine-texts/tell.ts';
import { timedVariants } from '../../shared/events.ts';
import type { NewMeasurement } from '../../shared/new-measurement.ts';
import type { Latency } from '../../shared/run.ts';
import { prepareModel } from './1-analyze/prepare.ts';
import { makeRunnable } from './1-analyze/runnable-model.ts';
import { writeTimedPrepared } from './1-analyze/write-prepared.ts';
import { measureLatency } from './5-measure/run-latency.ts';
import { readBatch } from './data/batch.ts';
import { openRunData } from './1-analyze/open-run-data.ts';
import { splitDataset } from './data/split.ts';
import { assertUnchanged } from './files/readings.ts';
import type { EngineContext } from './job/engine-context.ts';
import { beginRun, type Run } from './job/run.ts';
import { readSourceModel, sourceSha256, type SourceModel } from './onnx/source-model.ts';
import type { Feeds } from './tensor/tensor.ts';

/** What the run to be measured again measured, and where. */
export interface MeasuredBefore {
  readonly originalSha256: string;
  readonly compressedSha256: string;
  /** Whether the float model as prepared was timed as a third one. */
  readonly timedPrepared: boolean;
  readonly cpuModel: string;
}

/**
 * Times the models of a run that is over once more, as the run did: the same files, sample, threads and interleaving. Writes nothing.
 * @param asked what the run was asked for; `outPath` is where its compressed model lies now.
 * @param limits how long each model runs at least, if not as long as in a run.
 * @throws AppError `options-invalid` on another processor, `input-changed` where a file is no longer the one that was measured, and what
 *   a run throws where a file is gone; CancelledError when `context.signal` aborts.
 */
export async function measureAgain(
  asked: CompressRequest,
  before: MeasuredBefore,
  context: EngineContext,
  limits: { readonly minSeconds?: number } = {},
): Promise<NewMeasurement> {
  const workFolder = await mkdtemp(join(tmpdir(), 'vernier-again-'));
  try {
    const run = await beginRun(asked, context, workFolder);
    const { cpuModel } = run.device.environment;
    if (cpuModel !== before.cpuModel) {
      throw new AppError('options-invalid', tell('runOfOtherMachine', { cpu: before.cpuModel, here: cpuModel }));
    }
    return { measuredTimestampMs: Date.now(), latency: await timeModels(run, before, limits) };
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

/** @throws AppError `input-changed` where it is another file than the one that was measured. */
function assertSameModel(model: SourceModel, sha256: string): void {
  if (sourceSha256(model) === sha256) return;
  throw new AppError('input-changed', tell('runModelChanged', { path: model.path }));
}

async function timeModels(
  run: Run,
  measured: MeasuredBefore,
  limits: { readonly minSeconds?: number },
): Promise<Latency> {
  const { request, context, log, workFolder } = run;
  const { signal } = context;
  log.begin('prepare', 'reading both models');
  const source = await prepareModel(request.modelPath, workFolder);
  const compressed = await readSourceModel(request.outPath);
  assertSameModel(source.original, measured.originalSha256);
  assertSameModel(compressed, measured.compressedSha256);
  const models = {
    before: (await makeRunnable(source.original, join(workFolder, 'before.onnx'))).path,
    prepared: measured.timedPrepared ? await writeTimedPrepared(source, workFolder) : null,
    after: (await makeRunnable(compressed, join(workFolder, 'after.onnx'))).path,
  };
  log.begin('data', 'reading the data');
  const { feeds, batchSize } = await readTimedSample(run, source);
  log.begin('latency', 'interleaved runs in fresh processes');
  const latency = await measureLatency({
    models,
    threads: request.threads,
    feeds,
    dims: request.dims,
    batchSize,
    ...run.timing,
    ...limits,
    aaControl: true,
    seed: request.seed,
    spawn: context.spawnChild,
    signal,
    onBlock: ({ variant, samplesMs, doneShare }) => {
      const timed = timedVariants.find((name) => name === variant);
      if (timed !== undefined) context.onEvent({ type: 'latency', variant: timed, samplesMs });
      log.report(Math.round(doneShare * 1000), 1000, 'per mille', 'interleaved runs');
    },
  });
  await assertUnchanged([source.original.readings, compressed.readings], signal);
  log.end();
  return latency;
}

/** The sample that the run itself was timed on. */
async function readTimedSample(
  { request, context }: Run,
  source: Awaited<ReturnType<typeof prepareModel>>,
): Promise<{ readonly feeds: Feeds; readonly batchSize: number }> {
  const { calibrationSamples } = request.recipe;
  const dataset = await openRunData(request, source, context.allowedFolders);
  try {
    const split = await splitDataset(dataset, {
      calibrationCount: calibrationSamples,
      evaluationCount: request.evaluationSamples,
      seed: request.seed,
    });
    const batchSize = dataset.fixedBatchSize ?? 1;
    return { feeds: (await readBatch(dataset, [split.calibration[0] ?? 0], batchSize)).feeds, batchSize };
  } finally {
    await dataset.close();
  }
}
