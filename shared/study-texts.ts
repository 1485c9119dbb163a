import { typicalSqnrDb } from './agreement.ts';
import { assertNever } from './app-error.ts';
import { decisionWords } from './decision-texts.ts';
import type { Axis, Decided, Decision } from './decision.ts';
import type { TextLanguage } from './engine-texts.ts';
import { mainRow } from './metric-row.ts';
import type { Lag, Placed, StudiedRun } from './study.ts';
import { formatDecibels, formatInterval, formatMetricChange, formatMs, formatRatio } from './units.ts';

/** A study in a line: who wins, and why the others do not. */

interface StudyWords {
  readonly winner: (name: string) => string;
  readonly tie: (names: string) => string;
  readonly bestUnproven: (names: string) => string;
  readonly bestUnfit: (names: string) => string;
  readonly lag: Readonly<Record<Lag, (name: string, figure: string) => string>>;
  readonly axes: Readonly<Record<Axis['axis'], string>>;
  readonly and: string;
  readonly comma: string;
  readonly stop: string;
  readonly brackets: (text: string) => string;
  readonly notGood: (decision: string, axes: string) => string;
}

const words: Readonly<Record<TextLanguage, StudyWords>> = {
  en: {
    winner: (name) => `Winner: ${name}`,
    tie: (names) => `Tie within measurement error: ${names}`,
    bestUnproven: (names) => `None is proven; best so far: ${names}`,
    bestUnfit: (names) => `None is fit to ship; least bad: ${names}`,
    lag: {
      decision: (name, figure) => `${name}: ${figure}`,
      speed: (name, figure) => `${name} is slower: ${figure}`,
      size: (name, figure) => `${name} is larger: ${figure}`,
      closeness: (name, figure) => `${name} is further from the original: ${figure}`,
    },
    axes: { size: 'size', speed: 'speed', task: 'task' },
    and: ' and ',
    comma: ', ',
    stop: '. ',
    brackets: (text) => ` (${text})`,
    notGood: (decision, axes) => `${decision} because of ${axes}`,
  },
  'zh-CN': {
    winner: (name) => `胜出：${name}`,
    tie: (names) => `在测量误差范围内并列：${names}`,
    bestUnproven: (names) => `尚无定论；目前最佳：${names}`,
    bestUnfit: (names) => `没有可以发布的模型；相对最好的是：${names}`,
    lag: {
      decision: (name, figure) => `${name}：${figure}`,
      speed: (name, figure) => `${name} 更慢：${figure}`,
      size: (name, figure) => `${name} 更大：${figure}`,
      closeness: (name, figure) => `${name} 与原模型相差更远：${figure}`,
    },
    axes: { size: '体积', speed: '速度', task: '任务' },
    and: '、',
    comma: '，',
    stop: '。',
    brackets: (text) => `（${text}）`,
    notGood: (decision, axes) => `因${axes}${decision}`,
  },
};

/** The difference of the metric that the run is judged by, or the SQNR where nothing but agreement is known. */
export function describeCloseness({ accuracy }: StudiedRun): string {
  const row = mainRow(accuracy);
  return row === null
    ? formatDecibels(typicalSqnrDb(accuracy.agreement))
    : formatMetricChange(row.difference, row.unit);
}

export function sizeRatioOf({ ledger }: StudiedRun): number | null {
  return ledger.find(({ claim }) => claim === 'storedBytes')?.ratio ?? null;
}

/** "do not ship for its speed and task": the decision, and what of it is not good. */
function describeDecision({ decision, ...axes }: Decided, language: TextLanguage): string {
  const own = words[language];
  const word = decisionWords[language][decision].toLowerCase();
  if (decision === 'ship') return word;
  const state = decision === 'doNotShip' ? 'bad' : 'unproven';
  const named = Object.values(axes).flatMap((axis) => (axis.state === state ? [own.axes[axis.axis]] : []));
  return own.notGood(word, named.join(own.and));
}

function describeLag({ member: { name, run }, decided, lostBy }: Placed, showsTime: boolean, language: TextLanguage) {
  const own = words[language];
  const { speedup, after } = run.latency;
  const speed = `${formatRatio(speedup.ratio)} ${formatInterval(speedup.ci95, formatRatio)}`;
  const lag = lostBy!;
  switch (lag) {
    case 'decision':
      return own.lag.decision(name, describeDecision(decided, language));
    case 'speed':
      return own.lag.speed(name, showsTime ? `${formatMs(after.medianMs)}${own.comma}${speed}` : speed);
    case 'size':
      return own.lag.size(name, formatRatio(sizeRatioOf(run)));
    case 'closeness':
      return own.lag.closeness(name, describeCloseness(run));
    default:
      return assertNever(lag);
  }
}

function describeFigures({ member: { run }, decided }: Placed, showsTime: boolean, language: TextLanguage): string {
  const own = words[language];
  const { speedup, after } = run.latency;
  return [
    describeDecision(decided, language),
    ...(showsTime ? [formatMs(after.medianMs)] : []),
    `${own.axes.speed} ${formatRatio(speedup.ratio)}`,
    `${own.axes.size} ${formatRatio(sizeRatioOf(run))}`,
    describeCloseness(run),
  ].join(own.comma);
}

function headOf(decision: Decision, isTie: boolean, own: StudyWords): (names: string) => string {
  switch (decision) {
    case 'ship':
      return isTie ? own.tie : own.winner;
    case 'notProven':
      return own.bestUnproven;
    case 'doNotShip':
      return own.bestUnfit;
    default:
      return assertNever(decision);
  }
}

/**
 * One paragraph. The first member leads it, with what makes it win; each of the others follows with the first thing in which it is behind.
 * @param placed as `rankStudy` gives it; at least one.
 */
export function describeStudy(placed: readonly Placed[], language: TextLanguage): string {
  const own = words[language];
  const winners = placed.filter(({ place }) => place === 1);
  const showsTime = new Set(placed.map(({ member }) => member.run.latency.threads)).size > 1;
  const names = winners.map(
    (winner) => `${winner.member.name}${own.brackets(describeFigures(winner, showsTime, language))}`,
  );
  const lost = placed.filter(({ place }) => place > 1).map((one) => describeLag(one, showsTime, language));
  const head = headOf(winners[0]!.decided.decision, winners.length > 1, own)(names.join(own.and));
  return [head, ...lost].join(own.stop) + own.stop.trimEnd();
}
