import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import yazl from 'yazl';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { MetricRow } from '../../../shared/metric-row.ts';
import type { Dataset } from '../data/dataset.ts';
import { readFailure } from '../files/file-errors.ts';
import { readRegularFile } from '../files/regular-file.ts';
import type { CustomMetric } from '../job/engine-context.ts';
import { rowOfScores } from '../metrics/custom-scores.ts';
import { encodeNpy } from '../onnx/encode-npy.ts';
import { siblingEntry } from '../runtime/child-process.ts';
import { runProgram } from '../runtime/run-program.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { collectOutputs, stackSamples, type CollectOptions, type NamedTensors } from './collect-outputs.ts';

export interface CustomMetricOptions extends CollectOptions {
  readonly metric: CustomMetric;
  readonly before: string;
  readonly after: string;
  readonly onProgress: (done: number, total: number) => void;
}

const largestScoresBytes = 64 * 2 ** 20;

/** A command line as its words: quotes keep words together. Nothing else of a shell's language has a meaning. */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  for (const [, doubled, single, plain] of command.matchAll(/"([^"]*)"|'([^']*)'|([^\s"']+)/g))
    words.push(doubled ?? single ?? plain!);
  return words;
}

/** What people call the metric: its file, or its command without folders and quotes. */
const sourceOf = (metric: CustomMetric): string =>
  metric.kind === 'module'
    ? basename(metric.path)
    : splitCommand(metric.command)
        .map((word) => basename(word))
        .join(' ');

/** @throws AppError before any work for a module that is not there, or an empty command. */
export async function assertMetricThere(metric: CustomMetric): Promise<void> {
  if (metric.kind === 'command') {
    if (splitCommand(metric.command).length > 0) return;
    throw new AppError('options-invalid', tell('metricCommandEmpty'));
  }
  const found = await stat(metric.path).catch((error: unknown) => {
    throw readFailure(metric.path, error);
  });
  if (found.isFile() && /\.m?js$/i.test(metric.path)) return;
  throw new AppError('options-invalid', tell('metricNoModule', { path: metric.path }));
}

/** As `numpy.savez` writes them: .npy files, stored. Each is encoded when its turn comes. */
async function writeArrays(path: string, arrays: NamedTensors): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const [name, tensor] of arrays) {
    zip.addReadStreamLazy(`${name}.npy`, { compress: false }, (done) => done(null, Readable.from([encodeNpy(tensor)])));
  }
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
}

/** What is known of the samples: `indices` into the data, `labels` and `targets` where it has them. */
async function describeSamples(dataset: Dataset, indices: readonly number[]): Promise<NamedTensors> {
  const whole = (values: readonly number[]): Tensor => ({
    dataType: 'int64',
    dims: [values.length],
    data: BigInt64Array.from(values, BigInt),
  });
  const { labels, targets } = dataset;
  const arrays: (readonly [string, Tensor])[] = [['indices', whole(indices)]];
  if (labels !== null) arrays.push(['labels', whole(indices.map((index) => labels[index]!))]);
  if (targets != null) {
    const rows: Tensor[] = [];
    for (const index of indices) rows.push(await targets.read(index));
    arrays.push(...stackSamples('targets', rows));
  }
  return arrays;
}

/**
 * A metric of the user's own: both models' outputs on the evaluation samples are written as .npz files, a program of theirs reads them in
 * a process of its own and writes a score a sample for each model; mean, interval and test are made of those here.
 *
 * The folder holds `before.npz` and `after.npz` (an array `[samples, …]` for each output; `NAME.0`, `NAME.1`, … where samples differ in
 * size) and `samples.npz` (`indices`, `labels`, `targets`). A command gets the folder as its last argument and writes `scores.json` there.
 * @throws AppError as `runProgram`, `rowOfScores` and `collectOutputs`; CancelledError.
 */
export async function measureCustomMetric(options: CustomMetricOptions): Promise<MetricRow> {
  const { metric, dataset, indices } = options;
  const folder = await mkdtemp(join(tmpdir(), 'vernier-metric-'));
  try {
    const share = join(folder, 'samples');
    await mkdir(share, { mode: 0o700 });
    for (const model of ['before', 'after'] as const) {
      const arrays = await collectOutputs(options[model], options, (done) =>
        options.onProgress(done + (model === 'after' ? indices.length : 0), 2 * indices.length),
      );
      await writeArrays(join(share, `${model}.npz`), arrays);
    }
    await writeArrays(join(share, 'samples.npz'), await describeSamples(dataset, indices));
    await runProgram({
      ...programOf(metric, share),
      folder: share,
      name: sourceOf(metric),
      timeLimitSeconds: metric.timeLimitSeconds,
      signal: options.signal,
    });
    const scores = await readRegularFile(join(share, 'scores.json'), largestScoresBytes).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'file-not-found') throw error;
      throw new AppError('data-malformed', tell('metricWroteNothing', { name: sourceOf(metric) }));
    });
    return rowOfScores(Buffer.from(scores).toString('utf8'), indices.length, sourceOf(metric));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function programOf(metric: CustomMetric, folder: string) {
  if (metric.kind === 'command') {
    const [command, ...parameters] = splitCommand(metric.command);
    return { command: command!, parameters: [...parameters, folder] };
  }
  const entry = fileURLToPath(siblingEntry(import.meta.url, 'metric-module-process'));
  // Electron's program is a Node as well, when told so.
  return {
    command: process.execPath,
    parameters: [entry, metric.path, folder],
    environment: { ELECTRON_RUN_AS_NODE: '1' },
  };
}
