import type { TargetKind } from '../../../shared/target-kinds.ts';
import type { Dataset } from '../data/dataset.ts';
import type { Feeds } from '../tensor/tensor.ts';
import { describeScores } from './class-scores.ts';
import { fedSizeOf } from './fed-size.ts';
import type { OutputReading } from './read-outputs.ts';
import type { OutputFacts } from './task.ts';

type Source = Pick<Dataset, 'kind' | 'tokens'>;

/** What says which of the classes that are ranked at many places of a sample are right. */
export function kindOfPlaces(positions: number, { tokens, kind }: Source, feeds: Feeds) {
  const fed = fedSizeOf(Object.values(feeds).map(({ dims }) => dims));
  if (tokens !== undefined) return 'tags';
  if (kind !== 'images' || fed === null) return 'places';
  // Fewer places than one in 64 x 64 pixels, or as many as one side has: no map of the image.
  const isMap = positions * 64 * 64 >= fed.width * fed.height && positions > Math.max(fed.width, fed.height);
  return isMap ? 'masks' : 'characters';
}

/** Of the form of an input, or a picture of another size. */
export function isLikeAnInput({ dims }: OutputFacts, feeds: Feeds): boolean {
  return Object.values(feeds).some((fed) => {
    const own = fed.dims.slice(1);
    const isPicture = own.length === 3 && dims.length === 3 && own[0] === dims[0] && (own[0] === 1 || own[0] === 3);
    return isPicture || (own.length === dims.length && own.length > 1 && own.join() === dims.join());
  });
}

function ofClasses({ dims, dataType }: OutputFacts, dataset: Source, feeds: Feeds): TargetKind {
  const { positions } = describeScores({ dims: [1, ...dims], dataType }, 1);
  return positions === 1 ? 'labels' : kindOfPlaces(positions, dataset, feeds);
}

/**
 * What says of the outputs how right they are, by what they are read as. Boxes are found by their heads, not by what is read here.
 * @param feeds of one run.
 */
export function findTargetKind(
  reading: Omit<OutputReading, 'targets' | 'targetUse'>,
  outputs: readonly OutputFacts[],
  { dataset, feeds }: { readonly dataset: Source; readonly feeds: Feeds },
): TargetKind {
  const { textOutput, tagOutput, answerOutputs, classOutput, vector } = reading;
  if (textOutput !== null) return 'texts';
  if (tagOutput !== null) return 'tags';
  if (answerOutputs !== null) return 'answers';
  const ranked = outputs.find(({ name }) => name === classOutput);
  if (ranked !== undefined) return ofClasses(ranked, dataset, feeds);
  if (vector !== null) return dataset.tokens === undefined ? 'groups' : 'pairs';
  return outputs.some((output) => isLikeAnInput(output, feeds)) ? 'pictures' : 'values';
}
