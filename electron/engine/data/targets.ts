import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { elementCount, type DataType, type Tensor, type TensorData } from '../tensor/tensor.ts';

/** What an output should be for each sample. */
export interface Targets {
  /** As the data calls them. */
  readonly name: string;
  /** The output they belong to; null where their name does not tell. */
  readonly output: string | null;
  readonly dataType: DataType;
  /** Of one sample, without the dimension that counts samples. */
  readonly dims: readonly number[];
  /** Whether they are zeros and ones, stored as integers. */
  readonly areYesOrNo: boolean;
  readonly read: (index: number) => Promise<Tensor>;
}

/** An array whose first dimension counts the samples. */
interface TargetArray {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims: readonly number[];
  readonly readRows: (start: number, count: number) => Promise<TensorData>;
}

/** What targets are called where they are not called after an output. */
const usualNames: readonly string[] = ['target', 'targets'];
const plain = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '_');

/**
 * The array that holds the targets: the one asked for, else one that is called after an output, else `target`.
 * @param arrays those that no input of the model is called after.
 * @throws AppError `options-invalid` where there is none of the name asked for.
 */
export function findTargetArray<Found extends TargetArray>(
  path: string,
  arrays: readonly Found[],
  outputs: readonly string[],
  asked: string | null,
): Found | null {
  if (asked !== null) {
    const found = arrays.find(({ name }) => name === asked);
    if (found !== undefined) return found;
    if (arrays.length === 0) throw new AppError('options-invalid', tell('targetsNoOtherArrays', { name: asked, path }));
    const names = arrays.map(({ name }) => `"${name}"`).join(', ');
    throw new AppError('options-invalid', tell('targetsNoSuchArray', { name: asked, path, names }));
  }
  return (
    arrays.find(({ name }) => outputs.includes(name)) ??
    arrays.find(({ name }) => outputs.some((output) => plain(output) === plain(name))) ??
    arrays.find(({ name }) => usualNames.includes(name)) ??
    null
  );
}

/** Labels that are looked at to tell yes and no from numbers. */
const mostLooks = 100_000;

async function areYesOrNo({ dataType, dims, readRows }: TargetArray): Promise<boolean> {
  if (dataType === 'bool') return true;
  if (dataType.startsWith('float')) return false;
  const rows = Math.min(dims[0]!, Math.floor(mostLooks / Math.max(1, elementCount(dims.slice(1)))));
  if (rows === 0) return false;
  const data = await readRows(0, rows);
  for (const value of data) if (Number(value) !== 0 && Number(value) !== 1) return false;
  return true;
}

/** Values that are read at a time. */
const chunkValues = 1 << 22;

/** @throws AppError `data-malformed` for NaN or infinity, before any work: each figure would be NaN in the end. */
async function assertFinite({ name, dataType, dims, readRows }: TargetArray): Promise<void> {
  if (!dataType.startsWith('float')) return;
  const [count = 0, ...rest] = dims;
  const size = Math.max(1, elementCount(rest));
  // Halves come as their bits: those of an exponent of ones are infinite or none.
  const isFinite = (value: number): boolean =>
    dataType === 'float16' ? (value & 0x7c00) !== 0x7c00 : Number.isFinite(value);
  const step = Math.max(1, Math.floor(chunkValues / size));
  for (let row = 0; row < count; row += step) {
    const data = await readRows(row, Math.min(step, count - row));
    for (let at = 0; at < data.length; at++) {
      if (isFinite(Number(data[at]))) continue;
      throw new AppError('data-malformed', tell('targetsNotFinite', { name, index: row + Math.floor(at / size) }));
    }
  }
}

/** @throws AppError `data-shape-mismatch` unless there is one row a sample; `data-malformed` for NaN or infinity. */
export async function targetsOf(
  path: string,
  array: TargetArray,
  outputs: readonly string[],
  count: number,
): Promise<Targets> {
  const { name, dataType } = array;
  const [rows, ...dims] = array.dims;
  if (rows !== count) {
    throw new AppError('data-shape-mismatch', tell('targetsRowCount', { name, path, rows: rows ?? 0, count }));
  }
  await assertFinite(array);
  const output = outputs.find((own) => own === name) ?? outputs.find((own) => plain(own) === plain(name)) ?? null;
  const read = async (index: number): Promise<Tensor> => ({ dataType, dims, data: await array.readRows(index, 1) });
  return { name, output, dataType, dims, areYesOrNo: await areYesOrNo(array), read };
}

export function describeTargets({ name, output }: Targets): string {
  return output === null ? say('targetsTaken', { name }) : say('targetsTakenOf', { name, output });
}
