import type { TensorRange } from '../../../shared/run.ts';
import type { CalibratedModel } from '../3-calibrate/calibrate.ts';
import { summarizeHistogram } from '../tensor/histogram.ts';
import type { QuantizedVariant } from '../6-search/variant.ts';

/** What calibration saw of every quantized tensor, as a histogram of `bins` bins, with the range that was chosen for it. */
export function summarizeRanges(
  { plan, ranges, quantized }: QuantizedVariant,
  { statistics }: CalibratedModel,
  bins: number,
): TensorRange[] {
  return plan.observe.flatMap((tensor): TensorRange[] => {
    const seen = statistics.get(tensor);
    const chosen = ranges.get(tensor);
    const parameters = quantized.parameters.get(tensor);
    if (seen === undefined || chosen === undefined || parameters === undefined) return [];
    const histogram = seen.histogram === null ? [] : summarizeHistogram(seen.histogram, bins);
    return [{ tensor, min: seen.min, max: seen.max, ...chosen, ...parameters, histogram }];
  });
}
