import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { elementCount, type Feeds, type Tensor, type TensorData } from '../tensor/tensor.ts';
import type { Dataset } from './dataset.ts';
import { checkFeedSize, formatDims } from './model-inputs.ts';

export interface Batch {
  readonly feeds: Feeds;
  /** The samples in it, in order; rows beyond them repeat the last sample and must not be counted. */
  readonly indices: readonly number[];
}

/** Cuts the indices into groups of `batchSize`, the last one shorter when they do not divide. */
export function groupIntoBatches(indices: readonly number[], batchSize: number): number[][] {
  const groups: number[][] = [];
  for (let start = 0; start < indices.length; start += batchSize) groups.push(indices.slice(start, start + batchSize));
  return groups;
}

/**
 * Reads up to `batchSize` samples and stacks them along dimension 0. A shorter group is filled up by repeating its last
 * sample, for a model of fixed batch size runs on nothing else: every sample is used and none counted twice.
 * @param indices at least one and at most `batchSize` samples.
 */
export async function readBatch(dataset: Dataset, indices: readonly number[], batchSize: number): Promise<Batch> {
  if (indices.length === 0 || indices.length > batchSize || batchSize !== (dataset.fixedBatchSize ?? batchSize)) {
    throw new AppError(
      'internal',
      tell('batchSizeWrong', { count: indices.length, wanted: dataset.fixedBatchSize ?? batchSize }),
    );
  }
  const samples = await Promise.all(indices.map((index) => dataset.read(index)));
  if (batchSize === 1) return { feeds: samples[0]!, indices };
  // The batch size may be the model's own, and any number.
  let fedElements = 0;
  for (const [name, { dims }] of Object.entries(samples[0]!)) {
    fedElements = checkFeedSize(name, [dims[0]! * batchSize, ...dims.slice(1)], fedElements);
  }
  while (samples.length < batchSize) samples.push(samples.at(-1)!);
  const names = Object.keys(samples[0]!);
  const feeds = names.map(
    (name) =>
      [
        name,
        stack(
          name,
          samples.map((sample) => sample[name]!),
        ),
      ] as const,
  );
  return { feeds: Object.fromEntries(feeds), indices };
}

/** The samples as the batches the model takes, to be read one at a time. */
export function batchSamples(
  dataset: Dataset,
  indices: readonly number[],
): { readonly count: number; readonly read: (index: number) => Promise<Feeds> } {
  const batchSize = dataset.fixedBatchSize ?? 1;
  const groups = groupIntoBatches(indices, batchSize);
  return {
    count: groups.length,
    read: async (index) => (await readBatch(dataset, groups[index]!, batchSize)).feeds,
  };
}

function stack(name: string, tensors: readonly Tensor[]): Tensor {
  const { dataType, dims, data } = tensors[0]!;
  const rowDims = dims.slice(1);
  const stacked: TensorData = new (data.constructor as new (length: number) => TensorData)(
    data.length * tensors.length,
  );
  let offset = 0;
  for (const tensor of tensors) {
    if (elementCount(tensor.dims) !== data.length || tensor.dims.slice(1).join() !== rowDims.join()) {
      throw new AppError(
        'data-shape-mismatch',
        tell('batchOfDifferentShapes', { name, one: formatDims(dims), other: formatDims(tensor.dims) }),
      );
    }
    stacked.set(tensor.data as never, offset);
    offset += data.length;
  }
  return { dataType, dims: [dims[0]! * tensors.length, ...rowDims], data: stacked };
}
