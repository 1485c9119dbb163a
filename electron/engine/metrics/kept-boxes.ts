import { agreementRowOf, type MetricName, type MetricRow } from '../../../shared/metric-row.ts';
import { bootstrapInterval, mean } from '../tensor/statistics.ts';
import type { FoundBox } from '../data/boxes/box.ts';
import { byScore, overlapOf } from './boxes.ts';

export const keptBoxes: MetricName = {
  metric: 'keptBoxes',
  label: 'same boxes',
  definition:
    'Boxes of both models (scores from 0.25 on) that match one of the other model by class and an IoU of 0.5, over all of them, mean over samples; where neither finds any it is 1. Agreement with the original.',
  unit: 'share',
  higherIsBetter: true,
  against: 'original',
};

/** Boxes that people would see. */
const leastScore = 0.25;
const leastOverlap = 0.5;

/** Greedily, best scores first, each box of the other model once. */
function shareOfSame(before: readonly FoundBox[], after: readonly FoundBox[]): number {
  const [mine, theirs] = [before, after].map((found) =>
    found.filter(({ score }) => score >= leastScore).sort(byScore),
  ) as [FoundBox[], FoundBox[]];
  if (mine.length + theirs.length === 0) return 1;
  const taken = new Set<FoundBox>();
  for (const own of mine) {
    let best: FoundBox | null = null;
    let most = leastOverlap;
    for (const other of theirs) {
      if (taken.has(other) || other.classId !== own.classId) continue;
      const overlap = overlapOf(own.box, other.box);
      if (overlap < most) continue;
      [best, most] = [other, overlap];
    }
    if (best !== null) taken.add(best);
  }
  return (2 * taken.size) / (mine.length + theirs.length);
}

/** How many of the original's boxes the compressed model finds, too. */
export function createKeptBoxes() {
  const shares: number[] = [];
  return {
    add: ([before, after]: readonly [readonly FoundBox[], readonly FoundBox[]]): void =>
      void shares.push(shareOfSame(before, after)),
    report: (): MetricRow[] =>
      shares.length === 0
        ? []
        : [agreementRowOf(keptBoxes, mean(shares), shares.length, bootstrapInterval(shares, mean))],
  };
}
