import { AppError } from '../../../../shared/app-error.ts';
import { say, type Sentence } from '../../../../shared/engine-texts/say.ts';
import type { DataRequest } from '../../../../shared/compress-request.ts';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import type { Dataset } from '../../data/dataset.ts';
import type { Feeds } from '../../tensor/tensor.ts';
import { fedSizeOf } from '../fed-size.ts';
import type { OutputFacts } from '../task.ts';
import type { DetectionHead } from './head.ts';
import { numberClasses } from './number-classes.ts';
import { recogniseHead } from './recognise-head.ts';

const shapesOf = (outputs: readonly OutputFacts[]): string =>
  outputs.map(({ name, dims }) => `"${name}" [${dims.join(', ')}]`).join(', ');

/**
 * Whether a model finds boxes, and how its outputs say which; targets are checked against it.
 * @param outputs with the dimensions of one sample.
 * @returns null where it does not.
 * @throws AppError `options-invalid` where boxes were asked for and no output has them; as `numberClasses`.
 */
export function findDetector(
  outputs: readonly OutputFacts[],
  { boxes, labels }: Pick<Dataset, 'boxes' | 'labels'>,
  { task, head: asked }: Pick<DataRequest, 'task' | 'head'>,
  feeds: Feeds,
): DetectionHead | null {
  const isAsked = task === 'detection' || asked !== null;
  if (!isAsked && task !== null) return null;
  // Labels of whole images belong to a classifier.
  if (!isAsked && boxes == null && labels !== null) return null;
  const classIds = boxes == null ? null : [...boxes.classNames.keys()];
  const head = recogniseHead(outputs, {
    fed: fedSizeOf(Object.values(feeds).map(({ dims }) => dims)),
    classIds: classIds?.length === 0 ? null : classIds,
    asked,
    isDetector: isAsked || boxes != null,
  });
  if (head !== null) {
    numberClasses(boxes ?? null, head);
    return head;
  }
  if (!isAsked && boxes == null) return null;
  throw new AppError(
    'options-invalid',
    asked === null
      ? tell('outputNoBoxes', { shapes: shapesOf(outputs) })
      : tell('outputNoBoxesOfKind', { kind: asked, shapes: shapesOf(outputs) }),
  );
}

/** What is told of how boxes are read. */
export function describeHead({ kind, outputs }: DetectionHead): Sentence {
  return say('boxesRead', { outputs: Object.values(outputs).join('", "'), kind });
}
