import { checkLabel } from './check-labels.ts';
import { top1, top5 } from '../../../shared/class-metrics.ts';
import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { mcnemarExact, pairedDifferenceInterval } from '../tensor/statistics.ts';
import { hasOneDecision, rankClass, type ScoreLayout } from './class-scores.ts';
import type { Metric } from './metric.ts';

/** Top-5 among fewer classes than this says nothing. */
const fewestClassesForTop5 = 10;

/** Samples that one, both or none of two models get right. */
function createPairedCounter(name: MetricName) {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  return {
    add: (first: boolean, second: boolean) => {
      counts[first ? (second ? 'both' : 'onlyFirst') : second ? 'onlySecond' : 'neither']++;
    },
    row: (): MetricRow => {
      const { both, onlyFirst, onlySecond, neither } = counts;
      const count = both + onlyFirst + onlySecond + neither;
      const shareOf = (successes: number): number => (count === 0 ? 0 : successes / count);
      return {
        ...name,
        before: shareOf(both + onlyFirst),
        after: shareOf(both + onlySecond),
        beforeCi95: wilsonInterval(both + onlyFirst, count),
        afterCi95: wilsonInterval(both + onlySecond, count),
        difference: shareOf(onlySecond - onlyFirst),
        ci95: pairedDifferenceInterval(counts),
        test: {
          name: 'McNemar',
          pValue: mcnemarExact(onlyFirst, onlySecond),
          betterBefore: onlyFirst,
          betterAfter: onlySecond,
        },
        count,
      };
    },
  };
}

/** Top-1, and top-5 from 10 classes on, with Wilson's intervals, Newcombe's of the paired difference, and McNemar's exact test. */
export const topClasses: Metric = {
  names: [top1, top5],
  accepts: ({ labelled, classOutput }) => labelled && classOutput !== null,
  start: ({ classOutput }) => {
    const [first, five] = [createPairedCounter(top1), createPairedCounter(top5)];
    let layout: ScoreLayout | null = null;
    return {
      add: ({ index, scores, label }) => {
        if (scores === null || label === null) return;
        layout = scores.layout;
        if (!hasOneDecision(layout)) return;
        const [mine, theirs] = scores.pair;
        if (layout.areClasses) {
          first.add(mine[0] === label, theirs[0] === label);
          return;
        }
        checkLabel(label, index, classOutput!, layout.classes);
        const [rank, otherRank] = [rankClass(mine, label), rankClass(theirs, label)];
        first.add(rank === 0, otherRank === 0);
        five.add(rank < 5, otherRank < 5);
      },
      report: () => {
        if (layout === null || !hasOneDecision(layout)) return [];
        return [first.row(), ...(layout.classes >= fewestClassesForTop5 ? [five.row()] : [])];
      },
    };
  },
};
