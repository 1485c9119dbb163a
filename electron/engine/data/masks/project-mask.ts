import type { ImagePlacement } from '../image-placement.ts';
import type { Size } from '../resize-rule.ts';
import type { IndexImage } from './decode-index-png.ts';

/** Pixels of the output that lie beyond the image. */
const nothing = -1;

/**
 * The class of each pixel of a model's output: that of the pixel of the mask that its middle lies in.
 * @param size of the output, which covers what the model saw.
 * @returns row by row; -1 where the image was padded.
 */
export function projectMask(mask: IndexImage, placement: ImagePlacement, size: Size): Int32Array {
  const { fed, scaleX, scaleY, offsetX, offsetY } = placement;
  const place = (
    index: number,
    count: number,
    fedLength: number,
    offset: number,
    scale: number,
    length: number,
  ): number => {
    const at = Math.floor((((index + 0.5) * fedLength) / count - offset) / scale);
    return at >= 0 && at < length ? at : nothing;
  };
  const columns = Int32Array.from({ length: size.width }, (_, x) =>
    place(x, size.width, fed.width, offsetX, scaleX, mask.width),
  );
  const classes = new Int32Array(size.width * size.height).fill(nothing);
  for (let y = 0; y < size.height; y++) {
    const row = place(y, size.height, fed.height, offsetY, scaleY, mask.height);
    if (row === nothing) continue;
    for (let x = 0; x < size.width; x++) {
      const column = columns[x]!;
      if (column !== nothing) classes[y * size.width + x] = mask.data[row * mask.width + column]!;
    }
  }
  return classes;
}
