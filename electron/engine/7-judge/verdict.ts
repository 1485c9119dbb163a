import { countsPositions, typicalSqnrDb } from '../../../shared/agreement.ts';
import { adviceOf, isSpeedUnclear, type Advice, type Cause, type Disagreement } from '../../../shared/advice.ts';
import { assertNever } from '../../../shared/app-error.ts';
import { isMachineBusy, safeSpeedup } from '../../../shared/busy-machine.ts';
import { top1 } from '../../../shared/class-metrics.ts';
import type { Gates } from '../../../shared/compress-request.ts';
import { decisionOf } from '../../../shared/decision.ts';
import { decisionWords } from '../../../shared/decision-texts.ts';
import { mainRow, type MetricRow } from '../../../shared/metric-row.ts';
import { nameCompression } from '../../../shared/name-compression.ts';
import { isAboutOne, timesOfSpeedup } from '../../../shared/paired-times.ts';
import { speedPartsOf, type SpeedPart } from '../../../shared/speed-parts.ts';
import type { Accuracy, DataFacts, Diagnostic, Gate, Latency, Layer, LedgerRow } from '../../../shared/run.ts';
import { targetKindOf, taskAgreement } from '../../../shared/target-kinds.ts';
import { targetWords } from '../../../shared/target-texts.ts';
import type { Tolerances } from '../../../shared/tolerances.ts';
import {
  formatDecibels,
  formatMetric,
  formatMetricChange,
  formatSampleDecibels,
  formatTimePair,
  signMetric,
} from '../../../shared/units.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const points = (share: number): string => `${share > 0 ? '+' : ''}${(100 * share).toFixed(1)}`;

/** Accuracy lost, in percentage points, and where it lies by as many samples (95 %). */
export interface AccuracyDrop {
  readonly points: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** @returns null when accuracy was not measured or noise stood in for data. */
export function accuracyDropOf({ difference, count }: Accuracy, data: DataFacts): AccuracyDrop | null {
  if (difference === null || data.random) return null;
  const [low, high] = difference.ci95;
  return { points: -100 * difference.value, low: -100 * high, high: -100 * low, count };
}

/** Gates on single figures are in drop-gates.ts. */
type OwnGate = Exclude<Gate['name'], 'maxDrop'>;

const subjects: Readonly<Record<OwnGate, string>> = {
  maxAccuracyDrop: 'loss of top-1 accuracy',
  minSpeedup: 'speed-up',
  maxSizeRatio: 'size after / before',
};

/** What a gate looks at, as sentences and lists of checks call it. */
export const nameGateInEnglish = ({ name, metric }: Pick<Gate, 'name' | 'metric'>): string =>
  name === 'maxDrop' ? `loss of ${metric ?? ''}` : subjects[name];

const gateLimits = {
  maxAccuracyDrop: { bound: 'at most', unit: ' points', digits: 2 },
  minSpeedup: { bound: 'at least', unit: 'x', digits: 2 },
  maxSizeRatio: { bound: 'at most', unit: '', digits: 3 },
} as const satisfies Record<OwnGate, unknown>;

function startSentence(name: OwnGate): string {
  const subject = subjects[name];
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

/** @param after what has to be said of the figure behind the sentence. */
function judge(
  gate: Pick<Gate, 'limit' | 'met'> & { readonly name: OwnGate; readonly actual: number },
  after = '',
): Gate {
  const { bound, unit, digits } = gateLimits[gate.name];
  const figure = `${gate.actual.toFixed(digits)}${unit}`;
  // A limit in bytes makes a ratio of many digits.
  const wanted = `${bound} ${Number(gate.limit.toPrecision(4))}${unit} required`;
  return {
    ...gate,
    metric: null,
    message: `${startSentence(gate.name)} ${figure}, ${wanted}: ${gate.met ? 'met' : 'NOT met'}${after}.`,
  };
}

/** What a busy machine does to the gate: which ratio was measured, and why it is not the one that is judged. */
function explainBusy(latency: Pick<Latency, 'speedup' | 'processorShare'>): string {
  if (!isMachineBusy(latency)) return '';
  const { ratio, ci95 } = latency.speedup;
  return (
    ` (measured ${ratio.toFixed(2)}x, 95 % ${ci95[0].toFixed(2)}-${ci95[1].toFixed(2)}, on a busy machine where a model got ` +
    `${percent(latency.processorShare!)} of a processor; the lowest speed-up this allows counts; measure again on a quiet machine)`
  );
}

/** What a few samples do to the gate: the drop that is judged may as well be one on the other side of the limit. */
function explainFewSamples({ low, high, count }: AccuracyDrop, limit: number): string {
  return limit > low && limit < high
    ? ` (${count} samples can only say between ${low.toFixed(1)} and ${high.toFixed(1)} points, 95 %: too few to be sure)`
    : '';
}

/** A gate that cannot be checked is not met: silence must not pass a build. */
export function checkGates(
  gates: Pick<Gates, OwnGate>,
  facts: {
    readonly accuracyDrop: AccuracyDrop | null;
    readonly latency: Pick<Latency, 'speedup' | 'processorShare'>;
    readonly sizeRatio: number;
  },
): Gate[] {
  const checked: Gate[] = [];
  const { accuracyDrop, latency, sizeRatio } = facts;
  const { maxAccuracyDrop, minSpeedup, maxSizeRatio } = gates;
  if (maxAccuracyDrop !== null) {
    const gate = { name: 'maxAccuracyDrop', limit: maxAccuracyDrop } as const;
    checked.push(
      accuracyDrop === null
        ? {
            ...gate,
            metric: null,
            actual: null,
            met: false,
            message: `${startSentence(gate.name)} cannot be checked because accuracy was not measured on real, labelled data.`,
          }
        : // A drop that equals the limit up to rounding of shares is within it.
          judge(
            { ...gate, actual: accuracyDrop.points, met: accuracyDrop.points <= maxAccuracyDrop + 1e-9 },
            explainFewSamples(accuracyDrop, maxAccuracyDrop),
          ),
    );
  }
  if (minSpeedup !== null) {
    const actual = safeSpeedup(latency);
    checked.push(
      judge({ name: 'minSpeedup', limit: minSpeedup, actual, met: actual >= minSpeedup }, explainBusy(latency)),
    );
  }
  if (maxSizeRatio !== null) {
    checked.push(
      judge({ name: 'maxSizeRatio', limit: maxSizeRatio, actual: sizeRatio, met: sizeRatio <= maxSizeRatio }),
    );
  }
  return checked;
}

function describeSpeed(latency: Latency, layers: readonly Layer[]): string {
  const { ratio, ci95 } = latency.speedup;
  // Before / after, as the interval beside it: 0.90x as fast is slower.
  const factor = ratio >= 1 ? `${ratio.toFixed(2)}x faster` : `${ratio.toFixed(2)}x as fast`;
  const threads = `${latency.threads} thread${latency.threads === 1 ? '' : 's'}`;
  const busy = isMachineBusy(latency) ? ', on a busy machine: measure again' : '';
  const { firstMs, secondMs, isEvened } = timesOfSpeedup(latency);
  const times = `${isEvened ? 'about ' : ''}${formatTimePair(firstMs, secondMs, ' -> ')}`;
  const parts = describeParts(latency, layers);
  const interval = `95 % CI of the ratio ${ci95[0].toFixed(2)}-${ci95[1].toFixed(2)}`;
  if (isSpeedUnclear(latency) && !isAboutOne(ratio))
    return `no measurable difference in speed (${times}, ${threads}; ${interval}${parts}${busy})`;
  if (isSpeedUnclear(latency))
    return `as fast as before (${times}, ${threads}; no measurable difference${parts}${busy})`;
  return `${factor} (${times}, ${threads}; ${interval}${parts}${busy})`;
}

/** What of the speed is that of folding: empty where nothing that runs was folded. */
function describeParts(latency: Latency, layers: readonly Layer[]): string {
  const parts = speedPartsOf(latency);
  if (parts === null) return '';
  const effect = ({ kind, ratio }: SpeedPart): string => {
    switch (kind) {
      case 'faster':
        return `gives ${ratio.toFixed(2)}x`;
      case 'slower':
        return `slows it down to ${ratio.toFixed(2)}x`;
      case 'unclear':
        return `makes no measurable difference (${ratio.toFixed(2)}x)`;
      default:
        return assertNever(kind);
    }
  };
  return `; folding alone ${effect(parts.folding)}, adding ${nameCompression(layers, 'en')} ${effect(parts.compression)}`;
}

function describeAccuracy(accuracy: Accuracy, data: DataFacts): string {
  const { agreement } = accuracy;
  const row = mainRow(accuracy);
  if (data.random) return 'accuracy unknown because the data was random noise';
  if (row === null) {
    const { samples } = agreement;
    const own = taskAgreement(accuracy);
    if (agreement.top1 === null || own !== null) {
      const typical = typicalSqnrDb(agreement);
      const worst =
        samples === null ? '' : ` per sample, worst tenth ${formatSampleDecibels(samples.worstTenthSqnrDb)},`;
      const closeness = typical === null ? 'identical to' : `SQNR ${formatSampleDecibels(typical)}${worst} against`;
      const first = own === null ? '' : `${own.label} ${formatMetric(own.after, own.unit)}, `;
      return `${first}${closeness} the original on ${accuracy.count} samples (agreement, not accuracy)`;
    }
    const share = percent(agreement.top1);
    const where = countsPositions(agreement) ? `at ${share} of the positions in` : `on ${share} of`;
    const kind = targetKindOf(accuracy);
    const what =
      kind === 'labels'
        ? `${accuracy.count} unlabelled samples`
        : `${accuracy.count} samples without ${targetWords(kind, 'en').name}`;
    return `same first class ${where} ${what} (agreement, not accuracy)`;
  }
  const { unit, count } = row;
  const name = row.metric === top1.metric ? 'top-1' : row.label;
  return `${name} ${formatMetric(row.before, unit)} -> ${formatMetric(row.after, unit)} (${formatMetricChange(row.difference, unit)}, n=${count})`;
}

function describeLoop({ closedLoop }: Accuracy): string {
  if (closedLoop === null) return '';
  const { steps, sqnrDb, decisionShare } = closedLoop;
  const closeness = sqnrDb === null ? 'identical' : formatDecibels(sqnrDb);
  const decisions = decisionShare === null ? '' : `, ${percent(decisionShare)} of decisions alike`;
  return ` In a closed loop over ${steps} steps: ${closeness}${decisions}.`;
}

/** Two lines for the person who decides: what was gained and lost, and what to make of it. */
export function judgeVerdict(
  ledger: LedgerRow[],
  latency: Latency,
  accuracy: Accuracy,
  data: DataFacts,
  gates: readonly Gate[],
  diagnostics: readonly Pick<Diagnostic, 'code'>[] = [],
  tolerances?: Tolerances,
  layers: readonly Layer[] = [],
): [string, string] {
  const size = ledger.find((row) => row.claim === 'storedBytes')!;
  const sizeText = size.ratio >= 1 ? `${size.ratio.toFixed(2)}x smaller` : `${(1 / size.ratio).toFixed(2)}x larger`;
  const first = `${sizeText}, ${describeSpeed(latency, layers)}, ${describeAccuracy(accuracy, data)}.${describeLoop(accuracy)}`;
  const run = { ledger, gates, data, latency, accuracy, diagnostics };
  const { decision } = decisionOf(tolerances === undefined ? run : { ...run, tolerances });
  return [first, `${decisionWords.en[decision]}. ${describeAdvice(adviceOf(run), gates)}`];
}

const describeDisagreement = ({ share, low, high }: Disagreement): string =>
  `${percent(share)} (95 % ${percent(low)} to ${percent(high)})`;

const nameLoss = ({ metric, label }: MetricRow): string => (metric === top1.metric ? 'of accuracy' : `in ${label}`);

const remedies: Readonly<Record<Cause, string>> = {
  saturation: 'Sums saturate on this CPU: use --reduced-range pairs, which cannot saturate.',
  unknown: 'Calibrate on more data, or use the recipe int8-static.',
};

function describeAdvice(advice: Advice, gates: readonly Gate[]): string {
  switch (advice.kind) {
    case 'gatesNotMet': {
      const failed = gates.filter((entry) => !entry.met);
      return `Not accepted: ${failed.map((entry) => entry.message).join(' ')}`;
    }
    case 'randomData':
      return 'Calibrate and evaluate on real data first.';
    case 'farOff':
      return `Its outputs differ from the original's by ${percent(advice.share)} of their size. ${remedies[advice.cause]}`;
    case 'larger':
      return 'It is larger than the original: use it only if speed matters most.';
    case 'slower':
      return 'It is slower than the original on this CPU: use it only if size matters most.';
    case 'slowerThanPrepared':
      return 'It is slower than the prepared float model: the whole speed-up comes from folding. Use it only if size matters most; --keep-prepared writes the float model.';
    case 'realLoss':
      return `The loss ${nameLoss(advice.row)} is real (${advice.row.test!.name} p = ${advice.pValue.toPrecision(2)}). Decide whether the gain is worth it.`;
    case 'noVisibleLoss': {
      const passed = advice.gatesMet ? 'All limits met. ' : '';
      const { row, count, low, high } = advice;
      return `${passed}${count} samples do not show a loss ${nameLoss(row)}; the change is between ${signMetric(low, row.unit)} and ${formatMetricChange(high, row.unit)} (95 %).`;
    }
    case 'expectedLoss': {
      const passed = advice.gatesMet ? 'All limits met. ' : '';
      return `${passed}Expect about ${points(advice.expected)} points of accuracy, the average effect of score changes of this size. ${advice.count} samples can only say between ${points(advice.low)} and ${points(advice.high)} points (95 %).`;
    }
    case 'farOffInLoop':
      return `After ${advice.steps} steps, each model fed its own states, its outputs differ from the original's by ${percent(advice.share)} of their size. Keep the layers that make the states in float (--exclude-nodes).`;
    case 'disagreesInLoop':
      return `Over ${advice.steps} steps, each model fed its own states, it decides differently from the original in ${describeDisagreement(advice)}. Keep the layers that make the states in float (--exclude-nodes).`;
    case 'worseInLoop':
      return `Before shipping, judge it by the closed loop of ${advice.steps} steps: errors add up in the states, and single steps do not show that.`;
    case 'farOffForSome':
      return `In the worst tenth of the samples, its outputs differ from the original's by ${percent(advice.share)} of their size. Look at these samples, or use the recipe int8-static.`;
    case 'disagrees':
      return `It ranks another class first than the original on ${describeDisagreement(advice)} of the samples. ${remedies[advice.cause]}`;
    case 'unlabelled': {
      const { disagreement } = advice;
      const other =
        disagreement === null
          ? ''
          : `It ranks another class first on ${describeDisagreement(disagreement)} of the samples. `;
      return `${other}${targetWords(advice.targetKind, 'en').check}: agreement with the original is not accuracy.`;
    }
    default:
      return assertNever(advice);
  }
}
