import { outputCosine, outputSqnr } from '../../../shared/class-metrics.ts';
import { agreementRowOf } from '../../../shared/metric-row.ts';
import { createCloseness } from './closeness.ts';
import type { Metric } from './metric.ts';

/** How like the original's outputs those of the compressed model are, whatever they mean. */
export const likeness: Metric = {
  names: [outputSqnr, outputCosine],
  accepts: () => true,
  start: ({ partCount }) => {
    const closeness = createCloseness(partCount);
    let count = 0;
    return {
      add: ({ values, isFinite }) => {
        count++;
        if (isFinite) closeness.add(values);
      },
      report: () => {
        const { sqnrDb, cosine } = closeness.report();
        return [agreementRowOf(outputSqnr, sqnrDb, count), agreementRowOf(outputCosine, cosine, count)];
      },
    };
  },
};
