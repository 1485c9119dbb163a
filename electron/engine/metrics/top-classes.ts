import { checkLabel } from './check-labels.ts';
import { top1, top5 } from '../../../shared/class-metrics.ts';
import { hasOneDecision, rankClass, type ScoreLayout } from './class-scores.ts';
import type { Metric } from './metric.ts';
import { createPairedCounter } from './paired-share.ts';

/** Top-5 among fewer classes than this says nothing. */
const fewestClassesForTop5 = 10;

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
