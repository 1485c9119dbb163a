import sharp from 'sharp';
import type { Pixels } from './resample.ts';

/** Enough to tell what is on it; about 2 kB. */
const longestSide = 96;

/** An image as it was decoded, small enough to keep beside a figure. */
export function drawSmall({ width, height, channels, data }: Pixels): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels } })
    .resize(longestSide, longestSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 75 })
    .toBuffer();
}
