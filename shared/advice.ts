import { typicalSqnrDb } from './agreement.ts';
import { top1 } from './class-metrics.ts';
import { lossOf, mainRow, type MetricRow } from './metric-row.ts';
import { wilsonInterval } from './wilson-interval.ts';
import type { Accuracy, Diagnostic, Gate, Latency, RunDocument } from './run.ts';
import { isSlowerThanPrepared } from './speed-parts.ts';
import { targetKindOf, taskAgreement, type TargetKind } from './target-kinds.ts';

/** A change of the task's figure that chance may explain: how many samples were asked, and where the change lies by them (95 %). */
interface UnprovedLoss {
  /** The figure that the run is judged by; the change is in its unit. */
  readonly row: MetricRow;
  readonly count: number;
  readonly low: number;
  readonly high: number;
  readonly gatesMet: boolean;
}

/** What ruins outputs, where it was measured. */
export type Cause = 'saturation' | 'unknown';

export interface Disagreement {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/**
 * What to make of a run, as data: the verdict, the window and reports in every language say it in their own words, and judge
 * by these rules alone.
 */
export type Advice =
  | { readonly kind: 'gatesNotMet' }
  | { readonly kind: 'randomData' }
  /** The outputs differ by this share of their own size (root mean square). */
  | { readonly kind: 'farOff'; readonly share: number; readonly cause: Cause }
  | { readonly kind: 'larger' }
  | { readonly kind: 'slower' }
  /** Faster than the file as given, but only because folding is: compression itself slowed it down. */
  | { readonly kind: 'slowerThanPrepared' }
  | { readonly kind: 'realLoss'; readonly row: MetricRow; readonly pValue: number }
  | ({ readonly kind: 'noVisibleLoss' } & UnprovedLoss)
  /** Noise of the size measured costs this much on average (a share, negative). */
  | ({ readonly kind: 'expectedLoss'; readonly expected: number } & UnprovedLoss)
  /** Other first classes than the original's for this share of the decisions, and where it lies by so many samples (95 %). */
  | ({ readonly kind: 'disagrees'; readonly cause: Cause } & Disagreement)
  /** Each model fed with its own states: outputs off by this share of their size, or other decisions, whatever single steps say. */
  | { readonly kind: 'farOffInLoop'; readonly steps: number; readonly share: number }
  | ({ readonly kind: 'disagreesInLoop'; readonly steps: number } & Disagreement)
  /** Errors add up in the states, but not to that. */
  | { readonly kind: 'worseInLoop'; readonly steps: number }
  /** The worst tenth of the samples is off by this share of its size, though most are not. */
  | { readonly kind: 'farOffForSome'; readonly share: number }
  | { readonly kind: 'unlabelled'; readonly targetKind: TargetKind; readonly disagreement: Disagreement | null };

/** True when the interval of the speed-up has 1x in it. */
export function isSpeedUnclear({ speedup }: Pick<Latency, 'speedup'>): boolean {
  const [low, high] = speedup.ci95;
  return low <= 1 && high >= 1;
}

/** A loss by the figure that the run is judged by, which chance does not explain. */
export function isLossReal(accuracy: Pick<Accuracy, 'metrics'>): boolean {
  const row = mainRow(accuracy);
  return row !== null && row.test !== null && lossOf(row)! > 0 && row.test.pValue < 0.05;
}

/** Less than half a point is not worth a warning. */
const leastExpectedLoss = 0.005;

/** A third, or 10 dB of output SQNR. */
const largestPlausibleShare = 10 ** (-10 / 20);

/**
 * Other first classes surely for more than this are no near-ties any more. 89 % of equal ones are what MobileNetV2 has that loses one
 * point of accuracy.
 */
const largestPlausibleDisagreement = 0.12;

const shareOf = (decibels: number | null): number => (decibels === null ? 0 : 10 ** (-decibels / 20));

/** Positions of one sample go together, so the samples are what is counted. Null where both always decide alike. */
function disagreementOf({ top1, count }: Accuracy['agreement']): Disagreement | null {
  if (top1 === null || top1 >= 1) return null;
  const [low, high] = wilsonInterval((1 - top1) * count, count);
  return { share: 1 - top1, low, high };
}

/** What rules a model with state out: labels and single steps do not show what stays in its states. */
function judgeLoop({ closedLoop }: Accuracy): Advice | null {
  if (closedLoop === null) return null;
  const { steps, decisionShare } = closedLoop;
  const share = shareOf(closedLoop.sqnrDb);
  if (share > largestPlausibleShare) return { kind: 'farOffInLoop', steps, share };
  if (decisionShare === null) return null;
  const [low, high] = wilsonInterval((1 - decisionShare) * steps, steps);
  return low > largestPlausibleDisagreement
    ? { kind: 'disagreesInLoop', steps, share: 1 - decisionShare, low, high }
    : null;
}

export function adviceOf(
  run: Pick<RunDocument, 'data' | 'latency' | 'accuracy' | 'ledger'> & {
    readonly gates: readonly Pick<Gate, 'met'>[];
    readonly diagnostics: readonly Pick<Diagnostic, 'code'>[];
  },
): Advice {
  const { gates, data, latency, accuracy, diagnostics } = run;
  const cause: Cause = diagnostics.some(({ code }) => code === 'saturation') ? 'saturation' : 'unknown';
  if (gates.some((gate) => !gate.met)) return { kind: 'gatesNotMet' };
  if (data.random) return { kind: 'randomData' };
  const { expectedDifference, agreement } = accuracy;
  const row = mainRow(accuracy);
  // With targets the task's own figure says what a difference of the outputs is worth.
  const share = shareOf(typicalSqnrDb(agreement));
  const worstShare = agreement.sqnrDb === null ? 0 : shareOf(agreement.samples?.worstTenthSqnrDb ?? null);
  const disagreement = disagreementOf(agreement);
  if (row === null && share > largestPlausibleShare) return { kind: 'farOff', share, cause };
  if (row === null && disagreement !== null && disagreement.low > largestPlausibleDisagreement)
    return { kind: 'disagrees', cause, ...disagreement };
  if (row === null && worstShare > largestPlausibleShare) return { kind: 'farOffForSome', share: worstShare };
  const ruledOut = judgeLoop(accuracy);
  if (ruledOut !== null) return ruledOut;
  if (latency.speedup.ci95[1] < 1) return { kind: 'slower' };
  if (isSlowerThanPrepared(latency)) return { kind: 'slowerThanPrepared' };
  if (run.ledger.some(({ claim, before, after }) => claim === 'storedBytes' && after > before))
    return { kind: 'larger' };
  if (row !== null && isLossReal(accuracy)) return { kind: 'realLoss', row, pValue: row.test!.pValue };
  if (accuracy.closedLoop !== null && diagnostics.some(({ code }) => code === 'closed-loop-worse'))
    return { kind: 'worseInLoop', steps: accuracy.closedLoop.steps };
  if (row === null) {
    // What the task's own figure of agreement says in its terms is not said once more by first classes.
    const own = taskAgreement(accuracy);
    return {
      kind: 'unlabelled',
      targetKind: targetKindOf(accuracy),
      disagreement: own === null ? disagreement : null,
    };
  }
  const [low, high] = row.ci95!;
  const unproved: UnprovedLoss = { row, count: row.count, low, high, gatesMet: gates.length > 0 };
  return row.metric === top1.metric && expectedDifference !== null && expectedDifference <= -leastExpectedLoss
    ? { kind: 'expectedLoss', expected: expectedDifference, ...unproved }
    : { kind: 'noVisibleLoss', ...unproved };
}
