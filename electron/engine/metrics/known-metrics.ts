import { AppError } from '../../../shared/app-error.ts';
import { tell } from '../../../shared/engine-texts/tell.ts';
import { metricNames } from './all.ts';

/** Short names of every figure that a run can have; two that never are in one run may share theirs. */
export const knownMetrics: readonly string[] = [...new Set(metricNames.map(({ metric }) => metric))];

/**
 * Refuses limits on figures that no run has, before any work: such a gate could only fail in the end.
 * @param hasCustom whether a metric of the user's is measured, which is called `custom`.
 * @throws AppError `options-invalid` with the names there are.
 */
export function assertKnownMetrics(limits: Readonly<Record<string, number>>, hasCustom: boolean): void {
  const known = [...knownMetrics, ...(hasCustom ? ['custom'] : [])];
  const unknown = Object.keys(limits).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new AppError('options-invalid', tell('limitOnUnknownMetric', { name: unknown, names: known.join(', ') }));
}
