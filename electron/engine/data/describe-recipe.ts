import { say, type Sentence } from '../../../shared/engine-texts/say.ts';
import type { ImageRecipe } from './image-recipe.ts';
import { describeResize, formatSize, type Size } from './resize-rule.ts';

const list = (values: readonly number[]) =>
  values.length === 1 ? String(values[0]) : `[${values.map((value) => Number(value.toPrecision(6))).join(', ')}]`;

function describeValues({ rescaleFactor, offset, mean, std, lastStd }: ImageRecipe): string {
  let values: string =
    rescaleFactor === null
      ? say('levelsUnchanged')
      : say('levelsTimes', { factor: Number(rescaleFactor.toPrecision(6)) });
  if (offset !== 0) values = say('lessOffset', { values, offset: -offset });
  if (mean !== null && std !== null) values = say('lessMean', { values, mean: list(mean), std: list(std) });
  return lastStd === null ? values : say('dividedAgain', { values, std: list(lastStd) });
}

const formatShare = ({ width, height }: Size) =>
  formatSize({ width: Number(width.toPrecision(4)), height: Number(height.toPrecision(4)) });

function describeCrop({ crop, resize }: ImageRecipe): Sentence {
  if (crop === null) return say('notCropped');
  return resize?.kind === 'contain'
    ? say('putInto', { size: formatSize(crop), level: list(crop.fill) })
    : say('croppedTo', { size: formatSize(crop) });
}

/**
 * Everything that is done to an image, in one sentence.
 * @param source the file that says so, and what kind of configuration it is.
 */
export function describeRecipe(recipe: ImageRecipe, source: { readonly path: string; readonly type: string }): string {
  const { firstCrop, resize, pad } = recipe;
  const slots = {
    ...source,
    crop: pad === null ? describeCrop(recipe) : say('paddedTo', { crop: describeCrop(recipe), size: formatSize(pad) }),
    values: describeValues(recipe),
    order: say(recipe.flipChannels ? 'blueFirst' : 'redFirst'),
  };
  if (resize === null) return say('preprocessedUnsized', slots);
  const resized = describeResize(resize);
  const whole =
    firstCrop === null ? resized : say('cutThenResized', { share: formatShare(firstCrop), resize: resized });
  return say('preprocessed', { ...slots, resize: whole, filter: recipe.filter });
}
