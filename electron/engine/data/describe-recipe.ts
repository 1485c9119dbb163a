import type { ImageRecipe } from './image-recipe.ts';
import { describeResize } from './resize-rule.ts';

const list = (values: readonly number[]) =>
  values.length === 1 ? String(values[0]) : `[${values.map((value) => Number(value.toPrecision(6))).join(', ')}]`;

function describeValues({ rescaleFactor, offset, mean, std, lastStd }: ImageRecipe): string {
  const levels = rescaleFactor === null ? 'levels as they are' : `levels times ${Number(rescaleFactor.toPrecision(6))}`;
  const less = offset === 0 ? '' : `, less ${-offset}`;
  const normalized = mean === null || std === null ? '' : `, less ${list(mean)} and divided by ${list(std)}`;
  return `${levels}${less}${normalized}${lastStd === null ? '' : `, divided by ${list(lastStd)} once more`}`;
}

/**
 * Everything that is done to an image, in one sentence.
 * @param source the file that says so, and what kind of configuration it is.
 */
export function describeRecipe(recipe: ImageRecipe, source: { readonly path: string; readonly type: string }): string {
  const { firstCrop, resize, crop, pad } = recipe;
  const cutFirst =
    firstCrop === null
      ? ''
      : `cut to ${Number(firstCrop.width.toPrecision(4))}x${Number(firstCrop.height.toPrecision(4))} of the shorter edge, then `;
  const resized = `${cutFirst}${describeResize(resize)}${resize === null ? '' : ` (${recipe.filter})`}`;
  const cropped =
    crop === null
      ? 'not cropped'
      : resize?.kind === 'contain'
        ? `put into the middle of ${crop.width}x${crop.height}, filled up with level ${list(crop.fill)}`
        : `cropped to the middle ${crop.width}x${crop.height}`;
  const padded = pad === null ? '' : `, padded with zeros to ${pad.width}x${pad.height}`;
  const order = recipe.flipChannels ? 'blue first' : 'red first';
  return (
    `Images are preprocessed as "${source.path}" (${source.type}) says: ` +
    `${resized}; ${cropped}${padded}; ${describeValues(recipe)}; ${order}.`
  );
}
