import type { Ends } from '../2-plan/deciding-tensors.ts';
import { exceededBy } from '../tensor/extreme-value.ts';
import { quantileOfSorted } from '../tensor/statistics.ts';

/*
 * Ranges of tensors that decide (see 2-plan/deciding-tensors.ts). They hold what calibration saw and allow for samples that it did not see: a
 * cut that costs nothing in SQNR makes the largest scores equal, and the first index wins.
 */

/** Of samples like those of calibration at most this share may clip, whichever end. */
export const unseenClipShare = 0.01;
/** A range grows by no more than this share of itself at either end: the tail of a few samples may say anything. */
const largestGrowth = 0.5;
/** One sample beyond all others makes the range at most this many times as wide: two of its eight bits. */
const largestFreakFactor = 4;
/** With fewer samples than this one of them is no exception. */
const fewestForFreak = 20;

/** Least and largest value of a tensor in each sample. */
export interface SampleExtremes {
  readonly lows: readonly number[];
  readonly highs: readonly number[];
}

/** What the largest value of samples not seen stays below, and the same without the sample that reached furthest. */
interface Reach {
  readonly seen: number;
  readonly expected: number;
  readonly withoutFurthest: number;
}

function sortAscending(values: readonly number[]): number[] {
  return [...values].sort((first, second) => first - second);
}

/**
 * False where more samples reach no further: values that several of them reach exactly are where something clamps, and what never
 * crosses zero, which every range holds, is not expected to. Of one or two samples nobody can tell.
 */
function isOpen(ascending: readonly number[]): boolean {
  const seen = ascending.at(-1)!;
  return ascending.length > 2 && seen > 0 && ascending.at(-2) !== seen;
}

function findReach(ascending: readonly number[], share: number): Reach {
  const seen = ascending.at(-1)!;
  if (!isOpen(ascending)) return { seen, expected: seen, withoutFurthest: seen };
  const others = ascending.slice(0, -1);
  return {
    seen,
    expected: Math.max(seen, expectLargest(ascending, share)),
    withoutFurthest: Math.max(others.at(-1)!, expectLargest(others, share)),
  };
}

/** A value far below all others tells nothing of how far others reach above: none counts as further below the middle than above. */
function expectLargest(ascending: readonly number[], share: number): number {
  const floor = 2 * quantileOfSorted(ascending, 0.5) - ascending.at(-1)!;
  return exceededBy(
    ascending.map((value) => Math.max(value, floor)),
    share,
  );
}

/** Never narrower than what was seen, but for one sample far beyond all others. */
export function chooseDecidingRange(
  { lows, highs }: SampleExtremes,
  { lowest, highest }: Ends,
): { low: number; high: number } {
  const upwards = sortAscending(highs);
  const downwards = sortAscending(lows.map((low) => -low));
  const share = unseenClipShare / Math.max(1, [upwards, downwards].filter(isOpen).length);
  const [up, down] = [findReach(upwards, share), findReach(downwards, share)];
  // Every range holds zero, and does not cross it where values never do.
  const widthOf = (above: number, below: number): number => Math.max(above, 0) + Math.max(below, 0);
  const growth = largestGrowth * widthOf(up.seen, down.seen);
  const ordinary = widthOf(up.withoutFurthest, down.withoutFurthest);
  const isFreak = highs.length >= fewestForFreak && widthOf(up.seen, down.seen) > largestFreakFactor * ordinary;
  const reach = ({ seen, expected, withoutFurthest }: Reach): number => {
    if (isFreak) return Math.min(seen, withoutFurthest + (largestFreakFactor - 1) * ordinary);
    return Math.min(expected, seen + growth);
  };
  return { low: Math.max(-reach(down), lowest ?? -Infinity), high: Math.min(reach(up), highest ?? Infinity) };
}
