import type { Match } from './match-boxes.ts';
import type { Weights } from './resampling.ts';

/*
 * Average precision and recall of boxes as COCO's `accumulate` and `summarize` have them, of samples that count as often as weights say.
 */

/** One class: what both models found in all samples, best score first, and how many true boxes each sample has. */
export interface ClassBoxes {
  readonly classId: number;
  readonly samples: Int32Array;
  readonly areAfter: Uint8Array;
  /** A bit for each threshold. */
  readonly matched: Uint16Array;
  readonly leftOut: Uint16Array;
  /** Samples that have true boxes of the class, and how many that count. */
  readonly truths: readonly (readonly [sample: number, count: number])[];
}

export interface FoundInSample {
  readonly sample: number;
  readonly model: 0 | 1;
  readonly matches: readonly Match[];
}

/** @param found in the order of the samples: among equal scores that of the earlier sample comes first. */
export function rankBoxes(classId: number, found: readonly FoundInSample[], truths: ClassBoxes['truths']): ClassBoxes {
  const entries = found.flatMap(({ sample, model, matches }) => matches.map((match) => ({ sample, model, ...match })));
  entries.sort((left, right) => right.score - left.score);
  return {
    classId,
    samples: Int32Array.from(entries, ({ sample }) => sample),
    areAfter: Uint8Array.from(entries, ({ model }) => model),
    matched: Uint16Array.from(entries, ({ matched }) => matched),
    leftOut: Uint16Array.from(entries, ({ leftOut }) => leftOut),
    truths,
  };
}

/** COCO reads precision at recalls of 0, 0.01 … 1. */
const recallSteps = 101;
const recallAt = Float64Array.from({ length: recallSteps }, (_, step) => step / (recallSteps - 1));
/** numpy's spacing(1), which keeps 0 / 0 from happening. */
const tiny = 2 ** -52;

/** True boxes that count by these weights, with the answers of one model. */
function countTruths({ truths }: ClassBoxes, weights: Weights): number {
  let count = 0;
  for (const [sample, boxes] of truths) {
    const [own, other] = weights(sample);
    count += boxes * (own + other);
  }
  return count;
}

/** How often each entry counts as an answer of this model. */
function weighEntries({ samples, areAfter }: ClassBoxes, model: 0 | 1, weights: Weights): Float64Array {
  return Float64Array.from(samples, (sample, at) => weights(sample)[areAfter[at] === model ? 0 : 1]);
}

export interface Summary {
  /** NaN where the samples have no true box. */
  readonly precision: number;
  readonly recall: number;
}

/** Precision, interpolated and averaged over recalls, and the recall of all found boxes, at one threshold. */
function atThreshold(
  { matched, leftOut }: ClassBoxes,
  step: number,
  entryWeights: Float64Array,
  truthCount: number,
): Summary {
  const bit = 1 << step;
  const recalls: number[] = [];
  const precisions: number[] = [];
  let [right, wrong] = [0, 0];
  for (let at = 0; at < entryWeights.length; at++) {
    const weight = entryWeights[at]!;
    if (weight === 0 || (leftOut[at]! & bit) !== 0) continue;
    if ((matched[at]! & bit) === 0) {
      wrong += weight;
      continue;
    }
    right += weight;
    // Only where a right one is added does recall grow, and precision can be highest for a recall.
    recalls.push(right / truthCount);
    precisions.push(right / (right + wrong + tiny));
  }
  for (let at = precisions.length - 2; at >= 0; at--) precisions[at] = Math.max(precisions[at]!, precisions[at + 1]!);
  let [total, from] = [0, 0];
  for (const recall of recallAt) {
    while (from < recalls.length && recalls[from]! < recall) from++;
    if (from === recalls.length) break;
    total += precisions[from]!;
  }
  return { precision: total / recallSteps, recall: right / truthCount };
}

/** One model's figures of one class, mean over the thresholds from `steps`. */
export function summarizeClass(boxes: ClassBoxes, model: 0 | 1, weights: Weights, steps: readonly number[]): Summary {
  const truthCount = countTruths(boxes, weights);
  if (!(truthCount > 0)) return { precision: Number.NaN, recall: Number.NaN };
  const entryWeights = weighEntries(boxes, model, weights);
  let [precision, recall] = [0, 0];
  for (const step of steps) {
    const own = atThreshold(boxes, step, entryWeights, truthCount);
    precision += own.precision;
    recall += own.recall;
  }
  return { precision: precision / steps.length, recall: recall / steps.length };
}

/** The mean over classes that have true boxes; NaN where none has. */
export function summarizeClasses(
  classes: readonly ClassBoxes[],
  model: 0 | 1,
  weights: Weights,
  steps: readonly number[],
): Summary {
  let [precision, recall, count] = [0, 0, 0];
  for (const boxes of classes) {
    const own = summarizeClass(boxes, model, weights, steps);
    if (Number.isNaN(own.precision)) continue;
    precision += own.precision;
    recall += own.recall;
    count++;
  }
  return { precision: precision / count, recall: recall / count };
}
