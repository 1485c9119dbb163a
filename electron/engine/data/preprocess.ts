import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import type { DataType, Tensor } from '../tensor/tensor.ts';
import { toFloat16Bits } from '../tensor/float16.ts';
import { describeInput, type ModelInput } from './model-inputs.ts';
import { plainRecipe, type CenterCrop, type ImageRecipe } from './image-recipe.ts';
import { cropPixels, resamplePixels, type Pixels } from './resample.ts';
import { resizedSize, roundHalfEven, type Size } from './resize-rule.ts';

/** How the model takes an image. Null sizes are free. */
export interface ImageLayout {
  readonly batched: boolean;
  readonly format: 'channels_first' | 'channels_last';
  readonly channels: 1 | 3;
  readonly height: number | null;
  readonly width: number | null;
}

/** Everything needed to turn decoded pixels into the model's tensor. */
export interface Preprocessing {
  readonly recipe: ImageRecipe;
  readonly layout: ImageLayout;
  readonly dataType: DataType;
  /** Per output channel, the tensor value of each of the 256 levels: rescaling and normalizing done once. */
  readonly lookups: readonly LevelLookup[];
}

type LevelLookup = Float32Array | Float64Array | Uint16Array | Uint8Array;

const isChannelCount = (dim: number | string): dim is 1 | 3 => dim === 1 || dim === 3;

/**
 * Finds channels, height and width among the dimensions of an image input: [N, 3, H, W], [N, H, W, 3], the same without
 * N, or with 1 for grey. `preferred` decides where the dimensions leave both readings open.
 * @throws AppError `data-shape-mismatch` when the input cannot take an image.
 */
export function findImageLayout(input: ModelInput, preferred: ImageRecipe['dataFormat']): ImageLayout {
  const rank = input.dims.length;
  if (rank !== 3 && rank !== 4) throw notAnImage(input);
  const batched = rank === 4;
  const dims = batched ? input.dims.slice(1) : input.dims;
  const first = dims[0]!;
  const last = dims[2]!;
  const mayBeFirst = isChannelCount(first) || typeof first === 'string';
  const mayBeLast = isChannelCount(last) || typeof last === 'string';
  if (!mayBeFirst && !mayBeLast) throw notAnImage(input);
  // A fixed channel count outweighs a symbolic dimension; between equals the configuration decides, else channels first.
  const lastIsSurer = !mayBeFirst || (mayBeLast && isChannelCount(last) && !isChannelCount(first));
  const firstIsSurer = !mayBeLast || (mayBeFirst && isChannelCount(first) && !isChannelCount(last));
  const format = lastIsSurer ? 'channels_last' : firstIsSurer ? 'channels_first' : (preferred ?? 'channels_first');
  const [channels, height, width] = format === 'channels_first' ? [first, dims[1]!, last] : [last, first, dims[1]!];
  return {
    batched,
    format,
    channels: typeof channels === 'number' ? (channels as 1 | 3) : 3,
    height: typeof height === 'number' ? height : null,
    width: typeof width === 'number' ? width : null,
  };
}

function notAnImage(input: ModelInput): AppError {
  return new AppError(
    'data-shape-mismatch',
    tell('imagesForOtherInput', { input: describeInput(input), name: input.name }),
  );
}

/** What most classifiers are made for, and a multiple of what networks halve their sides by. */
const usualSide = 224;
/** Lines of text are lower; a photo is not. */
export const highestLine = 96;

/**
 * What happens to an image when no configuration says so: resized to the model's height and width, levels divided by 255. A side that the
 * model leaves open is as long as the other, else 224; of a line of text the image keeps its shape.
 */
export function defaultImageRecipe({ height, width }: ImageLayout): ImageRecipe {
  if (height !== null && width === null && height <= highestLine)
    return { ...plainRecipe, resize: { kind: 'line', height, widest: null } };
  const size = { height: height ?? width ?? usualSide, width: width ?? height ?? usualSide };
  return { ...plainRecipe, resize: { kind: 'exact', ...size } };
}

/**
 * @throws AppError `data-shape-mismatch` when the model's element type cannot hold an image or the configuration has
 * another number of channels.
 */
export function planPreprocessing(recipe: ImageRecipe, layout: ImageLayout, input: ModelInput): Preprocessing {
  for (const values of [recipe.mean, recipe.std, recipe.lastStd]) {
    if (values !== null && values.length !== 1 && values.length !== layout.channels) {
      throw new AppError(
        'data-shape-mismatch',
        tell('imageChannelsWrong', { count: values.length, input: describeInput(input), channels: layout.channels }),
      );
    }
  }
  const lookups = Array.from({ length: layout.channels }, (_, channel) => levelLookup(recipe, channel, input));
  return { recipe, layout, dataType: input.dataType, lookups };
}

function levelLookup(recipe: ImageRecipe, channel: number, input: ModelInput): LevelLookup {
  const { dataType } = input;
  if (dataType === 'uint8') return Uint8Array.from({ length: 256 }, (_, level) => level);
  const values = Float32Array.from({ length: 256 }, (_, level) => normalizeLevel(recipe, channel, level));
  if (dataType === 'float32') return values;
  if (dataType === 'float64') return Float64Array.from(values);
  if (dataType === 'float16') return Uint16Array.from(values, toFloat16Bits);
  throw new AppError(
    'data-shape-mismatch',
    tell('imageTypeNotFed', { input: describeInput(input), type: dataType, name: input.name }),
  );
}

/** numpy's float32 arithmetic as Hugging Face does it: rescale in float64, round to float32, then normalize in float32. */
function normalizeLevel(recipe: ImageRecipe, channel: number, level: number): number {
  const { fround } = Math;
  let value = recipe.rescaleFactor === null ? level : fround(level * recipe.rescaleFactor);
  value = fround(value + recipe.offset);
  const pick = (values: readonly number[]) => fround(values[values.length === 1 ? 0 : channel]!);
  if (recipe.mean !== null && recipe.std !== null) value = fround(fround(value - pick(recipe.mean)) / pick(recipe.std));
  return recipe.lastStd === null ? value : fround(value / pick(recipe.lastStd));
}

/** One axis of a crop: which part of the image is kept, and where it lies in the output. */
export interface CropAxis {
  readonly start: number;
  readonly length: number;
  readonly offset: number;
}

/** An image smaller than the crop is padded; `style` says where odd pixels go. */
export function cropAxis(size: number, crop: number, style: CenterCrop['style']): CropAxis {
  const half = Math.abs(size - crop) / 2;
  if (size >= crop) {
    return { start: style === 'transformers' ? Math.floor(half) : roundHalfEven(half), length: crop, offset: 0 };
  }
  return { start: 0, length: size, offset: style === 'transformers' ? Math.ceil(half) : Math.floor(half) };
}

export function firstCropSize(source: Size, { firstCrop }: ImageRecipe): Size {
  if (firstCrop === null) return source;
  const shorter = Math.min(source.width, source.height);
  const side = (share: number) => Math.max(1, Math.trunc(share * shorter));
  return { width: side(firstCrop.width), height: side(firstCrop.height) };
}

/** Width and height in pixels of what `preprocessImage` makes of an image of this size. */
export function outputSize(source: Size, recipe: ImageRecipe): Size {
  const { width, height } = recipe.crop ?? resizedSize(firstCropSize(source, recipe), recipe.resize);
  const { pad } = recipe;
  return pad === null ? { width, height } : { width: Math.max(width, pad.width), height: Math.max(height, pad.height) };
}

/**
 * Resizes, crops, rescales, normalizes and lays out one image.
 * @param rgb decoded image, three channels, red first.
 * @returns [1, C, H, W], [1, H, W, C], or the same without the leading 1, as the model wants it.
 */
export function preprocessImage(rgb: Pixels, preprocessing: Preprocessing): Tensor {
  const { recipe, layout } = preprocessing;
  const source = cropFirst(layout.channels === 1 ? toGrey(rgb) : rgb, recipe);
  const resized = resizedSize(source, recipe.resize);
  const kept = recipe.crop ?? resized;
  const { style, fill } = recipe.crop ?? noCrop;
  const horizontal = cropAxis(resized.width, kept.width, style);
  const vertical = cropAxis(resized.height, kept.height, style);
  const window = { left: horizontal.start, top: vertical.start, width: horizontal.length, height: vertical.length };
  const pixels = resamplePixels(source, resized, recipe.filter, window);
  const padded = padPixels(pixels, kept, { left: horizontal.offset, top: vertical.offset }, fill);
  return layOut(padded, outputSize(rgb, recipe), preprocessing);
}

const noCrop = { style: 'transformers', fill: [0, 0, 0] } as const;

function cropFirst(source: Pixels, recipe: ImageRecipe): Pixels {
  if (recipe.firstCrop === null) return source;
  const size = firstCropSize(source, recipe);
  const horizontal = cropAxis(source.width, size.width, 'transformers');
  const vertical = cropAxis(source.height, size.height, 'transformers');
  const window = { left: horizontal.start, top: vertical.start, width: horizontal.length, height: vertical.length };
  const offset = { left: horizontal.offset, top: vertical.offset };
  return padPixels(cropPixels(source, window), size, offset, noCrop.fill);
}

/** Pillow's `convert("L")`: ITU-R 601 luma in 16-bit fixed point (Convert.c, L24). */
function toGrey(rgb: Pixels): Pixels {
  const { data } = rgb;
  const grey = new Uint8Array(rgb.width * rgb.height);
  for (let index = 0; index < grey.length; index++) {
    const from = index * 3;
    grey[index] = (data[from]! * 19595 + data[from + 1]! * 38470 + data[from + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width: rgb.width, height: rgb.height, channels: 1, data: grey };
}

function padPixels(
  pixels: Pixels,
  { width, height }: Size,
  offset: { readonly left: number; readonly top: number },
  fill: readonly number[],
): Pixels {
  if (pixels.width === width && pixels.height === height) return pixels;
  const { channels } = pixels;
  const data = new Uint8Array(width * height * channels);
  if (fill.some((level) => level !== 0)) {
    for (let index = 0; index < data.length; index++) data[index] = fill[index % channels]!;
  }
  const rowLength = pixels.width * channels;
  for (let row = 0; row < pixels.height; row++) {
    const from = row * rowLength;
    data.set(pixels.data.subarray(from, from + rowLength), ((offset.top + row) * width + offset.left) * channels);
  }
  return { width, height, channels, data };
}

/** Pixels as the model's tensor; what of `size` lies beyond them, to the right and below, stays zero. */
function layOut(pixels: Pixels, size: Size, { recipe, layout, dataType, lookups }: Preprocessing): Tensor {
  const { channels, data } = pixels;
  const planeLength = size.width * size.height;
  const constructor = lookups[0]!.constructor as new (length: number) => LevelLookup;
  const out = new constructor(planeLength * channels);
  const isFirst = layout.format === 'channels_first';
  const step = isFirst ? 1 : channels;
  for (let channel = 0; channel < channels; channel++) {
    const lookup = lookups[channel]!;
    let from = recipe.flipChannels ? channels - 1 - channel : channel;
    for (let row = 0; row < pixels.height; row++) {
      let to = isFirst ? channel * planeLength + row * size.width : row * size.width * channels + channel;
      for (let column = 0; column < pixels.width; column++) {
        out[to] = lookup[data[from]!]!;
        from += channels;
        to += step;
      }
    }
  }
  const dims = isFirst ? [channels, size.height, size.width] : [size.height, size.width, channels];
  return { dataType, dims: layout.batched ? [1, ...dims] : dims, data: out };
}
