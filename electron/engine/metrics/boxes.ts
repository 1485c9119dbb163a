import type { Box, FoundBox } from '../data/boxes/box.ts';

/**
 * Intersection over union of a found box and a true one, in the order of operations of COCO's `bbIou`, so that a value on a threshold
 * falls on the same side. Of a crowd over the found box alone.
 */
export function overlapOf(found: Box, right: Box, isCrowd = false): number {
  const width = Math.min(found[2] + found[0], right[2] + right[0]) - Math.max(found[0], right[0]);
  if (width <= 0) return 0;
  const height = Math.min(found[3] + found[1], right[3] + right[1]) - Math.max(found[1], right[1]);
  if (height <= 0) return 0;
  const shared = width * height;
  const own = found[2] * found[3];
  return shared / (isCrowd ? own : own + right[2] * right[3] - shared);
}

/** Highest scores first; of equal ones the first. */
export const byScore = (left: FoundBox, right: FoundBox): number => right.score - left.score;

/**
 * Greedy non-maximum suppression within each class.
 * @param overlap boxes that overlap a better one of their class by more are left out.
 * @param most boxes that are kept.
 */
export function suppress(found: readonly FoundBox[], overlap: number, most: number): FoundBox[] {
  const kept: FoundBox[] = [];
  const ofClass = new Map<number, FoundBox[]>();
  for (const candidate of [...found].sort(byScore)) {
    if (kept.length === most) break;
    const better = ofClass.get(candidate.classId);
    if (better === undefined) ofClass.set(candidate.classId, [candidate]);
    else if (better.some(({ box }) => overlapOf(candidate.box, box) > overlap)) continue;
    else better.push(candidate);
    kept.push(candidate);
  }
  return kept;
}
