import { agreementRowOf, type MetricName, type MetricRow } from '../../../shared/metric-row.ts';
import { mean } from '../tensor/statistics.ts';
import type { FoundBox } from '../data/boxes/box.ts';
import { byScore, overlapOf } from './boxes.ts';
import { meanInterval } from './resampling.ts';

export const keptBoxes: MetricName = {
  metric: 'keptBoxes',
  label: 'same boxes',
  definition:
    "Share of both models' boxes that match a box of the other model: the same class, and an IoU of at least 0.5. Boxes with a score below 0.25 are left out. Mean over samples, 1 where neither model finds a box. This is agreement with the original.",
  zh: {
    label: '边界框相同',
    definition:
      '两个模型的边界框（得分不低于 0.25）中，与另一模型的框类别相同且 IoU 达到 0.5 者所占的比例，取样本均值；两者均无检出时为 1。这是与原模型的一致程度。',
  },
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
      shares.length === 0 ? [] : [agreementRowOf(keptBoxes, mean(shares), shares.length, meanInterval(shares))],
  };
}
