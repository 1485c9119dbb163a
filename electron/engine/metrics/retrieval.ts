import type { MetricName } from '../../../shared/metric-row.ts';
import { createPairedCounter } from './paired-share.ts';
import { nearestOf, type UnitVector } from './nearest.ts';

const nameOf = (k: number): MetricName => ({
  metric: `recallAt${k}`,
  label: `recall@${k}`,
  definition: `Share of samples that find another of their label among the ${k} nearest evaluation sample${k === 1 ? '' : 's'}, by cosine. Samples whose label no other has are left out.`,
  zh: {
    label: `召回率@${k}`,
    definition: `按余弦最近的 ${k} 个评估样本中有同标签样本的样本比例。标签独一无二的样本不计。`,
  },
  unit: 'share',
  higherIsBetter: true,
  against: 'targets',
});

const depths = [1, 5, 10] as const;
export const recalls: readonly MetricName[] = depths.map(nameOf);

export interface LabelledVectors {
  readonly before: UnitVector;
  readonly after: UnitVector;
  readonly label: number;
}

/** How often a sample finds one of its own; of depths that are not nearly all of the samples. */
export function compareRetrieval(samples: readonly LabelledVectors[]) {
  const sizes = new Map<number, number>();
  for (const { label } of samples) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  if (sizes.size < 2) return [];
  const [before, after] = [samples.map((one) => one.before), samples.map((one) => one.after)];
  const asked = depths.filter((depth) => 2 * depth < samples.length);
  const counters = asked.map((depth) => createPairedCounter(nameOf(depth)));
  const firstOf = (vectors: readonly UnitVector[], of: number): number => {
    const at = nearestOf(vectors, of, Math.max(...asked)).findIndex(
      (near) => samples[near]!.label === samples[of]!.label,
    );
    return at === -1 ? Infinity : at;
  };
  let count = 0;
  for (const [of, { label }] of samples.entries()) {
    if (sizes.get(label) === 1) continue;
    count++;
    const [mine, theirs] = [firstOf(before, of), firstOf(after, of)];
    for (const [at, depth] of asked.entries()) counters[at]!.add(mine < depth, theirs < depth);
  }
  return count === 0 ? [] : counters.map((counter) => counter.row());
}
