import { agreement as ofSamples, positionAgreement } from '../../../shared/class-metrics.ts';
import { agreementRowOf } from '../../../shared/metric-row.ts';
import { wilsonInterval } from '../../../shared/wilson-interval.ts';
import { createAgreementCounter } from './class-scores.ts';
import type { Metric } from './metric.ts';

/** How often both models decide alike. Positions of one sample go together, so the interval counts samples. */
export const agreement: Metric = {
  names: [ofSamples, positionAgreement],
  accepts: ({ classOutput }) => classOutput !== null,
  start: () => {
    const counter = createAgreementCounter();
    let count = 0;
    return {
      add: ({ scores }) => {
        count++;
        if (scores !== null) counter.add(...scores.pair, scores.layout);
      },
      report: () => {
        const share = counter.share();
        if (share === null) return [];
        const name = counter.decisions() === count ? ofSamples : positionAgreement;
        return [agreementRowOf(name, share, count, wilsonInterval(share * count, count))];
      },
    };
  },
};
