import { AppError, assertNever } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { createRandom } from '../tensor/random.ts';
import { elementCount, type DataType, type Feeds, type TensorData } from '../tensor/tensor.ts';
import { hashFeeds } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import { toFloat16Bits } from '../tensor/float16.ts';
import { unnamedDimension } from '../runtime/session.ts';
import { assertShaped, checkFeedSize, describeInputs, type ModelInput } from './model-inputs.ts';

const defaultRandomCount = 32;

/**
 * Seeded noise in the shapes of the model's inputs, for `--random-data`: sample `i` is the same on any machine. Floats are
 * standard normal, bytes uniform over their range, wider integers 0 or 1 (always inside an embedding table or a mask).
 * @throws AppError `options-invalid` when an open dimension other than the batch has no size, or an input has no shape.
 */
export function openRandom(inputs: readonly ModelInput[], options: { seed: number; count?: number }): Dataset {
  assertShaped(inputs);
  const batch = findBatch(inputs);
  // A dimension that is the first one somewhere is the batch wherever its name stands, as in a recurrent state [2, batch, 128].
  const batchNames = new Set<number | string | undefined>(inputs.map((input) => input.dims[0]));
  const open = new Set<string>();
  const shapes = inputs.map((input) =>
    input.dims.map((dim, axis) => {
      if (axis === 0 && batch.stackable) return 1;
      if (typeof dim === 'number') return dim;
      if (!batchNames.has(dim)) open.add(dim);
      return 1;
    }),
  );
  if (open.size > 0) {
    const example = [...open].map((dim) => `--dim ${dim}=224`).join(' ');
    throw new AppError('options-invalid', tell('noiseNeedsSizes', { inputs: describeInputs(inputs), example }));
  }
  let fedElements = 0;
  for (const [position, input] of inputs.entries()) {
    fedElements = checkFeedSize(input.name, shapes[position]!, fedElements);
  }
  const count = options.count ?? defaultRandomCount;
  const read = (index: number): Promise<Feeds> => {
    const random = createRandom(Math.imul(options.seed, 0x9e37_79b1) + index);
    const feeds = inputs.map((input, position) => {
      const dims = shapes[position]!;
      return [
        input.name,
        { dataType: input.dataType, dims, data: drawNoise(input.dataType, elementCount(dims), random) },
      ];
    });
    return Promise.resolve(Object.fromEntries(feeds) as Feeds);
  };
  return {
    path: null,
    kind: 'random',
    count,
    labels: null,
    notes: [say('noiseSamples', { count })],
    fixedBatchSize: batch.size,
    readings: [],
    sha256: null,
    sampleSha256: async (index) => hashFeeds(await read(index)),
    read,
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
}

/**
 * Whether dimension 0 is the batch: every input has at least two dimensions and all agree on the first ([3, H, W] alone is
 * an image without a batch). When it is not, a sample is one whole feed.
 */
function findBatch(inputs: readonly ModelInput[]): { stackable: boolean; size: number | null } {
  // Without a name there is nothing that tells first dimensions apart.
  const firstOf = (input: ModelInput) =>
    input.dims[0] === unnamedDimension(input.name, 0) ? '' : (input.dims[0] ?? null);
  const first = inputs[0] === undefined ? null : firstOf(inputs[0]);
  const isImage = inputs.length === 1 && inputs[0]!.dims.length === 3 && first === 3;
  const stackable = !isImage && inputs.every((input) => input.dims.length >= 2 && firstOf(input) === first);
  if (!stackable) return { stackable: false, size: 1 };
  return { stackable: true, size: typeof first === 'number' ? first : null };
}

function drawNoise(dataType: DataType, count: number, random: () => number): TensorData {
  const coin = () => Math.floor(random() * 2);
  switch (dataType) {
    case 'float32':
      return Float32Array.from({ length: count }, () => drawNormal(random));
    case 'float64':
      return Float64Array.from({ length: count }, () => drawNormal(random));
    case 'float16':
      return Uint16Array.from({ length: count }, () => toFloat16Bits(drawNormal(random)));
    case 'uint8':
      return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
    case 'int8':
      return Int8Array.from({ length: count }, () => Math.floor(random() * 256) - 128);
    case 'bool':
      return Uint8Array.from({ length: count }, coin);
    case 'uint16':
      return Uint16Array.from({ length: count }, coin);
    case 'int16':
      return Int16Array.from({ length: count }, coin);
    case 'uint32':
      return Uint32Array.from({ length: count }, coin);
    case 'int32':
      return Int32Array.from({ length: count }, coin);
    case 'int64':
      return BigInt64Array.from({ length: count }, () => BigInt(coin()));
    case 'uint64':
      return BigUint64Array.from({ length: count }, () => BigInt(coin()));
    default:
      return assertNever(dataType);
  }
}

/** Box and Muller's transform; `1 - random()` is never 0. */
function drawNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
