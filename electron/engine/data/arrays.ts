import { readdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { joinTold, quoteText, tell, type Told } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import { openNpy, type NpyFile } from '../onnx/npy.ts';
import { UnsupportedArrayError } from '../onnx/npy-header.ts';
import { openNpz } from '../onnx/npz.ts';
import type { DataType, Feeds, TensorData } from '../tensor/tensor.ts';
import { hashFeeds, hashParts, readFiles } from './content-hash.ts';
import { convertValues } from './convert-values.ts';
import type { Dataset } from './dataset.ts';
import { describeTargets, findTargetArray, targetsOf } from './targets.ts';
import type { Labelled } from './label-table.ts';
import { checkLabelShape, labelsFromTensor, labelsInOrder, readHashedLabels } from './labels.ts';
import { adviseOnShape, describeInput, describeInputs, fitsDims, formatDims, type ModelInput } from './model-inputs.ts';

/** One array on disk; its first dimension counts the samples. */
interface SampleArray {
  readonly name: string;
  readonly dataType: DataType;
  readonly dims: readonly number[];
  readonly readRows: (start: number, count: number) => Promise<TensorData>;
}

interface ArraySource {
  readonly path: string;
  readonly arrays: readonly SampleArray[];
  /** Arrays that are not of numbers, such as class names. */
  readonly skipped: readonly { readonly name: string; readonly reason: Told }[];
  /** Files, hashed before anything else is read of them. */
  readonly readings: readonly Reading[];
  readonly close: () => Promise<void>;
}

/** How the rows of one array become one input of the model. */
interface Binding {
  readonly input: ModelInput;
  readonly array: SampleArray;
  /** Dimensions fed for one sample. */
  readonly sampleDims: readonly number[];
  /** Samples a run takes: the model's fixed batch size, null for any, `whole` when a row is a whole feed. */
  readonly batch: number | null | 'whole';
}

/** What arrays may be called after. */
export interface NamedValues {
  readonly inputs: readonly ModelInput[];
  readonly outputs: readonly string[];
}

export async function findArrayFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => extname(name).toLowerCase() === '.npy' && !name.startsWith('.')).sort();
}

/**
 * Arrays named after the model's inputs, one row a sample, with an optional array `labels` and one of targets: an .npz file, an .npy file for a
 * model with one input, or a folder of .npy files.
 * @throws AppError `data-malformed`, `data-shape-mismatch`, `labels-malformed`.
 */
export async function openArrays(
  path: string,
  kind: 'npz' | 'npy' | 'npy-folder',
  request: DataRequest,
  model: NamedValues,
  allowed: AllowedFolders,
): Promise<Dataset> {
  const source = await openSource(path, kind, allowed);
  try {
    return await buildDataset(source, request, model, allowed);
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function openSource(
  path: string,
  kind: 'npz' | 'npy' | 'npy-folder',
  allowed: AllowedFolders,
): Promise<ArraySource> {
  if (kind === 'npz') {
    const readings = await readFiles([path]);
    const { entries, skipped, close } = await openNpz(path);
    return { path, arrays: entries, skipped, readings, close };
  }
  const files = kind === 'npy' ? [path] : (await findArrayFiles(path)).map((name) => join(path, name));
  for (const file of files) assertAllowed(file, allowed);
  const readings = await readFiles(files);
  const opened: NpyFile[] = [];
  const arrays: SampleArray[] = [];
  const skipped: { name: string; reason: Told }[] = [];
  const close = async () => {
    for (const npy of opened) await npy.close();
  };
  for (const file of files) {
    const name = basename(file, extname(file));
    try {
      const npy = await openNpy(file);
      opened.push(npy);
      arrays.push({ ...npy, name });
    } catch (error) {
      if (error instanceof UnsupportedArrayError && kind === 'npy-folder') {
        skipped.push({ name, reason: error.said });
        continue;
      }
      await close();
      throw error;
    }
  }
  return { path, arrays, skipped, readings, close };
}

async function buildDataset(
  source: ArraySource,
  request: DataRequest,
  { inputs, outputs }: NamedValues,
  allowed: AllowedFolders,
): Promise<Dataset> {
  const notes: string[] = [];
  const isInput = (name: string) => inputs.some((input) => input.name === name);
  const labelArray = isInput('labels') ? undefined : source.arrays.find((array) => array.name === 'labels');
  const others = source.arrays.filter(({ name }) => name !== 'labels' && !isInput(name));
  const targetArray = findTargetArray(source.path, others, outputs, request.targetName);
  const candidates = source.arrays.filter((array) => array !== labelArray && array !== targetArray);
  const matched = matchArrays(source, candidates, inputs, notes);
  const bindings = bindShapes(source.path, matched);
  const count = countSamples(source.path, bindings);

  const used = new Set(matched.map(({ array }) => array));
  const unused = [...candidates.filter((array) => !used.has(array)), ...source.skipped].map(({ name }) => `"${name}"`);
  if (unused.length > 0) notes.push(say('arraysLeftOut', { names: unused.join(', ') }));
  for (const { input, array } of bindings) {
    if (array.dataType !== input.dataType) {
      notes.push(say('arrayConverted', { name: array.name, from: array.dataType, to: input.dataType }));
    }
  }

  const targets = targetArray === null ? null : await targetsOf(source.path, targetArray, outputs, count);
  if (targets !== null) notes.push(describeTargets(targets));
  const table = request.labelsPath === null ? null : await readHashedLabels(request.labelsPath, allowed);
  const labelled =
    table === null ? await readLabels(source, labelArray, count) : labelsInOrder(table, count, tell('ofSamples'));
  notes.push(...labelled.notes);
  const readings = [...source.readings, ...(table?.readings ?? [])];

  const read = async (index: number): Promise<Feeds> => {
    const feeds = bindings.map(async ({ input, array, sampleDims }) => {
      const rows = await array.readRows(index, 1);
      const where = tell('arrayInFile', { name: array.name, path: source.path });
      const data = convertValues(rows, array.dataType, input.dataType, where);
      return [input.name, { dataType: input.dataType, dims: sampleDims, data }] as const;
    });
    return Object.fromEntries(await Promise.all(feeds));
  };
  return {
    path: source.path,
    kind: 'arrays',
    count,
    labels: labelled.labels,
    classNames: labelled.classNames,
    targets,
    notes,
    fixedBatchSize: chooseBatchSize(source.path, bindings),
    readings,
    sha256: hashParts(readings.map(({ path: file, sha256 }) => [basename(file), sha256] as const)),
    sampleSha256: async (index) => hashFeeds(await read(index)),
    read,
    readExpectedOutputs: null,
    close: source.close,
  };
}

/** From the array `labels`; null without one. */
async function readLabels(source: ArraySource, array: SampleArray | undefined, count: number): Promise<Labelled> {
  if (array !== undefined) {
    const where = tell('arrayInFile', { name: 'labels', path: source.path });
    checkLabelShape(array.dims, count, where);
    const data = await array.readRows(0, count);
    return { labels: labelsFromTensor({ ...array, data }, count, where), notes: [] };
  }
  const unreadable = source.skipped.find(({ name }) => name === 'labels');
  if (unreadable === undefined) return { labels: null, notes: [] };
  throw new AppError('labels-malformed', tell('labelsNoIndices', { reason: unreadable.reason }));
}

/** By name; by name with other characters than letters and digits as `_`; or the only array for the only input. */
function matchArrays(
  { path, skipped }: ArraySource,
  candidates: readonly SampleArray[],
  inputs: readonly ModelInput[],
  notes: string[],
): { input: ModelInput; array: SampleArray }[] {
  const plain = (name: string) => name.replaceAll(/[^A-Za-z0-9]/g, '_');
  return inputs.map((input) => {
    const exact = candidates.find(({ name }) => name === input.name);
    if (exact !== undefined) return { input, array: exact };
    const similar = candidates.filter(({ name }) => plain(name) === plain(input.name));
    const only = inputs.length === 1 && candidates.length === 1 ? candidates : similar;
    if (only.length === 1) {
      notes.push(say('arrayTakenForInput', { name: only[0]!.name, input: input.name }));
      return { input, array: only[0]! };
    }
    const found = candidates.map((array) => `"${array.name}" ${array.dataType} ${formatDims(array.dims)}`);
    const missing = tell('arrayMissing', {
      path,
      input: describeInput(input),
      found: found.length === 0 ? tell('noSampleArrays') : quoteText(found.join('; ')),
      inputs: describeInputs(inputs),
    });
    throw new AppError('data-shape-mismatch', joinTold('sentences', [missing, ...skipped.map(({ reason }) => reason)]));
  });
}

function bindShapes(path: string, matched: readonly { input: ModelInput; array: SampleArray }[]): Binding[] {
  const symbols = new Map<string, number>();
  const sized = matched.filter(({ input }) => input.anyShape !== true).map((pair) => bindShape(path, pair, symbols));
  // Rows of all arrays are of one kind: samples of a batch, or whole feeds.
  const isWhole = sized.some(({ batch }) => batch === 'whole');
  return matched.map(({ input, array }) => {
    const known = sized.find((binding) => binding.input === input);
    if (known !== undefined) return known;
    const row = array.dims.slice(1);
    return isWhole
      ? { input, array, sampleDims: row, batch: 'whole' }
      : { input, array, sampleDims: [1, ...row], batch: null };
  });
}

/** @throws AppError `data-shape-mismatch`. */
function bindShape(
  path: string,
  { input, array }: { readonly input: ModelInput; readonly array: SampleArray },
  symbols: Map<string, number>,
): Binding {
  const wanted = input.dims;
  const row = array.dims.slice(1);
  const batch = typeof wanted[0] === 'number' ? wanted[0] : null;
  if (array.dims.length === wanted.length && wanted.length > 0 && fitsDims(wanted.slice(1), row, symbols)) {
    return { input, array, sampleDims: [1, ...row], batch };
  }
  if (array.dims.length === wanted.length + 1 && fitsDims(wanted, row, symbols)) {
    const isBatchOfOne = row[0] === 1 && wanted.length > 1;
    return { input, array, sampleDims: row, batch: isBatchOfOne ? batch : 'whole' };
  }
  throw new AppError(
    'data-shape-mismatch',
    tell('arrayShapeWrong', {
      name: array.name,
      path,
      shape: formatDims(array.dims),
      input: describeInput(input),
      wanted: formatDims(['samples', ...wanted.slice(1)]),
      advice: adviseOnShape(array.dims, wanted),
    }),
  );
}

function countSamples(path: string, bindings: readonly Binding[]): number {
  const count = bindings[0]?.array.dims[0] ?? 0;
  const other = bindings.find(({ array }) => array.dims[0] !== count);
  if (other !== undefined) {
    throw new AppError(
      'data-shape-mismatch',
      tell('arraysOfDifferentCounts', {
        path,
        one: bindings[0]!.array.name,
        countOne: count,
        other: other.array.name,
        countOther: other.array.dims[0] ?? 0,
      }),
    );
  }
  if (count === 0) {
    throw new AppError('data-missing', tell('arraysWithoutSamples', { path }));
  }
  return count;
}

function chooseBatchSize(path: string, bindings: readonly Binding[]): number | null {
  const sizes = new Set(bindings.map(({ batch }) => batch).filter((batch) => batch !== null));
  if (sizes.delete('whole')) sizes.add(1);
  if (sizes.size > 1) {
    throw new AppError(
      'data-shape-mismatch',
      tell('inputsDifferInFirstDimension', { inputs: describeInputs(bindings.map(({ input }) => input)), path }),
    );
  }
  const [size] = sizes;
  return typeof size === 'number' ? size : null;
}
