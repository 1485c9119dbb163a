import { access, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { AppError, CancelledError } from '../../../shared/app-error.ts';
import type { DataRequest } from '../../../shared/compress-request.ts';
import { assertAllowed, findAllowedFolder, type AllowedFolders } from '../files/allowed-folders.ts';
import { readFailure } from '../files/file-errors.ts';
import { hashBytes, hashFile, hashParts } from './content-hash.ts';
import type { Dataset } from './dataset.ts';
import { decodeImage, imageExtensions, readImageHeader, type ImageHeader } from './decode-image.ts';
import { labelsInOrder, readLabelTable, type LabelTable } from './labels.ts';
import { describeInput, describeInputs, type ModelInput } from './model-inputs.ts';
import {
  defaultImageRecipe,
  findImageLayout,
  outputSize,
  planPreprocessing,
  preprocessImage,
  type Preprocessing,
} from './preprocess.ts';
import { readPreprocessorConfig } from './preprocessor-config.ts';

/** Endings that say "image" but that Vernier cannot decode: left out with a note, not in silence. */
const otherImageExtensions: ReadonlySet<string> = new Set([
  '.bmp',
  '.heic',
  '.heif',
  '.jp2',
  '.jxl',
  '.pgm',
  '.pnm',
  '.ppm',
  '.tga',
]);

/** Images below one folder; names are relative to it, with `/`, sorted, so that the order is the same on any machine. */
export interface ImageFolder {
  readonly path: string;
  readonly names: readonly string[];
  /** Folders directly below, with or without images. */
  readonly subfolders: readonly string[];
  readonly undecodable: readonly string[];
  /** Where images and what belongs to them may lie: links lead anywhere. */
  readonly allowed: AllowedFolders;
}

/** The images of a folder, or of its `images` subfolder when it holds none itself. Null when there are none at all. */
export async function findImages(path: string, allowed: AllowedFolders): Promise<ImageFolder | null> {
  const top = await readdir(path, { withFileTypes: true });
  const isImage = (name: string) => imageExtensions.has(extname(name).toLowerCase());
  const isInside =
    !top.some((entry) => isImage(entry.name)) && top.some((entry) => entry.name === 'images' && !entry.isFile());
  const root = isInside ? join(path, 'images') : path;
  assertAllowed(root, allowed);
  const names: string[] = [];
  const undecodable: string[] = [];
  const subfolders: string[] = [];
  const walk = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      // Dot files are the operating system's (.DS_Store, ._photo.jpg), never samples.
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const name = prefix + entry.name;
      if (entry.isDirectory()) {
        if (prefix === '') subfolders.push(entry.name);
        await walk(join(folder, entry.name), `${name}/`);
      } else if (isImage(name)) {
        names.push(name);
      } else if (otherImageExtensions.has(extname(name).toLowerCase())) {
        undecodable.push(name);
      }
    }
  };
  await walk(root, '');
  if (names.length === 0 && undecodable.length === 0) return null;
  return { path: root, names: names.sort(), subfolders: subfolders.sort(), undecodable: undecodable.sort(), allowed };
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
      `"${path}" is a folder of images, which can feed one input, but the model has ${inputs.length}: ` +
        `${describeInputs(inputs)}. Give the data as an .npz file with one array for each input.`,
    );
  }
  if (folder.names.length === 0) {
    throw new AppError(
      'data-malformed',
      `"${folder.path}" holds only images of kinds that cannot be decoded, such as "${folder.undecodable[0]!}". ` +
        `Convert them to PNG or JPEG.`,
    );
  }
  const labelsPath = request.labelsPath ?? (await findBeside(path, folder, 'labels.csv'));
  const configPath = request.preprocessorPath ?? (await findBeside(path, folder, 'preprocessor_config.json'));
  const labelled = labelsPath === null ? labelByFolder(folder) : labelByTable(folder, await readLabelTable(labelsPath));
  const planned = await planFromConfig(input, configPath);

  const headers: ImageHeader[] = [];
  const hashes: string[] = [];
  for (const name of folder.names) {
    if (signal?.aborted === true) throw new CancelledError();
    const { path: file, bytes } = await readImage(folder, name);
    hashes.push(hashBytes(bytes));
    headers.push(await readImageHeader(bytes, file));
  }
  const sameSize = checkSizes(folder, headers, planned.preprocessing, input, configPath);

  const sidecars = [labelsPath, configPath].filter((file) => file !== null);
  const sidecarParts = await Promise.all(sidecars.map(async (file) => [basename(file), await hashFile(file)] as const));
  const imageParts = folder.names.map((name, index) => [`images/${name}`, hashes[index]!] as const);
  return {
    path,
    kind: 'images',
    count: folder.names.length,
    labels: labelled.labels,
    notes: [...noteLeftOut(folder), ...labelled.notes, ...planned.notes, ...noteSizes(headers, sameSize)],
    fixedBatchSize: fixedBatchSize(input, planned.preprocessing, sameSize),
    sha256: hashParts([...imageParts, ...sidecarParts]),
    sampleSha256: (index) => Promise.resolve(hashes[index]!),
    read: async (index) => {
      const { path: file, bytes } = await readImage(folder, folder.names[index]!);
      return { [input.name]: preprocessImage(await decodeImage(bytes, file), planned.preprocessing) };
    },
    readExpectedOutputs: null,
    close: () => Promise.resolve(),
  };
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

/** @throws AppError `file-not-found`, `file-unreadable`. */
export async function readImage(folder: ImageFolder, name: string): Promise<{ path: string; bytes: Uint8Array }> {
  const path = join(folder.path, name);
  assertAllowed(path, folder.allowed);
  try {
    return { path, bytes: await readFile(path) };
  } catch (error) {
    throw readFailure(path, error);
  }
}

function noteLeftOut({ undecodable }: ImageFolder): string[] {
  if (undecodable.length === 0) return [];
  return [
    `${undecodable.length} image(s) of kinds that cannot be decoded are left out, such as "${undecodable[0]!}". ` +
      `Convert them to PNG or JPEG to use them.`,
  ];
}

function noteSizes(headers: readonly ImageHeader[], sameSize: boolean): string[] {
  const notes: string[] = [];
  if (!sameSize) notes.push('The images differ in size after preprocessing, so the model runs on one at a time.');
  const rotatedCount = headers.filter((header) => header.isRotated).length;
  if (rotatedCount > 0) {
    notes.push(
      `${rotatedCount} image(s) carry an EXIF orientation; pixels are used as stored, as torchvision and Hugging Face image ` +
        "processors do. Pipelines that turn images upright first (transformers' load_image) see others: turn the files to have theirs.",
    );
  }
  const deepGreyCount = headers.filter(({ colourSpace }) => colourSpace === 'grey16').length;
  if (deepGreyCount > 0) {
    notes.push(
      `${deepGreyCount} image(s) are 16-bit grey; they are scaled to 8 bits, where Pillow's convert("RGB") clips nearly all to white.`,
    );
  }
  return notes;
}

interface Labelled {
  readonly labels: Int32Array | null;
  readonly notes: readonly string[];
}

/** One folder per class, numbered in sorted order as torchvision's ImageFolder does; a flat folder is unlabelled. */
function labelByFolder(folder: ImageFolder): Labelled {
  const flatCount = folder.names.filter((name) => !name.includes('/')).length;
  if (flatCount === folder.names.length) return { labels: null, notes: [] };
  if (flatCount > 0) {
    throw new AppError(
      'labels-malformed',
      `"${folder.path}" holds ${flatCount} image(s) beside the subfolders ${folder.subfolders.slice(0, 3).join(', ')}, ` +
        `so these cannot be classes. Use one folder per class for all images, or add a labels.csv (file,label).`,
    );
  }
  const classes = folder.subfolders;
  if (classes.length === 1) {
    return {
      labels: null,
      notes: [`All images lie in the one subfolder "${classes[0]!}": they are taken as unlabelled.`],
    };
  }
  const classOf = (file: string) => file.slice(0, file.indexOf('/'));
  const filled = new Set(folder.names.map(classOf));
  const empty = classes.find((name) => !filled.has(name));
  if (empty !== undefined) {
    throw new AppError(
      'labels-malformed',
      `The class folder "${empty}" in "${folder.path}" holds no image, and class indices count the folders. ` +
        `Remove it, or add a labels.csv (file,label) that gives the indices.`,
    );
  }
  const indices = new Map(classes.map((name, index) => [name, index]));
  const labels = Int32Array.from(folder.names, (file) => indices.get(classOf(file))!);
  const sample = classes.slice(0, 3).map((name, index) => `${index} = "${name}"`);
  const notes = [
    `Labels are the class folders in sorted order, as torchvision's ImageFolder numbers them: ` +
      `${sample.join(', ')}${classes.length > 3 ? ', …' : ''}. The model must have been trained with the same order.`,
  ];
  const misleading = classes.findIndex((name, index) => /^\d+$/.test(name) && Number(name) !== index);
  if (misleading !== -1) {
    notes.push(
      `The class folder "${classes[misleading]!}" became class ${misleading}, not its number. ` +
        `If the numbers are the classes, give a labels.csv (file,label).`,
    );
  }
  return { labels, notes };
}

/** Files in labels.csv are relative to its own folder or to the folder of the images. */
function labelByTable(folder: ImageFolder, table: LabelTable): Labelled {
  if (!table.namesFiles) {
    const labels = labelsInOrder(table, folder.names.length, 'images');
    return { labels, notes: [`Labels in "${table.path}" belong to the images in the order of their names.`] };
  }
  const fail = (what: string): never => {
    throw new AppError('labels-malformed', `Labels "${table.path}": ${what}. Correct the labels and try again.`);
  };
  const indices = new Map<string, number>();
  for (const [index, name] of folder.names.entries()) {
    indices.set(relative(dirname(table.path), join(folder.path, name)).split(sep).join('/'), index);
  }
  for (const [index, name] of folder.names.entries()) indices.set(name, index);
  const labels = new Int32Array(folder.names.length).fill(-1);
  for (const { file, label, line } of table.rows) {
    const name = file!.replaceAll('\\', '/').replace(/^\.\//, '');
    const index = indices.get(name);
    if (index === undefined) {
      return fail(
        folder.undecodable.includes(name)
          ? `line ${line} names "${file!}", an image of a kind that cannot be decoded; convert it to PNG or JPEG`
          : `line ${line} names "${file!}", which is not in "${folder.path}"`,
      );
    }
    if (labels[index] !== -1) return fail(`line ${line} names "${file!}" a second time`);
    labels[index] = label;
  }
  const missing = labels.indexOf(-1);
  if (missing !== -1) {
    const count = labels.filter((label) => label === -1).length;
    return fail(`${count} image(s) have no row, such as "${folder.names[missing]!}"`);
  }
  return { labels, notes: [] };
}

async function planFromConfig(
  input: ModelInput,
  configPath: string | null,
): Promise<{ preprocessing: Preprocessing; notes: readonly string[] }> {
  if (configPath === null) {
    const layout = findImageLayout(input, null);
    const recipe = defaultImageRecipe(input, layout);
    const order = layout.channels === 1 ? 'grey' : 'RGB';
    const levels = input.dataType === 'uint8' ? 'levels 0 to 255 as they are' : 'levels divided by 255';
    const note =
      `No preprocessor_config.json: images are resized to ${layout.width!}x${layout.height!} (bilinear, not cropped), ` +
      `${order}, ${levels}. If the model was trained with another preprocessing, accuracy figures are wrong.`;
    return { preprocessing: planPreprocessing(recipe, layout, input), notes: [note] };
  }
  const { recipe, notes } = await readPreprocessorConfig(configPath);
  const layout = findImageLayout(input, recipe.dataFormat);
  if (recipe.dataFormat !== null && recipe.dataFormat !== layout.format) {
    notes.push(
      `The preprocessor configuration says ${recipe.dataFormat}, but the model's input ${describeInput(input)} is ` +
        `${layout.format}: the model decides.`,
    );
  }
  if (input.dataType === 'uint8' && (recipe.rescaleFactor !== null || recipe.mean !== null)) {
    notes.push(`The model's input ${describeInput(input)} takes levels 0 to 255: they are not rescaled or normalized.`);
  }
  return { preprocessing: planPreprocessing(recipe, layout, input), notes };
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
  const wrong = sizes.findIndex(
    ({ width, height }) => width !== (layout.width ?? width) || height !== (layout.height ?? height),
  );
  if (wrong !== -1) {
    const { width, height } = sizes[wrong]!;
    throw new AppError(
      'data-shape-mismatch',
      `The image "${folder.names[wrong]!}" is ${width}x${height} (width x height) after the preprocessing of ` +
        `"${configPath ?? ''}", but the model's input ${describeInput(input)} wants ` +
        `${layout.width ?? 'any'}x${layout.height ?? 'any'}. Correct "size" and "crop_size" there, ` +
        `or give the model's own configuration with --preprocessor.`,
    );
  }
  const sameSize = sizes.every(({ width, height }) => width === sizes[0]!.width && height === sizes[0]!.height);
  const batch = layout.batched ? input.dims[0] : 1;
  if (!sameSize && typeof batch === 'number' && batch > 1) {
    throw new AppError(
      'data-shape-mismatch',
      `The model's input ${describeInput(input)} takes ${batch} images at a time, but they differ in size after the ` +
        `preprocessing of "${configPath ?? ''}". Add "crop_size" there, or fix the open dimensions with --dim.`,
    );
  }
  return sameSize;
}

function fixedBatchSize(input: ModelInput, { layout }: Preprocessing, sameSize: boolean): number | null {
  const batch = input.dims[0];
  if (!layout.batched || !sameSize) return 1;
  return typeof batch === 'number' ? batch : null;
}
