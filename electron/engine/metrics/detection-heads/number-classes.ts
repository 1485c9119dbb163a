import { AppError } from '../../../../shared/app-error.ts';
import { tell } from '../../../../shared/engine-texts/tell.ts';
import type { BoxTargets } from '../../data/boxes/box-targets.ts';
import { classCountOf, type DetectionHead } from './head.ts';

/** Stands for classes that targets do not have: nothing matches it. */
const noClass = -1;

/** Categories of a COCO file that stand for classes: without one for all of them that no box has, as some tools write it first. */
function usedIds({ classNames, ofSample }: BoxTargets, wanted: number | null): number[] {
  const ids = [...classNames.keys()].sort((left, right) => left - right);
  if (ids.length - 1 !== wanted || ids[0] !== 0) return ids;
  const used = new Set(ofSample.flat().map(({ classId }) => classId));
  return used.has(0) ? ids : ids.slice(1);
}

/**
 * How the model's numbers of classes become those of the targets. Annotations of YOLO and Pascal VOC are numbered as the model is; ids of
 * COCO are, too, where the model has a class for each number up to the largest, as torchvision's and DETR do (and always where it hands
 * out labels that count from 1); else the model's classes are the categories in the order of their ids.
 * @throws AppError `labels-malformed` where targets have classes that the model does not.
 */
export function numberClasses(targets: BoxTargets | null, head: DetectionHead): (own: number) => number {
  if (targets === null) return (own) => own;
  const columns = classCountOf(head);
  const used = [...new Set(targets.ofSample.flat().map(({ classId }) => classId))].sort((left, right) => left - right);
  const largest = used.at(-1) ?? 0;
  if (targets.areModelClasses) {
    if (columns === null || largest < columns) return (own) => own;
    const slots = { path: targets.path, class: largest, last: columns - 1 };
    const fromOne = used[0]! > 0 && largest === columns;
    throw new AppError(
      'labels-malformed',
      fromOne ? tell('boxClassBeyondFromOne', slots) : tell('boxClassBeyond', slots),
    );
  }
  const ids = usedIds(targets, columns);
  if (columns === null) {
    // Labels of torchvision and TensorFlow count from 1 and are the ids themselves.
    return head.kind === 'ssd' ? (own) => own : (own) => ids[own] ?? noClass;
  }
  if (ids.length === columns) return (own) => ids[own]!;
  // With a class for "nothing" before the others.
  if (head.kind === 'boxes-scores' && ids.length === columns - 1) return (own) => ids[own - 1] ?? noClass;
  if (largest < columns) return (own) => own;
  throw new AppError(
    'labels-malformed',
    tell('annotationsOfOtherClasses', { path: targets.path, count: ids.length, largest, columns }),
  );
}
