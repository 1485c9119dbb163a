import { access } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { say } from '../../../shared/engine-texts/say.ts';
import { assertAllowed, findAllowedFolder, type AllowedFolders } from '../files/allowed-folders.ts';
import { findAnnotationKind, type AnnotationKind } from './boxes/annotation-kind.ts';
import type { AnnotatedImage, BoxTargets } from './boxes/box-targets.ts';
import { readBoxes } from './boxes/read-boxes.ts';
import { readMasks, type Masks } from './masks/read-masks.ts';
import type { Reading } from '../files/readings.ts';
import { placeImage } from './image-placement.ts';
import { choosePreprocessing } from './choose-preprocessing.ts';
import { hashBytes, hashParts, readFiles } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import { drawSmall } from './draw-small.ts';
import { decodeImage, readImageHeader, type ImageHeader } from './decode-image.ts';
import { readImage, type ImageFolder } from './find-images.ts';
import { labelByFolder, labelByTable } from './label-images.ts';
import { readHashedLabels } from './labels.ts';
import { checkFeedSize, describeInput, describeInputs, type ModelInput } from './model-inputs.ts';
import { outputSize, preprocessImage, type Preprocessing } from './preprocess.ts';

/** Sizes and hashes of all images. */
async function readHeaders(
  folder: ImageFolder,
  signal: AbortSignal | undefined,
): Promise<{ headers: ImageHeader[]; hashes: string[] }> {
  const headers: ImageHeader[] = [];
  const hashes: string[] = [];
  for (const name of folder.names) {
    if (signal?.aborted === true) throw new CancelledError();
    const { path: file, bytes } = await readImage(folder, name);
    hashes.push(hashBytes(bytes));
    headers.push(await readImageHeader(bytes, file));
  }
  return { headers, hashes };
}

/**
 * A dataset of images for a model with one image input. Every file is read once here, to hash it and to check its size;
 * its pixels are decoded only by `read`.
 * @param path the folder the user gave; labels.csv and preprocessor_config.json are looked for there and beside the images.
 * @throws AppError `data-malformed`, `data-shape-mismatch`, `labels-malformed`, `file-not-found`; CancelledError between two
 *   images.
 */
export async function openImages(
  path: string,
  folder: ImageFolder,
  request: DataRequest,
  inputs: readonly ModelInput[],
  signal?: AbortSignal,
): Promise<Dataset> {
  const input = inputs[0];
  if (input === undefined || inputs.length > 1) {
    throw new AppError(
      'data-shape-mismatch',
      tell('imagesForManyInputs', { path, count: inputs.length, inputs: describeInputs(inputs) }),
    );
  }
  if (folder.names.length === 0) {
    throw new AppError(
      'data-malformed',
      tell('imagesUndecodable', { path: folder.path, name: folder.undecodable[0]! }),
    );
  }
  const labelsPath = request.labelsPath ?? (await findBeside(path, folder, 'labels.csv'));
  if (request.preprocess !== null && request.preprocessorPath !== null) {
    const { preprocess: name, preprocessorPath } = request;
    throw new AppError('options-invalid', tell('preprocessedTwice', { name, path: preprocessorPath }));
  }
  const configPath =
    request.preprocess !== null
      ? null
      : (request.preprocessorPath ??
        (await findBeside(path, folder, 'preprocessor_config.json')) ??
        (await findBeside(path, folder, 'processor_config.json')));
  const configReadings = configPath === null ? [] : await readFiles([configPath]);
  const annotations = await findAnnotations(path, folder, request);
  const table = labelsPath === null ? null : await readHashedLabels(labelsPath, folder.allowed);
  const labelled =
    table !== null
      ? labelByTable(folder, table)
      : // Subfolders are parts of the set where boxes say what is in the images.
        annotations === null
        ? labelByFolder(folder)
        : { labels: null, notes: [] };
  const planned = await choosePreprocessing(input, configPath, request.preprocess);

  const { headers, hashes } = await readHeaders(folder, signal);
  const sameSize = checkSizes(folder, headers, planned.preprocessing, input, configPath);

  const { boxes, masks, ...said } = await readAnnotations(
    annotations,
    imagesOf(folder, headers),
    request,
    folder.allowed,
  );
  const sidecars = [...(table?.readings ?? []), ...configReadings, ...said.readings];
  const sidecarParts = sidecars.map((reading) => [basename(reading.path), reading.sha256] as const);
  const decode = (index: number) =>
    readImage(folder, folder.names[index]!).then(({ path: file, bytes }) => decodeImage(bytes, file));
  const imageParts = folder.names.map((name, index) => [`images/${name}`, hashes[index]!] as const);
  return {
    path,
    kind: 'images',
    count: folder.names.length,
    labels: labelled.labels,
    classNames: labelled.classNames,
    sampleName: (index) => folder.names[index]!,
    picture: async (index) => drawSmall(await decode(index)),
    boxes,
    masks,
    placement: (index) => placeImage(headers[index]!, planned.preprocessing.recipe),
    notes: [
      ...noteLeftOut(folder),
      ...labelled.notes,
      ...said.notes,
      ...planned.notes,
      ...noteSizes(headers, sameSize),
    ],
    fixedBatchSize: fixedBatchSize(input, planned.preprocessing, sameSize),
    readings: [
      ...folder.names.map((name, index) => ({ path: join(folder.path, name), sha256: hashes[index]! })),
      ...sidecars,
    ],
    sha256: hashParts([...imageParts, ...sidecarParts]),
    sampleSha256: (index) => Promise.resolve(hashes[index]!),
    read: async (index) => ({ [input.name]: preprocessImage(await decode(index), planned.preprocessing) }),
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
}

const imagesOf = (folder: ImageFolder, headers: readonly ImageHeader[]) =>
  headers.map(({ width, height }, index) => ({ name: folder.names[index]!, width, height }));

/** Where boxes and masks lie beside the images by the usual names. */
const usualAnnotations: readonly (readonly [name: string, kinds: readonly AnnotationKind[]])[] = [
  ['annotations.json', ['coco']],
  ['_annotations.coco.json', ['coco']],
  ['labels', ['yolo']],
  ['Annotations', ['voc']],
  ['annotations', ['voc', 'yolo', 'masks']],
  ['masks', ['masks']],
  ['SegmentationClass', ['masks']],
];

/** The annotations that were named, else those beside the images; null where there are none. */
async function findAnnotations(path: string, folder: ImageFolder, { annotationsPath }: DataRequest) {
  if (annotationsPath !== null) {
    assertAllowed(annotationsPath, folder.allowed);
    return { path: annotationsPath, kind: await findAnnotationKind(annotationsPath) };
  }
  for (const [name, kinds] of usualAnnotations) {
    const found = await findBeside(path, folder, name);
    // A folder of this name may be a class, or anything else.
    const kind = found === null ? null : await findAnnotationKind(found).catch(() => null);
    if (found !== null && kind !== null && kinds.includes(kind)) return { path: found, kind };
  }
  return null;
}

type Annotations = Awaited<ReturnType<typeof findAnnotations>>;

/** What is right in the images, boxes or the class of each pixel. */
async function readAnnotations(
  annotations: Annotations,
  images: readonly AnnotatedImage[],
  { classesPath }: DataRequest,
  allowed: AllowedFolders,
): Promise<{ boxes: BoxTargets | null; masks: Masks | null; readings: readonly Reading[]; notes: readonly string[] }> {
  const nothing = { boxes: null, masks: null, readings: [], notes: [] };
  if (annotations === null) return nothing;
  const { path, kind } = annotations;
  if (kind === 'masks') return { ...nothing, ...(await readMasks(path, images, allowed)) };
  const { targets, readings, notes } = await readBoxes(path, kind, images, classesPath, allowed);
  return { ...nothing, boxes: targets, readings, notes };
}

/** Looks in the folder given, beside the images, and above a folder that is itself called `images`. */
async function findBeside(path: string, folder: ImageFolder, name: string): Promise<string | null> {
  const { allowed } = folder;
  for (const place of [path, folder.path, ...(basename(path) === 'images' ? [dirname(path)] : [])]) {
    // What is shown may begin at the images: nobody looks above it then.
    if (allowed !== null && findAllowedFolder(place, allowed) === undefined) continue;
    const candidate = join(place, name);
    const isThere = await access(candidate).then(
      () => true,
      () => false,
    );
    if (!isThere) continue;
    assertAllowed(candidate, allowed);
    return candidate;
  }
  return null;
}

function noteLeftOut({ undecodable }: ImageFolder): string[] {
  if (undecodable.length === 0) return [];
  return [say('imagesLeftOut', { count: undecodable.length, name: undecodable[0]! })];
}

function noteSizes(headers: readonly ImageHeader[], sameSize: boolean): string[] {
  const notes: string[] = [];
  if (!sameSize) notes.push(say('imageSizesDiffer'));
  const rotatedCount = headers.filter((header) => header.isRotated).length;
  if (rotatedCount > 0) notes.push(say('exifOrientation', { count: rotatedCount }));
  const deepGreyCount = headers.filter(({ colourSpace }) => colourSpace === 'grey16').length;
  if (deepGreyCount > 0) notes.push(say('grey16', { count: deepGreyCount }));
  return notes;
}

/**
 * Checks that every image comes out at the model's height and width.
 * @returns whether all come out at one size.
 */
function checkSizes(
  folder: ImageFolder,
  headers: readonly ImageHeader[],
  { recipe, layout }: Preprocessing,
  input: ModelInput,
  configPath: string | null,
): boolean {
  const sizes = headers.map((header) => outputSize(header, recipe));
  for (const { width, height } of sizes) checkFeedSize(input.name, [1, layout.channels, height, width]);
  const wrong = sizes.findIndex(
    ({ width, height }) => width !== (layout.width ?? width) || height !== (layout.height ?? height),
  );
  if (wrong !== -1) {
    const { width, height } = sizes[wrong]!;
    throw new AppError(
      'data-shape-mismatch',
      tell('imageSizeWrong', {
        name: folder.names[wrong]!,
        size: `${width}x${height}`,
        config: configPath ?? '',
        input: describeInput(input),
        wanted: `${layout.width ?? 'any'}x${layout.height ?? 'any'}`,
      }),
    );
  }
  const sameSize = sizes.every(({ width, height }) => width === sizes[0]!.width && height === sizes[0]!.height);
  const batch = layout.batched ? input.dims[0] : 1;
  if (!sameSize && typeof batch === 'number' && batch > 1) {
    throw new AppError(
      'data-shape-mismatch',
      tell('inputImagesDiffer', { input: describeInput(input), count: batch, config: configPath ?? '' }),
    );
  }
  return sameSize;
}

function fixedBatchSize(input: ModelInput, { layout }: Preprocessing, sameSize: boolean): number | null {
  const batch = input.dims[0];
  if (!layout.batched || !sameSize) return 1;
  return typeof batch === 'number' ? batch : null;
}
