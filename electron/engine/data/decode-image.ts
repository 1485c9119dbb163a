import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { decodeBmp, isBmp, readBmpHeader } from './decode-bmp.ts';
import type { Pixels } from './resample.ts';

// One image a thread: libvips' own threads cost more than they bring on images of this size.
sharp.concurrency(1);

/** File name endings of the formats that can be decoded. */
export const imageExtensions: ReadonlySet<string> = new Set([
  '.jpg',
  '.jpeg',
  '.jpe',
  '.jfif',
  '.png',
  '.webp',
  '.gif',
  '.tif',
  '.tiff',
  '.avif',
  '.bmp',
  '.dib',
]);

/** What the file's first bytes must say it is. SVG is left out on purpose: a picture of pixels only. */
const decodableFormats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif']);

/** Pillow refuses above this as a decompression bomb (Image.MAX_IMAGE_PIXELS, twice). */
const mostPixels = 178_956_970;

const options: SharpOptions = {
  limitInputPixels: mostPixels,
  // A cut-off file is an error; a stray byte that every viewer forgives is not. As Pillow does.
  failOn: 'error',
  // Pillow's convert("RGB") leaves colour profiles alone.
  ignoreIcc: true,
};

export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  readonly colourSpace: string;
  /** The EXIF orientation asks viewers to rotate or mirror the image. */
  readonly isRotated: boolean;
}

/**
 * Reads the size and colour space without decoding the pixels.
 * @param where the file's name for messages.
 * @throws AppError `data-malformed` when this is no image.
 */
export async function readImageHeader(bytes: Uint8Array, where: string): Promise<ImageHeader> {
  let metadata: Metadata;
  try {
    if (isBmp(bytes)) {
      const { width, height } = readBmpHeader(bytes, mostPixels);
      return { width, height, colourSpace: 'srgb', isRotated: false };
    }
    metadata = await sharp(bytes, options).metadata();
  } catch (error) {
    throw unreadable(where, error);
  }
  if (!decodableFormats.has(metadata.format)) {
    throw unreadable(where, new Error(`its format is ${metadata.format}`));
  }
  return {
    width: metadata.width,
    height: metadata.height,
    colourSpace: metadata.space,
    isRotated: (metadata.orientation ?? 1) !== 1,
  };
}

/**
 * Decodes to 8-bit RGB as Pillow's `Image.open(…).convert("RGB")` would: grey and palettes expanded, alpha dropped (not
 * blended), CMYK converted by its formula, colour profiles and EXIF orientation not applied, first frame of animations.
 * One difference by choice: 16-bit grey is scaled to 8 bits, where Pillow clips nearly all of it to white. Two are libvips':
 * transparent pixels of a GIF come out black, not in the palette's colour, and AVIF's chroma is scaled up in another way.
 * @throws AppError `data-malformed` naming the file when it is damaged.
 */
export async function decodeImage(bytes: Uint8Array, where: string): Promise<Pixels> {
  const { colourSpace } = await readImageHeader(bytes, where);
  const isCmyk = colourSpace === 'cmyk';
  try {
    if (isBmp(bytes)) return decodeBmp(bytes, mostPixels);
    const image = sharp(bytes, options);
    const { data, info } = await (
      isCmyk ? image.pipelineColourspace('cmyk').toColourspace('cmyk') : image.removeAlpha().toColourspace('srgb')
    )
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== (isCmyk ? 4 : 3)) throw new Error(`it decodes to ${info.channels} channels`);
    return { width: info.width, height: info.height, channels: 3, data: isCmyk ? cmykToRgb(data) : data };
  } catch (error) {
    throw unreadable(where, error);
  }
}

/** Pillow's Convert.c, `cmyk2rgb`. */
function cmykToRgb(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  let to = 0;
  for (let from = 0; from < cmyk.length; from += 4) {
    const light = 255 - cmyk[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = cmyk[from + channel]! * light + 128;
      rgb[to++] = light - ((product + (product >> 8)) >> 8);
    }
  }
  return rgb;
}

function unreadable(where: string, error: unknown): AppError {
  const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return new AppError('data-malformed', tell('imageUnreadable', { path: where, reason }), { cause: error });
}
