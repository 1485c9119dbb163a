import { typicalSqnrDb } from './agreement.ts';
import { assertNever } from './app-error.ts';
import { lossInPercent, type Axis, type AxisState, type Decided, type Decision } from './decision.ts';
import type { TextLanguage } from './engine-texts.ts';
import { metricWords } from './engine-texts.ts';
import { mainRow, type MetricRow } from './metric-row.ts';
import type { RunDocument } from './run.ts';
import { taskAgreement } from './target-kinds.ts';
import { formatBytes, formatDecibels, formatInterval, formatMetric, formatRatio, formatShare } from './units.ts';

/** The decision in words, the same in window, terminal and reports. */

export const decisionWords: Readonly<Record<TextLanguage, Readonly<Record<Decision, string>>>> = {
  en: { ship: 'Ship', doNotShip: 'Do not ship', notProven: 'Not proven' },
  'zh-CN': { ship: '可以发布', doNotShip: '不要发布', notProven: '尚无定论' },
};

export const stateWords: Readonly<Record<TextLanguage, Readonly<Record<AxisState, string>>>> = {
  en: { good: 'good', bad: 'bad', unproven: 'not proven' },
  'zh-CN': { good: '达标', bad: '不达标', unproven: '未证实' },
};

export interface AxisText {
  readonly axis: Axis['axis'];
  readonly state: AxisState;
  /** "Size". */
  readonly title: string;
  /** The figure: "3.18x". */
  readonly value: string;
  /** What it is: "faster", "not proven". */
  readonly word: string;
  /** Interval, sides and the limit it was held against. */
  readonly detail: string;
}

const signed = (value: number, digits: number): string => {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : `${value > 0 ? '+' : ''}${text}`;
};

const titles: Readonly<Record<TextLanguage, Readonly<Record<Axis['axis'], string>>>> = {
  en: { size: 'Size', speed: 'Speed', task: 'Task' },
  'zh-CN': { size: '体积', speed: '速度', task: '任务' },
};

interface AxisWords {
  readonly smaller: string;
  readonly larger: string;
  readonly same: string;
  readonly faster: string;
  readonly slower: string;
  readonly notProven: string;
  readonly busy: string;
  readonly foldingOnly: string;
  readonly within: string;
  readonly beyond: string;
  readonly randomData: string;
  readonly identical: string;
  readonly unlabelled: string;
  readonly ruined: string;
  readonly loop: string;
  readonly unknown: string;
  readonly point: string;
  readonly points: string;
  readonly sameClass: string;
  readonly samples: (count: number) => string;
  readonly sizeLimit: (limit: string) => string;
  readonly speedLimit: (limit: string) => string;
  readonly taskLimit: (limit: string) => string;
  readonly interval: (text: string) => string;
}

const words: Readonly<Record<TextLanguage, AxisWords>> = {
  en: {
    smaller: 'smaller',
    larger: 'larger',
    same: 'same size',
    faster: 'faster',
    slower: 'slower',
    notProven: 'not proven',
    busy: 'not proven: the machine was busy',
    foldingOnly: 'slower than the prepared float model',
    within: 'within the limit',
    beyond: 'beyond the limit',
    randomData: 'unknown: the data was random noise',
    identical: 'identical outputs',
    unlabelled: 'not proven: agreement with the original is not accuracy',
    ruined: 'outputs are too far from the original',
    loop: 'worse in a closed loop than on single steps',
    unknown: 'unknown',
    point: ' point',
    points: ' points',
    sameClass: 'same first class',
    samples: (count) => `${count} ${count === 1 ? 'sample' : 'samples'}`,
    sizeLimit: (limit) => `at most ${limit} of the original`,
    speedLimit: (limit) => `at least ${limit}`,
    taskLimit: (limit) => `at most ${limit} lost`,
    interval: (text) => `95 % ${text}`,
  },
  'zh-CN': {
    smaller: '更小',
    larger: '更大',
    same: '大小相同',
    faster: '更快',
    slower: '更慢',
    notProven: '未证实',
    busy: '未证实，测量时机器繁忙',
    foldingOnly: '比折叠后的浮点模型慢',
    within: '在限值内',
    beyond: '超出限值',
    randomData: '未知：数据为随机噪声',
    identical: '输出完全相同',
    unlabelled: '未证实：与原模型一致不等于准确率',
    ruined: '输出偏离原模型过多',
    loop: '闭环运行比单步更差',
    unknown: '未知',
    point: ' 个百分点',
    points: ' 个百分点',
    sameClass: '首选类别一致',
    samples: (count) => `${count} 个样本`,
    sizeLimit: (limit) => `不超过原来的 ${limit}`,
    speedLimit: (limit) => `不低于 ${limit}`,
    taskLimit: (limit) => `最多损失 ${limit}`,
    interval: (text) => `95 % 区间 ${text}`,
  },
};

type Described = Pick<RunDocument, 'ledger' | 'latency' | 'accuracy' | 'data'>;

function describeSize(axis: Axis, { ledger }: Described, language: TextLanguage): AxisText {
  const own = words[language];
  const row = ledger.find(({ claim }) => claim === 'storedBytes');
  const ratio = axis.figure ?? 1;
  const word = ratio.toFixed(2) === '1.00' ? own.same : ratio > 1 ? own.smaller : own.larger;
  const sides = row === undefined ? '' : `${formatBytes(row.before)} → ${formatBytes(row.after)}, `;
  return {
    ...axis,
    title: titles[language].size,
    value: formatRatio(axis.figure),
    word,
    detail: `${sides}${own.sizeLimit(formatShare(axis.limit).replace('.0 %', ' %'))}`,
  };
}

function describeSpeed(axis: Axis, language: TextLanguage): AxisText {
  const own = words[language];
  const ratio = axis.figure ?? 1;
  const direction = ratio >= 1 ? own.faster : own.slower;
  const word = ((): string => {
    switch (axis.reason) {
      case 'unclear':
        return own.notProven;
      case 'busy':
        return own.busy;
      case 'slowerThanPrepared':
        return own.foldingOnly;
      default:
        // A limit below 1 holds a model that is not proven to be faster.
        return axis.state === 'good' && axis.interval !== null && axis.interval[0] <= 1 ? own.within : direction;
    }
  })();
  const interval = axis.interval === null ? '' : `${own.interval(formatInterval(axis.interval, formatRatio))}, `;
  return {
    ...axis,
    title: titles[language].speed,
    value: formatRatio(axis.figure),
    word,
    detail: `${interval}${own.speedLimit(formatRatio(axis.limit))}`,
  };
}

function taskWord({ reason }: Axis, language: TextLanguage): string {
  const own = words[language];
  switch (reason) {
    case 'withinLimit':
      return own.within;
    case 'beyondLimit':
      return own.beyond;
    case 'randomData':
    case 'identical':
    case 'unlabelled':
    case 'ruined':
    case 'loop':
      return own[reason];
    case 'unclear':
    case 'busy':
    case 'slowerThanPrepared':
      return own.notProven;
    default:
      return assertNever(reason);
  }
}

/** A change of the metric, and where it lies: points of a share, else in its own unit and percent of the original's. */
function describeChange(row: MetricRow, { limit }: Axis, language: TextLanguage) {
  const own = words[language];
  const isShare = row.unit === 'share';
  const format = (value: number): string =>
    isShare ? signed(100 * value, 1) : `${signed(lossInPercent(value, row), 2)} %`;
  const figure = (value: number | null): string =>
    value === null ? '–' : isShare ? formatShare(value) : String(Number(value.toPrecision(4)));
  const interval = row.ci95 === null ? '' : `${own.interval(`[${row.ci95.map(format).join(', ')}]`)}, `;
  return {
    value: `${format(row.difference!)}${isShare ? own.points : ''}`,
    detail:
      `${metricWords(row, language).label} ${figure(row.before)} → ${figure(row.after)}, ${interval}` +
      `${own.samples(row.count)}, ${own.taskLimit(isShare ? `${limit}${limit === 1 ? own.point : own.points}` : `${Number(limit.toPrecision(3))} %`)}`,
  };
}

function describeTask(axis: Axis, { accuracy, data }: Described, language: TextLanguage): AxisText {
  const own = words[language];
  const shared = { ...axis, title: titles[language].task, word: taskWord(axis, language) };
  if (data.random) return { ...shared, value: '–', detail: '' };
  const row = mainRow(accuracy);
  if (row !== null) return { ...shared, ...describeChange(row, axis, language) };
  const { agreement, count } = accuracy;
  const typical = typicalSqnrDb(agreement);
  const closeness = `SQNR ${typical === null ? '∞' : formatDecibels(typical)}`;
  const agreed = taskAgreement(accuracy);
  if (agreed !== null) {
    const { label } = metricWords(agreed, language);
    return {
      ...shared,
      value: formatMetric(agreed.after, agreed.unit),
      detail: `${label}, ${closeness}, ${own.samples(agreed.count)}`,
    };
  }
  return agreement.top1 === null
    ? { ...shared, value: typical === null ? '–' : formatDecibels(typical), detail: `SQNR, ${own.samples(count)}` }
    : {
        ...shared,
        value: formatShare(agreement.top1),
        detail: `${own.sameClass}, ${closeness}, ${own.samples(count)}`,
      };
}

/** Size, speed and task, in this order. */
export function describeAxes(decided: Decided, run: Described, language: TextLanguage): readonly AxisText[] {
  return [
    describeSize(decided.size, run, language),
    describeSpeed(decided.speed, language),
    describeTask(decided.task, run, language),
  ];
}
