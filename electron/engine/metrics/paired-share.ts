import type { MetricName, MetricRow } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { mcnemarExact, pairedDifferenceInterval } from '../tensor/statistics.ts';

/** Samples that one, both or none of two models get right: Wilson's intervals, Newcombe's of the difference, McNemar's exact test. */
export function createPairedCounter(name: MetricName) {
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
        classes: [],
      };
    },
  };
}
