import { setImmediate as yieldToEvents } from 'node:timers/promises';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { groupIntoBatches, readBatch } from '../data/batch.ts';
import type { Dataset } from '../data/dataset.ts';
import { sampleDims } from '../metrics/task.ts';
import { openSession } from '../runtime/session.ts';
import { elementCount, makeTensorData, type Tensor } from '../tensor/tensor.ts';

export interface CollectOptions {
  readonly dataset: Dataset;
  /** Samples that are run: indices into the dataset. */
  readonly indices: readonly number[];
  readonly threads: number;
  readonly dims: Readonly<Record<string, number>>;
  readonly signal: AbortSignal;
}

export type NamedTensors = readonly (readonly [name: string, tensor: Tensor])[];

/** Outputs of all samples that are kept at once. */
const mostBytes = 2 ** 30;

/** One array of all samples, or one a sample where they differ in size. */
export function stackSamples(name: string, rows: readonly Tensor[]): NamedTensors {
  const [first] = rows;
  if (first === undefined) return [];
  const isEven = rows.every(({ dims }) => dims.join() === first.dims.join());
  if (!isEven) return rows.map((row, index) => [`${name}.${index}`, row] as const);
  const size = elementCount(first.dims);
  const data = makeTensorData(first.dataType, size * rows.length);
  for (const [index, row] of rows.entries()) (data as Float32Array).set(row.data as Float32Array, index * size);
  return [[name, { dataType: first.dataType, dims: [rows.length, ...first.dims], data }]];
}

/**
 * Everything that a model gives for the samples, in the order of `indices`.
 * @throws AppError `out-of-memory` where that is too much to keep, as `openSession`; CancelledError between batches.
 */
export async function collectOutputs(
  model: string,
  { dataset, indices, threads, dims, signal }: CollectOptions,
  onProgress: (done: number) => void,
): Promise<NamedTensors> {
  const session = await openSession(model, { threads, dims });
  try {
    const batchSize = dataset.fixedBatchSize ?? 1;
    const kept = new Map<string, Tensor[]>();
    let [done, bytes] = [0, 0];
    for (const group of groupIntoBatches(indices, batchSize)) {
      await yieldToEvents();
      if (signal.aborted) throw new CancelledError();
      const batch = await readBatch(dataset, group, batchSize);
      const outputs = await session.run(batch.feeds);
      for (const [name, tensor] of Object.entries(outputs)) {
        const rows = kept.get(name) ?? [];
        kept.set(name, rows);
        for (const row of batch.indices.keys()) rows.push(takeRow(tensor, row, batchSize));
        bytes += tensor.data.byteLength;
      }
      if (bytes > mostBytes) throw tooMuch(indices.length);
      done += batch.indices.length;
      onProgress(done);
    }
    return [...kept].flatMap(([name, rows]) => stackSamples(name, rows));
  } finally {
    await session.release();
  }
}

function tooMuch(count: number): AppError {
  return new AppError('out-of-memory', tell('metricOutputsTooLarge', { count, megabytes: mostBytes / 2 ** 20 }));
}

/** A copy: outputs may be views of memory that is used again. */
function takeRow({ dataType, dims, data }: Tensor, row: number, batchSize: number): Tensor {
  const own = sampleDims(dims, batchSize);
  const size = elementCount(own);
  if (own.length === dims.length) return { dataType, dims, data: data.slice() };
  return { dataType, dims: own, data: data.slice(row * size, (row + 1) * size) };
}
