import type { ImageRecipe } from './image-recipe.ts';
import { cropAxis, firstCropSize, outputSize } from './preprocess.ts';
import { resizedSize, type Size } from './resize-rule.ts';

/** Where the pixels of an image lie in what the model sees: x there is x in the image * `scaleX` + `offsetX`, from edge to edge. */
export interface ImagePlacement {
  readonly image: Size;
  readonly fed: Size;
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

interface Axis {
  readonly scale: number;
  readonly offset: number;
}

function placeAxis(source: number, first: number, resized: number, kept: number, recipe: ImageRecipe): Axis {
  const before = cropAxis(source, first, 'transformers');
  const after = cropAxis(resized, kept, recipe.crop?.style ?? 'transformers');
  const scale = resized / first;
  return { scale, offset: (before.offset - before.start) * scale + after.offset - after.start };
}

/** What cutting, resizing and padding do to the places in an image of this size; `preprocessImage` does it to its pixels. */
export function placeImage(image: Size, recipe: ImageRecipe): ImagePlacement {
  const first = firstCropSize(image, recipe);
  const resized = resizedSize(first, recipe.resize);
  const kept = recipe.crop ?? resized;
  const horizontal = placeAxis(image.width, first.width, resized.width, kept.width, recipe);
  const vertical = placeAxis(image.height, first.height, resized.height, kept.height, recipe);
  return {
    image: { width: image.width, height: image.height },
    fed: outputSize(image, recipe),
    scaleX: horizontal.scale,
    scaleY: vertical.scale,
    offsetX: horizontal.offset,
    offsetY: vertical.offset,
  };
}
