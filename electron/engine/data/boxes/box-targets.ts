import { AppError } from '../../../../shared/app-error.ts';
import { tell, type Told } from '../../../../shared/engine-texts/tell.ts';
import type { Reading } from '../../files/readings.ts';
import type { Box, TrueBox } from './box.ts';
import type { Size } from '../resize-rule.ts';

/** What is right in each image, as annotations say it. */
export interface BoxTargets {
  /** The file or folder that says it. */
  readonly path: string;
  /** Classes by their numbers, as far as the annotations have them; names where they have those. */
  readonly classNames: ReadonlyMap<number, string | null>;
  /** Whether classes are numbered as the model's outputs are, as YOLO's files have them, or in a way of the annotations' own. */
  readonly areModelClasses: boolean;
  /** By sample. */
  readonly ofSample: readonly (readonly TrueBox[])[];
}

export interface ReadBoxes {
  readonly targets: BoxTargets;
  readonly readings: readonly Reading[];
  readonly notes: readonly string[];
}

/** An image as the annotations have to know it. */
export interface AnnotatedImage extends Size {
  /** Relative to the folder of images, with `/`. */
  readonly name: string;
}

export const withoutExtension = (name: string): string => name.replace(/\.[^./]*$/, '');

export function malformedBoxes(path: string, what: Told): AppError {
  return new AppError('labels-malformed', tell('annotationsUnusable', { path, what }));
}

/** A box may be off by rounding: COCO's are written with two digits, others were drawn to the last pixel and beyond. */
const mostPixelsOutside = 2;

/**
 * Refuses a box that cannot be one of the image.
 * @param where what the annotations call it, such as `annotation 17`.
 */
export function checkBox(path: string, box: Box, { name, width, height }: AnnotatedImage, where: Told): Box {
  const [left, top, boxWidth, boxHeight] = box;
  if (!box.every(Number.isFinite) || boxWidth < 0 || boxHeight < 0) {
    throw malformedBoxes(path, tell('boxNotFinite', { where, box: box.join(', ') }));
  }
  const slack = Math.max(mostPixelsOutside, 0.01 * Math.max(width, height));
  const isInside =
    left >= -slack && top >= -slack && left + boxWidth <= width + slack && top + boxHeight <= height + slack;
  if (isInside) return box;
  const shown = box.map((value) => Number(value.toFixed(2))).join(', ');
  throw malformedBoxes(path, tell('boxOutside', { where, box: shown, name, size: `${width}x${height}` }));
}
