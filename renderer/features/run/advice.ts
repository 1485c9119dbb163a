import type { RunDocument } from '../../../shared/run.ts';

/** What to make of a run, as data, so that every language can say it. Same order of precedence as the engine's verdict. */
export type Advice =
  | { readonly kind: 'gatesNotMet' }
  | { readonly kind: 'randomData' }
  | { readonly kind: 'slower' }
  | { readonly kind: 'realLoss'; readonly pValue: number }
  | {
      readonly kind: 'noVisibleLoss';
      readonly count: number;
      readonly low: number;
      readonly high: number;
      readonly gatesMet: boolean;
    }
  | { readonly kind: 'unlabelled' };

export function adviceOf(document: RunDocument): Advice {
  const { gates, data, latency, accuracy } = document;
  if (gates.some((gate) => !gate.met)) return { kind: 'gatesNotMet' };
  if (data.random) return { kind: 'randomData' };
  if (latency.speedup.ci95[1] < 1) return { kind: 'slower' };
  const { difference, mcnemar } = accuracy;
  if (difference === null) return { kind: 'unlabelled' };
  if (mcnemar !== null && difference.value < 0 && mcnemar.pValue < 0.05)
    return { kind: 'realLoss', pValue: mcnemar.pValue };
  return {
    kind: 'noVisibleLoss',
    count: accuracy.count,
    low: difference.ci95[0],
    high: difference.ci95[1],
    gatesMet: gates.length > 0,
  };
}
