import { AppError } from '../../../../shared/app-error.ts';
import { say } from '../../../../shared/engine-texts/say.ts';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import { assertAllowed, type AllowedFolders } from '../../files/allowed-folders.ts';
import type { Reading } from '../../files/readings.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import { filesByImage } from '../boxes/annotation-kind.ts';
import { malformedBoxes, type AnnotatedImage } from '../boxes/box-targets.ts';
import { hashBytes } from '../content-hash.ts';
import { decodeIndexPng, type IndexImage } from './decode-index-png.ts';

/** The class of each pixel of each image. */
export interface Masks {
  /** The folder. */
  readonly path: string;
  /** Classes that are there, and an image that has each. */
  readonly classes: ReadonlyMap<number, string>;
  /** Nothing but 0 and 255: 255 is a class and leaves no pixel out. */
  readonly areBlackAndWhite: boolean;
  readonly read: (index: number) => Promise<IndexImage>;
}

const largestMaskBytes = 2 ** 28;
export const leftOutClass = 255;

/**
 * Opens the masks of all images; each is decoded once here, so that a bad one shows before any work.
 * @throws AppError `labels-malformed` for masks that are missing, of another size, or no numbers.
 */
export async function readMasks(
  path: string,
  images: readonly AnnotatedImage[],
  allowed: AllowedFolders,
): Promise<{ readonly masks: Masks; readonly readings: readonly Reading[]; readonly notes: readonly string[] }> {
  const files = await filesByImage(
    path,
    '.png',
    images.map(({ name }) => name),
  );
  const missing = files.indexOf(null);
  if (missing !== -1) {
    const count = files.filter((file) => file === null).length;
    const { name } = images[missing]!;
    throw malformedBoxes(path, tell('annotationFilesMissing', { count, all: files.length, extension: '.png', name }));
  }
  const decode = async (index: number): Promise<{ file: string; bytes: Uint8Array; mask: IndexImage }> => {
    const file = files[index]!;
    assertAllowed(file, allowed);
    const bytes = await readRegularFile(file, largestMaskBytes);
    return { file, bytes, mask: decodeIndexPng(bytes, file, images[index]!) };
  };
  const classes = new Map<number, string>();
  const readings: Reading[] = [];
  for (const [index, { name }] of images.entries()) {
    const { file, bytes, mask } = await decode(index);
    readings.push({ path: file, sha256: hashBytes(bytes) });
    for (const value of new Set(mask.data)) if (!classes.has(value)) classes.set(value, name);
  }
  const areBlackAndWhite =
    classes.has(leftOutClass) && [...classes.keys()].every((value) => value % leftOutClass === 0);
  return {
    masks: { path, classes, areBlackAndWhite, read: async (index) => (await decode(index)).mask },
    readings,
    notes: [
      say('masksThere', {
        path,
        count: images.length,
        classes: [...classes.keys()]
          .sort((a, b) => a - b)
          .slice(0, 12)
          .join(', '),
      }),
    ],
  };
}

/**
 * Refuses masks of classes that the model does not have.
 * @param classes that the model ranks; 1 where it says yes or no of each pixel.
 * @throws AppError `labels-malformed`.
 */
export function checkMaskClasses({ path, classes, areBlackAndWhite }: Masks, count: number): void {
  const most = Math.max(2, count);
  const wrong = [...classes.keys()].filter((value) => value >= most && value !== leftOutClass).sort((a, b) => b - a)[0];
  if (wrong === undefined || areBlackAndWhite) return;
  const slots = { path, class: wrong, image: classes.get(wrong)!, last: most - 1 };
  const isFromOne = wrong === most && !classes.has(0);
  throw new AppError(
    'labels-malformed',
    isFromOne ? tell('maskClassBeyondFromOne', slots) : tell('maskClassBeyond', slots),
  );
}
