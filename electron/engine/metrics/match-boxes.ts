import type { FoundBox, TrueBox } from '../data/boxes/box.ts';
import { byScore, overlapOf } from './boxes.ts';

/** COCO's: 0.5 to 0.95 in steps of 0.05. */
export const overlapThresholds: readonly number[] = Array.from({ length: 10 }, (_, step) =>
  step === 9 ? 0.95 : 0.5 + ((0.95 - 0.5) / 9) * step,
);
/** Boxes of one class and image that count, those with the highest scores. */
export const mostBoxesPerClass = 100;

/** What became of a found box: a bit for each threshold. */
export interface Match {
  readonly score: number;
  /** Matched with a true box. */
  readonly matched: number;
  /** Neither right nor wrong. */
  readonly leftOut: number;
}

/**
 * Matches the found boxes of one class with the true ones in one image, as COCO's `evaluateImg` does for boxes of any size: each takes,
 * best score first, the free true box that it overlaps most; true boxes that are left out only where no other is left.
 * @returns found boxes by falling score.
 */
export function matchBoxes(found: readonly FoundBox[], right: readonly TrueBox[]): Match[] {
  const ordered = [...found].sort(byScore).slice(0, mostBoxesPerClass);
  const truths = [...right].sort((one, other) => Number(one.isLeftOut) - Number(other.isLeftOut));
  const overlaps = ordered.map(({ box }) => truths.map((truth) => overlapOf(box, truth.box, truth.isCrowd)));
  const matches = ordered.map(({ score }) => ({ score, matched: 0, leftOut: 0 }));
  for (const [step, threshold] of overlapThresholds.entries()) {
    const taken = new Uint8Array(truths.length);
    for (const [index, match] of matches.entries()) {
      const at = bestTruth(overlaps[index]!, truths, taken, threshold);
      if (at === -1) continue;
      taken[at] = 1;
      match.matched |= 1 << step;
      if (truths[at]!.isLeftOut) match.leftOut |= 1 << step;
    }
  }
  return matches;
}

function bestTruth(
  overlaps: readonly number[],
  truths: readonly TrueBox[],
  taken: Uint8Array,
  threshold: number,
): number {
  let least = Math.min(threshold, 1 - 1e-10);
  let best = -1;
  for (const [index, { isCrowd, isLeftOut }] of truths.entries()) {
    if (taken[index] === 1 && !isCrowd) continue;
    // Those that are left out come last: a match with one that counts is not given up for them.
    if (best !== -1 && !truths[best]!.isLeftOut && isLeftOut) break;
    if (overlaps[index]! < least) continue;
    least = overlaps[index]!;
    best = index;
  }
  return best;
}
