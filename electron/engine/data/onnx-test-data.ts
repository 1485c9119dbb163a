import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import type { Reading } from '../files/readings.ts';
import { readTensorFile, type NamedTensor } from '../onnx/tensor-file.ts';
import type { Feeds } from '../tensor/tensor.ts';
import { hashFeeds, hashParts, readFiles } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import type { Labelled } from './label-table.ts';
import { labelsInOrder, readHashedLabels } from './labels.ts';
import { describeInput, describeInputs, fitsDims, formatDims, type ModelInput } from './model-inputs.ts';

const setPattern = /^test_data_set_(\d+)$/;

/** Folders `test_data_set_0`, `_1`, … in numeric order, or the folder itself when it is one. Empty when there are none. */
export async function findTestDataSets(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const number = (name: string) => Number(setPattern.exec(name)![1]);
  const names = entries
    .filter((entry) => entry.isDirectory() && setPattern.test(entry.name))
    .map((entry) => entry.name);
  if (names.length > 0) return names.sort((a, b) => number(a) - number(b)).map((name) => join(path, name));
  return entries.some((entry) => /^input_\d+\.pb$/.test(entry.name)) ? [path] : [];
}

/**
 * The ONNX backend-test format: each `test_data_set_*` folder holds one whole feed as TensorProto files `input_<i>.pb`,
 * and the expected results as `output_<i>.pb`. One folder is one sample, whatever its leading dimension.
 * @throws AppError `data-malformed`, `data-shape-mismatch`, `labels-malformed`.
 */
export async function openOnnxTestData(
  path: string,
  folders: readonly string[],
  request: DataRequest,
  inputs: readonly ModelInput[],
  allowed: AllowedFolders,
): Promise<Dataset> {
  for (const folder of folders) {
    for (const file of await listTensorFiles(folder, '')) assertAllowed(join(folder, file), allowed);
  }
  const hashes: string[] = [];
  const readings: Reading[] = [];
  for (const folder of folders) {
    readings.push(...(await readFiles((await listTensorFiles(folder, '')).map((file) => join(folder, file)))));
    hashes.push(hashFeeds(await readFeeds(folder, inputs)));
  }
  const parts: (readonly [string, string])[] = readings.map(
    ({ path: file, sha256 }) => [`${basename(dirname(file))}/${basename(file)}`, sha256] as const,
  );
  let labelled: Labelled = { labels: null, notes: [] };
  if (request.labelsPath !== null) {
    const table = await readHashedLabels(request.labelsPath, allowed);
    labelled = labelsInOrder(table, folders.length, tell('ofTestSets'));
    readings.push(...table.readings);
    for (const reading of table.readings) parts.push([basename(reading.path), reading.sha256]);
  }
  return {
    path,
    kind: 'onnx-test-data',
    count: folders.length,
    ...labelled,
    fixedBatchSize: 1,
    readings,
    sha256: hashParts(parts),
    sampleSha256: (index) => Promise.resolve(hashes[index]!),
    read: (index) => readFeeds(folders[index]!, inputs),
    readExpectedOutputs: async (index) => {
      const outputs = await readTensors(folders[index]!, 'output');
      return Object.fromEntries(
        outputs.map(({ name, tensor }, position) => [name === '' ? `output_${position}` : name, tensor]),
      );
    },
    close: () => Promise.resolve(),
  };
}

async function listTensorFiles(folder: string, prefix: string): Promise<string[]> {
  const number = (name: string) => Number(/(\d+)\.pb$/.exec(name)?.[1] ?? 0);
  const names = (await readdir(folder)).filter(
    (name) => name.startsWith(prefix) && /^(input|output)_\d+\.pb$/.test(name),
  );
  return names.sort((a, b) => number(a) - number(b) || (a < b ? -1 : 1));
}

async function readTensors(folder: string, prefix: 'input' | 'output'): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  for (const file of await listTensorFiles(folder, prefix)) tensors.push(await readTensorFile(join(folder, file)));
  return tensors;
}

/** Matches tensors to inputs by the names stored in them, or by number when the names are missing or foreign. */
async function readFeeds(folder: string, inputs: readonly ModelInput[]): Promise<Feeds> {
  const tensors = await readTensors(folder, 'input');
  if (tensors.length !== inputs.length) {
    throw new AppError(
      'data-shape-mismatch',
      tell('testInputsWrongCount', {
        path: folder,
        count: tensors.length,
        wanted: inputs.length,
        inputs: describeInputs(inputs),
      }),
    );
  }
  const byName = new Map(tensors.map(({ name, tensor }) => [name, tensor]));
  const isNamed = inputs.every((input) => byName.has(input.name));
  const symbols = new Map<string, number>();
  const feeds = inputs.map((input, position) => {
    const tensor = isNamed ? byName.get(input.name)! : tensors[position]!.tensor;
    if (
      tensor.dataType !== input.dataType ||
      !(input.anyShape === true || fitsDims(input.dims, tensor.dims, symbols))
    ) {
      throw new AppError(
        'data-shape-mismatch',
        tell('testTensorWrong', {
          input: describeInput(input),
          path: folder,
          found: `${tensor.dataType} ${formatDims(tensor.dims)}`,
        }),
      );
    }
    return [input.name, tensor] as const;
  });
  return Object.fromEntries(feeds);
}
