import type { TensorRange } from '../../../shared/run.ts';
import type { CalibratedModel } from '../3-calibrate/calibrated-model.ts';
import type { Clipping } from '../5-measure/clipping.ts';
import { summarizeHistogram } from '../tensor/histogram.ts';
import type { QuantizedVariant } from '../6-search/variant.ts';

/** What calibration saw of every quantized tensor, as a histogram of `bins` bins, the range that was chosen for it, and what it cuts. */
export function summarizeRanges(
  { plan, ranges, quantized }: QuantizedVariant,
  { statistics }: CalibratedModel,
  clipping: ReadonlyMap<string, Clipping>,
  bins: number,
): TensorRange[] {
  const deciding = new Set(plan.deciding.map(({ group }) => group));
  const members = new Map<string, string[]>();
  for (const { tensor, group } of plan.tensors) members.set(group, [...(members.get(group) ?? []), tensor]);
  return plan.observe.flatMap((tensor): TensorRange[] => {
    const seen = statistics.get(tensor);
    const chosen = ranges.get(tensor);
    const parameters = quantized.parameters.get(tensor);
    if (seen === undefined || chosen === undefined || parameters === undefined) return [];
    const histogram = seen.histogram === null ? [] : summarizeHistogram(seen.histogram, bins);
    const beyond = clipping.get(tensor);
    return [
      {
        tensor,
        sharedBy: (members.get(tensor) ?? []).filter((member) => member !== tensor),
        min: seen.min,
        max: seen.max,
        ...chosen,
        ...parameters,
        histogram,
        decides: deciding.has(tensor),
        clippedValueShare: beyond?.valueShare ?? null,
        clippedSampleShare: beyond?.sampleShare ?? null,
        unseenSampleCount: beyond?.sampleCount ?? null,
      },
    ];
  });
}
