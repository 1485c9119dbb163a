import { typicalSqnrDb } from './agreement.ts';
import { isLossReal, isSpeedUnclear } from './advice.ts';
import { isMachineBusy } from './busy-machine.ts';
import { decisionOf, lossInPercent, type Decided } from './decision.ts';
import { lossOf, mainRow, type MetricRow } from './metric-row.ts';
import { isReducedLayer } from './precision.ts';
import type { Recipe } from './recipe.ts';
import type { Diagnostic, Layer, RunDocument } from './run.ts';
import { saturationEvidence, type SaturationEvidence } from './saturation.ts';
import { targetKindOf, taskAgreement, type TargetKind } from './target-kinds.ts';
import { slowCausesOf, isUnfused, type SlowCause } from './slow-causes.ts';

/*
 * What is wrong with a run, worst first, each with what was measured and the experiment that would mend it. A pure function of
 * the run document: window, terminal and reports say the same.
 */

/** What to change of the run's own settings; nothing at all means: measure again. */
export interface Experiment {
  readonly recipe?: Partial<Recipe>;
  /** All samples that calibration leaves. */
  readonly allSamples?: true;
  readonly keepPrepared?: true;
}

export interface NamedLayer {
  readonly name: string;
  /** dB of a ruined layer, milliseconds lost by a slower one, the share of sums that a layer cuts off. */
  readonly value: number;
  /** Why it is slower, where that was measured. */
  readonly cause?: SlowCause | undefined;
}

type Evidence =
  | { readonly kind: 'noiseData' }
  | {
      readonly kind: 'saturation' | 'clipping' | 'notFused' | 'notFinite' | 'sameAnswers' | 'closedLoop';
      readonly message: string;
    }
  | { readonly kind: 'ruinedOutput'; readonly sqnrDb: number | null; readonly top1: number | null }
  | { readonly kind: 'loss'; readonly isBeyondLimit: boolean; readonly pValue: number | null }
  | { readonly kind: 'ruinedLayers'; readonly layers: readonly NamedLayer[]; readonly count: number }
  | {
      readonly kind: 'slowerLayers';
      readonly layers: readonly NamedLayer[];
      readonly count: number;
      readonly lostMs: number;
      /** Of the compressed model's time under profiling. */
      readonly lostShare: number;
    }
  | ({ readonly kind: 'saturates' } & SaturationEvidence)
  | { readonly kind: 'conversions'; readonly ms: number; readonly share: number }
  | { readonly kind: 'slower' | 'foldingOnly' | 'larger' | 'aboveLimit' | 'speedUnclear' }
  | { readonly kind: 'busyMachine'; readonly processorShare: number }
  /** `needed` samples would narrow the interval enough, if the loss stays as it is; null where no number would. */
  | { readonly kind: 'fewSamples'; readonly count: number; readonly needed: number | null }
  | {
      readonly kind: 'noTargets';
      readonly targetKind: TargetKind;
      /** Agreement in the task's own terms. */
      readonly row: MetricRow | null;
      readonly top1: number | null;
      readonly sqnrDb: number | null;
    };

export type Finding = Evidence & {
  /** `bad` keeps the model from being shipped or costs it something; `unproven` keeps it from being known. */
  readonly tone: 'bad' | 'unproven';
  /** Null where only the user can mend it: data, labels. */
  readonly experiment: Experiment | null;
};

const mostFindings = 5;
const namedLayers = 3;
/** A tenth of a signal is error: what follows seldom recovers. */
const ruinedDb = 20;
const leastDropDb = 3; // Less than half of the noise more is handed on, not made.
/** Less of the whole time is not worth a finding: in a model that is proven faster, and in any other. */
const leastLostShares = { good: 0.1, other: 0.02 } as const;
const leastConversionShare = 0.15;

type Judged = RunDocument & { readonly decided: Decided };
type Rule = (run: Judged) => Finding | null;

const findDiagnostic = ({ diagnostics }: Judged, ...codes: string[]): Diagnostic | undefined =>
  diagnostics.find(({ code }) => codes.includes(code));

/** A finding that says what a diagnostic says. */
function ruleOf(
  kind: Extract<Evidence, { message: string }>['kind'],
  codes: readonly string[],
  tone: Finding['tone'],
  experimentOf: (run: Judged) => Experiment | null,
): Rule {
  return (run) => {
    const diagnostic = findDiagnostic(run, ...codes);
    return diagnostic === undefined ? null : { kind, message: diagnostic.message, tone, experiment: experimentOf(run) };
  };
}

const withFloat = ({ recipe }: Judged, names: readonly string[]): Experiment => ({
  recipe: { excludeNodes: [...new Set([...recipe.excludeNodes, ...names])] },
});

const searching: Partial<Recipe> = {
  calibrationMethod: 'auto',
  keepFloat: 'auto',
  reducedRange: 'auto',
  biasCorrection: 'auto',
  equalization: 'auto',
  smoothing: 'auto',
  weightRounding: 'auto',
};

/** The recipe that measures its options, where the run's did not; else the worst layers in float. */
function closerExperiment(run: Judged): Experiment | null {
  const { recipe } = run;
  const isSearched = recipe.calibrationMethod === 'auto' && recipe.keepFloat === 'auto';
  if (!isSearched) return { recipe: searching };
  const worst = worstLayers(run.layers)
    .slice(0, namedLayers)
    .map(({ name }) => name);
  return worst.length === 0 ? null : withFloat(run, worst);
}

/** The whole range, of more samples where the data has more. */
function widerExperiment({ recipe, data }: Judged): Experiment {
  const hasMore = data.calibrationCount >= recipe.calibrationSamples;
  return {
    recipe: { calibrationMethod: 'minmax', ...(hasMore && { calibrationSamples: 2 * recipe.calibrationSamples }) },
  };
}

/**
 * Quantized layers whose outputs are ruined: those behind which the error grew most over all before them, in the order of the
 * graph, for an error is handed on.
 */
function worstLayers(
  layers: readonly Layer[],
): { readonly name: string; readonly sqnrDb: number; readonly drop: number }[] {
  let lowest = 60;
  const found = layers.flatMap((layer) => {
    const { name, sqnrDb } = layer;
    if (sqnrDb === null) return [];
    const drop = lowest - sqnrDb;
    lowest = Math.min(lowest, sqnrDb);
    return isReducedLayer(layer) && sqnrDb < ruinedDb ? [{ name, sqnrDb, drop }] : [];
  });
  const broken = found.filter(({ drop }) => drop >= leastDropDb);
  return (broken.length > 0 ? broken : found).toSorted(
    (left, right) => right.drop - left.drop || left.sqnrDb - right.sqnrDb,
  );
}

/** Quantized layers that take longer than they did. */
function slowedLayers(layers: readonly Layer[]): NamedLayer[] {
  return layers
    .filter(isReducedLayer)
    .flatMap(({ name, latencyBeforeMs, latencyAfterMs }) => {
      if (latencyBeforeMs === null || latencyAfterMs === null) return [];
      return latencyAfterMs > 1.1 * latencyBeforeMs ? [{ name, value: latencyAfterMs - latencyBeforeMs }] : [];
    })
    .toSorted((left, right) => right.value - left.value);
}

const boundedPairs: Experiment = { recipe: { reducedRange: 'pairs' } };
/** Of runs that told of it by a diagnostic alone. */
const saturationTold = ruleOf('saturation', ['saturation'], 'bad', () => boundedPairs);

function saturationOf(run: Judged, isHere: boolean): Finding | null {
  const evidence = saturationEvidence(run, isHere, namedLayers);
  return evidence === null ? null : { kind: 'saturates', ...evidence, tone: 'bad', experiment: boundedPairs };
}

/** By the worst of what a run can have: outputs that are wrong, a loss, time, size, and then what is not known. */
const rules: readonly Rule[] = [
  ({ data }) => (data.random ? { kind: 'noiseData', tone: 'bad', experiment: null } : null),
  ruleOf('notFinite', ['output-not-finite'], 'bad', closerExperiment),
  (run) => saturationOf(run, true),
  (run) => (saturationOf(run, true) === null ? saturationTold(run) : null),
  (run) => {
    if (run.decided.task.reason !== 'ruined') return null;
    const { agreement } = run.accuracy;
    const evidence = { sqnrDb: typicalSqnrDb(agreement), top1: agreement.top1 };
    return { kind: 'ruinedOutput', ...evidence, tone: 'bad', experiment: closerExperiment(run) };
  },
  (run) => {
    const { reason, state } = run.decided.task;
    const isBeyondLimit = state === 'bad' && reason === 'beyondLimit';
    if (run.data.random || (!isBeyondLimit && !isLossReal(run.accuracy))) return null;
    const pValue = run.accuracy.mcnemar?.pValue ?? mainRow(run.accuracy)?.test?.pValue ?? null;
    return { kind: 'loss', isBeyondLimit, pValue, tone: 'bad', experiment: closerExperiment(run) };
  },
  ruleOf('closedLoop', ['closed-loop-worse'], 'bad', closerExperiment),
  (run) => {
    const worst = worstLayers(run.layers);
    // Where the output is as it should be, an error on the way costs nothing.
    if (worst.length === 0 || run.decided.task.state === 'good') return null;
    const layers = worst.slice(0, namedLayers).map(({ name, sqnrDb }) => ({ name, value: sqnrDb }));
    const names = layers.map(({ name }) => name);
    return { kind: 'ruinedLayers', layers, count: worst.length, tone: 'bad', experiment: withFloat(run, names) };
  },
  (run) =>
    run.decided.speed.reason === 'slowerThanPrepared'
      ? { kind: 'foldingOnly', tone: 'bad', experiment: { keepPrepared: true } }
      : null,
  (run) => {
    const slowed = slowedLayers(run.layers);
    const lostMs = slowed.reduce((sum, { value }) => sum + value, 0);
    const lostShare = run.profile.afterSumMs === 0 ? 0 : lostMs / run.profile.afterSumMs;
    const least = leastLostShares[run.decided.speed.state === 'good' ? 'good' : 'other'];
    if (slowed.length === 0 || lostShare < least) return null;
    const causes = slowCausesOf(run);
    const layers = slowed.slice(0, namedLayers).map((layer) => ({ ...layer, cause: causes.get(layer.name) }));
    const experiment = withFloat(
      run,
      slowed.slice(0, 20).map(({ name }) => name),
    );
    return { kind: 'slowerLayers', layers, count: slowed.length, lostMs, lostShare, tone: 'bad', experiment };
  },
  (run) => {
    const { afterOverheadMs: ms, afterSumMs } = run.profile;
    const share = afterSumMs === 0 ? 0 : ms / afterSumMs;
    return share < leastConversionShare || run.decided.speed.state === 'good'
      ? null
      : { kind: 'conversions', ms, share, tone: 'bad', experiment: null };
  },
  ruleOf('notFused', ['not-fused'], 'bad', (run) => {
    const unfused = run.layers.filter((layer) => !isReducedLayer(layer) && isUnfused(layer));
    return unfused.length === 0
      ? null
      : withFloat(
          run,
          unfused.slice(0, 20).map(({ name }) => name),
        );
  }),
  ({ decided: { size } }) =>
    size.state === 'bad'
      ? { kind: (size.figure ?? 0) > 1 ? 'aboveLimit' : 'larger', tone: 'bad', experiment: null }
      : null,
  (run) => saturationOf(run, false),
  ruleOf('clipping', ['output-clips', 'range-clips', 'calibration-outlier'], 'bad', widerExperiment),
  ({ latency }) =>
    isMachineBusy(latency)
      ? { kind: 'busyMachine', processorShare: latency.processorShare!, tone: 'unproven', experiment: {} }
      : null,
  (run) =>
    run.decided.speed.state === 'unproven' && !isMachineBusy(run.latency) && isSpeedUnclear(run.latency)
      ? { kind: 'speedUnclear', tone: 'unproven', experiment: {} }
      : null,
  fewSamples,
  ruleOf('sameAnswers', ['output-constant', 'one-class'], 'unproven', () => null),
  (run) => {
    const { accuracy, decided } = run;
    if (decided.task.reason !== 'unlabelled') return null;
    const closeness = { top1: accuracy.agreement.top1, sqnrDb: typicalSqnrDb(accuracy.agreement) };
    const evidence = { ...closeness, row: taskAgreement(accuracy), targetKind: targetKindOf(accuracy) };
    return { kind: 'noTargets', ...evidence, tone: 'unproven', experiment: null };
  },
];

/** How many samples would tell: the interval narrows with the root of their number. */
function fewSamples(run: Judged): Finding | null {
  const { task } = run.decided;
  const row = mainRow(run.accuracy);
  if (task.state !== 'unproven' || task.reason !== 'unclear' || row === null || row.ci95 === null) return null;
  const [low, high] = row.ci95.map((end) => lossInPercent(lossOf({ ...row, difference: end })!, row));
  const halfWidth = Math.abs(high! - low!) / 2;
  // What is expected of the changes of the scores scatters less than what a few samples happened to decide.
  const expected = row.metric === 'top1' ? run.accuracy.expectedDifference : null;
  const loss = expected === null ? lossInPercent(lossOf(row)!, row) : -100 * expected;
  const margin = Math.abs(task.limit - loss);
  const needed = margin < 0.05 ? null : Math.max(row.count + 1, Math.ceil(row.count * (halfWidth / margin) ** 2));
  const left = run.data.sampleCount - run.data.calibrationCount - run.data.evaluationCount;
  const experiment: Experiment | null = left > 0 ? { allSamples: true } : null;
  return { kind: 'fewSamples', count: row.count, needed, tone: 'unproven', experiment };
}

/** An experiment with the settings that the run had already is none. */
function withoutRepetition(finding: Finding, recipe: Recipe): Finding {
  const { recipe: changes, ...others } = finding.experiment ?? {};
  if (changes === undefined || Object.keys(others).length > 0) return finding;
  const keys = Object.keys(changes) as (keyof Recipe)[];
  const changed = keys.some((key) => JSON.stringify(changes[key]) !== JSON.stringify(recipe[key]));
  return changed ? finding : { ...finding, experiment: null };
}

/** At most five, worst first. */
export function findingsOf(run: RunDocument): readonly Finding[] {
  const judged: Judged = { ...run, decided: decisionOf(run) };
  const found = rules.flatMap((rule) => rule(judged) ?? []).map((finding) => withoutRepetition(finding, run.recipe));
  const hasSlow = found.some(({ kind }) => ['slowerLayers', 'conversions', 'foldingOnly', 'notFused'].includes(kind));
  if (judged.decided.speed.state === 'bad' && !hasSlow) {
    const unproven = found.findIndex(({ tone }) => tone === 'unproven');
    found.splice(unproven === -1 ? found.length : unproven, 0, { kind: 'slower', tone: 'bad', experiment: null });
  }
  return found.slice(0, mostFindings);
}
