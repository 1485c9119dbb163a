import { decisionOf, type Decision } from './decision.ts';
import { decisionWords } from './decision-texts.ts';
import type { TextLanguage } from './engine-texts.ts';
import type { RunDocument } from './run.ts';

/** Which of several runs to ship: one rule for window, terminal and reports. */
export interface Winner {
  /** Place of the run; null where none wins. */
  readonly index: number | null;
  readonly reason: 'otherModels' | 'noneProven' | 'onlyProven' | 'fastest' | 'smallest' | 'alike';
  readonly decisions: readonly Decision[];
}

/** Of those that are proven worth shipping: the one that is surely the fastest, else the smallest. */
export function winnerOf(runs: readonly RunDocument[]): Winner {
  const decisions = runs.map((run) => decisionOf(run).decision);
  const isOneModel = runs.every(({ model }) => model.original.sha256 === runs[0]!.model.original.sha256);
  if (!isOneModel) return { index: null, reason: 'otherModels', decisions };
  const proven = runs.flatMap((_, index) => (decisions[index] === 'ship' ? [index] : []));
  if (proven.length === 0) return { index: null, reason: 'noneProven', decisions };
  if (proven.length === 1) return { index: proven[0]!, reason: 'onlyProven', decisions };
  const fastest = proven.find((index) =>
    proven.every(
      (other) => other === index || runs[index]!.latency.speedup.ci95[0] > runs[other]!.latency.speedup.ci95[1],
    ),
  );
  if (fastest !== undefined) return { index: fastest, reason: 'fastest', decisions };
  const sizeOf = (index: number): number => runs[index]!.model.compressed.sizeBytes;
  const smallest = proven.toSorted((left, right) => sizeOf(left) - sizeOf(right));
  return sizeOf(smallest[0]!) < sizeOf(smallest[1]!)
    ? { index: smallest[0]!, reason: 'smallest', decisions }
    : { index: null, reason: 'alike', decisions };
}

const reasons: Readonly<Record<TextLanguage, Readonly<Record<Winner['reason'], string>>>> = {
  en: {
    otherModels: 'No winner: these are runs of different models.',
    noneProven: 'No winner: none of them is proven worth shipping.',
    onlyProven: 'wins: the only one proven worth shipping.',
    fastest: 'wins: proven worth shipping, and surely the fastest of those that are.',
    smallest: 'wins: proven worth shipping, none of those that are is surely faster, and it is the smallest.',
    alike: 'No winner: those proven worth shipping are alike.',
  },
  'zh-CN': {
    otherModels: '没有胜出者：这些运行的模型不同。',
    noneProven: '没有胜出者：没有一个被证实值得发布。',
    onlyProven: '胜出：只有它被证实值得发布。',
    fastest: '胜出：被证实值得发布，且速度确定最快。',
    smallest: '胜出：被证实值得发布，速度上没有更快者，且体积最小。',
    alike: '没有胜出者：值得发布的运行不相上下。',
  },
};

/** "B wins: the only one proven worth shipping. The others: A not proven, C do not ship." */
export function describeWinner(winner: Winner, labels: readonly string[], language: TextLanguage): string {
  const { index, reason, decisions } = winner;
  const said = reasons[language][reason];
  const others = decisions.flatMap((decision, place) =>
    place === index
      ? []
      : [
          `${labels[place]!} ${language === 'en' ? decisionWords.en[decision].toLowerCase() : decisionWords[language][decision]}`,
        ],
  );
  if (language === 'en') {
    const rest = `${index === null ? '' : 'The others: '}${others.join(', ')}.`;
    return `${index === null ? '' : `${labels[index]!} `}${said} ${index === null ? rest.replace(/^./, (first) => first.toUpperCase()) : rest}`;
  }
  return `${index === null ? '' : `${labels[index]!} `}${said}${index === null ? '' : '其余：'}${others.join('，')}。`;
}
