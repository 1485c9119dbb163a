import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { AppError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { assertAllowed, type AllowedFolders } from '../files/allowed-folders.ts';
import { readFailure } from '../files/file-errors.ts';
import type { ValueInfo } from '../runtime/session.ts';
import { findArrayFiles, openArrays } from './arrays.ts';
import type { Dataset } from './dataset.ts';
import { findImages } from './find-images.ts';
import { openImages } from './images.ts';
import { readClassNames } from './labels.ts';
import { describeInputs, resolveInputs } from './model-inputs.ts';
import { findTestDataSets, openOnnxTestData } from './onnx-test-data.ts';
import { openRandom } from './random.ts';
import { openTexts, type TextModel } from './text-data.ts';
import { findTextFiles, textKinds } from './text-rows.ts';
import { readTexts } from './texts.ts';

export interface OpenDatasetOptions {
  /** Only noise depends on it. */
  readonly seed: number;
  /** Sizes for symbolic dimensions, by name. */
  readonly dims: Readonly<Record<string, number>>;
  /** Samples of noise; 32 when not given. */
  readonly randomCount?: number;
  readonly signal?: AbortSignal;
  /** Names of the model's outputs: arrays called after one hold its targets. */
  readonly outputs?: readonly string[];
  /** What texts need to know of the model; they cannot be read without. */
  readonly model?: TextModel;
  /** Nothing outside is read, whatever the data's folder links to; everything is allowed when not given. */
  readonly allowedFolders?: AllowedFolders;
}

/**
 * Opens the data for a model, whatever kind it is: a folder of images, .npz or .npy arrays, ONNX test data, or noise when
 * the user asked for it. Checks it against the model's inputs first, so that a mistake shows before any work is done.
 * @throws AppError `data-missing` without data, `file-not-found`, `data-malformed`, `data-shape-mismatch`,
 *   `labels-malformed`, `options-invalid`, `file-unreadable` for what lies outside the allowed folders; each message says
 *   what was found, what the model wants and what to do. CancelledError when the signal was aborted.
 */
export async function openDataset(
  request: DataRequest,
  inputs: readonly ValueInfo[],
  options: OpenDatasetOptions,
): Promise<Dataset> {
  const allowed = options.allowedFolders ?? null;
  const withTexts = await addTexts(request, await openByKind(request, inputs, options), allowed);
  const dataset = await addClassNames(request, withTexts, allowed);
  if (request.targetName !== null && dataset.kind !== 'arrays') {
    await dataset.close();
    throw new AppError('options-invalid', tell('targetsWithoutArrays', { name: request.targetName }));
  }
  if (request.annotationsPath !== null && dataset.kind !== 'images') {
    await dataset.close();
    throw new AppError('options-invalid', tell('annotationsWithoutImages', { path: request.annotationsPath }));
  }
  if (request.preprocess !== null && dataset.kind !== 'images') {
    await dataset.close();
    throw new AppError('options-invalid', tell('presetWithoutImages', { name: request.preprocess }));
  }
  if (request.preprocessorPath === null || dataset.kind === 'images') return dataset;
  const note = say('preprocessorUnused', { path: request.preprocessorPath });
  return { ...dataset, notes: [...dataset.notes, note] };
}

/** With the texts that the model should read; closed where they cannot be used. */
async function addTexts(request: DataRequest, dataset: Dataset, allowed: AllowedFolders): Promise<Dataset> {
  try {
    for (const path of [request.textsPath, request.charactersPath]) if (path !== null) assertAllowed(path, allowed);
    const found = await readTexts(request, dataset.count);
    if (found === null) return dataset;
    const readings = [...dataset.readings, ...found.readings];
    return { ...dataset, texts: found.texts, readings, notes: [...dataset.notes, found.note] };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

/** With the classes named as a list says; closed where it cannot be read. */
async function addClassNames(
  { classesPath }: DataRequest,
  dataset: Dataset,
  allowed: AllowedFolders,
): Promise<Dataset> {
  if (classesPath === null) return dataset;
  try {
    assertAllowed(classesPath, allowed);
    return { ...dataset, classNames: await readClassNames(classesPath) };
  } catch (error) {
    await dataset.close();
    throw error;
  }
}

async function openByKind(
  request: DataRequest,
  inputs: readonly ValueInfo[],
  options: OpenDatasetOptions,
): Promise<Dataset> {
  const modelInputs = resolveInputs(inputs, options.dims);
  const named = { inputs: modelInputs, outputs: options.outputs ?? [] };
  const { path } = request;
  if (request.random) {
    const given = path ?? request.labelsPath ?? request.preprocessorPath;
    if (given !== null) {
      throw new AppError('options-invalid', tell('dataAndRandomData', { path: given }));
    }
    return openRandom(modelInputs, {
      seed: options.seed,
      ...(options.randomCount === undefined ? {} : { count: options.randomCount }),
    });
  }
  const accepted = tell('dataKinds');
  if (path === null) {
    throw new AppError('data-missing', tell('dataNotGiven', { kinds: accepted, inputs: describeInputs(modelInputs) }));
  }
  const allowed = options.allowedFolders ?? null;
  for (const named of [path, request.labelsPath, request.preprocessorPath, request.tokenizerPath]) {
    if (named !== null) assertAllowed(named, allowed);
  }
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (error: unknown) => {
      throw readFailure(path, error);
    },
  );
  if (!isFolder) {
    const extension = extname(path).toLowerCase();
    if (extension === '.npz' || extension === '.npy') {
      return openArrays(path, extension === '.npz' ? 'npz' : 'npy', request, named, allowed);
    }
    const textKind = textKinds[extension];
    if (textKind !== undefined) {
      const { model = null, signal } = options;
      return openTexts(path, { kind: textKind, paths: [path] }, request, modelInputs, { model, allowed, signal });
    }
    throw new AppError('data-malformed', tell('dataUnreadable', { path, kinds: accepted }));
  }
  try {
    const testDataSets = await findTestDataSets(path);
    if (testDataSets.length > 0) return await openOnnxTestData(path, testDataSets, request, modelInputs, allowed);
    const images = await findImages(path, allowed);
    if (images !== null) return await openAsImages(path, images, request, modelInputs, options.signal);
    if ((await findArrayFiles(path)).length > 0) {
      return await openArrays(path, 'npy-folder', request, named, allowed);
    }
    const texts = await findTextFiles(path);
    if (texts !== null) {
      for (const one of texts.paths) assertAllowed(one, allowed);
      const { model = null, signal } = options;
      return await openTexts(path, texts, request, modelInputs, { model, allowed, signal });
    }
  } catch (error) {
    // A folder that may not be listed; everything else already speaks for itself.
    throw error instanceof Error && 'syscall' in error ? readFailure(path, error) : error;
  }
  throw new AppError('data-missing', tell('dataEmpty', { path, kinds: accepted }));
}

/** An input of any shape takes images as most models do: channels first, in batches. */
async function openAsImages(
  ...[path, images, request, inputs, signal]: Parameters<typeof openImages>
): Promise<Dataset> {
  const shapeless = inputs.find(({ anyShape }) => anyShape === true);
  const dims = ['', '', '', ''];
  const sized = inputs.map((input) =>
    input.anyShape === true ? { name: input.name, dataType: input.dataType, dims } : input,
  );
  const dataset = await openImages(path, images, request, sized, signal);
  if (shapeless === undefined) return dataset;
  const note = say('imageShapeUnknown', { input: shapeless.name });
  return { ...dataset, notes: [...dataset.notes, note] };
}
