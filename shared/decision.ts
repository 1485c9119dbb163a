import { adviceOf, isSpeedUnclear } from './advice.ts';
import { isMachineBusy, largestSpeedup, safeSpeedup } from './busy-machine.ts';
import { lossOf, mainRow, type MetricRow } from './metric-row.ts';
import type { Diagnostic, Gate, Interval95, RunDocument } from './run.ts';
import { isSlowerThanPrepared } from './speed-parts.ts';
import { tolerancesSchema, type Tolerances } from './tolerances.ts';

/*
 * Whether to ship what a run made: one rule for window, terminal, history and reports. An axis is good only where the whole of its
 * 95 % interval lies inside what is tolerated, bad only where the whole of it lies outside; everything else is not proven.
 */

export type Decision = 'ship' | 'doNotShip' | 'notProven';
export type AxisState = 'good' | 'bad' | 'unproven';

/** Why an axis is in its state, beyond the figure and its limit. */
export type AxisReason =
  | 'withinLimit'
  | 'beyondLimit'
  | 'unclear'
  | 'busy'
  | 'slowerThanPrepared'
  | 'randomData'
  | 'identical'
  | 'unlabelled'
  /** The outputs, or the decisions, are other ones than the original's. */
  | 'ruined'
  | 'loop';

export interface Axis {
  readonly axis: 'size' | 'speed' | 'task';
  readonly state: AxisState;
  readonly reason: AxisReason;
  /** before / after of size and speed; after - before of the task, as its metric has it. Null where there is none. */
  readonly figure: number | null;
  readonly interval: Interval95 | null;
  /** What is tolerated, in the unit of `Tolerances`. */
  readonly limit: number;
}

export interface Decided {
  readonly decision: Decision;
  readonly size: Axis;
  readonly speed: Axis;
  readonly task: Axis;
}

/** What of a gate decides. */
type DecidingGate = Pick<Gate, 'name' | 'limit' | 'actual' | 'met'> & { readonly metric?: string | null };

export type DecidedRun = Pick<RunDocument, 'data' | 'latency' | 'accuracy' | 'ledger'> & {
  readonly gates: readonly DecidingGate[];
  readonly diagnostics: readonly Pick<Diagnostic, 'code'>[];
  readonly tolerances?: Tolerances;
};

/** Limits are decimal fractions: what equals one up to rounding is within it. */
const rounding = 1e-9;

const limitOf = (run: DecidedRun, name: keyof Tolerances): number =>
  run.gates.find((gate) => gate.name === name)?.limit ?? (run.tolerances ?? tolerancesSchema.parse({}))[name];

/** A gate is held against the figure itself: one that is not met decides, whatever the interval. */
const failsGate = (run: DecidedRun, name: Gate['name']): boolean =>
  run.gates.some((gate) => gate.name === name && !gate.met && gate.actual !== null);

function sizeAxis(run: DecidedRun): Axis {
  const row = run.ledger.find(({ claim }) => claim === 'storedBytes');
  const limit = limitOf(run, 'maxSizeRatio');
  const shared = { axis: 'size', interval: null, limit } as const;
  if (row === undefined) return { ...shared, state: 'unproven', reason: 'unclear', figure: null };
  const isWithin = row.after <= limit * row.before * (1 + rounding) && !failsGate(run, 'maxSizeRatio');
  return {
    ...shared,
    state: isWithin ? 'good' : 'bad',
    reason: isWithin ? 'withinLimit' : 'beyondLimit',
    figure: row.ratio,
  };
}

function speedAxis(run: DecidedRun): Axis {
  const { latency } = run;
  const limit = limitOf(run, 'minSpeedup');
  const shared = { axis: 'speed', figure: latency.speedup.ratio, interval: latency.speedup.ci95, limit } as const;
  const [low, high] = latency.speedup.ci95;
  const isBusy = isMachineBusy(latency);
  if (failsGate(run, 'minSpeedup')) return { ...shared, state: 'bad', reason: 'beyondLimit' };
  if ((isBusy ? largestSpeedup(latency) : high) < limit - rounding)
    return { ...shared, state: 'bad', reason: 'beyondLimit' };
  // All of the speed-up is then that of the float model, which is there without any loss.
  if (limit >= 1 && isSlowerThanPrepared(latency)) return { ...shared, state: 'bad', reason: 'slowerThanPrepared' };
  const isProven =
    (isBusy ? safeSpeedup(latency) : low) >= limit - rounding && !(limit === 1 && isSpeedUnclear(latency));
  if (isProven) return { ...shared, state: 'good', reason: 'withinLimit' };
  return { ...shared, state: 'unproven', reason: isBusy ? 'busy' : 'unclear' };
}

/** A loss in the unit of the limit: percentage points of a share, else percent of the original's figure. */
export function lossInPercent(loss: number, { unit, before }: Pick<MetricRow, 'unit' | 'before'>): number {
  if (unit === 'share') return 100 * loss;
  if (before === null || before === 0) return loss <= 0 ? 0 : Infinity;
  return (100 * loss) / Math.abs(before);
}

/** Where the loss lies, in the unit of the limit; positive is worse. */
function lossInterval(row: MetricRow): readonly [low: number, high: number] | null {
  if (row.ci95 === null) return null;
  const ends = row.ci95.map((end) => lossInPercent(lossOf({ ...row, difference: end })!, row));
  return [Math.min(...ends), Math.max(...ends)];
}

/** In percentage points or percent; a gate on the figure itself, which is in its unit, goes before the tolerance. */
function taskLimit(run: DecidedRun, row: MetricRow | null): number {
  const gate = run.gates.find(({ name, metric }) => name === 'maxDrop' && row !== null && metric === row.metric);
  if (gate === undefined || row === null) return limitOf(run, 'maxAccuracyDrop');
  return row.unit === 'share' ? gate.limit : lossInPercent(gate.limit, row);
}

function taskAxis(run: DecidedRun): Axis {
  const { accuracy, data } = run;
  const row = mainRow(accuracy);
  const limit = taskLimit(run, row);
  const shared = { axis: 'task', figure: row?.difference ?? null, interval: row?.ci95 ?? null, limit } as const;
  if (data.random) return { ...shared, figure: null, interval: null, state: 'bad', reason: 'randomData' };
  // The gates are looked at below, each on its axis: here only what the outputs say.
  const { kind } = adviceOf({ ...run, gates: [] });
  if (kind === 'farOff' || kind === 'disagrees' || kind === 'farOffForSome')
    return { ...shared, state: 'bad', reason: 'ruined' };
  if (kind === 'farOffInLoop' || kind === 'disagreesInLoop') return { ...shared, state: 'bad', reason: 'loop' };
  if (failsGate(run, 'maxAccuracyDrop') || failsGate(run, 'maxDrop'))
    return { ...shared, state: 'bad', reason: 'beyondLimit' };
  // Outputs that are the same to the last bit need no targets, and no more samples.
  if (accuracy.agreement.sqnrDb === null && (row?.difference ?? 0) === 0)
    return { ...shared, state: 'good', reason: 'identical' };
  if (row === null) return { ...shared, state: 'unproven', reason: 'unlabelled' };
  const loss = lossInterval(row);
  if (loss !== null && loss[0] > limit + rounding) return { ...shared, state: 'bad', reason: 'beyondLimit' };
  if (run.diagnostics.some(({ code }) => code === 'closed-loop-worse'))
    return { ...shared, state: 'unproven', reason: 'loop' };
  return loss !== null && loss[1] <= limit + rounding
    ? { ...shared, state: 'good', reason: 'withinLimit' }
    : { ...shared, state: 'unproven', reason: 'unclear' };
}

export function decisionOf(run: DecidedRun): Decided {
  const axes = { size: sizeAxis(run), speed: speedAxis(run), task: taskAxis(run) };
  const states = Object.values(axes).map(({ state }) => state);
  const decision = states.includes('bad') ? 'doNotShip' : states.includes('unproven') ? 'notProven' : 'ship';
  return { decision, ...axes };
}
